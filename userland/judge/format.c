// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Values as text: str.format(), format(), what stands in an f-string.
 */
#include "convert.h"

#include <string.h>

#define WIDTH_MAX 64

/* A number of a few digits; false if it is something else. */
static bool read_number(const uint8_t *p, size_t size, int64_t *n)
{
	*n = 0;
	for (size_t i = 0; i < size; i++) {
		if (p[i] < '0' || p[i] > '9' || size > 9)
			return false;
		*n = *n * 10 + p[i] - '0';
	}
	return size > 0;
}

static bool format_int(struct mpy_fold *f, uint8_t type, uint8_t fill,
		       size_t width, struct value *v)
{
	unsigned int base = type == 'x' || type == 'X' ? 16 :
			    type == 'o' ? 8 : type == 'b' ? 2 : 10;
	uint64_t n = v->u.i < 0 ? 0 - (uint64_t)v->u.i : (uint64_t)v->u.i;
	bool minus = v->u.i < 0;
	uint8_t digits[2 * WIDTH_MAX], *copy;
	size_t at = sizeof(digits);

	if (!memchr("dxXob", type, 5))
		return false;
	do {
		digits[--at] = (uint8_t)(type == 'X' ? "0123456789ABCDEF" :
						       "0123456789abcdef")
			[n % base];
		n /= base;
	} while (n);
	if (minus && fill == ' ')
		digits[--at] = '-';
	while (sizeof(digits) - at + (minus && fill == '0') < width)
		digits[--at] = fill;
	if (minus && fill == '0')
		digits[--at] = '-';
	copy = mpy_arena_copy(&f->arena, digits + at, sizeof(digits) - at);
	if (!copy)
		return false;
	v->kind = V_STR;
	v->grows = false;
	v->u.s.data = copy;
	v->u.s.size = sizeof(digits) - at;
	return true;
}

bool mpy_format_value(struct mpy_fold *f, const uint8_t *spec, size_t size,
		      struct value *v)
{
	struct value c;
	uint8_t type = v->kind == V_INT ? 'd' : 's', fill = ' ';
	int64_t width = 0;

	if (size && (spec[size - 1] > '9' || spec[size - 1] < '0'))
		type = spec[--size];
	if (size > 1 && spec[0] == '0')
		fill = '0';
	if (size && (!read_number(spec, size, &width) || width > WIDTH_MAX))
		return false;
	if (v->kind != V_INT)
		return mpy_value_is_text(v) && type == 's' && !width;
	if (type != 'c')
		return format_int(f, type, fill, (size_t)width, v);
	if (width || v->u.i < 0 || v->u.i > 0x10ffff)
		return false;
	mpy_value_char(f, (uint32_t)v->u.i, v->how | MPY_HOW_CHR, &c);
	mpy_value_taint(&c, v);
	*v = c;
	return v->kind == V_STR;
}

/* Argument i of those by position. */
static bool position(struct mpy_fold *f, const struct args *args, int64_t i,
		     struct value *out)
{
	const struct value *all = &args->v[0];

	/* *list that was too long */
	if (args->n == 1 && all->kind == V_LIST && !all->u.list->dict &&
	    all->u.list->n > ARGS && i < all->u.list->n)
		mpy_list_get(f, all->u.list, (uint32_t)i, out);
	else if (i < args->n && !args->word[i])
		*out = args->v[i];
	else if (i >= ARGS && args->more && i - ARGS < args->more->n)
		mpy_list_get(f, args->more, (uint32_t)(i - ARGS), out);
	else
		return false;
	return true;
}

/* By its keyword, or in a dictionary: format_map(d), format(**d). */
static bool by_name(struct mpy_fold *f, const struct args *args,
		    const uint8_t *name, size_t size, struct value *out)
{
	uint64_t key = mpy_key(name, size);
	struct value index;

	mpy_value_bytes(&index, V_STR, name, size, 0);
	for (unsigned int i = 0; i < args->n; i++) {
		*out = args->v[i];
		if (args->word[i] == key)
			return true;
		if (out->kind != V_LIST || !out->u.list->dict)
			continue;
		mpy_eval_index(f, out, &index);
		return true;
	}
	return false;
}

/* One field: "", "12", "name", "0[1]", each with ":c" perhaps. */
static bool read_field(struct mpy_fold *f, const struct args *args,
		       const uint8_t *name, size_t size, unsigned int *next,
		       struct value *out)
{
	const uint8_t *spec = size ? memchr(name, ':', size) : NULL, *open;
	size_t n = spec ? (size_t)(spec - name) : size, first;
	struct value index;
	int64_t i;

	open = n ? memchr(name, '[', n) : NULL;
	first = open ? (size_t)(open - name) : n;
	if (open && name[n - 1] != ']')
		return false;
	if (open && read_number(name, first, &i)) {
		if (i >= args->n || args->word[i])
			return false;
		*out = args->v[i];
	} else if (!first || read_number(name, first, &i)) {
		if (!position(f, args, first ? i : (*next)++, out))
			return false;
	} else if (!by_name(f, args, name, first, out)) {
		return false;
	}
	if (open) {
		mpy_value_bytes(&index, V_STR, open + 1, n - first - 2, 0);
		if (read_number(open + 1, n - first - 2, &i))
			mpy_value_int(&index, i, 0);
		mpy_eval_index(f, out, &index);
	}
	return mpy_format_value(f, spec ? spec + 1 : NULL,
				spec ? size - n - 1 : 0, out);
}

bool mpy_format_method(struct mpy_fold *f, const struct value *self,
		       const struct args *args, struct value *out)
{
	const uint8_t *p = self->u.s.data, *end;
	size_t size = self->u.s.size, i = 0;
	unsigned int next = 0;
	struct value piece;

	if (!mpy_budget_step(f->budget, size / 16))
		return false;
	mpy_value_bytes(out, V_STR, f->text, 0, self->how | MPY_HOW_CONCAT);
	while (i < size) {
		size_t from = i;

		while (i < size && p[i] != '{' && p[i] != '}')
			i++;
		mpy_value_bytes(&piece, V_STR, p + from, i - from, 0);
		if (!mpy_value_append(f, out, &piece))
			return false;
		if (i == size)
			break;
		if (i + 1 < size && p[i + 1] == p[i]) {
			mpy_value_bytes(&piece, V_STR, p + i, 1, 0);
			i += 2;
		} else {
			end = memchr(p + i, '}', size - i);
			mpy_budget_step(f->budget, 1);
			if (p[i] == '}' || !end ||
			    !read_field(f, args, p + i + 1,
					(size_t)(end - p) - i - 1, &next,
					&piece))
				return false;
			i = (size_t)(end - p) + 1;
		}
		if (!mpy_value_append(f, out, &piece))
			return false;
		out->how |= piece.how;
	}
	mpy_value_taint(out, self);
	return true;
}
