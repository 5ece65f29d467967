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

size_t mpy_train_scratch(const struct mpy_dataset *set)
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

/* ---- scoring ------------------------------------------------------------- */

static double score(const struct mpy_dataset *set,
		    const struct mpy_weights *weights, const uint32_t *buckets,
		    size_t n)
{
	double sum = 0, norm = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		double idf = set->idf[buckets[i]];

		sum += weights->w[buckets[i]] * idf;
		norm += idf * idf;
	}
	return weights->bias + (norm > 0 ? sum / sqrt(norm) : 0);
}

void mpy_train_score(const struct mpy_dataset *set, const struct mpy_doc *doc,
		     const struct mpy_weights *weights, uint32_t *scratch,
		     struct mpy_linear_scores *out)
{
	uint32_t windows = doc->n_blocks > 1 ? doc->n_blocks - 1 : 1, i;
	size_t n;

	out->best = out->second = -INFINITY;
	out->best_block = 0;
	for (i = 0; i < windows; i++) {
		uint32_t to = i + 2 < doc->n_blocks ? i + 2 : doc->n_blocks;
		double value;

		n = mpy_dataset_union(set, doc, i, to, scratch);
		value = score(set, weights, scratch, n);
		if (value > out->best) {
			out->best = value;
			out->best_block = i;
		}
	}
	n = mpy_dataset_union(set, doc, 0, doc->n_blocks, scratch);
	out->whole = score(set, weights, scratch, n);
	out->second = out->best;
}

/* ---- training ------------------------------------------------------------ */

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

/* First round: each program as a whole, if it is not too long. */
static int whole_rows(const struct mpy_dataset *set, const uint8_t *use,
		      struct rows *rows)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		uint32_t n = set->docs[i].n_blocks;

		if (use[i] && n && add_row(rows, i, 0, n < 64 ? n : 64))
			return -ENOMEM;
	}
	return 0;
}

/*
 * Later rounds: of a malicious program its strongest window, and the whole if
 * it is short; of a harmless one the strongest window, one from anywhere, and
 * the whole.
 */
static int window_rows(const struct mpy_dataset *set, const uint8_t *use,
		       const struct mpy_weights *weights, struct rows *rows,
		       uint32_t *scratch)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		const struct mpy_doc *doc = &set->docs[i];
		struct mpy_linear_scores s;
		uint32_t to;
		int result = 0;

		if (!use[i] || !doc->n_blocks)
			continue;
		mpy_train_score(set, doc, weights, scratch, &s);
		to = s.best_block + 2 < doc->n_blocks ? s.best_block + 2
						      : doc->n_blocks;
		result = add_row(rows, i, s.best_block, to);
		if (!result && doc->n_blocks > 2)
			result = add_row(rows, i, 0,
					 doc->n_blocks < 64 ? doc->n_blocks
							    : 64);
		if (!result && doc->n_blocks > 2 && doc->side != MPY_MALWARE) {
			uint32_t from = (uint32_t)(i * 2654435761u >> 8) %
					(doc->n_blocks - 1);

			result = add_row(rows, i, from, from + 2);
		}
		if (result)
			return result;
	}
	return 0;
}

int mpy_train_linear(const struct mpy_dataset *set, const uint8_t *use,
		     const struct mpy_linear_options *options,
		     struct mpy_weights *weights)
{
	uint32_t *scratch = malloc(mpy_train_scratch(set) * sizeof(*scratch));
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
		result = window_rows(set, use, weights, &rows, scratch);
	}
	free(rows.list);
	free(scratch);
	return result;
}
