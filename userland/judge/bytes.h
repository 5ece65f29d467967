/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bytes.h - bytes taken eight at a time, as numbers: names are short, and a
 * call of memcpy() or memchr() for a few bytes costs more than the rest.
 */
#ifndef MPY_JUDGE_BYTES_H
#define MPY_JUDGE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t mpy_load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap32(v);
#endif
	return v;
}

static inline uint64_t mpy_load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

/* p[0..size) as a number, the first byte lowest; size is at most 8. */
static inline uint64_t mpy_load_part(const uint8_t *p, size_t size)
{
	if (size >= 4) /* two loads that may overlap */
		return mpy_load32(p) | (uint64_t)mpy_load32(p + size - 4)
					       << (8 * (size - 4));
	if (!size)
		return 0;
	return p[0] | (uint64_t)p[size / 2] << (8 * (size / 2)) |
	       (uint64_t)p[size - 1] << (8 * (size - 1));
}

/* How many of p[0..size) come before the first c (not NUL), or size. */
static inline size_t mpy_bytes_before(const uint8_t *p, size_t size, char c)
{
	const uint64_t ones = 0x0101010101010101u;
	const uint8_t *found;
	uint64_t x;

	if (size > 8) {
		found = memchr(p, c, size);
		return found ? (size_t)(found - p) : size;
	}
	/* the lowest byte that is zero (Warren, Hacker's Delight, 6-1) */
	x = mpy_load_part(p, size) ^ ones * (uint8_t)c;
	x = (x - ones) & ~x & ones << 7;
	return x ? (size_t)__builtin_ctzll(x) / 8 : size;
}

#endif
