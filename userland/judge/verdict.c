// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict.c - the pipeline: bytes -> text -> tokens -> features -> machines
 * -> probability -> label. A program and each of its layers is a unit, judged
 * as if it had come alone; the most malicious unit decides.
 */
#include "verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "budget.h"
#include "dense.h"
#include "explain.h"
#include "indicators.h"
#include "lex.h"
#include "parts.h"
#include "peel.h"
#include "svm.h"

#define PART_TOKENS 4096 /* of a long text */
#define PART_SPAN   160 /* tokens of a part that is judged alone */

/* What outlives a call. */
struct mpy_judge_room {
	struct mpy_svm_room svm;
	struct mpy_token window[2 * MPY_BLOCK_TOKENS]; /* a unit's strongest */
};

/* One call of mpy_judge(). */
struct judging {
	const struct mpy_bundle *bundle;
	const struct mpy_layer_sink *sink;
	struct mpy_verdict *verdict;
	struct mpy_judge_room *room;
	struct mpy_budget budget;
	struct mpy_indicators indicators;
	bool decided; /* some unit has been judged */
	/* the unit being judged */
	struct mpy_linear linear;
	size_t n_window; /* tokens in room->window */
	double dense[MPY_DENSE_COUNT];
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

static int start_unit(void *context, struct mpy_unit *unit)
{
	struct judging *j = context;

	mpy_svm_linear_start(&j->room->svm, &j->linear);
	j->n_window = 0;
	if (unit->part)
		return 0; /* looked through already */
	return mpy_indicators_scan(&j->indicators, unit->text.bytes,
				   unit->text.size, unit->layer);
}

static int score_piece(void *context, struct mpy_unit *unit)
{
	struct judging *j = context;
	double before = j->linear.best;
	size_t n;

	mpy_svm_linear(j->bundle, &unit->features, &j->room->svm, &j->linear);
	if (j->linear.best <= before)
		return 0;
	n = j->linear.best_end - j->linear.best_first;
	if (n > 2 * MPY_BLOCK_TOKENS)
		n = 2 * MPY_BLOCK_TOKENS;
	memcpy(j->room->window, unit->tokens + j->linear.best_first,
	       n * sizeof(*j->room->window));
	j->n_window = n;
	return 0;
}

static int take_verdict(struct judging *j, const struct mpy_unit *unit,
			double raw, double probability)
{
	struct mpy_verdict *v = j->verdict;
	struct mpy_explain e = { .text = unit->text.bytes,
				 .tokens = j->room->window,
				 .n_tokens = j->n_window,
				 .linear = j->linear.best,
				 .dense = j->dense,
				 .behaviours = unit->behaviours,
				 .raw = raw,
				 .layer = unit->layer };

	if (j->decided && (probability < v->probability ||
			   (probability == v->probability && raw <= v->raw)))
		return 0;
	j->decided = true;
	v->probability = probability;
	v->raw = raw;
	v->decider = unit->layer;
	return mpy_explain(j->bundle, &e, &j->room->svm, v);
}

static int end_unit(void *context, struct mpy_unit *unit)
{
	struct judging *j = context;
	double raw;

	mpy_svm_linear_end(j->bundle, &j->linear);
	mpy_dense_fill(unit->text.bytes, unit->text.size, unit->n_tokens,
		       &unit->features, unit->behaviours, j->dense);
	j->dense[MPY_DENSE_BEST] = j->linear.best;
	j->dense[MPY_DENSE_WHOLE] = j->linear.whole;
	raw = mpy_svm_decide(j->bundle, j->dense);
	return take_verdict(j, unit, raw, mpy_svm_probability(j->bundle, raw));
}

/* The strongest PART_SPAN tokens of the strongest window: the first of them. */
static size_t strongest_span(struct judging *j, const struct mpy_unit *unit)
{
	struct mpy_features features;
	struct mpy_linear linear;
	double best = 0;
	size_t at = 0;

	for (size_t i = 0; i + PART_SPAN <= j->n_window; i += PART_SPAN / 4) {
		mpy_features_start(&features, unit->text.bytes,
				   j->bundle->words);
		mpy_features_piece(&features, j->room->window + i, PART_SPAN,
				   NULL, 0);
		mpy_svm_linear_start(&j->room->svm, &linear);
		mpy_svm_linear(j->bundle, &features, &j->room->svm, &linear);
		if (i && linear.best <= best)
			continue;
		best = linear.best;
		at = i;
	}
	return at;
}

/*
 * Padding around a payload: of a long text the strongest lines are judged by
 * themselves too.
 */
static int choose_part(void *context, const struct mpy_unit *unit,
		       struct mpy_part *part)
{
	struct judging *j = context;
	const uint8_t *text = unit->text.bytes;
	const struct mpy_token *first, *last;
	size_t at;

	if (unit->n_tokens < PART_TOKENS || j->n_window < PART_SPAN ||
	    j->verdict->probability >= j->bundle->malicious)
		return 0;
	at = strongest_span(j, unit);
	first = &j->room->window[at];
	last = &first[PART_SPAN - 1];
	part->line = first->line;
	part->from = first->start;
	part->to = last->start + last->length;
	while (part->from && text[part->from - 1] != '\n')
		part->from--;
	while (part->to < unit->text.size && text[part->to] != '\n')
		part->to++;
	return 1;
}

static int pass_layer(void *context, const struct mpy_layer *layer)
{
	struct judging *j = context;

	j->verdict->n_layers++;
	return j->sink ? j->sink->layer(j->sink->context, layer) : 0;
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

static const struct mpy_peel_ops ops = { .start = start_unit,
					 .piece = score_piece,
					 .end = end_unit,
					 .layer = pass_layer,
					 .part = choose_part };

static int judge_all(struct judging *j, const uint8_t *data, size_t size)
{
	int result;

	mpy_budget_init(&j->budget);
	result = mpy_peel(data, size, j->bundle->words, &j->budget, &ops, j);
	if (!result) {
		j->budget.bounds |= j->indicators.bounds;
		j->verdict->indicators = j->indicators.list;
		j->verdict->n_indicators = j->indicators.n;
		j->indicators = (struct mpy_indicators){ 0 };
		result = label(j);
	}
	mpy_indicators_free(&j->indicators);
	return result;
}

struct mpy_judge_room *mpy_judge_room_new(void)
{
	struct mpy_judge_room *room = malloc(sizeof(*room));

	if (room && mpy_svm_room_init(&room->svm)) {
		mpy_judge_room_free(room);
		return NULL;
	}
	return room;
}

void mpy_judge_room_free(struct mpy_judge_room *room)
{
	if (room)
		mpy_svm_room_free(&room->svm);
	free(room);
}

int mpy_judge_in(struct mpy_judge_room *room, const struct mpy_bundle *bundle,
		 const uint8_t *data, size_t size,
		 const struct mpy_layer_sink *sink, struct mpy_verdict **out)
{
	struct judging j = { .bundle = bundle, .sink = sink, .room = room };
	int result;

	*out = NULL;
	j.verdict = calloc(1, sizeof(*j.verdict));
	if (!j.verdict)
		return -ENOMEM;
	result = judge_all(&j, data, size);
	if (result)
		mpy_verdict_free(j.verdict);
	else
		*out = j.verdict;
	return result;
}

int mpy_judge(const struct mpy_bundle *bundle, const uint8_t *data, size_t size,
	      const struct mpy_layer_sink *sink, struct mpy_verdict **out)
{
	struct mpy_judge_room *room = mpy_judge_room_new();
	int result;

	*out = NULL;
	if (!room)
		return -ENOMEM;
	result = mpy_judge_in(room, bundle, data, size, sink, out);
	mpy_judge_room_free(room);
	return result;
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
