// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * look.c - what strings look like. Bytes are counted by kind without a branch
 * for each: eight counters are in one number.
 */
#include "look.h"

#include <stdbool.h>
#include <string.h>

/* Counters, a byte each. */
enum { LETTERS, DIGITS, SPACES, SLASHES, ESCAPES, WIDES, HEXES, CODES, LOOKS };

#define LOOK(n)	  (1ull << 8 * (n))
#define LOOK_CODE LOOK(CODES) /* of base64 */

/* clang-format off */
static const uint64_t look_of[256] = {
	['a' ... 'f'] = LOOK(LETTERS) | LOOK(HEXES) | LOOK_CODE,
	['A' ... 'F'] = LOOK(LETTERS) | LOOK(HEXES) | LOOK_CODE,
	['g' ... 'z'] = LOOK(LETTERS) | LOOK_CODE,
	['G' ... 'Z'] = LOOK(LETTERS) | LOOK_CODE,
	['0' ... '9'] = LOOK(DIGITS) | LOOK(HEXES) | LOOK_CODE,
	[' '] = LOOK(SPACES), ['\n'] = LOOK(SPACES), ['\t'] = LOOK(SPACES),
	['/'] = LOOK(SLASHES) | LOOK_CODE,
	['+'] = LOOK_CODE, ['='] = LOOK_CODE,
	['\\'] = LOOK(ESCAPES) | LOOK(SLASHES),
	[0x80 ... 0xff] = LOOK(WIDES)
};
/* clang-format on */

static void look_at(const uint8_t *p, size_t size, uint32_t look[LOOKS])
{
	memset(look, 0, LOOKS * sizeof(*look));
	while (size) {
		size_t n = size < UINT8_MAX ? size : UINT8_MAX, i;
		uint64_t sum = 0;

		for (i = 0; i < n; i++)
			sum += look_of[p[i]];
		for (i = 0; i < LOOKS; i++)
			look[i] += sum >> 8 * i & UINT8_MAX;
		p += n;
		size -= n;
	}
}

static bool starts_url(const uint8_t *p, size_t size)
{
	return size > 7 && (!memcmp(p, "http://", 7) ||
			    !memcmp(p, "https:/", 7) ||
			    !memcmp(p, "ftp://", 6) || !memcmp(p, "ws://", 5));
}

unsigned int mpy_look(const uint8_t *p, size_t size)
{
	uint32_t look[LOOKS];

	if (!size)
		return 0;
	if (starts_url(p, size))
		return 1;
	look_at(p, size, look);
	if (look[DIGITS] == size)
		return 2;
	if (size >= 16 && look[HEXES] == size)
		return 3;
	if (look[ESCAPES] * 6 > size)
		return 4;
	if (size >= 32 && look[CODES] == size &&
	    look[LETTERS] > look[SLASHES] * 4)
		return 5;
	if (look[LETTERS] + look[DIGITS] == size)
		return 6;
	if (p[0] == '/' || p[0] == '~' || (size > 2 && p[1] == ':'))
		return 7;
	if (look[WIDES] * 4 > size)
		return 8;
	if (look[SPACES] * 12 > size)
		return 9;
	if (memchr(p, '%', size) || memchr(p, '{', size))
		return 10;
	return look[SLASHES] ? 11 : 12;
}
