/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_linear.h - trains the linear stage on whole programs. It has two
 * views of the corpus, a machine for each.
 */
#ifndef MPY_MODEL_TRAIN_LINEAR_H
#define MPY_MODEL_TRAIN_LINEAR_H

#include "train_data.h"

enum mpy_view {
	MPY_VIEW_MALICIOUS, /* malicious against harmless, no dual use */
	MPY_VIEW_OFFENSIVE, /* malicious and dual use against harmless */
	MPY_VIEWS
};

struct mpy_weights {
	double *w; /* MPY_BUCKETS, for x = idf / length */
	double bias;
};

/* Scores of one unit by the linear stage, one of each view. */
struct mpy_linear_scores {
	double best[MPY_VIEWS]; /* strongest window */
	double whole[MPY_VIEWS];
};

/*
 * Trains on docs with use[i] != 0 that the view has a side for. weights->w is
 * the caller's, to free(). 0 or -ENOMEM.
 */
int mpy_train_linear(const struct mpy_dataset *set, const uint8_t *use,
		     enum mpy_view view, struct mpy_weights *weights);

/*
 * As mpy_svm_linear() scores, but from the blocks of the data set. stamps has
 * MPY_BUCKETS + 1 entries, zeroed before the first call, and is kept from
 * call to call.
 */
void mpy_train_score(const struct mpy_dataset *set, const struct mpy_doc *doc,
		     const struct mpy_weights *weights, enum mpy_view view,
		     uint32_t *stamps, struct mpy_linear_scores *out);

#endif
