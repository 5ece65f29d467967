// SPDX-License-Identifier: GPL-2.0-or-later
/* metrics.c - ROC area, recall at a false-positive rate, intervals. */
#include "metrics.h"

#include <math.h>
#include <stdlib.h>

static int by_score(const void *a, const void *b)
{
	const struct mpy_sample *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (int)x->positive - (int)y->positive; /* negatives first */
}

double mpy_metrics_auc(struct mpy_sample *samples, size_t n)
{
	double area = 0, above = 0, negatives = 0;
	size_t i, k;

	qsort(samples, n, sizeof(*samples), by_score);
	for (i = 0; i < n; i = k) {
		double good = 0, bad = 0;

		for (k = i; k < n && samples[k].score == samples[i].score; k++)
			*(samples[k].positive ? &good : &bad) += 1;
		area += bad * (above + good / 2);
		above += good;
		negatives += bad;
	}
	return above > 0 && negatives > 0 ? area / (above * negatives) : 0;
}

double mpy_metrics_threshold(struct mpy_sample *samples, size_t n, double rate)
{
	size_t negatives = 0, allowed, seen = 0, i;

	qsort(samples, n, sizeof(*samples), by_score);
	for (i = 0; i < n; i++)
		negatives += !samples[i].positive;
	allowed = (size_t)((double)negatives * rate);
	for (i = 0; i < n; i++) {
		if (samples[i].positive)
			continue;
		if (seen++ == allowed)
			return nextafter(samples[i].score, INFINITY);
	}
	return -INFINITY;
}

double mpy_metrics_recall(const struct mpy_sample *samples, size_t n,
			  double threshold)
{
	size_t positives = 0, hits = 0, i;

	for (i = 0; i < n; i++) {
		positives += samples[i].positive;
		hits += samples[i].positive && samples[i].score >= threshold;
	}
	return positives ? (double)hits / (double)positives : 0;
}

void mpy_metrics_interval(size_t k, size_t n, double *low, double *high)
{
	const double z = 1.959964;
	double p, middle, half, whole = (double)n;

	if (!n) {
		*low = 0;
		*high = 1;
		return;
	}
	p = (double)k / whole;
	middle = (p + z * z / (2 * whole)) / (1 + z * z / whole);
	half = z * sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) /
	       (1 + z * z / whole);
	*low = middle - half < 0 ? 0 : middle - half;
	*high = middle + half > 1 ? 1 : middle + half;
}
