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

#include "judge/svm.h"

#define FRAGMENT  60 /* tokens; a shorter layer is hardly a program */
#define WHOLE_MAX 64 /* blocks of a program that are trained on */

#define COST 1
/* Weight of what is not harmless. */
static const double positive[MPY_VIEWS] = { [MPY_VIEW_MALICIOUS] = 4,
					    [MPY_VIEW_OFFENSIVE] = 2 };

/* Programs that are the rows of the problem. */
struct rows {
	uint32_t *list;
	size_t n;
};

/* ---- scoring ------------------------------------------------------------- */

struct sums {
	double weight, norm;
};

static double score(const struct mpy_weights *weights, struct sums s)
{
	return weights->bias + s.weight / mpy_svm_length(s.norm);
}

static void add(struct sums *sums, double weight, double idf)
{
	sums->weight += weight * idf;
	sums->norm += idf * idf;
}

void mpy_train_score(const struct mpy_dataset *set, const struct mpy_doc *doc,
		     const struct mpy_weights *weights, enum mpy_view view,
		     uint32_t *stamps, struct mpy_linear_scores *out)
{
	uint32_t base = stamps[MPY_BUCKETS], i = 0, block;
	struct sums whole = { 0, 0 }, before = { 0, 0 };

	out->best[view] = doc->n_blocks ? -INFINITY : weights->bias;
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
		if ((block || doc->n_blocks == 1) && value > out->best[view])
			out->best[view] = value;
		before = own;
	}
	out->whole[view] = score(weights, whole);
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

static uint32_t trained_blocks(const struct mpy_doc *doc)
{
	return doc->n_blocks < WHOLE_MAX ? doc->n_blocks : WHOLE_MAX;
}

/* A row as liblinear reads it; nodes has room. Returns the nodes used. */
static size_t fill(const struct mpy_dataset *set, const struct mpy_doc *doc,
		   uint32_t *scratch, struct feature_node *nodes)
{
	size_t n = mpy_dataset_union(set, doc, 0, trained_blocks(doc), scratch);
	double norm = 0, length;
	size_t i;

	for (i = 0; i < n; i++)
		norm += (double)set->idf[scratch[i]] * set->idf[scratch[i]];
	length = mpy_svm_length(norm);
	for (i = 0; i < n; i++) {
		nodes[i].index = (int)scratch[i] + 1;
		nodes[i].value = set->idf[scratch[i]] / length;
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
		const struct mpy_doc *doc = &set->docs[rows->list[i]];
		uint32_t blocks = trained_blocks(doc);

		n += (blocks ? doc->ends[blocks - 1] : 0) + 2;
	}
	return n;
}

static void quiet(const char *text)
{
	(void)text;
}

static int solve(const struct mpy_dataset *set, const struct rows *rows,
		 enum mpy_view view, struct mpy_weights *weights,
		 uint32_t *scratch)
{
	int labels[2] = { 1, -1 };
	double costs[2] = { positive[view], 1 };
	struct parameter parameter = {
		.solver_type = L2R_L2LOSS_SVC_DUAL,
		.eps = 0.1,
		.C = COST,
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
		const struct mpy_doc *doc = &set->docs[rows->list[i]];

		problem.x[i] = at;
		problem.y[i] = doc->side == MPY_BENIGN ? -1 : 1;
		at += fill(set, doc, scratch, at);
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
 * Which unit of a malicious program stands for it: the last layer that is more
 * than a fragment, for what is packed matters and not the packing; else the
 * program itself.
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
 * Harmless programs and their layers are all harmless. Which layer of a
 * malicious program is malicious is not known; that one came from offensive
 * hands is true of each.
 */
static void pick_rows(const struct mpy_dataset *set, const uint8_t *use,
		      enum mpy_view view, struct rows *rows)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		const struct mpy_doc *doc = &set->docs[i];

		if (!use[i] || !doc->n_blocks ||
		    (view == MPY_VIEW_MALICIOUS &&
		     (doc->side == MPY_DUALUSE ||
		      (doc->side == MPY_MALWARE &&
		       first_guess(set, doc->owner) != i))))
			continue;
		rows->list[rows->n++] = (uint32_t)i;
	}
}

int mpy_train_linear(const struct mpy_dataset *set, const uint8_t *use,
		     enum mpy_view view, struct mpy_weights *weights)
{
	uint32_t *scratch = malloc(longest(set) * sizeof(*scratch));
	struct rows rows = { malloc((set->n + 1) * sizeof(*rows.list)), 0 };
	int result = -ENOMEM;

	weights->w = calloc(MPY_BUCKETS, sizeof(*weights->w));
	if (scratch && rows.list && weights->w) {
		pick_rows(set, use, view, &rows);
		result = solve(set, &rows, view, weights, scratch);
	}
	free(rows.list);
	free(scratch);
	return result;
}
