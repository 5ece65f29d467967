// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reader of marshal data. Every count is held against what is left of
 * the data, nesting is bounded, memory comes from an arena with a limit; a
 * reference is a pointer and never a copy.
 */
#include "marshal.h"

#include <string.h>

#include "verdict.h"

#define DEPTH	 100
#define FLAG_REF 0x80

struct refs {
	const struct mpy_object **list;
	uint32_t n, room;
};

struct reader {
	const uint8_t *data;
	size_t size, at;
	unsigned int version;
	struct mpy_arena *arena;
	struct mpy_budget *budget;
	unsigned int depth;
	struct refs refs;    /* FLAG_REF, by 'r' */
	struct refs strings; /* Python 2: interned, by 'R' */
	bool bad;
};

static const struct mpy_object none = { .kind = MPY_OBJ_NONE };
static const struct mpy_object yes = { .kind = MPY_OBJ_TRUE };
static const struct mpy_object no = { .kind = MPY_OBJ_FALSE };
static const struct mpy_object other = { .kind = MPY_OBJ_OTHER };

static size_t left(const struct reader *r)
{
	return r->size - r->at;
}

static uint32_t read8(struct reader *r)
{
	if (!left(r)) {
		r->bad = true;
		return 0;
	}
	return r->data[r->at++];
}

static uint32_t read16(struct reader *r)
{
	uint32_t low = read8(r);

	return low | read8(r) << 8;
}

static uint32_t read32(struct reader *r)
{
	uint32_t low = read16(r);

	return low | read16(r) << 16;
}

static struct mpy_object *make(struct reader *r, enum mpy_object_kind kind)
{
	struct mpy_object *o = mpy_arena_get(r->arena, sizeof(*o));

	if (!o) {
		r->bad = true;
		return NULL;
	}
	memset(o, 0, sizeof(*o));
	o->kind = (uint8_t)kind;
	return o;
}

/* The place of a referenced object, taken before its contents are read. */
static uint32_t reserve(struct reader *r, struct refs *refs)
{
	if (refs->n == refs->room) {
		uint32_t room = refs->room ? refs->room * 2 : 64;
		const struct mpy_object **more =
			mpy_arena_get(r->arena, room * sizeof(*more));

		if (!more) {
			r->bad = true;
			return UINT32_MAX;
		}
		if (refs->n)
			memcpy(more, refs->list, refs->n * sizeof(*more));
		refs->list = more;
		refs->room = room;
	}
	refs->list[refs->n] = NULL;
	return refs->n++;
}

static void keep(struct refs *refs, uint32_t place, const struct mpy_object *o)
{
	if (place < refs->n)
		refs->list[place] = o;
}

static struct mpy_object *read_data(struct reader *r,
				    enum mpy_object_kind kind, uint32_t n)
{
	struct mpy_object *o = make(r, kind);

	if (!o)
		return NULL;
	if (n > left(r)) {
		n = (uint32_t)left(r);
		r->bad = true;
	}
	o->n = n;
	o->u.data = r->data + r->at;
	r->at += n;
	return o;
}

/* An integer of 15-bit digits. Larger ones than 64 bits are other. */
static const struct mpy_object *read_long(struct reader *r)
{
	int32_t n = (int32_t)read32(r);
	uint32_t digits = n < 0 ? 0 - (uint32_t)n : (uint32_t)n;
	struct mpy_object *o;
	uint64_t value = 0;

	if (digits > left(r) / 2) {
		r->bad = true;
		return NULL;
	}
	if (digits > 4) {
		r->at += (size_t)digits * 2;
		return &other;
	}
	for (uint32_t i = 0; i < digits; i++)
		value |= (uint64_t)(read16(r) & 0x7fff) << (15 * i);
	o = make(r, MPY_OBJ_INT);
	if (o)
		o->u.i = n < 0 ? -(int64_t)value : (int64_t)value;
	return o;
}

static const struct mpy_object *read_object(struct reader *r);

static void read_items(struct reader *r, struct mpy_object *o, uint32_t n)
{
	/* each takes a byte at least */
	if (n > left(r)) {
		r->bad = true;
		return;
	}
	o->u.items = mpy_arena_get(r->arena, n * sizeof(*o->u.items));
	if (!o->u.items) {
		r->bad = true;
		return;
	}
	while (o->n < n && !r->bad) {
		const struct mpy_object *item = read_object(r);

		o->u.items[o->n++] = item;
	}
}

/* Pairs up to a NULL key. */
static void read_dict(struct reader *r, struct mpy_object *o)
{
	uint32_t room = 0;

	while (!r->bad && left(r)) {
		const struct mpy_object *item = read_object(r);

		if (!item && !(o->n & 1))
			return;
		if (o->n == room) {
			const struct mpy_object **more;

			room = room ? room * 2 : 8;
			more = mpy_arena_get(r->arena, room * sizeof(*more));
			if (!more) {
				r->bad = true;
				return;
			}
			if (o->n)
				memcpy(more, o->u.items,
				       o->n * sizeof(*more));
			o->u.items = more;
		}
		o->u.items[o->n++] = item;
	}
}

static void read_code(struct reader *r, struct mpy_object *o)
{
	struct mpy_code *code = mpy_arena_get(r->arena, sizeof(*code));
	bool two = r->version < 0x0300, flat = r->version >= 0x030b;
	const struct mpy_object *kinds;

	if (!code) {
		r->bad = true;
		return;
	}
	memset(code, 0, sizeof(*code));
	o->u.code = code;
	code->args = (int32_t)read32(r);
	if (r->version >= 0x0308)
		read32(r); /* positional only */
	if (!two)
		code->keyword_args = (int32_t)read32(r);
	if (!flat)
		read32(r); /* number of locals */
	read32(r); /* stack size */
	code->flags = (int32_t)read32(r);
	code->code = read_object(r);
	code->consts = read_object(r);
	code->names = read_object(r);
	code->locals = read_object(r);
	if (flat) {
		kinds = read_object(r); /* of locals */
		/* a tuple: one of 3.7, whose numbers are as many */
		if (kinds && kinds->kind != MPY_OBJ_BYTES)
			code->code = NULL;
	} else {
		code->free = read_object(r);
		code->cells = read_object(r);
	}
	read_object(r); /* file name */
	code->name = read_object(r);
	if (flat)
		read_object(r); /* qualified name */
	read32(r); /* first line */
	read_object(r); /* line table */
	if (flat)
		read_object(r); /* exception table */
}

/* Objects that contain others; o is already referable. */
static void read_contents(struct reader *r, struct mpy_object *o,
			  unsigned int type)
{
	if (r->depth >= DEPTH) {
		r->budget->bounds |= MPY_BOUND_DEPTH;
		r->bad = true;
		return;
	}
	r->depth++;
	if (type == ')')
		read_items(r, o, read8(r));
	else if (type == '{')
		read_dict(r, o);
	else if (type == 'c')
		read_code(r, o);
	else if (type == ':')
		read_items(r, o, 3);
	else
		read_items(r, o, read32(r));
	r->depth--;
}

static const struct mpy_object *read_plain(struct reader *r, unsigned int type)
{
	struct mpy_object *o;

	switch (type) {
	case 'N':
		return &none;
	case 'T':
		return &yes;
	case 'F':
		return &no;
	case 'S':
	case '.':
		return &other;
	case 'i':
	case 'I':
		o = make(r, MPY_OBJ_INT);
		if (!o)
			return NULL;
		o->u.i = (int32_t)read32(r);
		if (type == 'I')
			o->u.i = (int64_t)((uint64_t)(uint32_t)o->u.i |
					   (uint64_t)read32(r) << 32);
		return o;
	case 'l':
		return read_long(r);
	case 'f':
		return read_data(r, MPY_OBJ_FLOAT, read8(r));
	case 'x':
		read_data(r, MPY_OBJ_FLOAT, read8(r));
		return read_data(r, MPY_OBJ_FLOAT, read8(r));
	case 'g':
		return read_data(r, MPY_OBJ_FLOAT, 8);
	case 'y':
		return read_data(r, MPY_OBJ_FLOAT, 16);
	case 's':
		return read_data(r, MPY_OBJ_BYTES, read32(r));
	case 't': /* in Python 2 it is a plain string */
		return read_data(r, r->version < 0x0300 ? MPY_OBJ_BYTES :
							  MPY_OBJ_TEXT,
				 read32(r));
	case 'u':
	case 'a':
	case 'A':
		return read_data(r, MPY_OBJ_TEXT, read32(r));
	case 'z':
	case 'Z':
		return read_data(r, MPY_OBJ_TEXT, read8(r));
	default:
		r->bad = true;
		return NULL;
	}
}

static const struct mpy_object *by_reference(const struct refs *refs,
					     uint32_t i)
{
	return i < refs->n ? refs->list[i] : NULL;
}

static const struct mpy_object *read_object(struct reader *r)
{
	unsigned int type = read8(r);
	bool flag = type & FLAG_REF;
	const struct mpy_object *plain;
	struct mpy_object *o;
	uint32_t place = UINT32_MAX;

	type &= ~(unsigned int)FLAG_REF;
	if (r->bad || type == '0' || !mpy_budget_step(r->budget, 1))
		return NULL;
	if (type == 'r')
		return by_reference(&r->refs, read32(r));
	if (type == 'R')
		return by_reference(&r->strings, read32(r));
	if (flag)
		place = reserve(r, &r->refs);
	if (!memchr("([){<>c:", (int)type, 8)) {
		plain = read_plain(r, type);
		if (flag)
			keep(&r->refs, place, plain);
		if (type == 't' && r->version < 0x0300)
			keep(&r->strings, reserve(r, &r->strings), plain);
		return plain;
	}
	o = make(r, type == 'c'	  ? MPY_OBJ_CODE :
		    type == '{' ? MPY_OBJ_DICT :
				  MPY_OBJ_LIST);
	if (!o)
		return NULL;
	if (flag)
		keep(&r->refs, place, o);
	read_contents(r, o, type);
	return o;
}

const struct mpy_object *mpy_marshal_read(const uint8_t *data, size_t size,
					  unsigned int version,
					  struct mpy_arena *arena,
					  struct mpy_budget *budget)
{
	struct reader r = { .data = data, .size = size, .version = version,
			    .arena = arena, .budget = budget };

	return read_object(&r);
}
