// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * train.c - mpy-train: corpus in, figures and a bundle out. Everything that
 * is reported, calibrated or used for a threshold comes from programs that
 * the model at hand was not trained on.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/bundle.h"
#include "judge/svm.h"

#include "metrics.h"
#include "train_bundle.h"
#include "train_calibrate.h"
#include "train_data.h"
#include "train_linear.h"
#include "train_report.h"
#include "train_second.h"

#define FOLDS 5

static const char usage[] =
	"usage: mpy-train --corpus DIR --out FILE [--report DIR]\n"
	"Trains on DIR/train.jsonl.zst and DIR/train2.jsonl.zst, prints how\n"
	"well it does on programs left out, writes the bundle FILE, and with\n"
	"--report the tables that model/plot draws.\n";

static const struct mpy_linear_options linear_options = { .cost = 1,
							  .positive = 4,
							  .rounds = 0 };
static const struct mpy_second_options second_options = { .cost = 1,
							  .positive = 4,
							  .gamma = 0.001,
							  .literals = 3 };

/* What one run works on. */
struct run {
	struct mpy_dataset set;
	struct mpy_linear_scores *scores; /* by models that did not see it */
	double *linear;			  /* of programs, by linear stage */
	double *raw;			  /* of programs, by both stages */
	uint8_t *test, *use;
};

static unsigned int fold_of(const struct mpy_doc *doc)
{
	return (uint32_t)(doc->group * 2654435761u) >> 8;
}

static void split(struct run *run, int fold)
{
	size_t i;

	for (i = 0; i < run->set.n; i++) {
		const struct mpy_doc *doc = &run->set.docs[i];

		run->test[i] = fold < 0 ? doc->edition == 2
					: fold_of(doc) % FOLDS ==
						  (unsigned int)fold;
		run->use[i] = !run->test[i] && doc->side != MPY_DUALUSE;
	}
}

/* Trains the linear stage on run->use and scores run->test. */
static int linear_fold(struct run *run, struct mpy_linear_scores *scores)
{
	uint32_t *stamps = calloc(MPY_BUCKETS + 1, sizeof(*stamps));
	struct mpy_weights weights = { 0 };
	size_t i;
	int result = -ENOMEM;

	if (stamps)
		result = mpy_train_linear(&run->set, run->use, &linear_options,
					  &weights);
	for (i = 0; !result && i < run->set.n; i++)
		if (run->test[i])
			mpy_train_score(&run->set, &run->set.docs[i], &weights,
					stamps, &scores[i]);
	free(weights.w);
	free(stamps);
	return result;
}

/*
 * Trains the second stage on run->use, whose linear scores are in
 * run->scores, and judges run->test by scores. A program is as bad as its
 * worst unit.
 */
static int second_fold(struct run *run, const struct mpy_linear_scores *scores,
		       double *raw)
{
	struct mpy_bundle *bundle = mpy_bundle_new();
	size_t i;
	int result = -ENOMEM;

	if (bundle)
		result = mpy_train_second(&run->set, run->use, run->scores,
					  &second_options, bundle);
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

static void programs_linear(const struct mpy_dataset *set,
			    const struct mpy_linear_scores *scores,
			    double *linear)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		uint32_t owner = set->docs[i].owner;

		if (owner == i || scores[i].best > linear[owner])
			linear[owner] = scores[i].best;
	}
}

static int cross_validate(struct run *run)
{
	int fold, result = 0;

	for (fold = 0; !result && fold < FOLDS; fold++) {
		fprintf(stderr, "linear stage, part %d of %d\n", fold + 1,
			FOLDS);
		split(run, fold);
		result = linear_fold(run, run->scores);
	}
	for (fold = 0; !result && fold < FOLDS; fold++) {
		fprintf(stderr, "second stage, part %d of %d\n", fold + 1,
			FOLDS);
		split(run, fold);
		result = second_fold(run, run->scores, run->raw);
	}
	programs_linear(&run->set, run->scores, run->linear);
	mpy_report_print("Linear stage alone, cross-validation by cluster and "
			 "package, pooled",
			 &run->set, run->linear, NULL);
	mpy_report_print("Both stages, cross-validation by cluster and "
			 "package, pooled",
			 &run->set, run->raw, NULL);
	return result;
}

/* The second edition holds later families and other sources. */
static int other_sources(struct run *run)
{
	struct mpy_linear_scores *scores = calloc(run->set.n + 1,
						  sizeof(*scores));
	double *raw = calloc(run->set.n + 1, sizeof(*raw));
	int result = -ENOMEM;

	fprintf(stderr, "first edition against second\n");
	split(run, -1);
	if (scores && raw)
		result = linear_fold(run, scores);
	if (!result) {
		programs_linear(&run->set, scores, raw);
		mpy_report_print("Linear stage, trained on the first edition, "
				 "tested on the second",
				 &run->set, raw, run->test);
		result = second_fold(run, scores, raw);
	}
	if (!result)
		mpy_report_print("Both stages, trained on the first edition, "
				 "tested on the second",
				 &run->set, raw, run->test);
	free(scores);
	free(raw);
	return result;
}

/* Calibration and thresholds from what cross-validation gave. */
static int calibrate(struct run *run, struct mpy_bundle *bundle)
{
	struct mpy_sample *samples = calloc(run->set.n + 1, sizeof(*samples));
	size_t n;
	int result = -ENOMEM;

	if (samples) {
		n = mpy_report_collect(&run->set, run->raw, NULL, -1, samples);
		result = mpy_train_calibrate(samples, n, bundle);
	}
	if (!result) {
		n = mpy_report_collect(&run->set, run->raw, NULL, -1, samples);
		bundle->malicious = mpy_svm_probability(
			bundle, mpy_metrics_threshold(samples, n, 0.0003));
		bundle->suspicious = mpy_svm_probability(
			bundle, mpy_metrics_threshold(samples, n, 0.001));
		printf("malicious from %.4f, suspicious from %.4f\n",
		       bundle->malicious, bundle->suspicious);
	}
	free(samples);
	return result;
}

/* Everything but dual use, both stages, into the bundle. */
static int finish(struct run *run, const char *out)
{
	struct mpy_bundle *bundle = mpy_bundle_new();
	struct mpy_weights weights = { 0 };
	size_t i;
	int result = bundle ? 0 : -ENOMEM;

	fprintf(stderr, "the model itself\n");
	for (i = 0; i < run->set.n; i++)
		run->use[i] = run->set.docs[i].side != MPY_DUALUSE;
	if (!result)
		result = mpy_train_linear(&run->set, run->use, &linear_options,
					  &weights);
	if (!result) {
		mpy_train_put_linear(&run->set, &weights, bundle);
		snprintf(bundle->name, sizeof(bundle->name), "mpy-2026.11");
		snprintf(bundle->facts, sizeof(bundle->facts),
			 "programs %zu\nlayers %zu\n", run->set.programs,
			 run->set.n - run->set.programs);
		result = mpy_train_second(&run->set, run->use, run->scores,
					  &second_options, bundle);
	}
	if (!result)
		result = calibrate(run, bundle);
	if (!result)
		printf("support vectors: %u\n", bundle->n_vectors);
	if (!result)
		result = mpy_train_save(bundle, out);
	free(weights.w);
	mpy_bundle_free(bundle);
	return result;
}

static int train(struct run *run, const char *corpus, const char *out,
		 const char *report)
{
	int result = mpy_dataset_load(&run->set, corpus);
	size_t n = run->set.n + 1;

	if (result)
		return result;
	run->scores = calloc(n, sizeof(*run->scores));
	run->linear = calloc(n, sizeof(*run->linear));
	run->raw = calloc(n, sizeof(*run->raw));
	run->test = calloc(n, 1);
	run->use = calloc(n, 1);
	if (!run->scores || !run->linear || !run->raw || !run->test ||
	    !run->use)
		return -ENOMEM;
	result = cross_validate(run);
	if (!result)
		result = other_sources(run);
	if (!result && report)
		result = mpy_report_tables(report, &run->set, run->linear,
					   run->raw);
	return result ? result : finish(run, out);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "corpus", required_argument, NULL, 'c' },
		{ "out", required_argument, NULL, 'o' },
		{ "report", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	const char *corpus = NULL, *out = NULL, *report = NULL;
	struct run run = { 0 };
	int c, result;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'c')
			corpus = optarg;
		else if (c == 'o')
			out = optarg;
		else if (c == 'r')
			report = optarg;
		else
			return fputs(usage, c == 'h' ? stdout : stderr),
			       c == 'h' ? 0 : 2;
	}
	if (!corpus || !out || optind != argc)
		return fputs(usage, stderr), 2;
	result = train(&run, corpus, out, report);
	if (result)
		fprintf(stderr, "mpy-train: %s\n", strerror(-result));
	free(run.scores);
	free(run.linear);
	free(run.raw);
	free(run.test);
	free(run.use);
	mpy_dataset_free(&run.set);
	return result ? 1 : 0;
}
