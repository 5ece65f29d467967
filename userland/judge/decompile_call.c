// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls in decompiled code, by the conventions of each version, and what the
 * compiler makes calls of: functions, classes, comprehensions.
 */
#include <string.h>

#include "decompile_inside.h"

/* ---- functions and classes ----------------------------------------------- */

static bool is_named(const struct mpy_code *code, const char *what)
{
	return code->name && code->name->n == strlen(what) &&
	       (code->name->kind == MPY_OBJ_TEXT ||
		code->name->kind == MPY_OBJ_BYTES) &&
	       !memcmp(code->name->u.data, what, code->name->n);
}

static bool is_comprehension(const struct mpy_code *code)
{
	return is_named(code, "<listcomp>") || is_named(code, "<genexpr>") ||
	       is_named(code, "<setcomp>") || is_named(code, "<dictcomp>");
}

/* Is it the function that a code object in the file makes? */
static bool is_code(rope_t v)
{
	return v->tag == MPY_ROPE_CODE && v->object &&
	       v->object->kind == MPY_OBJ_CODE;
}

/* "(a, b" ")" of a function. */
static rope_t parameters(struct frame *f, const struct mpy_code *code)
{
	rope_t list = NULL;
	int64_t n = (int64_t)code->args + code->keyword_args;

	if (code->flags & 4)
		n++; /* *args */
	if (code->flags & 8)
		n++;
	for (int64_t i = 0; i < n && i < 64; i++)
		list = join(f, list, list ? ", " : NULL,
			    name(f, code->locals, (uint32_t)i));
	return list;
}

/* Prints a function, gives what stands for it. */
static rope_t define(struct frame *f, const struct mpy_object *object)
{
	const struct mpy_code *code = object->u.code;
	struct frame inner;
	rope_t r, head;

	if (is_comprehension(code))
		return mpy_rope_tagged(f->w->arena, MPY_ROPE_CODE, object,
				       NULL);
	if (is_named(code, "<lambda>")) {
		mpy_decompile_code(f->w, code, 0, true, &inner);
		r = join(f, join(f, NULL, "(lambda ", parameters(f, code)),
			 ": ", inner.result ? inner.result : text(f, "None"));
		return join(f, r, ")", NULL);
	}
	if (peek(f, 0)->tag == MPY_ROPE_CLASS ||
	    peek(f, 1)->tag == MPY_ROPE_CLASS)
		return mpy_rope_tagged(f->w->arena, MPY_ROPE_CODE, object,
				       NULL);
	r = mpy_rope_tagged(f->w->arena, MPY_ROPE_DEF, code->name, NULL);
	head = wrap(f, "", join(f, r, "(", parameters(f, code)), ")");
	mpy_decompile_statement(f, "def ", head, ":");
	if (!f->quiet)
		mpy_decompile_code(f->w, code, f->level + f->blocks + 1, false,
				   &inner);
	return r;
}

static void define_class(struct frame *f, const struct mpy_object *object,
			 rope_t bases)
{
	rope_t r = mpy_rope_tagged(f->w->arena, MPY_ROPE_DEF,
				   object->u.code->name, NULL);
	struct frame inner;

	mpy_decompile_statement(f, "class ",
				join(f, join(f, r, "(", bases), ")", NULL),
				":");
	if (!f->quiet)
		mpy_decompile_code(f->w, object->u.code,
				   f->level + f->blocks + 1, false, &inner);
	push(f, r);
}

static rope_t comprehension(struct frame *f, const struct mpy_object *object,
			    rope_t over)
{
	struct frame inner;
	rope_t r;

	mpy_decompile_code(f->w, object->u.code, 0, true, &inner);
	r = inner.result ? inner.result : text(f, "_");
	if (inner.value)
		r = join(f, r, ": ", inner.value);
	r = wrap(f, inner.value ? "{" : "[", r, " for ");
	r = join(f, r, NULL, inner.target ? inner.target : text(f, "_"));
	return join(f, join(f, r, " in ", over), inner.value ? "}" : "]",
		    NULL);
}

static void make_function(struct frame *f, uint32_t arg)
{
	unsigned int v = f->w->version;
	rope_t code;

	if (v >= 0x0300 && v < 0x030b)
		pop(f); /* qualified name */
	code = pop(f);
	if (v < 0x0300) {
		while (arg-- && f->sp)
			pop(f);
	} else if (v < 0x030d) {
		for (unsigned int bit = 1; bit < 16; bit <<= 1)
			if (arg & bit)
				pop(f);
	}
	if (is_code(code))
		push(f, define(f, code->object));
	else
		push(f, text(f, "_"));
}

/* ---- calls --------------------------------------------------------------- */

rope_t mpy_decompile_arguments(struct frame *f, uint32_t n, rope_t words)
{
	const struct mpy_object *list = words ? words->object : NULL;
	uint32_t named = list && list->kind == MPY_OBJ_LIST ? list->n : 0;
	uint32_t from, skipped = n > ARGS ? n - ARGS : 0;
	rope_t all = NULL;

	if (n > f->sp)
		n = f->sp;
	from = f->sp - n;
	if (named > n)
		named = n;
	for (uint32_t i = skipped < n ? skipped : 0; i < n; i++) {
		rope_t v = f->stack[from + i];

		if (i >= n - named)
			v = join(f, name(f, list, i - (n - named)), "=", v);
		all = join(f, all, all ? ", " : NULL, v);
	}
	f->sp = from;
	return all;
}

static void call(struct frame *f, rope_t callee, rope_t first, rope_t args)
{
	if (is_code(callee)) {
		push(f, comprehension(f, callee->object,
				      args ? args : text(f, "_")));
		return;
	}
	if (first && args)
		args = join(f, first, ", ", args);
	else if (first)
		args = first;
	push(f, join(f, join(f, callee, "(", args), ")", NULL));
}

/* From 3.11 on: a callee and a place that may hold its first argument. */
static void call_new(struct frame *f, uint32_t n, rope_t words)
{
	unsigned int at = f->sp > n ? f->sp - n : 0;
	rope_t one = at >= 2 ? f->stack[at - 2] : NULL;
	rope_t two = at >= 1 ? f->stack[at - 1] : text(f, "_");
	rope_t first = NULL, args, callee;

	if (one && one->tag == MPY_ROPE_CLASS && n >= 2)
		callee = one;
	else if (two->tag == MPY_ROPE_CLASS)
		callee = two;
	else
		callee = NULL;
	if (callee && n >= 2 && is_code(f->stack[at])) {
		const struct mpy_object *body = f->stack[at]->object;

		args = mpy_decompile_arguments(f, n - 2, words);
		f->sp = at >= 2 ? at - 2 : 0;
		define_class(f, body, args);
		return;
	}
	args = mpy_decompile_arguments(f, n, words);
	f->sp = at >= 2 ? at - 2 : 0;
	if (!one || one->tag == MPY_ROPE_NULL) {
		callee = two;
	} else {
		callee = one;
		if (two->tag != MPY_ROPE_NULL)
			first = two;
	}
	/* 3.11: a comprehension's iterable is the first argument */
	if (callee->tag == MPY_ROPE_CODE && first) {
		args = first;
		first = NULL;
	}
	call(f, callee, first, args);
}

static void call_old(struct frame *f, uint32_t n, rope_t words)
{
	unsigned int at = f->sp > n ? f->sp - n : 0;
	rope_t args;

	if (at && f->stack[at - 1]->tag == MPY_ROPE_CLASS && n >= 2 &&
	    is_code(f->stack[at])) {
		const struct mpy_object *body = f->stack[at]->object;

		args = mpy_decompile_arguments(f, n - 2, words);
		f->sp = at - 1;
		define_class(f, body, args);
		return;
	}
	args = mpy_decompile_arguments(f, n, words);
	call(f, pop(f), NULL, args);
}

/* Python 2: positional in the low byte, pairs of word and value above. */
static void call_two(struct frame *f, uint32_t arg, bool star)
{
	uint32_t pairs = arg >> 8 & 255, n = arg & 255;
	rope_t words = NULL, args;

	if (star)
		words = wrap(f, "*", pop(f), "");
	while (pairs--) {
		rope_t v = pop(f), word = pop(f);

		if (word->object)
			word = mpy_rope_tagged(f->w->arena, MPY_ROPE_NAME,
					       word->object, NULL);
		v = join(f, word, "=", v);
		words = words ? join(f, v, ", ", words) : v;
	}
	args = mpy_decompile_arguments(f, n, NULL);
	if (words)
		args = args ? join(f, args, ", ", words) : words;
	call(f, pop(f), NULL, args);
}

static void call_ex(struct frame *f, uint32_t arg)
{
	unsigned int v = f->w->version;
	rope_t words = NULL, args, callee;

	if ((arg & 1) || v >= 0x030e)
		words = pop(f);
	if (words && words->tag == MPY_ROPE_NULL)
		words = NULL;
	args = wrap(f, "*", pop(f), "");
	if (words)
		args = join(f, args, ", **", words);
	callee = pop(f);
	/* the empty place is above the callee from 3.13 on, below before */
	if (callee->tag == MPY_ROPE_NULL)
		callee = pop(f);
	else if (v >= 0x030b && v < 0x030d && f->sp &&
		 peek(f, 0)->tag == MPY_ROPE_NULL)
		pop(f);
	call(f, callee, NULL, args);
}

/* ---- instructions -------------------------------------------------------- */

bool mpy_decompile_call_act(struct frame *f, unsigned int act, uint32_t arg)
{
	rope_t a;

	switch (act) {
	case MPY_ACT_CALL:
		call_new(f, arg, f->words);
		f->words = NULL;
		return true;
	case MPY_ACT_CALL_KW:
		a = pop(f);
		call_new(f, arg, a);
		return true;
	case MPY_ACT_KW_NAMES:
		f->words = constant(f, arg);
		return true;
	case MPY_ACT_CALL_OLD:
		if (f->w->version < 0x0300)
			call_two(f, arg, false);
		else
			call_old(f, arg, NULL);
		return true;
	case MPY_ACT_CALL_VAR:
		call_two(f, arg, true);
		return true;
	case MPY_ACT_CALL_KW_OLD:
		a = pop(f);
		call_old(f, arg, a);
		return true;
	case MPY_ACT_CALL_EX:
		call_ex(f, arg);
		return true;
	case MPY_ACT_FUNCTION:
		make_function(f, arg);
		return true;
	case MPY_ACT_BUILD_CLASS:
		push(f, mpy_rope_tagged(f->w->arena, MPY_ROPE_CLASS, NULL,
					NULL));
		return true;
	case MPY_ACT_BUILD_CLASS27:
		pop(f);
		pop(f);
		pop(f);
		push(f, text(f, "_"));
		return true;
	default:
		return false;
	}
}
