// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * svm.c - the linear machines as w.x over hashed n-grams, in integers until the
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

#include "bundle_inside.h"
#include "features.h"

#define FARTHEST 10.0 /* of a scaled number */

int mpy_svm_room_init(struct mpy_svm_room *room)
{
	room->grams = calloc(MPY_GRAMS_ROOM + MPY_SVM_AHEAD,
			     sizeof(*room->grams));
	room->places = malloc(MPY_GRAMS_ROOM * sizeof(*room->places));
	return room->grams && room->places ? 0 : -ENOMEM;
}

void mpy_svm_room_free(struct mpy_svm_room *room)
{
	free(room->grams);
	free(room->places);
	room->grams = NULL;
	room->places = NULL;
}

/* w.x + bias, x as long as 1 at most. */
static double product(int64_t sum, int64_t norm, double unit, double bias)
{
	return (double)sum / mpy_svm_length((double)norm) * unit + bias;
}

double mpy_svm_score(const struct mpy_bundle *bundle, struct mpy_sums sums)
{
	return product(sums.weight, sums.norm, bundle->weight_unit,
		       bundle->bias);
}

static double offensive(const struct mpy_bundle *bundle, struct mpy_sums sums)
{
	return product(sums.offensive, sums.norm, bundle->offensive_unit,
		       bundle->offensive_bias);
}

void mpy_svm_stamps_start(const struct mpy_bundle *bundle)
{
	struct mpy_buckets *buckets = bundle->buckets;

	if (buckets->stamp < MPY_SVM_STAMPS)
		return;
	for (size_t i = 0; i < MPY_BUCKETS; i++)
		buckets->at[i].stamp = 0;
	buckets->stamp = 0;
}

void mpy_svm_linear_start(const struct mpy_bundle *bundle,
			  struct mpy_linear *out)
{
	mpy_svm_stamps_start(bundle);
	memset(out, 0, sizeof(*out));
	out->best = -INFINITY;
	out->offensive = -INFINITY;
	out->base = bundle->buckets->stamp;
}

/*
 * The cells of a block's n grams once each, by when the text had the gram
 * last: age 0 in this block, 1 in the one before. Without a branch, as nobody
 * could foretell it.
 */
static void sort_once(struct mpy_svm_room *room, struct mpy_buckets *buckets,
		      uint32_t base, size_t n, size_t count[MPY_SVM_WHENS])
{
	const uint32_t *grams = room->grams, stamp = ++buckets->stamp;
	const uint32_t oldest = stamp - base; /* of this age: another text's */
	const uint32_t earlier_ages = oldest > 2 ? oldest - 2 : 0;
	struct mpy_cell *never = room->once[MPY_SVM_NEVER];
	struct mpy_cell *before = room->once[MPY_SVM_BEFORE];
	struct mpy_cell *earlier = room->once[MPY_SVM_EARLIER];

	for (size_t i = 0; i < n; i++) {
		struct mpy_bucket *bucket = &buckets->at[grams[i]];
		struct mpy_cell cell = bucket->cell;
		uint32_t age = stamp - bucket->stamp;

		mpy_bundle_fetch(buckets, grams[i + MPY_SVM_AHEAD]);
		bucket->stamp = stamp;
		*never = cell;
		*before = cell;
		*earlier = cell;
		never += age >= oldest;
		before += age == 1;
		earlier += age - 2 < earlier_ages;
	}
	if (oldest == 1) /* the first block has none before it */
		before = room->once[MPY_SVM_BEFORE];
	count[MPY_SVM_NEVER] = (size_t)(never - room->once[MPY_SVM_NEVER]);
	count[MPY_SVM_BEFORE] = (size_t)(before - room->once[MPY_SVM_BEFORE]);
	count[MPY_SVM_EARLIER] = (size_t)(earlier - room->once[MPY_SVM_EARLIER]);
}

/* Four cells at a time, in the vectors of GCC and clang. */
#define ROUNDS 128 /* so many products, each below 2^23, an int32_t holds */
typedef uint32_t four_words __attribute__((vector_size(4 * MPY_SVM_FOUR)));
typedef int32_t four_ints __attribute__((vector_size(4 * MPY_SVM_FOUR)));
typedef float four_floats __attribute__((vector_size(4 * MPY_SVM_FOUR)));

struct four {
	four_ints weight, offensive, idf;
};

/* The bits of each word that begin so many from its top, as a signed number. */
static four_ints field(four_words raw, int from, int width)
{
	return (four_ints)(raw << from) >> (32 - width);
}

/* struct mpy_cell's bytes as numbers. */
static struct four take_four(const struct mpy_cell *cells)
{
	four_words raw;

	memcpy(&raw, cells, sizeof(raw));
	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		return (struct four){ field(raw, 0, 16), field(raw, 16, 8),
				      (four_ints)(raw & 255) };
	return (struct four){ field(raw, 16, 16), field(raw, 8, 8),
			      (four_ints)(raw >> 24) };
}

/* Of numbers whose product is below 2^24: exact, and SSE2 has no other. */
static four_ints times(four_ints a, four_ints b)
{
	return __builtin_convertvector(
		__builtin_convertvector(a, four_floats) *
			__builtin_convertvector(b, four_floats),
		four_ints);
}

static int64_t sum_four(four_ints v)
{
	return (int64_t)v[0] + v[1] + v[2] + v[3];
}

/* What is behind the n cells, up to MPY_SVM_FOUR of them, becomes zero. */
static struct mpy_sums sum_cells(struct mpy_cell *cells, size_t n)
{
	struct mpy_sums sums = { 0 };
	size_t i = 0, end;

	memset(cells + n, 0, MPY_SVM_FOUR * sizeof(*cells));
	while (i < n) {
		four_ints weight = { 0 }, offensive = { 0 }, norm = { 0 };

		end = n - i > MPY_SVM_FOUR * ROUNDS ? i + MPY_SVM_FOUR * ROUNDS
						    : n;
		for (; i < end; i += MPY_SVM_FOUR) {
			struct four c = take_four(&cells[i]);
			four_ints below = c.offensive < 0; /* then -1 */
			four_ints amount = (c.offensive ^ below) - below;

			weight += times(c.weight, c.idf);
			offensive += times(times(c.offensive, amount), c.idf);
			norm += times(c.idf, c.idf);
		}
		sums.weight += sum_four(weight);
		sums.offensive += sum_four(offensive);
		sums.norm += sum_four(norm);
	}
	return sums;
}

static struct mpy_sums plus(struct mpy_sums a, struct mpy_sums b)
{
	return (struct mpy_sums){ a.weight + b.weight,
				  a.offensive + b.offensive,
				  a.norm + b.norm };
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
	struct mpy_sums sums[MPY_SVM_WHENS];
	size_t count[MPY_SVM_WHENS];

	sort_once(room, bundle->buckets, out->base, n, count);
	for (unsigned int i = 0; i < MPY_SVM_WHENS; i++)
		sums[i] = sum_cells(room->once[i], count[i]);
	*common = sums[MPY_SVM_BEFORE];
	*block = plus(plus(sums[MPY_SVM_NEVER], *common),
		      sums[MPY_SVM_EARLIER]);
	out->sums = plus(out->sums, sums[MPY_SVM_NEVER]);
}

/* Two blocks side by side: what they have in common counts once. */
static struct mpy_sums window(struct mpy_sums a, struct mpy_sums b,
			      struct mpy_sums common)
{
	return (struct mpy_sums){ a.weight + b.weight - common.weight,
				  a.offensive + b.offensive - common.offensive,
				  a.norm + b.norm - common.norm };
}

static void note(const struct mpy_bundle *bundle, struct mpy_sums sums,
		 size_t first, size_t end, struct mpy_linear *out)
{
	double value = mpy_svm_score(bundle, sums), tool = offensive(bundle, sums);

	if (tool > out->offensive)
		out->offensive = tool;
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
	struct mpy_sums before = { 0 }, block, common;
	size_t before_first = 0, first, end, n, blocks = 0;

	for (;;) {
		n = mpy_features_block(features, room->grams, NULL, &first,
				       &end);
		if (first == end)
			break;
		take_block(bundle, room, out, n, &block, &common);
		if (blocks)
			note(bundle, window(before, block, common),
			     before_first, end, out);
		before = block;
		before_first = first;
		blocks++;
	}
	if (blocks == 1)
		note(bundle, before, 0, features->at, out);
	out->blocks += blocks;
}

void mpy_svm_linear_end(const struct mpy_bundle *bundle,
			struct mpy_linear *out)
{
	out->whole = mpy_svm_score(bundle, out->sums);
	out->offensive_whole = offensive(bundle, out->sums);
	if (out->blocks)
		return;
	out->best = bundle->bias;
	out->offensive = bundle->offensive_bias;
}

double mpy_svm_scaled(const struct mpy_bundle *b, unsigned int id,
		      double number)
{
	double scaled = (number - b->mean[id]) * b->scale[id];

	return scaled > FARTHEST ? FARTHEST :
	       scaled < -FARTHEST ? -FARTHEST : scaled;
}

static double second_value(const struct mpy_bundle *b,
			   const double dense[MPY_DENSE_COUNT])
{
	struct svm_node x[MPY_DENSE_COUNT + 1];
	unsigned int i, n = 0;
	double value;

	for (i = 0; i < MPY_DENSE_COUNT; i++) {
		value = mpy_svm_scaled(b, i, dense[i]);
		if (value != 0)
			x[n++] = (struct svm_node){ (int)i + 1, value };
	}
	x[n] = (struct svm_node){ -1, 0 };
	svm_predict_values(b->model, x, &value);
	return value;
}

/* A program of average make whose linear scores are the machines' biases. */
static void fill_average(const struct mpy_bundle *b, double x[MPY_DENSE_COUNT])
{
	unsigned int k;

	for (k = 0; k < MPY_DENSE_COUNT; k++)
		x[k] = k <= MPY_DENSE_WHOLE	      ? b->bias
		       : k <= MPY_DENSE_OFFENSIVE_WHOLE ? b->offensive_bias
							: b->mean[k];
}

/* Numbers are taken four at a time; behind the last there are zeros. */
#define LANES 4
#define ROWS  ((MPY_DENSE_COUNT + LANES - 1) / LANES)

_Static_assert(ROWS <= 64, "a bit for each row");

typedef float floats __attribute__((vector_size(LANES * sizeof(float))));
typedef double doubles __attribute__((vector_size(LANES * sizeof(double))));

/* Rows of libsvm's nodes for the bundle's vectors, zeros left out. */
static void fill_nodes(struct mpy_bundle *b, struct svm_node **rows,
		       struct svm_node *node)
{
	size_t i, k;

	for (i = 0; i < b->n_vectors; i++) {
		const float *vector = &b->vectors[i * MPY_DENSE_COUNT];

		rows[i] = node;
		for (k = 0; k < MPY_DENSE_COUNT; k++) {
			if (vector[k] == 0)
				continue;
			*node++ = (struct svm_node){ (int)k + 1,
						     (double)vector[k] };
			b->filled[i] |= 1ull << k / LANES;
		}
		*node++ = (struct svm_node){ -1, 0 };
	}
}

int mpy_svm_attach(struct mpy_bundle *b)
{
	size_t n = b->n_vectors, i;
	double x[MPY_DENSE_COUNT];
	struct svm_model *m;

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
	if (m->sv_coef)
		m->sv_coef[0] = calloc(n, sizeof(**m->sv_coef));
	if (m->SV)
		m->SV[0] = calloc(n * (MPY_DENSE_COUNT + 1), sizeof(**m->SV));
	b->filled = calloc(n, sizeof(*b->filled));
	if (!m->SV || !m->SV[0] || !m->sv_coef || !m->sv_coef[0] || !m->rho ||
	    !m->label || !m->nSV || !b->filled)
		return -ENOMEM;
	m->rho[0] = b->rho;
	m->label[0] = 1;
	m->label[1] = -1;
	for (i = 0; i < n; i++) {
		m->sv_coef[0][i] = (double)b->coefs[i];
		m->nSV[b->coefs[i] > 0 ? 0 : 1]++;
	}
	fill_nodes(b, m->SV, m->SV[0]);
	fill_average(b, x);
	b->average = second_value(b, x);
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
	free(b->filled);
	b->model = NULL;
	b->filled = NULL;
}

bool mpy_svm_is_plain(const struct mpy_bundle *b,
		      const double dense[MPY_DENSE_COUNT])
{
	/* one behaviour of the weakest kind is 1 in STRONG1 */
	return dense[MPY_DENSE_BEST] < b->plain_below &&
	       dense[MPY_DENSE_STRONG3] == 0 &&
	       dense[MPY_DENSE_STRONG2] == 0 && dense[MPY_DENSE_STRONG1] <= 1;
}

static double plain_value(const struct mpy_bundle *b, double best)
{
	return b->plain_raw + b->plain_slope * (best - b->plain_below);
}

double mpy_svm_decide(const struct mpy_bundle *b,
		      const double dense[MPY_DENSE_COUNT])
{
	if (!b->model)
		return dense[MPY_DENSE_BEST];
	if (mpy_svm_is_plain(b, dense))
		return plain_value(b, dense[MPY_DENSE_BEST]);
	return second_value(b, dense);
}

/* The way from one point to another, scaled numbers. */
struct way {
	floats from[ROWS];
	floats step[ROWS];
	double length; /* of step, squared */
	uint64_t rows; /* in which either is not 0, a bit each */
	unsigned int moves[ROWS], n; /* rows in which step is not 0, */
	doubles moved[ROWS];	     /* and the steps in them */
};

static double sum_of(floats f)
{
	return (double)(f[0] + f[1] + f[2] + f[3]);
}

static floats row_of(const float *v, unsigned int k)
{
	floats row = { 0 };

	if (k < MPY_DENSE_COUNT / LANES)
		memcpy(&row, v + k * LANES, sizeof(row));
	else
		memcpy(&row, v + k * LANES,
		       MPY_DENSE_COUNT % LANES * sizeof(*v));
	return row;
}

static bool is_zero(floats row)
{
	return row[0] == 0 && row[1] == 0 && row[2] == 0 && row[3] == 0;
}

/*
 * Adds to sum what one vector v gives to the gradient along the way. With
 * x = from + t * step the distance to v is a polynomial in t, and the
 * gradient slope(t) * (v - x); so a vector is walked twice, however many
 * points there are. Rows that are 0 in all of them give nothing, and most are.
 * t by Gauss-Legendre, exact to degree 5.
 */
static void add_gradient(double gamma, const struct way *way, const float *v,
			 uint64_t filled, float coef, doubles sum[ROWS])
{
	static const double at[3] = { 0.1127016653792583, 0.5,
				      0.8872983346207417 };
	static const double weights[3] = { 5.0 / 18, 8.0 / 18, 5.0 / 18 };
	floats apart = { 0 }, along = { 0 }, away[ROWS];
	double a, b, s0 = 0, s1 = 0;
	unsigned int i, k;

	for (uint64_t rows = filled | way->rows; rows; rows &= rows - 1) {
		k = (unsigned int)__builtin_ctzll(rows);
		away[k] = row_of(v, k) - way->from[k];
		apart += away[k] * away[k];
		along -= away[k] * way->step[k];
	}
	a = sum_of(apart);
	b = sum_of(along);
	for (i = 0; i < 3; i++) {
		double t = at[i];
		double s = weights[i] * 2 * gamma * (double)coef *
			   exp(-gamma * (a + t * (2 * b + t * way->length)));

		s0 += s;
		s1 += s * t;
	}
	for (i = 0; i < way->n; i++) {
		k = way->moves[i];
		sum[k] += s0 * __builtin_convertvector(away[k], doubles) -
			  s1 * way->moved[i];
	}
}

static void find_way(const struct mpy_bundle *b,
		     const double dense[MPY_DENSE_COUNT], struct way *way)
{
	double x[MPY_DENSE_COUNT];
	floats length = { 0 };
	unsigned int k;

	memset(way, 0, sizeof(*way));
	fill_average(b, x);
	for (k = 0; k < MPY_DENSE_COUNT; k++) {
		double from = mpy_svm_scaled(b, k, x[k]);
		double to = mpy_svm_scaled(b, k, dense[k]);

		way->from[k / LANES][k % LANES] = (float)from;
		way->step[k / LANES][k % LANES] = (float)(to - from);
	}
	for (k = 0; k < ROWS; k++) {
		length += way->step[k] * way->step[k];
		if (!is_zero(way->step[k]) || !is_zero(way->from[k]))
			way->rows |= 1ull << k;
		if (is_zero(way->step[k]))
			continue;
		way->moved[way->n] = __builtin_convertvector(way->step[k],
							     doubles);
		way->moves[way->n++] = k;
	}
	way->length = sum_of(length);
}

void mpy_svm_parts(const struct mpy_bundle *b,
		   const double dense[MPY_DENSE_COUNT],
		   double parts[MPY_DENSE_COUNT], double *start)
{
	doubles sum[ROWS] = { 0 };
	struct way way;
	unsigned int k;
	uint32_t i;

	memset(parts, 0, MPY_DENSE_COUNT * sizeof(*parts));
	if (!b->model || mpy_svm_is_plain(b, dense)) {
		*start = b->model ? plain_value(b, b->bias) : b->bias;
		parts[MPY_DENSE_BEST] = (b->model ? b->plain_slope : 1) *
					(dense[MPY_DENSE_BEST] - b->bias);
		return;
	}
	*start = b->average;
	find_way(b, dense, &way);
	for (i = 0; i < b->n_vectors; i++)
		add_gradient(b->gamma, &way, &b->vectors[i * MPY_DENSE_COUNT],
			     b->filled[i], b->coefs[i], sum);
	for (k = 0; k < MPY_DENSE_COUNT; k++)
		parts[k] = sum[k / LANES][k % LANES] *
			   (double)way.step[k / LANES][k % LANES];
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
