/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dense.h - the numbers that the second stage decides by: scores of the
 * linear stage, how the text is written, what it does. One table gives name
 * and order of them; most are 0 in most texts.
 */
#ifndef MPY_JUDGE_DENSE_H
#define MPY_JUDGE_DENSE_H

#include <stddef.h>
#include <stdint.h>

#include "behaviour.h"

struct mpy_features;
struct mpy_linear;

#define MPY_DENSE_HOWS 14

enum mpy_dense {
	MPY_DENSE_BEST,	  /* linear score of the strongest window */
	MPY_DENSE_WHOLE,  /* linear score of the whole text */
	/* the same of a machine for which dual-use tools are malicious too */
	MPY_DENSE_OFFENSIVE,
	MPY_DENSE_OFFENSIVE_WHOLE,
	MPY_DENSE_LENGTH, /* log2 of tokens */
	MPY_DENSE_LINE,	  /* log2 of the longest line */
	MPY_DENSE_CODE,	  /* part of the bytes that is code */
	MPY_DENSE_STRINGS, /* part of the bytes in strings */
	MPY_DENSE_LONGEST, /* log2 of the longest string */
	MPY_DENSE_CODED,   /* part of the bytes in base-N looking strings */
	MPY_DENSE_CODED_LONGEST,
	MPY_DENSE_ESCAPED, /* strings of escapes */
	MPY_DENSE_UNKNOWN, /* part of the names that nobody else uses */
	MPY_DENSE_ALIKE,   /* part of the names made of l, I, O, 0 */
	MPY_DENSE_WIDE,	   /* names with letters beyond ASCII */
	MPY_DENSE_NUMBERS,
	MPY_DENSE_IMPORTS,
	MPY_DENSE_DEFS,
	MPY_DENSE_CLASSES,
	MPY_DENSE_SEMICOLONS,
	MPY_DENSE_ERRORS,
	MPY_DENSE_DOCS,
	MPY_DENSE_QUIET,
	MPY_DENSE_URLS,
	MPY_DENSE_STRONG3, /* different behaviours by their strength */
	MPY_DENSE_STRONG2,
	MPY_DENSE_STRONG1,
	MPY_DENSE_HOW, /* folded expressions, by enum mpy_how */
	MPY_DENSE_BEHAVIOUR = MPY_DENSE_HOW + MPY_DENSE_HOWS,
	MPY_DENSE_COUNT = MPY_DENSE_BEHAVIOUR + MPY_BEH_COUNT
};

/* Stable name of a number, for the schema. id < MPY_DENSE_COUNT. */
const char *mpy_dense_name(unsigned int id);

/* What it says to a responder, as a sentence without a subject. */
const char *mpy_dense_sentence(unsigned int id);

/*
 * Fills in all but the linear scores from what was counted over text
 * [0..size) of n_tokens tokens. behaviours may be NULL.
 */
void mpy_dense_fill(const uint8_t *text, size_t size, size_t n_tokens,
		    const struct mpy_features *features,
		    const struct mpy_behaviours *behaviours,
		    double dense[MPY_DENSE_COUNT]);

#endif
