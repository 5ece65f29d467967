// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Branches. Normally all of them are read, one after the other. In code that
 * is read again with constants, functions that are followed and loops in
 * rounds, only the one that is taken; and where nobody knows whether a block
 * is executed, or how often, it is read as one that may be: it ends neither
 * the round nor the function, and a shorter text or list that is assigned in it
 * does not make what is known forgotten. Otherwise "if os.getpid() < 0: break"
 * would hide what a loop decodes. "case" is not among them: all are read.
 */
#include "branch.h"

#include "eval.h"

#define NESTED_MAX 16 /* blocks in each other; further ones are all read */

static bool is_again(const struct mpy_fold *f)
{
	return f->follow || f->unroll;
}

uint32_t mpy_branch_end(const struct mpy_fold *f, uint32_t limit)
{
	uint32_t at = f->at, level = 0, end = f->end;

	if (limit < end - at)
		end = at + limit;
	if (at < end && f->tokens[at].kind != MPY_TOK_NEWLINE) {
		while (at < end && f->tokens[at].kind != MPY_TOK_NEWLINE)
			at++;
		return at;
	}
	for (at++; at < end; at++) {
		if (f->tokens[at].kind == MPY_TOK_INDENT)
			level++;
		else if (f->tokens[at].kind == MPY_TOK_DEDENT && level)
			level--;
		if (!level)
			return at + 1;
	}
	return end;
}

/* Past tokens that are not read: they cost what reading them would. */
static void skip_to(struct mpy_fold *f, uint32_t to)
{
	while (f->at < to)
		mpy_eval_advance(f);
}

void mpy_branch_skip(struct mpy_fold *f)
{
	skip_to(f, mpy_branch_end(f, UINT32_MAX));
}

/* The block that begins here; maybe: nobody knows whether it is executed. */
static void read_block(struct mpy_fold *f, bool maybe)
{
	struct branch outer = f->branch;
	uint32_t end = f->end, to = mpy_branch_end(f, UINT32_MAX);

	f->branch = (struct branch){
		.depth = outer.depth + 1,
		.maybe = outer.maybe || maybe,
		.within = outer.within,
		.growth = maybe ? f->growth : outer.growth,
	};
	mpy_eval_range(f, f->at, to);
	while (!mpy_eval_done(f) && !f->branch.left && !f->broken &&
	       !f->skipping && !f->returned && f->unroll_left)
		mpy_fold_statement(f);
	mpy_eval_range(f, f->at, end);
	skip_to(f, to);
	outer.left |= f->branch.left && !maybe;
	f->branch = outer;
}

void mpy_branch_unsure(struct mpy_fold *f)
{
	f->branch.taken = false;
	f->branch.unsure = true;
}

void mpy_branch_maybe(struct mpy_fold *f)
{
	if (is_again(f) && f->branch.depth < NESTED_MAX)
		read_block(f, true);
	mpy_branch_unsure(f);
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
		mpy_branch_skip(f);
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

static uint64_t size_of(const struct value *v)
{
	return mpy_value_is_text(v)  ? v->u.s.size :
	       v->kind == V_LIST ? v->u.list->n : 0;
}

/*
 * Of returns of which nobody knows which is executed the longest text or list
 * counts; of numbers and the like none.
 */
bool mpy_branch_return(struct mpy_fold *f, const struct value *v)
{
	bool maybe = f->branch.maybe || f->branch.within;
	uint64_t old = f->may_return ? size_of(&f->result) : 0;

	if (!f->may_return || size_of(v) > old)
		f->result = *v;
	else if (!old)
		mpy_value_unknown(&f->result, f->result.marks | v->marks,
				  v->line);
	f->may_return |= maybe;
	f->branch.left |= f->branch.maybe;
	return maybe;
}

bool mpy_branch_is_kept(const struct mpy_fold *f)
{
	return f->at < f->kept_to && !is_again(f);
}

static bool is_known(const struct value *v)
{
	return mpy_value_is_const(v) || v->kind == V_LIST;
}

/* Is old not to be forgotten for v, which is neither longer nor built? */
static bool is_saved(const struct mpy_fold *f, const struct value *old,
		     const struct value *v)
{
	bool text = mpy_value_is_text(old);

	if (!f->branch.maybe || f->growth != f->branch.growth ||
	    (!text && old->kind != V_LIST))
		return false;
	if (text && mpy_value_is_text(v) && v->u.s.size > old->u.s.size)
		return false;
	return v->kind == V_NONE || size_of(old);
}

void mpy_branch_assign(const struct mpy_fold *f, const struct scope *scope,
		       const struct value *old, struct value *v)
{
	struct value kept;

	/* what one branch fetched is not forgotten by the other's default */
	if (f->indent > (scope ? scope->indent : 0) && !is_again(f))
		mpy_value_taint(v, old);
	if (mpy_branch_is_kept(f) ? !is_known(old) : !is_saved(f, old, v))
		return;
	kept = *old;
	mpy_value_taint(&kept, v);
	*v = kept;
}
