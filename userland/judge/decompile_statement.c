// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Statements of decompiled code: values that get names, imports, what is
 * returned or thrown away. A forward jump on a condition opens a block that
 * ends where it leads.
 */
#include <string.h>

#include "decompile_inside.h"

static void indent(struct frame *f)
{
	for (unsigned int i = 0; i < f->level + f->blocks; i++)
		mpy_output_put(f->w->out, " ", 1);
}

void mpy_decompile_statement(struct frame *f, const char *before, rope_t r,
			     const char *after)
{
	if (f->quiet)
		return;
	indent(f);
	mpy_output_put(f->w->out, before, strlen(before));
	mpy_rope_print(r, f->w->out);
	mpy_output_put(f->w->out, after, strlen(after));
	mpy_output_put(f->w->out, "\n", 1);
}

/* ---- stores and imports -------------------------------------------------- */

static bool same_name(const struct mpy_object *a, const struct mpy_object *b)
{
	return a && b && (a->kind == MPY_OBJ_TEXT || a->kind == MPY_OBJ_BYTES) &&
	       a->kind == b->kind && a->n == b->n &&
	       !memcmp(a->u.data, b->u.data, a->n);
}

/* Is b the first part of the dotted name a, or all of it? */
static bool is_root(const struct mpy_object *a, const struct mpy_object *b)
{
	return a && b && a->kind == b->kind && a->n >= b->n &&
	       (a->kind == MPY_OBJ_TEXT || a->kind == MPY_OBJ_BYTES) &&
	       !memcmp(a->u.data, b->u.data, b->n) &&
	       (a->n == b->n || a->u.data[b->n] == '.');
}

static void store_import(struct frame *f, rope_t target, rope_t v)
{
	rope_t line;

	if (v->tag == MPY_ROPE_FROM && v->left->right) {
		line = wrap(f, "from ", v->left, " import ");
		line = join(f, line, NULL, v);
	} else {
		line = join(f, NULL, "import ",
			    v->tag == MPY_ROPE_FROM ? v->left : v);
		if (v->tag == MPY_ROPE_IMPORT &&
		    is_root(v->object, target->object)) {
			mpy_decompile_statement(f, "", line, "");
			return;
		}
	}
	if (!same_name(v->object, target->object) || !v->left ||
	    !v->left->right)
		line = join(f, line, " as ", target);
	mpy_decompile_statement(f, "", line, "");
}

/* Does it begin with something that is not known? */
static bool is_unknown(rope_t v)
{
	while (v->left && v->tag != MPY_ROPE_CONST)
		v = v->left;
	return v->tag == MPY_ROPE_PLAIN && v->text && !strcmp(v->text, "_");
}

/* Names that the compiler stores in each class. */
static bool is_bookkeeping(const struct mpy_object *name)
{
	static const char *const names[] = { "__module__", "__qualname__",
					     "__firstlineno__",
					     "__static_attributes__",
					     "__classcell__" };

	if (!name || (name->kind != MPY_OBJ_TEXT &&
		      name->kind != MPY_OBJ_BYTES))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (name->n == strlen(names[i]) &&
		    !memcmp(name->u.data, names[i], name->n))
			return true;
	return false;
}

static void open_block(struct frame *f, uint32_t end, unsigned int sp,
		       rope_t loop)
{
	if (f->blocks == BLOCKS)
		return;
	f->block[f->blocks].loop = loop;
	f->block[f->blocks].end = end;
	f->block[f->blocks++].sp = sp;
}

void mpy_decompile_store(struct frame *f, rope_t target, rope_t v)
{
	rope_t item = v;

	if (is_bookkeeping(target->object) || (v->size == 1 && is_unknown(v)))
		return;
	switch ((enum mpy_rope_tag)v->tag) {
	case MPY_ROPE_IMPORT:
	case MPY_ROPE_FROM:
		store_import(f, target, v);
		return;
	case MPY_ROPE_ITEM:
		if (!f->target)
			f->target = target;
		v = join(f, target, " in ", item->left);
		mpy_decompile_statement(f, "for ", v, ":");
		/* behind it the iterator is gone as well */
		if (!f->quiet)
			open_block(f, item->size, f->sp ? f->sp - 1 : 0, v);
		return;
	case MPY_ROPE_DEF:
		if (same_name(v->object, target->object))
			return;
		break;
	default:
		break;
	}
	mpy_decompile_statement(f, "", join(f, target, " = ", v), "");
}

static void throw_away(struct frame *f, rope_t v)
{
	if (v->tag == MPY_ROPE_IMPORT) {
		/* no name was taken out of it */
		if (v->right && !v->text)
			mpy_decompile_statement(f, "from ", v, " import *");
		return;
	}
	if ((v->tag == MPY_ROPE_PLAIN || v->tag == MPY_ROPE_BINARY) &&
	    !is_unknown(v))
		mpy_decompile_statement(f, "", v, "");
}

static void import_name(struct frame *f, uint32_t arg)
{
	rope_t from = pop(f), bare = NULL;
	struct mpy_rope *r;

	pop(f); /* level */
	if (from->tag == MPY_ROPE_CONST && from->object &&
	    from->object->kind != MPY_OBJ_NONE)
		bare = from;
	r = mpy_arena_get(f->w->arena, sizeof(*r));
	if (!r) {
		push(f, text(f, "_"));
		return;
	}
	memset(r, 0, sizeof(*r));
	r->tag = MPY_ROPE_IMPORT;
	r->object = item_of(f->code->names, arg);
	r->right = bare;
	r->size = 8;
	push(f, r);
}

static void import_from(struct frame *f, uint32_t arg)
{
	rope_t module = peek(f, 0);

	if (module->tag != MPY_ROPE_IMPORT) {
		push(f, join(f, module, ".", name(f, f->code->names, arg)));
		return;
	}
	push(f, mpy_rope_tagged(f->w->arena, MPY_ROPE_FROM,
				item_of(f->code->names, arg), module));
	/* something was taken: it is no "import *" */
	((struct mpy_rope *)(uintptr_t)module)->text = "";
}

static void import_star(struct frame *f)
{
	mpy_decompile_statement(f, "from ", pop(f), " import *");
}

/* ---- blocks -------------------------------------------------------------- */

static uint32_t jump_target(const struct frame *f, uint32_t arg, bool absolute)
{
	unsigned int v = f->w->version;

	if (v >= 0x030a)
		arg *= 2;
	return absolute ? arg : f->at + arg;
}

static void loop(struct frame *f, uint32_t arg)
{
	struct mpy_rope *item;
	rope_t over = peek(f, 0);

	item = mpy_arena_get(f->w->arena, sizeof(*item));
	if (!item) {
		push(f, text(f, "_"));
		return;
	}
	memset(item, 0, sizeof(*item));
	item->tag = MPY_ROPE_ITEM;
	item->left = over;
	/* its end, for mpy_decompile_store() */
	item->size = jump_target(f, arg, false) +
		     (f->w->version >= 0x030c ? 2 : 0);
	item->depth = over->depth;
	push(f, item);
}

static void condition(struct frame *f, uint32_t arg, const char *word)
{
	bool absolute = f->w->version < 0x030b;
	rope_t v = pop(f);
	uint32_t end = jump_target(f, arg, absolute) +
		       (f->w->version >= 0x030d ? 2 : 0);

	if (is_unknown(v))
		return;
	mpy_decompile_statement(f, word, v, ":");
	if (!f->quiet && end > f->at)
		open_block(f, end, STACK, NULL);
	else if (!f->quiet && !f->w->out->full) {
		f->blocks++; /* a line that the colon needs */
		mpy_decompile_statement(f, "pass", NULL, "");
		f->blocks--;
	}
}

void mpy_decompile_close(struct frame *f)
{
	while (f->blocks && f->block[f->blocks - 1].end <= f->at) {
		f->blocks--;
		if (f->block[f->blocks].sp < f->sp)
			f->sp = f->block[f->blocks].sp;
	}
}

/* ---- instructions -------------------------------------------------------- */

bool mpy_decompile_statement_act(struct frame *f, unsigned int act,
				 uint32_t arg)
{
	rope_t a;

	switch (act) {
	case MPY_ACT_POP:
		throw_away(f, pop(f));
		return true;
	case MPY_ACT_IMPORT:
		import_name(f, arg);
		return true;
	case MPY_ACT_IMPORT_FROM:
		import_from(f, arg);
		return true;
	case MPY_ACT_IMPORT_STAR:
		import_star(f);
		return true;
	case MPY_ACT_FOR:
		loop(f, arg);
		return true;
	case MPY_ACT_IF:
		condition(f, arg, "if ");
		return true;
	case MPY_ACT_UNLESS:
		condition(f, arg, "if not ");
		return true;
	case MPY_ACT_YIELD:
		f->result = pop(f);
		mpy_decompile_statement(f, "yield ", f->result, "");
		push(f, text(f, "_"));
		return true;
	case MPY_ACT_RETURN:
		a = pop(f);
		if (!f->quiet || !f->target)
			f->result = a;
		if (!is_none(a))
			mpy_decompile_statement(f, f->level ? "return " : "",
						a, "");
		return true;
	case MPY_ACT_RETURN_CONST:
		a = constant(f, arg);
		if (!f->quiet || !f->target)
			f->result = a;
		if (f->level && !is_none(a))
			mpy_decompile_statement(f, "return ", a, "");
		return true;
	case MPY_ACT_EXEC:
		pop(f);
		pop(f);
		mpy_decompile_statement(f, "exec(", pop(f), ")");
		return true;
	case MPY_ACT_PRINT:
		mpy_decompile_statement(f, "print(", pop(f), ")");
		return true;
	case MPY_ACT_RAISE:
		if (arg > 1)
			pop(f);
		if (arg)
			mpy_decompile_statement(f, "raise ", pop(f), "");
		return true;
	default:
		return false;
	}
}
