// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a unit: archives and compiled code are opened, text is folded
 * and searched for layers, and so are the layers, a few levels deep.
 */
#include <stdlib.h>

#include "judge/layers.h"
#include "judge/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TOKENS 32768

struct unit {
	struct mpy_budget *budget;
	unsigned int depth;
	unsigned int last; /* index of the found before */
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void read_unit(struct mpy_budget *budget, const uint8_t *data,
		      size_t size, unsigned int depth);

static int found(void *context, const struct mpy_found *f)
{
	struct unit *unit = context;

	must(f->index == unit->last + 1);
	must(f->parent < f->index);
	must(f->kind);
	unit->last = f->index;
	if (f->judge && unit->depth < 4 && f->size < 65536)
		read_unit(unit->budget, f->data, f->size, unit->depth + 1);
	return 0;
}

static void read_text(struct mpy_budget *budget, const uint8_t *data,
		      size_t size, unsigned int depth)
{
	struct unit unit = { .budget = budget, .depth = depth };
	struct mpy_token *tokens = malloc(TOKENS * sizeof(*tokens));
	struct mpy_text text;
	struct mpy_fold *fold;
	struct mpy_lex lex;
	size_t n;

	must(tokens && !mpy_text_read(data, size, &text));
	mpy_lex_start(&lex, text.bytes, text.size);
	n = mpy_lex_next(&lex, tokens, TOKENS);
	must(!mpy_fold_create(text.bytes, text.size, budget, &fold));
	must(!mpy_fold_feed(fold, tokens, n));
	must(!mpy_layers_find(fold, budget, true, found, &unit));
	mpy_fold_free(fold);
	mpy_text_free(&text);
	free(tokens);
}

static void read_unit(struct mpy_budget *budget, const uint8_t *data,
		      size_t size, unsigned int depth)
{
	struct unit unit = { .budget = budget, .depth = depth };
	size_t text_size;
	uint8_t *text;
	int opened = mpy_layers_open(data, size, budget, found, &unit, &text,
				     &text_size);

	must(opened == 0 || opened == 1);
	if (opened && text)
		read_text(budget, text, text_size, depth);
	else if (!opened)
		read_text(budget, data, size, depth);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpy_budget budget;

	mpy_budget_init(&budget);
	budget.steps = 400000;
	budget.decoded = 4u << 20;
	read_unit(&budget, data, size, 0);
	must(budget.layers <= 64);
	return 0;
}
