// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Statements, and the fold as a whole. Each statement is read once, from left
 * to right; what cannot be made sense of is passed over token by token, and
 * whatever looks like an expression in it is read.
 */
#include "eval.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verdict.h"
#include "words.h"

#define UNROLL_BASE  (1u << 16)
#define UNROLL_MAX   (4u << 20)
#define UNROLL_TIMES 96 /* tokens read again for each byte of the text */

/* Of that, for one statement. Loops that decode something go over a constant
 * of the text; others, such as a parser's over input that nobody knows, would
 * only end with what there is for all. */
#define STATEMENT_BASE	(1u << 16)
#define STATEMENT_TIMES 64 /* for each byte of the largest constants so far */
#define IN_VAIN_MAX	6

int mpy_fold_create(const uint8_t *text, size_t size,
		    struct mpy_budget *budget, struct mpy_fold **out)
{
	struct mpy_fold *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->text = text;
	f->size = size;
	f->budget = budget;
	mpy_arena_init(&f->arena, MPY_FOLD_BYTES);
	f->unroll_left = UNROLL_BASE + (uint64_t)size * UNROLL_TIMES;
	if (f->unroll_left > UNROLL_MAX)
		f->unroll_left = UNROLL_MAX;
	f->self_key = mpy_key("self", 4);
	f->init_key = mpy_key("__init__", 8);
	f->reduce_key = mpy_key("__reduce__", 10);
	f->cls_key = mpy_key("cls", 3);
	f->stdin_key = mpy_key_join(mpy_key("sys", 3), mpy_key("stdin", 5));
	f->asks_doc = memmem(text, size, "__doc__", 7) != NULL;
	mpy_marks_start(f);
	*out = f;
	return 0;
}

void mpy_fold_free(struct mpy_fold *fold)
{
	if (!fold)
		return;
	mpy_arena_free(&fold->arena);
	free(fold->var_keys);
	free(fold->vars);
	free(fold->names);
	free(fold->undo);
	free(fold->items);
	free(fold->steps);
	free(fold->strings);
	free(fold);
}

const struct mpy_fold_item *mpy_fold_items(const struct mpy_fold *fold,
					   size_t *n)
{
	*n = fold->n_items;
	return fold->items;
}

const struct mpy_fold_step *mpy_fold_steps(const struct mpy_fold *fold,
					   size_t *n)
{
	*n = fold->n_steps;
	return fold->steps;
}

const struct mpy_fold_string *mpy_fold_strings(const struct mpy_fold *fold,
					       size_t *n)
{
	*n = fold->n_strings;
	return fold->strings;
}

const struct mpy_behaviours *mpy_fold_behaviours(const struct mpy_fold *fold)
{
	return &fold->behaviours;
}

/* ---- statements ---------------------------------------------------------- */

/* "except: pass" */
static void note_quiet(struct mpy_fold *f)
{
	uint32_t at = f->at + 1;

	if (!mpy_eval_op(f, ':'))
		return;
	while (at < f->end && (f->tokens[at].kind == MPY_TOK_NEWLINE ||
			       f->tokens[at].kind == MPY_TOK_INDENT))
		at++;
	if (at < f->end && f->tokens[at].kind == MPY_TOK_KEYWORD &&
	    f->tokens[at].sub == MPY_KW_PASS)
		mpy_flow_note(f, MPY_BEH_EXIT_QUIET, f->tokens[at].line, 0);
}

/* with a as b, c as d: ; except E as e: */
static void read_with(struct mpy_fold *f)
{
	struct value v;

	mpy_eval_advance(f);
	note_quiet(f);
	mpy_eval_accept(f, '(');
	do {
		uint32_t before = f->at;

		mpy_eval(f, &v);
		if (mpy_eval_kw(f, MPY_KW_AS)) {
			mpy_eval_advance(f);
			mpy_assign_as(f, &v);
		}
		if (f->at == before)
			break;
	} while (mpy_eval_accept(f, ','));
	mpy_eval_accept(f, ')');
	mpy_eval_accept(f, ':');
}

static void read_keyword(struct mpy_fold *f, const struct mpy_token *t)
{
	struct value v;

	switch (t->sub) {
	case MPY_KW_IMPORT:
		mpy_import_read(f);
		return;
	case MPY_KW_FROM:
		mpy_import_from(f);
		return;
	case MPY_KW_DEF:
		mpy_define_def(f);
		return;
	case MPY_KW_CLASS:
		mpy_define_class(f);
		return;
	case MPY_KW_RETURN:
		mpy_define_return(f);
		return;
	case MPY_KW_FOR:
		mpy_eval_advance(f);
		mpy_loop_for(f);
		return;
	case MPY_KW_WHILE:
		mpy_eval_advance(f);
		mpy_loop_while(f);
		return;
	case MPY_KW_IF:
	case MPY_KW_ELIF:
	case MPY_KW_ELSE:
		mpy_branch_if(f);
		return;
	case MPY_KW_WITH:
		read_with(f);
		return;
	case MPY_KW_EXCEPT:
		read_with(f);
		mpy_branch_maybe(f);
		return;
	case MPY_KW_GLOBAL:
	case MPY_KW_NONLOCAL:
		mpy_define_global(f);
		return;
	case MPY_KW_BREAK:
	case MPY_KW_CONTINUE:
		mpy_eval_advance(f);
		if (mpy_branch_leave(f))
			return;
		if (f->unroll && t->sub == MPY_KW_BREAK)
			f->broken = true;
		else if (f->unroll)
			f->skipping = true;
		return;
	case MPY_KW_TRUE:
	case MPY_KW_FALSE:
	case MPY_KW_NONE:
	case MPY_KW_LAMBDA:
	case MPY_KW_NOT:
	case MPY_KW_AWAIT:
	case MPY_KW_YIELD:
		mpy_eval_list(f, &v);
		return;
	default: /* try, finally, pass, del, raise, assert, async ... */
		mpy_eval_advance(f);
		mpy_eval_accept(f, ':');
		return;
	}
}

/* Python 2: exec code, exec code in namespace */
static bool read_exec(struct mpy_fold *f, const struct mpy_token *t)
{
	const struct mpy_token *next = mpy_eval_peek2(f);
	struct value callee, out;
	uint32_t first = f->at;
	struct args args;

	if (t->length != 4 || !mpy_lex_is(f->text, t, "exec"))
		return false;
	if (next->kind != MPY_TOK_NAME && next->kind != MPY_TOK_STRING)
		return false;
	mpy_eval_name(f, t, &callee);
	if (callee.kind != V_NAME)
		return false;
	memset(&args, 0, sizeof(args));
	args.n = 1;
	mpy_eval_advance(f);
	mpy_eval(f, &args.v[0]);
	args.marks = args.v[0].marks;
	args.line = args.v[0].line;
	mpy_apply(f, &callee, NULL, NULL, &args, first, &out);
	return true;
}

/*
 * The string in front of all else is what __doc__, f.__doc__ stand for. It is
 * looked at only where that is asked for.
 */
static void keep_doc(struct mpy_fold *f, const struct value *v, uint32_t at)
{
	const struct scope *scope = f->n_scopes ? &f->scopes[f->n_scopes - 1] :
						  NULL;
	uint64_t key = mpy_key("__doc__", 7);

	if (!at && f->piece == 1)
		mpy_var_set(f, key, v);
	else if (at && f->tokens[at - 1].kind == MPY_TOK_INDENT && scope &&
		 scope->indent == f->indent && (scope->own || scope->is_class))
		mpy_var_set(f, mpy_key_join(scope->own ? scope->own->name :
					    scope->class_name, key), v);
}

/* A string alone: documentation. */
static bool read_docstring(struct mpy_fold *f)
{
	unsigned int next = mpy_eval_peek2(f)->kind;
	uint32_t at = f->at;
	struct value v;

	if (mpy_eval_peek(f)->kind != MPY_TOK_STRING ||
	    (next != MPY_TOK_NEWLINE && next != MPY_TOK_END))
		return false;
	if (!f->asks_doc || f->follow || f->unroll) {
		mpy_eval_advance(f);
		return true;
	}
	f->unroll++; /* words in it do not count */
	mpy_eval(f, &v);
	f->unroll--;
	keep_doc(f, &v, at);
	return true;
}

void mpy_fold_statement(struct mpy_fold *f)
{
	const struct mpy_token *t = mpy_eval_peek(f);
	uint32_t first = f->at;
	struct value v;

	switch (t->kind) {
	case MPY_TOK_NEWLINE:
		if (!f->follow && !f->unroll)
			mpy_define_line(f);
		mpy_eval_advance(f);
		break;
	case MPY_TOK_INDENT:
	case MPY_TOK_DEDENT:
		mpy_define_layout(f, t);
		break;
	case MPY_TOK_KEYWORD:
		read_keyword(f, t);
		break;
	case MPY_TOK_NAME:
		if (!read_exec(f, t) && !mpy_assign_read(f))
			mpy_eval_list(f, &v);
		break;
	default: /* (a, b) = ..., *a, b = ..., or an expression */
		if (!read_docstring(f) && !mpy_assign_read(f))
			mpy_eval_list(f, &v);
		break;
	}
	if (f->at == first)
		mpy_eval_advance(f); /* whatever it is, it is passed */
}

/* Each statement in a row that used up its share in vain halves the next's. */
static void start_statement(struct mpy_fold *f)
{
	uint64_t all = f->unroll_left + f->unroll_kept;
	uint64_t share;

	if (f->n_steps != f->steps_before)
		f->in_vain = 0;
	else if (!f->unroll_left && f->in_vain < IN_VAIN_MAX)
		f->in_vain++;
	f->steps_before = f->n_steps;
	f->statement++;
	f->here = 0;
	share = (STATEMENT_BASE >> f->in_vain) + f->largest * STATEMENT_TIMES;
	f->unroll_left = share < all ? share : all;
	f->unroll_kept = all - f->unroll_left;
}

void mpy_fold_grant(struct mpy_fold *f, uint64_t size)
{
	uint64_t more;

	if (size <= f->largest || f->unroll || f->follow)
		return;
	more = (size - f->largest) * STATEMENT_TIMES;
	if (more > f->unroll_kept)
		more = f->unroll_kept;
	f->unroll_kept -= more;
	f->unroll_left += more;
	f->largest = size;
	f->in_vain = 0;
}

void mpy_fold_constant(struct mpy_fold *f, uint64_t size)
{
	if (f->unroll || f->follow)
		return;
	f->here += size;
	mpy_fold_grant(f, f->here);
}

int mpy_fold_feed(struct mpy_fold *fold, const struct mpy_token *tokens,
		  size_t n)
{
	struct mpy_fold *f = fold;

	f->tokens = tokens;
	f->n = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
	mpy_eval_range(f, 0, f->n);
	f->piece++;
	f->kept_to = 0;
	f->n_items = 0;
	if (f->pending)
		f->pending->first = 0;
	while (!mpy_eval_done(f)) {
		start_statement(f);
		mpy_fold_statement(f);
	}
	/* bodies that go on in the next piece are not followed */
	for (unsigned int i = 0; i < f->n_scopes; i++)
		if (f->scopes[i].own)
			f->scopes[i].own->piece = 0;
	if (f->arena.full)
		f->budget->bounds |= MPY_BOUND_DECODED;
	mpy_flow_end(f);
	return f->no_memory || f->arena.failed ? -ENOMEM : 0;
}
