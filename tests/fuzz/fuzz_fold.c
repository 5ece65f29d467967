// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any text through the lexer into the fold, whole or in two pieces: the
 * lists it gives are well formed, the budget is never overdrawn.
 */
#include <stdlib.h>

#include "judge/fold.h"
#include "judge/indicators.h"
#include "judge/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TOKENS 65536

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check(const struct mpy_fold *fold, size_t n_tokens)
{
	size_t n;
	const struct mpy_fold_item *items = mpy_fold_items(fold, &n);
	const struct mpy_fold_step *steps;
	volatile uint8_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		must(items[i].first <= items[i].last);
		must(items[i].last < n_tokens);
		must(!i || items[i - 1].last < items[i].first);
		for (size_t k = 0; k < items[i].size; k++)
			sum += items[i].data[k];
	}
	steps = mpy_fold_steps(fold, &n);
	for (size_t i = 0; i < n; i++) {
		must(steps[i].parent <= i);
		for (size_t k = 0; k < steps[i].size; k++)
			sum += steps[i].data[k];
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpy_indicators indicators = { 0 };
	struct mpy_token *tokens = malloc(TOKENS * sizeof(*tokens));
	struct mpy_budget budget;
	struct mpy_text text;
	struct mpy_fold *fold;
	struct mpy_lex lex;
	size_t n, half;

	must(tokens && !mpy_text_read(data, size, &text));
	mpy_lex_start(&lex, text.bytes, text.size);
	n = mpy_lex_next(&lex, tokens, TOKENS);
	mpy_budget_init(&budget);
	budget.steps = 200000;
	must(!mpy_fold_create(text.bytes, text.size, &budget, &fold));
	half = size && (data[size - 1] & 1) ? n / 2 : n;
	must(!mpy_fold_feed(fold, tokens, half));
	check(fold, half);
	if (half < n) {
		must(!mpy_fold_feed(fold, tokens + half, n - half));
		check(fold, n - half);
	}
	mpy_fold_free(fold);
	must(!mpy_indicators_scan(&indicators, text.bytes, text.size, 0));
	mpy_indicators_free(&indicators);
	mpy_text_free(&text);
	free(tokens);
	return 0;
}
