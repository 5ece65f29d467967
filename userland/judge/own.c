// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * own.c - a program that reads its own file (a payload in its comments): then
 * the text that is read is at hand.
 */
#include "convert.h"
#include "special.h"

#include <string.h>

#include "verdict.h"

#define LINES_MAX (1u << 16)
#define NOWHERE	  SIZE_MAX /* of a place that is not known */

/*
 * What is the program's own file has a number behind the key of __file__ as its
 * origin: 0 its path, then two for each time that it is opened, as text and as
 * bytes.
 */
static uint64_t origin_of(unsigned int handle, bool bytes)
{
	return mpy_key("__file__", 8) + 2 * handle + bytes;
}

/* __file__, what else is its path, or the file once it is open. */
static bool is_own(const struct value *v)
{
	return (v->marks & T_SELF) &&
	       (v->kind == V_NAME ||
		(v->kind == V_UNKNOWN && v->u.origin - origin_of(0, false) <
						 2 * (OWN_HANDLES + 1)));
}

/* 0: the path. */
static unsigned int handle_of(const struct value *v)
{
	return v->kind == V_NAME ? 0 :
				   (unsigned int)(v->u.origin -
						  origin_of(0, false)) / 2;
}

bool mpy_own_path(const struct value *v, struct value *out)
{
	if (!is_own(v) || handle_of(v))
		return false;
	mpy_value_unknown(out, v->marks, v->line);
	out->u.origin = origin_of(0, false);
	return true;
}

void mpy_own_open(struct mpy_fold *f, const struct value *path, bool bytes,
		  struct value *out)
{
	if (!is_own(path) || handle_of(path) || f->own.opened == OWN_HANDLES)
		return;
	f->own.opened++;
	f->own.at[f->own.opened] = 0;
	out->u.origin = origin_of(f->own.opened, bytes);
}

bool mpy_own_move(struct mpy_fold *f, const struct value *v,
		  const struct args *args)
{
	size_t *at;

	if (!is_own(v) || !handle_of(v))
		return false;
	at = &f->own.at[handle_of(v)];
	*at = NOWHERE;
	if (args && args->n == 1 && args->v[0].kind == V_INT && f->own.raw &&
	    args->v[0].u.i >= 0 && (uint64_t)args->v[0].u.i <= f->own.size)
		*at = (size_t)args->v[0].u.i;
	return true;
}

bool mpy_own_text(struct mpy_fold *f, const struct value *v, bool bytes,
		  struct value *out)
{
	const uint64_t marks = v->marks;
	size_t at;

	if (!f->own.text || !is_own(v))
		return false;
	at = f->own.at[handle_of(v)];
	mpy_own_move(f, v, NULL); /* it is at its end then */
	bytes |= v->kind == V_UNKNOWN && ((v->u.origin - origin_of(0, false)) & 1);
	if (at == NOWHERE || (bytes && !f->own.raw))
		return false;
	mpy_value_bytes(out, bytes ? V_BYTES : V_STR, f->own.text + at,
			f->own.size - at, 0);
	out->marks = marks | T_FILE;
	return true;
}

bool mpy_own_lines(struct mpy_fold *f, struct value *v)
{
	struct value text;

	return mpy_own_text(f, v, false, &text) &&
	       mpy_text_lines(f, &text, true, v);
}

void mpy_fold_own(struct mpy_fold *f, const uint8_t *text, size_t size,
		  bool raw)
{
	f->own.text = text;
	f->own.size = size;
	f->own.raw = raw;
}

void mpy_fold_archive(struct mpy_fold *f, const uint8_t *data, size_t size)
{
	f->own.archive = data;
	f->own.archive_size = size;
}

bool mpy_own_archive(const struct mpy_fold *f, const struct value *path,
		     struct value *out)
{
	if (!f->own.archive || !(path->marks & T_SELF))
		return false;
	mpy_value_bytes(out, V_BYTES, f->own.archive, f->own.archive_size, 0);
	return true;
}

bool mpy_own_member(struct mpy_fold *f, const struct value *name,
		    struct value *out)
{
	struct value archive;

	if (!f->own.archive)
		return false;
	mpy_value_bytes(&archive, V_BYTES, f->own.archive,
			f->own.archive_size, 0);
	return mpy_codec_member(f, &archive, name, out);
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
