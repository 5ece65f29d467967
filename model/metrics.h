/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metrics.h - how well scores tell two sides apart. A sample's weight is 1
 * unless said otherwise; ties count half in the area and against the judge
 * in recall.
 */
#ifndef MPY_MODEL_METRICS_H
#define MPY_MODEL_METRICS_H

#include <stdbool.h>
#include <stddef.h>

struct mpy_sample {
	double score;
	bool positive;
};

/* Area under the ROC curve; sorts the samples, highest score first. */
double mpy_metrics_auc(struct mpy_sample *samples, size_t n);

/*
 * The lowest score so that at most rate of the negatives lie at or above it.
 * Sorts.
 */
double mpy_metrics_threshold(struct mpy_sample *samples, size_t n, double rate);

/* Part of the positives at or above threshold. */
double mpy_metrics_recall(const struct mpy_sample *samples, size_t n,
			  double threshold);

/* 95 % Wilson interval of k hits in n. */
void mpy_metrics_interval(size_t k, size_t n, double *low, double *high);

#endif
