// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * train.c - mpy-train: corpus in, figures and a bundle out. Everything that
 * is reported, calibrated or used for a threshold comes from programs that
 * the model at hand was not trained on.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "judge/bundle.h"
#include "judge/svm.h"

#include "metrics.h"
#include "train_bundle.h"
#include "train_calibrate.h"
#include "train_data.h"
#include "train_linear.h"
#include "train_report.h"
#include "train_run.h"
#include "train_second.h"
#include "train_strict.h"
#include "train_study.h"

/*
 * Thresholds are false-positive rates, but what is not four times as likely
 * malicious as not is no finding, and what is not half again as likely nothing
 * to suspect.
 */
#define LEAST_MALICIOUS	 0.85
#define LEAST_SUSPICIOUS 0.60

static const char usage[] =
	"usage: mpy-train --corpus DIR --out FILE [--ordinary FILE]\n"
	"                 [--hostile FILE] [--report DIR] [--ablate]\n"
	"Trains on DIR/train.jsonl.zst and DIR/train2.jsonl.zst, and on the\n"
	"programs of our own, harmless ones in --ordinary (model/ordinary.txt)\n"
	"and others in --hostile (model/hostile.txt); prints how well it does\n"
	"on programs left out, writes the bundle FILE, and with\n"
	"--report the tables that model/plot draws. --ablate also measures the\n"
	"second stage without each kind of its numbers, and the linear one on\n"
	"parts of the data.\n";

static int cross_validate(struct mpy_run *run, const char *which)
{
	char title[128];
	int fold, result = 0;

	for (fold = 0; !result && fold < MPY_RUN_FOLDS; fold++) {
		fprintf(stderr, "%s: linear stage, part %d of %d\n", which,
			fold + 1, MPY_RUN_FOLDS);
		mpy_run_split(run, fold);
		result = mpy_run_linear(run, run->scores);
	}
	if (!result) {
		fprintf(stderr, "%s: families left out\n", which);
		result = mpy_run_strict(run, 2);
	}
	for (fold = 0; !result && fold < MPY_RUN_FOLDS; fold++) {
		fprintf(stderr, "%s: second stage, part %d of %d\n", which,
			fold + 1, MPY_RUN_FOLDS);
		mpy_run_split(run, fold);
		result = mpy_run_second(run, run->scores, NULL, run->raw);
	}
	mpy_run_programs(&run->set, run->scores, run->linear);
	snprintf(title, sizeof(title),
		 "%s: linear stage alone, cross-validation by cluster and "
		 "package, pooled", which);
	mpy_report_print(title, &run->set, run->linear, NULL);
	snprintf(title, sizeof(title),
		 "%s: both stages, cross-validation by cluster and package, "
		 "pooled", which);
	mpy_report_print(title, &run->set, run->raw, NULL);
	return result;
}

/* Families that nobody has seen, among harmless programs of known sources. */
static int new_families(struct mpy_run *run)
{
	double *raw = calloc(run->set.n + 1, sizeof(*raw));
	int result = -ENOMEM;

	fprintf(stderr, "families left out: second stage\n");
	if (raw)
		result = mpy_run_strict_judge(run, raw);
	if (!result)
		mpy_report_print("Both stages, families left out", &run->set,
				 raw, NULL);
	free(raw);
	return result;
}

/* The second edition holds later families and other sources. */
static int other_sources(struct mpy_run *run)
{
	struct mpy_linear_scores *scores = calloc(run->set.n + 1,
						  sizeof(*scores));
	double *raw = calloc(run->set.n + 1, sizeof(*raw));
	int result = -ENOMEM;

	fprintf(stderr, "first edition against second\n");
	if (scores && raw)
		result = mpy_run_strict(run, 1);
	mpy_run_split(run, -1);
	if (!result)
		result = mpy_run_linear(run, scores);
	if (!result) {
		mpy_run_programs(&run->set, scores, raw);
		mpy_report_print("Linear stage, trained on the first edition, "
				 "tested on the second",
				 &run->set, raw, run->test);
		result = mpy_run_second(run, scores, NULL, raw);
	}
	if (!result)
		mpy_report_print("Both stages, trained on the first edition, "
				 "tested on the second",
				 &run->set, raw, run->test);
	free(scores);
	free(raw);
	return result;
}

/* The probability at a false-positive rate, or least if that is more. */
static double threshold(const struct mpy_bundle *bundle,
			struct mpy_sample *samples, size_t n, double rate,
			double least)
{
	double raw = mpy_metrics_threshold(samples, n, rate);

	return fmax(least, mpy_svm_probability(bundle, raw));
}

/* Calibration and thresholds from what cross-validation gave. */
static int calibrate(struct mpy_run *run, struct mpy_bundle *bundle)
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
		bundle->malicious = threshold(bundle, samples, n, 0.0002,
					      LEAST_MALICIOUS);
		bundle->suspicious = threshold(bundle, samples, n, 0.0005,
					       LEAST_SUSPICIOUS);
		printf("malicious from %.4f, suspicious from %.4f\n",
		       bundle->malicious, bundle->suspicious);
	}
	free(samples);
	return result;
}

/* Everything but dual use, both stages, into the bundle. */
static int finish(struct mpy_run *run, const char *out)
{
	struct mpy_bundle *bundle = mpy_bundle_new();
	struct mpy_weights weights = { 0 }, tools = { 0 };
	size_t i;
	int result = bundle ? 0 : -ENOMEM;

	fprintf(stderr, "the model itself\n");
	for (i = 0; i < run->set.n; i++)
		run->use[i] = !run->set.docs[i].doubted;
	if (!result)
		result = mpy_train_linear(&run->set, run->use,
					  MPY_VIEW_MALICIOUS, &weights);
	if (!result)
		result = mpy_train_linear(&run->set, run->use,
					  MPY_VIEW_OFFENSIVE, &tools);
	if (!result) {
		mpy_train_put_linear(&run->set, &weights, bundle);
		mpy_train_put_offensive(&tools, bundle);
		snprintf(bundle->name, sizeof(bundle->name), "mpy-2026.11");
		snprintf(bundle->facts, sizeof(bundle->facts),
			 "programs %zu\nlayers %zu\n", run->set.programs,
			 run->set.n - run->set.programs);
		result = mpy_train_second(&run->set, run->use, run->strict,
					  &mpy_run_second_options, bundle);
	}
	if (!result)
		result = calibrate(run, bundle);
	if (!result)
		printf("support vectors: %u\n", bundle->n_vectors);
	if (!result)
		result = mpy_train_save(bundle, out);
	free(weights.w);
	free(tools.w);
	mpy_bundle_free(bundle);
	return result;
}

/* What was asked for. */
struct wish {
	const char *corpus, *ordinary, *hostile, *out, *report;
	bool ablations;
};

static int train(struct mpy_run *run, const struct wish *wish)
{
	int result = mpy_dataset_load(&run->set, wish->corpus, wish->ordinary,
				      wish->hostile);
	const char *report = wish->report;
	size_t n = run->set.n + 1;

	if (result)
		return result;
	run->scores = calloc(n, sizeof(*run->scores));
	run->strict = calloc(n, sizeof(*run->strict));
	run->linear = calloc(n, sizeof(*run->linear));
	run->raw = calloc(n, sizeof(*run->raw));
	run->test = calloc(n, 1);
	run->use = calloc(n, 1);
	if (!run->scores || !run->strict || !run->linear || !run->raw ||
	    !run->test || !run->use)
		return -ENOMEM;
	result = cross_validate(run, "all labels");
	if (!result)
		result = other_sources(run);
	if (!result)
		printf("malicious programs doubted: %zu\n", mpy_run_doubt(run));
	if (!result)
		result = cross_validate(run, "doubted labels left out");
	if (!result)
		result = new_families(run);
	if (!result && report)
		result = mpy_report_tables(report, &run->set, run->linear,
					   run->raw);
	if (!result)
		result = mpy_study_calibration(run, report);
	if (!result && wish->ablations)
		result = mpy_study_ablate(run);
	if (!result && wish->ablations && report)
		result = mpy_study_curve(run, report);
	return result ? result : finish(run, wish->out);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "corpus", required_argument, NULL, 'c' },
		{ "ordinary", required_argument, NULL, 'n' },
		{ "hostile", required_argument, NULL, 'm' },
		{ "out", required_argument, NULL, 'o' },
		{ "report", required_argument, NULL, 'r' },
		{ "ablate", no_argument, NULL, 'a' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	struct wish wish = { .ordinary = "model/ordinary.txt",
			     .hostile = "model/hostile.txt" };
	struct mpy_run run = { 0 };
	int c, result;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'c')
			wish.corpus = optarg;
		else if (c == 'o')
			wish.out = optarg;
		else if (c == 'n')
			wish.ordinary = optarg;
		else if (c == 'm')
			wish.hostile = optarg;
		else if (c == 'r')
			wish.report = optarg;
		else if (c == 'a')
			wish.ablations = true;
		else
			return fputs(usage, c == 'h' ? stdout : stderr),
			       c == 'h' ? 0 : 2;
	}
	if (!wish.corpus || !wish.out || optind != argc)
		return fputs(usage, stderr), 2;
	/* now, not after the ten minutes that lead to the first table */
	if (wish.report && mkdir(wish.report, 0777) && errno != EEXIST) {
		fprintf(stderr, "mpy-train: cannot make %s: %s\n",
			wish.report, strerror(errno));
		return 1;
	}
	result = train(&run, &wish);
	if (result)
		fprintf(stderr, "mpy-train: %s\n", strerror(-result));
	free(run.scores);
	free(run.strict);
	free(run.linear);
	free(run.raw);
	free(run.test);
	free(run.use);
	mpy_dataset_free(&run.set);
	return result ? 1 : 0;
}
