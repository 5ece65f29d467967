/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * folding.h - text to fold in one call, for the tests of fold, layers and
 * behaviour.
 */
#ifndef MPY_TEST_FOLDING_H
#define MPY_TEST_FOLDING_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../test.h"
#include "judge/fold.h"

struct folding {
	struct mpy_budget budget;
	struct mpy_token *tokens;
	size_t n_tokens;
	struct mpy_fold *fold;
};

/* The archive that the texts came in, if there is one. */
static const uint8_t *folding_archive;
static size_t folding_archive_size;

static inline void folding_start(struct folding *f, const char *text,
				 size_t size)
{
	struct mpy_lex *lex = malloc(sizeof(*lex));
	size_t room = size * 2 + 64, n;

	mpy_budget_init(&f->budget);
	f->tokens = malloc(room * sizeof(*f->tokens));
	f->n_tokens = 0;
	mpy_lex_start(lex, (const uint8_t *)text, size);
	while ((n = mpy_lex_next(lex, f->tokens + f->n_tokens,
				 room - f->n_tokens)))
		f->n_tokens += n;
	free(lex);
	if (mpy_fold_create((const uint8_t *)text, size, &f->budget,
			    &f->fold))
		abort();
	mpy_fold_own(f->fold, (const uint8_t *)text, size, true);
	mpy_fold_archive(f->fold, folding_archive, folding_archive_size);
	if (mpy_fold_feed(f->fold, f->tokens, f->n_tokens))
		abort();
}

static inline void folding_end(struct folding *f)
{
	mpy_fold_free(f->fold);
	free(f->tokens);
}

/* The last item of the text is a string of this value. */
static inline void folds_to(const char *text, const char *want)
{
	const struct mpy_fold_item *items;
	struct folding f;
	char got[256] = "(nothing)";
	size_t n;

	folding_start(&f, text, strlen(text));
	items = mpy_fold_items(f.fold, &n);
	if (n && items[n - 1].kind != MPY_FOLD_NAME &&
	    items[n - 1].size < sizeof(got)) {
		memcpy(got, items[n - 1].data, items[n - 1].size);
		got[items[n - 1].size] = '\0';
	}
	if (strcmp(got, want))
		printf("# in %s\n", text);
	CHECK_STR(got, want);
	folding_end(&f);
}

/* Does the text show the behaviour, in that line? line 0: in any. */
static inline bool shows(const char *text, enum mpy_behaviour id,
			 uint32_t line)
{
	struct folding f;
	const struct mpy_behaviour_seen *seen;
	bool result;

	folding_start(&f, text, strlen(text));
	seen = &mpy_fold_behaviours(f.fold)->seen[id];
	result = seen->count && (!line || seen->line == line);
	if (!result)
		printf("# no %s (line %u) in:\n# %s\n",
		       mpy_behaviour_name(id)->slug, seen->line, text);
	folding_end(&f);
	return result;
}

/* Is the behaviour nowhere in the text? */
static inline bool lacks(const char *text, enum mpy_behaviour id)
{
	const struct mpy_behaviour_seen *seen;
	struct folding f;
	bool result;

	folding_start(&f, text, strlen(text));
	seen = &mpy_fold_behaviours(f.fold)->seen[id];
	result = !seen->count;
	if (!result)
		printf("# %s (line %u) in:\n# %s\n",
		       mpy_behaviour_name(id)->slug, seen->line, text);
	folding_end(&f);
	return result;
}

/* Nothing of strength 2 or more. */
static inline bool is_ordinary(const char *text)
{
	const struct mpy_behaviours *b;
	struct folding f;
	bool result = true;

	folding_start(&f, text, strlen(text));
	b = mpy_fold_behaviours(f.fold);
	for (int i = 0; i < MPY_BEH_COUNT; i++) {
		if (!b->seen[i].count ||
		    mpy_behaviour_name((enum mpy_behaviour)i)->strength < 2)
			continue;
		printf("# %s, line %u, in:\n# %s\n",
		       mpy_behaviour_name((enum mpy_behaviour)i)->slug,
		       b->seen[i].line, text);
		result = false;
	}
	folding_end(&f);
	return result;
}

#endif
