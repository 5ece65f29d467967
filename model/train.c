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

#define FOLDS 5

static const char usage[] =
	"usage: mpy-train --corpus DIR --out FILE\n"
	"Trains on DIR/train.jsonl.zst and DIR/train2.jsonl.zst, prints how\n"
	"well it does on programs left out, writes the bundle FILE.\n";

/* Scores of all programs, each by a model that has not seen its group. */
struct scores {
	double *raw;
	uint8_t *use;
};

static unsigned int fold_of(const struct mpy_doc *doc)
{
	return (uint32_t)(doc->group * 2654435761u) >> 8;
}

/* Samples of one kind: files, literals or both (kind < 0). */
static size_t collect(const struct mpy_dataset *set, const double *raw,
		      const uint8_t *test, int kind, struct mpy_sample *out)
{
	size_t i, n = 0;

	for (i = 0; i < set->n; i++) {
		const struct mpy_doc *doc = &set->docs[i];

		if (doc->side == MPY_DUALUSE || (test && !test[i]) ||
		    (kind >= 0 && doc->literal != (kind > 0)))
			continue;
		out[n++] = (struct mpy_sample){ raw[i],
						doc->side == MPY_MALWARE };
	}
	return n;
}

static void print_recall(const char *what, const struct mpy_sample *samples,
			 size_t n, double threshold)
{
	size_t good = 0, bad = 0, hits = 0, alarms = 0, i;
	double low, high;

	for (i = 0; i < n; i++) {
		*(samples[i].positive ? &bad : &good) += 1;
		if (samples[i].score < threshold)
			continue;
		*(samples[i].positive ? &hits : &alarms) += 1;
	}
	mpy_metrics_interval(hits, bad, &low, &high);
	printf("    %-8s recall %.3f (%.3f-%.3f)  false positives %zu of "
	       "%zu\n",
	       what, bad ? (double)hits / (double)bad : 0, low, high, alarms,
	       good);
}

/* Figures of the programs with test[i] != 0 (NULL: all). */
static void report(const char *title, const struct mpy_dataset *set,
		   const double *raw, const uint8_t *test)
{
	static const double rates[] = { 0.01, 0.001, 0.0001 };
	struct mpy_sample *files = calloc(set->n + 1, sizeof(*files));
	struct mpy_sample *literals = calloc(set->n + 1, sizeof(*literals));
	size_t n, m, i;

	if (!files || !literals) {
		free(files);
		free(literals);
		return;
	}
	n = collect(set, raw, test, 0, files);
	m = collect(set, raw, test, 1, literals);
	printf("%s\n  ROC-AUC: files %.4f, literals %.4f\n", title,
	       mpy_metrics_auc(files, n), mpy_metrics_auc(literals, m));
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		double t = mpy_metrics_threshold(files, n, rates[i]);

		printf("  at %g %% false positives of files (raw %.3f):\n",
		       rates[i] * 100, t);
		print_recall("files", files, n, t);
		print_recall("literals", literals, m, t);
	}
	fflush(stdout);
	free(files);
	free(literals);
}

/* Trains without the programs with test[i] != 0 and scores those. */
static int train_and_score(const struct mpy_dataset *set, const uint8_t *test,
			   const struct mpy_linear_options *options,
			   double *raw)
{
	uint32_t *scratch = malloc(mpy_train_scratch(set) * sizeof(*scratch));
	uint8_t *use = calloc(set->n + 1, 1);
	struct mpy_weights weights = { 0 };
	size_t i;
	int result = -ENOMEM;

	for (i = 0; use && i < set->n; i++)
		use[i] = !test[i] && set->docs[i].side != MPY_DUALUSE;
	if (scratch && use)
		result = mpy_train_linear(set, use, options, &weights);
	for (i = 0; !result && i < set->n; i++) {
		struct mpy_linear_scores s;

		if (!test[i])
			continue;
		mpy_train_score(set, &set->docs[i], &weights, scratch, &s);
		raw[i] = s.best;
	}
	free(weights.w);
	free(use);
	free(scratch);
	return result;
}

static int cross_validate(const struct mpy_dataset *set,
			  const struct mpy_linear_options *options,
			  double *raw)
{
	uint8_t *test = calloc(set->n + 1, 1);
	unsigned int fold;
	size_t i;
	int result = test ? 0 : -ENOMEM;

	for (fold = 0; !result && fold < FOLDS; fold++) {
		fprintf(stderr, "fold %u of %u\n", fold + 1, FOLDS);
		for (i = 0; i < set->n; i++)
			test[i] = fold_of(&set->docs[i]) % FOLDS == fold;
		result = train_and_score(set, test, options, raw);
	}
	free(test);
	return result;
}

/* The second edition holds later families and other sources. */
static int other_sources(const struct mpy_dataset *set,
			 const struct mpy_linear_options *options)
{
	uint8_t *test = calloc(set->n + 1, 1);
	double *raw = calloc(set->n + 1, sizeof(*raw));
	size_t i;
	int result = -ENOMEM;

	for (i = 0; test && i < set->n; i++)
		test[i] = set->docs[i].edition == 2;
	if (test && raw)
		result = train_and_score(set, test, options, raw);
	if (!result)
		report("Trained on the first edition, tested on the second",
		       set, raw, test);
	free(test);
	free(raw);
	return result;
}

static double probability_at(const struct mpy_bundle *bundle,
			     struct mpy_sample *samples, size_t n, double rate)
{
	return mpy_svm_probability(bundle, mpy_metrics_threshold(samples, n,
								 rate));
}

static int finish(const struct mpy_dataset *set, const double *raw,
		  const struct mpy_linear_options *options, const char *out)
{
	struct mpy_sample *samples = calloc(set->n + 1, sizeof(*samples));
	struct mpy_bundle *bundle = mpy_bundle_new();
	struct mpy_weights weights = { 0 };
	uint8_t *use = calloc(set->n + 1, 1);
	size_t i, n;
	int result = -ENOMEM;

	for (i = 0; use && i < set->n; i++)
		use[i] = set->docs[i].side != MPY_DUALUSE;
	if (samples && bundle && use)
		result = mpy_train_linear(set, use, options, &weights);
	if (!result) {
		mpy_train_put_linear(set, &weights, bundle);
		snprintf(bundle->name, sizeof(bundle->name), "mpy-2026.11");
		n = collect(set, raw, NULL, -1, samples);
		result = mpy_train_calibrate(samples, n, bundle);
	}
	if (!result) {
		n = collect(set, raw, NULL, -1, samples);
		bundle->malicious = probability_at(bundle, samples, n, 0.0002);
		bundle->suspicious = probability_at(bundle, samples, n, 0.001);
		printf("malicious from %.4f, suspicious from %.4f\n",
		       bundle->malicious, bundle->suspicious);
		result = mpy_train_save(bundle, out);
	}
	free(weights.w);
	free(use);
	free(samples);
	mpy_bundle_free(bundle);
	return result;
}

static int run(const char *corpus, const char *out)
{
	const struct mpy_linear_options options = { .cost = 4,
						    .positive = 4,
						    .rounds = 1 };
	struct mpy_dataset set;
	double *raw = NULL;
	int result = mpy_dataset_load(&set, corpus);

	if (!result) {
		raw = calloc(set.n + 1, sizeof(*raw));
		result = raw ? other_sources(&set, &options) : -ENOMEM;
	}
	if (!result)
		result = cross_validate(&set, &options, raw);
	if (!result) {
		report("Cross-validation by cluster and package, pooled", &set,
		       raw, NULL);
		result = finish(&set, raw, &options, out);
	}
	free(raw);
	mpy_dataset_free(&set);
	return result;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "corpus", required_argument, NULL, 'c' },
		{ "out", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	const char *corpus = NULL, *out = NULL;
	int c, result;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'c')
			corpus = optarg;
		else if (c == 'o')
			out = optarg;
		else
			return fputs(usage, c == 'h' ? stdout : stderr),
			       c == 'h' ? 0 : 2;
	}
	if (!corpus || !out || optind != argc)
		return fputs(usage, stderr), 2;
	result = run(corpus, out);
	if (result)
		fprintf(stderr, "mpy-train: %s\n", strerror(-result));
	return result ? 1 : 0;
}
