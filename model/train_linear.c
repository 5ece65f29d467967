// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * train_linear.c - the linear stage, by liblinear: libsvm's own trainer keeps
 * kernel rows and needs days for some 50,000 sparse rows of thousands of
 * numbers, liblinear minutes.
 */
#include "train_linear.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linear.h>

#include "judge/features.h"

#define FRAGMENT  60 /* tokens; a shorter layer is hardly a program */
#define WHOLE_MAX 64 /* blocks of a whole program that are trained on */

/* One row of the problem: blocks from..to of a program. */
struct row {
	uint32_t doc;
	uint32_t from, to;
};

struct rows {
	struct row *list;
	size_t n, room;
};

static int add_row(struct rows *rows, size_t doc, uint32_t from, uint32_t to)
{
	if (rows->n == rows->room) {
		size_t room = rows->room ? rows->room * 2 : 65536;
		struct row *list = realloc(rows->list, room * sizeof(*list));

		if (!list)
			return -ENOMEM;
		rows->list = list;
		rows->room = room;
	}
	rows->list[rows->n++] = (struct row){ (uint32_t)doc, from, to };
	return 0;
}

/* ---- scoring ------------------------------------------------------------- */

struct sums {
	double weight, norm;
};

static double score(const struct mpy_weights *weights, struct sums s)
{
	return weights->bias + (s.norm > 0 ? s.weight / sqrt(s.norm) : 0);
}

static void add(struct sums *sums, double weight, double idf)
{
	sums->weight += weight * idf;
	sums->norm += idf * idf;
}

void mpy_train_score(const struct mpy_dataset *set, const struct mpy_doc *doc,
		     const struct mpy_weights *weights, uint32_t *stamps,
		     struct mpy_linear_scores *out)
{
	uint32_t base = stamps[MPY_BUCKETS], i = 0, block;
	struct sums whole = { 0, 0 }, before = { 0, 0 };

	out->best = doc->n_blocks ? -INFINITY : weights->bias;
	out->best_block = 0;
	for (block = 0; block < doc->n_blocks; block++) {
		struct sums own = { 0, 0 }, common = { 0, 0 }, both;
		uint32_t stamp = ++stamps[MPY_BUCKETS];
		double value;

		for (; i < doc->ends[block]; i++) {
			uint32_t b = doc->buckets[i], seen = stamps[b];
			double w = weights->w[b], idf = set->idf[b];

			stamps[b] = stamp;
			add(&own, w, idf);
			if (seen <= base)
				add(&whole, w, idf);
			else if (seen + 1 == stamp)
				add(&common, w, idf);
		}
		both.weight = before.weight + own.weight - common.weight;
		both.norm = before.norm + own.norm - common.norm;
		value = score(weights, both);
		if ((block || doc->n_blocks == 1) && value > out->best) {
			out->best = value;
			out->best_block = block ? block - 1 : 0;
		}
		before = own;
	}
	out->whole = score(weights, whole);
}

/* ---- training ------------------------------------------------------------ */

/* Buckets of the longest unit, and one. */
static size_t longest(const struct mpy_dataset *set)
{
	size_t i, most = 0;

	for (i = 0; i < set->n; i++) {
		const struct mpy_doc *doc = &set->docs[i];
		size_t size = doc->n_blocks ? doc->ends[doc->n_blocks - 1] : 0;

		if (size > most)
			most = size;
	}
	return most + 1;
}

/* A row as liblinear reads it; nodes has room. Returns the nodes used. */
static size_t fill(const struct mpy_dataset *set, const struct row *row,
		   uint32_t *scratch, struct feature_node *nodes)
{
	size_t n = mpy_dataset_union(set, &set->docs[row->doc], row->from,
				     row->to, scratch);
	double norm = 0;
	size_t i;

	for (i = 0; i < n; i++)
		norm += (double)set->idf[scratch[i]] * set->idf[scratch[i]];
	norm = norm > 0 ? sqrt(norm) : 1;
	for (i = 0; i < n; i++) {
		nodes[i].index = (int)scratch[i] + 1;
		nodes[i].value = set->idf[scratch[i]] / norm;
	}
	nodes[n].index = MPY_BUCKETS + 1; /* bias */
	nodes[n].value = 1;
	nodes[n + 1].index = -1;
	nodes[n + 1].value = 0;
	return n + 2;
}

static size_t count_nodes(const struct mpy_dataset *set,
			  const struct rows *rows)
{
	size_t i, n = 0;

	for (i = 0; i < rows->n; i++) {
		const struct row *row = &rows->list[i];
		const struct mpy_doc *doc = &set->docs[row->doc];

		if (row->to)
			n += doc->ends[row->to - 1] -
			     (row->from ? doc->ends[row->from - 1] : 0);
		n += 2;
	}
	return n;
}

static void quiet(const char *text)
{
	(void)text;
}

static int solve(const struct mpy_dataset *set, const struct rows *rows,
		 const struct mpy_linear_options *options,
		 struct mpy_weights *weights, uint32_t *scratch)
{
	int labels[2] = { 1, -1 };
	double costs[2] = { options->positive, 1 };
	struct parameter parameter = {
		.solver_type = L2R_L2LOSS_SVC_DUAL,
		.eps = 0.1,
		.C = options->cost,
		.nr_weight = 2,
		.weight_label = labels,
		.weight = costs,
	};
	struct problem problem = { .l = (int)rows->n,
				   .n = MPY_BUCKETS + 1,
				   .bias = 1 };
	struct feature_node *nodes =
		malloc(count_nodes(set, rows) * sizeof(*nodes));
	struct feature_node *at = nodes;
	struct model *model;
	double sign;
	size_t i;

	problem.x = malloc(rows->n * sizeof(*problem.x));
	problem.y = malloc(rows->n * sizeof(*problem.y));
	if (!nodes || !problem.x || !problem.y) {
		free(nodes);
		free(problem.x);
		free(problem.y);
		return -ENOMEM;
	}
	for (i = 0; i < rows->n; i++) {
		problem.x[i] = at;
		problem.y[i] = set->docs[rows->list[i].doc].side == MPY_MALWARE
				       ? 1
				       : -1;
		at += fill(set, &rows->list[i], scratch, at);
	}
	set_print_string_function(quiet);
	srand(1); /* liblinear shuffles with it */
	model = train(&problem, &parameter);
	sign = model->label[0] == 1 ? 1 : -1;
	for (i = 0; i < MPY_BUCKETS; i++)
		weights->w[i] = sign * model->w[i];
	weights->bias = sign * model->w[MPY_BUCKETS];
	free_and_destroy_model(&model);
	free(nodes);
	free(problem.x);
	free(problem.y);
	return 0;
}

/*
 * Which unit of a malicious program stands for it in the first round: the
 * last layer that is more than a fragment, for what is packed matters and not
 * the packing; else the program itself.
 */
static size_t first_guess(const struct mpy_dataset *set, size_t owner)
{
	size_t i, guess = owner;

	for (i = owner + 1; i < set->n && set->docs[i].owner == owner; i++)
		if (set->docs[i].tokens >= FRAGMENT)
			guess = i;
	return guess;
}

/*
 * First round: each program as a whole, if it is not too long, and the layers
 * of harmless ones; which layer of a malicious one is malicious is not known.
 */
static int whole_rows(const struct mpy_dataset *set, const uint8_t *use,
		      struct rows *rows)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		const struct mpy_doc *doc = &set->docs[i];
		uint32_t n = doc->n_blocks;

		if (!use[i] || !n ||
		    (doc->side == MPY_MALWARE &&
		     first_guess(set, doc->owner) != i))
			continue;
		if (add_row(rows, i, 0, n < WHOLE_MAX ? n : WHOLE_MAX))
			return -ENOMEM;
	}
	return 0;
}

/* The rows of one unit whose strongest window is known. */
static int unit_rows(const struct mpy_dataset *set, size_t i,
		     const struct mpy_linear_scores *s, struct rows *rows)
{
	const struct mpy_doc *doc = &set->docs[i];
	uint32_t n = doc->n_blocks;
	uint32_t to = s->best_block + 2 < n ? s->best_block + 2 : n;
	int result = add_row(rows, i, s->best_block, to);

	if (!result && n > 2)
		result = add_row(rows, i, 0, n < WHOLE_MAX ? n : WHOLE_MAX);
	if (!result && n > 2 && doc->side != MPY_MALWARE) {
		uint32_t from = (uint32_t)(i * 2654435761u >> 8) % (n - 1);

		result = add_row(rows, i, from, from + 2);
	}
	return result;
}

/*
 * Later rounds: of a malicious program the strongest window of its strongest
 * unit; of each harmless unit its strongest window and one from anywhere. Of
 * both the whole, if it is longer than a window.
 */
static int window_rows(const struct mpy_dataset *set, const uint8_t *use,
		       const struct mpy_weights *weights, struct rows *rows)
{
	uint32_t *stamps = calloc(MPY_BUCKETS + 1, sizeof(*stamps));
	struct mpy_linear_scores s, strongest = { 0 };
	size_t i, best = SIZE_MAX;
	int result = stamps ? 0 : -ENOMEM;

	for (i = 0; !result && i < set->n; i++) {
		const struct mpy_doc *doc = &set->docs[i];
		bool last = i + 1 == set->n ||
			    set->docs[i + 1].owner != doc->owner;

		if (use[i] && doc->n_blocks) {
			mpy_train_score(set, doc, weights, stamps, &s);
			if (doc->side != MPY_MALWARE) {
				result = unit_rows(set, i, &s, rows);
			} else if (best == SIZE_MAX ||
				   s.best > strongest.best) {
				strongest = s;
				best = i;
			}
		}
		if (last && best != SIZE_MAX) {
			if (!result)
				result = unit_rows(set, best, &strongest, rows);
			best = SIZE_MAX;
		}
	}
	free(stamps);
	return result;
}

int mpy_train_linear(const struct mpy_dataset *set, const uint8_t *use,
		     const struct mpy_linear_options *options,
		     struct mpy_weights *weights)
{
	uint32_t *scratch = malloc(longest(set) * sizeof(*scratch));
	struct rows rows = { 0 };
	unsigned int round;
	int result;

	weights->w = calloc(MPY_BUCKETS, sizeof(*weights->w));
	result = scratch && weights->w ? whole_rows(set, use, &rows) : -ENOMEM;
	for (round = 0; !result; round++) {
		result = solve(set, &rows, options, weights, scratch);
		if (result || round == options->rounds)
			break;
		rows.n = 0;
		result = window_rows(set, use, weights, &rows);
	}
	free(rows.list);
	free(scratch);
	return result;
}
