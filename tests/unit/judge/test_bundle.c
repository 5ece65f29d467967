// SPDX-License-Identifier: GPL-2.0-or-later
/* test_bundle.c - what is written is read back; anything else is refused. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "judge/bundle.h"
#include "judge/bundle_inside.h"

#include "../test.h"

static struct mpy_bundle *example(void)
{
	struct mpy_bundle *b = mpy_bundle_new();
	unsigned int i;

	snprintf(b->name, sizeof(b->name), "example");
	snprintf(b->facts, sizeof(b->facts), "made by a test\n");
	b->words[7] = 0x55;
	b->buckets->at[1].cell.weight = -5;
	b->buckets->at[MPY_BUCKETS - 1].cell.weight = 3;
	b->buckets->at[2].cell.offensive = -128;
	b->buckets->at[1].cell.idf = 77;
	b->weight_unit = 0.5;
	b->bias = -1.25;
	b->offensive_unit = 0.125;
	b->offensive_bias = 2.5;
	for (i = 0; i < MPY_DENSE_COUNT; i++) {
		b->mean[i] = i;
		b->scale[i] = 1;
	}
	b->gamma = 0.1;
	b->rho = 0.5;
	b->n_vectors = 2;
	b->coefs = calloc(2, sizeof(float));
	b->vectors = calloc(2 * MPY_DENSE_COUNT, sizeof(float));
	b->coefs[0] = 1;
	b->coefs[1] = -1;
	b->vectors[3] = 2;
	b->n_points = 2;
	b->point_raw[0] = -1;
	b->point_raw[1] = 1;
	b->point_logit[0] = -3;
	b->point_logit[1] = 3;
	b->malicious = 0.9;
	b->suspicious = 0.5;
	return b;
}

static uint8_t *written(size_t *size)
{
	struct mpy_bundle *b = example();
	uint8_t *data = NULL;

	CHECK(mpy_bundle_write(b, &data, size) == 0);
	mpy_bundle_free(b);
	return data;
}

static void test_round_trip(void)
{
	struct mpy_bundle *b = NULL;
	uint8_t *data, *again = NULL;
	size_t size, again_size = 0;
	char why[200] = "";

	data = written(&size);
	CHECK(size <= MPY_BUNDLE_MAX);
	CHECK(mpy_bundle_parse(data, size, &b, why, sizeof(why)) == 0);
	CHECK_STR(why, "");
	CHECK_STR(mpy_bundle_name(b), "example");
	CHECK(b->buckets->at[1].cell.weight == -5 &&
	      b->buckets->at[1].cell.idf == 77);
	CHECK(b->buckets->at[2].cell.offensive == -128 &&
	      b->offensive_unit == 0.125 &&
	      b->offensive_bias == 2.5);
	CHECK(b->words[7] == 0x55 && b->bias == -1.25);
	CHECK(b->vectors[3] == 2 && b->model != NULL);
	CHECK(mpy_bundle_write(b, &again, &again_size) == 0);
	CHECK(again_size == size && !memcmp(again, data, size));
	mpy_bundle_free(b);
	free(again);
	free(data);
}

static void test_damaged(void)
{
	struct mpy_bundle *b = NULL;
	char why[200];
	size_t size, i;
	uint8_t *data = written(&size);

	for (i = 0; i < size; i += i < 400 ? 1 : 99991) {
		data[i] ^= 0x10;
		why[0] = '\0';
		CHECK(mpy_bundle_parse(data, size, &b, why, sizeof(why)) ==
		      -EINVAL);
		CHECK(b == NULL && why[0]);
		data[i] ^= 0x10;
	}
	for (i = 0; i < size; i += i < 100 ? 1 : 99991)
		CHECK(mpy_bundle_parse(data, i, &b, why, sizeof(why)) ==
		      -EINVAL);
	free(data);
}

/* Sets the checksum anew, so that what lies behind it is reached. */
static void seal(uint8_t *data, size_t size)
{
	uint64_t h = 0xcbf29ce484222325u;
	size_t i;

	for (i = 0; i < size - 8; i++)
		h = (h ^ data[i]) * 0x100000001b3u;
	for (i = 0; i < 8; i++)
		data[size - 8 + i] = (uint8_t)(h >> i * 8);
}

static void test_lying_sizes(void)
{
	struct mpy_bundle *b = NULL;
	char why[200];
	size_t size, i;
	uint8_t *data = written(&size);

	for (i = 16; i < 64; i++) {
		uint8_t kept = data[i];

		data[i] = 0xff;
		seal(data, size);
		if (mpy_bundle_parse(data, size, &b, why, sizeof(why)) == 0)
			mpy_bundle_free(b); /* a letter of its name or facts */
		data[i] = kept;
	}
	seal(data, size);
	CHECK(mpy_bundle_parse(data, size, &b, why, sizeof(why)) == 0);
	mpy_bundle_free(b);
	free(data);
}

/* A vector that says it has a number more than are there. */
static void test_lying_vector(void)
{
	static const uint8_t first[] = { 0, 0, 0x80, 0x3f, 1 << 3 };
	struct mpy_bundle *b = NULL;
	char why[200] = "";
	size_t size;
	uint8_t *data = written(&size);
	uint8_t *coef = memmem(data, size, first, sizeof(first));

	CHECK(coef != NULL);
	coef[4 + (MPY_DENSE_COUNT - 1) / 8] |= 0x80;
	seal(data, size);
	CHECK(mpy_bundle_parse(data, size, &b, why, sizeof(why)) == -EINVAL);
	CHECK(strstr(why, "svm") != NULL);
	free(data);
}

static void test_other_schema(void)
{
	struct mpy_bundle *b = NULL;
	char why[200] = "";
	size_t size;
	uint8_t *data = written(&size);

	data[8] ^= 1;
	seal(data, size);
	CHECK(mpy_bundle_parse(data, size, &b, why, sizeof(why)) == -EINVAL);
	CHECK(strstr(why, "other features") != NULL);
	free(data);
}

static void test_no_numbers(void)
{
	struct mpy_bundle *b = example(), *out = NULL;
	char why[200] = "";
	uint8_t *data;
	size_t size;

	b->gamma = NAN;
	CHECK(mpy_bundle_write(b, &data, &size) == 0);
	CHECK(mpy_bundle_parse(data, size, &out, why, sizeof(why)) == -EINVAL);
	CHECK(strstr(why, "svm") != NULL);
	free(data);
	b->gamma = 0.1;
	b->point_raw[1] = -2; /* not ascending */
	CHECK(mpy_bundle_write(b, &data, &size) == 0);
	CHECK(mpy_bundle_parse(data, size, &out, why, sizeof(why)) == -EINVAL);
	free(data);
	mpy_bundle_free(b);
}

static void test_too_large(void)
{
	uint8_t *data = calloc(1, MPY_BUNDLE_MAX + 1);
	struct mpy_bundle *b = NULL;
	char why[200] = "";

	memcpy(data, "MPYBNDL1", 8);
	CHECK(mpy_bundle_parse(data, MPY_BUNDLE_MAX + 1, &b, why,
			       sizeof(why)) == -EINVAL);
	CHECK(strstr(why, "too large") != NULL);
	free(data);
}

int main(void)
{
	RUN(test_round_trip);
	RUN(test_damaged);
	RUN(test_lying_sizes);
	RUN(test_lying_vector);
	RUN(test_other_schema);
	RUN(test_no_numbers);
	RUN(test_too_large);
	return DONE();
}
