/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dense.h - the numbers that the second stage decides by: scores of the
 * linear stage, what the program does, how its strings look. One table gives
 * name and order of them.
 */
#ifndef MPY_JUDGE_DENSE_H
#define MPY_JUDGE_DENSE_H

enum mpy_dense {
	MPY_DENSE_BEST,	 /* linear score of the strongest window */
	MPY_DENSE_WHOLE, /* linear score of the whole text */
	MPY_DENSE_LENGTH, /* log2 of tokens */
	MPY_DENSE_COUNT
};

/* Stable name of a number, for the schema and for reasons. */
const char *mpy_dense_name(enum mpy_dense id);

#endif
