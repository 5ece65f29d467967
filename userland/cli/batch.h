/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * batch.h - files before the judge, small ones together: to hand over and to
 * wait costs as much as to judge one. Results come in the order of the files.
 */
#ifndef MPY_CLI_BATCH_H
#define MPY_CLI_BATCH_H

#include "cli/exam.h"

/* Zero-initialise, set the first three. */
struct mpy_batch {
	struct mpy_exam *exam;
	/* of each file; the result is freed afterwards */
	void (*take)(void *context, const struct mpy_result *result);
	void *context;
	struct mpy_result results[MPY_JUDGE_TOGETHER]; /* the rest is its own */
	struct mpy_program programs[MPY_JUDGE_TOGETHER];
	size_t n, used;
	unsigned char bytes[MPY_JUDGE_TOGETHER_BYTES];
};

/*
 * Adds what the reader of exam has been started with: it is read to its end
 * and judged now, or with those that follow. 0; -errno if there is no judge,
 * or no memory.
 */
int mpy_batch_add(struct mpy_batch *batch, const char *path);
/* Judges those that wait: before anything else is printed, and at the end. */
int mpy_batch_settle(struct mpy_batch *batch);

#endif
