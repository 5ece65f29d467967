// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * explain.c - from numbers back to lines. The n-grams of the deciding window
 * are computed once more, this time with their tokens, and what they give is
 * summed by line; the sentence says what the line does, if that is known, and
 * quotes it as it stands in the file (of a long one from what is strongest in
 * it), so that a hash never puts words into it that are not there.
 */
#include "explain.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "behaviour.h"
#include "bundle_inside.h"
#include "features.h"
#include "lex.h"
#include "text.h"
#include "verdict.h"

#define QUOTE_MAX 72 /* bytes of the file quoted in a sentence */
#define SENTENCE_MAX 240
#define LINES_MAX  7
#define PARTS_MAX  6 /* with lines, rest, bias, interaction: 16 */
#define PART_LEAST 1e-6
#define ROUNDING   1e-9

/* What the grams that end in one line give together. */
struct line_sum {
	double sum;
	double strongest;
	uint32_t line;
	uint32_t first; /* token of the strongest */
	uint32_t home; /* first token of this one's line */
	uint8_t act;   /* 1 + the most telling behaviour of the line; 0: none */
};

struct gram {
	uint32_t bucket;
	struct mpy_place place;
};

/* The different grams of a window, each as it came first. */
struct grams {
	struct gram *list;
	size_t n, room;
	double norm;
};

/* Characters that may change how a line is shown. */
static bool is_hidden(uint32_t rune)
{
	return rune < 0x20 || (rune >= 0x7f && rune < 0xa0) ||
	       (rune >= 0x2000 && rune < 0x2070) || rune == 0xad ||
	       rune == 0x61c || rune == 0x180e ||
	       (rune >= 0xd800 && rune < 0xf900) || rune == 0xfeff ||
	       (rune >= 0xfff0 && rune < 0x10000) || rune >= 0xe0000;
}

/* text[0..size) on one line and printable into out, at most room bytes. */
static void quote(const uint8_t *text, size_t size, char *out, size_t room)
{
	bool cut = false;
	size_t i = 0, n = 0;

	while (i < size) {
		uint32_t rune;
		unsigned int length = mpy_text_rune(text + i, size - i, &rune);
		bool space = rune == ' ' || (rune >= 9 && rune <= 13);

		if (n + length + 4 >= room) {
			cut = true;
			break;
		}
		if (space) {
			if (n && out[n - 1] != ' ')
				out[n++] = ' ';
		} else if (is_hidden(rune)) {
			out[n++] = '?';
		} else {
			memcpy(out + n, text + i, length);
			n += length;
		}
		i += length;
	}
	memcpy(out + n, cut ? "..." : "", cut ? 4 : 1);
}

static int add_reason(struct mpy_verdict *verdict, const char *text,
		      uint32_t line, unsigned int layer, double contribution)
{
	struct mpy_reason *r = &verdict->reasons[verdict->n_reasons];

	r->text = strdup(text);
	if (!r->text)
		return -ENOMEM;
	r->line = line;
	r->layer = layer;
	r->contribution = contribution;
	verdict->n_reasons++;
	return 0;
}

void mpy_explain_clear(struct mpy_verdict *verdict)
{
	size_t i;

	for (i = 0; i < verdict->n_reasons; i++)
		free(verdict->reasons[i].text);
	free(verdict->reasons);
	verdict->reasons = NULL;
	verdict->n_reasons = 0;
}

/* ---- lines --------------------------------------------------------------- */

static unsigned int strength(const struct line_sum *s)
{
	return s->act ? mpy_behaviour_name(s->act - 1u)->strength : 0;
}

/* Is a to be told before b? What a line does tells more than its words. */
static bool is_stronger(const struct line_sum *a, const struct line_sum *b)
{
	double p = fabs(a->sum) * (1 + strength(a));
	double q = fabs(b->sum) * (1 + strength(b));

	return p != q ? p > q : a->line < b->line;
}

static int make_room(struct grams *grams, size_t more)
{
	size_t room = grams->n + more;
	struct gram *list;

	if (room <= grams->room)
		return 0;
	list = realloc(grams->list, room * 2 * sizeof(*list));
	if (!list)
		return -ENOMEM;
	grams->list = list;
	grams->room = room * 2;
	return 0;
}

/* The window's grams once more. grams is zeroed, its list the caller's. */
static int collect(const struct mpy_bundle *bundle,
		   const struct mpy_explain *e, struct mpy_svm_room *room,
		   struct grams *grams)
{
	struct mpy_buckets *buckets = bundle->buckets;
	struct mpy_features f;
	size_t first, end, n, i;

	mpy_svm_stamps_start(bundle);
	buckets->stamp++;
	mpy_features_start(&f, e->text, bundle->words);
	mpy_features_piece(&f, e->tokens, e->n_tokens, NULL, 0);
	for (;;) {
		n = mpy_features_block(&f, room->grams, room->places, &first,
				       &end);
		if (first == end)
			return 0;
		if (make_room(grams, n))
			return -ENOMEM;
		for (i = 0; i < n; i++) {
			struct mpy_bucket *b = &buckets->at[room->grams[i]];

			mpy_bundle_fetch(buckets,
					 room->grams[i + MPY_SVM_AHEAD]);
			if (!b->cell.idf || b->stamp == buckets->stamp)
				continue;
			b->stamp = buckets->stamp;
			grams->norm += b->cell.idf * b->cell.idf;
			grams->list[grams->n++] = (struct gram){
				room->grams[i], room->places[i]
			};
		}
	}
}

/* What a unit of each linear machine's score adds to the raw score. */
struct shares {
	double malicious, offensive;
};

/* Sums by line, in sums[0..n_tokens), zeroed by the caller. */
static void sum_lines(const struct mpy_bundle *bundle,
		      const struct mpy_explain *e, const struct grams *grams,
		      const struct shares *shares, struct line_sum *sums)
{
	double length = mpy_svm_length(grams->norm);
	double unit = shares->malicious * bundle->weight_unit / length;
	double tool = shares->offensive * bundle->offensive_unit / length;
	size_t i;

	for (i = 1; i < e->n_tokens; i++)
		sums[i].home = e->tokens[i].line == e->tokens[i - 1].line ?
				       sums[i - 1].home :
				       (uint32_t)i;
	for (i = 0; i < grams->n; i++) {
		const struct gram *g = &grams->list[i];
		const struct mpy_cell *cell =
			&bundle->buckets->at[g->bucket].cell;
		double value = cell->idf * (cell->weight * unit +
					    cell->offensive *
						    abs(cell->offensive) *
						    tool);
		struct line_sum *s = &sums[sums[g->place.last].home];

		s->line = e->tokens[g->place.last].line;
		s->sum += value;
		if (fabs(value) > fabs(s->strongest)) {
			s->strongest = value;
			s->first = g->place.first;
		}
	}
}

/* Which line does what; behaviours that are not telling are not said. */
static void note_acts(const struct mpy_explain *e, struct line_sum *sums)
{
	uint8_t id;
	size_t i;

	for (id = 0; id < MPY_BEH_COUNT && e->behaviours; id++) {
		const struct mpy_behaviour_seen *seen =
			&e->behaviours->seen[id];
		unsigned int own = mpy_behaviour_name(id)->strength;

		for (i = 0; seen->count && own && i < e->n_tokens; i++)
			if (sums[i].sum > 0 && sums[i].line == seen->line &&
			    own > strength(&sums[i]))
				sums[i].act = id + 1;
	}
}

/* The LINES_MAX strongest of sums[0..n), in best; how many there are. */
static size_t choose(const struct line_sum *sums, size_t n,
		     const struct line_sum *best[LINES_MAX])
{
	size_t found = 0, i, k;

	for (i = 0; i < n; i++) {
		if (sums[i].sum == 0 ||
		    (found == LINES_MAX &&
		     !is_stronger(&sums[i], best[found - 1])))
			continue;
		if (found < LINES_MAX)
			found++;
		for (k = found - 1; k && is_stronger(&sums[i], best[k - 1]);
		     k--)
			best[k] = best[k - 1];
		best[k] = &sums[i];
	}
	return found;
}

/* The line, or what of it begins with the strongest, if it is a long one. */
static void quote_line(const struct mpy_explain *e, const struct line_sum *s,
		       char words[QUOTE_MAX])
{
	const struct mpy_token *from = &e->tokens[s->home], *to = from;
	const struct mpy_token *end = e->tokens + e->n_tokens;
	const struct mpy_token *strong = &e->tokens[s->first];

	while (to + 1 < end && to[1].line == from->line &&
	       to[1].kind != MPY_TOK_NEWLINE)
		to++;
	if (to->start + to->length - from->start >= QUOTE_MAX - 4 &&
	    strong > from && strong <= to)
		from = strong;
	quote(e->text + from->start, to->start + to->length - from->start,
	      words, QUOTE_MAX);
}

/* The line's behaviour, if any, is told with it; its part becomes 0. */
static int add_line(const struct mpy_explain *e, const struct line_sum *s,
		    double *part, struct mpy_verdict *verdict)
{
	char sentence[SENTENCE_MAX], words[QUOTE_MAX];
	double value = s->sum;

	quote_line(e, s, words);
	if (part && value + *part > 0) {
		snprintf(sentence, sizeof(sentence), "%s: %s",
			 mpy_behaviour_name(s->act - 1u)->sentence, words);
		value += *part;
		*part = 0;
	} else {
		snprintf(sentence, sizeof(sentence),
			 "typical of %s programs: %s",
			 value > 0 ? "malicious" : "harmless", words);
	}
	return add_reason(verdict, sentence, s->line, e->layer, value);
}

/*
 * The strongest lines; *words is what the linear part has left for others,
 * and the parts of behaviours told with their lines become 0.
 */
static int add_lines(const struct mpy_bundle *bundle,
		     const struct mpy_explain *e, struct mpy_svm_room *room,
		     const struct shares *shares, struct mpy_verdict *verdict,
		     double *words, double *parts)
{
	struct line_sum *sums = calloc(e->n_tokens + 1, sizeof(*sums));
	const struct line_sum *best[LINES_MAX];
	struct grams grams = { 0 };
	size_t n = 0, i;
	int result = sums ? collect(bundle, e, room, &grams) : -ENOMEM;

	if (!result) {
		sum_lines(bundle, e, &grams, shares, sums);
		note_acts(e, sums);
		n = choose(sums, e->n_tokens, best);
	}
	for (i = 0; !result && i < n; i++) {
		unsigned int id = MPY_DENSE_BEHAVIOUR + best[i]->act - 1u;

		result = add_line(e, best[i],
				  best[i]->act ? &parts[id] : NULL, verdict);
		*words -= best[i]->sum;
	}
	free(grams.list);
	free(sums);
	return result;
}

static int by_contribution(const void *a, const void *b)
{
	const struct mpy_reason *x = a, *y = b;
	double p = fabs(x->contribution), q = fabs(y->contribution);

	if (p != q)
		return p < q ? 1 : -1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(x->text, y->text);
}

/* A row that is no line: a dense number, by its part of the raw score. */
struct part {
	double value;
	unsigned int id;
};

static int by_value(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	double p = fabs(x->value), q = fabs(y->value);

	if (p != q)
		return p < q ? 1 : -1;
	return x->id < y->id ? -1 : 1;
}

/*
 * How many strong behaviours there are counts too; a responder wants to know
 * which: that part goes to the behaviours themselves.
 */
static void share_strong(const struct mpy_explain *e, double *parts)
{
	unsigned int level, i, n;

	for (level = 1; level <= 3 && e->behaviours; level++) {
		double *part = &parts[MPY_DENSE_STRONG3 + 3 - level];

		for (i = n = 0; i < MPY_BEH_COUNT; i++)
			n += e->behaviours->seen[i].count &&
			     mpy_behaviour_name(i)->strength == level;
		for (i = 0; n && i < MPY_BEH_COUNT; i++)
			if (e->behaviours->seen[i].count &&
			    mpy_behaviour_name(i)->strength == level)
				parts[MPY_DENSE_BEHAVIOUR + i] += *part / n;
		if (n)
			*part = 0;
	}
}

/* The strongest dense numbers. */
static int add_parts(const struct mpy_explain *e, const double *parts,
		     struct mpy_verdict *verdict)
{
	struct part list[MPY_DENSE_COUNT];
	unsigned int i, n = 0;
	int result = 0;

	for (i = 0; i < MPY_DENSE_COUNT; i++)
		if (parts[i] != 0)
			list[n++] = (struct part){ parts[i], i };
	qsort(list, n, sizeof(*list), by_value);
	for (i = 0; !result && i < n && i < PARTS_MAX; i++) {
		unsigned int id = list[i].id;
		uint32_t line = 0;

		if (fabs(list[i].value) < PART_LEAST)
			break;
		if (id >= MPY_DENSE_BEHAVIOUR)
			line = e->behaviours->seen[id - MPY_DENSE_BEHAVIOUR]
				       .line;
		result = add_reason(verdict, mpy_dense_sentence(id), line,
				    e->layer, list[i].value);
	}
	return result;
}

static const char *rest_sentence(double value)
{
	return value > 0 ? "the rest of its words speaks for malicious"
			 : "the rest of its words speaks for harmless";
}

static double share(double part, double span)
{
	return span != 0 && part / span > 0 ? part / span : 0;
}

/*
 * Lines, and the rest of the words: what the linear scores give to the raw
 * score by words. The parts that are told become 0.
 */
static int add_words(const struct mpy_bundle *bundle,
		     const struct mpy_explain *e, struct mpy_svm_room *room,
		     double *parts, struct mpy_verdict *verdict)
{
	double *tool = &parts[MPY_DENSE_OFFENSIVE];
	double words = parts[MPY_DENSE_BEST] + parts[MPY_DENSE_WHOLE];
	struct shares shares = { share(words, e->dense[MPY_DENSE_BEST] -
						      bundle->bias),
				 0 };
	int result;

	*tool += parts[MPY_DENSE_OFFENSIVE_WHOLE];
	parts[MPY_DENSE_BEST] = 0;
	parts[MPY_DENSE_WHOLE] = 0;
	parts[MPY_DENSE_OFFENSIVE_WHOLE] = 0;
	shares.offensive = share(*tool, e->dense[MPY_DENSE_OFFENSIVE] -
						bundle->offensive_bias);
	if (shares.offensive > 0) {
		words += *tool;
		*tool = 0;
	}
	result = add_lines(bundle, e, room, &shares, verdict, &words, parts);
	if (!result && fabs(words) >= PART_LEAST)
		result = add_reason(verdict, rest_sentence(words), 0, e->layer,
				    words);
	return result;
}

int mpy_explain(const struct mpy_bundle *bundle, const struct mpy_explain *e,
		struct mpy_svm_room *room, struct mpy_verdict *verdict)
{
	double parts[MPY_DENSE_COUNT], start;
	double left = e->raw; /* to be explained */
	size_t i;
	int result;

	mpy_explain_clear(verdict);
	verdict->reasons = calloc(MPY_REASONS_MAX, sizeof(*verdict->reasons));
	if (!verdict->reasons)
		return -ENOMEM;
	mpy_svm_parts(bundle, e->dense, parts, &start);
	share_strong(e, parts);
	result = add_reason(verdict, "bias", 0, e->layer, start);
	if (!result)
		result = add_words(bundle, e, room, parts, verdict);
	if (!result)
		result = add_parts(e, parts, verdict);
	for (i = 0; i < verdict->n_reasons; i++)
		left -= verdict->reasons[i].contribution;
	if (!result && fabs(left) >= ROUNDING)
		result = add_reason(verdict, "interaction", 0, e->layer, left);
	qsort(verdict->reasons, verdict->n_reasons, sizeof(*verdict->reasons),
	      by_contribution);
	return result;
}
