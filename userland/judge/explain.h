/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain.h - why a verdict is what it is: rows of a sentence, a line and a
 * contribution that add up to the raw score.
 */
#ifndef MPY_JUDGE_EXPLAIN_H
#define MPY_JUDGE_EXPLAIN_H

#include <stddef.h>
#include <stdint.h>

#include "dense.h"
#include "svm.h"

struct mpy_behaviours;
struct mpy_bundle;
struct mpy_token;
struct mpy_verdict;

/* The unit that decided: its deciding window and numbers. */
struct mpy_explain {
	const uint8_t *text;
	const struct mpy_token *tokens; /* of the deciding window */
	size_t n_tokens;
	const double *dense; /* MPY_DENSE_COUNT */
	const struct mpy_behaviours *behaviours; /* may be NULL */
	double raw;
	unsigned int layer;
};

/*
 * Replaces the verdict's reasons by those of this unit, strongest first. The
 * rows add up to explain->raw: one is "bias", at most one "interaction".
 * 0 or -ENOMEM.
 */
int mpy_explain(const struct mpy_bundle *bundle,
		const struct mpy_explain *explain, struct mpy_svm_room *room,
		struct mpy_verdict *verdict);

/* Frees the reasons and sets them to none. */
void mpy_explain_clear(struct mpy_verdict *verdict);

#endif
