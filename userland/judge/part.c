// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * part.c - grows a run of statements from where something stands out to where
 * the linear score of the run is highest: a payload ends where the words around
 * it stop to speak for it.
 */
#include "part.h"

#define AREA	    MPY_BLOCK_TOKENS /* a run lies within so many tokens */
#define SPAN	    40 /* tokens that stand out together */
#define ACTS	    4  /* runs around behaviours */
#define LONG_TOKENS 10000 /* texts of fewer have no window as a part */
#define BYTES_MAX   (1u << 20)

/* Tokens around a place, their statements and grams. */
struct area {
	const struct mpy_token *tokens;
	size_t n;
	const uint32_t *grams;
	size_t statements;
	struct {
		uint32_t tokens, grams; /* before it */
	} at[AREA + 2];
};

/* Statements first..end, and the score of them together. */
struct run {
	size_t first, end;
	double score;
};

static void find_statements(struct area *area, const struct mpy_place *places,
			    size_t n_grams)
{
	size_t i, gram = 0;

	area->statements = 0;
	for (i = 0; i < area->n; i++) {
		if (area->tokens[i].kind != MPY_TOK_NEWLINE && i + 1 < area->n)
			continue;
		while (gram < n_grams && places[gram].last <= i)
			gram++;
		area->statements++;
		area->at[area->statements].tokens = (uint32_t)(i + 1);
		area->at[area->statements].grams = (uint32_t)gram;
	}
}

static void read_area(const struct mpy_part_search *s,
		      const struct mpy_token *tokens, size_t n,
		      struct area *area)
{
	struct mpy_features features;
	size_t first, end, n_grams;

	mpy_features_start(&features, s->unit->text.bytes, s->bundle->words);
	mpy_features_piece(&features, tokens, n, NULL, 0);
	n_grams = mpy_features_block(&features, s->room->grams,
				     s->room->places, &first, &end);
	area->tokens = tokens;
	area->n = end;
	area->grams = s->room->grams;
	area->at[0].tokens = area->at[0].grams = 0;
	find_statements(area, s->room->places, n_grams);
}

static size_t statement_of(const struct area *area, size_t token)
{
	size_t i = 0;

	while (i + 1 < area->statements && area->at[i + 1].tokens <= token)
		i++;
	return i;
}

/* Adds the grams of a statement that have not got the stamp yet. */
static void add_statement(struct mpy_buckets *buckets, const struct area *area,
			  size_t statement, struct mpy_sums *sums)
{
	size_t i = area->at[statement].grams;

	for (; i < area->at[statement + 1].grams; i++) {
		struct mpy_bucket *bucket = &buckets->at[area->grams[i]];
		int64_t idf = bucket->cell.idf;

		if (bucket->stamp == buckets->stamp)
			continue;
		bucket->stamp = buckets->stamp;
		sums->weight += bucket->cell.weight * idf;
		sums->norm += idf * idf;
	}
}

/* The run's own statements, for a stamp of their own. */
static struct mpy_sums begin(const struct mpy_bundle *bundle,
			     const struct area *area, const struct run *run)
{
	struct mpy_sums sums = { 0 };

	mpy_svm_stamps_start(bundle);
	bundle->buckets->stamp++;
	for (size_t i = run->first; i < run->end; i++)
		add_statement(bundle->buckets, area, i, &sums);
	return sums;
}

static void grow_down(const struct mpy_bundle *bundle, const struct area *area,
		      struct run *run)
{
	struct mpy_sums sums = begin(bundle, area, run);
	size_t end = run->end;

	run->score = mpy_svm_score(bundle, sums);
	while (end < area->statements) {
		double score;

		add_statement(bundle->buckets, area, end++, &sums);
		score = mpy_svm_score(bundle, sums);
		if (score <= run->score)
			continue;
		run->score = score;
		run->end = end;
	}
}

static void grow_up(const struct mpy_bundle *bundle, const struct area *area,
		    struct run *run)
{
	struct mpy_sums sums = begin(bundle, area, run);
	size_t first = run->first;

	while (first) {
		double score;

		add_statement(bundle->buckets, area, --first, &sums);
		score = mpy_svm_score(bundle, sums);
		if (score <= run->score)
			continue;
		run->score = score;
		run->first = first;
	}
}

/* The whole lines of tokens first..last. */
static void take_lines(const struct mpy_unit *unit,
		       const struct mpy_token *first,
		       const struct mpy_token *last, struct mpy_part *part)
{
	const uint8_t *text = unit->text.bytes;

	part->line = first->line;
	part->from = first->start;
	part->to = last->start + last->length;
	while (part->from && text[part->from - 1] != '\n')
		part->from--;
	while (part->to < unit->text.size && text[part->to] != '\n')
		part->to++;
}

/* The run that holds tokens[last], and tokens[first] if that is near. */
static double grow(const struct mpy_part_search *s,
		   const struct mpy_token *tokens, size_t n, size_t first,
		   size_t last, struct mpy_part *part)
{
	struct area area;
	struct run run;
	size_t from, size = n < AREA ? n : AREA;

	if (last - first > size / 2)
		first = last;
	from = (first + last) / 2;
	from = from > size / 2 ? from - size / 2 : 0;
	if (from + size > n)
		from = n - size;
	read_area(s, tokens + from, size, &area);
	if (last - from >= area.n) { /* much stands in strings before it */
		from = first;
		read_area(s, tokens + from, n - from < AREA ? n - from : AREA,
			  &area);
	}
	run.first = statement_of(&area, first - from);
	run.end = statement_of(&area, last - from) + 1;
	grow_down(s->bundle, &area, &run);
	grow_up(s->bundle, &area, &run);
	grow_down(s->bundle, &area, &run);
	take_lines(s->unit, &area.tokens[area.at[run.first].tokens],
		   &area.tokens[area.at[run.end].tokens - 1], part);
	return run.score;
}

/*
 * Is it worth reading? Not again what was read as the whole or as a part, and
 * not megabytes of data in a statement.
 */
static bool is_worth(const struct mpy_unit *unit, const struct mpy_part *parts,
		     int n)
{
	const struct mpy_part *part = &parts[n];
	size_t size = part->to - part->from;

	for (int i = 0; i < n; i++)
		if (parts[i].from == part->from && parts[i].to == part->to)
			return false;
	return size <= BYTES_MAX && size < unit->text.size / 8 * 7;
}

/* The SPAN tokens of the window that have the highest score. */
static size_t strongest(const struct mpy_part_search *s, double *best)
{
	struct mpy_features features;
	struct mpy_linear linear;
	size_t at = 0;

	for (size_t i = 0; i + SPAN <= s->n_window; i += SPAN / 2) {
		mpy_features_start(&features, s->unit->text.bytes,
				   s->bundle->words);
		mpy_features_piece(&features, s->window + i, SPAN, NULL, 0);
		mpy_svm_linear_start(s->bundle, &linear);
		mpy_svm_linear(s->bundle, &features, s->room, &linear);
		if (i && linear.best <= *best)
			continue;
		*best = linear.best;
		at = i;
	}
	return at;
}

/* The first token of the unit that stands in the line or behind it. */
static size_t token_at(const struct mpy_unit *unit, uint32_t line)
{
	size_t low = 0, high = unit->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (unit->tokens[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A run around what is seen, unless it lies in one that there is already. */
static int add_act(const struct mpy_part_search *s,
		   const struct mpy_behaviour_seen *seen,
		   struct mpy_part *parts, int n)
{
	const struct mpy_unit *unit = s->unit;
	size_t last = token_at(unit, seen->line);
	size_t first = seen->other ? token_at(unit, seen->other) : last;

	if (first > last) {
		size_t swap = first;

		first = last;
		last = swap;
	}
	/* of a longer text only the last piece is there still */
	if (last >= unit->n || seen->line < unit->tokens[0].line)
		return n;
	for (int i = 0; i < n; i++)
		if (parts[i].from <= unit->tokens[last].start &&
		    unit->tokens[last].start < parts[i].to)
			return n;
	grow(s, unit->tokens, unit->n, first, last, &parts[n]);
	return n + is_worth(unit, parts, n);
}

static int add_acts(const struct mpy_part_search *s, struct mpy_part *parts)
{
	const struct mpy_behaviours *all = s->unit->behaviours;
	int n = 0;

	for (unsigned int strength = 3; strength > 1; strength--)
		for (unsigned int i = 0; i < MPY_BEH_COUNT && n < ACTS; i++)
			if (all->seen[i].count &&
			    mpy_behaviour_name(i)->strength == strength)
				n = add_act(s, &all->seen[i], parts, n);
	return n;
}

int mpy_part_choose(const struct mpy_part_search *s,
		    struct mpy_part parts[MPY_PARTS_MAX])
{
	int n = add_acts(s, parts);
	double best;
	size_t at;

	if (!s->words || s->n_window < SPAN)
		return n;
	at = strongest(s, &best);
	/* words that do not speak for it could not count */
	if (grow(s, s->window, s->n_window, at, at + SPAN - 1, &parts[n]) >= 0)
		n += is_worth(s->unit, parts, n);
	if (s->unit->n_tokens < LONG_TOKENS)
		return n;
	take_lines(s->unit, s->window, &s->window[s->n_window - 1], &parts[n]);
	return n + is_worth(s->unit, parts, n);
}
