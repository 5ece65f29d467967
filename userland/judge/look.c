// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * look.c - what strings look like. Bytes are counted by kind without a branch
 * for each: eight counters are in one number.
 */
#include "look.h"

#include <stdbool.h>
#include <string.h>

#include "hashing.h"

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

/* The length of the character or escape at p. */
static size_t character(const uint8_t *p, size_t size)
{
	static const char escapes[] = "xuU";
	static const uint8_t lengths[] = { 4, 6, 10 };
	size_t n = 1;

	if (*p == '\\' && size > 1) {
		const char *escape = memchr(escapes, p[1], 3);

		n = escape ? lengths[escape - escapes] : 2;
	} else if (*p >= 0xc0) {
		n = *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	}
	return n < size ? n : size;
}

size_t mpy_look_holds(const uint8_t *p, size_t size)
{
	uint32_t seen[256] = { 0 }; /* hashes of characters, 0: free */
	unsigned int different = 0, bits = 0;
	const size_t whole = size;
	size_t characters = 0, n;

	for (; size; p += n, size -= n, characters++) {
		uint32_t hash, at;

		n = character(p, size);
		if (different == sizeof(seen) / sizeof(seen[0]))
			continue;
		hash = mpy_hash_bytes(p, n, 0) | 1;
		at = hash >> 24;
		while (seen[at] && seen[at] != hash)
			at = (at + 1) % 256;
		different += !seen[at];
		seen[at] = hash;
	}
	if (different == sizeof(seen) / sizeof(seen[0]))
		return whole; /* of so many each may hold all its bytes */
	while (different > 1u << bits)
		bits++;
	return characters / 8 * bits + characters % 8 * bits / 8;
}
