// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Statements: imports, assignments, definitions, blocks. Each statement is
 * read once, from left to right; what cannot be made sense of is passed over
 * token by token, and whatever looks like an expression in it is read.
 */
#include "eval.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verdict.h"

#define UNROLL_BASE  (1u << 16)
#define UNROLL_MAX   (4u << 20)
#define UNROLL_TIMES 32 /* tokens read again for each byte of the text */

/* Of that, for one statement. Loops that decode something go over a constant
 * of the text; others, such as a parser's over input that nobody knows, would
 * only end with what there is for all. */
#define STATEMENT_BASE	(1u << 16)
#define STATEMENT_TIMES 64 /* for each byte of the largest constant so far */
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
	mpy_marks_start(f);
	*out = f;
	return 0;
}

void mpy_fold_free(struct mpy_fold *fold)
{
	if (!fold)
		return;
	mpy_arena_free(&fold->arena);
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

/* ---- imports ------------------------------------------------------------- */

/* a.b.c; the first part alone in *root. */
static const struct name *read_dotted(struct mpy_fold *f,
				      const struct name **root)
{
	const struct name *name = NULL;
	char wide[256];

	*root = NULL;
	while (mpy_eval_peek(f)->kind == MPY_TOK_NAME) {
		const struct mpy_token *t = mpy_eval_peek(f);
		size_t size = mpy_lex_name(f->text, t, wide, sizeof(wide));

		name = mpy_name_get(f, name, wide, size);
		if (!*root)
			*root = name;
		mpy_eval_advance(f);
		if (!name || !mpy_eval_accept(f, '.'))
			break;
	}
	return name;
}

static void set_name(struct mpy_fold *f, uint64_t key, const struct name *name)
{
	struct value v;

	mpy_value_unknown(&v, 0, 0);
	if (name) {
		v.kind = V_NAME;
		v.u.name = name;
		if (name->known && !name->known->op && !name->known->sinks &&
		    !name->known->direct)
			v.marks = name->known->source;
	}
	mpy_eval_assign(f, key, true, &v);
}

/* "as x" if it is there: the key of x, else 0. */
static uint64_t read_as(struct mpy_fold *f)
{
	uint64_t key = 0;

	if (!mpy_eval_kw(f, MPY_KW_AS))
		return 0;
	mpy_eval_advance(f);
	if (mpy_eval_peek(f)->kind == MPY_TOK_NAME) {
		key = mpy_key_token(f, mpy_eval_peek(f));
		mpy_eval_advance(f);
	}
	return key;
}

static void read_import(struct mpy_fold *f)
{
	mpy_eval_advance(f);
	do {
		const struct name *root, *name = read_dotted(f, &root);
		uint64_t key = read_as(f);

		mpy_flow_import(f, name, mpy_eval_peek(f)->line);
		if (key)
			set_name(f, key, name);
		else if (root)
			set_name(f, mpy_key(root->text, root->size), root);
	} while (mpy_eval_accept(f, ','));
}

static void read_from(struct mpy_fold *f)
{
	const struct name *root, *module;
	bool relative = false;

	mpy_eval_advance(f);
	while (mpy_eval_accept(f, '.') ||
	       mpy_eval_accept(f, MPY_OP_ELLIPSIS))
		relative = true;
	module = read_dotted(f, &root);
	if (relative)
		module = NULL;
	mpy_flow_import(f, module, mpy_eval_peek(f)->line);
	if (!mpy_eval_kw(f, MPY_KW_IMPORT))
		return;
	mpy_eval_advance(f);
	if (mpy_eval_accept(f, '*')) {
		if (module && f->n_stars < 8)
			f->stars[f->n_stars++] = module;
		return;
	}
	mpy_eval_accept(f, '(');
	while (mpy_eval_peek(f)->kind == MPY_TOK_NAME) {
		const struct mpy_token *t = mpy_eval_peek(f);
		uint64_t plain = mpy_key_token(f, t), key;
		char wide[256];
		size_t size = mpy_lex_name(f->text, t, wide, sizeof(wide));

		mpy_eval_advance(f);
		key = read_as(f);
		set_name(f, key ? key : plain, module ?
			 mpy_name_get(f, module, wide, size) : NULL);
		if (!mpy_eval_accept(f, ','))
			break;
	}
	mpy_eval_accept(f, ')');
}

/* ---- assignments --------------------------------------------------------- */

struct target {
	uint64_t key;
	bool simple;
	bool element; /* key[index] of a list or bytearray */
	int64_t index;
};

#define TARGETS 8

/*
 * "[i]" behind a variable that holds a sequence, in code that is read in
 * rounds. Elsewhere an element that is assigned says nothing.
 */
static bool read_element(struct mpy_fold *f, struct target *target)
{
	const struct value *var = mpy_var_find(f, target->key);
	struct value index;

	if ((!f->unroll && !f->follow) || !var ||
	    (var->kind != V_BYTES && var->kind != V_LIST))
		return false;
	mpy_eval_advance(f);
	mpy_eval(f, &index);
	if (index.kind != V_INT || !mpy_eval_accept(f, ']') ||
	    mpy_eval_op(f, '.') || mpy_eval_op(f, '['))
		return false;
	target->element = true;
	target->index = index.u.i;
	return true;
}

/*
 * A path that can be assigned to: x, self.x, d['k'], x[i]. False, and f->at
 * anywhere, if the tokens are something else.
 */
static bool read_target(struct mpy_fold *f, struct target *target)
{
	const struct mpy_token *t = mpy_eval_peek(f);

	if (t->kind != MPY_TOK_NAME)
		return false;
	target->key = mpy_key_token(f, t);
	target->simple = true;
	target->element = false;
	mpy_eval_advance(f);
	while (!mpy_eval_done(f)) {
		struct value index;

		if (mpy_eval_op(f, '.')) {
			mpy_eval_advance(f);
			t = mpy_eval_peek(f);
			if (t->kind != MPY_TOK_NAME &&
			    t->kind != MPY_TOK_KEYWORD)
				return false;
			target->key = mpy_key_join(target->key,
						   mpy_key_token(f, t));
			target->simple = false;
			mpy_eval_advance(f);
		} else if (mpy_eval_op(f, '[')) {
			t = mpy_eval_peek2(f);
			if (t->kind != MPY_TOK_STRING)
				return read_element(f, target);
			mpy_eval_advance(f);
			mpy_eval(f, &index);
			if (!mpy_value_is_text(&index) ||
			    !mpy_eval_accept(f, ']'))
				return false;
			target->key = mpy_key_join(
				target->key,
				mpy_key(index.u.s.data, index.u.s.size));
			target->simple = false;
		} else {
			return true;
		}
	}
	return true;
}

static void assign_one(struct mpy_fold *f, const struct target *target,
		       const struct value *v)
{
	struct value *var;

	if (!target->element) {
		mpy_eval_assign(f, target->key, target->simple, v);
		return;
	}
	var = mpy_var_find(f, target->key);
	if (var && !mpy_value_put(f, var, target->index, v))
		mpy_value_unknown(var, var->marks | v->marks, var->line);
}

static void assign(struct mpy_fold *f, const struct target *targets,
		   unsigned int n, const struct value *v)
{
	for (unsigned int i = 0; i < n; i++) {
		struct value part = *v;

		if (n > 1) {
			mpy_value_unknown(&part, v->marks, v->line);
			if (v->kind == V_LIST && !v->u.list->dict &&
			    v->u.list->n == n)
				mpy_list_get(f, v->u.list, i, &part);
		}
		assign_one(f, &targets[i], &part);
	}
}

/* x += value, and the like */
static void augment(struct mpy_fold *f, const struct target *target,
		    uint32_t first)
{
	const struct mpy_token *t = mpy_eval_peek(f);
	unsigned int op = f->text[t->start];
	struct value v, right;
	const struct value *old = mpy_var_find(f, target->key);

	if (t->length == 3)
		op = op == '*' ? MPY_OP_POW : op == '/' ? MPY_OP_FLOORDIV :
		     op == '<' ? MPY_OP_LSHIFT : MPY_OP_RSHIFT;
	mpy_eval_advance(f);
	mpy_eval_list(f, &right);
	mpy_value_unknown(&v, 0, 0);
	if (old)
		v = *old;
	if (target->element && old) {
		struct value index;

		mpy_value_int(&index, target->index, 0);
		mpy_eval_index(f, &v, &index);
	}
	if (v.kind == V_LIST && op == '+' && right.kind == V_LIST &&
	    !v.u.list->dict && f->unroll) {
		struct value element; /* in place, as Python does */

		for (uint32_t i = 0; i < right.u.list->n; i++) {
			mpy_list_get(f, right.u.list, i, &element);
			if (!mpy_list_add(f, v.u.list, &element))
				break;
		}
		f->growth++;
	} else {
		mpy_eval_binary(f, op, &v, &right, first);
	}
	assign_one(f, target, &v);
}

/*
 * "a = b, c.d = value", "x: T = value", "x += value". False, and f->at as it
 * was, if the statement is none of them.
 */
static bool read_assignment(struct mpy_fold *f)
{
	struct target targets[TARGETS];
	uint32_t first = f->at;
	unsigned int n = 0, rounds = 0;
	struct value v, note;

	for (;;) {
		unsigned int group = n;

		do {
			bool star = mpy_eval_accept(f, '*');

			(void)star;
			if (n == TARGETS || !read_target(f, &targets[n]))
				goto no;
			n++;
		} while (mpy_eval_accept(f, ','));
		if (n == group + 1 && mpy_eval_op(f, MPY_OP_AUG) && !group) {
			augment(f, &targets[0], first);
			return true;
		}
		if (mpy_eval_op(f, ':') && n == 1) {
			mpy_eval_advance(f);
			mpy_eval(f, &note); /* annotation */
		}
		if (!mpy_eval_accept(f, '='))
			goto no;
		rounds++;
		/* chained: is another target in front of another "="? */
		first = f->at;
		if (rounds >= 4 || mpy_eval_peek(f)->kind != MPY_TOK_NAME ||
		    mpy_eval_peek2(f)->kind != MPY_TOK_OP ||
		    mpy_eval_peek2(f)->sub != '=' || n != rounds)
			break;
	}
	mpy_eval_list(f, &v);
	if (rounds > 1)
		for (unsigned int i = 0; i < n; i++)
			assign(f, &targets[i], 1, &v);
	else
		assign(f, targets, n, &v);
	return true;
no:
	if (rounds) { /* a = <something else> = value */
		f->at = first;
		mpy_eval_list(f, &v);
		return true;
	}
	f->at = first;
	return false;
}

/* ---- definitions and blocks ---------------------------------------------- */

/* In a followed function or loop: past the block or line behind ":". */
static void skip_block(struct mpy_fold *f)
{
	uint32_t level = 0;

	if (mpy_eval_peek(f)->kind != MPY_TOK_NEWLINE) {
		while (!mpy_eval_done(f) &&
		       mpy_eval_peek(f)->kind != MPY_TOK_NEWLINE)
			mpy_eval_advance(f);
		return;
	}
	mpy_eval_advance(f);
	do {
		if (mpy_eval_peek(f)->kind == MPY_TOK_INDENT)
			level++;
		else if (mpy_eval_peek(f)->kind == MPY_TOK_DEDENT && level)
			level--;
		mpy_eval_advance(f);
	} while (level && !mpy_eval_done(f));
}

/* Is the decorator in front of the token "def" this one? */
static bool is_static(const struct mpy_fold *f, uint32_t def)
{
	return def > 2 && f->tokens[def - 1].kind == MPY_TOK_NEWLINE &&
	       f->tokens[def - 2].kind == MPY_TOK_NAME &&
	       mpy_lex_is(f->text, &f->tokens[def - 2], "staticmethod");
}

static void read_def(struct mpy_fold *f)
{
	uint32_t def = f->at;
	struct code *code;
	struct value v;
	uint64_t key = 0;

	mpy_eval_advance(f);
	if (mpy_eval_peek(f)->kind == MPY_TOK_NAME) {
		key = mpy_key_token(f, mpy_eval_peek(f));
		mpy_eval_advance(f);
	}
	code = mpy_arena_get(&f->arena, sizeof(*code));
	if (!code)
		return;
	memset(code, 0, sizeof(*code));
	code->piece = f->piece;
	code->name = key;
	code->open = true;
	mpy_value_unknown(&v, 0, 0);
	v.kind = V_CODE;
	v.u.code = code;
	mpy_eval_assign(f, key, true, &v);
	code->inside = f->n_scopes && f->scopes[f->n_scopes - 1].is_class &&
		       !is_static(f, def);
	f->pending = code;
	f->pending_class = false;
	f->pending_undo = f->n_undo;
	if (mpy_eval_op(f, '[')) /* type parameters */
		mpy_eval_skip_group(f);
	if (mpy_eval_accept(f, '(')) {
		mpy_eval_params(f, code);
		mpy_eval_accept(f, ')');
	}
	if (mpy_eval_accept(f, MPY_OP_ARROW))
		mpy_eval(f, &v);
	if (mpy_eval_accept(f, ':'))
		code->first = f->at;
	if (!f->follow && !f->unroll)
		return;
	/* within what is read again: it was seen before */
	f->pending = NULL;
	mpy_var_undo(f, f->pending_undo);
	skip_block(f);
	code->last = f->at;
	code->open = false;
}

static void read_class(struct mpy_fold *f)
{
	struct value v;

	mpy_eval_advance(f);
	f->pending_hook = false;
	f->pending_name = 0;
	if (mpy_eval_peek(f)->kind == MPY_TOK_NAME) {
		f->pending_name = mpy_key_token(f, mpy_eval_peek(f));
		mpy_value_unknown(&v, 0, 0);
		v.kind = V_CLASS;
		v.u.origin = f->pending_name;
		mpy_eval_assign(f, f->pending_name, true, &v);
		mpy_eval_advance(f);
	}
	if (mpy_eval_op(f, '['))
		mpy_eval_skip_group(f);
	if (mpy_eval_op(f, '(')) {
		mpy_eval(f, &v);
		f->pending_hook = v.kind == V_NAME &&
				  strstr(v.u.name->text, ".command.");
	}
	f->pending = NULL;
	f->pending_class = true;
	f->pending_undo = f->n_undo;
	mpy_eval_accept(f, ':');
	if (f->follow || f->unroll) {
		f->pending_class = false;
		skip_block(f);
	}
}

static void open_scope(struct mpy_fold *f)
{
	struct scope *scope;

	if (!f->pending && !f->pending_class)
		return;
	if (f->n_scopes == SCOPES) {
		f->lost_scopes++;
	} else {
		scope = &f->scopes[f->n_scopes++];
		memset(scope, 0, sizeof(*scope));
		scope->own = f->pending;
		scope->is_class = f->pending_class;
		scope->class_name = f->pending_name;
		scope->indent = f->indent;
		scope->undo = f->pending_undo;
		scope->is_hook = f->pending_class ? f->pending_hook :
				 f->n_scopes > 1 && scope[-1].is_hook;
	}
	f->pending = NULL;
	f->pending_class = false;
}

static void close_scope(struct mpy_fold *f)
{
	struct scope *scope = &f->scopes[f->n_scopes - 1];

	if (scope->own) {
		scope->own->last = f->at;
		scope->own->open = false;
	}
	f->n_scopes--;
	if (!scope->is_class)
		mpy_var_undo(f, scope->undo);
}

/* __reduce__ that gives a function which runs something */
static void note_reduce(struct mpy_fold *f, const struct value *v)
{
	struct value callee;

	if (v->kind != V_LIST || !v->u.list->n || v->u.list->dict)
		return;
	mpy_list_get(f, v->u.list, 0, &callee);
	if (callee.kind == V_NAME && callee.u.name->known &&
	    (callee.u.name->known->sinks & (S_RUN | S_EXEC)))
		mpy_flow_note(f, MPY_BEH_PICKLE_COMMAND,
			      f->tokens[f->at - 1].line, 0);
}

static void read_return(struct mpy_fold *f)
{
	struct code *own = f->n_scopes ? f->scopes[f->n_scopes - 1].own : NULL;
	struct value v;

	mpy_eval_advance(f);
	mpy_value_unknown(&v, 0, 0);
	v.kind = V_NONE;
	if (mpy_eval_peek(f)->kind != MPY_TOK_NEWLINE)
		mpy_eval_list(f, &v);
	if (f->follow) {
		f->result = v;
		f->returned = true;
		return;
	}
	if (f->pending) /* def f(x): return x */
		own = f->pending;
	if (own && own->name == f->reduce_key)
		note_reduce(f, &v);
	if (own && (v.marks & ~own->result & T_SOURCES & ~T_PARAMS)) {
		own->result |= v.marks & T_SOURCES & ~T_PARAMS;
		own->result_line = v.line;
	}
}

static void read_global(struct mpy_fold *f)
{
	struct scope *scope = f->n_scopes ? &f->scopes[f->n_scopes - 1] : NULL;

	mpy_eval_advance(f);
	while (mpy_eval_peek(f)->kind == MPY_TOK_NAME) {
		if (scope && scope->n_globals < 8)
			scope->globals[scope->n_globals++] =
				mpy_key_token(f, mpy_eval_peek(f));
		mpy_eval_advance(f);
		if (!mpy_eval_accept(f, ','))
			break;
	}
}

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
	struct target target;
	struct value v;

	mpy_eval_advance(f);
	note_quiet(f);
	mpy_eval_accept(f, '(');
	do {
		uint32_t before = f->at;

		mpy_eval(f, &v);
		if (mpy_eval_kw(f, MPY_KW_AS)) {
			mpy_eval_advance(f);
			if (read_target(f, &target))
				mpy_eval_assign(f, target.key, target.simple,
						&v);
		}
		if (f->at == before)
			break;
	} while (mpy_eval_accept(f, ','));
	mpy_eval_accept(f, ')');
	mpy_eval_accept(f, ':');
}

/*
 * if, elif, else. Normally all branches are read; in code that is followed
 * with constants only the branch taken.
 */
static void read_if(struct mpy_fold *f)
{
	unsigned int word = mpy_eval_peek(f)->sub;
	bool choose = f->follow || f->unroll;
	struct value v;
	int truth = 1;

	mpy_eval_advance(f);
	if (word != MPY_KW_ELSE) {
		mpy_eval_list(f, &v);
		truth = mpy_value_truth(&v);
	}
	if (!mpy_eval_accept(f, ':') || !choose)
		return;
	if (word != MPY_KW_IF && f->taken) {
		skip_block(f);
		return;
	}
	if (!truth) {
		f->taken = false;
		skip_block(f);
		return;
	}
	f->taken = truth > 0;
}

static void read_keyword(struct mpy_fold *f, const struct mpy_token *t)
{
	struct value v;

	switch (t->sub) {
	case MPY_KW_IMPORT:
		read_import(f);
		return;
	case MPY_KW_FROM:
		read_from(f);
		return;
	case MPY_KW_DEF:
		read_def(f);
		return;
	case MPY_KW_CLASS:
		read_class(f);
		return;
	case MPY_KW_RETURN:
		read_return(f);
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
		read_if(f);
		return;
	case MPY_KW_WITH:
	case MPY_KW_EXCEPT:
		read_with(f);
		return;
	case MPY_KW_GLOBAL:
	case MPY_KW_NONLOCAL:
		read_global(f);
		return;
	case MPY_KW_BREAK:
	case MPY_KW_CONTINUE:
		mpy_eval_advance(f);
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

/* A string alone: documentation. */
static bool read_docstring(struct mpy_fold *f)
{
	unsigned int next = mpy_eval_peek2(f)->kind;

	if (mpy_eval_peek(f)->kind != MPY_TOK_STRING ||
	    (next != MPY_TOK_NEWLINE && next != MPY_TOK_END))
		return false;
	mpy_eval_advance(f);
	return true;
}

static void read_layout(struct mpy_fold *f, const struct mpy_token *t)
{
	if (t->kind == MPY_TOK_INDENT) {
		if (!f->follow && !f->unroll) {
			f->indent++;
			open_scope(f);
		}
	} else if (t->kind == MPY_TOK_DEDENT && !f->follow && !f->unroll) {
		while (f->n_scopes &&
		       f->scopes[f->n_scopes - 1].indent >= f->indent)
			close_scope(f);
		if (f->indent)
			f->indent--;
	}
	mpy_eval_advance(f);
}

/* def f(x): return x ends with its line. */
static void end_line(struct mpy_fold *f)
{
	if (!f->pending && !f->pending_class)
		return;
	if (f->at + 1 < f->end &&
	    f->tokens[f->at + 1].kind == MPY_TOK_INDENT)
		return;
	if (f->pending) {
		f->pending->last = f->at;
		f->pending->open = false;
		mpy_var_undo(f, f->pending_undo);
	}
	f->pending = NULL;
	f->pending_class = false;
}

void mpy_fold_statement(struct mpy_fold *f)
{
	const struct mpy_token *t = mpy_eval_peek(f);
	uint32_t first = f->at;
	struct value v;

	switch (t->kind) {
	case MPY_TOK_NEWLINE:
		if (!f->follow && !f->unroll)
			end_line(f);
		mpy_eval_advance(f);
		break;
	case MPY_TOK_INDENT:
	case MPY_TOK_DEDENT:
		read_layout(f, t);
		break;
	case MPY_TOK_KEYWORD:
		read_keyword(f, t);
		break;
	case MPY_TOK_NAME:
		if (!read_exec(f, t) && !read_assignment(f))
			mpy_eval_list(f, &v);
		break;
	default:
		if (!read_docstring(f))
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
	uint64_t share = STATEMENT_BASE + f->largest * STATEMENT_TIMES;

	if (f->n_steps != f->steps_before)
		f->in_vain = 0;
	else if (!f->unroll_left && f->in_vain < IN_VAIN_MAX)
		f->in_vain++;
	f->steps_before = f->n_steps;
	share >>= f->in_vain;
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
}

int mpy_fold_feed(struct mpy_fold *fold, const struct mpy_token *tokens,
		  size_t n)
{
	struct mpy_fold *f = fold;

	f->tokens = tokens;
	f->n = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
	f->end = f->n;
	f->at = 0;
	f->piece++;
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
