// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * regexp.c - a pattern's nodes are tried one after the other; where there is a
 * choice, a mark is left to come back to. A repetition of one character leaves
 * one mark, however long it is.
 */
#include "regexp_inside.h"

#include <string.h>

#include "text.h"

#define NOT_FOUND SIZE_MAX
#define STEPS_MAX (1u << 22) /* of one search */

struct matcher {
	const struct mpy_regexp *re;
	const uint8_t *p;
	size_t size;
	size_t n_marks;
	uint64_t steps, most; /* taken, and that may be */
	size_t refused; /* where a match without a character is none */
	size_t slots[2 * MPY_RE_GROUPS];
	size_t round[MPY_RE_NODES]; /* where that of a RE_SPLIT began last */
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

	if (at >= m->size || !mpy_regexp_in(m->re->sets[set], m->p[at]))
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

static bool is_at(const struct matcher *m, enum re_op op, size_t at)
{
	switch (op) {
	case RE_TEXT_START:
		return !at;
	case RE_LINE_START:
		return !at || m->p[at - 1] == '\n';
	case RE_TEXT_END:
		return at == m->size;
	case RE_LINE_END:
		return at == m->size ||
		       (m->p[at] == '\n' &&
			(at + 1 == m->size ||
			 (m->re->flags & MPY_RE_MULTILINE)));
	default:
		return (is_word(m, at) != (at && is_word(m, at - 1))) ==
		       (op == RE_BORDER);
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
					 .left = node->max == RE_NO_END ?
							 RE_NO_END :
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
			k->left -= k->left != RE_NO_END;
			*at = k->at += step;
			return k->node + 1;
		}
		*at = k->at;
		m->n_marks--;
		if (k->node && m->re->nodes[k->node - 1].op == RE_SPLIT)
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
	m->steps += m->re->n / 16;
	for (size_t k = 0; k < 2 * MPY_RE_GROUPS; k++)
		m->slots[k] = NOT_FOUND;
	memset(m->round, 0xff, m->re->n * sizeof(*m->round));
	while (i >= 0) {
		const struct mpy_regexp_node *node = &m->re->nodes[i];
		size_t step = 0;

		if (full || ++m->steps >= m->most)
			return -1;
		ok = true;
		switch ((enum re_op)node->op) {
		case RE_CHARACTER:
			step = one(m, node->set, at);
			ok = step;
			break;
		case RE_RUN:
			ok = run(m, i, &at, &full);
			break;
		case RE_SPLIT:
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
		case RE_JUMP:
			/* a round without a character would go on for ever */
			i += node->other < 0 && m->round[i + node->other] == at ?
				     1 :
				     node->other;
			continue;
		case RE_SAVE:
			full = !mark(m, (struct mpy_regexp_mark){
						.node = -1,
						.slot = node->slot,
						.at = m->slots[node->slot] });
			m->slots[node->slot] = at;
			break;
		case RE_MATCH:
			ok = at != m->refused || m->slots[0] != at;
			if (ok)
				return 1;
			break;
		default:
			ok = is_at(m, (enum re_op)node->op, at);
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

	if (!re->ascii || !re->runes)
		return true;
	for (size_t i = 0; i < size; i++)
		all |= p[i];
	return all < 128;
}

int mpy_regexp_find(const struct mpy_regexp *re, const uint8_t *p, size_t size,
		    size_t at, enum mpy_regexp_how how,
		    struct mpy_budget *budget, struct mpy_regexp_match *match)
{
	struct matcher m = { .re = re,
			     .p = p,
			     .size = size,
			     .most = budget->steps < STEPS_MAX ?
					     budget->steps :
					     STEPS_MAX,
			     .refused = how == MPY_RE_NEXT ? at : NOT_FOUND };
	int found;

	do {
		found = match_at(&m, at++);
		/* no match begins within a character */
		while (re->runes && at < size && (p[at] & 0xC0) == 0x80)
			at++;
	} while (!found && how != MPY_RE_HERE && at <= size);
	if (!mpy_budget_step(budget, 1 + m.steps))
		return -1;
	for (unsigned int i = 0; found > 0 && i < MPY_RE_GROUPS; i++) {
		match->group[i].from = m.slots[2 * i];
		match->group[i].to = m.slots[2 * i + 1];
		if (match->group[i].to == NOT_FOUND)
			match->group[i].from = NOT_FOUND;
	}
	return found;
}
