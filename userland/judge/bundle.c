// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bundle.c - reads and writes bundles. The form: magic, schema, then
 * sections of { tag, size, bytes }, every number little-endian, reals as
 * their IEEE 754 bits, a checksum at the end. A reader checks each count
 * against the bytes that are there before it allocates.
 */
#include "bundle.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "behaviour.h"
#include "bundle_inside.h"
#include "svm.h"

#define MAGIC "MPYBNDL1"
#define HEAD_SIZE 16 /* magic, schema */
#define FORM	  2  /* of the sections */
#define PRESENT_BYTES ((MPY_DENSE_COUNT + 7) / 8)

enum { TAG_NAME = 1, TAG_FACTS, TAG_WORDS, TAG_LINEAR, TAG_SCALING, TAG_SVM,
       TAG_CALIBRATION, TAG_COUNT };

static const char *const tag_names[TAG_COUNT] = {
	"", "name", "facts", "words", "linear", "scaling", "svm", "calibration"
};

static uint64_t digest(uint64_t h, const void *data, size_t size)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < size; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	return h;
}

uint64_t mpy_bundle_schema(void)
{
	static const char rules[] = "tokens-2026-11";
	const uint32_t sizes[] = { FORM, MPY_FEATURES_SCHEMA, MPY_BUCKET_BITS,
				   MPY_WORD_BITS, MPY_BLOCK_TOKENS,
				   MPY_BLOCK_GRAMS, MPY_DENSE_COUNT };
	uint64_t h = digest(0xcbf29ce484222325u, rules, sizeof(rules));
	unsigned int i, k;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (k = 0; k < 4; k++) {
			uint8_t byte = (uint8_t)(sizes[i] >> k * 8);

			h = digest(h, &byte, 1);
		}
	for (i = 0; i < MPY_DENSE_COUNT; i++)
		h = digest(h, mpy_dense_name(i), strlen(mpy_dense_name(i)) + 1);
	return h;
}

/* ---- reading ------------------------------------------------------------- */

struct reader {
	const uint8_t *p;
	size_t left;
	bool short_of; /* something asked for was not there */
};

static uint64_t get(struct reader *r, unsigned int bytes)
{
	uint64_t v = 0;
	unsigned int i;

	if (r->left < bytes) {
		r->short_of = true;
		r->left = 0;
		return 0;
	}
	for (i = 0; i < bytes; i++)
		v |= (uint64_t)r->p[i] << i * 8;
	r->p += bytes;
	r->left -= bytes;
	return v;
}

/* A real that is no infinity and not NaN; else the bundle is damaged. */
static double get_real(struct reader *r)
{
	uint64_t bits = get(r, 8);
	double v;

	memcpy(&v, &bits, sizeof(v));
	if (!isfinite(v)) {
		r->short_of = true;
		return 0;
	}
	return v;
}

static float get_float(struct reader *r)
{
	uint32_t bits = (uint32_t)get(r, 4);
	float v;

	memcpy(&v, &bits, sizeof(v));
	if (!isfinite(v)) {
		r->short_of = true;
		return 0;
	}
	return v;
}

/* Text of at most room - 1 bytes, printable ASCII and newlines alone. */
static int read_string(struct reader *r, char *out, size_t room)
{
	size_t i, size = r->left;

	if (size >= room)
		return -EINVAL;
	for (i = 0; i < size; i++)
		if ((r->p[i] < 0x20 && r->p[i] != '\n') || r->p[i] > 0x7e)
			return -EINVAL;
	memcpy(out, r->p, size);
	out[size] = '\0';
	r->left = 0;
	return 0;
}

static int read_words(struct reader *r, struct mpy_bundle *b)
{
	if (r->left != MPY_WORD_BYTES)
		return -EINVAL;
	memcpy(b->words, r->p, MPY_WORD_BYTES);
	r->left = 0;
	return 0;
}

static int read_linear(struct reader *r, struct mpy_bundle *b)
{
	const uint8_t *p;
	uint32_t i;

	b->weight_unit = get_real(r);
	b->bias = get_real(r);
	b->offensive_unit = get_real(r);
	b->offensive_bias = get_real(r);
	if (r->short_of || r->left != MPY_BUCKETS * 4u)
		return -EINVAL;
	p = r->p;
	for (i = 0; i < MPY_BUCKETS; i++)
		b->buckets->at[i].cell = (struct mpy_cell){
			(int16_t)(p[2 * i] | p[2 * i + 1] << 8),
			(int8_t)p[2 * MPY_BUCKETS + i], p[3 * MPY_BUCKETS + i]
		};
	r->left = 0;
	return 0;
}

static int read_scaling(struct reader *r, struct mpy_bundle *b)
{
	unsigned int i;

	b->plain_below = get_real(r);
	b->plain_raw = get_real(r);
	b->plain_slope = get_real(r);
	for (i = 0; i < MPY_DENSE_COUNT; i++)
		b->mean[i] = get_real(r);
	for (i = 0; i < MPY_DENSE_COUNT; i++)
		b->scale[i] = get_real(r);
	return r->short_of ? -EINVAL : 0;
}

/* Which numbers are not 0, a bit each, and these: most of a vector is 0. */
static void read_vector(struct reader *r, float *vector)
{
	uint8_t present[PRESENT_BYTES];
	unsigned int i;

	for (i = 0; i < PRESENT_BYTES; i++)
		present[i] = (uint8_t)get(r, 1);
	for (i = 0; i < MPY_DENSE_COUNT; i++)
		if (present[i / 8] >> i % 8 & 1)
			vector[i] = get_float(r);
	for (; i < PRESENT_BYTES * 8; i++)
		if (present[i / 8] >> i % 8 & 1)
			r->short_of = true;
}

static int read_svm(struct reader *r, struct mpy_bundle *b)
{
	size_t i, n;

	b->gamma = get_real(r);
	b->rho = get_real(r);
	n = get(r, 4);
	if (r->short_of || b->gamma < 0 || n > MPY_BUNDLE_VECTORS)
		return -EINVAL;
	if (r->left < n * (4 + PRESENT_BYTES))
		return -EINVAL;
	b->coefs = malloc((n + 1) * sizeof(float));
	b->vectors = calloc(n * MPY_DENSE_COUNT + 1, sizeof(float));
	if (!b->coefs || !b->vectors)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		b->coefs[i] = get_float(r);
		read_vector(r, b->vectors + i * MPY_DENSE_COUNT);
	}
	b->n_vectors = (uint32_t)n;
	return r->short_of ? -EINVAL : 0;
}

static int read_calibration(struct reader *r, struct mpy_bundle *b)
{
	uint32_t i;

	b->malicious = get_real(r);
	b->suspicious = get_real(r);
	b->n_points = (uint32_t)get(r, 4);
	if (r->short_of || b->n_points < 2 || b->n_points > MPY_BUNDLE_POINTS)
		return -EINVAL;
	for (i = 0; i < b->n_points; i++) {
		b->point_raw[i] = get_real(r);
		b->point_logit[i] = get_real(r);
		if (i && (b->point_raw[i] <= b->point_raw[i - 1] ||
			  b->point_logit[i] < b->point_logit[i - 1]))
			return -EINVAL;
	}
	return r->short_of || b->malicious <= b->suspicious ||
			       b->suspicious <= 0 || b->malicious >= 1
		       ? -EINVAL
		       : 0;
}

static int read_section(unsigned int tag, struct reader *r,
			struct mpy_bundle *b)
{
	int result = -EINVAL;

	switch (tag) {
	case TAG_NAME:
		result = read_string(r, b->name, sizeof(b->name));
		break;
	case TAG_FACTS:
		result = read_string(r, b->facts, sizeof(b->facts));
		break;
	case TAG_WORDS:
		result = read_words(r, b);
		break;
	case TAG_LINEAR:
		result = read_linear(r, b);
		break;
	case TAG_SCALING:
		result = read_scaling(r, b);
		break;
	case TAG_SVM:
		result = read_svm(r, b);
		break;
	case TAG_CALIBRATION:
		result = read_calibration(r, b);
		break;
	default:
		break;
	}
	return result ? result : r->left ? -EINVAL : 0;
}

static int bad(char *why, size_t size, const char *sentence, const char *what)
{
	snprintf(why, size, "%s%s", sentence, what);
	return -EINVAL;
}

static int read_sections(struct reader *r, struct mpy_bundle *b, char *why,
			 size_t why_size)
{
	unsigned int tag;

	for (tag = TAG_NAME; tag < TAG_COUNT; tag++) {
		struct reader part;
		int result;

		if (get(r, 4) != tag)
			return bad(why, why_size,
				   "the bundle lacks its section ",
				   tag_names[tag]);
		part.left = get(r, 4);
		part.short_of = false;
		part.p = r->p;
		if (part.left > r->left)
			return bad(why, why_size,
				   "the bundle ends inside of its section ",
				   tag_names[tag]);
		r->p += part.left;
		r->left -= part.left;
		result = read_section(tag, &part, b);
		if (result == -EINVAL)
			return bad(why, why_size,
				   "the bundle is damaged in its section ",
				   tag_names[tag]);
		if (result)
			return result;
	}
	return r->left ? bad(why, why_size, "the bundle has at its end ",
			     "more bytes")
		       : 0;
}

static int check_frame(const uint8_t *data, size_t size, char *why,
		       size_t why_size)
{
	struct reader r = { data + size - 8, 8, false };

	if (get(&r, 8) != digest(0xcbf29ce484222325u, data, size - 8))
		return bad(why, why_size, "the bundle is damaged: ",
			   "its checksum is wrong");
	r = (struct reader){ data + 8, 8, false };
	if (get(&r, 8) != mpy_bundle_schema())
		return bad(why, why_size,
			   "the bundle was trained for other features than "
			   "this program computes: ",
			   "train it anew with make model");
	return 0;
}

int mpy_bundle_parse(const void *data, size_t size, struct mpy_bundle **out,
		     char *why, size_t why_size)
{
	struct reader r = { data, size, false };
	struct mpy_bundle *b;
	int result;

	*out = NULL;
	if (size < HEAD_SIZE + 8 || memcmp(data, MAGIC, 8))
		return bad(why, why_size, "this is ", "no mpy bundle");
	if (size > MPY_BUNDLE_MAX)
		return bad(why, why_size, "the bundle is ", "too large");
	result = check_frame(data, size, why, why_size);
	if (result)
		return result;
	b = mpy_bundle_new();
	if (!b)
		return -ENOMEM;
	r.p += HEAD_SIZE;
	r.left -= HEAD_SIZE + 8;
	result = read_sections(&r, b, why, why_size);
	if (!result)
		result = mpy_svm_attach(b);
	if (result) {
		mpy_bundle_free(b);
		return result;
	}
	*out = b;
	return 0;
}

/*
 * Zeroed. They are looked up all over, and so lie in huge pages where the
 * kernel has them (2 MiB each on most machines).
 */
static struct mpy_buckets *make_buckets(void)
{
	const size_t page = 2u << 20, size = sizeof(struct mpy_buckets);
	struct mpy_buckets *buckets =
		aligned_alloc(page, (size + page - 1) / page * page);

	if (buckets) {
		madvise(buckets->at, sizeof(buckets->at), MADV_HUGEPAGE);
		memset(buckets, 0, size);
	}
	return buckets;
}

struct mpy_bundle *mpy_bundle_new(void)
{
	struct mpy_bundle *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->words = calloc(1, MPY_WORD_BYTES);
	b->buckets = make_buckets();
	if (!b->words || !b->buckets) {
		mpy_bundle_free(b);
		return NULL;
	}
	return b;
}

void mpy_bundle_free(struct mpy_bundle *b)
{
	if (!b)
		return;
	mpy_svm_detach(b);
	free(b->words);
	free(b->buckets);
	free(b->coefs);
	free(b->vectors);
	free(b);
}

const char *mpy_bundle_name(const struct mpy_bundle *bundle)
{
	return bundle->name;
}

/* ---- writing ------------------------------------------------------------- */

struct writer {
	uint8_t *p;
	size_t size;
	size_t room;
};

static void put(struct writer *w, uint64_t v, unsigned int bytes)
{
	for (; bytes && w->size < w->room; bytes--, v >>= 8)
		w->p[w->size++] = (uint8_t)v;
}

static void put_real(struct writer *w, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	put(w, bits, 8);
}

static void put_float(struct writer *w, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof(bits));
	put(w, bits, 4);
}

static void put_bytes(struct writer *w, const void *data, size_t size)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < size; i++)
		put(w, p[i], 1);
}

static void write_linear(struct writer *w, const struct mpy_bundle *b)
{
	uint32_t i;

	put_real(w, b->weight_unit);
	put_real(w, b->bias);
	put_real(w, b->offensive_unit);
	put_real(w, b->offensive_bias);
	for (i = 0; i < MPY_BUCKETS; i++)
		put(w, (uint16_t)b->buckets->at[i].cell.weight, 2);
	for (i = 0; i < MPY_BUCKETS; i++)
		put(w, (uint8_t)b->buckets->at[i].cell.offensive, 1);
	for (i = 0; i < MPY_BUCKETS; i++)
		put(w, b->buckets->at[i].cell.idf, 1);
}

static void write_vector(struct writer *w, const float *vector)
{
	uint8_t present[PRESENT_BYTES] = { 0 };
	unsigned int i;

	for (i = 0; i < MPY_DENSE_COUNT; i++)
		if (vector[i] != 0)
			present[i / 8] |= (uint8_t)(1u << i % 8);
	put_bytes(w, present, PRESENT_BYTES);
	for (i = 0; i < MPY_DENSE_COUNT; i++)
		if (vector[i] != 0)
			put_float(w, vector[i]);
}

static void write_svm(struct writer *w, const struct mpy_bundle *b)
{
	size_t i;

	put_real(w, b->gamma);
	put_real(w, b->rho);
	put(w, b->n_vectors, 4);
	for (i = 0; i < b->n_vectors; i++) {
		put_float(w, b->coefs[i]);
		write_vector(w, b->vectors + i * MPY_DENSE_COUNT);
	}
}

static void write_section(struct writer *w, const struct mpy_bundle *b,
			  unsigned int tag)
{
	uint32_t i;

	switch (tag) {
	case TAG_NAME:
		put_bytes(w, b->name, strlen(b->name));
		break;
	case TAG_FACTS:
		put_bytes(w, b->facts, strlen(b->facts));
		break;
	case TAG_WORDS:
		put_bytes(w, b->words, MPY_WORD_BYTES);
		break;
	case TAG_LINEAR:
		write_linear(w, b);
		break;
	case TAG_SCALING:
		put_real(w, b->plain_below);
		put_real(w, b->plain_raw);
		put_real(w, b->plain_slope);
		for (i = 0; i < MPY_DENSE_COUNT; i++)
			put_real(w, b->mean[i]);
		for (i = 0; i < MPY_DENSE_COUNT; i++)
			put_real(w, b->scale[i]);
		break;
	case TAG_SVM:
		write_svm(w, b);
		break;
	case TAG_CALIBRATION:
		put_real(w, b->malicious);
		put_real(w, b->suspicious);
		put(w, b->n_points, 4);
		for (i = 0; i < b->n_points; i++) {
			put_real(w, b->point_raw[i]);
			put_real(w, b->point_logit[i]);
		}
		break;
	default:
		break;
	}
}

int mpy_bundle_write(const struct mpy_bundle *b, uint8_t **data, size_t *size)
{
	struct writer w = { malloc(MPY_BUNDLE_MAX), 0, MPY_BUNDLE_MAX };
	unsigned int tag;

	if (!w.p)
		return -ENOMEM;
	put_bytes(&w, MAGIC, 8);
	put(&w, mpy_bundle_schema(), 8);
	for (tag = TAG_NAME; tag < TAG_COUNT; tag++) {
		size_t at, end;

		put(&w, tag, 4);
		at = w.size;
		put(&w, 0, 4);
		write_section(&w, b, tag);
		end = w.size;
		w.size = at;
		put(&w, end - at - 4, 4);
		w.size = end;
	}
	put(&w, digest(0xcbf29ce484222325u, w.p, w.size), 8);
	if (w.size == w.room) {
		free(w.p);
		return -E2BIG;
	}
	*data = w.p;
	*size = w.size;
	return 0;
}
