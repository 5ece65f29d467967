// SPDX-License-Identifier: GPL-2.0-or-later
/* train_cut.c - statements cut out of programs; see train_cut.h. */
#include "train_cut.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/lex.h"

#define TOKENS_MAX     (64u << 10)
#define TOKENS_LEAST   16 /* of less the single words would say too much */
#define STATEMENTS_MAX 4
#define BLOCK_MAX      8 /* statements of a block and what opens it */

struct statement {
	uint32_t first, end; /* its tokens */
	uint32_t level;	     /* of indentation */
};

struct source {
	const uint8_t *text;
	struct mpy_token *tokens;
	size_t n_tokens;
	struct statement *list;
	size_t n;
};

static bool is_layout(const struct mpy_token *t)
{
	return t->kind == MPY_TOK_NEWLINE || t->kind == MPY_TOK_INDENT ||
	       t->kind == MPY_TOK_DEDENT || t->kind == MPY_TOK_END;
}

static void find_statements(struct source *s)
{
	uint32_t level = 0, i, first = 0;

	for (i = 0; i < s->n_tokens; i++) {
		const struct mpy_token *t = &s->tokens[i];

		if (!is_layout(t))
			continue;
		if (i > first)
			s->list[s->n++] = (struct statement){ first, i, level };
		first = i + 1;
		level += t->kind == MPY_TOK_INDENT;
		level -= t->kind == MPY_TOK_DEDENT && level;
	}
}

static uint32_t line_of(const struct source *s, uint32_t token)
{
	return s->tokens[token].line;
}

static bool opens_block(const struct source *s, size_t i)
{
	return i + 1 < s->n && s->list[i + 1].level > s->list[i].level;
}

static bool is_import(const struct source *s, const struct statement *one)
{
	const struct mpy_token *t = &s->tokens[one->first];

	return t->kind == MPY_TOK_KEYWORD &&
	       (t->sub == MPY_KW_IMPORT || t->sub == MPY_KW_FROM);
}

static bool same_name(const struct source *s, const struct mpy_token *a,
		      const struct mpy_token *b)
{
	return b->kind == MPY_TOK_NAME && a->length == b->length &&
	       !memcmp(s->text + a->start, s->text + b->start, a->length);
}

/* Is a name of the import used by the statements from..to (exclusive)? */
static bool is_needed(const struct source *s, const struct statement *import,
		      size_t from, size_t to)
{
	uint32_t i, k;

	for (i = import->first; i < import->end; i++) {
		if (s->tokens[i].kind != MPY_TOK_NAME)
			continue;
		for (k = s->list[from].first; k < s->list[to - 1].end; k++)
			if (same_name(s, &s->tokens[i], &s->tokens[k]))
				return true;
	}
	return false;
}

static void put_imports(const struct source *s, size_t from, size_t to,
			FILE *out)
{
	const char *before = "";
	size_t i;

	for (i = 0; i < s->n; i++) {
		const struct statement *one = &s->list[i];
		const struct mpy_token *last = &s->tokens[one->end - 1];
		uint32_t start = s->tokens[one->first].start;

		if ((i >= from && i < to) || !is_import(s, one) ||
		    line_of(s, one->first) != last->line ||
		    !is_needed(s, one, from, to))
			continue;
		fputs(before, out);
		fwrite(s->text + start, 1, last->start + last->length - start,
		       out);
		before = "; ";
	}
	if (*before)
		fputc('\n', out);
}

/* Lines from..to (bytes) without the first one's indentation. */
static void put_lines(const uint8_t *text, size_t from, size_t to, FILE *out)
{
	size_t margin = 0, i, column = 0;

	while (from > margin && text[from - margin - 1] != '\n')
		margin++;
	for (i = from; i < to; i++) {
		if (text[i] == '\n')
			column = 0;
		else if (i > from && column < margin &&
			 (text[i] == ' ' || text[i] == '\t')) {
			column++;
			continue;
		} else
			column = margin;
		fputc(text[i], out);
	}
	fputc('\n', out);
}

/* Which statements: from..*to (exclusive) around the one at. */
static size_t choose(const struct source *s, size_t at, uint32_t seed,
		     size_t *to)
{
	size_t before = seed % STATEMENTS_MAX, end = at + 1, first = at;
	size_t after = (seed >> 8) % (STATEMENTS_MAX - before);

	if (opens_block(s, at))
		while (end < s->n && s->list[end].level > s->list[at].level &&
		       end - at < BLOCK_MAX)
			end++;
	for (; before && first && s->list[first - 1].level >= s->list[at].level;
	     before--)
		first--;
	/* not into the middle of a block */
	while (s->list[first].level > s->list[at].level)
		first++;
	for (; after && end < s->n && s->list[end].level >= s->list[at].level;
	     after--)
		end++;
	*to = end;
	return first;
}

static int cut(struct source *s, uint32_t line, uint32_t seed, uint8_t **out,
	       size_t *out_size)
{
	size_t at, from, to;
	char *text = NULL;
	FILE *f;

	find_statements(s);
	for (at = 0; at < s->n; at++)
		if (line_of(s, s->list[at].end - 1) >= line)
			break;
	if (at == s->n || line_of(s, s->list[at].first) > line)
		return 0;
	from = choose(s, at, seed, &to);
	if (to - from >= s->n ||
	    s->list[to - 1].end - s->list[from].first < TOKENS_LEAST)
		return 0;
	f = open_memstream(&text, out_size);
	if (!f)
		return -ENOMEM;
	put_imports(s, from, to, f);
	put_lines(s->text, s->tokens[s->list[from].first].start,
		  s->tokens[s->list[to - 1].end - 1].start +
			  s->tokens[s->list[to - 1].end - 1].length,
		  f);
	if (fclose(f)) {
		free(text);
		return -ENOMEM;
	}
	*out = (uint8_t *)text;
	return 0;
}

int mpy_cut(const uint8_t *data, size_t size, uint32_t line, uint32_t seed,
	    uint8_t **out, size_t *out_size)
{
	struct source s = { .text = data };
	struct mpy_lex lex;
	int result = -ENOMEM;

	*out = NULL;
	*out_size = 0;
	s.tokens = malloc(TOKENS_MAX * sizeof(*s.tokens));
	s.list = malloc(TOKENS_MAX * sizeof(*s.list));
	if (s.tokens && s.list) {
		mpy_lex_start(&lex, data, size);
		s.n_tokens = mpy_lex_next(&lex, s.tokens, TOKENS_MAX);
		result = cut(&s, line, seed, out, out_size);
	}
	free(s.tokens);
	free(s.list);
	return result;
}
