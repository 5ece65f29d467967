// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls: what is called, what it computes from constants, and what remains
 * known of the result if it cannot be computed.
 */
#include "eval.h"

#include <stdlib.h>
#include <string.h>

#include "verdict.h"

#define LAYER_MAX (4u << 20) /* bytes() of a list */
#define SORTED_MAX (1 << 14)
#define EVAL_TOKENS 64 /* of a constant that eval() is given */
#define EVALS 3 /* eval() in eval() */
#define COPY_MAX (1 << 18) /* elements that list() and the like copy */

const struct value *mpy_apply_text(const struct args *args, unsigned int i)
{
	if (i >= args->n || !mpy_value_is_text(&args->v[i]))
		return NULL;
	return &args->v[i];
}

static void unknown(struct value *out)
{
	mpy_value_unknown(out, out->marks, out->line);
}

void mpy_apply_one(struct mpy_fold *f, const struct value *callee,
		   const struct value *a, const struct value *b,
		   struct value *out)
{
	struct args args; /* large: only what is used is set */

	args.n = 1;
	args.star = false;
	args.marks = a->marks;
	args.line = a->line;
	args.v[0] = *a;
	args.word[0] = 0;
	if (b) {
		args.v[1] = *b;
		args.word[1] = 0;
		args.marks |= b->marks;
		args.n = 2;
	}
	f->unroll++;
	mpy_apply(f, callee, NULL, NULL, &args, f->at, out);
	f->unroll--;
}

/* "chr", "xor"... for a string made of single characters. */
void mpy_apply_made(struct mpy_fold *f, struct value *v, uint32_t parent)
{
	const char *kind = NULL;

	v->step = parent;
	if (f->unroll || v->u.s.size < 16)
		return;
	if (v->how & MPY_HOW_XOR)
		kind = "xor";
	else if (v->how & MPY_HOW_CHR)
		kind = "chr";
	else if (v->how & MPY_HOW_REVERSE)
		kind = "reversed";
	if (kind)
		mpy_fold_step(f, v, parent, kind);
}

static int by_value(const void *x, const void *y)
{
	const struct value *a = x, *b = y;
	size_t n;
	int order;

	if (a->kind == V_INT)
		return a->u.i < b->u.i ? -1 : a->u.i > b->u.i;
	if (!mpy_value_is_text(a))
		return 0;
	n = a->u.s.size < b->u.s.size ? a->u.s.size : b->u.s.size;
	order = n ? memcmp(a->u.s.data, b->u.s.data, n) : 0;
	return order ? order : (a->u.s.size > b->u.s.size) -
			       (a->u.s.size < b->u.s.size);
}

static void new_list(struct mpy_fold *f, const struct value *from,
		     struct value *out)
{
	struct list *list = mpy_list_new(f);

	mpy_value_unknown(out, from ? from->marks : 0, from ? from->line : 0);
	if (!list)
		return;
	out->kind = V_LIST;
	out->u.list = list;
	out->step = from ? from->step : 0;
	out->how = from ? from->how : 0;
}

static bool add(struct mpy_fold *f, struct value *list, const struct value *v)
{
	if (list->kind != V_LIST || !mpy_list_add(f, list->u.list, v)) {
		unknown(list);
		return false;
	}
	list->how |= v->how;
	return mpy_budget_step(f->budget, 1);
}

static void apply_map(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	struct value seq, other;
	int64_t n, m = INT64_MAX;

	if (args->n < 2)
		return;
	seq = args->v[1];
	if (!mpy_seq_start(f, &seq))
		return;
	if (args->n > 2) {
		other = args->v[2];
		if (!mpy_seq_start(f, &other))
			return;
		m = mpy_seq_size(&other);
	}
	if (args->v[0].kind != V_NAME && args->v[0].kind != V_CODE &&
	    args->v[0].kind != V_BOUND)
		return;
	n = mpy_seq_size(&seq);
	new_list(f, &seq, out);
	for (int64_t i = 0; i < n && i < m && f->unroll_left; i++) {
		struct value a, b, r;

		mpy_seq_get(f, &seq, i, &a);
		if (args->n > 2)
			mpy_seq_get(f, &other, i, &b);
		mpy_apply_one(f, &args->v[0], &a, args->n > 2 ? &b : NULL, &r);
		if (r.kind == V_UNKNOWN) {
			unknown(out);
			return;
		}
		f->unroll_left--;
		if (!add(f, out, &r))
			return;
	}
}

static void apply_filter(struct mpy_fold *f, const struct args *args,
			 struct value *out)
{
	struct value seq, a, r;
	int64_t n;

	if (args->n < 2)
		return;
	seq = args->v[1];
	if (!mpy_seq_start(f, &seq))
		return;
	n = mpy_seq_size(&seq);
	new_list(f, &seq, out);
	for (int64_t i = 0; i < n; i++) {
		int truth;

		mpy_seq_get(f, &seq, i, &a);
		r = a;
		if (args->v[0].kind != V_NONE)
			mpy_apply_one(f, &args->v[0], &a, NULL, &r);
		truth = mpy_value_truth(&r);
		if (truth < 0 || !f->unroll_left) {
			unknown(out);
			return;
		}
		f->unroll_left--;
		if (truth && !add(f, out, &a))
			return;
	}
}

/* The tuples of n sequences. */
static void give_zip(struct mpy_fold *f, const struct value *seq,
		     unsigned int n, int64_t size, int64_t start,
		     struct value *out)
{
	struct list *list = mpy_list_zip(f, seq, n, size, start);
	uint64_t marks = 0;

	for (unsigned int i = 0; i < n; i++)
		marks |= seq[i].marks;
	mpy_value_unknown(out, marks, seq[n - 1].line);
	if (!list)
		return;
	out->kind = V_LIST;
	out->u.list = list;
	out->step = seq[n - 1].step ? seq[n - 1].step : seq[0].step;
}

static void apply_zip(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	struct value seq[ZIPPED];
	int64_t n = INT64_MAX;

	if (!args->n || args->n > ZIPPED)
		return;
	for (unsigned int k = 0; k < args->n; k++) {
		seq[k] = args->v[k];
		if (!mpy_seq_start(f, &seq[k]))
			return;
		if (!mpy_seq_size(&seq[k]))
			n = 0;
		else if (!(seq[k].kind == V_LIST && seq[k].u.list->cycle) &&
			 mpy_seq_size(&seq[k]) < n)
			n = mpy_seq_size(&seq[k]);
	}
	if (n == INT64_MAX)
		return;
	give_zip(f, seq, args->n, n, 0, out);
}

static void apply_enumerate(struct mpy_fold *f, const struct args *args,
			    struct value *out)
{
	struct value seq[2];
	int64_t start = 0;

	if (!args->n)
		return;
	mpy_value_unknown(&seq[0], 0, 0);
	seq[1] = args->v[0];
	if (!mpy_seq_start(f, &seq[1]))
		return;
	if (args->n > 1 && args->v[1].kind == V_INT)
		start = args->v[1].u.i & INT32_MAX;
	seq[0].kind = V_NONE;
	give_zip(f, seq, 2, mpy_seq_size(&seq[1]), start, out);
}

static void apply_reversed(struct mpy_fold *f, const struct args *args,
			   struct value *out)
{
	struct value seq, v;

	if (!args->n)
		return;
	seq = args->v[0];
	if (!mpy_seq_start(f, &seq) || mpy_seq_size(&seq) > COPY_MAX)
		return;
	new_list(f, &seq, out);
	for (int64_t i = mpy_seq_size(&seq); i-- > 0;) {
		mpy_seq_get(f, &seq, i, &v);
		v.how |= MPY_HOW_REVERSE;
		if (!add(f, out, &v))
			return;
	}
}

static void apply_list(struct mpy_fold *f, const struct args *args,
		       struct value *out)
{
	struct value seq, v;

	if (!args->n) {
		new_list(f, NULL, out);
		return;
	}
	seq = args->v[0];
	if (!mpy_seq_start(f, &seq) || mpy_seq_size(&seq) > COPY_MAX)
		return;
	new_list(f, &seq, out);
	for (int64_t i = 0; i < mpy_seq_size(&seq); i++) {
		mpy_seq_get(f, &seq, i, &v);
		if (!add(f, out, &v))
			return;
	}
}

static void apply_range(struct mpy_fold *f, const struct args *args,
			struct value *out)
{
	int64_t from = 0, to, by = 1, n;

	for (unsigned int i = 0; i < args->n; i++)
		if (args->v[i].kind != V_INT || args->v[i].u.i > INT32_MAX ||
		    args->v[i].u.i < INT32_MIN)
			return;
	if (!args->n || args->n > 3)
		return;
	to = args->v[args->n > 1].u.i;
	if (args->n > 1)
		from = args->v[0].u.i;
	if (args->n > 2)
		by = args->v[2].u.i;
	if (!by)
		return;
	new_list(f, NULL, out);
	if (out->kind != V_LIST)
		return;
	n = by > 0 ? (to - from + by - 1) / by : (from - to - by - 1) / -by;
	out->u.list->span = true;
	out->u.list->first = from;
	out->u.list->step = by;
	out->u.list->n = n > 0 ? (uint32_t)n : 0;
}

static void apply_bytes(struct mpy_fold *f, const struct args *args,
			struct value *out)
{
	const struct value *in = &args->v[0];
	uint8_t *data;

	if (!args->n) {
		mpy_value_bytes(out, V_BYTES, f->text, 0, 0);
		return;
	}
	if (mpy_value_is_text(in)) {
		*out = *in;
		out->kind = V_BYTES;
		out->grows = false;
		return;
	}
	if (in->kind != V_LIST || in->u.list->dict ||
	    in->u.list->n > LAYER_MAX)
		return;
	data = mpy_arena_get(&f->arena, in->u.list->n);
	if (!data)
		return;
	for (uint32_t i = 0; i < in->u.list->n; i++) {
		struct value v;

		mpy_list_get(f, in->u.list, i, &v);
		if (v.kind != V_INT || v.u.i < 0 || v.u.i > 255)
			return;
		data[i] = (uint8_t)v.u.i;
	}
	mpy_budget_step(f->budget, in->u.list->n / 64);
	mpy_value_bytes(out, V_BYTES, data, in->u.list->n,
			in->how | in->u.list->how | MPY_HOW_CHR);
	mpy_value_taint(out, in);
	mpy_apply_made(f, out, in->step);
}

/* More digits than fit into 64 bits. */
static bool int_big(struct mpy_fold *f, const struct value *in,
		    unsigned int base, struct value *out)
{
	const uint8_t *p = in->u.s.data;
	size_t size = in->u.s.size;

	if (p[0] == '0' && (p[1] | 32) == 'x' && (!base || base == 16)) {
		base = 16;
		p += 2;
		size -= 2;
	}
	if (size <= (base == 16 ? 15 : base == 2 ? 62 : 18) ||
	    !mpy_big_read(f, p, size, base, out))
		return false;
	out->how |= in->how;
	out->step = in->step;
	return true;
}

static void apply_int(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	const struct value *in = mpy_apply_text(args, 0);
	unsigned int base = 10, digit;
	bool minus = false;
	uint64_t n = 0;
	size_t i = 0;

	if (args->n && args->v[0].kind == V_INT) {
		*out = args->v[0];
		return;
	}
	if (!in || !in->u.s.size)
		return;
	if (args->n > 1 && args->v[1].kind == V_INT)
		base = (unsigned int)args->v[1].u.i;
	if (in->u.s.size > 16 && int_big(f, in, base, out))
		return;
	if (in->u.s.size > 24)
		return;
	if (in->u.s.data[0] == '-') {
		minus = true;
		i++;
	}
	if (in->u.s.size - i > 2 && in->u.s.data[i] == '0' &&
	    in->u.s.data[i + 1] > '9' && base != 10) {
		if (!base)
			base = (in->u.s.data[i + 1] | 32) == 'x' ? 16 :
			       (in->u.s.data[i + 1] | 32) == 'b' ? 2 : 8;
		i += 2;
	}
	if (base < 2 || base > 36)
		return;
	for (; i < in->u.s.size; i++) {
		uint8_t c = in->u.s.data[i];

		if (c == ' ' || c == '\n')
			continue;
		digit = c <= '9' ? c - 48u : (c | 32u) - 87u;
		if (digit >= base || n > (uint64_t)INT64_MAX / base - 1)
			return;
		n = n * base + digit;
	}
	mpy_value_int(out, minus ? -(int64_t)n : (int64_t)n,
		      in->how | MPY_HOW_CHR);
}

static void apply_chr(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	const struct value *in = &args->v[0];

	if (!args->n || in->kind != V_INT || in->u.i < 0 || in->u.i > 0x10ffff)
		return;
	mpy_value_char(f, (uint32_t)in->u.i, in->how | MPY_HOW_CHR, out);
	mpy_value_taint(out, in);
}

static void apply_ord(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	struct value in, point;

	if (!mpy_apply_text(args, 0) || args->v[0].u.s.size > 4)
		return;
	in = args->v[0];
	if (!mpy_seq_start(f, &in) || mpy_seq_size(&in) != 1)
		return;
	if (in.kind == V_LIST)
		mpy_value_int(&point, in.u.list->ints ? in.u.list->ints[0] : 0,
			      in.how);
	else
		mpy_value_int(&point, in.u.s.data[0], in.how);
	point.marks |= in.marks;
	*out = point;
}

static void apply_str(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	const struct value *in = mpy_apply_text(args, 0);

	if (!args->n) {
		mpy_value_bytes(out, V_STR, f->text, 0, 0);
	} else if (in && in->kind == V_STR) {
		*out = *in;
	} else if (in && args->n > 1) {
		mpy_codec_named(f, mpy_apply_text(args, 1), false, in, out);
	}
}

static void apply_dict(struct mpy_fold *f, const struct args *args,
		       struct value *out)
{
	struct value pair, v;
	const struct list *from;

	if (!args->n || args->v[0].kind != V_LIST)
		return;
	from = args->v[0].u.list;
	if (from->dict) {
		*out = args->v[0];
		return;
	}
	new_list(f, &args->v[0], out);
	for (uint32_t i = 0; i < from->n; i++) {
		mpy_list_get(f, from, i, &pair);
		if (pair.kind != V_LIST || pair.u.list->n != 2) {
			unknown(out);
			return;
		}
		for (uint32_t k = 0; k < 2; k++) {
			mpy_list_get(f, pair.u.list, k, &v);
			if (!add(f, out, &v))
				return;
		}
	}
	out->u.list->dict = true;
}

static void apply_maketrans(struct mpy_fold *f, const struct args *args,
			    struct value *out)
{
	struct value a, b, x, y;

	if (args->n == 1 && args->v[0].kind == V_LIST) {
		*out = args->v[0];
		return;
	}
	if (!mpy_apply_text(args, 0) || !mpy_apply_text(args, 1))
		return;
	a = args->v[0];
	b = args->v[1];
	if (!mpy_seq_start(f, &a) || !mpy_seq_start(f, &b) ||
	    mpy_seq_size(&a) != mpy_seq_size(&b))
		return;
	new_list(f, NULL, out);
	for (int64_t i = 0; i < mpy_seq_size(&a); i++) {
		mpy_seq_get(f, &a, i, &x);
		mpy_seq_get(f, &b, i, &y);
		if (!add(f, out, &x) || !add(f, out, &y))
			return;
	}
	out->u.list->dict = true;
}

static void apply_reduce(struct mpy_fold *f, const struct args *args,
			 struct value *out)
{
	struct value seq, sum, v;
	int64_t i = 0;

	if (args->n < 2)
		return;
	seq = args->v[1];
	if (!mpy_seq_start(f, &seq) || !mpy_seq_size(&seq))
		return;
	if (args->n > 2)
		sum = args->v[2];
	else
		mpy_seq_get(f, &seq, i++, &sum);
	for (; i < mpy_seq_size(&seq) && f->unroll_left; i++) {
		struct value r;

		mpy_seq_get(f, &seq, i, &v);
		mpy_apply_one(f, &args->v[0], &sum, &v, &r);
		if (r.kind == V_UNKNOWN)
			return;
		sum = r;
		f->unroll_left--;
	}
	*out = sum;
}

static void apply_getattr(struct mpy_fold *f, const struct args *args,
			  struct value *out)
{
	const struct value *name = mpy_apply_text(args, 1);
	struct bound *bound;

	if (!name || name->u.s.size > 200)
		return;
	*out = args->v[0];
	mpy_eval_attr(f, out, (const char *)name->u.s.data, name->u.s.size,
		      MPY_HOW_GETATTR);
	out->how |= name->how | MPY_HOW_GETATTR;
	if (out->kind != V_UNKNOWN)
		return;
	bound = mpy_arena_get(&f->arena, sizeof(*bound));
	if (!bound)
		return;
	bound->self = args->v[0];
	bound->method = mpy_known_method((const char *)name->u.s.data,
					 name->u.s.size);
	if (!bound->method)
		return;
	out->kind = V_BOUND;
	out->u.bound = bound;
}

static void apply_import(struct mpy_fold *f, const struct known *known,
			 const struct args *args, struct value *out)
{
	const struct value *name = mpy_apply_text(args, 0);
	const struct name *at = NULL;
	size_t from = 0, size;
	const char *p;

	if (!name)
		return;
	p = (const char *)name->u.s.data;
	size = name->u.s.size;
	for (size_t i = 0; i <= size; i++) {
		if (i < size && p[i] != '.')
			continue;
		at = mpy_name_get(f, at, p + from, i - from);
		from = i + 1;
		/* __import__('a.b') gives a unless there is a fromlist */
		if (!at || (*known->path == '_' && args->n < 4))
			break;
	}
	if (!at)
		return;
	mpy_flow_import(f, at, f->tokens[f->at - 1].line);
	mpy_value_unknown(out, 0, 0);
	out->kind = V_NAME;
	out->u.name = at;
	out->how = name->how | MPY_HOW_IMPORT;
	if (name->how && !f->unroll)
		mpy_flow_note(f, MPY_BEH_HIDDEN_IMPORT,
			      f->tokens[f->at - 1].line, 0);
}

static void apply_minmax(const struct args *args, bool max, struct value *out)
{
	if (args->n != 2 || args->v[0].kind != V_INT ||
	    args->v[1].kind != V_INT)
		return;
	*out = args->v[(args->v[0].u.i < args->v[1].u.i) == max];
}

/* Keys of a dictionary, elements of a list: if numbers or texts, in order. */
static void apply_sorted(struct mpy_fold *f, const struct args *args,
			 struct value *out)
{
	struct value seq, v, *items;
	uint32_t n = 0, every = 1;

	if (args->n != 1)
		return;
	seq = args->v[0];
	if (seq.kind == V_LIST && seq.u.list->dict)
		every = 2;
	else if (!mpy_seq_start(f, &seq))
		return;
	n = seq.kind == V_LIST ? seq.u.list->n : (uint32_t)mpy_seq_size(&seq);
	if (n > SORTED_MAX || !mpy_budget_step(f->budget, n))
		return;
	items = mpy_arena_get(&f->arena, (n + 1) * sizeof(*items));
	if (!items)
		return;
	for (uint32_t i = 0; i < n; i += every) {
		mpy_seq_get(f, &seq, i, &items[i / every]);
		if (items[i / every].kind != items[0].kind ||
		    !mpy_value_is_const(&items[i / every]))
			return;
	}
	qsort(items, n / every, sizeof(*items), by_value);
	new_list(f, &seq, out);
	for (uint32_t i = 0; i < n / every; i++) {
		v = items[i];
		if (!add(f, out, &v))
			return;
	}
}

/*
 * eval() of a short constant, and json.loads() and the like, whose syntax is
 * nearly the same: read where it stands, with the names that are known there.
 */
static void apply_eval(struct mpy_fold *f, const struct value *text,
		       struct value *out)
{
	const struct mpy_token *tokens = f->tokens;
	struct mpy_token inner[EVAL_TOKENS];
	const uint8_t *outer = f->text;
	uint32_t at = f->at, end = f->end, n = f->n, piece = f->piece;
	size_t size = f->size;
	struct mpy_lex lex;
	bool whole = true;

	if (f->evals >= EVALS ||
	    !mpy_budget_step(f->budget, text->u.s.size / 64))
		return;
	f->text = text->u.s.data;
	f->size = text->u.s.size;
	mpy_lex_start(&lex, f->text, f->size);
	f->n = (uint32_t)mpy_lex_next(&lex, inner, EVAL_TOKENS);
	for (uint32_t i = 0; i < f->n; i++)
		inner[i].line = tokens[at ? at - 1 : 0].line;
	f->tokens = inner;
	f->end = f->n;
	f->at = 0;
	f->piece = UINT32_MAX - f->evals_made++; /* its code ends with it */
	f->evals++;
	f->unroll++;
	if (f->n && f->n < EVAL_TOKENS)
		mpy_eval(f, out);
	for (uint32_t i = 0; i < f->n; i++)
		whole &= inner[i].kind != MPY_TOK_STRING ||
			 !(inner[i].sub & MPY_STR_OPEN);
	if (!whole ||
	    (f->at < f->n && f->tokens[f->at].kind != MPY_TOK_NEWLINE &&
	     f->tokens[f->at].kind != MPY_TOK_END))
		unknown(out);
	f->unroll--;
	f->evals--;
	f->text = outer;
	f->size = size;
	f->tokens = tokens;
	f->n = n;
	f->end = end;
	f->at = at;
	f->piece = piece;
	out->key = 0;
	if (mpy_value_is_text(out))
		out->how |= text->how | MPY_HOW_DECODE;
}

/* array.array('B', [...]), struct.pack('3B', *[...]): bytes one by one */
static void apply_pack(struct mpy_fold *f, const struct args *args,
		       unsigned int from, struct value *out)
{
	const struct value *format = mpy_apply_text(args, 0);
	struct args list = { .n = 1 };

	if (!format || !format->u.s.size || args->n <= from ||
	    args->v[from].kind != V_LIST ||
	    (format->u.s.data[format->u.s.size - 1] | 32) != 'b')
		return;
	list.v[0] = args->v[from];
	apply_bytes(f, &list, out);
}

/* Builtins and functions of modules over what is known. */
static void apply_known(struct mpy_fold *f, const struct known *known,
			const struct value *callee, struct args *args,
			struct value *out)
{
	const struct value *text = mpy_apply_text(args, 0);
	struct value seq;

	switch ((enum op)known->op) {
	case OP_IMPORT:
		apply_import(f, known, args, out);
		break;
	case OP_GETATTR:
		apply_getattr(f, args, out);
		break;
	case OP_NAMESPACE:
		if (args->n)
			*out = args->v[0];
		out->marks |= T_BUILTINS;
		break;
	case OP_ONE_OF:
		out->marks &= ~T_ENV;
		break;
	case OP_CHR:
		apply_chr(f, args, out);
		break;
	case OP_ORD:
		apply_ord(f, args, out);
		break;
	case OP_BYTES:
		apply_bytes(f, args, out);
		break;
	case OP_STR:
		apply_str(f, args, out);
		break;
	case OP_INT:
		apply_int(f, args, out);
		break;
	case OP_LEN:
		if (!args->n)
			break;
		seq = args->v[0];
		if (mpy_seq_start(f, &seq))
			mpy_value_int(out, mpy_seq_size(&seq), 0);
		break;
	case OP_RANGE:
		apply_range(f, args, out);
		break;
	case OP_MAP:
		apply_map(f, args, out);
		break;
	case OP_FILTER:
		apply_filter(f, args, out);
		break;
	case OP_ZIP:
		apply_zip(f, args, out);
		break;
	case OP_ENUMERATE:
		apply_enumerate(f, args, out);
		break;
	case OP_REVERSED:
		apply_reversed(f, args, out);
		break;
	case OP_LIST:
		apply_list(f, args, out);
		break;
	case OP_CYCLE:
		apply_list(f, args, out);
		if (out->kind == V_LIST)
			out->u.list->cycle = true;
		break;
	case OP_XOR:
		if (args->n == 2) {
			*out = args->v[0];
			mpy_eval_binary(f, '^', out, &args->v[1], f->at);
		}
		break;
	case OP_MAX:
	case OP_MIN:
		apply_minmax(args, known->op == OP_MAX, out);
		break;
	case OP_SAME:
		if (args->n)
			*out = args->v[0];
		break;
	case OP_SORTED:
		apply_sorted(f, args, out);
		break;
	case OP_EVAL:
	case OP_LITERAL:
		if (text)
			apply_eval(f, text, out);
		break;
	case OP_OBJECT:
		*out = *callee;
		break;
	case OP_PACK:
		apply_pack(f, args, known->arg, out);
		break;
	case OP_FROM_BYTES:
		mpy_big_from_bytes(args, out);
		break;
	case OP_HEX:
		if (args->n)
			mpy_big_hex(f, &args->v[0], "0x", out);
		break;
	case OP_PARTIAL:
		if (args->n && (args->v[0].kind == V_NAME ||
				args->v[0].kind == V_CODE))
			*out = args->v[0];
		break;
	case OP_DECODE:
		if (text)
			mpy_codec_decode(f, known, text, out);
		break;
	case OP_UNPACK:
		if (text)
			mpy_codec_unpack(f, known->arg, text, out);
		break;
	case OP_CODEC:
		if (text)
			mpy_codec_named(f, mpy_apply_text(args, 1), known->arg,
					text, out);
		break;
	case OP_MARSHAL:
		if (text) {
			*out = *text;
			out->how |= MPY_HOW_UNPACK;
			mpy_fold_step(f, out, text->step, "marshal");
		}
		break;
	case OP_COMPILE:
		if (text) {
			*out = *text;
			out->marks |= T_COMPILED;
		}
		break;
	case OP_REDUCE:
		apply_reduce(f, args, out);
		break;
	case OP_DICT:
		apply_dict(f, args, out);
		break;
	case OP_MAKETRANS:
		apply_maketrans(f, args, out);
		break;
	default:
		break;
	}
}

void mpy_apply(struct mpy_fold *f, const struct value *callee,
	       const struct value *self, const struct known *method,
	       struct args *args, uint32_t first, struct value *out)
{
	const struct known *known = method;
	uint32_t line = f->tokens[first < f->n ? first : f->n - 1].line;
	struct value bound_self;
	bool named = false;

	if (callee->kind == V_CODE) {
		mpy_loop_call(f, callee->u.code, args, out);
		return;
	}
	if (callee->kind == V_CLASS) {
		const struct value *init = mpy_var_find(
			f, mpy_key_join(callee->u.origin, f->init_key));

		if (init && init->kind == V_CODE)
			mpy_loop_init(f, init->u.code, args);
	}
	if (callee->kind == V_BOUND) {
		bound_self = callee->u.bound->self;
		self = &bound_self;
		known = callee->u.bound->method;
	} else if (callee->kind == V_NAME) {
		named = callee->u.name->known != NULL;
		if (named)
			known = callee->u.name->known;
	}
	mpy_value_unknown(out, args->marks | callee->marks, args->line);
	if (self) {
		mpy_value_taint(out, self);
		if (!(args->marks & T_SOURCES))
			out->line = self->line;
	}
	if (known && named)
		apply_known(f, known, callee, args, out);
	else if (known && self &&
		 mpy_method_apply(f, known, self, args, out))
		mpy_value_taint(out, self);
	if (named && (callee->how & (MPY_HOW_GETATTR | MPY_HOW_IMPORT)) &&
	    (known->sinks & (S_EXEC | S_RUN | S_CONNECT)))
		mpy_flow_note(f, MPY_BEH_HIDDEN_NAME, line, 0);
	if (named && (callee->how & MPY_HOW_ESCAPE))
		mpy_flow_note(f, MPY_BEH_ESCAPED_NAME, line, 0);
	mpy_flow_call(f, known, self, args, out, line);
	if (callee->kind == V_CLASS && out->kind == V_UNKNOWN) {
		out->kind = V_CLASS;
		out->u.origin = callee->u.origin;
	}
}
