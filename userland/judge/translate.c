// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Characters for others or for nothing: maketrans() and translate().
 */
#include "convert.h"

#include <string.h>

#include "text.h"

/* Of bytes, by their numbers; of text, what is deleted in Python 2. */
static bool translate_bytes(struct mpy_fold *f, const struct value *self,
			    const struct args *args, struct value *out)
{
	const struct value *by = &args->v[0];
	const struct value *deleted = mpy_apply_text(args, 1);
	uint8_t table[256], *copy = mpy_arena_get(&f->arena, self->u.s.size);
	bool gone[256] = { false };
	struct value from, to;
	size_t n = 0;

	if (!copy || (args->n > 1 && !deleted) ||
	    !mpy_budget_step(f->budget, self->u.s.size / 32))
		return false;
	for (unsigned int i = 0; i < 256; i++)
		table[i] = (uint8_t)i;
	if (mpy_value_is_text(by) && by->u.s.size == 256) {
		memcpy(table, by->u.s.data, 256);
	} else if (by->kind == V_LIST && by->u.list->dict) {
		if (!mpy_budget_step(f->budget, by->u.list->n))
			return false;
		for (uint32_t k = 0; k + 1 < by->u.list->n; k += 2) {
			mpy_list_get(f, by->u.list, k, &from);
			mpy_list_get(f, by->u.list, k + 1, &to);
			if (from.kind != V_INT || to.kind != V_INT)
				return false;
			table[from.u.i & 255] = (uint8_t)to.u.i;
		}
	} else if (by->kind != V_NONE) {
		return false;
	}
	if (deleted && !mpy_budget_step(f->budget, deleted->u.s.size / 32))
		return false;
	for (size_t i = 0; deleted && i < deleted->u.s.size; i++)
		gone[deleted->u.s.data[i]] = true;
	for (size_t i = 0; i < self->u.s.size; i++)
		if (!gone[self->u.s.data[i]])
			copy[n++] = table[self->u.s.data[i]];
	out->u.s.data = copy;
	out->u.s.size = n;
	return true;
}

bool mpy_translate(struct mpy_fold *f, const struct value *self,
		   const struct args *args, struct value *out)
{
	struct value seq = *self, c, to;
	const struct list *table;
	uint32_t rune;
	bool hit;

	if (!args->n)
		return false;
	mpy_value_bytes(out, self->kind, f->text, 0,
			self->how | MPY_HOW_REPLACE);
	out->step = self->step;
	if (self->kind == V_BYTES || args->n > 1)
		return translate_bytes(f, self, args, out);
	if (args->v[0].kind != V_LIST || !args->v[0].u.list->dict ||
	    self->kind != V_STR || !mpy_seq_start(f, &seq))
		return false;
	table = args->v[0].u.list;
	for (int64_t i = 0; i < mpy_seq_size(&seq); i++) {
		mpy_seq_get(f, &seq, i, &c);
		if (!mpy_budget_step(f->budget, 1 + table->n / 16))
			return false;
		hit = false;
		mpy_text_rune(c.u.s.data, c.u.s.size, &rune);
		for (uint32_t k = table->n / 2; k-- > 0 && !hit;) {
			mpy_list_get(f, table, 2 * k, &to);
			hit = to.kind == V_INT ? to.u.i == rune :
			      mpy_value_is_text(&to) &&
				      to.u.s.size == c.u.s.size &&
				      !memcmp(to.u.s.data, c.u.s.data,
					      c.u.s.size);
			if (!hit)
				continue;
			mpy_list_get(f, table, 2 * k + 1, &c);
			if (c.kind == V_INT)
				mpy_value_char(f, (uint32_t)c.u.i, 0, &c);
		}
		if (hit && c.kind == V_NONE)
			continue;
		if (!mpy_value_is_text(&c) || !mpy_value_append(f, out, &c))
			return false;
	}
	return true;
}

void mpy_translate_make(struct mpy_fold *f, const struct args *args,
			struct value *out)
{
	struct value a, b, x, y;
	struct list *list;

	if (args->n == 1 && args->v[0].kind == V_LIST) {
		*out = args->v[0];
		return;
	}
	list = mpy_list_new(f);
	if (!list || !mpy_apply_text(args, 0) || !mpy_apply_text(args, 1))
		return;
	a = args->v[0];
	b = args->v[1];
	if (!mpy_seq_start(f, &a) || !mpy_seq_start(f, &b) ||
	    mpy_seq_size(&a) != mpy_seq_size(&b))
		return;
	for (int64_t i = 0; i < mpy_seq_size(&a); i++) {
		mpy_seq_get(f, &a, i, &x);
		mpy_seq_get(f, &b, i, &y);
		if (!mpy_list_add(f, list, &x) || !mpy_list_add(f, list, &y) ||
		    !mpy_budget_step(f->budget, 1))
			return;
	}
	mpy_value_unknown(&y, 0, 0);
	y.kind = V_NONE;
	if (mpy_apply_text(args, 2)) {
		a = args->v[2];
		if (!mpy_seq_start(f, &a))
			return;
		for (int64_t i = 0; i < mpy_seq_size(&a); i++) {
			mpy_seq_get(f, &a, i, &x);
			if (!mpy_list_add(f, list, &x) ||
			    !mpy_list_add(f, list, &y) ||
			    !mpy_budget_step(f->budget, 1))
				return;
		}
	}
	list->dict = true;
	out->kind = V_LIST;
	out->u.list = list;
}
