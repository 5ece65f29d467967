// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_judge.c - the whole judge over any bytes, with a bundle made of noise:
 * the verdict is well-formed, its reasons add up, and asking twice gives the
 * same.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/bundle_inside.h"
#include "judge/svm.h"
#include "judge/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mpy_bundle *noise(void)
{
	struct mpy_bundle *b = mpy_bundle_new();
	uint32_t seed = 7, i;

	if (!b)
		abort();
	memset(b->words, 0x5a, MPY_WORD_BYTES);
	for (i = 0; i < MPY_BUCKETS; i++) {
		seed = seed * 1664525u + 1013904223u;
		b->buckets->at[i].cell.weight = (int16_t)((int32_t)seed >> 16);
		b->buckets->at[i].cell.offensive = (int8_t)(seed >> 1);
		b->buckets->at[i].cell.idf = (uint8_t)(seed >> 9);
	}
	b->weight_unit = 1e-4;
	b->offensive_unit = 1e-4;
	for (i = 0; i < MPY_DENSE_COUNT; i++)
		b->scale[i] = 0.5;
	b->gamma = 0.01;
	b->plain_below = -100;
	b->n_vectors = 3;
	b->coefs = calloc(3, sizeof(float));
	b->vectors = calloc((size_t)3 * MPY_DENSE_COUNT, sizeof(float));
	if (!b->coefs || !b->vectors)
		abort();
	for (i = 0; i < 3u * MPY_DENSE_COUNT; i++)
		b->vectors[i] = (float)(i % 7) - 3;
	b->coefs[0] = 1;
	b->coefs[1] = -0.5f;
	b->coefs[2] = -0.5f;
	b->n_points = 2;
	b->point_raw[0] = -1;
	b->point_raw[1] = 1;
	b->point_logit[0] = -4;
	b->point_logit[1] = 4;
	b->malicious = 0.9;
	b->suspicious = 0.5;
	if (mpy_svm_attach(b))
		abort();
	return b;
}

static void check(const struct mpy_verdict *v)
{
	double sum = 0;
	size_t i;
	char *c;

	if (v->label == MPY_UNREADABLE) {
		if (!v->unreadable)
			abort();
		return;
	}
	if (!(v->probability >= 0 && v->probability <= 1) ||
	    !isfinite(v->raw) || v->n_reasons > MPY_REASONS_MAX ||
	    v->n_indicators > MPY_INDICATORS_MAX ||
	    v->n_layers > MPY_LAYERS_MAX || v->decider > v->n_layers)
		abort();
	for (i = 0; i < v->n_reasons; i++) {
		sum += v->reasons[i].contribution;
		for (c = v->reasons[i].text; *c; c++)
			if ((unsigned char)*c < 0x20 || *c == 0x7f)
				abort();
	}
	if (fabs(sum - v->raw) > 1e-6 * (1 + fabs(v->raw)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mpy_bundle *bundle;
	struct mpy_verdict *one, *two;

	if (!bundle)
		bundle = noise();
	if (mpy_judge(bundle, data, size, NULL, &one) ||
	    mpy_judge(bundle, data, size, NULL, &two))
		abort();
	check(one);
	if (one->raw != two->raw || one->n_layers != two->n_layers)
		abort();
	mpy_verdict_free(one);
	mpy_verdict_free(two);
	return 0;
}
