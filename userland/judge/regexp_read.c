// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * regexp_read.c - a pattern becomes a program of nodes. A repetition of one
 * character is one node, that of more is copies of their nodes.
 */
#include "regexp_inside.h"

#include <stdlib.h>
#include <string.h>

#define NESTED	 16   /* groups in groups */
#define REPEATED 1000 /* the highest number in braces */

struct reader {
	struct mpy_regexp *re;
	const uint8_t *p;
	size_t size, at;
	unsigned int nested;
};

static bool alternatives(struct reader *r);

static int peek(const struct reader *r)
{
	return r->at < r->size ? r->p[r->at] : -1;
}

static bool take(struct reader *r, char c)
{
	if (peek(r) != c)
		return false;
	r->at++;
	return true;
}

static struct mpy_regexp_node *add(struct reader *r, enum re_op op)
{
	struct mpy_regexp *re = r->re;
	struct mpy_regexp_node *node = &re->nodes[re->n];

	if (re->n == MPY_RE_NODES)
		return NULL;
	re->n++;
	*node = (struct mpy_regexp_node){ .op = (uint8_t)op };
	return node;
}

/* Room for a node in front of node "first". */
static struct mpy_regexp_node *insert(struct reader *r, size_t first,
				      enum re_op op)
{
	struct mpy_regexp_node *nodes = r->re->nodes;

	if (!add(r, op))
		return NULL;
	memmove(&nodes[first + 1], &nodes[first],
		(r->re->n - 1 - first) * sizeof(*nodes));
	nodes[first] = (struct mpy_regexp_node){ .op = (uint8_t)op };
	return &nodes[first];
}

static void put(uint8_t *set, unsigned int c)
{
	set[c >> 3] |= (uint8_t)(1u << (c & 7));
}

/* \d, \s, \w and what they are not; false if c is none of them. */
static bool put_kind(const struct reader *r, uint8_t *set, int c)
{
	if (c < 0 || !memchr("dDsSwW", c, 6))
		return false;
	r->re->ascii = true;
	for (unsigned int i = 0; i < 256; i++) {
		bool digit = i >= '0' && i <= '9';
		bool is = (c | 32) == 'd' ? digit :
			  (c | 32) == 's' ? i == ' ' || (i >= 9 && i <= 13) ||
			  (i >= 28 && i <= 31 && r->re->runes) :
			  digit || i == '_' || (i > 127 && r->re->runes) ||
			  ((i | 32) >= 'a' && (i | 32) <= 'z');

		if (is == (c >= 'a'))
			put(set, i);
	}
	return true;
}

static int hex(int c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* The character behind a backslash; -1: another meaning, or none. */
static int escaped(struct reader *r)
{
	static const char letters[] = "ntrfva", values[] = "\n\t\r\f\v\a";
	int c = peek(r), high, low;
	const char *letter;

	if (c < 0 || c > 127)
		return -1;
	r->at++;
	letter = c ? strchr(letters, c) : NULL;
	if (letter)
		return values[letter - letters];
	if (c == 'x' && r->at + 2 <= r->size) {
		high = hex(r->p[r->at]);
		low = hex(r->p[r->at + 1]);
		r->at += 2;
		c = high * 16 + low;
		return high < 0 || low < 0 || (c > 127 && r->re->runes) ? -1
									: c;
	}
	return (c | 32) >= 'a' && (c | 32) <= 'z' ? -1 :
	       c >= '0' && c <= '9' ? -1 : c;
}

/* With the flag i, the other case of what is in it. */
static void put_cases(const struct reader *r, uint8_t *set)
{
	for (unsigned int c = 'a'; c <= 'z'; c++)
		if ((r->re->flags & MPY_RE_IGNORECASE) &&
		    (mpy_regexp_in(set, c) || mpy_regexp_in(set, c - 32))) {
			put(set, c);
			put(set, c - 32);
		}
}

/* Behind "[". */
static bool read_set(struct reader *r, uint8_t *set)
{
	bool not_in = take(r, '^'), first = true;
	int c, last;

	for (; peek(r) >= 0 && (first || peek(r) != ']'); first = false) {
		c = r->p[r->at++];
		if (c == '\\') {
			if (put_kind(r, set, peek(r))) {
				r->at++;
				continue;
			}
			c = escaped(r);
		}
		last = c;
		if (peek(r) == '-' && r->at + 1 < r->size &&
		    r->p[r->at + 1] != ']') {
			r->at++;
			last = r->p[r->at++];
			if (last == '\\')
				last = escaped(r);
		}
		/* single ones of those beyond ASCII cannot be told */
		if (c < 0 || last < c || last > (r->re->runes ? 127 : 255))
			return false;
		for (; c <= last; c++)
			put(set, (unsigned int)c);
	}
	put_cases(r, set);
	for (unsigned int i = 0; not_in && i < 32; i++)
		set[i] = (uint8_t)~set[i];
	return take(r, ']');
}

static bool add_set(struct reader *r, const uint8_t *set)
{
	struct mpy_regexp *re = r->re;
	struct mpy_regexp_node *node = add(r, RE_CHARACTER);
	size_t i;

	for (i = 0; i < re->n_sets; i++)
		if (!memcmp(re->sets[i], set, 32))
			break;
	if (!node || i == MPY_RE_SETS)
		return false;
	memcpy(re->sets[i], set, 32);
	re->n_sets += i == re->n_sets;
	node->set = (uint8_t)i;
	return true;
}

static bool add_character(struct reader *r, uint8_t *set, unsigned int c)
{
	put(set, c);
	put_cases(r, set);
	return add_set(r, set);
}

static bool add_save(struct reader *r, unsigned int slot)
{
	struct mpy_regexp_node *node = add(r, RE_SAVE);

	if (node)
		node->slot = (uint8_t)slot;
	return node;
}

/* (?ims) before everything else: "i" and so on behind "(?". */
static bool read_flags(struct reader *r)
{
	for (int c; (c = peek(r)) >= 0; r->at++)
		switch (c) {
		case 'i':
			r->re->flags |= MPY_RE_IGNORECASE;
			break;
		case 'm':
			r->re->flags |= MPY_RE_MULTILINE;
			break;
		case 's':
			r->re->flags |= MPY_RE_DOTALL;
			break;
		case 'a':
		case 'u':
			break;
		default:
			return take(r, ')');
		}
	return false;
}

/* Behind "(". */
static bool read_group(struct reader *r)
{
	unsigned int number = 0;
	bool ok;

	if (take(r, '?')) {
		if (take(r, 'P')) {
			const uint8_t *end =
				memchr(r->p + r->at, '>', r->size - r->at);

			if (peek(r) != '<' || !end)
				return false;
			r->at = (size_t)(end - r->p) + 1;
			number = ++r->re->groups;
		} else if (!take(r, ':')) {
			return r->re->n == 1 && read_flags(r);
		}
	} else {
		number = ++r->re->groups;
	}
	if (number >= MPY_RE_GROUPS || ++r->nested > NESTED ||
	    (number && !add_save(r, 2 * number)))
		return false;
	ok = alternatives(r) && take(r, ')') &&
	     (!number || add_save(r, 2 * number + 1));
	r->nested--;
	return ok;
}

/* Behind a backslash: what is no character. */
static bool read_escape(struct reader *r, uint8_t *set)
{
	int c = peek(r);

	if (c == 'A' || c == 'Z' || c == 'b' || c == 'B') {
		r->at++;
		r->re->ascii |= (c | 32) == 'b';
		return add(r, c == 'A' ? RE_TEXT_START :
			      c == 'Z' ? RE_TEXT_END :
			      c == 'b' ? RE_BORDER : RE_NO_BORDER);
	}
	if (put_kind(r, set, c)) {
		r->at++;
		return add_set(r, set);
	}
	c = escaped(r);
	if (c < 0)
		return false;
	return add_character(r, set, (unsigned int)c);
}

static bool read_atom(struct reader *r)
{
	const bool lines = r->re->flags & MPY_RE_MULTILINE;
	uint8_t set[32] = { 0 };
	int c = r->p[r->at++];

	switch (c) {
	case '(':
		return read_group(r);
	case '[':
		return read_set(r, set) && add_set(r, set);
	case '\\':
		return read_escape(r, set);
	case '.':
		memset(set, 255, sizeof(set));
		if (!(r->re->flags & MPY_RE_DOTALL))
			set['\n' >> 3] &= (uint8_t)~(1u << ('\n' & 7));
		return add_set(r, set);
	case '^':
		return add(r, lines ? RE_LINE_START : RE_TEXT_START);
	case '$':
		return add(r, RE_LINE_END);
	default:
		if (c > 127 || strchr("*+?", c))
			return false;
		return add_character(r, set, (unsigned int)c);
	}
}

static uint32_t number(struct reader *r, uint32_t absent)
{
	uint32_t n = 0;

	if (peek(r) < '0' || peek(r) > '9')
		return absent;
	for (; peek(r) >= '0' && peek(r) <= '9'; r->at++)
		n = n > REPEATED ? n : n * 10 + r->p[r->at] - '0';
	return n;
}

/* *, +, ?, {3}, {3,}, {,3}, {3,5}: how often; false if there is none. */
static bool read_times(struct reader *r, uint32_t *min, uint32_t *max)
{
	size_t start = r->at;

	*min = peek(r) == '+';
	*max = peek(r) == '?' ? 1 : RE_NO_END;
	if (take(r, '*') || take(r, '+') || take(r, '?'))
		return true;
	if (!take(r, '{'))
		return false;
	*min = number(r, 0);
	*max = *min;
	if (take(r, ','))
		*max = number(r, RE_NO_END);
	if (take(r, '}') && r->at > start + 2 && *max >= *min)
		return true;
	r->at = start; /* a brace like any other character */
	return false;
}

static bool copy(struct reader *r, const struct mpy_regexp_node *nodes,
		 size_t n)
{
	if (n > MPY_RE_NODES - r->re->n)
		return false;
	memcpy(&r->re->nodes[r->re->n], nodes, n * sizeof(*nodes));
	r->re->n += n;
	return true;
}

/* The n nodes once more or not: then on "behind" the choice. */
static bool add_choice(struct reader *r, const struct mpy_regexp_node *nodes,
		       size_t n, bool lazy, size_t behind)
{
	struct mpy_regexp_node *node = add(r, RE_SPLIT);

	if (!node)
		return false;
	node->lazy = lazy;
	node->other = (int16_t)behind;
	return copy(r, nodes, n);
}

/* The nodes from first on, min to max times. */
static bool repeat(struct reader *r, size_t first, uint32_t min, uint32_t max,
		   bool lazy)
{
	struct mpy_regexp *re = r->re;
	struct mpy_regexp_node atom[MPY_RE_NODES], *node;
	const size_t n = re->n - first;
	uint32_t i;

	if (n == 1 && re->nodes[first].op == RE_CHARACTER) {
		if (min > REPEATED || (max > REPEATED && max != RE_NO_END))
			return false;
		node = &re->nodes[first];
		node->op = RE_RUN;
		node->min = min;
		node->max = max;
		node->lazy = lazy;
		return true;
	}
	if (min > MPY_RE_NODES || (max > MPY_RE_NODES && max != RE_NO_END))
		return false;
	memcpy(atom, &re->nodes[first], n * sizeof(*atom));
	re->n = first;
	for (i = 0; i < min; i++)
		if (!copy(r, atom, n))
			return false;
	if (max == RE_NO_END) {
		if (!add_choice(r, atom, n, lazy, n + 2))
			return false;
		node = add(r, RE_JUMP);
		if (node)
			node->other = (int16_t)-(int)(n + 1);
		return node;
	}
	for (; i < max; i++)
		if (!add_choice(r, atom, n, lazy, n + 1))
			return false;
	return true;
}

static bool sequence(struct reader *r)
{
	uint32_t min, max;
	bool lazy;

	while (peek(r) >= 0 && peek(r) != '|' && peek(r) != ')') {
		size_t first = r->re->n;

		if (!read_atom(r))
			return false;
		if (!read_times(r, &min, &max))
			continue;
		lazy = take(r, '?');
		if (r->re->n > first && !repeat(r, first, min, max, lazy))
			return false;
	}
	return true;
}

static bool alternatives(struct reader *r)
{
	size_t first = r->re->n, behind;
	struct mpy_regexp_node *node;

	if (!sequence(r))
		return false;
	if (!take(r, '|'))
		return true;
	node = insert(r, first, RE_SPLIT);
	if (!node || !add(r, RE_JUMP))
		return false;
	behind = r->re->n;
	r->re->nodes[first].other = (int16_t)(behind - first);
	if (!alternatives(r))
		return false;
	r->re->nodes[behind - 1].other = (int16_t)(r->re->n - behind + 1);
	return true;
}

bool mpy_regexp_read(struct mpy_regexp *re, const uint8_t *p, size_t size,
		     unsigned int flags, bool runes)
{
	struct reader r = { .re = re, .p = p, .size = size };

	memset(re, 0, sizeof(*re));
	if (size > MPY_RE_PATTERN)
		return false;
	re->flags = flags;
	re->runes = runes;
	re->nodes = malloc(MPY_RE_NODES * sizeof(*re->nodes));
	re->marks = malloc(MPY_RE_MARKS * sizeof(*re->marks));
	if (re->nodes && re->marks && !(flags & MPY_RE_VERBOSE) &&
	    add_save(&r, 0) && alternatives(&r) && r.at == size &&
	    add_save(&r, 1) && add(&r, RE_MATCH)) {
		re->ascii |= re->flags & MPY_RE_IGNORECASE;
		return true;
	}
	mpy_regexp_free(re);
	return false;
}

void mpy_regexp_free(struct mpy_regexp *re)
{
	free(re->nodes);
	free(re->marks);
	re->nodes = NULL;
	re->marks = NULL;
}
