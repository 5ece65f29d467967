/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * later.h - functions that are handed over with their arguments.
 */
#ifndef MPY_JUDGE_LATER_H
#define MPY_JUDGE_LATER_H

#include "eval.h"

/*
 * Each function among args, those of a call of known (OP_LATER, OP_PARTIAL),
 * as if it were called with the others; out gets the marks of what it gives.
 */
void mpy_later_apply(struct mpy_fold *f, const struct known *known,
		     const struct args *args, struct value *out,
		     uint32_t line);

#endif
