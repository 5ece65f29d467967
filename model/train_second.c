// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * train_second.c - the second stage. Plain units (svm.h) are not for it to
 * judge and not for it to learn. Of a malicious program the unit that looks
 * worst counts; which one that is, is asked of the machine itself in a second
 * round.
 */
#include "train_second.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libsvm/svm.h>

#include "judge/svm.h"

#define PLAIN_PART 0.85 /* harmless units that are to be plain */
#define PLAIN_RAW  (-2.0)
#define ROUNDS	   2
#define RARE_MAX   2 /* scale of behaviours */
#define OWN_PARTS  10
#define OWN_USED   5

struct rows {
	uint32_t *unit;
	size_t n;
};

static void fill_dense(const struct mpy_doc *doc,
		       const struct mpy_linear_scores *scores,
		       double dense[MPY_DENSE_COUNT])
{
	unsigned int i;

	for (i = 0; i < MPY_DENSE_COUNT; i++)
		dense[i] = (double)doc->dense[i];
	dense[MPY_DENSE_BEST] = scores->best[MPY_VIEW_MALICIOUS];
	dense[MPY_DENSE_WHOLE] = scores->whole[MPY_VIEW_MALICIOUS];
	dense[MPY_DENSE_OFFENSIVE] = scores->best[MPY_VIEW_OFFENSIVE];
	dense[MPY_DENSE_OFFENSIVE_WHOLE] = scores->whole[MPY_VIEW_OFFENSIVE];
}

double mpy_train_decide(const struct mpy_doc *doc,
			const struct mpy_linear_scores *scores,
			const struct mpy_bundle *bundle)
{
	double dense[MPY_DENSE_COUNT];

	fill_dense(doc, scores, dense);
	return mpy_svm_decide(bundle, dense);
}

static int falling(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/*
 * Below which linear score a unit is plain: most harmless ones lie below it.
 * The raw score there is put where the second stage would see them too, far
 * below any threshold.
 */
static int set_plain(const struct mpy_dataset *set, const uint8_t *use,
		     const struct mpy_linear_scores *scores,
		     struct mpy_bundle *bundle)
{
	double *all = malloc((set->n + 1) * sizeof(*all));
	size_t i, n = 0;

	if (!all)
		return -ENOMEM;
	for (i = 0; i < set->n; i++)
		if (use[i] && set->docs[i].side == MPY_BENIGN)
			all[n++] = scores[i].best[MPY_VIEW_MALICIOUS];
	qsort(all, n, sizeof(*all), falling);
	bundle->plain_below =
		n ? all[(size_t)((double)n * (1 - PLAIN_PART))] : 0;
	bundle->plain_raw = PLAIN_RAW;
	bundle->plain_slope = 1;
	free(all);
	return 0;
}

static bool is_plain(const struct mpy_doc *doc,
		     const struct mpy_linear_scores *scores,
		     const struct mpy_bundle *bundle)
{
	double dense[MPY_DENSE_COUNT];

	fill_dense(doc, scores, dense);
	return mpy_svm_is_plain(bundle, dense);
}

/* Strength of a unit among those of its program. */
static double strength(const struct mpy_dataset *set, size_t i,
		       const struct mpy_linear_scores *scores,
		       const struct mpy_bundle *bundle)
{
	return bundle->model ? mpy_train_decide(&set->docs[i], &scores[i],
						bundle)
			     : scores[i].best[MPY_VIEW_MALICIOUS];
}

/*
 * Of our own harmless programs, which are hard on purpose, half: with
 * all of them the machine asks more of malware of an unknown kind than the
 * harmless programs of others demand. What was cut out of programs has told
 * the linear machines what it can: here it would only make more vectors.
 */
static bool is_used(const struct mpy_doc *doc)
{
	return !doc->cut &&
	       (!doc->own || doc->side != MPY_BENIGN ||
		(doc->group * 2654435761u >> 9) % OWN_PARTS < OWN_USED);
}

/* Without a behaviour that says much alone. */
static bool is_words(const struct mpy_doc *doc)
{
	return doc->dense[MPY_DENSE_STRONG3] == 0 &&
	       doc->dense[MPY_DENSE_STRONG2] == 0;
}

/* How often a harmless unit counts. */
static unsigned int times(const struct mpy_doc *doc,
			  const struct mpy_second_options *options)
{
	return (doc->literal && !doc->own ? options->literals : 1) *
	       (is_words(doc) ? options->words : 1);
}

static void pick_rows(const struct mpy_dataset *set, const uint8_t *use,
		      const struct mpy_linear_scores *scores,
		      const struct mpy_second_options *options,
		      const struct mpy_bundle *bundle, struct rows *rows)
{
	double most = 0;
	uint32_t best = UINT32_MAX, i;
	unsigned int k;

	rows->n = 0;
	for (i = 0; i < set->n; i++) {
		const struct mpy_doc *doc = &set->docs[i];
		bool used = use[i] && is_used(doc);
		bool last = i + 1 == set->n ||
			    set->docs[i + 1].owner != doc->owner;

		if (used && doc->side == MPY_MALWARE) {
			double s = strength(set, i, scores, bundle);

			if (best == UINT32_MAX || s > most) {
				most = s;
				best = i;
			}
		} else if (used && doc->side == MPY_BENIGN &&
			   !is_plain(doc, &scores[i], bundle)) {
			for (k = times(doc, options); k; k--)
				rows->unit[rows->n++] = i;
		}
		if (last && best != UINT32_MAX) {
			rows->unit[rows->n++] = best;
			best = UINT32_MAX;
		}
	}
}

/* Numbers that are mostly 0 stay 0 when scaled: their vectors are sparse. */
static void make_scaling(const struct mpy_dataset *set,
			 const struct mpy_linear_scores *scores,
			 const struct rows *rows,
			 const struct mpy_second_options *options,
			 struct mpy_bundle *bundle)
{
	double dense[MPY_DENSE_COUNT], square[MPY_DENSE_COUNT] = { 0 };
	double sum[MPY_DENSE_COUNT] = { 0 };
	size_t i, k;

	for (i = 0; i < rows->n; i++) {
		uint32_t unit = rows->unit[i];

		fill_dense(&set->docs[unit], &scores[unit], dense);
		for (k = 0; k < MPY_DENSE_COUNT; k++) {
			sum[k] += dense[k];
			square[k] += dense[k] * dense[k];
		}
	}
	for (k = 0; k < MPY_DENSE_COUNT; k++) {
		double n = (double)rows->n, mean = sum[k] / n;
		double spread = sqrt(square[k] / n - mean * mean);

		bundle->mean[k] = k < MPY_DENSE_HOW ? mean : 0;
		bundle->scale[k] = spread > 1e-6 ? 1 / spread : 0;
		/* rare behaviours must not outweigh everything else */
		if (k >= MPY_DENSE_HOW && bundle->scale[k] > RARE_MAX)
			bundle->scale[k] = RARE_MAX;
		/* what is said weighs more than how it is written */
		if (k < MPY_DENSE_LENGTH)
			bundle->scale[k] *= 3;
		else if (k < MPY_DENSE_STRONG3)
			bundle->scale[k] *= 0.5;
		else if (k < MPY_DENSE_HOW)
			bundle->scale[k] *= 2.5;
		if (options->without && options->without[k])
			bundle->scale[k] = 0;
	}
}

static void quiet(const char *text)
{
	(void)text;
}

/*
 * libsvm's vectors into the bundle's rows. What counts several times became
 * several neighbours that are equal: they become one vector.
 */
static void keep_vectors(const struct svm_model *model, double sign,
			 struct mpy_bundle *bundle)
{
	const size_t row = MPY_DENSE_COUNT * sizeof(float);
	size_t n = 0;
	int i;

	for (i = 0; i < model->l; i++) {
		float *to = &bundle->vectors[n * MPY_DENSE_COUNT];
		float coef = (float)(sign * model->sv_coef[0][i]);
		const struct svm_node *x;

		memset(to, 0, row);
		for (x = model->SV[i]; x->index > 0; x++)
			to[x->index - 1] = (float)x->value;
		if (n && !memcmp(to, to - MPY_DENSE_COUNT, row)) {
			bundle->coefs[n - 1] += coef;
			continue;
		}
		bundle->coefs[n++] = coef;
	}
	bundle->n_vectors = (uint32_t)n;
}

static int keep_machine(const struct svm_model *model,
			const struct mpy_second_options *options,
			struct mpy_bundle *bundle)
{
	double sign = model->label[0] == 1 ? 1 : -1;
	size_t n = (size_t)model->l;

	if (n > MPY_BUNDLE_VECTORS)
		return -E2BIG;
	mpy_svm_detach(bundle);
	free(bundle->coefs);
	free(bundle->vectors);
	bundle->coefs = calloc(n + 1, sizeof(float));
	bundle->vectors = calloc((n + 1) * MPY_DENSE_COUNT, sizeof(float));
	if (!bundle->coefs || !bundle->vectors)
		return -ENOMEM;
	bundle->gamma = options->gamma;
	bundle->rho = sign * model->rho[0];
	keep_vectors(model, sign, bundle);
	return mpy_svm_attach(bundle);
}

/* libsvm's rows; *nodes is the block that they point into. */
static int make_problem(const struct mpy_dataset *set,
			const struct mpy_linear_scores *scores,
			const struct rows *rows,
			const struct mpy_bundle *bundle,
			struct svm_problem *problem, struct svm_node **nodes)
{
	double dense[MPY_DENSE_COUNT];
	struct svm_node *at;
	size_t i, k;

	problem->l = (int)rows->n;
	problem->x = malloc(rows->n * sizeof(*problem->x));
	problem->y = malloc(rows->n * sizeof(*problem->y));
	at = *nodes = malloc(rows->n * (MPY_DENSE_COUNT + 1) * sizeof(**nodes));
	if (!problem->x || !problem->y || !*nodes)
		return -ENOMEM;
	for (i = 0; i < rows->n; i++) {
		uint32_t unit = rows->unit[i];

		problem->x[i] = at;
		problem->y[i] = set->docs[unit].side == MPY_MALWARE ? 1 : -1;
		fill_dense(&set->docs[unit], &scores[unit], dense);
		for (k = 0; k < MPY_DENSE_COUNT; k++) {
			double v = (double)(float)mpy_svm_scaled(
				bundle, (unsigned int)k, dense[k]);

			if (v != 0)
				*at++ = (struct svm_node){ (int)k + 1, v };
		}
		*at++ = (struct svm_node){ -1, 0 };
	}
	return 0;
}

static int train_round(const struct mpy_dataset *set,
		       const struct mpy_linear_scores *scores,
		       const struct rows *rows,
		       const struct mpy_second_options *options,
		       struct mpy_bundle *bundle)
{
	int labels[2] = { 1, -1 };
	double costs[2] = { options->positive, 1 };
	struct svm_parameter parameter = {
		.svm_type = C_SVC,
		.kernel_type = RBF,
		.gamma = options->gamma,
		.cache_size = 1000,
		.eps = 0.01,
		.C = options->cost,
		.nr_weight = 2,
		.weight_label = labels,
		.weight = costs,
		.shrinking = 1,
	};
	struct svm_problem problem = { 0 };
	struct svm_node *nodes = NULL;
	struct svm_model *model;
	int result;

	make_scaling(set, scores, rows, options, bundle);
	result = make_problem(set, scores, rows, bundle, &problem, &nodes);
	if (!result) {
		svm_set_print_string_function(quiet);
		model = svm_train(&problem, &parameter);
		result = keep_machine(model, options, bundle);
		svm_free_and_destroy_model(&model);
	}
	free(problem.x);
	free(problem.y);
	free(nodes);
	return result;
}

int mpy_train_second(const struct mpy_dataset *set, const uint8_t *use,
		     const struct mpy_linear_scores *scores,
		     const struct mpy_second_options *options,
		     struct mpy_bundle *bundle)
{
	struct rows rows = {
		malloc((set->n + 1) * options->literals * options->words *
		       sizeof(uint32_t)),
		0
	};
	unsigned int round;
	int result = rows.unit ? 0 : -ENOMEM;

	if (!result)
		result = set_plain(set, use, scores, bundle);
	for (round = 0; !result && round < ROUNDS; round++) {
		pick_rows(set, use, scores, options, bundle, &rows);
		result = rows.n ? train_round(set, scores, &rows, options,
					      bundle)
				: -EINVAL;
	}
	free(rows.unit);
	return result;
}
