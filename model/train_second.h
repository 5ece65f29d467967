/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_second.h - trains the second stage by libsvm: an RBF machine over the
 * dense numbers, among them the linear stage's scores. The linear scores of a
 * program must come from a model that has not seen its group nor its family
 * (train_strict.h), else the second stage learns to trust what was merely
 * remembered.
 */
#ifndef MPY_MODEL_TRAIN_SECOND_H
#define MPY_MODEL_TRAIN_SECOND_H

#include "judge/bundle_inside.h"

#include "train_data.h"
#include "train_linear.h"

struct mpy_second_options {
	double cost;
	double positive; /* weight of malicious programs */
	double gamma;
	/* times that a harmless literal of the corpus counts */
	unsigned int literals;
	/*
	 * Times that a harmless unit without a behaviour of strength 2 or 3
	 * counts: what only words say holds less where a program is of a kind
	 * that is new.
	 */
	unsigned int words;
	const uint8_t *without; /* by dense number: 1 leaves it out; or NULL */
};

/*
 * Trains on the units with use[i] != 0 and puts the machine into the bundle,
 * ready for mpy_svm_decide(). 0, -ENOMEM, -E2BIG with more vectors than a
 * bundle may have, or -EINVAL with nothing to train on.
 */
int mpy_train_second(const struct mpy_dataset *set, const uint8_t *use,
		     const struct mpy_linear_scores *scores,
		     const struct mpy_second_options *options,
		     struct mpy_bundle *bundle);

/* Decision value of one unit. */
double mpy_train_decide(const struct mpy_doc *doc,
			const struct mpy_linear_scores *scores,
			const struct mpy_bundle *bundle);

#endif
