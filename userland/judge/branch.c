// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Branches. Normally all of them are read, one after the other. In code that
 * is read again with constants, functions that are followed and loops in
 * rounds, only the one that is taken; and where nobody knows whether a block
 * is executed, or how often, it is read as one that may be: it ends neither
 * the round nor the function, and does not make what is known forgotten.
 * Otherwise "if os.getpid() < 0: break" would hide what a loop decodes.
 */
#include "eval.h"

#define NESTED_MAX 16 /* blocks in each other; further ones are all read */

static bool is_again(const struct mpy_fold *f)
{
	return f->follow || f->unroll;
}

/* Behind the block that begins at f->at, in front of its NEWLINE or on it. */
static uint32_t find_end(const struct mpy_fold *f)
{
	uint32_t at = f->at, level = 0;

	if (at < f->end && f->tokens[at].kind != MPY_TOK_NEWLINE) {
		while (at < f->end && f->tokens[at].kind != MPY_TOK_NEWLINE)
			at++;
		return at;
	}
	for (at++; at < f->end; at++) {
		if (f->tokens[at].kind == MPY_TOK_INDENT)
			level++;
		else if (f->tokens[at].kind == MPY_TOK_DEDENT && level)
			level--;
		if (!level)
			return at + 1;
	}
	return f->end;
}

/* The block that begins here; maybe: nobody knows whether it is executed. */
static void read_block(struct mpy_fold *f, bool maybe)
{
	struct branch outer = f->branch;
	uint32_t end = f->end, to = find_end(f);

	f->branch = (struct branch){
		.depth = outer.depth + 1,
		.maybe = outer.maybe || maybe,
		.growth = maybe ? f->growth : outer.growth,
	};
	mpy_eval_range(f, f->at, to);
	while (!mpy_eval_done(f) && !f->branch.left && !f->broken &&
	       !f->skipping && !f->returned && f->unroll_left)
		mpy_fold_statement(f);
	mpy_eval_range(f, to, end);
	outer.left |= f->branch.left && !maybe;
	f->branch = outer;
}

void mpy_branch_maybe(struct mpy_fold *f)
{
	if (is_again(f) && f->branch.depth < NESTED_MAX)
		read_block(f, true);
	/* an "else" behind it belongs to no "if" */
	f->branch.taken = false;
	f->branch.unsure = false;
}

void mpy_branch_if(struct mpy_fold *f)
{
	unsigned int word = mpy_eval_peek(f)->sub;
	struct branch *branch = &f->branch;
	struct value v;
	int truth = 1;

	mpy_eval_advance(f);
	if (word != MPY_KW_ELSE) {
		mpy_eval_list(f, &v);
		truth = mpy_value_truth(&v);
	}
	if (!mpy_eval_accept(f, ':') || !is_again(f))
		return;
	if (word == MPY_KW_IF) {
		branch->taken = false;
		branch->unsure = false;
	}
	if (word != MPY_KW_ELSE && truth >= 0)
		f->decided++;
	if (branch->taken || !truth) {
		mpy_define_skip(f);
		return;
	}
	branch->taken = truth > 0;
	if (truth < 0)
		branch->unsure = true;
	if (branch->depth < NESTED_MAX)
		read_block(f, branch->unsure);
}

bool mpy_branch_leave(struct mpy_fold *f)
{
	f->branch.left = f->branch.maybe;
	return f->branch.maybe;
}

static bool is_longer(const struct value *a, const struct value *b)
{
	return mpy_value_is_text(a) && mpy_value_is_text(b) &&
	       a->u.s.size > b->u.s.size;
}

static bool is_empty(const struct value *v)
{
	return v->kind == V_LIST ? !v->u.list->n : !v->u.s.size;
}

bool mpy_branch_is_kept(const struct mpy_fold *f)
{
	return f->at < f->kept_to && !is_again(f);
}

void mpy_branch_assign(const struct mpy_fold *f, const struct scope *scope,
		       const struct value *old, struct value *v)
{
	struct value kept = *old;
	bool known = mpy_value_is_text(old) || old->kind == V_LIST;

	/* what one branch fetched is not forgotten by the other's default */
	if (f->indent > (scope ? scope->indent : 0) && !is_again(f))
		mpy_value_taint(v, old);
	if (mpy_branch_is_kept(f) ? !known && !mpy_value_is_const(old) :
	    !known || !f->branch.maybe || f->growth != f->branch.growth ||
		    is_longer(v, old) ||
		    (is_empty(old) && v->kind != V_NONE))
		return;
	mpy_value_taint(&kept, v);
	*v = kept;
}
