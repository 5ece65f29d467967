// SPDX-License-Identifier: GPL-2.0-or-later
/* test_svm.c - the linear machine against sums by hand, and the second one. */
#include <math.h>
#include <stdlib.h>

#include "judge/bundle.h"
#include "judge/bundle_inside.h"
#include "judge/features.h"
#include "judge/lex.h"
#include "judge/svm.h"

#include "../test.h"

static struct mpy_token tokens[20000];

static struct mpy_bundle *example(void)
{
	struct mpy_bundle *b = mpy_bundle_new();
	uint32_t i, seed = 1;

	for (i = 0; i < MPY_BUCKETS; i++) {
		seed = seed * 1664525u + 1013904223u;
		b->buckets->at[i].cell.weight = (int16_t)(seed >> 18);
		b->buckets->at[i].cell.offensive = (int8_t)(seed >> 24);
		b->buckets->at[i].cell.idf = (uint8_t)(1 + (seed >> 10) % 100);
	}
	b->weight_unit = 1e-4;
	b->bias = -0.5;
	b->offensive_unit = 1e-3;
	b->offensive_bias = 0.75;
	return b;
}

static struct mpy_linear run(const struct mpy_bundle *b, const char *text,
			     struct mpy_svm_room *room)
{
	struct mpy_features f;
	struct mpy_linear out;
	struct mpy_lex lex;
	size_t n;

	mpy_lex_start(&lex, (const uint8_t *)text, strlen(text));
	n = mpy_lex_next(&lex, tokens, 20000);
	mpy_features_start(&f, (const uint8_t *)text, b->words);
	mpy_features_piece(&f, tokens, n, NULL, 0);
	mpy_svm_linear_start(b, &out);
	mpy_svm_linear(b, &f, room, &out);
	mpy_svm_linear_end(b, &out);
	return out;
}

/* The same by a plain set, for a text of one block: both machines' scores. */
static double by_hand(const struct mpy_bundle *b, const char *text,
		      double *offensive)
{
	static uint32_t grams[MPY_GRAMS_ROOM];
	uint8_t *seen = calloc(MPY_BUCKETS, 1);
	double sum = 0, tool = 0, norm = 0;
	struct mpy_features f;
	struct mpy_lex lex;
	size_t n, i, first, end;

	mpy_lex_start(&lex, (const uint8_t *)text, strlen(text));
	n = mpy_lex_next(&lex, tokens, 20000);
	mpy_features_start(&f, (const uint8_t *)text, b->words);
	mpy_features_piece(&f, tokens, n, NULL, 0);
	n = mpy_features_block(&f, grams, NULL, &first, &end);
	for (i = 0; i < n; i++) {
		const struct mpy_cell *c = &b->buckets->at[grams[i]].cell;

		if (seen[grams[i]]++)
			continue;
		sum += (double)c->weight * c->idf;
		tool += copysign(c->offensive * c->offensive, c->offensive) *
			c->idf;
		norm += (double)c->idf * c->idf;
	}
	free(seen);
	*offensive = tool / mpy_svm_length(norm) * b->offensive_unit +
		     b->offensive_bias;
	return sum / mpy_svm_length(norm) * b->weight_unit + b->bias;
}

static void test_linear(void)
{
	static const char text[] = "import os\nfor x in os.environ: print(x)\n";
	struct mpy_bundle *b = example();
	struct mpy_svm_room room;
	struct mpy_linear out;
	double offensive;

	CHECK(mpy_svm_room_init(&room) == 0);
	out = run(b, text, &room);
	CHECK(fabs(out.best - by_hand(b, text, &offensive)) < 1e-9);
	CHECK(fabs(out.offensive - offensive) < 1e-9);
	CHECK(out.best == out.whole && out.blocks == 1);
	CHECK(out.offensive == out.offensive_whole);
	CHECK(run(b, text, &room).best == out.best); /* again, same room */
	out = run(b, "", &room);
	CHECK(isfinite(out.best) && isfinite(out.whole));
	CHECK(out.offensive == 0.75 && out.offensive_whole == 0.75);
	mpy_svm_room_free(&room);
	mpy_bundle_free(b);
}

/* One word has no direction, whatever its weight. */
static void test_tiny_texts(void)
{
	struct mpy_bundle *b = example();
	struct mpy_svm_room room;
	double offensive;

	CHECK(mpy_svm_room_init(&room) == 0);
	CHECK(fabs(run(b, "zoo", &room).best - by_hand(b, "zoo", &offensive)) <
	      1e-9);
	for (uint32_t i = 0; i < MPY_BUCKETS; i++)
		b->buckets->at[i].cell = (struct mpy_cell){ 10000, 0, 100 };
	/* n buckets, each of weight 1: as they are they would score sqrt(n) */
	CHECK(run(b, "zoo", &room).whole - b->bias < 2);
	CHECK(mpy_svm_length(4e6) == 2000 && mpy_svm_length(0) > 400);
	mpy_svm_room_free(&room);
	mpy_bundle_free(b);
}

/* A text is scored the same before and after stamps begin anew. */
static void test_stamps_begin_anew(void)
{
	struct mpy_bundle *b = example();
	struct mpy_linear first, last, again;
	char *text = calloc(1, 60000);
	struct mpy_svm_room room;
	size_t i;

	CHECK(mpy_svm_room_init(&room) == 0);
	for (i = 0; i < 2000; i++)
		snprintf(text + strlen(text), 30, "call_%zu(%zu)\n", i % 300, i);
	first = run(b, text, &room);
	CHECK(first.blocks > 3);
	b->buckets->stamp = MPY_SVM_STAMPS - 1;
	last = run(b, text, &room);
	CHECK(b->buckets->stamp == MPY_SVM_STAMPS - 1 + first.blocks);
	again = run(b, text, &room);
	CHECK(b->buckets->stamp == first.blocks);
	CHECK(last.best == first.best && last.whole == first.whole);
	CHECK(again.best == first.best && again.whole == first.whole);
	mpy_svm_room_free(&room);
	free(text);
	mpy_bundle_free(b);
}

/* A window is found behind any amount of padding. */
static void test_padding_does_not_dilute(void)
{
	static const char evil[] = "evil(1, 2, 3)\n", calm[] = "x = y\n";
	struct mpy_bundle *b = example();
	char *text = calloc(1, 60000);
	struct mpy_svm_room room;
	double one, many;
	size_t i, at;

	CHECK(mpy_svm_room_init(&room) == 0);
	for (i = 0; i < MPY_BUCKETS; i++)
		b->buckets->at[i].cell.weight = -1000;
	for (i = 0; i < 400; i++)
		memcpy(text + i * 6, calm, 6);
	one = run(b, text, &room).best;
	for (i = 0; i < MPY_BUCKETS; i++) /* of whatever is not padding */
		b->buckets->at[i].cell.weight = 1000;
	CHECK(run(b, text, &room).best > one);
	at = strlen(text);
	for (i = 0; i < 100; i++)
		memcpy(text + at + i * 14, evil, 14);
	one = run(b, text, &room).best;
	memset(text + at, 0, 1400);
	memmove(text + 24000, text, at);
	for (i = 0; i < 4000; i++)
		memcpy(text + i * 6, calm, 6);
	at = strlen(text);
	for (i = 0; i < 100; i++)
		memcpy(text + at + i * 14, evil, 14);
	many = run(b, text, &room).best;
	CHECK(fabs(many - one) < 0.05 * fabs(one));
	mpy_svm_room_free(&room);
	free(text);
	mpy_bundle_free(b);
}

static void second(struct mpy_bundle *b, double gamma)
{
	unsigned int i;

	for (i = 0; i < MPY_DENSE_COUNT; i++)
		b->scale[i] = 1;
	b->plain_below = -10;
	b->gamma = gamma;
	b->rho = 0.25;
	b->n_vectors = 2;
	b->coefs = calloc(2, sizeof(float));
	b->vectors = calloc(2 * MPY_DENSE_COUNT, sizeof(float));
	b->coefs[0] = 2;
	b->coefs[1] = -1;
	b->vectors[MPY_DENSE_BEST] = 1.5f;
	b->vectors[MPY_DENSE_COUNT + MPY_DENSE_LENGTH] = 3;
	CHECK(mpy_svm_attach(b) == 0);
}

/* What all parts of the explanation add up to. */
static double explained(const struct mpy_bundle *b, const double *dense)
{
	double parts[MPY_DENSE_COUNT], sum;
	unsigned int i;

	mpy_svm_parts(b, dense, parts, &sum);
	for (i = 0; i < MPY_DENSE_COUNT; i++)
		sum += parts[i];
	return sum;
}

static void test_second_stage(void)
{
	struct mpy_bundle *b = example();
	double dense[MPY_DENSE_COUNT] = { 0 }, want;

	second(b, 0.05);
	dense[MPY_DENSE_BEST] = 1;
	dense[MPY_DENSE_LENGTH] = 2;
	want = 2 * exp(-0.05 * (0.25 + 4)) - exp(-0.05 * (1 + 1)) - 0.25;
	CHECK(fabs(mpy_svm_decide(b, dense) - want) < 1e-9);
	CHECK(fabs(explained(b, dense) - want) < 1e-4);
	mpy_bundle_free(b);
}

/* Far out the kernel says nothing: nobody gets there by one odd number. */
static void test_outliers(void)
{
	struct mpy_bundle *b = example();
	double dense[MPY_DENSE_COUNT] = { 0 }, out;

	second(b, 0.0005);
	dense[MPY_DENSE_ERRORS] = 1e6;
	out = mpy_svm_decide(b, dense);
	CHECK(fabs(explained(b, dense) - out) < 1e-4);
	dense[MPY_DENSE_ERRORS] = 10;
	CHECK(mpy_svm_decide(b, dense) == out);
	CHECK(fabs(out + b->rho) > 0.9);
	mpy_bundle_free(b);
}

static void test_plain_units(void)
{
	struct mpy_bundle *b = example();
	double dense[MPY_DENSE_COUNT] = { 0 }, parts[MPY_DENSE_COUNT], start;

	second(b, 0.05);
	b->plain_below = 0.5;
	b->plain_raw = -2;
	b->plain_slope = 1;
	dense[MPY_DENSE_BEST] = 0.25;
	CHECK(mpy_svm_is_plain(b, dense));
	CHECK(mpy_svm_decide(b, dense) == -2.25);
	mpy_svm_parts(b, dense, parts, &start);
	CHECK(fabs(start + parts[MPY_DENSE_BEST] + 2.25) < 1e-12);
	dense[MPY_DENSE_STRONG3] = 1;
	CHECK(!mpy_svm_is_plain(b, dense));
	mpy_bundle_free(b);
}

static void test_probability(void)
{
	struct mpy_bundle *b = example();
	double raw, before = 0;

	b->n_points = 3;
	b->point_raw[0] = -1;
	b->point_raw[1] = 0;
	b->point_raw[2] = 2;
	b->point_logit[0] = -5;
	b->point_logit[1] = 0;
	b->point_logit[2] = 4;
	CHECK(fabs(mpy_svm_probability(b, 0) - 0.5) < 1e-12);
	for (raw = -3; raw < 4; raw += 0.1) {
		double p = mpy_svm_probability(b, raw);

		CHECK(p > 0 && p < 1 && p >= before);
		before = p;
	}
	mpy_bundle_free(b);
}

int main(void)
{
	RUN(test_linear);
	RUN(test_tiny_texts);
	RUN(test_stamps_begin_anew);
	RUN(test_padding_does_not_dilute);
	RUN(test_second_stage);
	RUN(test_outliers);
	RUN(test_plain_units);
	RUN(test_probability);
	return DONE();
}
