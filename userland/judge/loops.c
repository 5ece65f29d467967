// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Code that is read more than once: comprehensions over constants, loops
 * that build a constant, lambdas and small functions called with constants.
 * All of it is paid from f->unroll_left, one for each token read again, and
 * ends quietly when that is used up.
 */
#include "eval.h"

#include <string.h>

#include "verdict.h"

#define FOLLOW_MAX 12	 /* functions calling functions */
#define BODY_MAX   256	 /* tokens of a function or loop that is followed */
#define PROBE	   2	 /* rounds after which a loop must have built something */
#define FRUITLESS  16	 /* calls that gave nothing, then it is not followed */
#define LONG	   4096	 /* tokens of a call that counts as LONG_CALLS */
#define LONG_CALLS 4
#define PART	   8	 /* of a range's rounds, one must be affordable */
#define HOLLOW	   64	 /* rounds after which that must be something known */
#define ENDLESS	   1024	 /* rounds of all "while True", "while x" of a text */
#define STATES	   3 /* so many rounds of a "while" count as one */
#define TARGETS	   4
#define OWN_TEXT   (T_SELF | T_FILE)

/* ---- functions ----------------------------------------------------------- */

static bool can_follow(const struct mpy_fold *f, struct code *code)
{
	if (code->statement != f->statement)
		code->fruitless = 0;
	code->statement = f->statement;
	return code->piece == f->piece && !code->open &&
	       code->fruitless < FRUITLESS &&
	       code->last > code->first &&
	       code->last - code->first <= BODY_MAX &&
	       !mpy_branch_is_kept(f) &&
	       /* where nobody knows whether it is called there is no end */
	       !(f->follow && (f->branch.maybe ||
			       (f->may_return && !f->unroll))) &&
	       !(code->active && f->branch.within) &&
	       f->follow < FOLLOW_MAX && f->depth < MPY_FOLD_DEPTH &&
	       f->unroll_left > code->last - code->first;
}

/* Argument i of the call: by position or by the parameter's name. */
static const struct value *argument(const struct args *args,
				    const struct code *code, unsigned int i)
{
	if (code->method) {
		if (!i)
			return NULL; /* self */
		i--;
	}
	for (unsigned int k = 0; k < args->n; k++)
		if (args->word[k] &&
		    args->word[k] == code->params[i + code->method])
			return &args->v[k];
	return i < args->n && !args->word[i] ? &args->v[i] : NULL;
}

/*
 * Functions that call themselves for what nobody knows would be read some
 * 2^FOLLOW_MAX times: one that gives no value and builds nothing, or nothing
 * but within itself, is soon left alone by the statement.
 */
static void note_fruit(struct code *code, bool fruit, uint64_t tokens)
{
	if (fruit)
		code->fruitless = 0;
	else if (code->fruitless < FRUITLESS)
		code->fruitless += tokens > LONG ? LONG_CALLS : 1;
}

/* Reads the body again with its parameters bound to the arguments. */
static void follow(struct mpy_fold *f, struct code *code,
		   const struct args *args, struct value *out)
{
	uint32_t at = f->at, end = f->end, undo = f->n_undo;
	uint32_t outer = f->follow_undo, growth = f->growth;
	uint32_t hollow = f->hollow;
	uint64_t left = f->unroll_left;
	unsigned int depth = f->depth;
	bool returned = f->returned, may_return = f->may_return;
	struct list *yielded = f->yielded;
	struct branch branch = f->branch;
	struct value result = f->result;

	for (unsigned int i = 0; i < code->n_params; i++) {
		const struct value *v = argument(args, code, i);

		if (!v && code->defaults)
			v = &code->defaults[i];
		if (v)
			mpy_var_local(f, code->params[i], v);
	}
	f->follow++;
	code->active++;
	f->branch = (struct branch){ 0 };
	f->follow_undo = undo;
	mpy_eval_range(f, code->first, code->last);
	f->returned = false;
	f->yielded = NULL;
	if (code->lambda) {
		mpy_eval(f, out);
	} else {
		mpy_value_unknown(&f->result, 0, 0);
		f->may_return = false;
		f->depth++;
		while (!mpy_eval_done(f) && !f->returned && f->unroll_left)
			mpy_fold_statement(f);
		if (f->yielded) {
			out->kind = V_LIST;
			out->u.list = f->yielded;
		} else if (f->returned || f->may_return) {
			*out = f->result;
		}
	}
	f->follow--;
	code->active--;
	note_fruit(code, out->kind != V_UNKNOWN ||
			 (f->growth - growth != f->hollow - hollow &&
			  !code->active) ||
			 !f->unroll_left,
		   left - f->unroll_left);
	f->follow_undo = outer;
	f->depth = depth;
	mpy_eval_range(f, at, end);
	f->returned = returned;
	f->may_return = may_return;
	f->yielded = yielded;
	f->result = result;
	f->branch = branch;
	mpy_var_undo(f, undo);
}

/* What a function does with an argument happens at its call. */
static void pass_on(struct mpy_fold *f, uint32_t sinks, const struct value *v,
		    uint32_t line)
{
	struct args one = { .n = 1 };

	one.v[0] = *v;
	one.marks = v->marks;
	one.line = v->line;
	mpy_flow_sinks(f, sinks, NULL, &one, line);
}

/*
 * What is known of a call of code without reading its body again. True if one
 * of its first arguments is something known.
 */
static bool is_told(struct mpy_fold *f, struct code *code,
		    const struct args *args, struct value *out, uint32_t line)
{
	bool known = false;

	mpy_value_unknown(out, args->marks | code->result, args->line ?
			  args->line : code->result_line);
	mpy_flow_inner(f, code->does, line);
	for (unsigned int i = 0; i < 4 && i < code->n_params; i++) {
		const struct value *v = argument(args, code, i);

		if (!v)
			continue;
		known |= v->kind != V_UNKNOWN;
		if (code->param[i])
			pass_on(f, code->param[i], v, line);
	}
	return known;
}

void mpy_loop_call(struct mpy_fold *f, struct code *code,
		   struct args *args, struct value *out)
{
	uint32_t line = f->tokens[f->at ? f->at - 1 : 0].line;
	bool known = is_told(f, code, args, out, line);

	if ((known || code->lambda || !args->n) && can_follow(f, code)) {
		struct value v;
		uint64_t marks = out->marks;

		mpy_value_unknown(&v, out->marks, out->line);
		follow(f, code, args, &v);
		*out = v;
		out->marks |= marks & (T_SOURCES);
		if (out->kind != V_UNKNOWN)
			out->how |= MPY_HOW_CODE;
	}
}

void mpy_loop_init(struct mpy_fold *f, struct code *code,
		   struct args *args)
{
	struct value ignored;
	bool known = false;

	for (unsigned int i = 0; i < args->n; i++)
		known |= mpy_value_is_const(&args->v[i]) ||
			 args->v[i].kind == V_LIST;
	if (!known || !can_follow(f, code))
		return;
	mpy_value_unknown(&ignored, 0, 0);
	follow(f, code, args, &ignored);
}

/* ---- targets ------------------------------------------------------------- */

struct targets {
	uint64_t key[TARGETS];
	unsigned int n;
};

/* "x", "x, y", "(x, y)" up to "in". False if it is something else. */
static bool read_targets(struct mpy_fold *f, struct targets *targets)
{
	targets->n = 0;
	while (!mpy_eval_done(f) && !mpy_eval_kw(f, MPY_KW_IN)) {
		const struct mpy_token *t = mpy_eval_peek(f);

		if (t->kind == MPY_TOK_NAME) {
			if (targets->n == TARGETS)
				return false;
			targets->key[targets->n++] = mpy_key_token(f, t);
		} else if (t->kind != MPY_TOK_OP ||
			   (t->sub != ',' && t->sub != '(' && t->sub != ')')) {
			return false;
		}
		mpy_eval_advance(f);
	}
	return targets->n && mpy_eval_kw(f, MPY_KW_IN);
}

enum binding { SET, LOCAL, ASSIGN };

static void bind(struct mpy_fold *f, const struct targets *targets,
		 const struct value *v, enum binding how)
{
	for (unsigned int i = 0; i < targets->n; i++) {
		struct value part = *v;

		if (targets->n > 1) {
			mpy_value_unknown(&part, v->marks, v->line);
			if (v->kind == V_LIST && !v->u.list->dict &&
			    i < v->u.list->n)
				mpy_list_get(f, v->u.list, i, &part);
		}
		if (how == LOCAL)
			mpy_var_local(f, targets->key[i], &part);
		else if (how == ASSIGN)
			mpy_eval_assign(f, targets->key[i], true, &part);
		else
			mpy_var_set(f, targets->key[i], &part);
	}
}

/* An element of v, of which nothing but its marks is known. */
static void bind_marks(struct mpy_fold *f, const struct targets *targets,
		       const struct value *v, enum binding how)
{
	struct value any;

	mpy_value_unknown(&any, v->marks, v->line);
	bind(f, targets, &any, how);
}

/* ---- comprehensions ------------------------------------------------------ */

/* "for targets in sequence if filter if filter" */
struct clause {
	struct targets targets;
	uint32_t seq;	 /* first token of it */
	uint32_t filter; /* of the first condition; 0: none */
};

#define CLAUSES 3

struct comprehension {
	uint32_t element; /* first token of it */
	uint32_t tokens;  /* of the element, at least 1 */
	uint32_t end;
	bool filtered;
	unsigned int n;
	struct clause clause[CLAUSES];
	struct list *list; /* of elements so far */
};

/* Of conditions in a row the first that is not true. */
static int filter(struct mpy_fold *f, const struct clause *clause)
{
	struct value v;
	int truth;

	if (!clause->filter)
		return 1;
	mpy_eval_go(f, clause->filter);
	for (;;) {
		mpy_eval(f, &v);
		truth = mpy_value_truth(&v);
		if (truth != 1 || !mpy_eval_kw(f, MPY_KW_IF))
			return truth;
		mpy_eval_advance(f);
	}
}

/*
 * The element for each of seq, and of the sequences of the clauses behind it;
 * false when one of them is not known. rounds: of the clauses before it.
 */
static bool each(struct mpy_fold *f, struct comprehension *c, unsigned int at,
		 const struct value *seq, uint64_t rounds, struct value *out)
{
	const struct clause *clause = &c->clause[at];
	int64_t n = mpy_seq_size(seq);
	struct value v;
	int truth;

	/* half a list is no list: not begun if it cannot be ended */
	if (!c->filtered && n > 0) {
		if ((uint64_t)n > f->unroll_left / c->tokens / rounds)
			return false;
	}
	for (int64_t i = 0; i < n && !mpy_eval_done(f); i++) {
		mpy_seq_get(f, seq, i, &v);
		bind(f, &clause->targets, &v, SET);
		truth = filter(f, clause);
		if (truth < 0 || !f->unroll_left)
			return false;
		if (!truth)
			continue;
		if (at + 1 < c->n) {
			mpy_eval_go(f, c->clause[at + 1].seq);
			mpy_eval(f, &v);
			if (!mpy_seq_start(f, &v) ||
			    !each(f, c, at + 1, &v,
				  rounds * (uint64_t)(n - i), out))
				return false;
			continue;
		}
		mpy_eval_go(f, c->element);
		mpy_eval(f, &v);
		if (v.kind == V_UNKNOWN || !mpy_list_add(f, c->list, &v))
			return false;
		mpy_value_taint(out, &v);
		c->list->how |= v.how;
	}
	return true;
}

/*
 * At a clause's "for": reads it, with its targets bound to what is not known
 * but for its marks. False if it is something else. seq is its sequence.
 */
static bool read_clause(struct mpy_fold *f, struct clause *clause,
			struct value *seq)
{
	struct value v;
	bool ok;

	mpy_value_unknown(seq, 0, 0);
	if (mpy_eval_kw(f, MPY_KW_ASYNC))
		mpy_eval_advance(f);
	mpy_eval_advance(f);
	ok = read_targets(f, &clause->targets);
	if (ok) {
		mpy_eval_advance(f);
		clause->seq = f->at;
		mpy_eval(f, seq);
		bind_marks(f, &clause->targets, seq, LOCAL);
	}
	while (mpy_eval_kw(f, MPY_KW_IF)) {
		mpy_eval_advance(f);
		if (!clause->filter)
			clause->filter = f->at;
		mpy_eval(f, &v);
	}
	return ok;
}

/*
 * At the "for" behind an element whose first token is first. Reads to the
 * closing bracket. True if out is the list of all elements; otherwise out
 * has the marks of what is iterated.
 */
bool mpy_loop_comprehension(struct mpy_fold *f, uint32_t first,
			    struct value *out)
{
	struct comprehension c = { .element = first,
				   .tokens = f->at - first };
	uint16_t depth = mpy_eval_peek(f)->depth;
	uint32_t undo = f->n_undo;
	struct value seq, inner, v;
	bool ok = true;

	mpy_value_unknown(out, 0, 0);
	mpy_value_unknown(&seq, 0, 0);
	c.tokens += !c.tokens;
	while (ok && c.n < CLAUSES && (mpy_eval_kw(f, MPY_KW_FOR) ||
				       mpy_eval_kw(f, MPY_KW_ASYNC))) {
		struct clause *clause = &c.clause[c.n];

		ok = read_clause(f, clause, c.n ? &inner : &seq);
		mpy_value_taint(out, c.n++ ? &inner : &seq);
		c.filtered = c.filtered || clause->filter;
	}
	while (!mpy_eval_done(f) && mpy_eval_peek(f)->depth >= depth) {
		ok = false; /* whatever it is, it is not followed */
		mpy_eval_advance(f);
	}
	c.end = f->at;
	if (out->marks && !f->again) {
		/* once with the marks: what is done to each of them */
		f->again = true;
		mpy_eval_go(f, c.element);
		mpy_eval(f, &v);
		mpy_value_taint(out, &v);
		f->again = false;
	}
	ok = ok && mpy_seq_start(f, &seq);
	c.list = ok ? mpy_list_new(f) : NULL;
	if (c.list) {
		f->unroll++;
		ok = each(f, &c, 0, &seq, 1, out);
		f->unroll--;
	}
	ok = ok && c.list;
	if (ok) {
		out->kind = V_LIST;
		out->u.list = c.list;
		out->how = c.list->how;
		out->step = seq.step;
	}
	mpy_eval_go(f, c.end);
	mpy_var_undo(f, undo);
	return ok;
}

/* ---- loops --------------------------------------------------------------- */

/*
 * The end of the block that begins at f->at behind ":", at most BODY_MAX
 * tokens away; 0 if it is longer. *from is its first statement.
 */
static uint32_t find_block(const struct mpy_fold *f, uint32_t *from)
{
	uint32_t at = f->at, end = mpy_branch_end(f, BODY_MAX + 1);

	if (end - at > BODY_MAX)
		return 0;
	*from = at;
	if (at < f->end && f->tokens[at].kind == MPY_TOK_NEWLINE) {
		*from += 2;
		if (at + 1 >= end || f->tokens[at + 1].kind != MPY_TOK_INDENT)
			return 0;
	}
	return f->tokens[end - 1].kind == MPY_TOK_DEDENT ? end - 1 : end;
}

/* Has the loop, in so many rounds, built something that may be of use? */
static bool pays(const struct mpy_fold *f, int64_t rounds, uint32_t growth,
		 uint32_t hollow)
{
	if (rounds == PROBE)
		return f->growth != growth;
	return rounds != HOLLOW || f->growth - growth != f->hollow - hollow;
}

/*
 * Rounds over a range of which not even a small part could be read do not
 * decode anything that stands in this text.
 */
static bool is_endless(const struct mpy_fold *f, const struct value *seq,
		       uint32_t from, uint32_t to)
{
	if (seq->kind != V_LIST || !seq->u.list->span ||
	    seq->u.list->n / PART <= f->unroll_left / (to - from + 1))
		return false;
	for (uint32_t i = from; i < to; i++) {
		const struct mpy_token *t = &f->tokens[i];

		if (t->kind == MPY_TOK_KEYWORD &&
		    (t->sub == MPY_KW_BREAK || t->sub == MPY_KW_RETURN ||
		     t->sub == MPY_KW_RAISE || t->sub == MPY_KW_TRY))
			return false; /* it may end itself */
	}
	return true;
}

/* One round of a block; false when it ended the loop. */
static bool run_block(struct mpy_fold *f, uint32_t from, uint32_t to)
{
	uint32_t end = f->end;
	struct branch outer = f->branch;

	mpy_eval_range(f, from, to);
	f->branch = (struct branch){ .within = outer.maybe || outer.within };
	f->broken = false;
	f->skipping = false;
	while (!mpy_eval_done(f) && !f->broken && !f->skipping &&
	       !f->returned && f->unroll_left)
		mpy_fold_statement(f);
	f->skipping = false;
	f->branch = outer;
	mpy_eval_range(f, f->at, end);
	return !f->broken && !f->returned && f->unroll_left;
}

static bool can_round(const struct mpy_fold *f)
{
	return f->unroll < FOLLOW_MAX && !mpy_branch_is_kept(f);
}

/*
 * Behind the rounds. In code that is read for the first time the block is read
 * like any other too, for its strings, its functions and what was not reached:
 * what the rounds built stays.
 */
static void end_rounds(struct mpy_fold *f, uint32_t body, uint32_t to,
		       uint32_t growth)
{
	f->broken = false;
	if (!f->follow && !f->unroll) {
		if (f->growth != growth)
			f->kept_to = to;
		mpy_eval_go(f, body);
		return;
	}
	mpy_eval_go(f, to);
	/* its INDENT was not counted */
	if (!mpy_eval_done(f) && mpy_eval_peek(f)->kind == MPY_TOK_DEDENT)
		mpy_eval_advance(f);
	mpy_branch_unsure(f);
}

/*
 * At the first target of a "for". Rounds over a constant are read as long as
 * they build something.
 */
void mpy_loop_for(struct mpy_fold *f)
{
	uint32_t body, from = 0, to = 0, growth = f->growth;
	uint32_t hollow = f->hollow, line;
	struct targets targets;
	struct value seq, v;
	int64_t n;

	if (!read_targets(f, &targets))
		return;
	mpy_eval_advance(f);
	line = mpy_eval_peek(f)->line;
	mpy_eval_list(f, &seq);
	if (!mpy_eval_accept(f, ':')) {
		bind_marks(f, &targets, &seq, ASSIGN);
		return;
	}
	if (seq.marks & T_FILE)
		f->seen.lines = line;
	body = f->at;
	if (can_round(f) && mpy_seq_start(f, &seq))
		to = find_block(f, &from);
	if (!to || is_endless(f, &seq, from, to)) {
		bind_marks(f, &targets, &seq, ASSIGN);
		mpy_branch_maybe(f);
		return;
	}
	f->unroll++;
	n = mpy_seq_size(&seq);
	for (int64_t i = 0; i < n && i < mpy_seq_size(&seq); i++) {
		mpy_seq_get(f, &seq, i, &v);
		bind(f, &targets, &v, ASSIGN);
		if (!run_block(f, from, to))
			break;
		/* a payload in the own file comes after what reads it */
		if ((v.marks & OWN_TEXT) != OWN_TEXT &&
		    !pays(f, i, growth, hollow))
			break;
	}
	f->unroll--;
	end_rounds(f, body, to, growth);
}

/* At the condition of a "while"; otherwise as mpy_loop_for(). */
void mpy_loop_while(struct mpy_fold *f)
{
	uint32_t condition = f->at, body, from, to = 0, growth = f->growth;
	uint32_t hollow = f->hollow, decided = f->decided;
	struct value v;
	int rounds = 0, counted;
	bool word, forever;

	mpy_eval_list(f, &v);
	if (!mpy_eval_accept(f, ':'))
		return;
	body = f->at;
	word = body == condition + 2;
	forever = word && f->tokens[condition].kind != MPY_TOK_NAME;
	if (mpy_value_truth(&v) == 1)
		f->seen.while_true = f->tokens[condition].line;
	if (mpy_value_truth(&v) == 1 && can_round(f) &&
	    !(word && f->endless == ENDLESS))
		to = find_block(f, &from);
	if (!to) {
		mpy_branch_maybe(f);
		return;
	}
	f->unroll++;
	while (mpy_value_truth(&v) == 1) {
		if (!run_block(f, from, to))
			break;
		/* "while True" ends by an "if" whose condition is known */
		if (forever && f->decided == decided)
			break;
		if (word && ++f->endless == ENDLESS)
			break;
		counted = ++rounds;
		/* a machine with states passes some that build nothing */
		if (f->decided != decided && rounds <= PROBE * STATES)
			counted /= STATES;
		if (word && counted == PROBE)
			counted = HOLLOW; /* asks for something known */
		if (!pays(f, counted, growth, hollow))
			break;
		mpy_eval_go(f, condition);
		mpy_eval_list(f, &v);
	}
	f->unroll--;
	end_rounds(f, body, to, growth);
}
