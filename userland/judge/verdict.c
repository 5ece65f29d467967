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
#include "bundle_inside.h"
#include "dense.h"
#include "explain.h"
#include "indicators.h"
#include "install.h"
#include "lex.h"
#include "look.h"
#include "part.h"
#include "peel.h"
#include "svm.h"

#define LOADER_TOKENS 2048 /* of code, apart from numbers */
#define LOAD_LEAST    4 /* a load has a part so large of what is packed */
#define PART_TOKENS   100  /* texts of fewer are judged as a whole alone */
#define PART_DISCOUNT 1.0 /* of raw: the strongest of many lines is strong, */
#define PART_OF_WORDS 1.8 /* and more if only its words say something */
#define PLAIN_MARGIN  0.2 /* a window's score may hide a line's by so much */

/*
 * The unit that decided, until it is explained: when no other of the same text
 * can decide any more. A part of a text often takes the place of the whole.
 */
struct decided {
	struct mpy_explain explain;
	struct mpy_token window[2 * MPY_BLOCK_TOKENS];
	double dense[MPY_DENSE_COUNT];
	struct mpy_behaviours behaviours;
};

/* What outlives a call. */
struct mpy_judge_room {
	struct mpy_svm_room svm;
	struct mpy_token window[2 * MPY_BLOCK_TOKENS]; /* a unit's strongest */
	struct decided decided;
};

/* One call of mpy_judge(). */
struct judging {
	const struct mpy_bundle *bundle;
	const struct mpy_layer_sink *sink;
	enum mpy_detail detail;
	struct mpy_verdict *verdict;
	struct mpy_judge_room *room;
	struct mpy_budget budget;
	struct mpy_indicators indicators;
	bool decided; /* some unit has been judged */
	bool unexplained; /* room->decided is to be explained */
	/* by layer, 0 the program: */
	unsigned int parent[MPY_LAYERS_MAX + 1];
	bool carries[MPY_LAYERS_MAX + 1]; /* what it runs was decoded */
	bool fed[MPY_LAYERS_MAX + 1]; /* what it runs was judged */
	size_t load[MPY_LAYERS_MAX + 1]; /* bytes: largest layer from it */
	size_t packed[MPY_LAYERS_MAX + 1]; /* what a string of it can hold, or numbers */
	double held[MPY_LAYERS_MAX + 1]; /* raw scores of loaders */
	bool holds; /* there are such */
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

	mpy_svm_linear_start(j->bundle, &j->linear);
	j->n_window = 0;
	if (unit->part /* looked through already */ ||
	    j->detail == MPY_DETAIL_VERDICT)
		return 0;
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

static void keep_decided(struct judging *j, const struct mpy_unit *unit,
			 double raw)
{
	struct decided *d = &j->room->decided;

	memcpy(d->window, j->room->window, j->n_window * sizeof(*d->window));
	memcpy(d->dense, j->dense, sizeof(d->dense));
	d->behaviours = *unit->behaviours;
	d->explain = (struct mpy_explain){ .text = unit->text.bytes,
					   .tokens = d->window,
					   .n_tokens = j->n_window,
					   .dense = d->dense,
					   .behaviours = &d->behaviours,
					   .raw = raw,
					   .layer = unit->layer };
	j->unexplained = true;
}

static int explain_decided(void *context)
{
	struct judging *j = context;

	if (!j->unexplained)
		return 0;
	j->unexplained = false;
	return mpy_explain(j->bundle, &j->room->decided.explain, &j->room->svm,
			   j->verdict);
}

static void take_verdict(struct judging *j, const struct mpy_unit *unit,
			 double raw, double probability)
{
	struct mpy_verdict *v = j->verdict;

	if (j->decided && (probability < v->probability ||
			   (probability == v->probability && raw <= v->raw)))
		return;
	j->decided = true;
	v->probability = probability;
	v->raw = raw;
	v->decider = unit->layer;
	if (j->detail == MPY_DETAIL_ALL ||
	    (j->detail == MPY_DETAIL_FOUND &&
	     probability >= j->bundle->suspicious))
		keep_decided(j, unit, raw);
}

/*
 * Is it nothing but a loader: what it does is to decode something and to
 * execute that?
 */
static bool is_loader(const struct mpy_unit *unit)
{
	/* 2: it does execute something */
	static const uint8_t of_loaders[MPY_BEH_COUNT] = {
		[MPY_BEH_DECODE_EXEC] = 2,  [MPY_BEH_UNPACK_EXEC] = 2,
		[MPY_BEH_MARSHAL_EXEC] = 2, [MPY_BEH_PLAIN_EXEC] = 2,
		[MPY_BEH_MADE_EXEC] = 2,    [MPY_BEH_PYTHON_C] = 2,
		/* code in a string is a layer too; release() asks for it */
		[MPY_BEH_CODE_TEXT] = 2,    [MPY_BEH_HIDDEN_NAME] = 1,
		[MPY_BEH_HIDDEN_IMPORT] = 1, [MPY_BEH_ESCAPED_NAME] = 1,
		[MPY_BEH_DECODE] = 1,	    [MPY_BEH_EXIT_QUIET] = 1,
		/* words of what it decodes, for which that is judged */
		[MPY_BEH_HOST_FACTS] = 1,   [MPY_BEH_BROWSER_DATA] = 1,
		[MPY_BEH_BROWSER_COOKIES] = 1, [MPY_BEH_FIREWALL_OFF] = 1,
		[MPY_BEH_WALLET_FORM] = 1,  [MPY_BEH_BARE_ADDRESS] = 1,
	};
	const struct mpy_behaviour_seen *seen = unit->behaviours->seen;
	/* the command that it runs is Python with the load as an argument */
	const bool python = seen[MPY_BEH_PYTHON_C].count;
	unsigned int executes = unit->carries ? 2 : 0;

	if (unit->features.stats.urls ||
	    unit->n_tokens > LOADER_TOKENS + 2 * unit->features.stats.numbers)
		return false;
	for (unsigned int i = 0; i < MPY_BEH_COUNT; i++) {
		if (!seen[i].count || (python && (i == MPY_BEH_RUN_COMMAND ||
						  i == MPY_BEH_DECODE_RUN)))
			continue;
		if (!of_loaders[i])
			return false;
		if (of_loaders[i] > executes)
			executes = of_loaders[i];
	}
	return executes == 2;
}

/* The raw score of a probability between the thresholds. */
static double raw_of_suspicion(const struct mpy_bundle *bundle, double raw,
			       double *probability)
{
	double low = -16, high = raw;

	*probability = (bundle->malicious + bundle->suspicious) / 2;
	for (unsigned int i = 0; i < 40; i++) {
		double middle = (low + high) / 2;

		if (mpy_svm_probability(bundle, middle) < *probability)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/*
 * What a loader carries decides, not that it is one: by itself it is no more
 * than suspicious, if what it carries could be judged. label() sees to that.
 */
static double hold_loader(struct judging *j, const struct mpy_unit *unit,
			  double raw, double *probability)
{
	const struct mpy_stats *stats = &unit->features.stats;

	if (*probability < j->bundle->malicious || !is_loader(unit))
		return raw;
	if (raw > j->held[unit->layer]) {
		j->held[unit->layer] = raw;
		j->packed[unit->layer] = stats->holds > stats->numbers ?
						 stats->holds :
						 stats->numbers;
	}
	j->holds = true;
	/* a layer that only holds code as text has no load to wait for */
	if (unit->layer && !unit->carries &&
	    unit->behaviours->seen[MPY_BEH_CODE_TEXT].count) {
		j->fed[unit->layer] = true;
		j->packed[unit->layer] = 0;
	}
	return raw_of_suspicion(j->bundle, raw, probability);
}

/*
 * Does a text only fetch what everybody installs, and run it? The words alone,
 * exec(urlopen(...).read()), are no more than suspicious then.
 */
static bool only_installs(const struct mpy_unit *unit)
{
	const struct mpy_behaviour_seen *seen = unit->behaviours->seen;

	if (!seen[MPY_BEH_INSTALLER].count)
		return false;
	for (unsigned int i = 0; i < MPY_BEH_COUNT; i++)
		if (seen[i].count &&
		    mpy_behaviour_name((enum mpy_behaviour)i)->strength >= 2)
			return false;
	return mpy_install_only(unit->text.bytes, unit->text.size);
}

/*
 * The unit was read: those that it came from have been judged by it. If it is
 * not known what one of them runs, a program is what it runs.
 */
static void note_fed(struct judging *j, const struct mpy_unit *unit)
{
	const struct mpy_stats *stats = &unit->features.stats;
	bool program = stats->imports + stats->defs + stats->classes;
	unsigned int layer = unit->layer;

	j->carries[layer] |= unit->carries;
	while (layer) {
		layer = j->parent[layer];
		j->fed[layer] |= program || j->carries[layer];
	}
}

/* Does it nothing that programs seldom do? */
static bool is_words(const struct judging *j)
{
	return j->dense[MPY_DENSE_STRONG3] == 0 &&
	       j->dense[MPY_DENSE_STRONG2] == 0;
}

static int end_unit(void *context, struct mpy_unit *unit)
{
	struct judging *j = context;
	double raw, probability;

	mpy_svm_linear_end(j->bundle, &j->linear);
	mpy_dense_fill(unit->text.bytes, unit->text.size, unit->n_tokens,
		       &unit->features, unit->behaviours, j->dense);
	j->dense[MPY_DENSE_BEST] = j->linear.best;
	j->dense[MPY_DENSE_WHOLE] = j->linear.whole;
	j->dense[MPY_DENSE_OFFENSIVE] = j->linear.offensive;
	j->dense[MPY_DENSE_OFFENSIVE_WHOLE] = j->linear.offensive_whole;
	if (unit->part && is_words(j) && j->linear.best < 0)
		return 0; /* it could not count */
	raw = mpy_svm_decide(j->bundle, j->dense);
	if (unit->part)
		raw -= is_words(j) ? PART_OF_WORDS : PART_DISCOUNT;
	probability = mpy_svm_probability(j->bundle, raw);
	raw = hold_loader(j, unit, raw, &probability);
	if (probability >= j->bundle->malicious && only_installs(unit))
		raw = raw_of_suspicion(j->bundle, raw, &probability);
	note_fed(j, unit);
	take_verdict(j, unit, raw, probability);
	return 0;
}

/*
 * Padding around a payload: some lines are judged by themselves too. Reading a
 * part takes the place of the window, so all are chosen at once.
 */
static int choose_parts(void *context, const struct mpy_unit *unit,
			struct mpy_part parts[MPY_PARTS_MAX])
{
	struct judging *j = context;
	struct mpy_part_search search = { .bundle = j->bundle,
					  .room = &j->room->svm,
					  .unit = unit,
					  .window = j->room->window,
					  .n_window = j->n_window };
	bool plain = mpy_svm_is_plain(j->bundle, j->dense);

	/* a loader's long list of numbers is no padding */
	if (unit->n_tokens < PART_TOKENS ||
	    j->verdict->probability >= j->bundle->malicious ||
	    j->held[unit->layer] > -INFINITY)
		return 0;
	search.words = !plain ||
		       j->linear.best >= j->bundle->plain_below - PLAIN_MARGIN;
	return mpy_part_choose(&search, parts);
}

static int pass_layer(void *context, const struct mpy_layer *layer)
{
	struct judging *j = context;

	j->verdict->n_layers++;
	if (layer->index <= MPY_LAYERS_MAX) {
		j->parent[layer->index] = layer->parent;
		if (layer->size > j->load[layer->parent])
			j->load[layer->parent] = layer->size;
	}
	return j->sink ? j->sink->layer(j->sink->context, layer) : 0;
}

/*
 * Was the load of a loader judged, and all of it? A load that is small beside
 * the data in the loader is a decoy.
 */
static bool is_fed(const struct judging *j, unsigned int layer)
{
	return j->fed[layer] && !j->budget.bounds &&
	       j->load[layer] >= j->packed[layer] / LOAD_LEAST;
}

/* Loaders whose load could not be judged, or not all of it, count in full. */
static void release(struct judging *j)
{
	struct mpy_verdict *v = j->verdict;

	for (unsigned int i = 0; i <= MPY_LAYERS_MAX; i++) {
		if (j->held[i] <= v->raw || is_fed(j, i))
			continue;
		v->raw = j->held[i];
		v->probability = mpy_svm_probability(j->bundle, v->raw);
	}
}

static int label(struct judging *j)
{
	struct mpy_verdict *v = j->verdict;

	v->threshold = j->bundle->malicious;
	if (j->holds)
		release(j);
	v->bounds = j->budget.bounds | j->indicators.bounds;
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
					 .parts = choose_parts,
					 .done = explain_decided };

static int judge_all(struct judging *j, const uint8_t *data, size_t size)
{
	int result;

	mpy_budget_init(&j->budget);
	result = mpy_peel(data, size, j->bundle->words, &j->budget, &ops, j);
	if (!result) {
		j->verdict->indicators = j->indicators.list;
		j->verdict->n_indicators = j->indicators.n;
		result = label(j);
		j->indicators = (struct mpy_indicators){ 0 };
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
		 enum mpy_detail detail, const uint8_t *data, size_t size,
		 const struct mpy_layer_sink *sink, struct mpy_verdict **out)
{
	struct judging j = { .bundle = bundle,
			     .sink = sink,
			     .detail = detail,
			     .room = room };
	int result;

	*out = NULL;
	for (unsigned int i = 0; i <= MPY_LAYERS_MAX; i++)
		j.held[i] = -INFINITY;
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
	result = mpy_judge_in(room, bundle, MPY_DETAIL_ALL, data, size, sink,
			      out);
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
