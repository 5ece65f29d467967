// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * regexp.c - a pattern becomes a program of nodes that are tried one after the
 * other; where there is a choice, a mark is left to come back to. A repetition
 * of one character is one node and one mark, however long it is.
 */
#include "regexp.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define NESTED	  16	    /* groups in groups */
#define REPEATED  1000	    /* the highest number in braces */
#define NO_END	  UINT32_MAX
#define NOT_FOUND SIZE_MAX
#define STEPS_MAX (1u << 22) /* of one search */
#define PAID	  4	     /* of these steps cost one of the budget's */

enum op {
	CHARACTER, /* set */
	RUN,	   /* set, min to max times */
	SPLIT,	   /* go on behind it, or at + other; lazy: the other first */
	JUMP,	   /* at + other */
	SAVE,	   /* the place, as slot */
	LINE_START,
	LINE_END,
	TEXT_START,
	TEXT_END,
	BORDER,
	NO_BORDER,
	MATCH
};

struct mpy_regexp_node {
	uint8_t op;
	bool lazy;
	uint8_t set;
	uint8_t slot;
	int16_t other;
	uint32_t min, max;
};

/* What is done on coming back: at a node, with the place. */
struct mpy_regexp_mark {
	int32_t node; /* -1: slot gets its place back */
	uint32_t slot;
	size_t at;
	size_t low; /* a RUN gives up characters down to here */
	bool run;
	bool grow; /* or takes one more, up to left of them */
	uint32_t left;
};

/* ---- reading ------------------------------------------------------------- */

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

static struct mpy_regexp_node *add(struct reader *r, enum op op)
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
				      enum op op)
{
	struct mpy_regexp_node *nodes = r->re->nodes;

	if (!add(r, op))
		return NULL;
	memmove(&nodes[first + 1], &nodes[first],
		(r->re->n - 1 - first) * sizeof(*nodes));
	nodes[first] = (struct mpy_regexp_node){ .op = (uint8_t)op };
	return &nodes[first];
}

static bool in(const uint8_t *set, unsigned int c)
{
	return set[c >> 3] >> (c & 7) & 1;
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
		    (in(set, c) || in(set, c - 32))) {
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
	struct mpy_regexp_node *node = add(r, CHARACTER);
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
	struct mpy_regexp_node *node = add(r, SAVE);

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
		return add(r, c == 'A' ? TEXT_START :
			      c == 'Z' ? TEXT_END :
			      c == 'b' ? BORDER : NO_BORDER);
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
		return add(r, lines ? LINE_START : TEXT_START);
	case '$':
		return add(r, LINE_END);
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
	*max = peek(r) == '?' ? 1 : NO_END;
	if (take(r, '*') || take(r, '+') || take(r, '?'))
		return true;
	if (!take(r, '{'))
		return false;
	*min = number(r, 0);
	*max = *min;
	if (take(r, ','))
		*max = number(r, NO_END);
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

/* The nodes from first on, min to max times. */
static bool repeat(struct reader *r, size_t first, uint32_t min, uint32_t max,
		   bool lazy)
{
	struct mpy_regexp *re = r->re;
	struct mpy_regexp_node atom[MPY_RE_NODES], *node;
	const size_t n = re->n - first;
	uint32_t i;

	if (n == 1 && re->nodes[first].op == CHARACTER) {
		if (min > REPEATED || (max > REPEATED && max != NO_END))
			return false;
		node = &re->nodes[first];
		node->op = RUN;
		node->min = min;
		node->max = max;
		node->lazy = lazy;
		return true;
	}
	if (min > MPY_RE_NODES || (max > MPY_RE_NODES && max != NO_END))
		return false;
	memcpy(atom, &re->nodes[first], n * sizeof(*atom));
	re->n = first;
	for (i = 0; i < min; i++)
		if (!copy(r, atom, n))
			return false;
	if (max == NO_END) {
		node = add(r, SPLIT);
		if (!node)
			return false;
		node->lazy = lazy;
		node->other = (int16_t)(n + 2);
		if (!copy(r, atom, n))
			return false;
		node = add(r, JUMP);
		if (node)
			node->other = (int16_t)-(int)(n + 1);
		return node;
	}
	for (; i < max; i++) {
		node = add(r, SPLIT);
		if (!node)
			return false;
		node->lazy = lazy;
		node->other = (int16_t)(n + 1);
		if (!copy(r, atom, n))
			return false;
	}
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
	node = insert(r, first, SPLIT);
	if (!node || !add(r, JUMP))
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
	    add_save(&r, 1) && add(&r, MATCH)) {
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

/* ---- matching ------------------------------------------------------------ */

struct matcher {
	const struct mpy_regexp *re;
	const uint8_t *p;
	size_t size;
	size_t n_marks;
	uint64_t steps, most; /* taken, and that may be */
	size_t refused; /* where a match without a character is none */
	size_t slots[2 * MPY_RE_GROUPS];
	size_t round[MPY_RE_NODES]; /* where that of a SPLIT began last */
};

static bool mark(struct matcher *m, struct mpy_regexp_mark what)
{
	if (m->n_marks == MPY_RE_MARKS)
		return false;
	m->re->marks[m->n_marks++] = what;
	return true;
}

/* Length of the character at p[at] if it is in the set, else 0. */
static size_t one(const struct matcher *m, unsigned int set, size_t at)
{
	uint32_t value;

	if (at >= m->size || !in(m->re->sets[set], m->p[at]))
		return 0;
	return m->re->runes && m->p[at] > 127 ?
		       mpy_text_rune(m->p + at, m->size - at, &value) :
		       1;
}

static bool is_word(const struct matcher *m, size_t at)
{
	uint8_t c = at < m->size ? m->p[at] : 0;

	return c == '_' || (c >= '0' && c <= '9') ||
	       ((c | 32) >= 'a' && (c | 32) <= 'z') ||
	       (c > 127 && m->re->runes);
}

static bool is_at(const struct matcher *m, enum op op, size_t at)
{
	switch (op) {
	case TEXT_START:
		return !at;
	case LINE_START:
		return !at || m->p[at - 1] == '\n';
	case TEXT_END:
		return at == m->size;
	case LINE_END:
		return at == m->size ||
		       (m->p[at] == '\n' &&
			(at + 1 == m->size ||
			 (m->re->flags & MPY_RE_MULTILINE)));
	default:
		return (is_word(m, at) != (at && is_word(m, at - 1))) ==
		       (op == BORDER);
	}
}

/* As many as there are, or as few as there may be; false: too few. */
static bool run(struct matcher *m, int32_t at_node, size_t *at, bool *full)
{
	const struct mpy_regexp_node *node = &m->re->nodes[at_node];
	const uint32_t want = node->lazy ? node->min : node->max;
	size_t low = *at, step;
	uint32_t n = 0;

	while (n < want && m->steps < m->most &&
	       (step = one(m, node->set, *at))) {
		*at += step;
		m->steps++;
		if (++n == node->min)
			low = *at;
	}
	if (n < node->min)
		return false;
	if (node->lazy)
		*full = !mark(m, (struct mpy_regexp_mark){
					 .node = at_node,
					 .at = *at,
					 .grow = true,
					 .left = node->max == NO_END ?
							 NO_END :
							 node->max - node->min });
	else if (*at > low)
		*full = !mark(m, (struct mpy_regexp_mark){ .node = at_node,
							   .at = *at,
							   .low = low,
							   .run = true });
	return true;
}

/* Comes back to the newest mark: the node to go on at, -1: there is none. */
static int32_t back(struct matcher *m, size_t *at)
{
	while (m->n_marks) {
		struct mpy_regexp_mark *k = &m->re->marks[m->n_marks - 1];
		size_t step;

		if (k->node < 0) {
			m->slots[k->slot] = k->at;
			m->n_marks--;
			continue;
		}
		if (k->run) {
			do
				k->at--;
			while (m->re->runes && k->at > k->low &&
			       (m->p[k->at] & 0xC0) == 0x80);
			*at = k->at;
			m->n_marks -= k->at <= k->low;
			return k->node + 1;
		}
		if (k->grow) {
			step = k->left ? one(m, m->re->nodes[k->node].set,
					     k->at) : 0;
			if (!step) {
				m->n_marks--;
				continue;
			}
			k->left -= k->left != NO_END;
			*at = k->at += step;
			return k->node + 1;
		}
		*at = k->at;
		m->n_marks--;
		if (k->node && m->re->nodes[k->node - 1].op == SPLIT)
			m->round[k->node - 1] = k->at;
		return k->node;
	}
	return -1;
}

/* A match that begins at "at": 1, 0, or -1 if a bound was reached. */
static int match_at(struct matcher *m, size_t at)
{
	int32_t i = 0;
	bool full = false, ok;

	m->n_marks = 0;
	for (size_t k = 0; k < 2 * MPY_RE_GROUPS; k++)
		m->slots[k] = NOT_FOUND;
	memset(m->round, 0xff, m->re->n * sizeof(*m->round));
	while (i >= 0) {
		const struct mpy_regexp_node *node = &m->re->nodes[i];
		size_t step = 0;

		if (full || ++m->steps >= m->most)
			return -1;
		ok = true;
		switch ((enum op)node->op) {
		case CHARACTER:
			step = one(m, node->set, at);
			ok = step;
			break;
		case RUN:
			ok = run(m, i, &at, &full);
			break;
		case SPLIT:
			full = !mark(m, (struct mpy_regexp_mark){
						.node = i + (node->lazy ?
							     1 : node->other),
						.at = at });
			if (node->lazy) {
				i += node->other;
				continue;
			}
			m->round[i] = at;
			break;
		case JUMP:
			/* a round without a character would go on for ever */
			i += node->other < 0 && m->round[i + node->other] == at ?
				     1 :
				     node->other;
			continue;
		case SAVE:
			full = !mark(m, (struct mpy_regexp_mark){
						.node = -1,
						.slot = node->slot,
						.at = m->slots[node->slot] });
			m->slots[node->slot] = at;
			break;
		case MATCH:
			ok = at != m->refused || m->slots[0] != at;
			if (ok)
				return 1;
			break;
		default:
			ok = is_at(m, (enum op)node->op, at);
			break;
		}
		at += step;
		i = ok ? i + 1 : back(m, &at);
	}
	return 0;
}

bool mpy_regexp_fits(const struct mpy_regexp *re, const uint8_t *p,
		     size_t size)
{
	uint8_t all = 0;

	for (size_t i = 0; i < size; i++)
		all |= p[i];
	return all < 128 || !re->ascii || !re->runes;
}

int mpy_regexp_find(const struct mpy_regexp *re, const uint8_t *p, size_t size,
		    size_t at, enum mpy_regexp_how how,
		    struct mpy_budget *budget, struct mpy_regexp_match *match)
{
	struct matcher m = { .re = re,
			     .p = p,
			     .size = size,
			     .most = budget->steps < STEPS_MAX / PAID ?
					     budget->steps * PAID :
					     STEPS_MAX,
			     .refused = how == MPY_RE_NEXT ? at : NOT_FOUND };
	int found;

	do {
		found = match_at(&m, at++);
		/* no match begins within a character */
		while (re->runes && at < size && (p[at] & 0xC0) == 0x80)
			at++;
	} while (!found && how != MPY_RE_HERE && at <= size);
	if (!mpy_budget_step(budget, 1 + m.steps / PAID))
		return -1;
	for (unsigned int i = 0; found > 0 && i < MPY_RE_GROUPS; i++) {
		match->group[i].from = m.slots[2 * i];
		match->group[i].to = m.slots[2 * i + 1];
		if (match->group[i].to == NOT_FOUND)
			match->group[i].from = NOT_FOUND;
	}
	return found;
}
