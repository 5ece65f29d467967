// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Texts that are built from texts. Sharing makes it possible to describe a
 * text of any size in few steps; therefore each knows its size and gives way
 * to "_" when that gets too large.
 */
#include "rope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROPE_MAX   (4u << 20) /* bytes of one expression */
#define ROPE_DEPTH 400
#define OUTPUT_MAX (12u << 20)
#define WORK_MAX   (4u << 20) /* ropes and constants visited */
#define NEST	   8	    /* constants in constants that are printed */
#define ITEMS_MAX  100000u

static const struct mpy_rope unknown = { .text = "_", .size = 1 };

const struct mpy_rope *mpy_rope_text(struct mpy_arena *arena, const char *text)
{
	return mpy_rope_join(arena, NULL, text, NULL);
}

const struct mpy_rope *mpy_rope_join(struct mpy_arena *arena,
				     const struct mpy_rope *left,
				     const char *text,
				     const struct mpy_rope *right)
{
	/* at least one: what prints nothing costs a visit as well */
	size_t size = (left ? left->size : 0) + (right ? right->size : 0) +
		      (text ? strlen(text) : 0) + 1;
	unsigned int depth = left ? left->depth : 0;
	struct mpy_rope *rope;

	if (right && right->depth > depth)
		depth = right->depth;
	if (size > ROPE_MAX || depth >= ROPE_DEPTH)
		return &unknown;
	rope = mpy_arena_get(arena, sizeof(*rope));
	if (!rope)
		return &unknown;
	memset(rope, 0, sizeof(*rope));
	rope->left = left;
	rope->right = right;
	rope->text = text;
	rope->size = (uint32_t)size;
	rope->depth = (uint16_t)(depth + 1);
	return rope;
}

const struct mpy_rope *mpy_rope_tagged(struct mpy_arena *arena,
				       enum mpy_rope_tag tag,
				       const struct mpy_object *object,
				       const struct mpy_rope *left)
{
	struct mpy_rope *rope = mpy_arena_get(arena, sizeof(*rope));

	if (!rope)
		return &unknown;
	memset(rope, 0, sizeof(*rope));
	rope->tag = (uint8_t)tag;
	rope->object = object;
	rope->left = left;
	rope->size = 8 + (object ? object->n : 0) + (left ? left->size : 0);
	rope->depth = left ? left->depth : 0;
	return rope;
}

const struct mpy_rope *mpy_rope_number(struct mpy_arena *arena, int64_t n)
{
	char digits[24];
	int size = snprintf(digits, sizeof(digits), "%lld", (long long)n);
	const char *text = mpy_arena_copy(arena, digits, (size_t)size);

	return text ? mpy_rope_text(arena, text) : &unknown;
}

/* ---- printing ------------------------------------------------------------ */

void mpy_output_put(struct mpy_output *out, const void *data, size_t size)
{
	uint8_t *more;
	size_t room;

	if (out->failed || out->full)
		return;
	if (size > OUTPUT_MAX - out->size) {
		out->full = true;
		return;
	}
	if (size > out->room - out->size) {
		room = out->room ? out->room * 2 : 4096;
		while (room < out->size + size)
			room *= 2;
		more = realloc(out->data, room);
		if (!more) {
			out->failed = true;
			return;
		}
		out->data = more;
		out->room = room;
	}
	if (size)
		memcpy(out->data + out->size, data, size);
	out->size += size;
}

/* One more visited; false when the output has cost enough. */
static bool work(struct mpy_output *out)
{
	if (++out->work > WORK_MAX)
		out->full = true;
	return !out->full;
}

static void put(struct mpy_output *out, const char *text)
{
	mpy_output_put(out, text, strlen(text));
}

void mpy_output_name(struct mpy_output *out, const struct mpy_object *name)
{
	size_t n;

	if (!name || (name->kind != MPY_OBJ_TEXT &&
		      name->kind != MPY_OBJ_BYTES) || !name->n) {
		put(out, "_");
		return;
	}
	n = name->n < 200 ? name->n : 200;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = name->u.data[i];
		bool good = c >= 0x80 || c == '_' || c == '.' ||
			    (c >= '0' && c <= '9') ||
			    ((c | 32) >= 'a' && (c | 32) <= 'z');

		mpy_output_put(out, good ? (const void *)&c : "_", 1);
	}
}

static bool is_ascii(const struct mpy_object *o)
{
	for (uint32_t i = 0; i < o->n; i++)
		if (o->u.data[i] >= 0x80)
			return false;
	return true;
}

/* A literal, with what is not printable as escapes. */
static void put_string(struct mpy_output *out, const struct mpy_object *o)
{
	bool bytes = o->kind == MPY_OBJ_BYTES;
	size_t from = 0;

	/* a plain string of Python 2 is written without b */
	if (out->two && is_ascii(o))
		bytes = false;

	put(out, bytes ? "b'" : "'");
	for (size_t i = 0; i < o->n && !out->full; i++) {
		uint8_t c = o->u.data[i];
		char escape[8];

		if (c >= 32 && c != '\'' && c != '\\' && c != 127 &&
		    (!bytes || c < 127))
			continue;
		mpy_output_put(out, o->u.data + from, i - from);
		from = i + 1;
		if (c == '\n')
			put(out, "\\n");
		else if (c == '\'' || c == '\\') {
			snprintf(escape, sizeof(escape), "\\%c", c);
			put(out, escape);
		} else {
			snprintf(escape, sizeof(escape), "\\x%02x", c);
			put(out, escape);
		}
	}
	mpy_output_put(out, o->u.data + from, o->n - from);
	put(out, "'");
}

static void put_const(struct mpy_output *out, const struct mpy_object *o,
		      unsigned int nest, uint32_t *budget)
{
	char digits[24];

	if (!o || nest > NEST || !*budget || !work(out)) {
		put(out, "_");
		return;
	}
	--*budget;
	switch ((enum mpy_object_kind)o->kind) {
	case MPY_OBJ_NONE:
		put(out, "None");
		return;
	case MPY_OBJ_TRUE:
		put(out, "True");
		return;
	case MPY_OBJ_FALSE:
		put(out, "False");
		return;
	case MPY_OBJ_INT:
		snprintf(digits, sizeof(digits), "%lld", (long long)o->u.i);
		put(out, digits);
		return;
	case MPY_OBJ_BYTES:
	case MPY_OBJ_TEXT:
		put_string(out, o);
		return;
	case MPY_OBJ_LIST:
		put(out, "(");
		for (uint32_t i = 0; i < o->n && !out->full && *budget; i++) {
			put_const(out, o->u.items[i], nest + 1, budget);
			put(out, i + 1 < o->n || o->n == 1 ? ", " : "");
		}
		put(out, ")");
		return;
	case MPY_OBJ_FLOAT:
		put(out, "0.5");
		return;
	case MPY_OBJ_DICT:
	case MPY_OBJ_CODE:
	case MPY_OBJ_OTHER:
		put(out, "_");
		return;
	}
}

void mpy_rope_print(const struct mpy_rope *rope, struct mpy_output *out)
{
	uint32_t budget = ITEMS_MAX;

	if (!rope || out->failed || !work(out))
		return;
	switch ((enum mpy_rope_tag)rope->tag) {
	case MPY_ROPE_PLAIN:
	case MPY_ROPE_BINARY:
		mpy_rope_print(rope->left, out);
		if (rope->text)
			put(out, rope->text);
		mpy_rope_print(rope->right, out);
		return;
	case MPY_ROPE_NAME:
	case MPY_ROPE_IMPORT:
	case MPY_ROPE_FROM:
	case MPY_ROPE_DEF:
		mpy_output_name(out, rope->object);
		return;
	case MPY_ROPE_CONST:
		put_const(out, rope->object, 0, &budget);
		return;
	case MPY_ROPE_NULL:
	case MPY_ROPE_ITEM:
	case MPY_ROPE_CODE:
	case MPY_ROPE_CLASS:
		put(out, "_");
		return;
	}
}
