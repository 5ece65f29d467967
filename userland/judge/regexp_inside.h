/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * regexp_inside.h - between regexp_read.c and regexp.c: the nodes that a
 * pattern becomes.
 */
#ifndef MPY_JUDGE_REGEXP_INSIDE_H
#define MPY_JUDGE_REGEXP_INSIDE_H

#include "regexp.h"

#define RE_NO_END UINT32_MAX

enum re_op {
	RE_CHARACTER, /* set */
	RE_RUN,	      /* set, min to max times */
	RE_SPLIT,     /* go on behind it, or at + other; lazy: the other first */
	RE_JUMP,      /* at + other */
	RE_SAVE,      /* the place, as slot */
	RE_LINE_START,
	RE_LINE_END,
	RE_TEXT_START,
	RE_TEXT_END,
	RE_BORDER,
	RE_NO_BORDER,
	RE_MATCH
};

struct mpy_regexp_node {
	uint8_t op;
	bool lazy;
	uint8_t set;
	uint8_t slot;
	int16_t other;
	uint32_t min, max;
};

/* What is done on coming back: at a node, with the place. */
struct mpy_regexp_mark {
	int32_t node; /* -1: slot gets its place back */
	uint32_t slot;
	size_t at;
	size_t low; /* a RE_RUN gives up characters down to here */
	bool run;
	bool grow; /* or takes one more, up to left of them */
	uint32_t left;
};

static inline bool mpy_regexp_in(const uint8_t *set, unsigned int c)
{
	return set[c >> 3] >> (c & 7) & 1;
}

#endif
