// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * own.c - a program that reads its own file (a payload in its comments): then
 * the text that is read is at hand.
 */
#include "special.h"

#include <string.h>

#include "verdict.h"

#define LINES_MAX (1u << 16)

/* __file__, or the file once it is open. */
static bool is_own(const struct mpy_fold *f, const struct value *v)
{
	return (v->marks & T_SELF) &&
	       (v->kind == V_NAME ||
		(v->kind == V_UNKNOWN && v->u.origin == f->own_key));
}

bool mpy_own_text(struct mpy_fold *f, const struct value *v, struct value *out)
{
	const uint64_t marks = v->marks;

	if (!f->own || !is_own(f, v))
		return false;
	mpy_value_bytes(out, V_STR, f->own, f->own_size, 0);
	out->marks = marks | T_FILE;
	return true;
}

bool mpy_own_lines(struct mpy_fold *f, struct value *v)
{
	struct value text;

	return mpy_own_text(f, v, &text) && mpy_text_lines(f, &text, true, v);
}

void mpy_fold_own(struct mpy_fold *f, const uint8_t *text, size_t size)
{
	f->own = text;
	f->own_size = size;
	f->own_key = mpy_key("__file__", 8);
}

bool mpy_text_lines(struct mpy_fold *f, const struct value *text, bool keep,
		    struct value *out)
{
	const uint8_t *p = text->u.s.data, *end = p + text->u.s.size;
	struct list *list = mpy_list_new(f);
	struct value line = *text;

	if (!list || !mpy_budget_step(f->budget, text->u.s.size / 16))
		return false;
	line.grows = false;
	line.key = 0;
	while (p < end) {
		const uint8_t *next = memchr(p, '\n', (size_t)(end - p));

		line.u.s.data = p;
		line.u.s.size = (size_t)((next ? next : end) - p) +
				(keep && next);
		if (list->n == LINES_MAX) {
			f->budget->bounds |= MPY_BOUND_DECODED;
			return false;
		}
		if (!mpy_list_add(f, list, &line))
			return false;
		p = next ? next + 1 : end;
	}
	mpy_value_unknown(out, text->marks, text->line);
	out->kind = V_LIST;
	out->u.list = list;
	out->how = text->how;
	return true;
}
