/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.h - from the bytes of a file to the text that Python would read: byte
 * order marks, coding cookies (PEP 263), UTF-16 and UTF-32, utf-7,
 * (raw_)unicode_escape, rot13. What cannot be decoded is kept as it is, so
 * the text is UTF-8 with possibly invalid bytes in it.
 */
#ifndef MPY_JUDGE_TEXT_H
#define MPY_JUDGE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mpy_text {
	const uint8_t *bytes; /* without the byte order mark */
	size_t size;	      /* at most MPY_TEXT_MAX */
	uint8_t *owned;	      /* bytes if they were copied, else NULL */
	const char *encoding; /* static, never NULL: "utf-8", "utf-7", ... */
	unsigned int bounds;  /* MPY_BOUND_TEXT if parts were left out */
};

/*
 * Reads data[0..size) into out. Without a change of encoding nothing is
 * copied: then data must outlive out. Of more than MPY_TEXT_MAX bytes the
 * head, the tail and the densest windows between them are kept (lines are
 * then counted in what was kept). 0 or -ENOMEM; out is valid after 0.
 */
int mpy_text_read(const uint8_t *data, size_t size, struct mpy_text *out);
void mpy_text_free(struct mpy_text *text);

/*
 * What mpy_text_read() keeps of more than MPY_TEXT_MAX bytes: head, tail and
 * the densest windows, in their order, each followed by a newline. out has
 * room for MPY_TEXT_MAX bytes; *used is how many were written. 0 or -ENOMEM.
 */
int mpy_text_choose(const uint8_t *data, size_t size, uint8_t *out,
		    size_t *used);

/*
 * The character at p[0..size), size > 0: its length in bytes (1 to 4) and
 * value in *value. An invalid byte has length 1 and *value = 0xDC00 + byte.
 */
unsigned int mpy_text_rune(const uint8_t *p, size_t size, uint32_t *value);

/* UTF-7 to UTF-8; out has room for room bytes, 2 * size + 4 of them. */
size_t mpy_text_utf7(const uint8_t *p, size_t size, uint8_t *out, size_t room);

/* Writes value as UTF-8 at p (room for 4 bytes); returns the length. */
unsigned int mpy_text_put(uint8_t *p, uint32_t value);

#endif
