/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_study.h - questions asked of a run once it has been cross-validated:
 * are the probabilities right, what is each part worth, would more data help.
 */
#ifndef MPY_MODEL_TRAIN_STUDY_H
#define MPY_MODEL_TRAIN_STUDY_H

#include "train_run.h"

/*
 * Prints how far probabilities are off: calibrated on one half of the groups,
 * asked of the other, both ways. With report, reliability.tsv is written
 * there. 0 or -errno.
 */
int mpy_study_calibration(struct mpy_run *run, const char *report);

/* Prints the figures without each kind of the second stage's numbers. */
int mpy_study_ablate(struct mpy_run *run);

/* Recall of the linear stage trained on a part of the data: curve.tsv. */
int mpy_study_curve(struct mpy_run *run, const char *report);

#endif
