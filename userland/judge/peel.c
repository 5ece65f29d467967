// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * peel.c - the queue of units. A layer that is to be judged is copied when it
 * is found and freed when it has been read, so that few are alive at once.
 */
#include "peel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "layers.h"
#include "lex.h"
#include "zip.h"

#define PIECE_TOKENS (128u << 10) /* of one text alive at once */
#define BINARY_ROW   48		  /* more characters than a binary begins with */

struct waiting {
	struct waiting *next;
	unsigned int layer;
	bool pieces; /* it is made of pieces, or what it came from is */
	size_t size;
	uint8_t data[];
};

struct walk {
	const struct mpy_peel_ops *ops;
	void *context;
	struct mpy_budget *budget;
	const uint8_t *words;
	struct mpy_token *tokens;
	struct waiting *first, *last;
	unsigned int layers;			/* numbers given so far */
	unsigned int unit;			/* being read */
	bool pieces;				/* of that */
	const uint8_t *archive;			/* that all came in, or NULL */
	size_t archive_size;
	unsigned int numbers[MPY_LAYERS_MAX + 1]; /* of this call's founds */
};

static int enqueue(struct walk *w, const struct mpy_found *found,
		   unsigned int layer)
{
	struct waiting *item;

	if (!mpy_budget_keep(w->budget, found->size))
		return 0; /* noted as a bound */
	item = malloc(sizeof(*item) + found->size);
	if (!item)
		return -ENOMEM;
	item->next = NULL;
	item->layer = layer;
	item->pieces = w->pieces || found->pieces;
	item->size = found->size;
	memcpy(item->data, found->data, found->size);
	if (w->last)
		w->last->next = item;
	else
		w->first = item;
	w->last = item;
	return 0;
}

static int take_found(void *context, const struct mpy_found *found)
{
	struct walk *w = context;
	struct mpy_layer layer = { .kind = found->kind,
				   .data = found->data,
				   .size = found->size };
	int result = 0;

	if (w->layers == MPY_LAYERS_MAX || found->index > MPY_LAYERS_MAX) {
		w->budget->bounds |= MPY_BOUND_LAYERS;
		return 0;
	}
	layer.index = ++w->layers;
	layer.parent = found->parent && found->parent < found->index
			       ? w->numbers[found->parent]
			       : w->unit;
	w->numbers[found->index] = layer.index;
	if (w->ops->layer)
		result = w->ops->layer(w->context, &layer);
	if (!result && found->judge)
		result = enqueue(w, found, layer.index);
	return result;
}

/* Where the last whole line of the piece ends; n if there is none. */
static size_t cut(const struct mpy_token *tokens, size_t n)
{
	size_t i;

	for (i = n; i > n / 2; i--)
		if (tokens[i - 1].kind == MPY_TOK_NEWLINE)
			return i;
	return n;
}

static int read_piece(struct walk *w, struct mpy_unit *unit,
		      struct mpy_fold *fold, size_t n)
{
	const struct mpy_fold_item *items;
	size_t n_items;
	int result = mpy_fold_feed(fold, w->tokens, n);

	if (result)
		return result;
	items = mpy_fold_items(fold, &n_items);
	mpy_features_piece(&unit->features, w->tokens, n, items, n_items);
	unit->tokens = w->tokens;
	unit->n = n;
	unit->n_tokens += n;
	return w->ops->piece(w->context, unit);
}

static int read_pieces(struct walk *w, struct mpy_unit *unit, uint32_t line,
		       struct mpy_fold *fold)
{
	struct mpy_lex lex;
	size_t held = 0, n, used;
	int result = 0;

	mpy_lex_start(&lex, unit->text.bytes, unit->text.size);
	lex.line = line;
	while (!result) {
		n = mpy_lex_next(&lex, w->tokens + held, PIECE_TOKENS - held);
		held += n;
		if (!held)
			break;
		if (!mpy_budget_step(w->budget, held)) {
			unit->n = 0; /* the piece before is written over */
			break;
		}
		used = held == PIECE_TOKENS ? cut(w->tokens, held) : held;
		result = read_piece(w, unit, fold, used);
		memmove(w->tokens, w->tokens + used,
			(held - used) * sizeof(*w->tokens));
		held -= used;
	}
	return result;
}

/* No character of a text; the bell, white space and escape may be in one. */
static bool is_control(uint8_t c)
{
	return (c < ' ' && (c < '\a' || c > '\r') && c != 27) || c == 127;
}

#define ROW 16

typedef int8_t row __attribute__((vector_size(ROW)));

/* How many of p[0..n), a row at a time. */
static size_t count_control(const uint8_t *p, size_t n)
{
	size_t count = 0;

	while (n >= ROW) {
		size_t rows = n / ROW < INT8_MAX ? n / ROW : INT8_MAX;
		row found = { 0 };

		n -= rows * ROW;
		for (; rows; rows--, p += ROW) {
			row c;

			memcpy(&c, p, ROW);
			found -= ((c >= 0) & (c < ' ') &
				  ((c < '\a') | (c > '\r')) & (c != 27)) |
				 (c == 127);
		}
		for (unsigned int i = 0; i < ROW; i++)
			count += (uint8_t)found[i];
	}
	for (; n; n--)
		count += is_control(*p++);
	return count;
}

/*
 * Is it the bytes of an image, an executable, ... rather than of a text? Those
 * begin with few characters. A text with NULs in front or behind is one still:
 * some versions of Python end a line, or stop reading, at a NUL. With another
 * control character in front nothing runs.
 */
static bool is_binary(const uint8_t *p, size_t size)
{
	size_t n = size < 65536 ? size : 65536;
	size_t from = 0, to;

	if (count_control(p, n) * 20 <= n)
		return false;
	while (from < n && !p[from])
		from++;
	for (to = from; to < n && !is_control(p[to]);)
		to++;
	return to - from < BINARY_ROW;
}

static bool runs_a_step(const struct mpy_fold *fold)
{
	const struct mpy_fold_step *steps;
	size_t n;

	steps = mpy_fold_steps(fold, &n);
	for (size_t i = 0; i < n; i++)
		if (steps[i].run)
			return true;
	return false;
}

static void own_files(const struct walk *w, struct mpy_fold *fold,
		      const struct mpy_unit *unit)
{
	const struct mpy_text *text = &unit->text;

	mpy_fold_archive(fold, w->archive, w->archive_size);
	if (!unit->layer)
		mpy_fold_own(fold, text->bytes, text->size,
		     text->size == unit->size &&
			     !memcmp(text->bytes, unit->data, text->size));
}

/* A part of the text as if it had come alone; its layers are known. */
static int read_part(struct walk *w, const struct mpy_unit *unit,
		     const struct mpy_part *part)
{
	struct mpy_unit alone = *unit;
	struct mpy_fold *fold = NULL;
	int result;

	alone.text.bytes += part->from;
	alone.text.size = part->to - part->from;
	alone.n_tokens = 0;
	alone.part = true;
	mpy_features_start(&alone.features, alone.text.bytes, w->words);
	result = w->ops->start(w->context, &alone);
	if (!result)
		result = mpy_fold_create(alone.text.bytes, alone.text.size,
					 w->budget, &fold);
	if (!result)
		own_files(w, fold, unit);
	if (!result)
		result = read_pieces(w, &alone, part->line, fold);
	if (!result) {
		alone.behaviours = mpy_fold_behaviours(fold);
		result = w->ops->end(w->context, &alone);
	}
	mpy_fold_free(fold);
	return result;
}

static int read_parts(struct walk *w, const struct mpy_unit *unit,
		      const struct mpy_part *parts, int n)
{
	int result = 0;

	for (int i = 0; i < n && !result; i++)
		result = read_part(w, unit, &parts[i]);
	return result;
}

/* A unit that is a text, or stands for one. */
static int read_text(struct walk *w, struct mpy_unit *unit,
		     const uint8_t *data, size_t size)
{
	struct mpy_fold *fold = NULL;
	struct mpy_part parts[MPY_PARTS_MAX];
	int n = 0, result = mpy_text_read(data, size, &unit->text);

	if (result)
		return result;
	if (is_binary(unit->text.bytes, unit->text.size)) {
		mpy_text_free(&unit->text);
		return 0;
	}
	w->budget->bounds |= unit->text.bounds;
	mpy_features_start(&unit->features, unit->text.bytes, w->words);
	result = w->ops->start(w->context, unit);
	if (!result)
		result = mpy_fold_create(unit->text.bytes, unit->text.size,
					 w->budget, &fold);
	if (!result)
		own_files(w, fold, unit);
	if (!result)
		result = read_pieces(w, unit, 1, fold);
	if (!result) {
		unit->behaviours = mpy_fold_behaviours(fold);
		unit->carries = runs_a_step(fold);
		result = w->ops->end(w->context, unit);
	}
	if (!result)
		result = mpy_layers_find(fold, w->budget, !w->pieces, take_found,
					 w);
	if (!result && w->ops->parts)
		n = w->ops->parts(w->context, unit, parts);
	mpy_fold_free(fold); /* and with it what the unit does */
	if (!result)
		result = read_parts(w, unit, parts, n);
	if (!result && w->ops->done)
		result = w->ops->done(w->context);
	mpy_text_free(&unit->text);
	return result;
}

static int read_unit(struct walk *w, unsigned int layer, const uint8_t *data,
		     size_t size)
{
	struct mpy_unit unit = { .layer = layer, .data = data, .size = size };
	uint8_t *text = NULL;
	size_t text_size = 0;
	int opened, result = 0;

	w->unit = layer;
	opened = mpy_layers_open(data, size, w->budget, take_found, w, &text,
				 &text_size);
	if (!layer && mpy_zip_is(data, size)) {
		w->archive = data;
		w->archive_size = size;
	}
	if (opened < 0)
		result = opened;
	else if (text)
		result = read_text(w, &unit, text, text_size);
	else if (!opened)
		result = read_text(w, &unit, data, size);
	free(text);
	return result;
}

int mpy_peel(const uint8_t *data, size_t size, const uint8_t *words,
	     struct mpy_budget *budget, const struct mpy_peel_ops *ops,
	     void *context)
{
	struct walk w = { .ops = ops,
			  .context = context,
			  .budget = budget,
			  .words = words };
	struct waiting *item;
	int result;

	w.tokens = malloc(PIECE_TOKENS * sizeof(*w.tokens));
	result = w.tokens ? read_unit(&w, 0, data, size) : -ENOMEM;
	while ((item = w.first)) {
		w.first = item->next;
		if (!w.first)
			w.last = NULL;
		w.pieces = item->pieces;
		if (!result)
			result = read_unit(&w, item->layer, item->data,
					   item->size);
		mpy_budget_drop(budget, item->size);
		free(item);
	}
	free(w.tokens);
	return result;
}
