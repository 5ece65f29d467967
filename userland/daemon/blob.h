/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blob.h - numbers and byte strings one after the other, for recordings. The
 * writer remembers that memory ran out, the reader that something did not
 * fit: both are asked once, at the end.
 */
#ifndef MPY_DAEMON_BLOB_H
#define MPY_DAEMON_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mpy_blob { /* zero-initialise; free with mpy_blob_free() */
	uint8_t *data;
	size_t size, room;
	bool failed;
};

void mpy_blob_put(struct mpy_blob *blob, const void *data, size_t size);
void mpy_blob_put_u32(struct mpy_blob *blob, uint32_t value);
void mpy_blob_put_u64(struct mpy_blob *blob, uint64_t value);
/* Length, then the bytes; NULL is told apart from empty. */
void mpy_blob_put_bytes(struct mpy_blob *blob, const void *data, size_t size);
void mpy_blob_put_text(struct mpy_blob *blob, const char *text);
void mpy_blob_free(struct mpy_blob *blob);

struct mpy_cursor {
	const uint8_t *at;
	size_t left;
	bool bad;
};

uint32_t mpy_cursor_u32(struct mpy_cursor *cursor);
uint64_t mpy_cursor_u64(struct mpy_cursor *cursor);
/* A copy with a NUL behind it, the caller's; NULL if absent or bad. */
uint8_t *mpy_cursor_bytes(struct mpy_cursor *cursor, size_t *size);
/* The same; a NUL inside is bad. */
char *mpy_cursor_text(struct mpy_cursor *cursor);

#endif
