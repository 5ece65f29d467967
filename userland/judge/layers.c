// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From the steps of a fold to layers, and from the bytes of an archive or of
 * compiled code to what is in it. Steps that the text runs are layers
 * whatever they hold; others only if they look like a program.
 */
#include "layers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guess.h"
#include "lex.h"
#include "pyc.h"
#include "unpack.h"
#include "verdict.h"
#include "zip.h"

struct giving {
	struct mpy_budget *budget;
	mpy_found_fn found;
	void *context;
	unsigned int n; /* given so far */
};

/* 0, 1 if there may be no more layers, or what the callback returned. */
static int give(struct giving *g, struct mpy_found *found)
{
	if (!g->budget->layers) {
		g->budget->bounds |= MPY_BOUND_LAYERS;
		return 1;
	}
	g->budget->layers--;
	found->index = ++g->n;
	return g->found(g->context, found);
}

/* ---- steps --------------------------------------------------------------- */

/*
 * Which steps are layers: 0 none, else the index of the layer + 1. First
 * pass, backwards: those that are run or look like a program, and all that
 * they were made from.
 */
static void choose(const struct mpy_fold_step *steps, size_t n,
		   unsigned int *chosen)
{
	for (size_t i = n; i-- > 0;) {
		if (!chosen[i] && !steps[i].run &&
		    (steps[i].used ||
		     !mpy_guess_program(steps[i].data, steps[i].size)))
			continue;
		chosen[i] = 1;
		if (steps[i].parent)
			chosen[steps[i].parent - 1] = 1;
	}
}

static int give_steps(struct giving *g, const struct mpy_fold_step *steps,
		      size_t n, unsigned int *chosen)
{
	int result = 0;

	choose(steps, n, chosen);
	for (size_t i = 0; i < n && !result; i++) {
		const struct mpy_fold_step *s = &steps[i];
		struct mpy_found found = {
			.parent = s->parent ? chosen[s->parent - 1] : 0,
			.kind = s->kind,
			.data = s->data,
			.size = s->size,
			.line = s->line,
			.judge = s->run || !s->used,
			.run = s->run,
		};

		if (!chosen[i])
			continue;
		result = give(g, &found);
		chosen[i] = g->n;
	}
	return result;
}

/* ---- a program run in pieces --------------------------------------------- */

#define PIECES_LEAST 3
#define PIECE_MAX    4096u	  /* bytes; more is a program by itself */
#define PIECES_MAX   (256u << 10) /* bytes of all */

/* A step that may be one statement of several. */
static bool is_piece(const struct mpy_fold_step *s)
{
	return s->run && s->size <= PIECE_MAX && !memchr(s->data, 0, s->size);
}

/* Statements that are run one by one say more together, in their order. */
static int give_pieces(struct giving *g, const struct mpy_fold_step *steps,
		       size_t n)
{
	struct mpy_found found = { .kind = "pieces",
				   .judge = true,
				   .pieces = true };
	unsigned int count = 0;
	uint8_t *text, *p;
	size_t size = 0;
	int result;

	for (size_t i = 0; i < n && size <= PIECES_MAX; i++) {
		if (!is_piece(&steps[i]))
			continue;
		if (!count++)
			found.line = steps[i].line;
		size += steps[i].size + 1;
	}
	if (count < PIECES_LEAST || size > PIECES_MAX ||
	    !mpy_budget_decode(g->budget, size))
		return 0;
	text = p = malloc(size);
	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (!is_piece(&steps[i]))
			continue;
		memcpy(p, steps[i].data, steps[i].size);
		p += steps[i].size;
		*p++ = '\n';
	}
	found.data = text;
	found.size = size;
	result = give(g, &found);
	free(text);
	return result;
}

/* ---- strings that are not seen to be decoded ----------------------------- */

static bool is_known(const struct mpy_fold_step *steps, size_t n,
		     const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < n; i++)
		if (steps[i].size == size && !memcmp(steps[i].data, data, size))
			return true;
	return false;
}

#define CHAIN 12
#define DATA_MEMBERS 16 /* of an archive that are no code are looked at */
#define DATA_MAX     (1u << 20) /* bytes of one */
#define GROWS 8 /* strings that are looked at behind one */

struct chain {
	const char *kind[CHAIN];
	uint8_t *data[CHAIN];
	size_t size[CHAIN];
	unsigned int n;
};

/* Decodes as long as it can be guessed how. */
static int follow(struct mpy_budget *budget, const uint8_t *data, size_t size,
		  struct chain *chain)
{
	chain->n = 0;
	while (chain->n < CHAIN) {
		int r = mpy_guess_decode(budget, data, size,
					 &chain->kind[chain->n],
					 &chain->data[chain->n],
					 &chain->size[chain->n]);

		if (r)
			return r < 0 ? r : 0;
		data = chain->data[chain->n];
		size = chain->size[chain->n++];
		if (mpy_guess_program(data, size))
			return 0;
	}
	budget->bounds |= MPY_BOUND_DEPTH;
	return 0;
}

static int give_chain(struct giving *g, const struct chain *chain,
		      uint32_t line)
{
	unsigned int parent = 0;
	int result = 0;

	for (unsigned int i = 0; i < chain->n && !result; i++) {
		struct mpy_found found = {
			.parent = parent,
			.kind = chain->kind[i],
			.data = chain->data[i],
			.size = chain->size[i],
			.line = line,
			.judge = i + 1 == chain->n,
		};

		result = give(g, &found);
		parent = g->n;
	}
	return result;
}

static int give_string(struct giving *g, const struct mpy_fold_string *s,
		       const struct mpy_fold_step *steps, size_t n)
{
	struct chain chain;
	int result = follow(g->budget, s->data, s->size, &chain);

	if (!result && chain.n &&
	    mpy_guess_program(chain.data[chain.n - 1],
			      chain.size[chain.n - 1]) &&
	    !is_known(steps, n, chain.data[0], chain.size[0]) &&
	    !is_known(steps, n, chain.data[chain.n - 1],
		      chain.size[chain.n - 1]))
		result = give_chain(g, &chain, s->line);
	while (chain.n)
		free(chain.data[--chain.n]);
	return result;
}

/* Does a string soon behind string i begin with it: was more appended? */
static bool grows(const struct mpy_fold_string *strings, size_t n, size_t i)
{
	const struct mpy_fold_string *a = &strings[i];

	for (size_t k = i + 1; k < n && k <= i + GROWS; k++)
		if (strings[k].size > a->size &&
		    !memcmp(a->data, strings[k].data, a->size))
			return true;
	return false;
}

int mpy_layers_find(const struct mpy_fold *fold, struct mpy_budget *budget,
		    bool pieces, mpy_found_fn found, void *context)
{
	struct giving g = { .budget = budget, .found = found,
			    .context = context };
	const struct mpy_fold_string *strings;
	const struct mpy_fold_step *steps;
	size_t n, n_strings;
	unsigned int *chosen;
	int result = 0;

	steps = mpy_fold_steps(fold, &n);
	strings = mpy_fold_strings(fold, &n_strings);
	if (n) {
		chosen = calloc(n, sizeof(*chosen));
		if (!chosen)
			return -ENOMEM;
		result = give_steps(&g, steps, n, chosen);
		if (!result && pieces)
			result = give_pieces(&g, steps, n);
		free(chosen);
	}
	for (size_t i = 0; i < n_strings && !result; i++)
		if (!grows(strings, n_strings, i))
			result = give_string(&g, &strings[i], steps, n);
	return result < 0 ? result : 0;
}

/* ---- archives and compiled code ------------------------------------------ */

static bool ends_with(const struct mpy_zip_member *m, const char *end)
{
	size_t n = strlen(end);

	return m->name_size >= n &&
	       !memcmp(m->name + m->name_size - n, end, n);
}

/* 0: __main__, 1: other code, 2: nothing to be run. */
static unsigned int rank(const struct mpy_zip_member *m)
{
	if (ends_with(m, "__main__.py") || ends_with(m, "__main__.pyc"))
		return 0;
	return ends_with(m, ".py") || ends_with(m, ".pyc") ||
	       ends_with(m, ".pyw") || ends_with(m, ".pth") ? 1 : 2;
}

static int give_member(struct giving *g, const struct mpy_zip_member *member)
{
	struct mpy_found found = { .kind = "zip-member", .judge = true };
	size_t max = g->budget->decoded;
	uint8_t *data;
	int result;

	if (max > MPY_TEXT_MAX)
		max = MPY_TEXT_MAX;
	if (!max) {
		g->budget->bounds |= MPY_BOUND_DECODED;
		return 1;
	}
	result = mpy_zip_member(member, max, &data, &found.size);
	if (result < 0 || result == MPY_UNPACK_BAD)
		return result < 0 ? result : 0;
	if (result == MPY_UNPACK_CUT && found.size == max)
		g->budget->bounds |= MPY_BOUND_DECODED;
	mpy_budget_decode(g->budget, found.size);
	found.data = data;
	result = give(g, &found);
	free(data);
	return result;
}

/* A member that is no code by its name: what get_data() and exec() may take. */
static int give_data(struct giving *g, const struct mpy_zip_member *member)
{
	struct mpy_fold_string s = { .line = 0 };
	uint8_t *data;
	int result = mpy_zip_member(member, DATA_MAX, &data, &s.size);

	if (result < 0 || result == MPY_UNPACK_BAD)
		return result < 0 ? result : 0;
	s.data = data;
	result = 0;
	if (!mpy_budget_decode(g->budget, s.size))
		result = 1;
	else if (mpy_guess_program(data, s.size))
		result = give(g, &(struct mpy_found){ .kind = "zip-member",
						      .judge = true,
						      .data = data,
						      .size = s.size });
	else
		result = give_string(g, &s, NULL, 0);
	free(data);
	return result;
}

static int open_zip(struct giving *g, const uint8_t *data, size_t size)
{
	struct mpy_zip_member *list;
	int n = mpy_zip_list(data, size, &list), result = 0;
	unsigned int left = DATA_MEMBERS;

	if (n < 0)
		return n;
	for (unsigned int r = 0; r < 2; r++)
		for (int i = 0; i < n && !result; i++)
			if (rank(&list[i]) == r)
				result = give_member(g, &list[i]);
	for (int i = 0; i < n && !result && left; i++)
		if (rank(&list[i]) == 2 && list[i].size <= DATA_MAX &&
		    list[i].packed) {
			result = give_data(g, &list[i]);
			left--;
		}
	free(list);
	return result < 0 ? result : 0;
}

static int open_packed(struct giving *g, const uint8_t *data, size_t size)
{
	struct mpy_found found = { .judge = true };
	uint8_t *out;
	int result = mpy_guess_unpack(g->budget, data, size, &found.kind, &out,
				      &found.size);

	if (result)
		return result;
	found.data = out;
	result = give(g, &found);
	free(out);
	return result < 0 ? result : 0;
}

/*
 * Does the archive begin the file, or follow its "#!" line? An end record
 * behind a text does not unmake the text: Python runs it unless there is a
 * __main__ in the zip.
 */
static bool is_zip_alone(const uint8_t *data, size_t size)
{
	const uint8_t *end = NULL;

	if (size >= 2 && !memcmp(data, "#!", 2))
		end = memchr(data, '\n', size);
	if (end) {
		size -= (size_t)(end + 1 - data);
		data = end + 1;
	}
	return size >= 2 && !memcmp(data, "PK", 2);
}

/* Does a member of the archive begin there? */
static int is_member(const uint8_t *data, size_t size, const uint8_t *header)
{
	struct mpy_zip_member *list;
	int n = mpy_zip_list(data, size, &list), found = 0;

	if (n < 0)
		return n;
	for (int i = 0; i < n; i++) {
		const uint8_t *body = list[i].data;

		if (body - header >= 30 &&
		    (size_t)(body - header) ==
			    30u + header[26] + 256u * header[27] + header[28] +
				    256u * header[29])
			found = 1;
	}
	free(list);
	return found;
}

/* What its bytes are is said by the first two lines, and it is not UTF-8. */
static bool is_coded(const uint8_t *data, size_t size)
{
	size_t n = size < 512 ? size : 512;

	return memmem(data, n, "coding", 6) || data[0] >= 0xfe;
}

/*
 * The text in front of an archive whose first header begins a line: outside of
 * a string no compiler gets over that, so the archive's bytes are no code. *text
 * is NULL if they might be. 0 or -ENOMEM.
 */
static int text_in_front(struct mpy_budget *budget, const uint8_t *data,
			 size_t size, uint8_t **text, size_t *text_size)
{
	const uint8_t *at = memmem(data, size, "\nPK\3\4", 5);
	size_t front = at ? (size_t)(at + 1 - data) : 0, n;
	struct mpy_token tokens[64];
	bool open = false;
	struct mpy_lex lex;
	int member;

	if (!at || front > MPY_TEXT_MAX || is_coded(data, front) ||
	    !mpy_budget_step(budget, front / 8))
		return 0;
	member = is_member(data, size, at + 1);
	if (member <= 0)
		return member;
	mpy_lex_start(&lex, data, front);
	while ((n = mpy_lex_next(&lex, tokens, 64)))
		for (size_t i = 0; i < n; i++)
			open |= (tokens[i].kind == MPY_TOK_STRING ||
				 tokens[i].kind == MPY_TOK_FTEXT ||
				 tokens[i].kind == MPY_TOK_FSTART) &&
				tokens[i].start + tokens[i].length >= front;
	if (open)
		return 0;
	*text = malloc(front);
	if (!*text)
		return -ENOMEM;
	memcpy(*text, data, front);
	*text_size = front;
	return 0;
}

int mpy_layers_open(const uint8_t *data, size_t size,
		    struct mpy_budget *budget, mpy_found_fn found,
		    void *context, uint8_t **text, size_t *text_size)
{
	struct giving g = { .budget = budget, .found = found,
			    .context = context };
	unsigned int version;
	size_t offset = 0;
	int result;

	*text = NULL;
	*text_size = 0;
	version = mpy_pyc_version(data, size, &offset);
	if (version || mpy_pyc_is_marshal(data, size)) {
		result = mpy_pyc_text(data + offset, size - offset, version,
				      budget, text, text_size);
		if (result < 0)
			return result;
		if (!result || version)
			return 1;
	}
	if (mpy_guess_is_packed(data, size)) {
		result = open_packed(&g, data, size);
		return result < 0 ? result : 1;
	}
	if (mpy_zip_is(data, size)) {
		result = open_zip(&g, data, size);
		if (result < 0)
			return result;
		if (is_zip_alone(data, size))
			return 1;
		return text_in_front(budget, data, size, text, text_size);
	}
	return 0;
}
