// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The walk over the instructions of a code object. The stack holds ropes; an
 * instruction that stores, returns or throws away prints a statement. Here is
 * what takes names and constants to the stack, or moves its places.
 */
#include "decompile.h"

#include <string.h>

#include "decompile_inside.h"
#include "verdict.h"

#define NESTED 24 /* functions in functions */

/* ---- names --------------------------------------------------------------- */

/* A cell or free variable; from 3.11 on all kinds are in one list. */
static rope_t cell(struct frame *f, uint32_t i)
{
	const struct mpy_object *cells = f->code->cells;

	if (f->w->version >= 0x030b)
		return name(f, f->code->locals, i);
	if (cells && cells->kind == MPY_OBJ_LIST && i < cells->n)
		return name(f, cells, i);
	return name(f, f->code->free,
		    cells && cells->kind == MPY_OBJ_LIST ? i - cells->n : i);
}

static void load_attr(struct frame *f, uint32_t arg, bool method)
{
	rope_t v = join(f, operand(f, pop(f)), ".",
			name(f, f->code->names, arg));

	push(f, v);
	if (method)
		push(f, mpy_rope_tagged(f->w->arena, MPY_ROPE_NULL, NULL,
					NULL));
}

static void load_global(struct frame *f, uint32_t arg)
{
	unsigned int v = f->w->version;
	rope_t null;

	if (v < 0x030b) {
		push(f, name(f, f->code->names, arg));
		return;
	}
	null = mpy_rope_tagged(f->w->arena, MPY_ROPE_NULL, NULL, NULL);
	if ((arg & 1) && v < 0x030d)
		push(f, null);
	push(f, name(f, f->code->names, arg >> 1));
	if ((arg & 1) && v >= 0x030d)
		push(f, null);
}

static void store_attr(struct frame *f, uint32_t arg)
{
	rope_t object = pop(f), v = pop(f);

	object = join(f, object, ".", name(f, f->code->names, arg));
	mpy_decompile_store(f, object, v);
}

static void store_subscript(struct frame *f)
{
	rope_t index = pop(f), object = pop(f), v = pop(f);

	object = join(f, join(f, object, "[", index), "]", NULL);
	mpy_decompile_store(f, object, v);
}

/* Loads and stores. */
static bool move(struct frame *f, unsigned int act, uint32_t arg)
{
	const struct mpy_code *c = f->code;
	bool new = f->w->version >= 0x030b;

	switch (act) {
	case MPY_ACT_CONST:
		push(f, constant(f, arg));
		return true;
	case MPY_ACT_SMALL:
		push(f, mpy_rope_number(f->w->arena, arg));
		return true;
	case MPY_ACT_PUSH:
		push(f, text(f, "_"));
		return true;
	case MPY_ACT_NULL:
		push(f, mpy_rope_tagged(f->w->arena, MPY_ROPE_NULL, NULL,
					NULL));
		return true;
	case MPY_ACT_NAME_POP:
		pop(f);
		push(f, name(f, c->names, arg));
		return true;
	case MPY_ACT_NAME:
		push(f, name(f, c->names, arg));
		return true;
	case MPY_ACT_GLOBAL:
		load_global(f, arg);
		return true;
	case MPY_ACT_FAST:
		push(f, name(f, c->locals, arg));
		return true;
	case MPY_ACT_FAST2:
		push(f, name(f, c->locals, arg >> 4));
		push(f, name(f, c->locals, arg & 15));
		return true;
	case MPY_ACT_DEREF_POP:
		pop(f);
		push(f, cell(f, arg));
		return true;
	case MPY_ACT_DEREF:
		push(f, cell(f, arg));
		return true;
	case MPY_ACT_ATTR:
		if (f->w->version >= 0x030c)
			load_attr(f, arg >> 1, arg & 1);
		else
			load_attr(f, arg, false);
		return true;
	case MPY_ACT_METHOD:
		load_attr(f, arg, new);
		return true;
	case MPY_ACT_SUPER:
		pop(f);
		pop(f);
		pop(f);
		push(f, text(f, "super()"));
		load_attr(f, arg >> 2, arg & 1);
		return true;
	case MPY_ACT_STORE_NAME:
		mpy_decompile_store(f, name(f, c->names, arg), pop(f));
		return true;
	case MPY_ACT_STORE_FAST:
		mpy_decompile_store(f, name(f, c->locals, arg), pop(f));
		return true;
	case MPY_ACT_STORE_DEREF:
		mpy_decompile_store(f, cell(f, arg), pop(f));
		return true;
	case MPY_ACT_STORE_LOAD:
		mpy_decompile_store(f, name(f, c->locals, arg >> 4), pop(f));
		push(f, name(f, c->locals, arg & 15));
		return true;
	case MPY_ACT_STORE2:
		mpy_decompile_store(f, name(f, c->locals, arg >> 4), pop(f));
		mpy_decompile_store(f, name(f, c->locals, arg & 15), pop(f));
		return true;
	case MPY_ACT_STORE_ATTR:
		store_attr(f, arg);
		return true;
	case MPY_ACT_STORE_SUBSCR:
		store_subscript(f);
		return true;
	default:
		return false;
	}
}

/* ---- places -------------------------------------------------------------- */

static void swap(struct frame *f, uint32_t n)
{
	rope_t top;

	if (n < 2 || n > f->sp)
		return;
	top = f->stack[f->sp - 1];
	f->stack[f->sp - 1] = f->stack[f->sp - n];
	f->stack[f->sp - n] = top;
}

/* The top goes n - 1 places down. */
static void rotate(struct frame *f, uint32_t n)
{
	rope_t top;

	if (n < 2 || n > f->sp)
		return;
	top = f->stack[f->sp - 1];
	for (uint32_t i = 1; i < n; i++)
		f->stack[f->sp - i] = f->stack[f->sp - i - 1];
	f->stack[f->sp - n] = top;
}

/* What only moves things on the stack. */
static bool shuffle(struct frame *f, unsigned int act, uint32_t arg)
{
	rope_t a, b;

	switch (act) {
	case MPY_ACT_STORE_SLICE:
		pop(f);
		pop(f);
		pop(f);
		pop(f);
		return true;
	case MPY_ACT_DROP2:
		pop(f);
		pop(f);
		return true;
	case MPY_ACT_DROP:
		pop(f);
		return true;
	case MPY_ACT_DUP:
		push(f, peek(f, 0));
		return true;
	case MPY_ACT_DUP2:
		a = peek(f, 1);
		b = peek(f, 0);
		push(f, a);
		push(f, b);
		return true;
	case MPY_ACT_DUPX:
		for (uint32_t i = 0; i < arg && i < 5; i++)
			push(f, peek(f, arg - 1));
		return true;
	case MPY_ACT_ROT2:
		rotate(f, 2);
		return true;
	case MPY_ACT_ROT3:
		rotate(f, 3);
		return true;
	case MPY_ACT_ROT4:
		rotate(f, 4);
		return true;
	case MPY_ACT_SWAP:
		swap(f, arg);
		return true;
	case MPY_ACT_COPY:
		push(f, arg ? peek(f, arg - 1) : text(f, "_"));
		return true;
	case MPY_ACT_SPECIAL:
	case MPY_ACT_WITH:
		a = pop(f);
		push(f, text(f, "_"));
		push(f, a);
		return true;
	case MPY_ACT_FN_ATTR:
		a = pop(f);
		pop(f);
		push(f, a);
		return true;
	default:
		return false;
	}
}

/* ---- the walk ------------------------------------------------------------ */

static void instruction(struct frame *f, unsigned int act, uint32_t arg)
{
	if (!move(f, act, arg) && !shuffle(f, act, arg) &&
	    !mpy_decompile_call_act(f, act, arg) &&
	    !mpy_decompile_statement_act(f, act, arg))
		mpy_decompile_expression_act(f, act, arg);
}

static void walk_three(struct frame *f, const uint8_t *code, uint32_t size)
{
	uint32_t extended = 0;

	while (f->at + 2 <= size) {
		unsigned int act = f->w->acts[code[f->at]];
		uint32_t arg = extended | code[f->at + 1];

		if (!mpy_budget_step(f->w->budget, 1) || f->w->out->full)
			return;
		mpy_decompile_close(f);
		f->at += 2;
		if (act == MPY_ACT_EXTENDED) {
			extended = arg << 8;
			continue;
		}
		extended = 0;
		if (act)
			instruction(f, act, arg);
	}
}

/* Python 2: one byte, or three with an argument. */
static void walk_two(struct frame *f, const uint8_t *code, uint32_t size)
{
	uint32_t extended = 0;

	while (f->at < size) {
		unsigned int op = code[f->at], act = f->w->acts[op];
		uint32_t arg = 0;

		if (!mpy_budget_step(f->w->budget, 1) || f->w->out->full)
			return;
		mpy_decompile_close(f);
		f->at++;
		if (op >= 90) {
			if (f->at + 2 > size)
				return;
			arg = extended | code[f->at] |
			      (uint32_t)code[f->at + 1] << 8;
			f->at += 2;
		}
		if (act == MPY_ACT_EXTENDED) {
			extended = arg << 16;
			continue;
		}
		extended = 0;
		if (act)
			instruction(f, act, arg);
	}
}

void mpy_decompile_code(struct walk *w, const struct mpy_code *code,
			unsigned int level, bool quiet, struct frame *f)
{
	memset(f, 0, offsetof(struct frame, stack));
	f->sp = f->blocks = 0;
	f->at = 0;
	f->result = f->value = f->target = f->words = NULL;
	f->w = w;
	f->code = code;
	f->level = level;
	f->quiet = quiet;
	if (w->nested >= NESTED) {
		w->budget->bounds |= MPY_BOUND_DEPTH;
		return;
	}
	if (!code || !code->code || code->code->kind != MPY_OBJ_BYTES)
		return;
	w->nested++;
	if (w->version < 0x0300)
		walk_two(f, code->code->u.data, code->code->n);
	else
		walk_three(f, code->code->u.data, code->code->n);
	w->nested--;
}

void mpy_decompile(const struct mpy_object *code, unsigned int version,
		   struct mpy_arena *arena, struct mpy_budget *budget,
		   struct mpy_output *out)
{
	struct walk w = { .version = version, .arena = arena,
			  .budget = budget, .out = out };
	struct frame f;

	if (!code || code->kind != MPY_OBJ_CODE)
		return;
	out->two = version < 0x0300;
	mpy_decompile_table(version, w.acts);
	mpy_decompile_code(&w, code->u.code, 0, false, &f);
}
