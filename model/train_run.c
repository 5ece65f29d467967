// SPDX-License-Identifier: GPL-2.0-or-later
/* train_run.c - folds, and what is trained and judged in each. */
#include "train_run.h"

#include <errno.h>
#include <stdlib.h>

#include "judge/bundle.h"

#define NOTHING_BELOW (-0.5) /* raw score; thresholds are above 0 */

const struct mpy_second_options mpy_run_second_options = { .cost = 3,
							  .positive = 1.5,
							  .gamma = 0.0005,
							  .literals = 2,
							  .words = 3 };

unsigned int mpy_run_fold(const struct mpy_doc *doc)
{
	return (uint32_t)(doc->group * 2654435761u) >> 8;
}

void mpy_run_split(struct mpy_run *run, int fold)
{
	size_t i;

	for (i = 0; i < run->set.n; i++) {
		const struct mpy_doc *doc = &run->set.docs[i];

		run->test[i] = fold < 0 ? doc->edition == 2
					: mpy_run_fold(doc) % MPY_RUN_FOLDS ==
						  (unsigned int)fold;
		run->use[i] = !run->test[i] && !doc->doubted;
	}
}

int mpy_run_view(struct mpy_run *run, enum mpy_view view,
		 struct mpy_linear_scores *scores)
{
	uint32_t *stamps = calloc(MPY_BUCKETS + 1, sizeof(*stamps));
	struct mpy_weights weights = { 0 };
	size_t i;
	int result = -ENOMEM;

	if (stamps)
		result = mpy_train_linear(&run->set, run->use, view, &weights);
	for (i = 0; !result && i < run->set.n; i++)
		if (run->test[i])
			mpy_train_score(&run->set, &run->set.docs[i], &weights,
					view, stamps, &scores[i]);
	free(weights.w);
	free(stamps);
	return result;
}

int mpy_run_linear(struct mpy_run *run, struct mpy_linear_scores *scores)
{
	int result = mpy_run_view(run, MPY_VIEW_MALICIOUS, scores);

	return result ? result : mpy_run_view(run, MPY_VIEW_OFFENSIVE, scores);
}

int mpy_run_second(struct mpy_run *run, const struct mpy_linear_scores *scores,
		       const uint8_t *without, double *raw)
{
	struct mpy_second_options options = mpy_run_second_options;
	struct mpy_bundle *bundle = mpy_bundle_new();
	size_t i;
	int result = -ENOMEM;

	options.without = without;
	if (bundle)
		result = mpy_train_second(&run->set, run->use, run->strict,
					  &options, bundle);
	for (i = 0; !result && i < run->set.n; i++) {
		const struct mpy_doc *doc = &run->set.docs[i];
		double value;

		if (!run->test[i])
			continue;
		value = mpy_train_decide(doc, &scores[i], bundle);
		if (doc->owner == i || value > raw[doc->owner])
			raw[doc->owner] = value;
	}
	mpy_bundle_free(bundle);
	return result;
}

size_t mpy_run_doubt(struct mpy_run *run)
{
	size_t i, n = 0;

	for (i = 0; i < run->set.n; i++) {
		struct mpy_doc *doc = &run->set.docs[i];

		if (doc->side != MPY_MALWARE || doc->own ||
		    run->raw[doc->owner] >= NOTHING_BELOW)
			continue;
		doc->doubted = true;
		n += doc->owner == i && !doc->made;
	}
	return n;
}

void mpy_run_programs(const struct mpy_dataset *set,
			    const struct mpy_linear_scores *scores,
			    double *linear)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		uint32_t owner = set->docs[i].owner;
		double best = scores[i].best[MPY_VIEW_MALICIOUS];

		if (owner == i || best > linear[owner])
			linear[owner] = best;
	}
}
