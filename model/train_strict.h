/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_strict.h - whole families left out: the linear scores that the second
 * stage is trained with, and what the judge makes of families never seen.
 */
#ifndef MPY_MODEL_TRAIN_STRICT_H
#define MPY_MODEL_TRAIN_STRICT_H

#include "train_run.h"

/*
 * Fills run->strict for the units of the editions up to this one, each by a
 * linear stage that has seen neither its group nor, if it is malicious, any
 * program of its family, and nothing of a later edition. Families are put into
 * four parts. Changes run->test and run->use. 0, -ENOMEM, or -E2BIG with more
 * than 64 families.
 */
int mpy_run_strict(struct mpy_run *run, unsigned int edition);

/*
 * Judges every program of both editions by both stages, neither of which has
 * seen its group nor, if it is malicious, its family: raw, by program. After
 * mpy_run_strict(run, 2). Changes run->test and run->use. 0 or -ENOMEM.
 */
int mpy_run_strict_judge(struct mpy_run *run, double *raw);

#endif
