/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hashing.h - hashes of words and of pairs of them, of which n-grams are made.
 * Multiplicative hashing: the upper half of a product with an odd number
 * depends on all bits of what was multiplied (Knuth, TAOCP 6.4). Not for
 * tables that an attacker may fill: they can be made to collide.
 */
#ifndef MPY_JUDGE_HASHING_H
#define MPY_JUDGE_HASHING_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

#define MPY_HASH_ODD	    0x9e3779b97f4a7c15u
#define MPY_HASH_SEED(seed) ((uint64_t)(seed)*0xd6e8feb86659fd93u)

/* Of constants a constant: words that are one number cost nothing. */
#define MPY_PAIR(a, b, seed)                                               \
	((uint32_t)(((((uint64_t)(a) << 32 | (b)) ^ MPY_HASH_SEED(seed)) * \
		     MPY_HASH_ODD) >>                                      \
		    32))

static inline uint32_t mpy_hash_pair(uint32_t a, uint32_t b, unsigned int seed)
{
	return MPY_PAIR(a, b, seed);
}

/* Of p[0..size), which may be empty. */
static inline uint32_t mpy_hash_bytes(const uint8_t *p, size_t size,
				      unsigned int seed)
{
	uint64_t h = MPY_HASH_SEED(seed) + size;

	for (; size > 8; p += 8, size -= 8) {
		h = (h ^ mpy_load64(p)) * MPY_HASH_ODD;
		h ^= h >> 29;
	}
	h = (h ^ mpy_load_part(p, size)) * MPY_HASH_ODD;
	return (uint32_t)((h ^ h >> 29) * MPY_HASH_ODD >> 32);
}

#endif
