// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * own.c - a program that reads its own file (a payload in its comments): then
 * the text that is read is at hand.
 */
#include "eval.h"

#include <string.h>

#define LINES_MAX (1u << 16)

/* The file's path, or the file once it is open; not what was made of them. */
static bool is_own(const struct value *v)
{
	return (v->kind == V_UNKNOWN || v->kind == V_NAME) &&
	       (v->marks & T_SELF);
}

bool mpy_own_text(struct mpy_fold *f, const struct value *v, struct value *out)
{
	const uint64_t marks = v->marks;

	if (!is_own(v) || !f->own)
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
	while (p < end && list->n < LINES_MAX) {
		const uint8_t *next = memchr(p, '\n', (size_t)(end - p));
		size_t size = (size_t)((next ? next : end) - p);

		line.u.s.data = p;
		line.u.s.size = size + (keep && next);
		if (!mpy_list_add(f, list, &line))
			return false;
		p += size + 1;
	}
	mpy_value_unknown(out, text->marks, text->line);
	out->kind = V_LIST;
	out->u.list = list;
	out->how = text->how;
	return true;
}
