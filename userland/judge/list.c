// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sequences. A list of numbers, or of single characters, takes four bytes an
 * element; zip() and enumerate() hold what they walk over and give pairs
 * when asked; all else is a list of values.
 */
#include "eval.h"

#include <string.h>

#include "special.h"
#include "text.h"

#define LIST_MAX  (1u << 20)
#define MIXED_MAX (1u << 16) /* elements that are values */
#define PAIRS_MAX (1u << 13) /* pairs of a zip alive at once */

void mpy_value_char(struct mpy_fold *f, uint32_t point, uint16_t how,
		    struct value *out)
{
	static const uint8_t ascii[128] =
		"\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25"
		"\26\27\30\31\32\33\34\35\36\37 !\"#$%&'()*+,-./0123456789:;"
		"<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstu"
		"vwxyz{|}~\177";
	uint8_t *data;

	if (point < 128) {
		mpy_value_bytes(out, V_STR, ascii + point, 1, how);
		return;
	}
	data = mpy_arena_get(&f->arena, 4);
	if (!data) {
		mpy_value_unknown(out, 0, 0);
		return;
	}
	mpy_value_bytes(out, V_STR, data, mpy_text_put(data, point), how);
}

struct list *mpy_list_new(struct mpy_fold *f)
{
	struct list *list = mpy_arena_get(&f->arena, sizeof(*list));

	if (list)
		memset(list, 0, sizeof(*list));
	return list;
}

static inline bool grow(struct mpy_fold *f, struct list *list, size_t each,
		 void **array)
{
	uint32_t room = list->room ? list->room * 2 : 8;
	void *more;

	if (list->n < list->room)
		return true;
	if (list->n >= LIST_MAX)
		return false;
	more = mpy_arena_get(&f->arena, room * each);
	if (!more)
		return false;
	if (list->n)
		memcpy(more, *array, list->n * each);
	*array = more;
	list->room = room;
	return true;
}

/* From small elements to values of any kind. */
static bool widen(struct mpy_fold *f, struct list *list)
{
	struct value *items;
	uint32_t room = list->n + 8;

	if (list->n >= MIXED_MAX)
		return false;
	items = mpy_arena_get(&f->arena, room * sizeof(*items));
	if (!items)
		return false;
	for (uint32_t i = 0; i < list->n; i++)
		mpy_list_get(f, list, i, &items[i]);
	list->items = items;
	list->ints = NULL;
	list->chars = false;
	list->room = room;
	return true;
}

/*
 * Is v small, and of the kind that the list has so far? A number, or a
 * string of one character; *point is it.
 */
static inline bool is_small(const struct list *list, const struct value *v,
		     int32_t *point)
{
	uint32_t rune;

	if (list->items)
		return false;
	if (v->kind == V_INT && v->u.i >= INT32_MIN && v->u.i <= INT32_MAX) {
		*point = (int32_t)v->u.i;
		return !list->n || !list->chars;
	}
	if (v->kind != V_STR || !v->u.s.size || v->u.s.size > 4 ||
	    mpy_text_rune(v->u.s.data, v->u.s.size, &rune) != v->u.s.size)
		return false;
	*point = (int32_t)rune;
	return !list->n || list->chars;
}

bool mpy_list_add(struct mpy_fold *f, struct list *list,
		  const struct value *v)
{
	int32_t point;
	void *array;

	if (list->zip || list->span)
		return false;
	if (is_small(list, v, &point)) {
		array = list->ints;
		if (!grow(f, list, sizeof(*list->ints), &array))
			return false;
		list->ints = array;
		list->chars = v->kind == V_STR;
		list->ints[list->n++] = point;
		list->how |= v->how;
		if (v->marks & ~list->marks)
			list->line = v->line;
		list->marks |= v->marks;
		return true;
	}
	if (!list->items && !widen(f, list))
		return false;
	array = list->items;
	if (list->n >= MIXED_MAX ||
	    !grow(f, list, sizeof(*list->items), &array))
		return false;
	list->items = array;
	list->items[list->n++] = *v;
	return true;
}

bool mpy_list_room(struct mpy_fold *f, struct list *list, uint32_t n)
{
	if (n > MIXED_MAX)
		return false;
	list->items = mpy_arena_get(&f->arena, n * sizeof(*list->items));
	if (list->items)
		list->room = n;
	return list->items != NULL;
}

bool mpy_value_put(struct mpy_fold *f, struct value *a, int64_t i,
		   const struct value *b)
{
	int64_t n = mpy_seq_size(a);
	struct value none;
	struct list *list;
	int32_t point;

	if (i < 0)
		i += n;
	if (i < 0 || i >= n || b->kind == V_UNKNOWN)
		return false;
	f->growth++;
	if (a->kind == V_BYTES) {
		mpy_value_bytes(&none, V_BYTES, f->text, 0, 0);
		if (b->kind != V_INT || b->u.i < 0 || b->u.i > 255 ||
		    (!a->grows && !mpy_value_append(f, a, &none)))
			return false;
		/* appended to: it lies in memory of its own */
		((uint8_t *)(uintptr_t)a->u.s.data)[i] = (uint8_t)b->u.i;
		a->how |= b->how;
		mpy_value_taint(a, b);
		return true;
	}
	if (a->kind != V_LIST)
		return false;
	list = a->u.list;
	if (list->zip || list->span)
		return false;
	if (list->items) {
		list->items[i] = *b;
	} else if (is_small(list, b, &point)) {
		list->ints[i] = point;
		list->how |= b->how;
	} else {
		return false;
	}
	return true;
}

/* ---- zip and enumerate --------------------------------------------------- */

struct zip {
	unsigned int depth; /* of zips in zips */
	int64_t start; /* of the index that enumerate() gives */
	unsigned int n;
	struct value seq[ZIPPED]; /* V_NONE: the index */
	struct list *pair; /* given again and again, if there are many */
};

struct list *mpy_list_zip(struct mpy_fold *f, const struct value *seq,
			  unsigned int n, int64_t size, int64_t start)
{
	struct list *list = mpy_list_new(f);
	struct zip *zip = mpy_arena_get(&f->arena, sizeof(*zip));

	if (!list || !zip || n > ZIPPED || size > LIST_MAX)
		return NULL;
	memset(zip, 0, sizeof(*zip));
	for (unsigned int k = 0; k < n; k++)
		if (seq[k].kind == V_LIST && seq[k].u.list->zip &&
		    seq[k].u.list->zip->depth >= zip->depth)
			zip->depth = seq[k].u.list->zip->depth + 1;
	if (zip->depth > 2)
		return NULL;
	zip->start = start;
	zip->n = n;
	memcpy(zip->seq, seq, n * sizeof(*seq));
	list->zip = zip;
	list->n = (uint32_t)size;
	return list;
}

static void get_pair(struct mpy_fold *f, const struct list *list, uint32_t i,
		     struct value *v)
{
	struct zip *zip = list->zip;
	struct list *pair = zip->pair;
	struct value part;

	mpy_value_unknown(v, 0, 0);
	if (!pair || list->n <= PAIRS_MAX) {
		pair = mpy_list_new(f);
		if (!pair)
			return;
		pair->items = mpy_arena_get(&f->arena,
					    ZIPPED * sizeof(*pair->items));
		if (!pair->items)
			return;
		pair->room = ZIPPED;
		zip->pair = pair;
	}
	pair->n = 0;
	for (unsigned int k = 0; k < zip->n; k++) {
		const struct value *seq = &zip->seq[k];

		if (seq->kind == V_NONE)
			mpy_value_int(&part, zip->start + i, 0);
		else /* one that began over when it was made may be empty now */
			mpy_seq_get(f, seq, mpy_seq_size(seq) ?
				    i % mpy_seq_size(seq) : 0, &part);
		pair->items[pair->n++] = part;
	}
	v->kind = V_LIST;
	v->u.list = pair;
}

/* ---- elements ------------------------------------------------------------ */

void mpy_list_get(struct mpy_fold *f, const struct list *list, uint32_t i,
		  struct value *v)
{
	if (i >= list->n) { /* a loop may use up its list */
		mpy_value_unknown(v, list->marks, list->line);
		return;
	}
	if (list->zip)
		get_pair(f, list, i, v);
	else if (list->span)
		mpy_value_int(v, list->first + (int64_t)i * list->step, 0);
	else if (list->items)
		*v = list->items[i];
	else if (list->chars)
		mpy_value_char(f, (uint32_t)list->ints[i], list->how, v);
	else
		mpy_value_int(v, list->ints[i], list->how);
	if (list->zip || list->items)
		return;
	v->marks = list->marks;
	v->line = list->line;
}

static bool is_ascii(const uint8_t *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (p[i] >= 0x80)
			return false;
	return true;
}

/* Text as a list of characters; *list is NULL if it is plain ASCII. */
static bool read_text(struct mpy_fold *f, const struct value *v,
		      struct list **list)
{
	size_t at = 0;

	*list = NULL;
	mpy_budget_step(f->budget, v->u.s.size / 64);
	if (is_ascii(v->u.s.data, v->u.s.size))
		return true;
	*list = mpy_list_new(f);
	if (!*list)
		return false;
	while (at < v->u.s.size) {
		struct value c;
		size_t n;
		uint32_t rune;

		n = mpy_text_rune(v->u.s.data + at, v->u.s.size - at, &rune);
		mpy_value_bytes(&c, V_STR, v->u.s.data + at, n, v->how);
		if (!mpy_list_add(f, *list, &c))
			return false;
		at += n;
	}
	return true;
}

static struct known_text *find_text(struct mpy_fold *f, const struct value *v)
{
	for (unsigned int i = 0; i < KNOWN_TEXTS; i++)
		if (f->text_of[i].data == v->u.s.data &&
		    f->text_of[i].size == v->u.s.size)
			return &f->text_of[i];
	return NULL;
}

/* The same text is asked for again and again in a loop over an index. */
bool mpy_seq_start(struct mpy_fold *f, struct value *v)
{
	struct known_text *known;
	struct list *list;

	if (v->kind == V_LIST)
		return !v->u.list->dict;
	if (v->kind == V_BYTES)
		return true;
	if (v->kind == V_UNKNOWN && (v->marks & T_FILE)) /* an open file */
		return mpy_own_lines(f, v);
	if (v->kind != V_STR)
		return false;
	known = find_text(f, v);
	if (!known) {
		if (!read_text(f, v, &list))
			return false;
		known = &f->text_of[f->texts_read++ % KNOWN_TEXTS];
		known->data = v->u.s.data;
		known->size = v->u.s.size;
		known->list = list;
	}
	if (known->list) {
		v->kind = V_LIST;
		v->u.list = known->list;
	}
	return true;
}

int64_t mpy_seq_size(const struct value *v)
{
	switch (v->kind) {
	case V_BYTES:
	case V_STR:
		return (int64_t)v->u.s.size;
	case V_LIST:
		return v->u.list->dict ? -1 : (int64_t)v->u.list->n;
	default:
		return -1;
	}
}

void mpy_seq_get(struct mpy_fold *f, const struct value *v, int64_t i,
		 struct value *out)
{
	if (v->kind == V_LIST)
		mpy_list_get(f, v->u.list, (uint32_t)i, out);
	else if (v->kind == V_BYTES)
		mpy_value_int(out, v->u.s.data[i], v->how);
	else
		mpy_value_bytes(out, V_STR, v->u.s.data + i, 1,
				v->how | MPY_HOW_SLICE);
	mpy_value_taint(out, v);
}
