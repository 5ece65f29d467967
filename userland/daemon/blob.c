// SPDX-License-Identifier: GPL-2.0-or-later
/* blob.c - numbers and byte strings one after the other. */
#include "daemon/blob.h"

#include <stdlib.h>
#include <string.h>

#define ABSENT UINT32_MAX

void mpy_blob_put(struct mpy_blob *blob, const void *data, size_t size)
{
	if (blob->failed || size == 0)
		return;
	if (size > blob->room - blob->size) {
		size_t room = blob->room ? blob->room : 256;
		uint8_t *grown;

		while (room - blob->size < size)
			room *= 2;
		grown = realloc(blob->data, room);
		if (!grown) {
			blob->failed = true;
			return;
		}
		blob->data = grown;
		blob->room = room;
	}
	memcpy(blob->data + blob->size, data, size);
	blob->size += size;
}

void mpy_blob_put_u32(struct mpy_blob *blob, uint32_t value)
{
	mpy_blob_put(blob, &value, sizeof(value));
}

void mpy_blob_put_u64(struct mpy_blob *blob, uint64_t value)
{
	mpy_blob_put(blob, &value, sizeof(value));
}

void mpy_blob_put_bytes(struct mpy_blob *blob, const void *data, size_t size)
{
	if (!data) {
		mpy_blob_put_u32(blob, ABSENT);
		return;
	}
	if (size >= ABSENT) {
		blob->failed = true;
		return;
	}
	mpy_blob_put_u32(blob, (uint32_t)size);
	mpy_blob_put(blob, data, size);
}

void mpy_blob_put_text(struct mpy_blob *blob, const char *text)
{
	mpy_blob_put_bytes(blob, text, text ? strlen(text) : 0);
}

void mpy_blob_free(struct mpy_blob *blob)
{
	free(blob->data);
	memset(blob, 0, sizeof(*blob));
}

static bool take(struct mpy_cursor *cursor, void *out, size_t size)
{
	if (cursor->bad || size > cursor->left) {
		cursor->bad = true;
		return false;
	}
	memcpy(out, cursor->at, size);
	cursor->at += size;
	cursor->left -= size;
	return true;
}

uint32_t mpy_cursor_u32(struct mpy_cursor *cursor)
{
	uint32_t value = 0;

	take(cursor, &value, sizeof(value));
	return value;
}

uint64_t mpy_cursor_u64(struct mpy_cursor *cursor)
{
	uint64_t value = 0;

	take(cursor, &value, sizeof(value));
	return value;
}

uint8_t *mpy_cursor_bytes(struct mpy_cursor *cursor, size_t *size)
{
	uint32_t length = mpy_cursor_u32(cursor);
	uint8_t *copy;

	*size = 0;
	if (cursor->bad || length == ABSENT)
		return NULL;
	if (length > cursor->left) {
		cursor->bad = true;
		return NULL;
	}
	copy = malloc((size_t)length + 1);
	if (!copy) {
		cursor->bad = true;
		return NULL;
	}
	take(cursor, copy, length);
	copy[length] = '\0';
	*size = length;
	return copy;
}

char *mpy_cursor_text(struct mpy_cursor *cursor)
{
	size_t size;
	uint8_t *text = mpy_cursor_bytes(cursor, &size);

	if (text && memchr(text, '\0', size)) {
		free(text);
		cursor->bad = true;
		return NULL;
	}
	return (char *)text;
}
