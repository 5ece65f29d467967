// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict.c - the pipeline: bytes -> text -> tokens -> features -> machines
 * -> probability -> label. A program and each of its layers is a unit, judged
 * as if it had come alone; the most malicious unit decides.
 */
#include "verdict.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "budget.h"
#include "explain.h"
#include "features.h"
#include "lex.h"
#include "parts.h"
#include "svm.h"
#include "text.h"

#define PIECE_TOKENS (256u << 10) /* of one text alive at once */

/* One call of mpy_judge(). */
struct judging {
	const struct mpy_bundle *bundle;
	const struct mpy_layer_sink *sink;
	struct mpy_verdict *verdict;
	struct mpy_budget budget;
	struct mpy_svm_room room;
	struct mpy_token *tokens;
	bool decided; /* some unit has been judged */
};

/* What is known of the unit being judged. */
struct unit {
	unsigned int layer;
	struct mpy_text text;
	struct mpy_linear linear;
	size_t n_tokens;
	struct mpy_token window[2 * MPY_BLOCK_TOKENS];
	size_t n_window;
	double dense[MPY_DENSE_COUNT];
	double raw, probability;
};

const char *mpy_label_name(enum mpy_label label)
{
	static const char *const names[] = { "harmless", "suspicious",
					     "malicious", "unreadable" };

	return names[label];
}

const char *mpy_indicator_name(enum mpy_indicator_type type)
{
	static const char *const names[] = { "url",   "ip",	"domain",
					     "path",  "email",	"wallet",
					     "webhook" };

	return names[type];
}

/* Is it the bytes of an image, an executable, ... rather than of a text? */
static bool is_binary(const uint8_t *p, size_t size)
{
	size_t n = size < 65536 ? size : 65536, i, odd = 0;

	for (i = 0; i < n; i++)
		odd += (p[i] < 0x20 && (p[i] < 7 || p[i] > 13) &&
			p[i] != 0x1b) ||
		       p[i] == 0x7f;
	return odd * 20 > n;
}

static void keep_window(struct judging *j, struct unit *unit, double before)
{
	size_t n = unit->linear.best_end - unit->linear.best_first;

	if (unit->linear.best <= before)
		return;
	if (n > 2 * MPY_BLOCK_TOKENS)
		n = 2 * MPY_BLOCK_TOKENS;
	memcpy(unit->window, j->tokens + unit->linear.best_first,
	       n * sizeof(*unit->window));
	unit->n_window = n;
}

/* Lexes and scores the text of a unit, piece by piece. */
static void read_unit(struct judging *j, struct unit *unit)
{
	struct mpy_features features;
	struct mpy_lex lex;
	double before;
	size_t n;

	mpy_svm_linear_start(&j->room, &unit->linear);
	mpy_lex_start(&lex, unit->text.bytes, unit->text.size);
	while ((n = mpy_lex_next(&lex, j->tokens, PIECE_TOKENS))) {
		if (!mpy_budget_step(&j->budget, n))
			break;
		mpy_features_start(&features, unit->text.bytes, j->tokens, n,
				   j->bundle->words);
		before = unit->linear.best;
		mpy_svm_linear(j->bundle, &features, &j->room, &unit->linear);
		keep_window(j, unit, before);
		unit->n_tokens += n;
	}
	mpy_svm_linear_end(j->bundle, &unit->linear);
}

static void decide(struct judging *j, struct unit *unit)
{
	unit->dense[MPY_DENSE_BEST] = unit->linear.best;
	unit->dense[MPY_DENSE_WHOLE] = unit->linear.whole;
	unit->dense[MPY_DENSE_LENGTH] = log2(1 + (double)unit->n_tokens);
	unit->raw = mpy_svm_decide(j->bundle, unit->dense);
	unit->probability = mpy_svm_probability(j->bundle, unit->raw);
}

static int take_verdict(struct judging *j, const struct unit *unit)
{
	struct mpy_verdict *v = j->verdict;
	struct mpy_explain e = { .text = unit->text.bytes,
				 .tokens = unit->window,
				 .n_tokens = unit->n_window,
				 .linear = unit->linear.best,
				 .dense = unit->dense,
				 .raw = unit->raw,
				 .layer = unit->layer };

	if (j->decided && (unit->probability < v->probability ||
			   (unit->probability == v->probability &&
			    unit->raw <= v->raw)))
		return 0;
	j->decided = true;
	v->probability = unit->probability;
	v->raw = unit->raw;
	v->decider = unit->layer;
	return mpy_explain(j->bundle, &e, &j->room, v);
}

static int judge_unit(struct judging *j, struct unit *unit,
		      const uint8_t *data, size_t size)
{
	int result = mpy_text_read(data, size, &unit->text);

	if (result)
		return result;
	j->budget.bounds |= unit->text.bounds;
	if (!is_binary(unit->text.bytes, unit->text.size)) {
		read_unit(j, unit);
		decide(j, unit);
		result = take_verdict(j, unit);
	}
	mpy_text_free(&unit->text);
	return result;
}

static int label(struct judging *j)
{
	struct mpy_verdict *v = j->verdict;

	v->threshold = j->bundle->malicious;
	v->bounds = j->budget.bounds;
	if (!j->decided) {
		v->label = MPY_UNREADABLE;
		v->unreadable = strdup("the bytes are no text, no archive and "
				       "no compiled Python");
		return v->unreadable ? 0 : -ENOMEM;
	}
	v->label = v->probability >= v->threshold	       ? MPY_MALICIOUS
		   : v->probability >= j->bundle->suspicious ? MPY_SUSPICIOUS
							     : MPY_HARMLESS;
	return 0;
}

static int judge_all(struct judging *j, const uint8_t *data, size_t size)
{
	struct unit *unit = calloc(1, sizeof(*unit));
	int result;

	j->tokens = malloc(PIECE_TOKENS * sizeof(*j->tokens));
	result = mpy_svm_room_init(&j->room);
	if (!unit || !j->tokens)
		result = -ENOMEM;
	if (!result)
		result = judge_unit(j, unit, data, size);
	if (!result)
		result = label(j);
	free(unit);
	free(j->tokens);
	mpy_svm_room_free(&j->room);
	return result;
}

int mpy_judge(const struct mpy_bundle *bundle, const uint8_t *data, size_t size,
	      const struct mpy_layer_sink *sink, struct mpy_verdict **out)
{
	struct judging j = { .bundle = bundle, .sink = sink };
	int result;

	*out = NULL;
	j.verdict = calloc(1, sizeof(*j.verdict));
	if (!j.verdict)
		return -ENOMEM;
	mpy_budget_init(&j.budget);
	result = judge_all(&j, data, size);
	if (result) {
		mpy_verdict_free(j.verdict);
		return result;
	}
	*out = j.verdict;
	return 0;
}

void mpy_verdict_free(struct mpy_verdict *verdict)
{
	size_t i;

	if (!verdict)
		return;
	mpy_explain_clear(verdict);
	for (i = 0; i < verdict->n_indicators; i++)
		free(verdict->indicators[i].value);
	free(verdict->indicators);
	free(verdict->unreadable);
	free(verdict);
}
