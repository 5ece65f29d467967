// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbers beyond 64 bits, which carry text: int('...', 16).to_bytes(...),
 * n.to_bytes((n.bit_length() + 7) // 8, 'big'), '%x' % n. Kept as bytes, the
 * highest first, without a sign; nothing is computed with them.
 */
#include "convert.h"

#include <string.h>

#define DECIMAL_MAX 20000 /* digits: the cost rises with their square */

static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

/* Bits of one digit; 0 if the base is no power of two. */
static unsigned int bits_of(unsigned int base)
{
	return base == 16 ? 4 : base == 8 ? 3 : base == 2 ? 1 : 0;
}

/* Digits of a base that is a power of two, from the last to the first. */
static bool read_bits(const uint8_t *digits, size_t size, unsigned int base,
		      uint8_t *end)
{
	unsigned int bits = bits_of(base), have = 0, rest = 0;

	while (size--) {
		int digit = digit_of(digits[size]);

		if (digits[size] == '_')
			continue;
		if (digit >= (int)base)
			return false;
		rest |= (unsigned int)digit << have;
		for (have += bits; have >= 8; have -= 8, rest >>= 8)
			*--end = (uint8_t)rest;
	}
	if (have)
		*--end = (uint8_t)rest;
	return true;
}

/* out = out * base^digits + add, over room bytes, the highest first. */
static void multiply(uint8_t *out, size_t room, size_t used, uint64_t by,
		     uint64_t add)
{
	for (size_t i = 0; i < used && i < room; i++) {
		add += out[room - 1 - i] * by;
		out[room - 1 - i] = (uint8_t)add;
		add >>= 8;
	}
}

/* Digits of any other base. */
static bool read_digits(struct mpy_fold *f, const uint8_t *digits,
			size_t size, unsigned int base, uint8_t *out,
			size_t room)
{
	uint64_t by = 1, add = 0;
	size_t used = 0, n = 0;

	if (size > DECIMAL_MAX ||
	    !mpy_budget_step(f->budget, size * size / 1024))
		return false;
	for (size_t i = 0; i < size; i++) {
		int digit = digit_of(digits[i]);

		if (digits[i] != '_') {
			if (digit >= (int)base)
				return false;
			by *= base;
			add = add * base + (uint64_t)digit;
			n++;
		}
		if (by < 1000000000000000ull && i + 1 < size)
			continue;
		used = n * 2 / 3 + 8; /* more than log(36) / log(256) */
		multiply(out, room, used, by, add);
		by = 1;
		add = 0;
	}
	return true;
}

bool mpy_big_read(struct mpy_fold *f, const uint8_t *digits, size_t size,
		  unsigned int base, struct value *out)
{
	size_t room = size * 2 / 3 + 16;
	uint8_t *data;

	if (base < 2 || base > 36)
		return false;
	data = mpy_arena_get(&f->arena, room);
	if (!data)
		return false;
	memset(data, 0, room);
	if (bits_of(base) ? !read_bits(digits, size, base, data + room) :
			    !read_digits(f, digits, size, base, data, room))
		return false;
	mpy_budget_step(f->budget, size / 64);
	while (room && !*data) {
		data++;
		room--;
	}
	mpy_value_bytes(out, V_BIG, data, room, MPY_HOW_CHR);
	return true;
}

/* Any number as bytes, the highest first; at least 8 of room in small. */
static size_t bytes_of(const struct value *v, uint8_t *small,
		       const uint8_t **data)
{
	uint64_t n;
	size_t size = 0;

	if (v->kind == V_BIG) {
		*data = v->u.s.data;
		return v->u.s.size;
	}
	n = (uint64_t)v->u.i;
	for (; n; n >>= 8)
		small[7 - size++] = (uint8_t)n;
	*data = small + 8 - size;
	return size;
}

static bool is_number(const struct value *v)
{
	return v->kind == V_BIG || (v->kind == V_INT && v->u.i >= 0);
}

bool mpy_big_to_bytes(struct mpy_fold *f, const struct value *self,
		      const struct args *args, struct value *out)
{
	const struct value *order = mpy_apply_text(args, 1);
	const uint8_t *data;
	uint8_t small[8], *copy;
	size_t size, room;

	if (!is_number(self) || !args->n || args->v[0].kind != V_INT ||
	    args->v[0].u.i < 0 || args->v[0].u.i > 1 << 22)
		return false;
	room = (size_t)args->v[0].u.i;
	size = bytes_of(self, small, &data);
	if (size > room)
		return false;
	copy = mpy_arena_get(&f->arena, room);
	if (!copy)
		return false;
	memset(copy, 0, room - size);
	memcpy(copy + room - size, data, size);
	if (order && mpy_value_equal(order, "little")) {
		for (size_t i = 0; i < room / 2; i++) {
			uint8_t c = copy[i];

			copy[i] = copy[room - 1 - i];
			copy[room - 1 - i] = c;
		}
	}
	mpy_budget_step(f->budget, room / 64);
	mpy_value_bytes(out, V_BYTES, copy, room, self->how | MPY_HOW_CHR);
	mpy_apply_made(f, out, self->step);
	return true;
}

bool mpy_big_bit_length(const struct value *self, struct value *out)
{
	const uint8_t *data;
	uint8_t small[8];
	size_t size;
	int64_t bits;

	if (!is_number(self))
		return false;
	size = bytes_of(self, small, &data);
	bits = (int64_t)size * 8;
	if (size)
		bits -= __builtin_clz(*data) - 24;
	mpy_value_int(out, bits, 0);
	return true;
}

bool mpy_big_from_bytes(const struct args *args, struct value *out)
{
	const struct value *in = mpy_apply_text(args, 0);
	const struct value *order = mpy_apply_text(args, 1);
	const uint8_t *p;
	size_t size;
	uint64_t n = 0;

	if (!in || in->kind != V_BYTES ||
	    (order && !mpy_value_equal(order, "big")))
		return false;
	p = in->u.s.data;
	size = in->u.s.size;
	while (size && !*p) {
		p++;
		size--;
	}
	if (size > 7) {
		mpy_value_bytes(out, V_BIG, p, size, in->how | MPY_HOW_CHR);
	} else {
		while (size--)
			n = n << 8 | *p++;
		mpy_value_int(out, (int64_t)n, in->how | MPY_HOW_CHR);
	}
	out->step = in->step;
	return true;
}

bool mpy_big_hex(struct mpy_fold *f, const struct value *v, const char *before,
		 struct value *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t size, n = strlen(before), skip;
	const uint8_t *data;
	uint8_t small[8], *text;

	if (!is_number(v))
		return false;
	size = bytes_of(v, small, &data);
	text = mpy_arena_get(&f->arena, n + 2 * size + 1);
	if (!text)
		return false;
	memcpy(text, before, n);
	skip = size && *data < 16;
	for (size_t i = skip; i < 2 * size; i++)
		text[n++] = (uint8_t)digits[i % 2 ? data[i / 2] & 15 :
						    data[i / 2] >> 4];
	if (!size)
		text[n++] = '0';
	mpy_value_bytes(out, V_STR, text, n, v->how);
	out->step = v->step;
	return true;
}
