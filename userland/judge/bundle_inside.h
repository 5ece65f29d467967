/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bundle_inside.h - what is inside of a bundle, for the rooms that compute with
 * it (svm, part, verdict, explain) and for the trainer that writes it. Everybody
 * else knows bundle.h alone.
 */
#ifndef MPY_JUDGE_BUNDLE_INSIDE_H
#define MPY_JUDGE_BUNDLE_INSIDE_H

#include <stddef.h>
#include <stdint.h>

#include "dense.h"
#include "features.h"

#define MPY_BUNDLE_NAME 32
#define MPY_BUNDLE_FACTS 4096
#define MPY_BUNDLE_VECTORS 16384
#define MPY_BUNDLE_POINTS 64

/* One bucket of the linear stage. */
struct mpy_cell {
	int16_t weight; /* in units of mpy_bundle.weight_unit */
	int8_t offensive; /* times its amount, in mpy_bundle.offensive_unit */
	uint8_t idf;	  /* 0: the bucket counts for nothing */
};

/*
 * A bucket and the mark of who had it last, for they are wanted together:
 * memory is what scoring waits for. The marks are svm.h's, and the only part
 * of a bundle that judging writes.
 */
struct mpy_bucket {
	struct mpy_cell cell;
	uint32_t stamp;
};

struct mpy_buckets {
	struct mpy_bucket at[MPY_BUCKETS];
	uint32_t stamp; /* last one given; the largest of all */
};

struct svm_model; /* libsvm */

struct mpy_bundle {
	char name[MPY_BUNDLE_NAME];
	char facts[MPY_BUNDLE_FACTS]; /* lines of text about the training */
	uint8_t *words;		      /* MPY_WORD_BYTES */
	struct mpy_buckets *buckets;
	double weight_unit;
	double bias;
	double offensive_unit;
	double offensive_bias;
	/* units that neither words nor acts make interesting skip the second */
	double plain_below; /* linear score */
	double plain_raw;   /* raw score at plain_below */
	double plain_slope;
	/* second stage: RBF kernel over (dense - mean) * scale */
	double mean[MPY_DENSE_COUNT];
	double scale[MPY_DENSE_COUNT];
	double gamma;
	double rho;
	uint32_t n_vectors; /* 0: there is no second stage */
	float *coefs;	    /* n_vectors */
	float *vectors;	    /* n_vectors rows of MPY_DENSE_COUNT */
	/* made by mpy_svm_attach() */
	struct svm_model *model;
	uint64_t *filled; /* by vector: which fours of its numbers are not 0 */
	double average;	  /* decision value where explanations start */
	/* calibration: probability between the points, raw ascending */
	uint32_t n_points;
	double point_raw[MPY_BUNDLE_POINTS];
	double point_logit[MPY_BUNDLE_POINTS];
	double malicious; /* thresholds, as probabilities */
	double suspicious;
};

/* A bucket will be looked at soon: it had better be fetched from memory. */
static inline void mpy_bundle_fetch(const struct mpy_buckets *buckets,
				    uint32_t bucket)
{
	__builtin_prefetch(&buckets->at[bucket]);
}

/* Number that changes with the meaning of any feature. */
uint64_t mpy_bundle_schema(void);

/* A bundle without weights; NULL without memory. mpy_bundle_free(). */
struct mpy_bundle *mpy_bundle_new(void);

/* The bundle as bytes: *data is the caller's, to free(). 0 or -ENOMEM. */
int mpy_bundle_write(const struct mpy_bundle *bundle, uint8_t **data,
		     size_t *size);

#endif
