// SPDX-License-Identifier: GPL-2.0-or-later
/* test_features.c - n-grams: what changes them and what does not. */
#include <stdlib.h>
#include <string.h>

#include "judge/features.h"
#include "judge/fold.h"
#include "judge/lex.h"
#include "judge/look.h"

#include "../test.h"

static uint8_t no_words[MPY_WORD_BYTES];
static uint32_t grams[MPY_GRAMS_ROOM];
static struct mpy_place places[MPY_GRAMS_ROOM], *wanted = places;

struct result {
	uint64_t digest;
	size_t grams, blocks;
	struct mpy_stats stats;
};

/* Number that depends on every bucket of a text. */
static struct result digest(const char *text, const uint8_t *words, bool fold)
{
	size_t size = strlen(text), n, first, end, i, n_items = 0;
	struct mpy_token *tokens = calloc(200000, sizeof(*tokens));
	const struct mpy_fold_item *items = NULL;
	struct result r = { .digest = 1 };
	struct mpy_fold *folded = NULL;
	struct mpy_budget budget;
	struct mpy_features f;
	struct mpy_lex lex;

	mpy_lex_start(&lex, (const uint8_t *)text, size);
	n = mpy_lex_next(&lex, tokens, 200000);
	mpy_budget_init(&budget);
	if (fold) {
		CHECK(mpy_fold_create((const uint8_t *)text, size, &budget,
				      &folded) == 0);
		CHECK(mpy_fold_feed(folded, tokens, n) == 0);
		items = mpy_fold_items(folded, &n_items);
	}
	mpy_features_start(&f, (const uint8_t *)text, words);
	mpy_features_piece(&f, tokens, n, items, n_items);
	for (;;) {
		n = mpy_features_block(&f, grams, wanted, &first, &end);
		if (first == end)
			break;
		r.blocks++;
		r.grams += n;
		for (i = 0; i < n; i++) {
			CHECK(grams[i] < MPY_BUCKETS);
			CHECK(!wanted || places[i].first <= places[i].last);
			CHECK(!wanted || places[i].last < end);
			r.digest = (r.digest ^ grams[i]) * 0x100000001b3u;
		}
	}
	r.stats = f.stats;
	mpy_fold_free(folded);
	free(tokens);
	return r;
}

#define SAME(a, b)                                       \
	CHECK(digest(a, no_words, false).digest == \
	      digest(b, no_words, false).digest)
#define DIFFERENT(a, b)                                  \
	CHECK(digest(a, no_words, false).digest != \
	      digest(b, no_words, false).digest)

static void test_comments_do_not_count(void)
{
	SAME("x = f(1)\n", "# a comment\nx = f(1)  # another\n");
	SAME("x = f(1)\n", "'''documentation'''\nx   =   f( 1 )\n");
	SAME("def f():\n  return 1\n", "def f():\n\t'doc'\n\treturn 1\n");
	DIFFERENT("x = f(1)\n", "x = f(2)\n");
	DIFFERENT("x = 'a'\n", "x = 'http://example.invalid/'\n");
}

static void test_unknown_names_count_by_shape(void)
{
	SAME("alpha = beta(gamma)\n", "delta = zeta(kappa)\n");
	DIFFERENT("alpha = beta(gamma)\n", "ALPHA = beta(gamma)\n");
	CHECK(digest("alpha = 1\n", NULL, false).digest !=
	      digest("delta = 1\n", NULL, false).digest);
}

static void test_folded_view(void)
{
	struct result plain = digest("__import__('os').system('x')", NULL,
				     true);
	struct result split = digest("__import__('o' + 's').system('x')", NULL,
				     true);

	CHECK(plain.digest != split.digest); /* as written */
	CHECK(split.stats.how[0] > 0);	     /* MPY_HOW_CONCAT */
	CHECK(digest("import os as x\nx.system('y')\n", NULL, true).digest !=
	      digest("import os as x\nx.system('y')\n", NULL, false).digest);
}

/* Whoever does not ask where the grams are from gets the same ones. */
/* Tables are no words, and nor are those that stand in strings. */
static void test_tables(void)
{
	char numbers[512] = "", text[2][700];
	size_t few[2];

	for (int i = 0; i < 100; i++)
		sprintf(numbers + strlen(numbers), "%d, ", i);
	snprintf(text[0], sizeof(text[0]), "x = '%.60s'\n", numbers);
	snprintf(text[1], sizeof(text[1]), "x = '%.60s' '%s'\n", numbers,
		 numbers + 60);
	for (int i = 0; i < 2; i++)
		few[i] = digest(text[i], NULL, false).grams;
	CHECK(few[1] <= few[0] + 8); /* the second string as a whole */
	snprintf(text[1], sizeof(text[1]), "x = '%.60s'\ny = '%.60s'\n",
		 numbers, numbers);
	CHECK(digest(text[1], NULL, false).grams > few[0] + 16);
}

static void test_places(void)
{
	static const char text[] = "import os as o\no.system('a b', 'c' + 'd')\n";
	uint64_t with = digest(text, NULL, true).digest;

	wanted = NULL;
	CHECK(digest(text, NULL, true).digest == with);
	wanted = places;
}

static void test_stats(void)
{
	struct result r = digest("import os; import re\n"
				 "'''doc'''\n"
				 "try:\n"
				 "    f('\\x41\\x42\\x43\\x44')\n"
				 "except Exception:\n"
				 "    pass\n"
				 "IlIl1O = 'http://example.invalid/a'\n"
				 "$\n",
				 no_words, false);

	CHECK(r.stats.imports == 2);
	CHECK(r.stats.semicolons == 1);
	CHECK(r.stats.docs == 9);
	CHECK(r.stats.quiet == 1);
	CHECK(r.stats.alike == 1);
	CHECK(r.stats.urls == 1);
	CHECK(r.stats.errors == 1);
	CHECK(r.stats.holds > 8 &&
	      r.stats.holds < strlen("http://example.invalid/a"));
}

static size_t holds(const char *written)
{
	return mpy_look_holds((const uint8_t *)written, strlen(written));
}

/* Bits a character, however it is written: as many as tell them apart. */
static void test_what_strings_hold(void)
{
	CHECK(holds("") == 0);
	CHECK(holds("aaaaaaaaaaaaaaaa") == 0);
	CHECK(holds("0100100001101001") == 2);
	CHECK(holds("\\u200b\\u200c\\u200b\\u200b\\u200c\\u200b\\u200b"
		    "\\u200b") == 1);
	CHECK(holds("\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8b\xe2\x80\x8b"
		    "\xe2\x80\x8b\xe2\x80\x8b\xe2\x80\x8b\xe2\x80\x8c") == 1);
	CHECK(holds("0123456789abcdef") == 8);
	CHECK(holds("\\x41\\x42\\x43\\x44\\x45\\x46\\x47\\x48") == 3);
	/* cut short */
	CHECK(holds("\\U0001f4") == 0);
	CHECK(holds("\\") == 0);
}

static void test_blocks_are_bounded(void)
{
	size_t size = 100000;
	char *text = malloc(size + 1);
	struct result r;

	memset(text, '(', size);
	text[size] = '\0';
	r = digest(text, no_words, false);
	CHECK(r.blocks >= size / MPY_BLOCK_TOKENS);
	CHECK(r.grams <= r.blocks * MPY_GRAMS_ROOM);
	memset(text, 'a', size);
	text[0] = '\'';
	text[size - 1] = '\'';
	CHECK(digest(text, no_words, false).grams < 100);
	free(text);
}

/* Pinned: a change of these is a change of the schema. */
static void test_pinned(void)
{
	struct result r = digest("import base64\nexec(base64.b64decode('eA=='))"
				 "\n",
				 NULL, true);

	CHECK(r.grams == 44);
	if (r.digest != 0x974bd381dd97c9e0u)
		printf("# digest 0x%llxu, %zu grams\n",
		       (unsigned long long)r.digest, r.grams);
	CHECK(r.digest == 0x974bd381dd97c9e0u);
}

int main(void)
{
	RUN(test_comments_do_not_count);
	RUN(test_unknown_names_count_by_shape);
	RUN(test_folded_view);
	RUN(test_tables);
	RUN(test_places);
	RUN(test_stats);
	RUN(test_what_strings_hold);
	RUN(test_blocks_are_bounded);
	RUN(test_pinned);
	return DONE();
}
