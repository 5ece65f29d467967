// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Methods of strings, bytes and lists over what is known.
 */
#include "convert.h"

#include <string.h>

#include "command.h"
#include "pattern.h"
#include "special.h"
#include "verdict.h"

#define SPLIT_MAX (1u << 16)
#define PAD_MAX	  4096 /* bytes that ljust() adds */
#define POP_MAX	  (1u << 16) /* bytes that move up when an element is gone */

/* out is a piece of self. */
static void piece_of(const struct value *self, size_t from, size_t size,
		     struct value *out)
{
	mpy_value_bytes(out, self->kind, self->u.s.data + from, size,
			self->how | MPY_HOW_SLICE);
	out->step = self->step;
}

static bool method_join(struct mpy_fold *f, const struct value *self,
			const struct args *args, struct value *out)
{
	struct value seq, v;
	uint16_t how = 0;
	int64_t n;

	if (!args->n)
		return false;
	seq = args->v[0];
	if (!mpy_seq_start(f, &seq))
		return false;
	n = mpy_seq_size(&seq);
	how = self->how | (seq.kind == V_LIST ? seq.u.list->how : 0) | seq.how;
	mpy_value_bytes(out, self->kind, f->text, 0, 0);
	mpy_value_taint(out, &seq);
	for (int64_t i = 0; i < n; i++) {
		mpy_seq_get(f, &seq, i, &v);
		if (v.kind != self->kind ||
		    (i && self->u.s.size &&
		     !mpy_value_append(f, out, self)) ||
		    !mpy_value_append(f, out, &v) ||
		    !mpy_budget_step(f->budget, 1)) {
			mpy_value_unknown(out, out->marks, out->line);
			out->how = MPY_HOW_JOIN;
			return true;
		}
		how |= v.how;
	}
	out->how = how | MPY_HOW_JOIN;
	mpy_apply_made(f, out, seq.step);
	return true;
}

static bool method_replace(struct mpy_fold *f, const struct value *self,
			   const struct args *args, struct value *out)
{
	const struct value *old = mpy_apply_text(args, 0);
	const struct value *new = mpy_apply_text(args, 1);
	const uint8_t *p = self->u.s.data, *hit;
	size_t left = self->u.s.size;
	struct value piece;

	if (!old || !new || !old->u.s.size ||
	    !mpy_budget_step(f->budget, left / 16))
		return false;
	mpy_value_bytes(out, self->kind, f->text, 0,
			self->how | MPY_HOW_REPLACE);
	out->step = self->step;
	while ((hit = memmem(p, left, old->u.s.data, old->u.s.size))) {
		piece_of(self, (size_t)(p - self->u.s.data), (size_t)(hit - p),
			 &piece);
		if (!mpy_value_append(f, out, &piece) ||
		    !mpy_value_append(f, out, new))
			return false;
		left -= (size_t)(hit - p) + old->u.s.size;
		p = hit + old->u.s.size;
	}
	piece_of(self, (size_t)(p - self->u.s.data), left, &piece);
	return mpy_value_append(f, out, &piece);
}

static bool method_strip(const struct value *self, const struct args *args,
			 bool left, bool right, struct value *out)
{
	const struct value *set = mpy_apply_text(args, 0);
	const uint8_t *p = self->u.s.data;
	const char *chars = " \t\n\r\v\f";
	size_t n = 6, from = 0, to = self->u.s.size;

	if (args->n && !set)
		return false;
	if (set) {
		chars = (const char *)set->u.s.data;
		n = set->u.s.size;
	}
	while (left && from < to && memchr(chars, p[from], n))
		from++;
	while (right && to > from && memchr(chars, p[to - 1], n))
		to--;
	if (!from && to == self->u.s.size) {
		*out = *self;
		out->grows = false;
		return true;
	}
	piece_of(self, from, to - from, out);
	return true;
}

/* How many pieces there will be, to take no more memory than they need. */
static uint32_t count_pieces(const struct value *self, const struct value *by)
{
	const uint8_t *p = self->u.s.data, *end = p + self->u.s.size, *hit;
	uint32_t n = 1;

	while (n <= SPLIT_MAX &&
	       (hit = memmem(p, (size_t)(end - p), by->u.s.data,
			     by->u.s.size))) {
		n++;
		p = hit + by->u.s.size;
	}
	return n < 64 ? 0 : n;
}

static bool method_split(struct mpy_fold *f, const struct value *self,
			 const struct args *args, struct value *out)
{
	const struct value *by = mpy_apply_text(args, 0);
	struct list *list = mpy_list_new(f);
	const uint8_t *p = self->u.s.data;
	size_t size = self->u.s.size, from = 0, i = 0;
	struct value piece;

	if (!list || (args->n && !by) || (by && !by->u.s.size))
		return false;
	if (!mpy_budget_step(f->budget, size / 16))
		return false;
	if (by)
		mpy_list_room(f, list, count_pieces(self, by));
	mpy_value_unknown(out, self->marks, self->line);
	while (i < size && list->n < SPLIT_MAX) {
		bool hit = by ? size - i >= by->u.s.size &&
				!memcmp(p + i, by->u.s.data, by->u.s.size) :
				memchr(" \t\n\r\v\f", p[i], 6) != NULL;

		if (!hit) {
			i++;
			continue;
		}
		piece_of(self, from, i - from, &piece);
		if ((by || i > from) && !mpy_list_add(f, list, &piece))
			return false;
		i += by ? by->u.s.size : 1;
		from = i;
	}
	piece_of(self, from, size - from, &piece);
	if ((by || size > from) && !mpy_list_add(f, list, &piece))
		return false;
	out->kind = V_LIST;
	out->u.list = list;
	out->how = self->how;
	return true;
}

static bool is_letter(uint8_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool method_case(struct mpy_fold *f, const struct value *self,
			enum op op, struct value *out)
{
	size_t size = self->u.s.size;
	uint8_t *copy = mpy_arena_copy(&f->arena, self->u.s.data, size);

	if (!copy)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (!is_letter(copy[i]))
			continue;
		if (op == OP_M_SWAPCASE)
			copy[i] ^= 32;
		else if (op == OP_M_LOWER ||
			 (op == OP_M_TITLE && i && is_letter(copy[i - 1])))
			copy[i] |= 32;
		else
			copy[i] &= (uint8_t)~32;
	}
	mpy_budget_step(f->budget, size / 64);
	mpy_value_bytes(out, self->kind, copy, size,
			self->how | MPY_HOW_REPLACE);
	out->step = self->step;
	return true;
}

static bool method_pad(struct mpy_fold *f, const struct value *self,
		       const struct args *args, unsigned int side,
		       struct value *out)
{
	const struct value *with = mpy_apply_text(args, 1);
	struct value seq = *self, fill;
	uint8_t *pad;
	int64_t size, n, left;

	if (!mpy_seq_start(f, &seq) || !args->n ||
	    args->v[0].kind != V_INT || (args->n > 1 && !with) ||
	    (with && with->u.s.size != 1) ||
	    (!side && self->u.s.size && memchr("+-", self->u.s.data[0], 2)))
		return false;
	size = mpy_seq_size(&seq);
	n = args->v[0].u.i > size ? args->v[0].u.i - size : 0;
	if (n > PAD_MAX || !mpy_budget_step(f->budget, (uint64_t)n / 64))
		return false;
	pad = mpy_arena_get(&f->arena, (size_t)n);
	if (!pad)
		return false;
	memset(pad, with ? with->u.s.data[0] : side ? ' ' : '0', (size_t)n);
	left = side == 1 ? 0 : side < 3 ? n : n / 2 + (n & (n + size) & 1);
	mpy_value_bytes(out, self->kind, f->text, 0,
			self->how | MPY_HOW_CONCAT);
	out->step = self->step;
	mpy_value_bytes(&fill, V_STR, pad, (size_t)left, 0);
	if (!mpy_value_append(f, out, &fill) ||
	    !mpy_value_append(f, out, self))
		return false;
	fill.u.s.size = (size_t)(n - left);
	return mpy_value_append(f, out, &fill);
}

static bool method_hex(struct mpy_fold *f, const struct value *self,
		       struct value *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t size = self->u.s.size;
	uint8_t *hex = mpy_arena_get(&f->arena, size * 2);

	if (!hex || self->kind != V_BYTES)
		return false;
	for (size_t i = 0; i < size; i++) {
		hex[2 * i] = (uint8_t)digits[self->u.s.data[i] >> 4];
		hex[2 * i + 1] = (uint8_t)digits[self->u.s.data[i] & 15];
	}
	mpy_value_bytes(out, V_STR, hex, size * 2, self->how);
	return true;
}

/* find() and index(), of the last hit rfind() and rindex(). */
static bool method_index(struct mpy_fold *f, const struct value *self,
			 const struct args *args, bool last, struct value *out)
{
	const struct value *what = mpy_apply_text(args, 0);
	const uint8_t *p = self->u.s.data, *end = p + self->u.s.size;
	const uint8_t *hit, *next;

	if (!what || args->n != 1)
		return false;
	if (!what->u.s.size)
		hit = last ? end : p;
	else
		hit = memmem(p, (size_t)(end - p), what->u.s.data,
			     what->u.s.size);
	for (next = hit; last && next && what->u.s.size;) {
		if (!mpy_budget_step(f->budget, 8 + what->u.s.size / 4))
			return false;
		hit = next;
		next = memmem(hit + 1, (size_t)(end - hit - 1),
			      what->u.s.data, what->u.s.size);
	}
	mpy_value_int(out, hit ? hit - p : -1, self->how | MPY_HOW_REPLACE);
	return true;
}

/* What is in front of the first hit, the hit, what is behind it. */
static bool method_partition(struct mpy_fold *f, const struct value *self,
			     const struct args *args, struct value *out)
{
	const struct value *what = mpy_apply_text(args, 0);
	const uint8_t *p = self->u.s.data, *end = p + self->u.s.size, *hit;
	struct list *list = mpy_list_new(f);
	struct value part;

	if (!what || what->kind != self->kind || !what->u.s.size || !list)
		return false;
	hit = memmem(p, self->u.s.size, what->u.s.data, what->u.s.size);
	for (unsigned int i = 0; i < 3; i++) {
		const uint8_t *to = i == 1 && hit ? p + what->u.s.size :
				    i || !hit ? end : hit;

		mpy_value_bytes(&part, self->kind, p, (size_t)(to - p),
				self->how | MPY_HOW_SLICE);
		part.step = self->step;
		if (!mpy_list_add(f, list, &part))
			return false;
		p = to;
	}
	out->kind = V_LIST;
	out->u.list = list;
	return true;
}

static bool method_startswith(const struct value *self,
			      const struct args *args, struct value *out)
{
	const struct value *what = mpy_apply_text(args, 0);

	if (!what || args->n != 1)
		return false;
	mpy_value_int(out, what->u.s.size <= self->u.s.size &&
		      !memcmp(what->u.s.data, self->u.s.data, what->u.s.size),
		      0);
	return true;
}

/* Of text in ASCII; what makes no letter counts in isalpha(), not in lower. */
static bool method_is(struct mpy_fold *f, const struct value *self,
		      uint8_t what, struct value *out)
{
	bool cased = false, all = self->u.s.size;

	if (!mpy_budget_step(f->budget, self->u.s.size / 32))
		return false;
	for (size_t i = 0; i < self->u.s.size; i++) {
		uint8_t c = self->u.s.data[i];
		bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
		bool digit = c >= '0' && c <= '9';

		if (c >= 0x80)
			return false;
		cased |= what == 'l' ? lower : upper;
		all &= what == 'l'   ? !upper
		       : what == 'u' ? !lower
		       : what == 'd' ? digit
		       : what == 's' ? c == ' ' || (c >= '\t' && c <= '\r')
				     : lower || upper || (what == 'n' && digit);
	}
	mpy_value_int(out, all && (cased || (what != 'l' && what != 'u')), 0);
	return true;
}

/* bytearray.append(), bytearray.extend(): the variable itself changes */
static bool method_grow(struct mpy_fold *f, const struct value *self,
			const struct args *args, struct value *out)
{
	struct value *var = mpy_var_find(f, self->key), more;
	uint8_t byte;

	if (!var || self->kind != V_BYTES || var->kind != V_BYTES ||
	    args->n != 1 || var->u.s.size != self->u.s.size)
		return false;
	more = args->v[0];
	if (more.kind == V_INT && more.u.i >= 0 && more.u.i < 256) {
		byte = (uint8_t)more.u.i;
		mpy_value_bytes(&more, V_BYTES, &byte, 1, more.how);
	}
	if (more.kind != V_BYTES || !mpy_value_append(f, var, &more)) {
		mpy_value_unknown(var, var->marks, var->line);
		return false;
	}
	var->how |= more.how | MPY_HOW_CHR;
	mpy_value_taint(var, &args->v[0]);
	out->kind = V_NONE;
	return true;
}

static bool of_text(struct mpy_fold *f, const struct known *method,
		    const struct value *self, struct args *args,
		    struct value *out)
{
	uint32_t growth = f->growth;
	int keep;

	switch ((enum op)method->op) {
	case OP_M_JOIN:
		return method_join(f, self, args, out);
	case OP_M_DECODE:
	case OP_M_ENCODE:
		return mpy_codec_args(f, args, 0, method->op == OP_M_ENCODE,
				      self, out);
	case OP_M_REPLACE:
		return method_replace(f, self, args, out);
	case OP_M_STRIP:
		return method_strip(self, args, true, true, out);
	case OP_M_LSTRIP:
		return method_strip(self, args, true, false, out);
	case OP_M_RSTRIP:
		return method_strip(self, args, false, true, out);
	case OP_M_SPLIT:
		return method_split(f, self, args, out);
	case OP_M_FORMAT:
		if (mpy_format_method(f, self, args, out))
			return true;
		f->growth = growth; /* what was begun came to nothing */
		mpy_value_unknown(out, args->marks, args->line);
		out->how = mpy_command_how(self, NULL);
		return true;
	case OP_M_LOWER:
	case OP_M_UPPER:
	case OP_M_SWAPCASE:
	case OP_M_TITLE:
		return method_case(f, self, (enum op)method->op, out);
	case OP_M_PARTITION:
		return method_partition(f, self, args, out);
	case OP_M_ADD:
		*out = *self;
		if (args->n == 1)
			mpy_eval_binary(f, '+', out, &args->v[0], f->at);
		return args->n == 1;
	case OP_M_TRANSLATE:
		return mpy_translate(f, self, args, out);
	case OP_M_PAD:
		return method_pad(f, self, args, method->arg, out);
	case OP_M_HEX:
		return method_hex(f, self, out);
	case OP_M_INDEX:
		return method_index(f, self, args, method->arg == 'r', out);
	case OP_M_STARTSWITH:
		return method_startswith(self, args, out);
	case OP_M_IS:
		return method_is(f, self, method->arg, out);
	case OP_M_READ:
		if (method->arg)
			return mpy_text_lines(f, self, true, out);
		if (args->n && mpy_codec_member(f, self, &args->v[0], out))
			return true;
		*out = *self; /* BytesIO(x).read() */
		return true;
	case OP_M_LINES:
		keep = args->n ? mpy_value_truth(&args->v[0]) : 0;
		return keep >= 0 && mpy_text_lines(f, self, keep, out);
	case OP_M_APPEND:
	case OP_M_EXTEND:
		return method_grow(f, self, args, out);
	default:
		return false;
	}
}

static void reverse(struct list *list)
{
	for (uint32_t i = 0, k = list->zip || list->span ? 0 : list->n; i + 1 < k; i++, k--) {
		if (list->items) {
			struct value v = list->items[i];

			list->items[i] = list->items[k - 1];
			list->items[k - 1] = v;
		} else {
			int32_t v = list->ints[i];

			list->ints[i] = list->ints[k - 1];
			list->ints[k - 1] = v;
		}
	}
	list->how |= MPY_HOW_REVERSE;
}

/* l.pop(), l.pop(0) in code that is read again: elsewhere nothing is gone. */
static bool pop(struct mpy_fold *f, struct list *list, const struct args *args,
		struct value *out)
{
	size_t size = list->items ? sizeof(*list->items) : sizeof(*list->ints);
	int64_t i = args->n ? args->v[0].u.i : -1;
	uint8_t *at;

	if ((!f->unroll && !f->follow) || f->branch.maybe || list->dict ||
	    list->zip || list->span || (args->n && args->v[0].kind != V_INT))
		return false;
	if (i < 0)
		i += list->n;
	if (i < 0 || i >= list->n || (list->n - (size_t)i) * size > POP_MAX ||
	    !mpy_budget_step(f->budget, (list->n - (size_t)i) * size / 1024))
		return false;
	mpy_list_get(f, list, (uint32_t)i, out);
	at = list->items ? (uint8_t *)list->items : (uint8_t *)list->ints;
	at += (size_t)i * size;
	list->n--;
	memmove(at, at + size, (list->n - (size_t)i) * size);
	return true;
}

/* d.items(), d.values(), d.keys() */
static bool give_items(struct mpy_fold *f, const struct list *dict,
		       const struct known *method, struct value *out)
{
	struct list *all = mpy_list_new(f), *pair;
	struct value v;

	if (!all || !mpy_budget_step(f->budget, dict->n))
		return false;
	for (uint32_t i = 0; i + 1 < dict->n; i += 2) {
		if (method->arg) {
			mpy_list_get(f, dict, i + method->arg - 1, &v);
		} else {
			pair = mpy_list_new(f);
			if (!pair || !mpy_list_room(f, pair, 2))
				return false;
			mpy_list_get(f, dict, i, &pair->items[0]);
			mpy_list_get(f, dict, i + 1, &pair->items[1]);
			pair->n = 2;
			mpy_value_unknown(&v, 0, 0);
			v.kind = V_LIST;
			v.u.list = pair;
		}
		if (!mpy_list_add(f, all, &v))
			return false;
	}
	out->kind = V_LIST;
	out->u.list = all;
	out->how = dict->how;
	return true;
}

static bool of_list(struct mpy_fold *f, const struct known *method,
		    struct list *list, struct args *args, struct value *out)
{
	bool kept = mpy_branch_is_kept(f);
	struct value v;
	int64_t n;

	switch ((enum op)method->op) {
	case OP_M_APPEND:
		if (!kept && args->n == 1 &&
		    mpy_list_add(f, list, &args->v[0])) {
			f->growth++;
			f->hollow += !mpy_value_is_const(&args->v[0]) &&
				     args->v[0].kind != V_LIST;
		}
		break;
	case OP_M_EXTEND:
		if (kept || !args->n || !mpy_seq_start(f, &args->v[0]))
			break;
		n = mpy_seq_size(&args->v[0]); /* it may be the same list */
		for (int64_t i = 0; i < n; i++) {
			mpy_seq_get(f, &args->v[0], i, &v);
			if (!mpy_list_add(f, list, &v))
				break;
		}
		f->growth++;
		break;
	case OP_M_REVERSE:
		if (kept)
			break;
		reverse(list);
		mpy_budget_step(f->budget, list->n / 16);
		break;
	case OP_M_POP:
		return !kept && pop(f, list, args, out);
	case OP_M_GET:
		if (!list->dict || !args->n)
			return false;
		v = *out;
		v.kind = V_LIST;
		v.u.list = list;
		mpy_eval_index(f, &v, &args->v[0]);
		if (v.kind == V_UNKNOWN && args->n > 1)
			v = args->v[1]; /* what is given if it is not in it */
		*out = v;
		return true;
	case OP_M_ITEMS:
		return list->dict && give_items(f, list, method, out);
	default:
		return false;
	}
	out->kind = V_NONE;
	return true;
}

/* The program's own file. */
static bool read_own(struct mpy_fold *f, const struct known *method,
		     const struct value *self, const struct args *args,
		     struct value *out)
{
	/* so many bytes, or a line */
	if ((args->n && !args->word[0]) || !strcmp(method->path, "readline")) {
		mpy_own_move(f, self, NULL);
		return false;
	}
	*out = *self;
	return method->arg ? mpy_own_lines(f, out)
			   : mpy_own_text(f, self,
					  !strcmp(method->path, "read_bytes"),
					  out);
}

static bool of_any(struct mpy_fold *f, const struct known *method,
		   const struct value *self, struct args *args,
		   struct value *out)
{
	const struct value *text = mpy_apply_text(args, 0);

	if ((method->op == OP_M_GETATTR || method->op == OP_M_GET ||
	     method->op == OP_M_POP ||
	     (method->op == OP_M_INDEX && method->arg != 'r')) && text) {
		uint64_t marks = self->marks;

		if (method->op != OP_M_GETATTR && self->kind == V_NAME &&
		    (marks & T_ENV))
			return false;
		*out = *self;
		if (method->op == OP_M_GETATTR)
			mpy_eval_attr(f, out, (const char *)text->u.s.data,
				      text->u.s.size, MPY_HOW_GETATTR);
		else
			mpy_eval_index(f, out, text);
		out->how |= text->how;
		return true;
	}
	if (method->op == OP_M_READ)
		return read_own(f, method, self, args, out);
	if (method->op == OP_M_SEEK)
		return mpy_own_move(f, self, args);
	if (method->op == OP_M_PATH)
		return mpy_own_path(self, out);
	if (method->op == OP_SHOW)
		return mpy_shown(f, self, out);
	if (method->op == OP_M_CALL && self->kind == V_NAME) {
		struct value callee = *self;

		mpy_apply(f, &callee, NULL, NULL, args, f->at, out);
		return true;
	}
	return false;
}

bool mpy_method_apply(struct mpy_fold *f, const struct known *method,
		      const struct value *self, struct args *args,
		      struct value *out)
{
	if (method->op == OP_M_TO_BYTES)
		return mpy_big_to_bytes(f, self, args, out);
	if (method->op == OP_M_BIT_LENGTH)
		return mpy_big_bit_length(self, out);
	if (method->arg == 1 && method->op == OP_M_INDEX && args->n == 1 &&
	    (mpy_value_is_text(self) || self->kind == V_LIST)) {
		*out = *self; /* __getitem__ */
		mpy_eval_index(f, out, &args->v[0]);
		return true;
	}
	if (mpy_value_is_text(self))
		return of_text(f, method, self, args, out);
	if (self->kind == V_LIST && (self->u.list->pattern ||
				     self->u.list->match))
		return mpy_pattern_method(f, method, self->u.list, args, out);
	if (self->kind == V_LIST)
		return of_list(f, method, self->u.list, args, out);
	return of_any(f, method, self, args, out);
}
