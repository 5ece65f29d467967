// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Operators over constants: arithmetic, concatenation, repetition, %, and
 * what stands in square brackets.
 */
#include "command.h"
#include "convert.h"
#include "pattern.h"
#include "special.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define JOIN_MAX   (1u << 18) /* elements of each list that are joined */
#define SLICE_LONG 4096	     /* bytes; shorter text is no trouble as a list */
#define SLICES_MAX 16	     /* of long text that are counted out */
#define SEARCH_MAX 4096	     /* elements of a list that "in" looks at */
#define REPEAT_MAX (1u << 20) /* bytes of "x" * n that are built */

static bool arithmetic(unsigned int op, int64_t a, int64_t b, int64_t *out)
{
	switch (op) {
	case '+':
		return !__builtin_add_overflow(a, b, out);
	case '-':
		return !__builtin_sub_overflow(a, b, out);
	case '*':
		return !__builtin_mul_overflow(a, b, out);
	case '^':
		*out = a ^ b;
		return true;
	case '&':
		*out = a & b;
		return true;
	case '|':
		*out = a | b;
		return true;
	case MPY_OP_LSHIFT:
		if (b < 0 || b > 62)
			return false;
		return !__builtin_mul_overflow(a, (int64_t)1 << b, out);
	case MPY_OP_RSHIFT:
		if (b < 0)
			return false;
		*out = a >> (b > 63 ? 63 : b);
		return true;
	case '%':
	case '/':
	case MPY_OP_FLOORDIV:
		if (!b || b == -1)
			return false;
		/* Python rounds down; "/" is as in Python 2, if even */
		if (op == '/' && a % b)
			return false;
		*out = op == '%' ? a % b : a / b;
		if (op == '%' && *out && (*out < 0) != (b < 0))
			*out += b;
		else if (op != '%' && a % b && (a < 0) != (b < 0))
			*out -= 1;
		return true;
	default:
		return false;
	}
}

int mpy_text_order(const struct value *a, const struct value *b)
{
	size_t n = a->u.s.size < b->u.s.size ? a->u.s.size : b->u.s.size;
	int order = n ? memcmp(a->u.s.data, b->u.s.data, n) : 0;

	if (order)
		return order;
	return (a->u.s.size > b->u.s.size) - (a->u.s.size < b->u.s.size);
}

/* 1, 0, or -1 if unknown. */
static int compare(struct mpy_fold *f, unsigned int op, const struct value *a,
		   const struct value *b)
{
	int order;

	if (a->kind == V_INT && b->kind == V_INT)
		order = (a->u.i > b->u.i) - (a->u.i < b->u.i);
	else if (mpy_value_is_text(a) && a->kind == b->kind &&
		 mpy_budget_step(f->budget, a->u.s.size / 64))
		order = mpy_text_order(a, b);
	else
		return -1;
	switch (op) {
	case '<':
		return order < 0;
	case '>':
		return order > 0;
	case MPY_OP_LE:
		return order <= 0;
	case MPY_OP_GE:
		return order >= 0;
	case MPY_OP_EQ:
		return order == 0;
	case MPY_OP_NE:
		return order != 0;
	default:
		return -1;
	}
}

static bool same_const(struct mpy_fold *f, const struct value *a,
		       const struct value *b)
{
	if (a->kind == V_INT && b->kind == V_INT)
		return a->u.i == b->u.i;
	return mpy_value_is_text(a) && a->kind == b->kind &&
	       a->u.s.size == b->u.s.size &&
	       mpy_budget_step(f->budget, a->u.s.size / 32) &&
	       !memcmp(a->u.s.data, b->u.s.data, a->u.s.size);
}

/*
 * Of a list 1 or, where it is read again and is complete, 0; of a dictionary,
 * of which not all is known, the keys 1.
 */
static int list_contains(struct mpy_fold *f, const struct value *a,
			 const struct list *list)
{
	int found = (f->unroll || f->follow) && !list->dict ? 0 : -1;
	struct value v;

	if ((a->kind != V_INT && !mpy_value_is_text(a)) || list->zip ||
	    list->n > SEARCH_MAX ||
	    !mpy_budget_step(f->budget, list->n))
		return -1;
	for (uint32_t i = 0; i < list->n; i += 1 + list->dict) {
		mpy_list_get(f, list, i, &v);
		if (same_const(f, &v, a))
			return 1;
		if (!mpy_value_is_const(&v))
			found = -1;
	}
	return found;
}

static int contains(struct mpy_fold *f, const struct value *a,
		    const struct value *b)
{
	if (b->kind == V_LIST)
		return list_contains(f, a, b->u.list);
	if (a->kind == V_INT && b->kind == V_BYTES)
		return a->u.i == (uint8_t)a->u.i &&
		       memchr(b->u.s.data, (int)a->u.i, b->u.s.size) != NULL;
	if (!mpy_value_is_text(a) || a->kind != b->kind)
		return -1;
	return !a->u.s.size || memmem(b->u.s.data, b->u.s.size, a->u.s.data,
				      a->u.s.size) != NULL;
}

static bool repeat(struct mpy_fold *f, struct value *a, int64_t times)
{
	struct value piece = *a;

	if (times < 0)
		times = 0;
	if (a->u.s.size && (uint64_t)times > REPEAT_MAX / a->u.s.size)
		return false;
	a->u.s.size = 0;
	a->grows = false;
	/* twice as much each time, then the rest of what is there */
	for (size_t size = piece.u.s.size * (size_t)times; a->u.s.size < size;
	     piece = *a) {
		if (piece.u.s.size > size - a->u.s.size)
			piece.u.s.size = size - a->u.s.size;
		if (!mpy_value_append(f, a, &piece))
			return false;
	}
	mpy_budget_step(f->budget, a->u.s.size / 64);
	return true;
}

static bool join_lists(struct mpy_fold *f, struct value *a,
		       const struct value *b)
{
	struct list *list = mpy_list_new(f);
	struct value v;

	if (!list || a->u.list->n > JOIN_MAX || b->u.list->n > JOIN_MAX)
		return false;
	for (uint32_t i = 0; i < a->u.list->n; i++) {
		mpy_list_get(f, a->u.list, i, &v);
		if (!mpy_list_add(f, list, &v))
			return false;
	}
	for (uint32_t i = 0; i < b->u.list->n; i++) {
		mpy_list_get(f, b->u.list, i, &v);
		if (!mpy_list_add(f, list, &v))
			return false;
	}
	mpy_budget_step(f->budget, list->n / 8);
	a->u.list = list;
	return true;
}

/* The next argument of "%" as text; false if it is not known. */
static bool percent_arg(struct mpy_fold *f, const struct value *args,
			uint32_t *next, uint8_t verb, struct value *out)
{
	char digits[32];
	int n;

	if (args->kind == V_LIST && !args->u.list->dict) {
		if (*next >= args->u.list->n)
			return false;
		mpy_list_get(f, args->u.list, (*next)++, out);
	} else {
		if ((*next)++)
			return false;
		*out = *args;
	}
	if (verb == 's' && mpy_value_is_text(out))
		return true;
	if (verb == 'x' && out->kind == V_BIG)
		return mpy_big_hex(f, out, "", out);
	if (out->kind != V_INT)
		return false;
	if (verb == 'c') {
		mpy_value_char(f, (uint32_t)out->u.i, out->how | MPY_HOW_CHR,
			       out);
		return mpy_value_is_text(out);
	}
	n = verb == 'x' ? snprintf(digits, sizeof(digits), "%llx",
				   (unsigned long long)out->u.i) :
			  snprintf(digits, sizeof(digits), "%lld",
				   (long long)out->u.i);
	mpy_value_bytes(out, V_STR, mpy_arena_copy(&f->arena, digits,
						   (size_t)n),
			(size_t)n, out->how);
	return out->u.s.data != NULL;
}

/* "..." % args with %s, %c, %d, %x and %% alone. */
static bool percent(struct mpy_fold *f, struct value *a,
		    const struct value *args)
{
	const uint8_t *p = a->u.s.data;
	size_t size = a->u.s.size, i = 0;
	struct value out = *a, item, key;
	uint32_t next = 0;

	if (!mpy_budget_step(f->budget, size / 16))
		return false;
	out.u.s.size = 0;
	out.grows = false;
	while (i < size) {
		size_t from = i;
		struct value piece;
		const uint8_t *close;

		while (i < size && p[i] != '%')
			i++;
		mpy_value_bytes(&piece, V_STR, p + from, i - from, 0);
		if (!mpy_value_append(f, &out, &piece))
			return false;
		if (i == size)
			break;
		item = *args;
		if (i + 1 < size && p[i + 1] == '(' && args->kind == V_LIST &&
		    args->u.list->dict &&
		    (close = memchr(p + i, ')', size - i))) {
			mpy_value_bytes(&key, V_STR, p + i + 2,
					(size_t)(close - p) - i - 2, 0);
			mpy_eval_index(f, &item, &key);
			i = (size_t)(close - p);
			next = 0;
		}
		if (i + 1 >= size || !p[i + 1] || !strchr("scdxi%", p[i + 1]))
			return false;
		if (p[i + 1] == '%')
			mpy_value_bytes(&piece, V_STR, p + i, 1, 0);
		else if (!percent_arg(f, &item, &next, p[i + 1], &piece))
			return false;
		if (!mpy_value_append(f, &out, &piece))
			return false;
		out.how |= piece.how | MPY_HOW_CONCAT;
		i += 2;
	}
	*a = out;
	return next > 0;
}

static void unknown(struct value *a)
{
	mpy_value_unknown(a, a->marks, a->line);
}

static void text_binary(struct mpy_fold *f, unsigned int op, struct value *a,
			const struct value *b, uint32_t first)
{
	uint32_t step = a->step ? a->step : b->step, growth = f->growth;
	uint16_t how;
	bool ok = false;

	if (op == '+' && a->kind == b->kind) {
		ok = mpy_value_append(f, a, b);
		a->how |= b->how | MPY_HOW_CONCAT;
	} else if (op == '*' && b->kind == V_INT) {
		ok = repeat(f, a, b->u.i);
		a->how |= MPY_HOW_CONCAT;
	} else if (op == '%') {
		ok = percent(f, a, b);
	}
	if (!ok) {
		f->growth = growth; /* what was begun came to nothing */
		how = op == '+' || op == '%' ?
			      mpy_command_how(a, op == '+' ? b : NULL) : 0;
		unknown(a);
		a->how = how;
		return;
	}
	a->step = step;
	mpy_fold_item(f, first, a);
}

void mpy_eval_binary(struct mpy_fold *f, unsigned int op, struct value *a,
		     const struct value *b, uint32_t first)
{
	bool text = mpy_value_is_text(a) && a->u.s.size > 2;
	struct value code;
	int truth;

	if (op == '|' && mpy_pattern_or(a, b))
		return;
	mpy_value_taint(a, b);
	if (op == '%' && text) /* not "%s" */
		mpy_value_beside(a, 0);
	else if ((op == '/' || op == '+') &&
		 (!mpy_value_is_text(b) || b->u.s.size))
		mpy_value_beside(a, b->marks);
	a->key = 0;
	if (op == 256 + MPY_KW_OR || op == 256 + MPY_KW_AND) {
		truth = mpy_value_truth(a);
		if ((op == 256 + MPY_KW_OR) == (truth == 0) && truth >= 0) {
			uint64_t marks = a->marks;

			*a = *b;
			a->marks = marks;
		} else if (truth < 0 && a->kind == V_UNKNOWN &&
			   op == 256 + MPY_KW_OR && b->kind == V_NAME) {
			*a = *b; /* x or default */
		}
		return;
	}
	truth = op == 256 + MPY_KW_IN || op == 256 + MPY_KW_NOT ?
			contains(f, a, b) : compare(f, op, a, b);
	if (truth >= 0) {
		mpy_value_int(a, truth != (op == 256 + MPY_KW_NOT), 0);
		return;
	}
	if (mpy_value_is_text(a)) {
		text_binary(f, op, a, b, first);
	} else if (a->kind == V_INT && b->kind == V_INT) {
		uint16_t how = a->how | b->how |
			       (op == '^' || op == '+' || op == '-' ?
					MPY_HOW_XOR : 0);

		if (arithmetic(op, a->u.i, b->u.i, &a->u.i))
			a->how = how;
		else
			unknown(a);
	} else if (a->kind == V_LIST && b->kind == V_LIST && op == '+' &&
		   !a->u.list->dict && !b->u.list->dict) {
		if (!join_lists(f, a, b))
			unknown(a);
	} else if (a->kind == V_LIST && b->kind == V_UNKNOWN && op == '+' &&
		   !a->u.list->dict && mpy_command_python(f, a, &code)) {
		; /* python -c code, and arguments that nobody knows */
	} else if (a->kind == V_INT && mpy_value_is_text(b) && op == '*') {
		struct value times = *a;

		*a = *b;
		a->marks |= times.marks;
		text_binary(f, op, a, &times, first);
	} else {
		bool put = op == '+' &&
			   (mpy_value_is_text(b) ||
			    ((a->how | b->how) & MPY_HOW_CONCAT));
		uint16_t how = put ? mpy_command_how(a, b) : 0;

		unknown(a);
		a->how = how;
		if (op == '^' && (a->marks & T_FILE))
			a->marks |= T_CRYPT;
	}
}

/* ---- square brackets ----------------------------------------------------- */

static bool index_dict(struct mpy_fold *f, const struct list *list,
		       const struct value *index, struct value *out)
{
	struct value key;

	mpy_budget_step(f->budget, list->n / 16);
	/* of two the later one counts */
	for (uint32_t i = list->n / 2; i-- > 0;) {
		mpy_list_get(f, list, 2 * i, &key);
		if (same_const(f, &key, index)) {
			mpy_list_get(f, list, 2 * i + 1, out);
			return true;
		}
	}
	return false;
}

/* globals()['eval'], vars(os)['system'], sys.modules['os'] */
static void index_namespace(struct mpy_fold *f, struct value *v,
			    const struct value *index)
{
	const char *name = (const char *)index->u.s.data;
	size_t size = index->u.s.size;

	if (v->kind == V_NAME && strcmp(v->u.name->text, "sys.modules"))
		mpy_eval_attr(f, v, name, size, MPY_HOW_GETATTR);
	else if (size && size < 200)
		mpy_eval_root(f, name, size, v);
	v->marks &= ~T_BUILTINS;
	v->how |= MPY_HOW_GETATTR | index->how;
}

static bool is_namespace(const struct value *v)
{
	const char *t;

	if (v->marks & T_BUILTINS)
		return true;
	if (v->kind != V_NAME)
		return false;
	t = v->u.name->text;
	return !strcmp(t, "__builtins__") || !strcmp(t, "sys.modules") ||
	       !strcmp(t, "builtins");
}

/*
 * sys.argv[0]: a path of this program, or of the one that imports it;
 * sys.path[0] of one in an archive
 */
static bool is_own_argument(const struct mpy_fold *f, const struct value *v,
			    const struct value *index)
{
	return v->kind == V_NAME && index->kind == V_INT && !index->u.i &&
	       (!strcmp(v->u.name->text, "sys.argv") ||
		(f->own.archive && !strcmp(v->u.name->text, "sys.path")));
}

void mpy_eval_index(struct mpy_fold *f, struct value *v,
		    const struct value *index)
{
	int64_t i, n;
	struct value element;
	const struct value *known;
	uint64_t key, was;

	if (mpy_value_is_text(index) && is_namespace(v)) {
		index_namespace(f, v, index);
		return;
	}
	if (is_own_argument(f, v, index)) {
		mpy_value_unknown(v, (v->marks & ~T_INPUT) | T_SELF, v->line);
		return;
	}
	was = v->marks;
	mpy_value_taint(v, index);
	if (v->kind == V_LIST) /* what is asked for is chosen from what is allowed */
		v->marks &= ~T_WEB | was;
	if (v->kind == V_NAME && (v->marks & T_ENV))
		v->marks &= ~T_ENV; /* one variable, not all */
	if (v->kind == V_LIST && v->u.list->dict &&
	    index_dict(f, v->u.list, index, &element)) {
		mpy_value_taint(&element, v);
		*v = element;
		return;
	}
	if (index->kind == V_INT && mpy_seq_start(f, v)) {
		n = mpy_seq_size(v);
		i = index->u.i < 0 ? index->u.i + n : index->u.i;
		if (i >= 0 && i < n) {
			mpy_seq_get(f, v, i, &element);
			*v = element;
			return;
		}
	}
	if (mpy_special_index(f, v, index))
		return;
	key = v->key && mpy_value_is_text(index) ?
	      mpy_key_join(v->key, mpy_key(index->u.s.data, index->u.s.size)) :
	      0;
	known = mpy_var_find(f, key);
	if (known) {
		uint64_t marks = v->marks & T_SOURCES;

		*v = *known;
		v->marks |= marks;
	} else {
		unknown(v);
	}
	v->key = key;
}

static int64_t clamp(int64_t i, int64_t low, int64_t high)
{
	return i < low ? low : i > high ? high : i;
}

static bool bound_of(const struct value *v, int64_t n, int64_t step,
		     int64_t absent, int64_t *out)
{
	if (v->kind == V_NONE) {
		*out = absent;
		return true;
	}
	if (v->kind != V_INT)
		return false;
	*out = v->u.i < 0 ? v->u.i + n : v->u.i;
	*out = step > 0 ? clamp(*out, 0, n) : clamp(*out, -1, n - 1);
	return true;
}

static bool slice_bytes(struct mpy_fold *f, struct value *v, int64_t from,
			int64_t count, int64_t step)
{
	uint8_t *copy;
	struct value out;

	if (step == 1) {
		mpy_value_bytes(&out, v->kind, v->u.s.data + from,
				(size_t)count, v->how);
	} else {
		copy = mpy_arena_get(&f->arena, (size_t)count);
		if (!copy)
			return false;
		for (int64_t k = 0; k < count; k++)
			copy[k] = v->u.s.data[from + k * step];
		mpy_budget_step(f->budget, (uint64_t)count / 64);
		mpy_value_bytes(&out, v->kind, copy, (size_t)count, v->how);
	}
	mpy_value_taint(&out, v);
	out.how |= step == -1 ? MPY_HOW_REVERSE : MPY_HOW_SLICE;
	out.step = v->step;
	/* short ones are names and words, not layers */
	if (step == -1 && (v->u.s.size >= 16 || v->step) && !f->unroll)
		mpy_fold_step(f, &out, v->step, "reversed");
	*v = out;
	return true;
}

/* Text beyond ASCII: by characters. */
static bool slice_list(struct mpy_fold *f, struct value *v, int64_t from,
		       int64_t count, int64_t step)
{
	struct list *list = mpy_list_new(f);
	struct value element;

	if (!list || count > JOIN_MAX)
		return false;
	for (int64_t k = 0; k < count; k++) {
		mpy_list_get(f, v->u.list, (uint32_t)(from + k * step), &element);
		if (!mpy_list_add(f, list, &element))
			return false;
	}
	mpy_budget_step(f->budget, (uint64_t)count / 16);
	v->u.list = list;
	v->how |= step == -1 ? MPY_HOW_REVERSE : MPY_HOW_SLICE;
	list->how |= v->how;
	return true;
}

/* A list of characters back to text. */
static bool to_string(struct mpy_fold *f, struct value *v)
{
	struct value out = *v, piece;

	mpy_value_bytes(&out, V_STR, f->text, 0, v->how);
	for (uint32_t i = 0; i < v->u.list->n; i++) {
		mpy_seq_get(f, v, i, &piece);
		if (!mpy_value_is_text(&piece) ||
		    !mpy_value_append(f, &out, &piece))
			return false;
	}
	mpy_value_taint(&out, v);
	out.step = v->step;
	*v = out;
	return true;
}

/* Where the character with number n begins. */
static size_t rune_at(const struct value *v, int64_t n)
{
	uint32_t rune;
	size_t at = 0;

	while (n-- > 0 && at < v->u.s.size)
		at += mpy_text_rune(v->u.s.data + at, v->u.s.size - at, &rune);
	return at;
}

/*
 * text[3:9] of a long text: the characters are counted. Of a text that is
 * asked so often a list is made, once. False if it is something else.
 */
static bool slice_long(struct mpy_fold *f, struct value *v,
		       const struct value *from, const struct value *to)
{
	size_t start, end;

	if (v->kind != V_STR || v->u.s.size < SLICE_LONG || f->unroll ||
	    f->follow || f->slices >= SLICES_MAX ||
	    (from->kind != V_NONE && (from->kind != V_INT || from->u.i < 0)) ||
	    (to->kind != V_NONE && (to->kind != V_INT || to->u.i < 0)))
		return false;
	f->slices++;
	if (!mpy_budget_step(f->budget, v->u.s.size / 16))
		return false;
	start = from->kind == V_INT ? rune_at(v, from->u.i) : 0;
	end = to->kind == V_INT ? rune_at(v, to->u.i) : v->u.s.size;
	return slice_bytes(f, v, (int64_t)start,
			   end > start ? (int64_t)(end - start) : 0, 1);
}

bool mpy_eval_slice(struct mpy_fold *f, struct value *v,
		    const struct value *from, const struct value *to,
		    const struct value *by)
{
	int64_t n, start, stop, step = 1, count;
	bool text = v->kind == V_STR;

	mpy_value_taint(v, from);
	mpy_value_taint(v, to);
	v->key = 0;
	if (by->kind == V_INT)
		step = by->u.i;
	else if (by->kind != V_NONE)
		return false;
	if (step == 1 && slice_long(f, v, from, to))
		return true;
	if (!mpy_seq_start(f, v) || !step || step < -INT32_MAX ||
	    step > INT32_MAX)
		return false;
	n = mpy_seq_size(v);
	if (!bound_of(from, n, step, step > 0 ? 0 : n - 1, &start) ||
	    !bound_of(to, n, step, step > 0 ? n : -1, &stop))
		return false;
	count = step > 0 ? (stop - start + step - 1) / step :
			   (start - stop - step - 1) / -step;
	if (count <= 0) {
		count = 0;
		start = 0;
	}
	if (v->kind != V_LIST)
		return slice_bytes(f, v, start, count, step);
	return slice_list(f, v, start, count, step) &&
	       (!text || to_string(f, v));
}
