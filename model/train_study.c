// SPDX-License-Identifier: GPL-2.0-or-later
/* train_study.c - calibration, ablations, learning curve. */
#include "train_study.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/bundle.h"
#include "judge/svm.h"

#include "metrics.h"
#include "train_calibrate.h"
#include "train_report.h"

static FILE *create(const char *dir, const char *name)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	if (!out)
		fprintf(stderr, "mpy-train: cannot write %s: %s\n", path,
			strerror(errno));
	return out;
}

/* Ten bins of probability: what was said, what was so, how many. */
static int write_reliability(const char *dir, const struct mpy_sample *samples,
			     size_t n)
{
	double said[10] = { 0 }, bad[10] = { 0 }, all[10] = { 0 };
	double goods = 0, bads = 0;
	size_t count[10] = { 0 }, i;
	FILE *out = create(dir, "reliability.tsv");

	if (!out)
		return -EIO;
	for (i = 0; i < n; i++)
		*(samples[i].positive ? &bads : &goods) += 1;
	for (i = 0; i < n; i++) {
		size_t bin = (size_t)(samples[i].score * 10);
		double w = samples[i].positive ? MPY_PRIOR / bads
					       : (1 - MPY_PRIOR) / goods;

		bin = bin > 9 ? 9 : bin;
		said[bin] += w * samples[i].score;
		bad[bin] += w * samples[i].positive;
		all[bin] += w;
		count[bin]++;
	}
	fprintf(out, "said\tseen\tprograms\n");
	for (i = 0; i < 10; i++)
		if (count[i])
			fprintf(out, "%.5f\t%.5f\t%zu\n", said[i] / all[i],
				bad[i] / all[i], count[i]);
	return fclose(out) ? -EIO : 0;
}

int mpy_study_calibration(struct mpy_run *run, const char *report)
{
	struct mpy_sample *samples = calloc(run->set.n + 1, sizeof(*samples));
	struct mpy_sample *asked = calloc(run->set.n + 1, sizeof(*asked));
	struct mpy_bundle *bundle = mpy_bundle_new();
	size_t i, n, m = 0;
	int half, result = samples && asked && bundle ? 0 : -ENOMEM;

	for (half = 0; !result && half < 2; half++) {
		for (i = 0; i < run->set.n; i++)
			run->test[i] = (mpy_run_fold(&run->set.docs[i]) / MPY_RUN_FOLDS &
					1) == (unsigned int)half;
		n = mpy_report_collect(&run->set, run->raw, run->test, -1,
				       samples);
		result = mpy_train_calibrate(samples, n, bundle);
		for (i = 0; i < run->set.n; i++)
			run->test[i] = !run->test[i];
		n = mpy_report_collect(&run->set, run->raw, run->test, -1,
				       samples);
		for (i = 0; !result && i < n; i++, m++)
			asked[m] = (struct mpy_sample){
				mpy_svm_probability(bundle, samples[i].score),
				samples[i].positive
			};
	}
	if (!result)
		printf("calibration error, 2 %% malicious: all %.4f, highest "
		       "3 %% %.4f\n",
		       mpy_train_ece(asked, m, 1, 15),
		       mpy_train_ece(asked, m, 0.03, 15));
	if (!result && report)
		result = write_reliability(report, asked, m);
	free(samples);
	free(asked);
	mpy_bundle_free(bundle);
	return result;
}

int mpy_study_ablate(struct mpy_run *run)
{
	static const struct {
		const char *title;
		unsigned int from, to;
	} parts[] = {
		{ "without behaviours", MPY_DENSE_BEHAVIOUR, MPY_DENSE_COUNT },
		{ "without the counts of strong behaviours",
		  MPY_DENSE_STRONG3, MPY_DENSE_HOW },
		{ "without how strings are folded", MPY_DENSE_HOW,
		  MPY_DENSE_BEHAVIOUR },
		{ "without how the text is written", MPY_DENSE_LENGTH,
		  MPY_DENSE_STRONG3 },
		{ "without the view of offensive tools", MPY_DENSE_OFFENSIVE,
		  MPY_DENSE_LENGTH },
		{ "without the linear stage", MPY_DENSE_BEST,
		  MPY_DENSE_LENGTH },
	};
	double *raw = calloc(run->set.n + 1, sizeof(*raw));
	size_t k;
	int fold, result = raw ? 0 : -ENOMEM;

	for (k = 0; !result && k < sizeof(parts) / sizeof(parts[0]); k++) {
		uint8_t without[MPY_DENSE_COUNT] = { 0 };

		memset(without + parts[k].from, 1,
		       parts[k].to - parts[k].from);
		for (fold = 0; !result && fold < MPY_RUN_FOLDS; fold++) {
			mpy_run_split(run, fold);
			result = mpy_run_second(run, run->scores, without, raw);
		}
		if (!result)
			mpy_report_print(parts[k].title, &run->set, raw, NULL);
	}
	free(raw);
	return result;
}

int mpy_study_curve(struct mpy_run *run, const char *report)
{
	static const unsigned int parts[] = { 16, 8, 4, 2, 1 };
	struct mpy_linear_scores *scores = calloc(run->set.n + 1,
						  sizeof(*scores));
	struct mpy_sample *samples = calloc(run->set.n + 1, sizeof(*samples));
	double *raw = calloc(run->set.n + 1, sizeof(*raw));
	FILE *out = create(report, "curve.tsv");
	size_t k, i, n;
	int fold, result = scores && samples && raw && out ? 0 : -ENOMEM;

	if (out)
		fprintf(out, "programs\trecall1\trecall01\n");
	for (k = 0; !result && k < sizeof(parts) / sizeof(parts[0]); k++) {
		size_t used = 0;

		for (fold = 0; !result && fold < MPY_RUN_FOLDS; fold++) {
			mpy_run_split(run, fold);
			for (i = 0; i < run->set.n; i++) {
				const struct mpy_doc *doc = &run->set.docs[i];

				run->use[i] &= mpy_run_fold(doc) /
						       MPY_RUN_FOLDS %
						       parts[k] == 0;
				used += run->use[i] && doc->owner == i &&
					!doc->made;
			}
			result = mpy_run_view(run, MPY_VIEW_MALICIOUS, scores);
		}
		if (result)
			break;
		mpy_run_programs(&run->set, scores, raw);
		n = mpy_report_collect(&run->set, raw, NULL, 0, samples);
		fprintf(out, "%zu\t%.4f\t%.4f\n", used / MPY_RUN_FOLDS,
			mpy_metrics_recall(samples, n,
					   mpy_metrics_threshold(samples, n,
								 0.01)),
			mpy_metrics_recall(samples, n,
					   mpy_metrics_threshold(samples, n,
								 0.001)));
	}
	if (out && fclose(out))
		result = -EIO;
	free(scores);
	free(samples);
	free(raw);
	return result;
}
