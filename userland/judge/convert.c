// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Builtins that make numbers, characters and bytes of each other: int, chr, ord,
 * str, bytes and the like.
 */
#include "convert.h"

#include <string.h>

#define LAYER_MAX (4u << 20) /* bytes() of a list */

static void apply_bytes(struct mpy_fold *f, const struct args *args,
			struct value *out)
{
	const struct value *in = &args->v[0];
	uint8_t *data;

	if (!args->n) {
		mpy_value_bytes(out, V_BYTES, f->text, 0, 0);
		return;
	}
	if (mpy_value_is_text(in)) {
		if (args->n > 1 && mpy_codec_args(f, args, 1, true, in, out))
			return;
		*out = *in;
		out->kind = V_BYTES;
		out->grows = false;
		return;
	}
	if (in->kind != V_LIST || in->u.list->dict ||
	    in->u.list->n > LAYER_MAX)
		return;
	data = mpy_arena_get(&f->arena, in->u.list->n);
	if (!data)
		return;
	for (uint32_t i = 0; i < in->u.list->n; i++) {
		struct value v;

		mpy_list_get(f, in->u.list, i, &v);
		if (v.kind != V_INT || v.u.i < 0 || v.u.i > 255)
			return;
		data[i] = (uint8_t)v.u.i;
	}
	mpy_budget_step(f->budget, in->u.list->n / 64);
	mpy_value_bytes(out, V_BYTES, data, in->u.list->n,
			in->how | in->u.list->how | MPY_HOW_CHR);
	mpy_value_taint(out, in);
	mpy_apply_made(f, out, in->step);
}

/*
 * Bytes of each number of a format like "<20I", whose items are all of a kind;
 * 0: it is another one. *big: the highest byte comes first.
 */
static unsigned int width_of(const struct value *format, bool *big)
{
	const uint8_t *p = format->u.s.data, *end = p + format->u.s.size;
	unsigned int width = 0, one;
	bool native = true;

	*big = false;
	if (p < end && memchr("<>!=@", *p, 5)) {
		*big = *p == '>' || *p == '!';
		native = *p++ == '@';
	}
	for (; p < end; p++) {
		if (*p >= '0' && *p <= '9')
			continue;
		switch (*p | 32) {
		case 'b':
			one = 1;
			break;
		case 'h':
			one = 2;
			break;
		case 'i':
			one = 4;
			break;
		case 'l':
			one = native ? 8 : 4;
			break;
		case 'q':
			one = 8;
			break;
		default:
			return 0;
		}
		if (width && one != width)
			return 0;
		width = one;
	}
	return width;
}

/* Numbers of more than a byte each. */
static void apply_words(struct mpy_fold *f, const struct value *in,
			unsigned int width, bool big, struct value *out)
{
	const uint32_t n = in->u.list->n;
	uint8_t *data = n <= LAYER_MAX / width ?
				mpy_arena_get(&f->arena, (size_t)n * width) :
				NULL;
	struct value v;

	if (!data)
		return;
	for (uint32_t i = 0; i < n; i++) {
		mpy_list_get(f, in->u.list, i, &v);
		if (v.kind != V_INT)
			return;
		for (unsigned int k = 0; k < width; k++)
			data[i * width + (big ? width - 1 - k : k)] =
				(uint8_t)((uint64_t)v.u.i >> 8 * k);
	}
	mpy_budget_step(f->budget, n / 16);
	mpy_value_bytes(out, V_BYTES, data, (size_t)n * width,
			in->how | in->u.list->how | MPY_HOW_CHR);
	mpy_value_taint(out, in);
	mpy_apply_made(f, out, in->step);
}

/* array.array('B', [...]), struct.pack('3B', 1, 2, 3) */
static void apply_pack(struct mpy_fold *f, const struct known *known,
		       const struct args *args, struct value *out)
{
	const unsigned int from = known->arg;
	const struct value *format = mpy_apply_text(args, 0);
	struct args list = { .n = 1 };
	struct value *all = &list.v[0];
	unsigned int width;
	bool big;

	if (!format || args->n <= from || args->n == ARGS)
		return;
	width = width_of(format, &big);
	*all = args->v[from];
	if (all->kind == V_INT) {
		mpy_value_unknown(all, args->marks, args->line);
		all->u.list = mpy_list_new(f);
		if (!all->u.list)
			return;
		all->kind = V_LIST;
		for (unsigned int i = from; i < args->n; i++)
			if (!mpy_list_add(f, all->u.list, &args->v[i]))
				return;
	}
	if (all->kind != V_LIST || all->u.list->dict || !width)
		return;
	if (width == 1)
		apply_bytes(f, &list, out);
	else if (*known->path == 's') /* an array has numbers, not bytes */
		apply_words(f, all, width, big, out);
}

/* More digits than fit into 64 bits. */
static bool int_big(struct mpy_fold *f, const struct value *in,
		    unsigned int base, struct value *out)
{
	const uint8_t *p = in->u.s.data;
	size_t size = in->u.s.size;

	if (p[0] == '0' && (p[1] | 32) == 'x' && (!base || base == 16)) {
		base = 16;
		p += 2;
		size -= 2;
	}
	if (size <= (base == 16 ? 15 : base == 2 ? 62 : base <= 10 ? 18 :
		     12) ||
	    !mpy_big_read(f, p, size, base, out))
		return false;
	out->how |= in->how;
	out->step = in->step;
	return true;
}

/* Of float() only what is a whole number. */
static void apply_int(struct mpy_fold *f, const struct args *args, bool real,
		      struct value *out)
{
	const struct value *in = mpy_apply_text(args, 0);
	unsigned int base = 10, digit;
	bool minus = false;
	uint64_t n = 0;
	size_t i = 0;

	if (args->n && args->v[0].kind == V_INT) {
		*out = args->v[0];
		return;
	}
	if (!in || !in->u.s.size)
		return;
	if (args->n > 1 && args->v[1].kind == V_INT)
		base = (unsigned int)args->v[1].u.i;
	if (in->u.s.size > (base > 16 ? 12 : 16) && !real &&
	    int_big(f, in, base, out))
		return;
	if (in->u.s.size > (real ? 64 : 24))
		return;
	if (in->u.s.data[0] == '-') {
		minus = true;
		i++;
	}
	if (in->u.s.size - i > 2 && in->u.s.data[i] == '0' &&
	    in->u.s.data[i + 1] > '9' && base != 10) {
		if (!base)
			base = (in->u.s.data[i + 1] | 32) == 'x' ? 16 :
			       (in->u.s.data[i + 1] | 32) == 'b' ? 2 : 8;
		i += 2;
	}
	if (base < 2 || base > 36)
		return;
	for (; i < in->u.s.size; i++) {
		uint8_t c = in->u.s.data[i];

		if (c == ' ' || c == '\n')
			continue;
		if (real && c == '.') { /* a fraction is not kept */
			while (++i < in->u.s.size)
				if (in->u.s.data[i] != '0')
					return;
			break;
		}
		digit = c <= '9' ? c - 48u : (c | 32u) - 87u;
		if (digit >= base || n > (uint64_t)INT64_MAX / base - 1)
			return;
		n = n * base + digit;
	}
	mpy_value_int(out, minus ? -(int64_t)n : (int64_t)n,
		      in->how | MPY_HOW_CHR);
}

static void apply_chr(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	const struct value *in = &args->v[0];

	if (!args->n || in->kind != V_INT || in->u.i < 0 || in->u.i > 0x10ffff)
		return;
	mpy_value_char(f, (uint32_t)in->u.i, in->how | MPY_HOW_CHR, out);
	mpy_value_taint(out, in);
}

static void apply_ord(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	struct value in, point;

	if (!mpy_apply_text(args, 0) || args->v[0].u.s.size > 4)
		return;
	in = args->v[0];
	if (!mpy_seq_start(f, &in) || mpy_seq_size(&in) != 1)
		return;
	if (in.kind == V_LIST)
		mpy_value_int(&point, in.u.list->ints ? in.u.list->ints[0] : 0,
			      in.how);
	else
		mpy_value_int(&point, in.u.s.data[0], in.how);
	point.marks |= in.marks;
	*out = point;
}

static void apply_str(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	const struct value *in = mpy_apply_text(args, 0);
	struct value v;

	if (!args->n) {
		mpy_value_bytes(out, V_STR, f->text, 0, 0);
	} else if (args->v[0].kind == V_INT && args->n == 1) {
		/* 0 and 1 may be False and True */
		v = args->v[0];
		if (v.u.i >> 1 && mpy_format_value(f, NULL, 0, &v))
			*out = v;
	} else if (!in && args->n == 1) {
		mpy_shown(f, &args->v[0], out);
	} else if (in && in->kind == V_STR) {
		*out = *in;
	} else if (in && args->n > 1) {
		mpy_codec_args(f, args, 1, false, in, out);
	}
}

static void apply_minmax(const struct args *args, bool max, struct value *out)
{
	if (args->n != 2 || args->v[0].kind != V_INT ||
	    args->v[1].kind != V_INT)
		return;
	*out = args->v[(args->v[0].u.i < args->v[1].u.i) == max];
}

bool mpy_convert_apply(struct mpy_fold *f, const struct known *known,
		       const struct args *args, struct value *out)
{
	const struct value *text;
	struct value v;

	switch ((enum op)known->op) {
	case OP_CHR:
		apply_chr(f, args, out);
		break;
	case OP_ORD:
		apply_ord(f, args, out);
		break;
	case OP_BYTES:
		apply_bytes(f, args, out);
		break;
	case OP_STR:
		apply_str(f, args, out);
		break;
	case OP_SHOW:
		if (args->n)
			mpy_shown(f, &args->v[0], out);
		break;
	case OP_INT:
		apply_int(f, args, known->arg, out);
		break;
	case OP_MAX:
	case OP_MIN:
		apply_minmax(args, known->op == OP_MAX, out);
		break;
	case OP_PACK:
		apply_pack(f, known, args, out);
		break;
	case OP_FROM_BYTES:
		mpy_big_from_bytes(args, out);
		break;
	case OP_FORMAT:
		if (!args->n || (args->n > 1 && !mpy_apply_text(args, 1)))
			break;
		v = args->v[0];
		text = mpy_apply_text(args, 1);
		if (mpy_format_value(f, text ? text->u.s.data : NULL,
				     text ? text->u.s.size : 0, &v))
			*out = v;
		break;
	case OP_HEX:
		if (args->n)
			mpy_big_hex(f, &args->v[0], "0x", out);
		break;
	default:
		return false;
	}
	return true;
}
