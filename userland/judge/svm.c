// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * svm.c - the linear stage as w.x over hashed n-grams, in integers until the
 * last step so that every machine gets the same number; the second stage by
 * libsvm. libsvm's own predict is not used for the linear one: its model would
 * be one dense vector of half a million numbers, walked for each window.
 */
#include "svm.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libsvm/svm.h>

#include "features.h"
#include "parts.h"

int mpy_svm_room_init(struct mpy_svm_room *room)
{
	room->stamp = 0;
	room->stamps = calloc(MPY_BUCKETS, sizeof(*room->stamps));
	room->grams = malloc(MPY_GRAMS_ROOM * sizeof(*room->grams));
	return room->stamps && room->grams ? 0 : -ENOMEM;
}

void mpy_svm_room_free(struct mpy_svm_room *room)
{
	free(room->stamps);
	free(room->grams);
	room->stamps = NULL;
	room->grams = NULL;
}

static void add(struct mpy_sums *sums, const struct mpy_cell *cell)
{
	sums->weight += (int32_t)cell->weight * cell->idf;
	sums->norm += (int32_t)cell->idf * cell->idf;
}

static double score(const struct mpy_bundle *bundle, struct mpy_sums sums)
{
	if (!sums.norm)
		return bundle->bias;
	return (double)sums.weight / sqrt((double)sums.norm) *
		       bundle->weight_unit +
	       bundle->bias;
}

/* Texts have fewer blocks than this, so that their stamps never wrap. */
#define STAMPS_SPARE 40000

void mpy_svm_linear_start(struct mpy_svm_room *room, struct mpy_linear *out)
{
	if (room->stamp > UINT16_MAX - STAMPS_SPARE) {
		memset(room->stamps, 0, MPY_BUCKETS * sizeof(*room->stamps));
		room->stamp = 0;
	}
	memset(out, 0, sizeof(*out));
	out->best = -INFINITY;
	out->base = room->stamp;
}

/*
 * Sums of one block of n grams, and of what it has in common with the block
 * before; what the text has not had yet goes to the sums of the whole.
 */
static void take_block(const struct mpy_bundle *bundle,
		       struct mpy_svm_room *room, struct mpy_linear *out,
		       size_t n, struct mpy_sums *block,
		       struct mpy_sums *common)
{
	uint16_t stamp = ++room->stamp;
	size_t i;

	memset(block, 0, sizeof(*block));
	memset(common, 0, sizeof(*common));
	for (i = 0; i < n; i++) {
		uint32_t bucket = room->grams[i].bucket;
		const struct mpy_cell *cell = &bundle->cells[bucket];
		uint16_t seen = room->stamps[bucket];

		if (!cell->idf || seen == stamp)
			continue;
		room->stamps[bucket] = stamp;
		add(block, cell);
		if (seen <= out->base)
			add(&out->sums, cell);
		else if (seen + 1 == stamp)
			add(common, cell);
	}
}

static struct mpy_sums join(struct mpy_sums a, struct mpy_sums b,
			    struct mpy_sums common)
{
	return (struct mpy_sums){ a.weight + b.weight - common.weight,
				  a.norm + b.norm - common.norm };
}

static void note(struct mpy_linear *out, double value, size_t first,
		 size_t end)
{
	if (value <= out->best)
		return;
	out->best = value;
	out->best_first = first;
	out->best_end = end;
}

void mpy_svm_linear(const struct mpy_bundle *bundle,
		    struct mpy_features *features, struct mpy_svm_room *room,
		    struct mpy_linear *out)
{
	struct mpy_sums before = { 0, 0 }, block, common;
	size_t before_first = 0, first, end, n, blocks = 0;

	while (room->stamp < UINT16_MAX) {
		n = mpy_features_block(features, room->grams, &first, &end);
		if (first == end)
			break;
		take_block(bundle, room, out, n, &block, &common);
		if (blocks)
			note(out, score(bundle, join(before, block, common)),
			     before_first, end);
		before = block;
		before_first = first;
		blocks++;
	}
	if (blocks == 1)
		note(out, score(bundle, before), 0, features->at);
	out->blocks += blocks;
}

void mpy_svm_linear_end(const struct mpy_bundle *bundle,
			struct mpy_linear *out)
{
	out->whole = score(bundle, out->sums);
	if (!out->blocks)
		out->best = bundle->bias;
}

int mpy_svm_attach(struct mpy_bundle *b)
{
	size_t n = b->n_vectors, i, k;
	struct svm_model *m;
	struct svm_node *nodes;

	if (!n)
		return 0;
	m = calloc(1, sizeof(*m));
	if (!m)
		return -ENOMEM;
	b->model = m;
	m->param.svm_type = C_SVC;
	m->param.kernel_type = RBF;
	m->param.gamma = b->gamma;
	m->nr_class = 2;
	m->l = (int)n;
	m->SV = calloc(n, sizeof(*m->SV));
	m->sv_coef = calloc(1, sizeof(*m->sv_coef));
	m->rho = calloc(1, sizeof(*m->rho));
	m->label = calloc(2, sizeof(*m->label));
	m->nSV = calloc(2, sizeof(*m->nSV));
	nodes = calloc(n * (MPY_DENSE_COUNT + 1), sizeof(*nodes));
	if (m->sv_coef)
		m->sv_coef[0] = calloc(n, sizeof(**m->sv_coef));
	if (m->SV)
		m->SV[0] = nodes;
	else
		free(nodes);
	if (!m->SV || !nodes || !m->sv_coef || !m->sv_coef[0] || !m->rho ||
	    !m->label || !m->nSV)
		return -ENOMEM;
	m->rho[0] = b->rho;
	m->label[0] = 1;
	m->label[1] = 0;
	for (i = 0; i < n; i++) {
		m->SV[i] = nodes + i * (MPY_DENSE_COUNT + 1);
		m->sv_coef[0][i] = (double)b->coefs[i];
		m->nSV[b->coefs[i] > 0 ? 0 : 1]++;
		for (k = 0; k < MPY_DENSE_COUNT; k++) {
			m->SV[i][k].index = (int)k + 1;
			m->SV[i][k].value =
				(double)b->vectors[i * MPY_DENSE_COUNT + k];
		}
		m->SV[i][MPY_DENSE_COUNT].index = -1;
	}
	return 0;
}

void mpy_svm_detach(struct mpy_bundle *b)
{
	struct svm_model *m = b->model;

	if (!m)
		return;
	if (m->SV)
		free(m->SV[0]);
	if (m->sv_coef)
		free(m->sv_coef[0]);
	free(m->SV);
	free(m->sv_coef);
	free(m->rho);
	free(m->label);
	free(m->nSV);
	free(m);
	b->model = NULL;
}

double mpy_svm_decide(const struct mpy_bundle *b,
		      const double dense[MPY_DENSE_COUNT])
{
	struct svm_node x[MPY_DENSE_COUNT + 1];
	unsigned int i;
	double value;

	if (!b->model)
		return dense[MPY_DENSE_BEST];
	for (i = 0; i < MPY_DENSE_COUNT; i++) {
		x[i].index = (int)i + 1;
		x[i].value = (dense[i] - b->mean[i]) * b->scale[i];
	}
	x[i].index = -1;
	svm_predict_values(b->model, x, &value);
	return value;
}

double mpy_svm_probability(const struct mpy_bundle *b, double raw)
{
	uint32_t low = 0, high = b->n_points - 1;
	double part, logit;

	if (raw <= b->point_raw[low]) {
		logit = b->point_logit[low];
	} else if (raw >= b->point_raw[high]) {
		logit = b->point_logit[high];
	} else {
		while (high - low > 1) {
			uint32_t middle = (low + high) / 2;

			if (b->point_raw[middle] <= raw)
				low = middle;
			else
				high = middle;
		}
		part = (raw - b->point_raw[low]) /
		       (b->point_raw[high] - b->point_raw[low]);
		logit = b->point_logit[low] +
			part * (b->point_logit[high] - b->point_logit[low]);
	}
	return 1 / (1 + exp(-logit));
}
