// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Assignments: paths that can be assigned to, one or several of them, with a
 * value or one added to what is there.
 */
#include "flow.h"

struct target {
	uint64_t key;
	uint32_t at;	 /* token at which it begins */
	uint64_t holder; /* key of x in x[i], x['k']; 0: no index */
	bool simple;
	bool element; /* key[index] of a list or bytearray */
	bool lost;    /* holder[nobody knows what] */
	int64_t index;
};

#define TARGETS	  64
#define INDEX_MAX 64 /* tokens of an index */

/*
 * "[i]" behind a variable that holds a sequence, in code that is read in
 * rounds. Elsewhere it is not told which element is assigned.
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

/* Is the index at which f->at stands the last, and assigned to? */
static bool is_stored(const struct mpy_fold *f)
{
	const struct mpy_token *t = &f->tokens[f->at];
	uint32_t end = f->end - f->at < INDEX_MAX ? f->end - f->at : INDEX_MAX;
	unsigned int open = 0;

	for (uint32_t i = 0; i + 1 < end; i++) {
		if (t[i].kind != MPY_TOK_OP)
			continue;
		open += t[i].sub == '[' || t[i].sub == '(' || t[i].sub == '{';
		open -= t[i].sub == ']' || t[i].sub == ')' || t[i].sub == '}';
		if (!open)
			return t[i].sub == ']' &&
			       t[i + 1].kind == MPY_TOK_OP &&
			       (t[i + 1].sub == '=' ||
				t[i + 1].sub == MPY_OP_AUG);
	}
	return false;
}

/* An element that is not told from others: what it gets, its holder has. */
static bool read_lost(struct mpy_fold *f, struct target *target)
{
	struct value index;

	mpy_eval_advance(f);
	mpy_eval_list(f, &index);
	target->lost = true;
	return mpy_eval_accept(f, ']');
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
	target->holder = 0;
	target->simple = true;
	target->element = false;
	target->lost = false;
	target->at = f->at;
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
			uint32_t at = f->at;

			if (!target->holder)
				target->holder = target->key;
			t = mpy_eval_peek2(f);
			if (t->kind != MPY_TOK_STRING) {
				bool stored = is_stored(f);

				if (read_element(f, target))
					return true;
				mpy_eval_go(f, at);
				return stored && read_lost(f, target);
			}
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
	uint32_t line = f->tokens[f->at ? f->at - 1 : 0].line;
	struct value *var;

	if (target->holder)
		mpy_var_taint(f, target->holder, v->marks, v->line);
	if (target->lost)
		return;
	mpy_flow_redirect(f, target->key, v, line);
	if (!target->simple && v->kind == V_CODE)
		mpy_flow_patch(f, target->at, v->u.code, line);
	if (!target->element) {
		mpy_eval_assign(f, target->key, target->simple, v);
		return;
	}
	var = mpy_var_find(f, target->key);
	if (var && !mpy_value_put(f, var, target->index, v))
		mpy_value_unknown(var, var->marks | v->marks, var->line);
}

/* many: the value is a sequence, of which each target gets an element. */
static void assign(struct mpy_fold *f, const struct target *targets,
		   unsigned int n, bool many, const struct value *v)
{
	for (unsigned int i = 0; i < n; i++) {
		struct value part = *v;

		if (many) {
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
		uint32_t n = right.u.list->n; /* it may be the same list */

		for (uint32_t i = 0; i < n; i++) {
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

/* "a.b =" comes next. */
static bool is_chained(const struct mpy_fold *f)
{
	const struct mpy_token *t = &f->tokens[f->at];
	const struct mpy_token *end = &f->tokens[f->end];

	while (end - t > 1 && t->kind == MPY_TOK_NAME &&
	       t[1].kind == MPY_TOK_OP) {
		if (t[1].sub == '=')
			return true;
		if (t[1].sub != '.')
			return false;
		t += 2;
	}
	return false;
}

bool mpy_assign_read(struct mpy_fold *f)
{
	struct target targets[TARGETS];
	uint32_t first = f->at;
	unsigned int n = 0, rounds = 0;
	bool many = false, starred = false;
	struct value v, note;

	for (;;) {
		unsigned int group = n;
		char close = mpy_eval_accept(f, '(')   ? ')'
			     : mpy_eval_accept(f, '[') ? ']'
						       : '\0';

		do {
			starred |= mpy_eval_accept(f, '*');
			if (n == TARGETS || !read_target(f, &targets[n]))
				goto no;
			n++;
			if (!mpy_eval_accept(f, ','))
				break;
			many = true; /* even a, = b */
		} while (!mpy_eval_op(f, close ? close : '='));
		if (close && !mpy_eval_accept(f, close))
			goto no;
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
		if (rounds >= 4 || !is_chained(f) || n != rounds)
			break;
	}
	mpy_eval_list(f, &v);
	if (starred) /* which of them gets how many is not told apart */
		mpy_value_unknown(&v, v.marks, v.line);
	if (rounds > 1)
		for (unsigned int i = 0; i < n; i++)
			assign(f, &targets[i], 1, false, &v);
	else
		assign(f, targets, n, many, &v);
	return true;
no:
	if (rounds) { /* a = <something else> = value */
		mpy_eval_go(f, first);
		mpy_eval_list(f, &v);
		return true;
	}
	mpy_eval_go(f, first);
	return false;
}

void mpy_assign_as(struct mpy_fold *f, const struct value *v)
{
	struct target target;

	if (read_target(f, &target))
		mpy_eval_assign(f, target.key, target.simple, v);
}
