// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Expressions of decompiled code: operators, subscripts and slices, displays
 * and the values that grow in them.
 */
#include "decompile_inside.h"

/* ---- operators ----------------------------------------------------------- */

static const char *const operators[] = { " ** ", " * ", " % ", " + ", " - ",
					 " / ",	 " // ", " << ", " >> ",
					 " & ",	 " ^ ", " | " };
/* In the order of BINARY_OP's argument, as indexes of operators. */
static const uint8_t by_number[] = { 3, 9, 6, 7, 1, 1, 2, 11, 0, 8, 4, 5, 10 };

static void binary(struct frame *f, const char *op)
{
	rope_t b = operand(f, pop(f)), a = operand(f, pop(f));
	rope_t r = mpy_rope_tagged(f->w->arena, MPY_ROPE_BINARY, NULL,
				   join(f, a, op, b));

	push(f, r);
}

static void compare(struct frame *f, uint32_t arg)
{
	static const char *const words[] = { " < ",	" <= ", " == ",
					     " != ",	" > ",	" >= ",
					     " in ",	" not in ", " is ",
					     " is not ", " == " };
	unsigned int v = f->w->version;

	/* flags for the specialised forms stand below */
	arg >>= v >= 0x030d ? 5 : v >= 0x030c ? 4 : 0;
	binary(f, words[arg < 11 ? arg : 2]);
}

/* ---- subscripts ---------------------------------------------------------- */

static void subscript(struct frame *f)
{
	rope_t index = pop(f), v = operand(f, pop(f));

	push(f, join(f, join(f, v, "[", index), "]", NULL));
}

static void slice(struct frame *f, bool from, bool to)
{
	rope_t b = to ? pop(f) : NULL, a = from ? pop(f) : NULL;
	rope_t v = operand(f, pop(f));

	push(f, join(f, join(f, join(f, v, "[", a), ":", b), "]", NULL));
}

static void build_slice(struct frame *f, uint32_t n)
{
	rope_t c = n == 3 ? pop(f) : NULL, b = pop(f), a = pop(f);
	rope_t r = join(f, is_none(a) ? NULL : a, ":", is_none(b) ? NULL : b);

	push(f, c ? join(f, r, ":", c) : r);
}

static void unpack(struct frame *f, uint32_t n)
{
	rope_t v = pop(f);

	if (v->tag == MPY_ROPE_ITEM) {
		mpy_decompile_store(f, text(f, "_item"), v);
		v = text(f, "_item");
	}
	if (n > 64)
		n = 64;
	while (n--)
		push(f, join(f, join(f, v, "[",
				     mpy_rope_number(f->w->arena, n)),
			     "]", NULL));
}

/* ---- displays ------------------------------------------------------------ */

static void build(struct frame *f, uint32_t n, const char *open,
		  const char *close)
{
	rope_t all = mpy_decompile_arguments(f, n, NULL);

	push(f, wrap(f, open, all, n == 1 && *open == '(' ? ",)" : close));
}

static void build_map(struct frame *f, uint32_t n)
{
	rope_t all = NULL;

	if (n > f->sp / 2)
		n = f->sp / 2;
	for (uint32_t i = 0; i < n && i < ARGS; i++) {
		rope_t k = f->stack[f->sp - 2 * (n - i)];
		rope_t v = f->stack[f->sp - 2 * (n - i) + 1];

		all = join(f, all, all ? ", " : NULL, join(f, k, ": ", v));
	}
	f->sp -= 2 * n;
	push(f, wrap(f, "{", all, "}"));
}

static void build_const_map(struct frame *f, uint32_t n)
{
	rope_t keys = pop(f), all = NULL;
	uint32_t from;

	if (n > f->sp)
		n = f->sp;
	from = f->sp - n;
	for (uint32_t i = 0; i < n && i < ARGS; i++) {
		rope_t key = mpy_rope_tagged(f->w->arena, MPY_ROPE_CONST,
					     item_of(keys->object, i), NULL);

		all = join(f, all, all ? ", " : NULL,
			   join(f, key, ": ", f->stack[from + i]));
	}
	f->sp = from;
	push(f, wrap(f, "{", all, "}"));
}

static void build_string(struct frame *f, uint32_t n)
{
	rope_t all = NULL;

	if (n > f->sp)
		n = f->sp;
	for (uint32_t i = 0; i < n; i++)
		all = join(f, all, all ? " + " : NULL,
			   f->stack[f->sp - n + i]);
	f->sp -= n;
	push(f, wrap(f, "(", all, ")"));
}

/* A list grows by another: "[]" and a constant are the constant's list. */
static void extend(struct frame *f, uint32_t depth)
{
	rope_t v = pop(f);
	rope_t *place = depth && depth <= f->sp ?
				&f->stack[f->sp - depth] : NULL;

	if (!place)
		return;
	if ((*place)->size <= 2)
		*place = wrap(f, "list(", v, ")");
	else
		*place = join(f, *place, " + ", v);
}

/* LIST_APPEND: in a comprehension of its own, or written in line. */
static void append(struct frame *f, uint32_t depth)
{
	rope_t v = pop(f), loop;

	if (f->quiet || !f->blocks || !f->block[f->blocks - 1].loop ||
	    !depth || depth > f->sp) {
		f->result = v;
		return;
	}
	loop = f->block[f->blocks - 1].loop;
	f->stack[f->sp - depth] = join(f, wrap(f, "[", v, " for "), NULL,
				       join(f, loop, "]", NULL));
}

/* ---- instructions -------------------------------------------------------- */

bool mpy_decompile_expression_act(struct frame *f, unsigned int act,
				  uint32_t arg)
{
	rope_t a, b;

	switch (act) {
	case MPY_ACT_SUBSCR:
		subscript(f);
		return true;
	case MPY_ACT_SLICE:
	case MPY_ACT_SLICE3:
		slice(f, true, true);
		return true;
	case MPY_ACT_SLICE0:
		slice(f, false, false);
		return true;
	case MPY_ACT_SLICE1:
		slice(f, true, false);
		return true;
	case MPY_ACT_SLICE2:
		slice(f, false, true);
		return true;
	case MPY_ACT_BINARY_OP:
		if (arg == 26)
			subscript(f);
		else if (arg % 13 < sizeof(by_number))
			binary(f, operators[by_number[arg % 13]]);
		return true;
	case MPY_ACT_COMPARE:
		compare(f, arg);
		return true;
	case MPY_ACT_CONTAINS:
		binary(f, arg ? " not in " : " in ");
		return true;
	case MPY_ACT_IS:
		binary(f, arg ? " is not " : " is ");
		return true;
	case MPY_ACT_NEGATIVE:
		push(f, wrap(f, "-", operand(f, pop(f)), ""));
		return true;
	case MPY_ACT_INVERT:
		push(f, wrap(f, "~", operand(f, pop(f)), ""));
		return true;
	case MPY_ACT_NOT:
		push(f, wrap(f, "not ", operand(f, pop(f)), ""));
		return true;
	case MPY_ACT_CONVERT:
		push(f, wrap(f, "repr(", pop(f), ")"));
		return true;
	case MPY_ACT_TUPLE:
		build(f, arg, "(", ")");
		return true;
	case MPY_ACT_LIST:
		build(f, arg, "[", "]");
		return true;
	case MPY_ACT_MAP:
		build_map(f, f->w->version < 0x0300 ? 0 : arg);
		return true;
	case MPY_ACT_CONST_MAP:
		build_const_map(f, arg);
		return true;
	case MPY_ACT_STRING:
		build_string(f, arg);
		return true;
	case MPY_ACT_FORMAT:
		if ((arg & 4) && f->w->version < 0x030d)
			pop(f);
		return true;
	case MPY_ACT_INTERPOLATION:
		if (arg & 1)
			pop(f);
		pop(f);
		return true;
	case MPY_ACT_BUILD_SLICE:
		build_slice(f, arg);
		return true;
	case MPY_ACT_EXTEND:
		extend(f, arg);
		return true;
	case MPY_ACT_UNPACK:
		unpack(f, arg);
		return true;
	case MPY_ACT_UNPACK_EX:
		unpack(f, (arg & 255) + 1 + (arg >> 8 & 255));
		return true;
	case MPY_ACT_APPEND:
		append(f, arg);
		return true;
	case MPY_ACT_MAP_ADD:
		b = pop(f);
		a = pop(f);
		/* 3.8: value below, key on top before; now key below */
		f->result = a;
		f->value = b;
		return true;
	default:
		if (act < MPY_ACT_OPERATOR0)
			return false;
		binary(f, operators[act - MPY_ACT_OPERATOR0]);
		return true;
	}
}
