/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decompile_inside.h - the frame of the code object that is walked, and how
 * the files of the decompiler call each other. Nobody else includes it.
 *
 *   decompile.c            the walk; names, and places on the stack
 *   decompile_expression.c operators, subscripts, displays
 *   decompile_call.c       calls; functions, classes, comprehensions
 *   decompile_statement.c  what is printed: stores, imports, blocks
 *   opcodes.c              what each opcode does, by version
 *   rope.c                 texts under construction
 */
#ifndef MPY_JUDGE_DECOMPILE_INSIDE_H
#define MPY_JUDGE_DECOMPILE_INSIDE_H

#include "rope.h"

#define STACK  512
#define BLOCKS 16
#define ARGS   64 /* of a call, and pairs of a dict */

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

/* ---- the stack and what is put on it ------------------------------------- */

/* Every line of the decompiler is made of these: their names are short. */
static inline rope_t text(struct frame *f, const char *s)
{
	return mpy_rope_text(f->w->arena, s);
}

static inline rope_t join(struct frame *f, rope_t a, const char *s, rope_t b)
{
	return mpy_rope_join(f->w->arena, a, s, b);
}

static inline rope_t wrap(struct frame *f, const char *before, rope_t a,
			  const char *after)
{
	return join(f, join(f, NULL, before, a), after, NULL);
}

/* What is beyond the stack's ends is lost, or unknown: "_". */
static inline void push(struct frame *f, rope_t r)
{
	if (f->sp < STACK)
		f->stack[f->sp++] = r;
}

static inline rope_t pop(struct frame *f)
{
	return f->sp ? f->stack[--f->sp] : text(f, "_");
}

static inline rope_t peek(struct frame *f, unsigned int depth)
{
	return depth < f->sp ? f->stack[f->sp - 1 - depth] : text(f, "_");
}

static inline const struct mpy_object *item_of(const struct mpy_object *list,
					       uint32_t i)
{
	if (!list || list->kind != MPY_OBJ_LIST || i >= list->n)
		return NULL;
	return list->u.items[i];
}

static inline rope_t name(struct frame *f, const struct mpy_object *list,
			  uint32_t i)
{
	return mpy_rope_tagged(f->w->arena, MPY_ROPE_NAME, item_of(list, i),
			       NULL);
}

static inline rope_t constant(struct frame *f, uint32_t i)
{
	const struct mpy_object *o = item_of(f->code->consts, i);

	return mpy_rope_tagged(f->w->arena,
			       o && o->kind == MPY_OBJ_CODE ? MPY_ROPE_CODE :
							      MPY_ROPE_CONST,
			       o, NULL);
}

/* Part of a larger expression: in brackets if it has an operator itself. */
static inline rope_t operand(struct frame *f, rope_t v)
{
	return v->tag == MPY_ROPE_BINARY ? wrap(f, "(", v, ")") : v;
}

static inline bool is_none(rope_t v)
{
	return v->tag == MPY_ROPE_CONST && v->object &&
	       v->object->kind == MPY_OBJ_NONE;
}

/* ---- from file to file --------------------------------------------------- */

/*
 * decompile.c: prints the body of code at that level of indentation, or
 * nothing if quiet; what was seen in it is left in f.
 */
void mpy_decompile_code(struct walk *w, const struct mpy_code *code,
			unsigned int level, bool quiet, struct frame *f);

/*
 * One instruction with its argument, if it is one of that file's. False: it
 * is not.
 */
bool mpy_decompile_statement_act(struct frame *f, unsigned int act,
				 uint32_t arg);
bool mpy_decompile_call_act(struct frame *f, unsigned int act, uint32_t arg);
bool mpy_decompile_expression_act(struct frame *f, unsigned int act,
				  uint32_t arg);

/* decompile_statement.c: a line, if lines are wanted. */
void mpy_decompile_statement(struct frame *f, const char *before, rope_t r,
			     const char *after);
/* target = v, or what else giving v a name means: for, import, def. */
void mpy_decompile_store(struct frame *f, rope_t target, rope_t v);
/* Ends the blocks that end before the next instruction. */
void mpy_decompile_close(struct frame *f);

/*
 * decompile_call.c: n arguments off the stack, separated by commas, the last
 * ones with the words (a tuple, or NULL) as names.
 */
rope_t mpy_decompile_arguments(struct frame *f, uint32_t n, rope_t words);

#endif
