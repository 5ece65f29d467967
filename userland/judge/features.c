// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * features.c - hashed n-grams of tokens. A word is what a token counts as: a
 * known name itself, an unknown one its shape, a string its kind. Of the words
 * as written come 1-, 2- and 3-grams (of signs that every text has no 1-grams);
 * of the names alone (punctuation left out), as folding resolves them, 2- and
 * 3-grams; of the words inside of strings 1- and 2-grams. So both views of an
 * obfuscated text count, the written and the folded one. Docstrings and
 * comments count for nothing: they do nothing.
 */
#include "features.h"

#include <string.h>

#include "fold.h"
#include "hashing.h"
#include "lex.h"
#include "look.h"

#define PIECES_MAX 160	/* words looked at in one string */
#define ROW_MAX	   16 /* numbers in a row that count: tables are no words */
#define STRING_MAX 8192 /* bytes looked at in one string */
#define WORD_MAX   64	/* a longer name counts by its first bytes */
#define HOWS	   (sizeof((struct mpy_stats){ 0 }.how) / sizeof(uint32_t))
#define HOWS_MASK  ((uint32_t)((1ull << HOWS) - 1))

/* Seeds keep the kinds of words and grams apart. */
enum {
	SEED_NAME = 1,
	SEED_SHAPE,
	SEED_KEYWORD,
	SEED_OPERATOR,
	SEED_NUMBER,
	SEED_NUMBER_SHAPE,
	SEED_STRING,
	SEED_STRING_SHAPE,
	SEED_PIECE,
	SEED_OTHER,
	SEED_GRAM1,
	SEED_GRAM2,
	SEED_GRAM3,
	SEED_NAMES2,
	SEED_NAMES3,
	SEED_PIECE1,
	SEED_PIECE2
};

struct sign {
	uint32_t word;
	uint32_t alone; /* the 1-gram's hash */
};

#define SIGN(n, seed)                                                 \
	{                                                             \
		MPY_PAIR(n, 0, seed),                                 \
		MPY_PAIR(MPY_PAIR(n, 0, seed), 0, SEED_GRAM1)         \
	}
#define SIGNS_4(n, seed) \
	SIGN(n, seed), SIGN((n) + 1, seed), SIGN((n) + 2, seed), \
		SIGN((n) + 3, seed)
#define SIGNS_16(n, seed)                                                 \
	SIGNS_4(n, seed), SIGNS_4((n) + 4, seed), SIGNS_4((n) + 8, seed), \
		SIGNS_4((n) + 12, seed)
#define SIGNS_64(n, seed)                                           \
	SIGNS_16(n, seed), SIGNS_16((n) + 16, seed),                \
		SIGNS_16((n) + 32, seed), SIGNS_16((n) + 48, seed)

static const struct sign operators[256] = {
	SIGNS_64(0, SEED_OPERATOR), SIGNS_64(64, SEED_OPERATOR),
	SIGNS_64(128, SEED_OPERATOR), SIGNS_64(192, SEED_OPERATOR)
};
static const struct sign keywords[64] = { SIGNS_64(0, SEED_KEYWORD) };
static const struct sign others[16] = { SIGNS_16(0, SEED_OTHER) };

static const bool common_sign[256] = {
	['('] = true, [')'] = true, ['['] = true, [']'] = true,
	['.'] = true, [','] = true, [':'] = true, ['='] = true
};

static bool known(const struct mpy_features *f, uint32_t word)
{
	uint32_t n = word >> (32 - MPY_WORD_BITS);

	return !f->words || (f->words[n >> 3] >> (n & 7) & 1);
}

static unsigned int size_class(size_t size)
{
	unsigned int n = 0;

	for (; size; size >>= 2)
		n++;
	return n;
}

/* What a character of a name is; ALIKE are those that look like another. */
enum {
	LOWER = 1,
	UPPER = 2,
	DIGIT = 4,
	UNDER = 8,
	WIDE = 16,
	ALIKE = 32,
	HEX = 64
};

/* clang-format off */
static const uint8_t name_class[256] = {
	['a' ... 'f'] = LOWER | HEX, ['g' ... 'h'] = LOWER,
	['i'] = LOWER | ALIKE, ['j' ... 'k'] = LOWER, ['l'] = LOWER | ALIKE,
	['m' ... 'n'] = LOWER, ['o'] = LOWER | ALIKE, ['p' ... 'z'] = LOWER,
	['A' ... 'F'] = UPPER | HEX, ['G' ... 'H'] = UPPER,
	['I'] = UPPER | ALIKE, ['J' ... 'N'] = UPPER, ['O'] = UPPER | ALIKE,
	['P' ... 'Z'] = UPPER,
	['0' ... '1'] = DIGIT | HEX | ALIKE, ['2' ... '9'] = DIGIT | HEX,
	['_'] = UNDER | ALIKE, [0x80 ... 0xff] = WIDE
};
/* clang-format on */

static uint32_t name_shape(const uint8_t *p, size_t size, bool *same)
{
	unsigned int seen = 0, hex = 0, shape;
	unsigned int common = ALIKE; /* to all of its characters */
	size_t i;

	for (i = 0; i < size; i++) {
		uint8_t class = name_class[p[i]];

		seen |= class;
		common &= class;
		hex += class / HEX;
	}
	if (size <= 3)
		common = 0;
	shape = size_class(size) << 8 |
		(seen & (LOWER | UPPER | DIGIT | UNDER | WIDE)) | common |
		(hex + 2 >= size && seen & DIGIT && size > 5) << 6 |
		(size && p[0] == '_') << 7;
	*same = common;
	return mpy_hash_pair(shape, 0, SEED_SHAPE);
}

static uint32_t spelled_word(const struct mpy_features *f, const uint8_t *p,
			     size_t size)
{
	uint32_t word;
	bool alike;

	if (size > WORD_MAX)
		size = WORD_MAX;
	word = mpy_hash_bytes(p, size, SEED_NAME);
	return known(f, word) ? word : name_shape(p, size, &alike);
}

static inline uint32_t name_word(struct mpy_features *f,
				 const struct mpy_token *t)
{
	char name[WORD_MAX];
	const uint8_t *p = f->text + t->start;
	size_t size = t->length;
	uint32_t word;
	bool alike;

	f->stats.names++;
	if (t->sub & MPY_NAME_WIDE) {
		size = mpy_lex_name(f->text, t, name, sizeof(name));
		p = (const uint8_t *)name;
		f->stats.wide++;
	} else if (size > WORD_MAX) {
		size = WORD_MAX;
	}
	word = mpy_hash_bytes(p, size, SEED_NAME);
	if (known(f, word))
		return word;
	word = name_shape(p, size, &alike);
	f->stats.unknown++;
	f->stats.alike += alike;
	return word;
}

static uint32_t number_word(const struct mpy_features *f,
			    const struct mpy_token *t)
{
	if (t->length <= 8) {
		uint32_t word = mpy_hash_bytes(f->text + t->start, t->length,
					       SEED_NUMBER);

		if (t->length == 1 || known(f, word))
			return word;
	}
	return mpy_hash_pair(t->sub, size_class(t->length), SEED_NUMBER_SHAPE);
}

static uint32_t string_word(struct mpy_features *f, const uint8_t *p,
			    size_t size, size_t whole, unsigned int flags)
{
	unsigned int kind = mpy_look(p, size < 512 ? size : 512);
	bool coded = kind == MPY_LOOK_HEX || kind == MPY_LOOK_BASE64;

	f->stats.strings += whole;
	f->stats.urls += kind == MPY_LOOK_URL;
	f->stats.escaped += kind == MPY_LOOK_ESCAPED;
	f->stats.coded += coded ? whole : 0;
	if (whole > f->stats.longest)
		f->stats.longest = whole;
	if (coded && whole > f->stats.longest_coded)
		f->stats.longest_coded = whole;
	if (whole && whole <= 32) {
		uint32_t word = mpy_hash_bytes(p, whole, SEED_STRING);

		if (known(f, word))
			return word;
	}
	return mpy_hash_pair(kind,
			     size_class(whole) << 1 | (flags & MPY_STR_BYTES),
			     SEED_STRING_SHAPE);
}

static uint32_t bucket(uint32_t hash)
{
	return hash >> (32 - MPY_BUCKET_BITS);
}

/* Room for so many more grams; NULL if the block is full. */
static uint32_t *more(struct mpy_features *f, size_t count)
{
	uint32_t *out = f->grams + f->n;

	if (f->n + count > MPY_GRAMS_ROOM)
		return NULL;
	f->n += count;
	return out;
}

/* Where the gram is from that stands so many before the end. */
static void place(struct mpy_features *f, size_t back, uint32_t first,
		  size_t last)
{
	f->places[f->n - back] = (struct mpy_place){ first, (uint32_t)last };
}

static bool piece_byte(uint8_t c)
{
	return name_class[c] & (LOWER | UPPER | DIGIT | WIDE);
}

/* Words inside of strings are the same in either case. */
static void lower(uint8_t *out, const uint8_t *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = p[i] | (name_class[p[i]] & UPPER) << 4;
}

/* One word inside of a string. */
static uint32_t piece_word(const struct mpy_features *f, const uint8_t *p,
			   size_t size)
{
	uint8_t low[WORD_MAX];
	uint32_t word;
	bool alike;

	if (size > 32)
		return mpy_hash_pair(size_class(size),
				     mpy_look(p, size < 64 ? size : 64),
				     SEED_PIECE);
	lower(low, p, size);
	word = mpy_hash_bytes(low, size, SEED_PIECE);
	return known(f, word) ? word : name_shape(low, size, &alike);
}

/* Separators that make a difference between two words of a string. */
static uint32_t separator(const uint8_t *p, size_t size)
{
	return size ? (uint32_t)p[0] << 8 | p[size - 1] : 0;
}

static void add_pieces(struct mpy_features *f, const uint8_t *p, size_t size,
		       size_t token)
{
	uint32_t before = 0, word, both;
	size_t i = 0, start, gap = 0;
	unsigned int count = 0;

	while (i < size && count++ < PIECES_MAX) {
		uint32_t *out;

		start = i;
		while (i < size && !piece_byte(p[i]))
			i++;
		gap = i - start;
		start = i;
		while (i < size && piece_byte(p[i]))
			i++;
		if (i == start)
			break;
		if (!(name_class[p[start]] & DIGIT))
			f->text_row = 0;
		else if (f->text_row++ >= ROW_MAX)
			continue;
		word = piece_word(f, p + start, i - start);
		out = more(f, 2);
		if (!out)
			return;
		both = mpy_hash_pair(before, word, SEED_PIECE2);
		out[0] = bucket(mpy_hash_pair(word, 0, SEED_PIECE1));
		out[1] = bucket(mpy_hash_pair(
			both, separator(p + start - gap, gap), SEED_PIECE2));
		if (f->places) {
			place(f, 2, (uint32_t)token, token);
			place(f, 1, (uint32_t)token, token);
		}
		before = word;
	}
}

/* Contents of a string token with its escapes decoded, cut at STRING_MAX. */
static const uint8_t *string_body(const struct mpy_features *f,
				  const struct mpy_token *t, uint8_t *buffer,
				  size_t *size, size_t *whole)
{
	uint32_t start, length;

	mpy_lex_body(f->text, t, &start, &length);
	*whole = length;
	*size = length < STRING_MAX ? length : STRING_MAX;
	if (t->sub & MPY_STR_RAW || !memchr(f->text + start, '\\', *size))
		return f->text + start;
	*size = mpy_lex_unescape(f->text + start, *size, t->sub, buffer);
	if (length < STRING_MAX)
		*whole = *size;
	return buffer;
}

/* A string that is a statement of its own does nothing. */
static bool is_docstring(const struct mpy_features *f, size_t i)
{
	uint8_t before = i ? f->tokens[i - 1].kind : MPY_TOK_NEWLINE;
	uint8_t after = i + 1 < f->n_tokens ? f->tokens[i + 1].kind
					    : MPY_TOK_END;

	return (before == MPY_TOK_NEWLINE || before == MPY_TOK_INDENT ||
		before == MPY_TOK_DEDENT) &&
	       (after == MPY_TOK_NEWLINE || after == MPY_TOK_END);
}

/* The 2- and 3-gram that end in the word, for which there is room. */
static inline void add_grams(struct mpy_features *f, uint32_t word, size_t i,
			     uint32_t *out)
{
	uint32_t before = f->gram[0];
	uint32_t pair = mpy_hash_pair(before, word, SEED_GRAM2);
	uint32_t triple = mpy_hash_pair(f->gram[1], pair, SEED_GRAM3);

	f->gram[1] = before;
	f->gram[0] = word;
	out[0] = bucket(pair);
	out[1] = bucket(triple);
	if (!f->places)
		return;
	place(f, 2, f->gram_at[0], i);
	place(f, 1, f->gram_at[1], i);
	f->gram_at[1] = f->gram_at[0];
	f->gram_at[0] = (uint32_t)i;
}

/* alone: the word's 1-gram */
static inline void add_words(struct mpy_features *f, uint32_t word,
			     uint32_t alone, size_t i)
{
	uint32_t *out = more(f, 3);

	if (!out)
		return;
	out[0] = bucket(alone);
	if (f->places)
		place(f, 3, (uint32_t)i, i);
	add_grams(f, word, i, out + 1);
}

static void add_word(struct mpy_features *f, uint32_t word, size_t i)
{
	add_words(f, word, mpy_hash_pair(word, 0, SEED_GRAM1), i);
}

static void add_sign(struct mpy_features *f, const struct sign *sign, size_t i)
{
	add_words(f, sign->word, sign->alone, i);
}

/* A sign that stands in every text and so says nothing alone. */
static void add_common(struct mpy_features *f, const struct sign *sign,
		       size_t i)
{
	uint32_t *out = more(f, 2);

	if (out)
		add_grams(f, sign->word, i, out);
}

static inline void add_names(struct mpy_features *f, uint32_t word, size_t i)
{
	uint32_t before = f->name[0];
	uint32_t pair = mpy_hash_pair(before, word, SEED_NAMES2);
	uint32_t triple = mpy_hash_pair(f->name[1], pair, SEED_NAMES3);
	uint32_t *out = more(f, 2);

	if (!out)
		return;
	f->name[1] = before;
	f->name[0] = word;
	out[0] = bucket(pair);
	out[1] = bucket(triple);
	if (!f->places)
		return;
	place(f, 2, f->name_at[0], i);
	place(f, 1, f->name_at[1], i);
	f->name_at[1] = f->name_at[0];
	f->name_at[0] = (uint32_t)i;
}

/* Keywords that say what happens, not only how the text is built. */
static bool telling(uint8_t keyword)
{
	return keyword == MPY_KW_IMPORT || keyword == MPY_KW_FROM ||
	       keyword == MPY_KW_EXCEPT || keyword == MPY_KW_LAMBDA ||
	       keyword == MPY_KW_WHILE || keyword == MPY_KW_TRUE;
}

static void add_string(struct mpy_features *f, size_t i, bool folded)
{
	const struct mpy_token *t = &f->tokens[i];
	uint8_t buffer[STRING_MAX];
	const uint8_t *body;
	size_t size, whole, holds;
	uint32_t word, start, length;

	body = string_body(f, t, buffer, &size, &whole);
	if (t->length > f->stats.holds) {
		mpy_lex_body(f->text, t, &start, &length);
		holds = mpy_look_holds(f->text + start, length);
		if (holds > f->stats.holds)
			f->stats.holds = holds;
	}
	word = string_word(f, body, size, whole, t->sub);
	add_word(f, word, i);
	if (!folded)
		add_names(f, word, i);
	add_pieces(f, body, size, i);
}

/* The folded view: what the tokens of an item amount to. */
static void add_item(struct mpy_features *f, const struct mpy_fold_item *item,
		     size_t i)
{
	const uint8_t *p = item->data;
	size_t size = item->size < STRING_MAX ? item->size : STRING_MAX;
	uint32_t how;

	for (how = item->how & HOWS_MASK; how; how &= how - 1)
		f->stats.how[__builtin_ctz(how)]++;
	if (item->kind == MPY_FOLD_NAME) {
		while (size) {
			size_t part = mpy_bytes_before(p, size, '.');
			size_t step = part + (part < size);

			add_names(f, spelled_word(f, p, part), i);
			p += step;
			size -= step;
		}
	} else {
		/* only strings that are written count */
		const struct mpy_stats kept = f->stats;
		unsigned int flags = item->kind == MPY_FOLD_TEXT
					     ? 0
					     : MPY_STR_BYTES;

		add_names(f, string_word(f, p, size, item->size, flags), i);
		add_pieces(f, p, size, i);
		f->stats = kept;
	}
}

/* On to the item that token i is in, or to the next one. */
static void next_item(struct mpy_features *f, size_t i)
{
	while (f->item < f->n_items && f->items[f->item].last < i)
		f->item++;
	f->item_from = f->item < f->n_items ? f->items[f->item].first
					    : SIZE_MAX;
}

/* Is token i inside of an item? The item is added at its first token. */
static bool fold_token(struct mpy_features *f, size_t i)
{
	if (i < f->item_from)
		return false;
	next_item(f, i);
	if (i < f->item_from)
		return false;
	if (i == f->item_from)
		add_item(f, &f->items[f->item], i);
	return true;
}

/* Is the pass at token i all that an except does? */
static bool is_quiet(const struct mpy_features *f, size_t i)
{
	size_t back;

	for (back = 1; back <= 6 && back <= i; back++) {
		const struct mpy_token *t = &f->tokens[i - back];

		if (t->kind == MPY_TOK_KEYWORD)
			return t->sub == MPY_KW_EXCEPT;
	}
	return false;
}

static void count_keyword(struct mpy_features *f, size_t i)
{
	uint8_t keyword = f->tokens[i].sub;

	f->stats.imports += keyword == MPY_KW_IMPORT;
	f->stats.defs += keyword == MPY_KW_DEF;
	f->stats.classes += keyword == MPY_KW_CLASS;
	f->stats.quiet += keyword == MPY_KW_PASS && is_quiet(f, i);
}

static void add_token(struct mpy_features *f, size_t i)
{
	const struct mpy_token *t = &f->tokens[i];
	bool folded = fold_token(f, i);
	uint32_t word;

	if (t->kind != MPY_TOK_NUMBER &&
	    (t->kind != MPY_TOK_OP || t->sub != ','))
		f->row = 0;
	switch ((enum mpy_tok)t->kind) {
	case MPY_TOK_END:
	case MPY_TOK_INDENT:
	case MPY_TOK_DEDENT:
		return;
	case MPY_TOK_NAME:
		f->text_row = 0;
		word = name_word(f, t);
		add_word(f, word, i);
		if (!folded)
			add_names(f, word, i);
		return;
	case MPY_TOK_STRING:
		if (is_docstring(f, i))
			f->stats.docs += t->length;
		else
			add_string(f, i, folded);
		return;
	case MPY_TOK_FTEXT:
		add_string(f, i, folded);
		return;
	case MPY_TOK_KEYWORD:
		count_keyword(f, i);
		add_sign(f, &keywords[t->sub], i);
		if (telling(t->sub) && !folded)
			add_names(f, keywords[t->sub].word, i);
		return;
	case MPY_TOK_NUMBER:
		f->stats.numbers++;
		if (f->row++ < ROW_MAX)
			add_word(f, number_word(f, t), i);
		return;
	case MPY_TOK_OP:
		if (t->sub == ',' && f->row > ROW_MAX)
			return;
		if (t->sub == ';')
			f->stats.semicolons++;
		if (common_sign[t->sub])
			add_common(f, &operators[t->sub], i);
		else
			add_sign(f, &operators[t->sub], i);
		return;
	case MPY_TOK_ERROR:
		f->stats.errors++;
		add_sign(f, &others[t->kind], i);
		return;
	case MPY_TOK_NEWLINE:
		if (i && t[-1].kind == MPY_TOK_STRING && is_docstring(f, i - 1))
			return;
		add_common(f, &others[t->kind], i);
		return;
	case MPY_TOK_FSTART:
	case MPY_TOK_FOPEN:
	case MPY_TOK_FSPEC:
	case MPY_TOK_FCLOSE:
	case MPY_TOK_FEND:
		add_sign(f, &others[t->kind], i);
		return;
	}
}

void mpy_features_start(struct mpy_features *f, const uint8_t *text,
			const uint8_t *words)
{
	memset(f, 0, sizeof(*f));
	f->text = text;
	f->words = words;
}

void mpy_features_piece(struct mpy_features *f,
			const struct mpy_token *tokens, size_t n_tokens,
			const struct mpy_fold_item *items, size_t n_items)
{
	f->tokens = tokens;
	f->n_tokens = n_tokens;
	f->at = 0;
	f->items = items;
	f->n_items = n_items;
	f->item = 0;
	f->item_from = 0;
	memset(f->gram, 0, sizeof(f->gram));
	memset(f->gram_at, 0, sizeof(f->gram_at));
	memset(f->name, 0, sizeof(f->name));
	memset(f->name_at, 0, sizeof(f->name_at));
	f->row = 0;
}

size_t mpy_features_block(struct mpy_features *f, uint32_t *grams,
			  struct mpy_place *places, size_t *first, size_t *end)
{
	size_t i = f->at, stop = f->n_tokens;

	if (stop - i > MPY_BLOCK_TOKENS)
		stop = i + MPY_BLOCK_TOKENS;
	f->grams = grams;
	f->places = places;
	f->n = 0;
	*first = i;
	while (i < stop && f->n < MPY_BLOCK_GRAMS)
		add_token(f, i++);
	f->at = i;
	*end = i;
	return f->n;
}

static size_t piece_words(const uint8_t *p, size_t size, uint32_t *words,
			  size_t room)
{
	uint8_t low[WORD_MAX];
	size_t i = 0, n = 0, start;
	unsigned int count = 0;

	while (i < size && count++ < PIECES_MAX && n < room) {
		while (i < size && !piece_byte(p[i]))
			i++;
		start = i;
		while (i < size && piece_byte(p[i]))
			i++;
		if (i == start || i - start > 32)
			continue;
		lower(low, p + start, i - start);
		words[n++] = mpy_hash_bytes(low, i - start, SEED_PIECE) >>
			     (32 - MPY_WORD_BITS);
	}
	return n;
}

static size_t string_words(const struct mpy_features *f,
			   const struct mpy_token *t, uint32_t *words,
			   size_t room)
{
	uint8_t buffer[STRING_MAX];
	const uint8_t *body;
	size_t size, whole, n = 0;

	body = string_body(f, t, buffer, &size, &whole);
	if (whole && whole <= 32 && n < room)
		words[n++] = mpy_hash_bytes(body, whole, SEED_STRING) >>
			     (32 - MPY_WORD_BITS);
	return n + piece_words(body, size, words + n, room - n);
}

size_t mpy_features_words(const uint8_t *text, const struct mpy_token *tokens,
			  size_t n_tokens, uint32_t *words, size_t room)
{
	struct mpy_features f;
	size_t i, n = 0;

	mpy_features_start(&f, text, NULL);
	mpy_features_piece(&f, tokens, n_tokens, NULL, 0);
	for (i = 0; i < n_tokens && n < room; i++) {
		const struct mpy_token *t = &tokens[i];

		if (t->kind == MPY_TOK_NAME)
			words[n++] = name_word(&f, t) >> (32 - MPY_WORD_BITS);
		else if (t->kind == MPY_TOK_NUMBER && t->length <= 8)
			words[n++] = number_word(&f, t) >> (32 - MPY_WORD_BITS);
		else if (t->kind == MPY_TOK_FTEXT ||
			 (t->kind == MPY_TOK_STRING && !is_docstring(&f, i)))
			n += string_words(&f, t, words + n, room - n);
	}
	return n;
}
