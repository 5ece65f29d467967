/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_linear.h - trains the linear stage on windows: after a first round on
 * whole programs, the strongest window of each program, or of its layers,
 * stands for it, so that what is learned is what is scored later.
 */
#ifndef MPY_MODEL_TRAIN_LINEAR_H
#define MPY_MODEL_TRAIN_LINEAR_H

#include "train_data.h"

struct mpy_weights {
	double *w; /* MPY_BUCKETS, for x = idf / norm */
	double bias;
};

/* What to train with. */
struct mpy_linear_options {
	double cost;
	double positive; /* weight of malicious programs */
	unsigned int rounds; /* over windows; 0: whole programs alone */
};

/* Scores of one program by the linear stage. */
struct mpy_linear_scores {
	double best, whole;
	uint32_t best_block; /* first block of the strongest window */
};

/*
 * Trains on docs with use[i] != 0. weights->w is the caller's, to free().
 * 0 or -ENOMEM.
 */
int mpy_train_linear(const struct mpy_dataset *set, const uint8_t *use,
		     const struct mpy_linear_options *options,
		     struct mpy_weights *weights);

/*
 * As mpy_svm_linear() scores, but from the blocks of the data set. stamps has
 * MPY_BUCKETS + 1 entries, zeroed before the first call, and is kept from
 * call to call.
 */
void mpy_train_score(const struct mpy_dataset *set, const struct mpy_doc *doc,
		     const struct mpy_weights *weights, uint32_t *stamps,
		     struct mpy_linear_scores *out);

#endif
