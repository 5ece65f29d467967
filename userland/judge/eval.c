// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Expressions: a walk by precedence over the tokens that gives a value for
 * each, known or not. Every function moves f->at forward past what it has
 * read; what is no expression is left to the statement's reader.
 */
#include "eval.h"

#include <string.h>
#include <strings.h>

#include "verdict.h"
#include "words.h"

#define MARKED_MAX 4096 /* bytes of a computed string searched for words */
#define OPEN_SIZE  10	/* bytes of a text that are looked for in the source */
#define OPEN_TEXTS 128 /* texts that are looked for in the source */
#define HIDDEN_MAX 256 /* bytes of a path or a command that is hidden */

const struct mpy_token mpy_eval_end = { .kind = MPY_TOK_END };

/* From an opening bracket to behind its closing one. */
void mpy_eval_skip_group(struct mpy_fold *f)
{
	uint16_t depth = mpy_eval_peek(f)->depth;

	mpy_eval_advance(f);
	while (!mpy_eval_done(f) && mpy_eval_peek(f)->depth > depth)
		mpy_eval_advance(f);
	if (mpy_eval_op(f, ')') || mpy_eval_op(f, ']') || mpy_eval_op(f, '}'))
		mpy_eval_advance(f);
}

static bool ends_expression(const struct mpy_token *t)
{
	if (t->kind == MPY_TOK_NEWLINE || t->kind == MPY_TOK_END ||
	    t->kind == MPY_TOK_FCLOSE || t->kind == MPY_TOK_FSPEC)
		return true;
	return t->kind == MPY_TOK_OP &&
	       (t->sub == ',' || t->sub == ')' || t->sub == ']' ||
		t->sub == '}' || t->sub == ':' || t->sub == ';' ||
		t->sub == '=');
}

/* Past an expression that is nested too deep to be followed. */
void mpy_eval_skip(struct mpy_fold *f)
{
	uint16_t depth = mpy_eval_peek(f)->depth;

	while (!mpy_eval_done(f)) {
		const struct mpy_token *t = mpy_eval_peek(f);

		if (t->depth < depth ||
		    (t->depth == depth && ends_expression(t)))
			return;
		mpy_eval_advance(f);
	}
}

/* ---- calls, attributes, indexes ------------------------------------------ */

void mpy_args_mark(struct args *args, const struct value *v)
{
	if (v->marks & ~args->marks & T_SOURCES)
		args->line = v->line;
	args->marks |= v->marks;
}

bool mpy_args_called(const struct args *args, unsigned int i,
		     const char *const *words)
{
	for (; args->word[i] && *words; words++)
		if (args->word[i] == mpy_key(*words, strlen(*words)))
			return true;
	return false;
}

void mpy_args_add(struct mpy_fold *f, struct args *args,
		  const struct value *v, uint64_t word)
{
	mpy_args_mark(args, v);
	if (args->n >= ARGS) {
		if (args->all && !args->more)
			args->more = mpy_list_new(f);
		if (args->more && !word)
			mpy_list_add(f, args->more, v);
		return;
	}
	args->v[args->n] = *v;
	args->word[args->n++] = word;
}

/* f(*list). The list itself if its elements are not known or too many. */
void mpy_args_each(struct mpy_fold *f, struct args *args,
		   const struct value *list)
{
	struct value v;

	if (list->kind != V_LIST || list->u.list->dict ||
	    list->u.list->n > ARGS - args->n ||
	    (!list->u.list->n && list->marks)) {
		mpy_args_add(f, args, list, 0);
		return;
	}
	for (uint32_t i = 0; i < list->u.list->n; i++) {
		mpy_seq_get(f, list, i, &v); /* with the list's marks */
		mpy_args_add(f, args, &v, 0);
	}
}

static void read_args(struct mpy_fold *f, struct args *args)
{
	args->n = 0;
	args->marks = 0;
	args->line = 0;
	args->more = NULL;
	mpy_eval_advance(f);
	while (!mpy_eval_done(f) && !mpy_eval_op(f, ')')) {
		const struct mpy_token *t = mpy_eval_peek(f);
		uint32_t first = f->at;
		uint64_t word = 0;
		bool star = false;
		struct value v;

		if (t->kind == MPY_TOK_NAME && mpy_eval_peek2(f)->kind ==
		    MPY_TOK_OP && mpy_eval_peek2(f)->sub == '=') {
			word = mpy_key_token(f, t);
			mpy_eval_advance(f);
			mpy_eval_advance(f);
		}
		if (mpy_eval_op(f, '*') || mpy_eval_op(f, MPY_OP_POW)) {
			star = mpy_eval_op(f, '*');
			mpy_eval_advance(f);
		}
		mpy_eval(f, &v);
		if (mpy_eval_kw(f, MPY_KW_FOR) ||
		    mpy_eval_kw(f, MPY_KW_ASYNC)) {
			struct value all;

			if (mpy_loop_comprehension(f, first, &all))
				v = all;
			else
				mpy_value_unknown(&v, v.marks | all.marks,
						  v.line ? v.line : all.line);
		}
		if (star)
			mpy_args_each(f, args, &v);
		else
			mpy_args_add(f, args, &v, word);
		if (!mpy_eval_accept(f, ',') && f->at == first)
			mpy_eval_advance(f);
	}
	mpy_eval_accept(f, ')');
}

/* Is the name written out in the tokens first..at-1? */
static bool is_plain(const struct mpy_fold *f, uint32_t first,
		     const struct name *name)
{
	const struct mpy_token *a = &f->tokens[first];
	const struct mpy_token *b = &f->tokens[f->at - 1];

	return b->start + b->length - a->start == name->size &&
	       !memcmp(f->text + a->start, name->text, name->size);
}

/* What the name stands for, if it is written otherwise. */
static inline void note_name(struct mpy_fold *f, uint32_t first,
			     struct value *v)
{
	if (v->kind != V_NAME || f->at <= first || f->unroll ||
	    is_plain(f, first, v->u.name))
		return;
	v->how |= MPY_HOW_ALIAS;
	mpy_fold_item(f, first, v);
}

static void read_call(struct mpy_fold *f, struct value *v,
		      const struct value *self, const struct known *method,
		      uint32_t first)
{
	struct value callee = *v;
	struct args args;

	note_name(f, first, &callee);
	args.all = method && method->op == OP_M_FORMAT &&
		   mpy_value_is_text(self);
	read_args(f, &args);
	mpy_apply(f, &callee, self, method, &args, first, v);
	if (v->kind == V_NAME || (v->how && mpy_value_is_text(v)))
		mpy_fold_item(f, first, v);
}

static void read_index(struct mpy_fold *f, struct value *v, uint32_t first)
{
	struct value part[3];
	unsigned int n = 0;
	bool slice = false;

	mpy_eval_advance(f);
	for (unsigned int i = 0; i < 3; i++)
		mpy_value_unknown(&part[i], 0, 0);
	for (unsigned int i = 0; i < 3; i++)
		part[i].kind = V_NONE;
	while (!mpy_eval_done(f) && !mpy_eval_op(f, ']')) {
		uint32_t before = f->at;

		if (mpy_eval_accept(f, ':')) {
			slice = true;
			n++;
			continue;
		}
		if (n < 3)
			mpy_eval_list(f, &part[n]);
		if (f->at == before)
			mpy_eval_advance(f);
	}
	mpy_eval_accept(f, ']');
	if (slice) {
		if (!mpy_eval_slice(f, v, &part[0], &part[1], &part[2]))
			mpy_value_unknown(v, v->marks, v->line);
	} else {
		mpy_eval_index(f, v, &part[0]);
	}
	if (v->how && (v->kind == V_NAME || mpy_value_is_text(v)))
		mpy_fold_item(f, first, v);
}

/*
 * Does the text begin as it stands in the program? Then nothing hides it. So
 * many texts are looked for, and no more: the program may be a megabyte.
 */
static bool stands_open(struct mpy_fold *f, const struct value *v)
{
	size_t n = v->u.s.size < OPEN_SIZE ? v->u.s.size : OPEN_SIZE;

	return f->seen.hidden++ >= OPEN_TEXTS ||
	       !mpy_budget_step(f->budget, f->size / 64) ||
	       memmem(f->text, f->size, v->u.s.data, n);
}

/*
 * Is it an address, or short and with a telling word? What is decoded to a
 * whole program is a layer.
 */
static bool is_telling(const struct value *v)
{
	static const char *const schemes[] = { "http://", "https://", "ftp://",
					       "tcp://", "ws://", "wss://" };
	const uint64_t words = T_SECRET | M_SHELL_PIPE | M_SHELL_GET |
			       M_SHELL_NET | M_POWERSHELL | M_WEBHOOK |
			       M_CRON | M_RUNKEY | M_STARTUP | M_KEYSFILE;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		size_t n = strlen(schemes[i]);

		if (v->u.s.size > n &&
		    !strncasecmp((const char *)v->u.s.data, schemes[i], n))
			return true;
	}
	return v->u.s.size <= HIDDEN_MAX && (v->marks & words);
}

/* Words in a string that was put together: 'power' + 'shell'. */
static void mark(struct mpy_fold *f, struct value *v, uint32_t first)
{
	if (!v->how || f->unroll || !mpy_value_is_text(v) ||
	    v->u.s.size > MARKED_MAX || f->at <= first)
		return;
	v->marks |= mpy_marks_find(f, v->u.s.data, v->u.s.size,
				   f->tokens[first].line);
	if ((v->how & (MPY_HOW_DECODE | MPY_HOW_XOR | MPY_HOW_REVERSE |
		       MPY_HOW_CHR | MPY_HOW_UNPACK)) &&
	    is_telling(v) && !stands_open(f, v))
		mpy_flow_note(f, MPY_BEH_HIDDEN_TEXT, f->tokens[first].line,
			      0);
}

/* The attribute that is written there, as Python normalises its name. */
static void read_attr(struct mpy_fold *f, struct value *v,
		      const struct mpy_token *t)
{
	char wide[256];

	if (t->kind == MPY_TOK_NAME && (t->sub & MPY_NAME_WIDE))
		mpy_eval_attr(f, v, wide,
			      mpy_lex_name(f->text, t, wide, sizeof(wide)), 0);
	else
		mpy_eval_attr(f, v, (const char *)f->text + t->start,
			      t->length, 0);
}

static void read_primary(struct mpy_fold *f, struct value *out)
{
	uint32_t first = f->at;

	mpy_eval_atom(f, out);
	while (!mpy_eval_done(f) && f->at > first) {
		const struct mpy_token *t = mpy_eval_peek(f), *next;
		const struct known *method = NULL;
		struct value self;

		if (t->kind != MPY_TOK_OP)
			break;
		if (t->sub == '(') {
			read_call(f, out, NULL, NULL, first);
			continue;
		}
		if (t->sub == '[') {
			read_index(f, out, first);
			continue;
		}
		next = mpy_eval_peek2(f);
		if (t->sub != '.' || (next->kind != MPY_TOK_NAME &&
				      next->kind != MPY_TOK_KEYWORD))
			break;
		self = *out;
		mpy_eval_advance(f);
		mpy_eval_advance(f);
		if (out->kind != V_NAME)
			method = mpy_eval_method(f, next);
		read_attr(f, out, next);
		if (!method && (out->kind != V_NAME || !out->u.name->known))
			method = mpy_eval_method(f, next);
		if (mpy_eval_op(f, '(')) {
			read_call(f, out, &self, method, first);
		} else if (method && (mpy_value_is_text(&self) ||
				      (self.kind == V_LIST &&
				       (method->op == OP_M_GET ||
					method->op == OP_M_INDEX)))) {
			struct bound *bound = mpy_arena_get(&f->arena,
							    sizeof(*bound));
			if (bound) {
				bound->self = self;
				bound->method = method;
				out->kind = V_BOUND;
				out->u.bound = bound;
			}
		} else if (method && method->op == OP_NAMESPACE) {
			*out = self;
			out->marks |= T_BUILTINS;
		} else if (method && !method->sinks) { /* self.rfile */
			out->marks |= method->source;
			if (method->op == OP_BESIDE)
				mpy_value_beside(out, 0);
		}
	}
	note_name(f, first, out);
	if (f->at > first + 1)
		mark(f, out, first);
}

/* ---- operators ----------------------------------------------------------- */

enum { P_OR = 1, P_AND, P_NOT, P_COMPARE, P_BITOR, P_XOR, P_BITAND, P_SHIFT,
       P_SUM, P_TERM, P_UNARY, P_POWER };

static int precedence(const struct mpy_token *t)
{
	/* clang-format off */
	static const uint8_t operators[256] = {
		['<'] = P_COMPARE, ['>'] = P_COMPARE,
		[MPY_OP_EQ] = P_COMPARE, [MPY_OP_NE] = P_COMPARE,
		[MPY_OP_LE] = P_COMPARE, [MPY_OP_GE] = P_COMPARE,
		['|'] = P_BITOR, ['^'] = P_XOR, ['&'] = P_BITAND,
		[MPY_OP_LSHIFT] = P_SHIFT, [MPY_OP_RSHIFT] = P_SHIFT,
		['+'] = P_SUM, ['-'] = P_SUM,
		['*'] = P_TERM, ['/'] = P_TERM, ['%'] = P_TERM,
		['@'] = P_TERM, [MPY_OP_FLOORDIV] = P_TERM,
		[MPY_OP_POW] = P_POWER
	};
	/* clang-format on */

	if (t->kind == MPY_TOK_OP)
		return operators[t->sub];
	if (t->kind != MPY_TOK_KEYWORD)
		return 0;
	switch (t->sub) {
	case MPY_KW_OR:
		return P_OR;
	case MPY_KW_AND:
		return P_AND;
	case MPY_KW_IN:
	case MPY_KW_IS:
	case MPY_KW_NOT:
		return P_COMPARE;
	default:
		return 0;
	}
}

static void read_binary(struct mpy_fold *f, struct value *out, int min);

static bool enter(struct mpy_fold *f, struct value *out)
{
	if (f->depth >= MPY_FOLD_DEPTH) {
		f->budget->bounds |= MPY_BOUND_DEPTH;
		mpy_value_unknown(out, 0, 0);
		mpy_eval_skip(f);
		return false;
	}
	f->depth++;
	return true;
}

static void read_unary(struct mpy_fold *f, struct value *out)
{
	const struct mpy_token *t = mpy_eval_peek(f);
	int truth;

	if (t->kind == MPY_TOK_KEYWORD &&
	    (t->sub == MPY_KW_NOT || t->sub == MPY_KW_AWAIT)) {
		if (!enter(f, out))
			return;
		mpy_eval_advance(f);
		read_binary(f, out, t->sub == MPY_KW_NOT ? P_NOT : P_POWER);
		f->depth--;
		if (t->sub == MPY_KW_AWAIT)
			return;
		truth = mpy_value_truth(out);
		mpy_value_unknown(out, out->marks, out->line);
		if (truth >= 0)
			mpy_value_int(out, !truth, 0);
		return;
	}
	if (t->kind == MPY_TOK_OP &&
	    (t->sub == '-' || t->sub == '+' || t->sub == '~' ||
	     t->sub == '*' || t->sub == MPY_OP_POW)) {
		if (!enter(f, out))
			return;
		mpy_eval_advance(f);
		read_binary(f, out, P_UNARY);
		f->depth--;
		if (out->kind == V_INT && t->sub == '-')
			out->u.i = (int64_t)(0 - (uint64_t)out->u.i);
		else if (t->sub == '~' && out->kind != V_INT)
			out->marks &= ~M_MODE_S; /* the right is taken */
		else if (out->kind == V_INT && t->sub == '~')
			out->u.i = ~out->u.i;
		return;
	}
	read_primary(f, out);
}

/*
 * a < b < c is a < b and b < c: out is the first of the two, which stays if it
 * is false.
 */
static void chain(struct mpy_fold *f, unsigned int op, struct value *out,
		  const struct value *middle, const struct value *right,
		  uint32_t first)
{
	struct value next = *middle;
	int truth = mpy_value_truth(out);

	mpy_eval_binary(f, op, &next, right, first);
	mpy_value_taint(&next, out);
	if (truth > 0)
		*out = next;
	else if (truth < 0)
		mpy_value_unknown(out, next.marks, next.line);
}

static void read_binary(struct mpy_fold *f, struct value *out, int min)
{
	struct value middle; /* of a chain of comparisons */
	uint32_t first = f->at;
	bool compared = false;

	read_unary(f, out);
	while (!mpy_eval_done(f) && f->at > first) {
		const struct mpy_token *t = mpy_eval_peek(f);
		int level = precedence(t);
		unsigned int op = t->sub;
		struct value right;

		if (!level || level < min)
			return;
		if (t->kind == MPY_TOK_KEYWORD) {
			op += 256;
			/* "in" of a for, "not" that opens nothing */
			if (t->sub == MPY_KW_NOT &&
			    (mpy_eval_peek2(f)->kind != MPY_TOK_KEYWORD ||
			     mpy_eval_peek2(f)->sub != MPY_KW_IN))
				return;
			mpy_eval_advance(f);
			if (mpy_eval_kw(f, MPY_KW_NOT) ||
			    (t->sub == MPY_KW_NOT))
				mpy_eval_advance(f);
		} else {
			mpy_eval_advance(f);
		}
		if (!enter(f, &right))
			mpy_value_unknown(&right, 0, 0);
		else {
			read_binary(f, &right,
				    level == P_POWER ? level : level + 1);
			f->depth--;
		}
		if (compared && level == P_COMPARE)
			chain(f, op, out, &middle, &right, first);
		else
			mpy_eval_binary(f, op, out, &right, first);
		compared = level == P_COMPARE;
		if (compared)
			middle = right;
	}
}

void mpy_eval(struct mpy_fold *f, struct value *out)
{
	uint32_t first = f->at;
	struct value other;

	if (!enter(f, out))
		return;
	read_binary(f, out, P_OR);
	if (out->how & MPY_HOW_CONCAT)
		mark(f, out, first);
	if (mpy_eval_kw(f, MPY_KW_IF)) {
		uint32_t at = f->at;
		int truth;

		mpy_eval_advance(f);
		read_binary(f, &other, P_OR);
		truth = mpy_value_truth(&other);
		if (mpy_eval_kw(f, MPY_KW_ELSE)) {
			mpy_eval_advance(f);
			mpy_eval(f, &other);
			if (truth == 0 || (out->kind == V_UNKNOWN &&
					   truth < 0 && other.kind)) {
				mpy_value_taint(&other, out);
				*out = other;
			} else {
				mpy_value_taint(out, &other);
			}
		} else {
			mpy_eval_go(f, at); /* a comprehension's condition */
		}
	}
	f->depth--;
}

void mpy_eval_list(struct mpy_fold *f, struct value *out)
{
	struct list *list;
	uint32_t line;
	uint64_t marks;

	mpy_eval(f, out);
	if (!mpy_eval_op(f, ','))
		return;
	list = mpy_list_new(f);
	if (list && !mpy_list_add(f, list, out))
		list = NULL;
	marks = out->marks;
	line = out->line;
	while (!mpy_eval_done(f) && mpy_eval_accept(f, ',')) {
		uint32_t before = f->at;
		struct value v;

		mpy_eval(f, &v);
		if (f->at == before)
			break;
		if (v.marks & ~marks & T_SOURCES)
			line = v.line;
		marks |= v.marks;
		if (list && !mpy_list_add(f, list, &v))
			list = NULL;
	}
	mpy_value_unknown(out, marks, line);
	if (list) {
		out->kind = V_LIST;
		out->u.list = list;
	}
}
