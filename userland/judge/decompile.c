// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The walk over the instructions of a code object. The stack holds ropes; an
 * instruction that stores, returns or throws away prints a statement. A
 * forward jump on a condition opens a block that ends where it leads.
 */
#include "decompile.h"

#include <string.h>

#include "rope.h"
#include "verdict.h"

#define STACK  512
#define BLOCKS 16
#define NESTED 24 /* functions in functions */

typedef const struct mpy_rope *rope_t;

struct walk {
	unsigned int version;
	struct mpy_arena *arena;
	struct mpy_budget *budget;
	struct mpy_output *out;
	uint8_t acts[256];
	unsigned int nested;
};

struct frame {
	struct walk *w;
	const struct mpy_code *code;
	rope_t stack[STACK];
	unsigned int sp;
	unsigned int level; /* indentation of the body */
	struct {
		uint32_t end;
		unsigned int sp;
		rope_t loop; /* "x in y", or NULL */
	} block[BLOCKS];
	unsigned int blocks;
	bool quiet; /* lambda, comprehension: no statements */
	uint32_t at;   /* offset of the next instruction */
	rope_t result; /* what is returned, yielded or appended last */
	rope_t value;  /* of a key, in a comprehension that makes a dict */
	rope_t target; /* of the first loop */
	rope_t words;  /* KW_NAMES */
};

static void walk_code(struct walk *w, const struct mpy_code *code,
		      unsigned int level, bool quiet, struct frame *f);

/* ---- stack --------------------------------------------------------------- */

static rope_t text(struct frame *f, const char *s)
{
	return mpy_rope_text(f->w->arena, s);
}

static rope_t join(struct frame *f, rope_t a, const char *s, rope_t b)
{
	return mpy_rope_join(f->w->arena, a, s, b);
}

static rope_t wrap(struct frame *f, const char *before, rope_t a,
		   const char *after)
{
	return join(f, join(f, NULL, before, a), after, NULL);
}

static void push(struct frame *f, rope_t r)
{
	if (f->sp < STACK)
		f->stack[f->sp++] = r;
}

static rope_t pop(struct frame *f)
{
	return f->sp ? f->stack[--f->sp] : text(f, "_");
}

static rope_t peek(struct frame *f, unsigned int depth)
{
	return depth < f->sp ? f->stack[f->sp - 1 - depth] : text(f, "_");
}

static const struct mpy_object *item_of(const struct mpy_object *list,
					uint32_t i)
{
	if (!list || list->kind != MPY_OBJ_LIST || i >= list->n)
		return NULL;
	return list->u.items[i];
}

static rope_t name(struct frame *f, const struct mpy_object *list, uint32_t i)
{
	return mpy_rope_tagged(f->w->arena, MPY_ROPE_NAME, item_of(list, i),
			       NULL);
}

static rope_t constant(struct frame *f, uint32_t i)
{
	const struct mpy_object *o = item_of(f->code->consts, i);

	return mpy_rope_tagged(f->w->arena,
			       o && o->kind == MPY_OBJ_CODE ? MPY_ROPE_CODE :
							      MPY_ROPE_CONST,
			       o, NULL);
}

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

/* ---- statements ---------------------------------------------------------- */

static void indent(struct frame *f)
{
	for (unsigned int i = 0; i < f->level + f->blocks; i++)
		mpy_output_put(f->w->out, " ", 1);
}

static void statement(struct frame *f, const char *before, rope_t r,
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

static void open_block(struct frame *f, uint32_t end, unsigned int sp,
		       rope_t loop)
{
	if (f->blocks == BLOCKS)
		return;
	f->block[f->blocks].loop = loop;
	f->block[f->blocks].end = end;
	f->block[f->blocks++].sp = sp;
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
			statement(f, "", line, "");
			return;
		}
	}
	if (!same_name(v->object, target->object) || !v->left ||
	    !v->left->right)
		line = join(f, line, " as ", target);
	statement(f, "", line, "");
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

static void store(struct frame *f, rope_t target, rope_t v)
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
		statement(f, "for ", v, ":");
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
	statement(f, "", join(f, target, " = ", v), "");
}

static bool is_none(rope_t v)
{
	return v->tag == MPY_ROPE_CONST && v->object &&
	       v->object->kind == MPY_OBJ_NONE;
}

static void throw_away(struct frame *f, rope_t v)
{
	if (v->tag == MPY_ROPE_IMPORT) {
		/* no name was taken out of it */
		if (v->right && !v->text)
			statement(f, "from ", v, " import *");
		return;
	}
	if ((v->tag == MPY_ROPE_PLAIN || v->tag == MPY_ROPE_BINARY) &&
	    !is_unknown(v))
		statement(f, "", v, "");
}

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
	rope_t r;

	if (is_comprehension(code))
		return mpy_rope_tagged(f->w->arena, MPY_ROPE_CODE, object,
				       NULL);
	if (is_named(code, "<lambda>")) {
		walk_code(f->w, code, 0, true, &inner);
		r = join(f, join(f, NULL, "(lambda ", parameters(f, code)),
			 ": ", inner.result ? inner.result : text(f, "None"));
		return join(f, r, ")", NULL);
	}
	if (peek(f, 0)->tag == MPY_ROPE_CLASS ||
	    peek(f, 1)->tag == MPY_ROPE_CLASS)
		return mpy_rope_tagged(f->w->arena, MPY_ROPE_CODE, object,
				       NULL);
	r = mpy_rope_tagged(f->w->arena, MPY_ROPE_DEF, code->name, NULL);
	statement(f, "def ",
		  wrap(f, "", join(f, r, "(", parameters(f, code)), ")"), ":");
	if (!f->quiet)
		walk_code(f->w, code, f->level + f->blocks + 1, false, &inner);
	return r;
}

static void define_class(struct frame *f, const struct mpy_object *object,
			 rope_t bases)
{
	rope_t r = mpy_rope_tagged(f->w->arena, MPY_ROPE_DEF,
				   object->u.code->name, NULL);
	struct frame inner;

	statement(f, "class ", join(f, join(f, r, "(", bases), ")", NULL),
		  ":");
	if (!f->quiet)
		walk_code(f->w, object->u.code, f->level + f->blocks + 1,
			  false, &inner);
	push(f, r);
}

static rope_t comprehension(struct frame *f, const struct mpy_object *object,
			    rope_t over)
{
	struct frame inner;
	rope_t r;

	walk_code(f->w, object->u.code, 0, true, &inner);
	r = inner.result ? inner.result : text(f, "_");
	if (inner.value)
		r = join(f, r, ": ", inner.value);
	r = wrap(f, inner.value ? "{" : "[", r, " for ");
	r = join(f, r, NULL, inner.target ? inner.target : text(f, "_"));
	return join(f, join(f, r, " in ", over), inner.value ? "}" : "]",
		    NULL);
}

/* Part of a larger expression: in brackets if it has an operator itself. */
static rope_t operand(struct frame *f, rope_t v)
{
	return v->tag == MPY_ROPE_BINARY ? wrap(f, "(", v, ")") : v;
}

/* ---- calls --------------------------------------------------------------- */

#define ARGS 64

/* n arguments off the stack, the last ones with the words as names. */
static rope_t arguments(struct frame *f, uint32_t n, rope_t words)
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
	if (callee->tag == MPY_ROPE_CODE && callee->object &&
	    callee->object->kind == MPY_OBJ_CODE) {
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
	if (callee && n >= 2 && f->stack[at]->tag == MPY_ROPE_CODE &&
	    f->stack[at]->object && f->stack[at]->object->kind ==
	    MPY_OBJ_CODE) {
		const struct mpy_object *body = f->stack[at]->object;

		args = arguments(f, n - 2, words);
		f->sp = at >= 2 ? at - 2 : 0;
		define_class(f, body, args);
		return;
	}
	args = arguments(f, n, words);
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
	    f->stack[at]->tag == MPY_ROPE_CODE && f->stack[at]->object &&
	    f->stack[at]->object->kind == MPY_OBJ_CODE) {
		const struct mpy_object *body = f->stack[at]->object;

		args = arguments(f, n - 2, words);
		f->sp = at - 1;
		define_class(f, body, args);
		return;
	}
	args = arguments(f, n, words);
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
	args = arguments(f, n, NULL);
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
	if (code->tag == MPY_ROPE_CODE && code->object &&
	    code->object->kind == MPY_OBJ_CODE)
		push(f, define(f, code->object));
	else
		push(f, text(f, "_"));
}

/* ---- instructions -------------------------------------------------------- */

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

static void subscript(struct frame *f)
{
	rope_t index = pop(f), v = operand(f, pop(f));

	push(f, join(f, join(f, v, "[", index), "]", NULL));
}

static void build(struct frame *f, uint32_t n, const char *open,
		  const char *close)
{
	rope_t all = arguments(f, n, NULL);

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
	/* its end, for store() */
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
	statement(f, word, v, ":");
	if (!f->quiet && end > f->at)
		open_block(f, end, STACK, NULL);
	else if (!f->quiet && !f->w->out->full) {
		f->blocks++; /* a line that the colon needs */
		statement(f, "pass", NULL, "");
		f->blocks--;
	}
}

static void close_blocks(struct frame *f)
{
	while (f->blocks && f->block[f->blocks - 1].end <= f->at) {
		f->blocks--;
		if (f->block[f->blocks].sp < f->sp)
			f->sp = f->block[f->blocks].sp;
	}
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

static void unpack(struct frame *f, uint32_t n)
{
	rope_t v = pop(f);

	if (v->tag == MPY_ROPE_ITEM) {
		store(f, text(f, "_item"), v);
		v = text(f, "_item");
	}
	if (n > 64)
		n = 64;
	while (n--)
		push(f, join(f, join(f, v, "[",
				     mpy_rope_number(f->w->arena, n)),
			     "]", NULL));
}

static void store_attr(struct frame *f, uint32_t arg)
{
	rope_t object = pop(f), v = pop(f);

	store(f, join(f, object, ".", name(f, f->code->names, arg)), v);
}

static void store_subscript(struct frame *f)
{
	rope_t index = pop(f), object = pop(f), v = pop(f);

	store(f, join(f, join(f, object, "[", index), "]", NULL), v);
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

static void import_star(struct frame *f)
{
	statement(f, "from ", pop(f), " import *");
}

static void common(struct frame *f, unsigned int act, uint32_t arg);

/* Loads and stores. */
static void move(struct frame *f, unsigned int act, uint32_t arg)
{
	const struct mpy_code *c = f->code;
	bool new = f->w->version >= 0x030b;

	switch (act) {
	case MPY_ACT_CONST:
		push(f, constant(f, arg));
		return;
	case MPY_ACT_SMALL:
		push(f, mpy_rope_number(f->w->arena, arg));
		return;
	case MPY_ACT_PUSH:
		push(f, text(f, "_"));
		return;
	case MPY_ACT_NULL:
		push(f, mpy_rope_tagged(f->w->arena, MPY_ROPE_NULL, NULL,
					NULL));
		return;
	case MPY_ACT_NAME_POP:
		pop(f);
		push(f, name(f, c->names, arg));
		return;
	case MPY_ACT_NAME:
		push(f, name(f, c->names, arg));
		return;
	case MPY_ACT_GLOBAL:
		load_global(f, arg);
		return;
	case MPY_ACT_FAST:
		push(f, name(f, c->locals, arg));
		return;
	case MPY_ACT_FAST2:
		push(f, name(f, c->locals, arg >> 4));
		push(f, name(f, c->locals, arg & 15));
		return;
	case MPY_ACT_DEREF_POP:
		pop(f);
		push(f, cell(f, arg));
		return;
	case MPY_ACT_DEREF:
		push(f, cell(f, arg));
		return;
	case MPY_ACT_ATTR:
		if (f->w->version >= 0x030c)
			load_attr(f, arg >> 1, arg & 1);
		else
			load_attr(f, arg, false);
		return;
	case MPY_ACT_METHOD:
		load_attr(f, arg, new);
		return;
	case MPY_ACT_SUPER:
		pop(f);
		pop(f);
		pop(f);
		push(f, text(f, "super()"));
		load_attr(f, arg >> 2, arg & 1);
		return;
	case MPY_ACT_STORE_NAME:
		store(f, name(f, c->names, arg), pop(f));
		return;
	case MPY_ACT_STORE_FAST:
		store(f, name(f, c->locals, arg), pop(f));
		return;
	case MPY_ACT_STORE_DEREF:
		store(f, cell(f, arg), pop(f));
		return;
	case MPY_ACT_STORE_LOAD:
		store(f, name(f, c->locals, arg >> 4), pop(f));
		push(f, name(f, c->locals, arg & 15));
		return;
	case MPY_ACT_STORE2:
		store(f, name(f, c->locals, arg >> 4), pop(f));
		store(f, name(f, c->locals, arg & 15), pop(f));
		return;
	case MPY_ACT_STORE_ATTR:
		store_attr(f, arg);
		return;
	case MPY_ACT_STORE_SUBSCR:
		store_subscript(f);
		return;
	case MPY_ACT_IMPORT:
		import_name(f, arg);
		return;
	case MPY_ACT_IMPORT_FROM:
		import_from(f, arg);
		return;
	case MPY_ACT_IMPORT_STAR:
		import_star(f);
		return;
	default:
		common(f, act, arg);
		return;
	}
}

/* What only moves things on the stack. */
static bool shuffle(struct frame *f, unsigned int act, uint32_t arg)
{
	rope_t a, b;

	switch (act) {
	case MPY_ACT_POP:
		throw_away(f, pop(f));
		return true;
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

static void expression(struct frame *f, unsigned int act, uint32_t arg)
{
	switch (act) {
	case MPY_ACT_SUBSCR:
		subscript(f);
		return;
	case MPY_ACT_SLICE:
	case MPY_ACT_SLICE3:
		slice(f, true, true);
		return;
	case MPY_ACT_SLICE0:
		slice(f, false, false);
		return;
	case MPY_ACT_SLICE1:
		slice(f, true, false);
		return;
	case MPY_ACT_SLICE2:
		slice(f, false, true);
		return;
	case MPY_ACT_BINARY_OP:
		if (arg == 26)
			subscript(f);
		else if (arg % 13 < sizeof(by_number))
			binary(f, operators[by_number[arg % 13]]);
		return;
	case MPY_ACT_COMPARE:
		compare(f, arg);
		return;
	case MPY_ACT_CONTAINS:
		binary(f, arg ? " not in " : " in ");
		return;
	case MPY_ACT_IS:
		binary(f, arg ? " is not " : " is ");
		return;
	case MPY_ACT_NEGATIVE:
		push(f, wrap(f, "-", operand(f, pop(f)), ""));
		return;
	case MPY_ACT_INVERT:
		push(f, wrap(f, "~", operand(f, pop(f)), ""));
		return;
	case MPY_ACT_NOT:
		push(f, wrap(f, "not ", operand(f, pop(f)), ""));
		return;
	case MPY_ACT_CONVERT:
		push(f, wrap(f, "repr(", pop(f), ")"));
		return;
	case MPY_ACT_TUPLE:
		build(f, arg, "(", ")");
		return;
	case MPY_ACT_LIST:
		build(f, arg, "[", "]");
		return;
	case MPY_ACT_MAP:
		build_map(f, f->w->version < 0x0300 ? 0 : arg);
		return;
	case MPY_ACT_CONST_MAP:
		build_const_map(f, arg);
		return;
	case MPY_ACT_STRING:
		build_string(f, arg);
		return;
	case MPY_ACT_FORMAT:
		if ((arg & 4) && f->w->version < 0x030d)
			pop(f);
		return;
	case MPY_ACT_INTERPOLATION:
		if (arg & 1)
			pop(f);
		pop(f);
		return;
	case MPY_ACT_BUILD_SLICE:
		build_slice(f, arg);
		return;
	case MPY_ACT_EXTEND:
		extend(f, arg);
		return;
	case MPY_ACT_UNPACK:
		unpack(f, arg);
		return;
	case MPY_ACT_UNPACK_EX:
		unpack(f, (arg & 255) + 1 + (arg >> 8 & 255));
		return;
	default:
		if (act >= MPY_ACT_OPERATOR0)
			binary(f, operators[act - MPY_ACT_OPERATOR0]);
		return;
	}
}

/* Calls, functions, control. */
static void common(struct frame *f, unsigned int act, uint32_t arg)
{
	rope_t a, b;

	switch (act) {
	case MPY_ACT_CALL:
		call_new(f, arg, f->words);
		f->words = NULL;
		return;
	case MPY_ACT_CALL_KW:
		a = pop(f);
		call_new(f, arg, a);
		return;
	case MPY_ACT_KW_NAMES:
		f->words = constant(f, arg);
		return;
	case MPY_ACT_CALL_OLD:
		if (f->w->version < 0x0300)
			call_two(f, arg, false);
		else
			call_old(f, arg, NULL);
		return;
	case MPY_ACT_CALL_VAR:
		call_two(f, arg, true);
		return;
	case MPY_ACT_CALL_KW_OLD:
		a = pop(f);
		call_old(f, arg, a);
		return;
	case MPY_ACT_CALL_EX:
		call_ex(f, arg);
		return;
	case MPY_ACT_FUNCTION:
		make_function(f, arg);
		return;
	case MPY_ACT_BUILD_CLASS:
		push(f, mpy_rope_tagged(f->w->arena, MPY_ROPE_CLASS, NULL,
					NULL));
		return;
	case MPY_ACT_BUILD_CLASS27:
		pop(f);
		pop(f);
		pop(f);
		push(f, text(f, "_"));
		return;
	case MPY_ACT_FOR:
		loop(f, arg);
		return;
	case MPY_ACT_IF:
		condition(f, arg, "if ");
		return;
	case MPY_ACT_UNLESS:
		condition(f, arg, "if not ");
		return;
	case MPY_ACT_APPEND:
		append(f, arg);
		return;
	case MPY_ACT_MAP_ADD:
		b = pop(f);
		a = pop(f);
		/* 3.8: value below, key on top before; now key below */
		f->result = a;
		f->value = b;
		return;
	case MPY_ACT_YIELD:
		f->result = pop(f);
		statement(f, "yield ", f->result, "");
		push(f, text(f, "_"));
		return;
	case MPY_ACT_RETURN:
		a = pop(f);
		if (!f->quiet || !f->target)
			f->result = a;
		if (!is_none(a))
			statement(f, f->level ? "return " : "", a, "");
		return;
	case MPY_ACT_RETURN_CONST:
		a = constant(f, arg);
		if (!f->quiet || !f->target)
			f->result = a;
		if (f->level && !is_none(a))
			statement(f, "return ", a, "");
		return;
	case MPY_ACT_EXEC:
		pop(f);
		pop(f);
		statement(f, "exec(", pop(f), ")");
		return;
	case MPY_ACT_PRINT:
		statement(f, "print(", pop(f), ")");
		return;
	case MPY_ACT_RAISE:
		if (arg > 1)
			pop(f);
		if (arg)
			statement(f, "raise ", pop(f), "");
		return;
	default:
		if (!shuffle(f, act, arg))
			expression(f, act, arg);
		return;
	}
}

/* ---- the walk ------------------------------------------------------------ */

static void walk_three(struct frame *f, const uint8_t *code, uint32_t size)
{
	uint32_t extended = 0;

	while (f->at + 2 <= size) {
		unsigned int act = f->w->acts[code[f->at]];
		uint32_t arg = extended | code[f->at + 1];

		if (!mpy_budget_step(f->w->budget, 1) || f->w->out->full)
			return;
		close_blocks(f);
		f->at += 2;
		if (act == MPY_ACT_EXTENDED) {
			extended = arg << 8;
			continue;
		}
		extended = 0;
		if (act)
			move(f, act, arg);
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
		close_blocks(f);
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
			move(f, act, arg);
	}
}

static void walk_code(struct walk *w, const struct mpy_code *code,
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
	walk_code(&w, code->u.code, 0, false, &f);
}
