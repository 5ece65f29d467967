/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pickle.h - inside of fold: pickle.loads() of what is known. */
#ifndef MPY_JUDGE_PICKLE_H
#define MPY_JUDGE_PICKLE_H

#include "eval.h"

/*
 * What unpickling the constant data calls is treated as if it stood in the
 * text; out is what it makes, or stays as it is if that is not known. Bounded
 * by the steps of the budget, a step for each instruction.
 */
void mpy_pickle_load(struct mpy_fold *f, const struct value *data,
		     struct value *out);

#endif
