// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Builtins over sequences: what makes them, goes through them, or calls
 * something for each of their elements.
 */
#include "convert.h"

#include <stdlib.h>
#include <string.h>

#define SORTED_MAX (1 << 13)
#define COPY_MAX (1 << 18) /* elements that list() and the like copy */

static void unknown(struct value *out)
{
	mpy_value_unknown(out, out->marks, out->line);
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

/* One element more, paid when it is there: a call pays for itself too. */
static bool pay(struct mpy_fold *f)
{
	if (!f->unroll_left || mpy_eval_done(f))
		return false;
	f->unroll_left--;
	mpy_budget_step(f->budget, 1);
	return true;
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

static bool is_cycle(const struct value *seq)
{
	return seq->kind == V_LIST && seq->u.list->cycle;
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

struct sorting {
	struct value key[2]; /* of a tuple the first elements */
	struct value item;
	uint32_t at; /* of equal ones the first remains the first */
};

static int compare_keys(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return (a->kind > b->kind) - (a->kind < b->kind);
	if (a->kind == V_INT)
		return a->u.i < b->u.i ? -1 : a->u.i > b->u.i;
	return mpy_value_is_text(a) ? mpy_text_order(a, b) : 0;
}

static int by_key(const void *x, const void *y)
{
	const struct sorting *a = x, *b = y;
	int order = compare_keys(&a->key[0], &b->key[0]);

	if (!order)
		order = compare_keys(&a->key[1], &b->key[1]);
	return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* What s->item is sorted by: its first elements, or what function gives. */
static bool read_key(struct mpy_fold *f, const struct value *function,
		     struct sorting *s)
{
	struct value key = s->item;

	if (function && function->kind != V_NONE) {
		mpy_apply_one(f, function, &s->item, NULL, &key);
		if (!pay(f))
			return false;
	}
	s->key[0] = key;
	mpy_value_unknown(&s->key[1], 0, 0);
	if (key.kind == V_LIST && !key.u.list->dict) {
		mpy_list_get(f, key.u.list, 0, &s->key[0]);
		if (key.u.list->n > 1)
			mpy_list_get(f, key.u.list, 1, &s->key[1]);
	}
	for (unsigned int i = 0; i < 2; i++)
		if (mpy_value_is_text(&s->key[i]) &&
		    !mpy_budget_step(f->budget, s->key[i].u.s.size / 4))
			return false;
	return mpy_value_is_const(&s->key[0]);
}

/*
 * Keys of a dictionary, elements of a list, in order if it is known: numbers,
 * texts, tuples of them.
 */
static void apply_sorted(struct mpy_fold *f, const struct args *args,
			 struct value *out)
{
	static const char *const key[] = { "key", NULL };
	static const char *const backwards[] = { "reverse", NULL };
	const struct value *function = NULL;
	struct sorting *all;
	struct value seq;
	uint32_t n, every = 1;
	bool reverse = false;

	for (unsigned int i = 1; i < args->n; i++) {
		if (mpy_args_called(args, i, key))
			function = &args->v[i];
		else if (mpy_args_called(args, i, backwards) &&
			 args->v[i].kind == V_INT)
			reverse = args->v[i].u.i;
		else
			return;
	}
	if (!args->n)
		return;
	seq = args->v[0];
	if (seq.kind == V_LIST && seq.u.list->dict)
		every = 2;
	else if (!mpy_seq_start(f, &seq))
		return;
	n = seq.kind == V_LIST ? seq.u.list->n : (uint32_t)mpy_seq_size(&seq);
	if (n > SORTED_MAX || !mpy_budget_step(f->budget, n))
		return;
	all = mpy_arena_get(&f->arena, (n + 1) * sizeof(*all));
	if (!all)
		return;
	for (uint32_t i = 0; i + every <= n; i += every) {
		struct sorting *s = &all[i / every];

		mpy_seq_get(f, &seq, i, &s->item);
		s->at = reverse ? n - i : i;
		if (!read_key(f, function, s) ||
		    s->key[0].kind != all[0].key[0].kind)
			return;
	}
	n /= every;
	qsort(all, n, sizeof(*all), by_key);
	new_list(f, &seq, out);
	for (uint32_t i = 0; i < n; i++)
		if (!add(f, out, &all[reverse ? n - 1 - i : i].item))
			return;
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

/*
 * zip(*rows) of many rows, zip_longest(a, b, fillvalue=c): fill is NULL where
 * the shortest ends it.
 */
static void transpose(struct mpy_fold *f, const struct value *rows,
		      const struct value *fill, struct value *out)
{
	int64_t n = fill ? 0 : INT64_MAX, many = mpy_seq_size(rows), size;
	struct value ready, row, v, tuple;

	new_list(f, rows, &ready);
	for (int64_t i = 0; i < many; i++) {
		mpy_seq_get(f, rows, i, &row);
		if (!mpy_seq_start(f, &row) || !add(f, &ready, &row) ||
		    is_cycle(&row))
			return;
		size = mpy_seq_size(&row);
		if (fill ? size > n : size < n)
			n = size;
	}
	if (many < 1 || n > COPY_MAX / many ||
	    !mpy_budget_step(f->budget, (uint64_t)(n * many)))
		return;
	new_list(f, rows, out);
	for (int64_t i = 0; i < n; i++) {
		new_list(f, NULL, &tuple);
		for (int64_t k = 0; k < many; k++) {
			mpy_seq_get(f, &ready, k, &row);
			v = fill ? *fill : row;
			if (i < mpy_seq_size(&row))
				mpy_seq_get(f, &row, i, &v);
			if (!add(f, &tuple, &v))
				break;
		}
		if (tuple.kind != V_LIST || !add(f, out, &tuple)) {
			unknown(out);
			return;
		}
	}
}

static void apply_zip(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	struct value seq[ZIPPED];
	int64_t n = INT64_MAX;

	if (args->n > ZIPPED) {
		new_list(f, NULL, &seq[0]);
		for (unsigned int k = 0; k < args->n; k++)
			if (!add(f, &seq[0], &args->v[k]))
				return;
		transpose(f, &seq[0], NULL, out);
		return;
	}
	/* zip(*rows) of more than ARGS */
	if (args->n == 1 && args->v[0].kind == V_LIST &&
	    args->v[0].u.list->items && args->v[0].u.list->n > ARGS) {
		transpose(f, &args->v[0], NULL, out);
		return;
	}
	if (!args->n)
		return;
	for (unsigned int k = 0; k < args->n; k++) {
		seq[k] = args->v[k];
		if (!mpy_seq_start(f, &seq[k]))
			return;
		if (!mpy_seq_size(&seq[k]))
			n = 0;
		else if (!is_cycle(&seq[k]) &&
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

static void apply_map(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	struct value seq, other;
	int64_t n, size, m = INT64_MAX;

	if (args->n < 2)
		return;
	seq = args->v[1];
	if (!mpy_seq_start(f, &seq))
		return;
	size = mpy_seq_size(&seq);
	if (args->n > 2) {
		other = args->v[2];
		if (!mpy_seq_start(f, &other))
			return;
		m = mpy_seq_size(&other);
	}
	/* what has no end ends with the other */
	n = is_cycle(&seq) && size ? m : size;
	if (n == INT64_MAX || !m)
		return;
	if (args->n > 2 && !is_cycle(&other) && m < n)
		n = m;
	else if (args->n > 2 && is_cycle(&other) && is_cycle(&seq))
		return;
	if (args->v[0].kind != V_NAME && args->v[0].kind != V_CODE &&
	    args->v[0].kind != V_BOUND)
		return;
	new_list(f, &seq, out);
	for (int64_t i = 0; i < n; i++) {
		struct value a, b, r;

		mpy_seq_get(f, &seq, i % size, &a);
		if (args->n > 2)
			mpy_seq_get(f, &other, i % m, &b);
		mpy_apply_one(f, &args->v[0], &a, args->n > 2 ? &b : NULL, &r);
		if (r.kind == V_UNKNOWN || !pay(f)) {
			unknown(out);
			return;
		}
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
		if (truth < 0 || !pay(f)) {
			unknown(out);
			return;
		}
		if (truth && !add(f, out, &a))
			return;
	}
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
	for (; i < mpy_seq_size(&seq); i++) {
		struct value r;

		mpy_seq_get(f, &seq, i, &v);
		mpy_apply_one(f, &args->v[0], &sum, &v, &r);
		if (r.kind == V_UNKNOWN || !pay(f))
			return;
		sum = r;
	}
	*out = sum;
}

/* Each element of seq, which may be a number of a list that is flat. */
static bool add_each(struct mpy_fold *f, struct value *out,
		     const struct value *seq)
{
	struct value all = *seq, v;

	if (seq->kind == V_INT)
		return add(f, out, seq);
	if (!mpy_seq_start(f, &all)) {
		unknown(out);
		return false;
	}
	for (int64_t i = 0, n = mpy_seq_size(&all); i < n; i++) {
		mpy_seq_get(f, &all, i, &v);
		if (out->kind != V_LIST || out->u.list->n >= COPY_MAX ||
		    !add(f, out, &v)) {
			unknown(out);
			return false;
		}
	}
	return true;
}

/*
 * chain(a, b), chain(*x), whose list comes as it is if it is long, and
 * chain.from_iterable(x): one after the other.
 */
static void apply_chain(struct mpy_fold *f, const struct args *args,
			bool flat, struct value *out)
{
	struct value seq, v;

	if (!args->n)
		return;
	seq = args->v[0];
	if (!mpy_seq_start(f, &seq))
		return;
	new_list(f, &seq, out);
	out->marks |= args->marks;
	flat |= args->n == 1 && mpy_seq_size(&seq) > ARGS;
	for (unsigned int i = 0; !flat && i < args->n; i++)
		if (!add_each(f, out, &args->v[i]))
			return;
	for (int64_t i = 0; flat && i < mpy_seq_size(&seq); i++) {
		mpy_seq_get(f, &seq, i, &v);
		if (!add_each(f, out, &v))
			return;
	}
}

/* Of numbers; sum(lists, []) is one list of all. */
static void apply_sum(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	struct args lists = { .n = 1, .marks = args->marks };
	struct value seq, v, all;

	if (!args->n)
		return;
	seq = args->v[0];
	if (!mpy_seq_start(f, &seq) || mpy_seq_size(&seq) > COPY_MAX)
		return;
	if (args->n == 2 && args->v[1].kind == V_LIST) {
		lists.v[0] = seq;
		if (!args->v[1].u.list->n)
			apply_chain(f, &lists, true, out);
		return;
	}
	mpy_value_int(&all, 0, seq.how);
	for (int64_t i = 0; i < mpy_seq_size(&seq); i++) {
		mpy_seq_get(f, &seq, i, &v);
		if (v.kind != V_INT ||
		    __builtin_add_overflow(all.u.i, v.u.i, &all.u.i))
			return;
	}
	mpy_budget_step(f->budget, (uint64_t)mpy_seq_size(&seq));
	mpy_value_taint(&all, out);
	if (args->n == 1)
		*out = all;
}

static void apply_longest(struct mpy_fold *f, const struct args *args,
			  struct value *out)
{
	static const char *const words[] = { "fillvalue", NULL };
	struct value fill, rows;

	mpy_value_unknown(&fill, 0, 0);
	fill.kind = V_NONE;
	new_list(f, NULL, &rows);
	for (unsigned int i = 0; i < args->n; i++)
		if (mpy_args_called(args, i, words))
			fill = args->v[i];
		else if (!add(f, &rows, &args->v[i]))
			return;
	transpose(f, &rows, &fill, out);
}

/* What of the first stands where the second is true. */
static void apply_compress(struct mpy_fold *f, const struct args *args,
			   struct value *out)
{
	struct value data, select, v;
	int64_t n;
	int truth;

	if (args->n != 2)
		return;
	data = args->v[0];
	select = args->v[1];
	if (!mpy_seq_start(f, &data) || !mpy_seq_start(f, &select))
		return;
	n = mpy_seq_size(&select);
	new_list(f, &data, out);
	for (int64_t i = 0; n && i < mpy_seq_size(&data); i++) {
		if (i >= n && !is_cycle(&select))
			break;
		mpy_seq_get(f, &select, i % n, &v);
		truth = mpy_value_truth(&v);
		mpy_seq_get(f, &data, i, &v);
		if (truth < 0 || i > COPY_MAX || !pay(f)) {
			unknown(out);
			return;
		}
		if (truth && !add(f, out, &v))
			return;
	}
}

bool mpy_sequence_apply(struct mpy_fold *f, const struct known *known,
			const struct args *args, struct value *out)
{
	struct value seq;

	switch ((enum op)known->op) {
	case OP_LEN:
		if (!args->n)
			break;
		seq = args->v[0];
		if (mpy_seq_start(f, &seq))
			mpy_value_int(out, mpy_seq_size(&seq), 0);
		else if (seq.kind == V_LIST && seq.u.list->n)
			mpy_value_int(out, seq.u.list->n / 2, 0);
		break;
	case OP_CHAIN:
		apply_chain(f, args, known->arg, out);
		break;
	case OP_SUM:
		apply_sum(f, args, out);
		break;
	case OP_LONGEST:
		apply_longest(f, args, out);
		break;
	case OP_COMPRESS:
		apply_compress(f, args, out);
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
	case OP_SORTED:
		apply_sorted(f, args, out);
		break;
	case OP_REDUCE:
		apply_reduce(f, args, out);
		break;
	case OP_DICT:
		apply_dict(f, args, out);
		break;
	case OP_MAKETRANS:
		mpy_translate_make(f, args, out);
		break;
	default:
		return false;
	}
	return true;
}
