/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_calibrate.h - from raw scores of programs that were not trained on to
 * probabilities for a population with 2 % malicious files.
 */
#ifndef MPY_MODEL_TRAIN_CALIBRATE_H
#define MPY_MODEL_TRAIN_CALIBRATE_H

#include "judge/bundle_inside.h"

#include "metrics.h"

#define MPY_PRIOR 0.02

/*
 * Fills the bundle's points from samples, which are sorted by it. 0, or
 * -EINVAL if there are too few of either side.
 */
int mpy_train_calibrate(struct mpy_sample *samples, size_t n,
			struct mpy_bundle *bundle);

/*
 * Expected calibration error of probabilities in samples (score is the
 * probability), each side weighted to the prior: over all, and over the
 * highest-scored part of the population. bins equally filled. Sorts.
 */
double mpy_train_ece(struct mpy_sample *samples, size_t n, double part,
		     unsigned int bins);

#endif
