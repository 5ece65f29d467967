// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * train_calibrate.c - isotonic regression over bins, each side weighted to
 * the prior, half a program of the other side added where a bin is pure.
 */
#include "train_calibrate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define BINS 60

struct bin {
	double raw;	 /* sum */
	double good, bad; /* programs */
};

static int by_raw(const void *a, const void *b)
{
	const struct mpy_sample *x = a, *y = b;

	return x->score < y->score ? -1 : x->score > y->score;
}

static double logit(const struct bin *b, double good_unit, double bad_unit)
{
	double good = (b->good + 0.5) * good_unit;
	double bad = (b->bad + 0.5) * bad_unit;

	return log(bad / good);
}

/*
 * Bins of growing score. Half of them hold equal parts of the harmless side,
 * half equal parts of the malicious one, so that both ends are resolved.
 */
static size_t fill_bins(const struct mpy_sample *samples, size_t n,
			double goods, double bads, struct bin *bins)
{
	size_t i, used = 0;
	struct bin bin = { 0, 0, 0 };

	for (i = 0; i < n; i++) {
		double share;

		bin.raw += samples[i].score;
		*(samples[i].positive ? &bin.bad : &bin.good) += 1;
		share = bin.good / goods + bin.bad / bads;
		if (i + 1 < n && samples[i + 1].score == samples[i].score)
			continue;
		if (share * (BINS - 4) < 2 && i + 1 < n)
			continue;
		bins[used++] = bin;
		bin = (struct bin){ 0, 0, 0 };
		if (used == BINS)
			break;
	}
	return used;
}

/* Merges neighbours until the logit rises everywhere. */
static size_t make_monotone(struct bin *bins, size_t n, double good_unit,
			    double bad_unit)
{
	size_t i, used = 0;

	for (i = 0; i < n; i++) {
		bins[used++] = bins[i];
		while (used > 1 &&
		       logit(&bins[used - 1], good_unit, bad_unit) <=
			       logit(&bins[used - 2], good_unit, bad_unit)) {
			bins[used - 2].raw += bins[used - 1].raw;
			bins[used - 2].good += bins[used - 1].good;
			bins[used - 2].bad += bins[used - 1].bad;
			used--;
		}
	}
	return used;
}

int mpy_train_calibrate(struct mpy_sample *samples, size_t n,
			struct mpy_bundle *bundle)
{
	double goods = 0, bads = 0, good_unit, bad_unit;
	struct bin bins[BINS + 1];
	size_t i, used;

	for (i = 0; i < n; i++)
		*(samples[i].positive ? &bads : &goods) += 1;
	if (goods < 100 || bads < 100)
		return -EINVAL;
	qsort(samples, n, sizeof(*samples), by_raw);
	good_unit = (1 - MPY_PRIOR) / goods;
	bad_unit = MPY_PRIOR / bads;
	used = fill_bins(samples, n, goods, bads, bins);
	used = make_monotone(bins, used, good_unit, bad_unit);
	if (used < 2)
		return -EINVAL;
	for (i = 0; i < used; i++) {
		bundle->point_raw[i] = bins[i].raw /
				       (bins[i].good + bins[i].bad);
		bundle->point_logit[i] = logit(&bins[i], good_unit, bad_unit);
	}
	bundle->n_points = (uint32_t)used;
	return 0;
}

double mpy_train_ece(struct mpy_sample *samples, size_t n, double part,
		     unsigned int bins)
{
	double goods = 0, bads = 0, mass = 0, error = 0;
	double bin = 0, said = 0, seen = 0;
	size_t i;

	for (i = 0; i < n; i++)
		*(samples[i].positive ? &bads : &goods) += 1;
	if (!n || goods < 1 || bads < 1)
		return 0;
	qsort(samples, n, sizeof(*samples), by_raw);
	for (i = n; i-- > 0 && mass < part;) {
		double w = samples[i].positive ? MPY_PRIOR / bads
					       : (1 - MPY_PRIOR) / goods;

		mass += w;
		bin += w;
		said += w * samples[i].score;
		seen += w * samples[i].positive;
		if (bin < part / bins && i && mass < part)
			continue;
		error += fabs(said - seen);
		bin = said = seen = 0;
	}
	return error / mass;
}
