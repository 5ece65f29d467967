// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Functions and classes: definitions, the blocks that are their scopes, and
 * what is said in them of the whole: return, global.
 */
#include "eval.h"

#include <string.h>

/* Is the decorator in front of the token "def" this one? */
static bool is_static(const struct mpy_fold *f, uint32_t def)
{
	return def > 2 && f->tokens[def - 1].kind == MPY_TOK_NEWLINE &&
	       f->tokens[def - 2].kind == MPY_TOK_NAME &&
	       mpy_lex_is(f->text, &f->tokens[def - 2], "staticmethod");
}

/*
 * Decorators of what a chat calls with a message. Some of the names mean
 * something else elsewhere (click.command): there the functions are not async.
 */
static bool is_chat_decorator(const struct mpy_fold *f,
			      const struct mpy_token *t, bool async)
{
	static const char *const names[] = {
		"message_handler", "callback_query_handler",
		"channel_post_handler", "on_message",
		"command", "event", "listen", "on", "slash_command"
	};
	const size_t n = async ? sizeof(names) / sizeof(names[0]) : 4;

	for (size_t i = 0; t->kind == MPY_TOK_NAME && i < n; i++)
		if (mpy_lex_is(f->text, t, names[i]))
			return true;
	return false;
}

static bool begins_line(const struct mpy_fold *f, uint32_t at)
{
	return !at || f->tokens[at - 1].kind == MPY_TOK_NEWLINE ||
	       f->tokens[at - 1].kind == MPY_TOK_INDENT ||
	       f->tokens[at - 1].kind == MPY_TOK_DEDENT;
}

/* Does one of the decorators in front of the token "def" say so? */
static bool is_handler(const struct mpy_fold *f, uint32_t def)
{
	const bool async = def && f->tokens[def - 1].kind == MPY_TOK_KEYWORD &&
			   f->tokens[def - 1].sub == MPY_KW_ASYNC;
	bool named = false;

	for (uint32_t at = def; at && def - at < 64;) {
		const struct mpy_token *t = &f->tokens[--at];

		named |= is_chat_decorator(f, t, async);
		if (!begins_line(f, at))
			continue;
		if (t->kind == MPY_TOK_OP && t->sub == '@') {
			if (named)
				return true;
		} else if (at + 1 < def) { /* no "async", no indentation */
			return false;
		}
	}
	return false;
}

/* Name of the class that is being read, or 0. */
static uint64_t class_of(const struct mpy_fold *f)
{
	for (unsigned int i = f->n_scopes; i; i--)
		if (f->scopes[i - 1].is_class)
			return f->scopes[i - 1].class_name;
	return 0;
}

/*
 * Methods are often called above the place where they are defined. What such
 * a call gives is kept as a variable, by the name, the class and the number of
 * the argument, until the definition asks for it.
 */
static uint64_t early_key(uint64_t name, uint64_t class, uint64_t argument)
{
	return mpy_key_join(mpy_key_join(~name, class), argument + 1);
}

static void keep_early(struct mpy_fold *f, uint64_t key, const struct value *v)
{
	const struct value *old = mpy_var_find(f, key);
	struct value kept;

	mpy_value_unknown(&kept, v->marks & T_SOURCES, v->line);
	if (old)
		kept.marks |= old->marks;
	mpy_var_set(f, key, &kept);
	f->early = true;
}

void mpy_define_early(struct mpy_fold *f, uint64_t name,
		      const struct args *args)
{
	uint64_t class = class_of(f);

	for (uint64_t i = 0; i < args->n && i < PARAMS; i++) {
		const struct value *v = &args->v[i];

		if (!(v->marks & T_SOURCES) || args->word[i])
			continue;
		keep_early(f, early_key(name, 0, i), v); /* a function's */
		if (class)
			keep_early(f, early_key(name, class, i), v);
	}
}

void mpy_define_param(struct mpy_fold *f, const struct code *code,
		      const struct mpy_token *t, struct value *v)
{
	const struct value *kept;
	uint64_t name = code->name, i = code->n_params;

	if (i < 4)
		v->marks |= mpy_flow_param(f, t, code->n_params);
	if (code->lambda || (code->inside && !i--))
		return;
	if (code->handler)
		v->marks |= T_CHAT;
	if (code->types && !i &&
	    (f->seen.keyboard || mpy_lex_is(f->text, t, "key")))
		v->marks |= T_KEYS;
	if (!f->early || (!code->inside && f->n_scopes))
		return;
	if (code->inside)
		name = mpy_key_join(f->self_key, name);
	kept = mpy_var_find(f, early_key(name, class_of(f), i));
	if (!kept)
		return;
	v->marks |= kept->marks;
	v->line = kept->line;
}

void mpy_define_def(struct mpy_fold *f)
{
	uint32_t def = f->at;
	const struct mpy_token *name;
	struct code *code;
	struct value v;
	uint64_t key = 0;

	mpy_eval_advance(f);
	name = mpy_eval_peek(f);
	if (name->kind == MPY_TOK_NAME) {
		key = mpy_key_token(f, name);
		mpy_eval_advance(f);
	}
	code = mpy_arena_get(&f->arena, sizeof(*code));
	if (!code)
		return;
	memset(code, 0, sizeof(*code));
	/* as listeners of pynput are called by custom */
	code->types = key && (mpy_lex_is(f->text, name, "on_press") ||
			      mpy_lex_is(f->text, name, "on_release"));
	code->handler = f->seen.chat && is_handler(f, def);
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
	mpy_branch_skip(f);
	code->last = f->at;
	code->open = false;
}

void mpy_define_class(struct mpy_fold *f)
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
		mpy_branch_skip(f);
	}
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

/* The function gives something with these marks. */
static void note_result(struct code *own, const struct value *v)
{
	if (!own || !(v->marks & ~own->result & T_SOURCES & ~T_PARAMS))
		return;
	own->result |= v->marks & T_SOURCES & ~T_PARAMS;
	own->result_line = v->line;
}

/* What a generator that is followed gives is a list. */
static void keep_yielded(struct mpy_fold *f, const struct value *v)
{
	if (!f->yielded)
		f->yielded = mpy_list_new(f);
	if (!f->yielded || !mpy_list_add(f, f->yielded, v))
		return;
	f->growth++;
	f->hollow += !mpy_value_is_const(v) && v->kind != V_LIST;
}

void mpy_define_yield(struct mpy_fold *f, struct value *out)
{
	struct value v;
	bool each;

	mpy_eval_advance(f);
	each = mpy_eval_kw(f, MPY_KW_FROM);
	if (each)
		mpy_eval_advance(f);
	mpy_eval_list(f, out);
	if (f->follow && each) {
		for (int64_t i = 0;
		     mpy_seq_start(f, out) && i < mpy_seq_size(out); i++) {
			mpy_seq_get(f, out, i, &v);
			keep_yielded(f, &v);
		}
	} else if (f->follow) {
		keep_yielded(f, out);
	} else if (f->n_scopes) {
		note_result(f->scopes[f->n_scopes - 1].own, out);
	}
	mpy_value_unknown(out, out->marks, out->line);
}

void mpy_define_return(struct mpy_fold *f)
{
	struct code *own = f->n_scopes ? f->scopes[f->n_scopes - 1].own : NULL;
	struct value v;

	mpy_eval_advance(f);
	mpy_value_unknown(&v, 0, 0);
	v.kind = V_NONE;
	if (mpy_eval_peek(f)->kind != MPY_TOK_NEWLINE)
		mpy_eval_list(f, &v);
	if (f->follow) {
		f->returned = !mpy_branch_return(f, &v);
		return;
	}
	if (f->pending) /* def f(x): return x */
		own = f->pending;
	if (own && own->name == f->reduce_key)
		note_reduce(f, &v);
	note_result(own, &v);
}

void mpy_define_global(struct mpy_fold *f)
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

void mpy_define_layout(struct mpy_fold *f, const struct mpy_token *t)
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

void mpy_define_line(struct mpy_fold *f)
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
