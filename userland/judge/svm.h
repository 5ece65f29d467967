/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * svm.h - the support vector machines. Two linear ones over n-grams score
 * windows of a text as w.x: one tells malicious programs from harmless ones,
 * one malicious programs and dual-use tools from harmless ones. libsvm's
 * machine with an RBF kernel decides over the dense numbers.
 */
#ifndef MPY_JUDGE_SVM_H
#define MPY_JUDGE_SVM_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bundle_inside.h"
#include "dense.h"
#include "features.h"

#define MPY_SVM_FOUR 4 /* cells that are summed at a time */

/* Grams whose buckets are on their way from memory. */
#define MPY_SVM_AHEAD 48

/* When a text had a bucket last. */
enum mpy_svm_when {
	MPY_SVM_NEVER,
	MPY_SVM_BEFORE, /* in the block before */
	MPY_SVM_EARLIER,
	MPY_SVM_WHENS
};

/* Room for scoring, reused from text to text. */
struct mpy_svm_room {
	uint32_t *grams; /* of a block, and MPY_SVM_AHEAD more: any buckets */
	/* their cells once each, by when the text had them last */
	struct mpy_cell once[MPY_SVM_WHENS][MPY_GRAMS_ROOM + MPY_SVM_FOUR];
	struct mpy_place *places; /* of the grams, if they are wanted */
};

/* 0 or -ENOMEM; freed by mpy_svm_room_free() in any case. */
int mpy_svm_room_init(struct mpy_svm_room *room);
void mpy_svm_room_free(struct mpy_svm_room *room);

/*
 * Who looks at the buckets of a text gives them stamps, one number higher for
 * each block of it: to be called before, it makes sure that the numbers reach.
 * One thread at a time.
 */
#define MPY_SVM_STAMPS (1u << 31) /* given when they begin anew */
void mpy_svm_stamps_start(const struct mpy_bundle *bundle);

/* Sums over a set of buckets. */
struct mpy_sums {
	int64_t weight;	   /* of weight * idf */
	int64_t offensive; /* of the other machine's weight * idf */
	int64_t norm;	   /* of idf squared */
};

/*
 * Length of a text as a vector, from its norm: what it is divided by. One or
 * two words are no direction: below this norm (of eight rare buckets, or eighty
 * common ones) a text is taken to be this long, and its score stays near the
 * bias.
 */
#define MPY_SVM_LEAST 200000
static inline double mpy_svm_length(double norm)
{
	return sqrt(norm > MPY_SVM_LEAST ? norm : MPY_SVM_LEAST);
}

/* The linear score of a set of buckets. */
double mpy_svm_score(const struct mpy_bundle *bundle, struct mpy_sums sums);

/* What the linear stage says of a text. */
struct mpy_linear {
	double best;	   /* score of the strongest window */
	size_t best_first; /* its tokens, in the piece it was found in */
	size_t best_end;
	double whole; /* the whole text as one */
	double offensive; /* the other machine's: strongest window, whole */
	double offensive_whole;
	size_t blocks;
	struct mpy_sums sums; /* of the whole */
	uint32_t base; /* stamps at or below are of other texts */
};

/*
 * A text is scored by start, by linear for each piece of it (features at the
 * piece's start; windows do not reach from piece to piece), and by end.
 */
void mpy_svm_linear_start(const struct mpy_bundle *bundle,
			  struct mpy_linear *out);
void mpy_svm_linear_end(const struct mpy_bundle *bundle,
			struct mpy_linear *out);
void mpy_svm_linear(const struct mpy_bundle *bundle,
		    struct mpy_features *features, struct mpy_svm_room *room,
		    struct mpy_linear *out);

/* Builds libsvm's model from the bundle's vectors. 0 or -ENOMEM. */
int mpy_svm_attach(struct mpy_bundle *bundle);
void mpy_svm_detach(struct mpy_bundle *bundle);

/*
 * A dense number as the second stage sees it: in units of its spread, and no
 * further out than what was trained on may be. Far from all vectors an RBF
 * machine says the same of everything, whatever it is.
 */
double mpy_svm_scaled(const struct mpy_bundle *bundle, unsigned int id,
		      double number);

/*
 * Decision value over the dense numbers; higher is more malicious. A plain
 * unit (a low linear score, and nothing telling done) is not shown to the
 * second stage: its value is a line through the bundle's plain_raw.
 */
bool mpy_svm_is_plain(const struct mpy_bundle *bundle,
		      const double dense[MPY_DENSE_COUNT]);
double mpy_svm_decide(const struct mpy_bundle *bundle,
		      const double dense[MPY_DENSE_COUNT]);

/*
 * What each dense number contributes to the decision value, against a program
 * of average make whose linear scores are the machines' biases: the gradient
 * summed along the way from there to dense. *start is the decision value of
 * that average. start + all parts is about the decision value; the rest is
 * what only comes of several numbers together.
 */
void mpy_svm_parts(const struct mpy_bundle *bundle,
		   const double dense[MPY_DENSE_COUNT],
		   double parts[MPY_DENSE_COUNT], double *start);

/* Probability for a decision value, by the bundle's calibration. */
double mpy_svm_probability(const struct mpy_bundle *bundle, double raw);

#endif
