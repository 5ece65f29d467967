/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rope.h - texts of expressions under construction, shared and joined
 * without copying, printed once. Inside of the decompiler.
 */
#ifndef MPY_JUDGE_ROPE_H
#define MPY_JUDGE_ROPE_H

#include "decompile.h"

enum mpy_rope_tag {
	MPY_ROPE_PLAIN,
	MPY_ROPE_BINARY, /* left, with an operator in it */
	MPY_ROPE_NAME,	/* object printed as a name */
	MPY_ROPE_CONST, /* object printed as a constant */
	MPY_ROPE_NULL,	/* an empty place under a call */
	MPY_ROPE_ITEM,	/* the next element of left */
	MPY_ROPE_IMPORT, /* a module: object; right: "from" was said, text:
			    and something taken */
	MPY_ROPE_FROM,	/* object, a name out of the module left */
	MPY_ROPE_CODE,	/* function made of the code object */
	MPY_ROPE_CLASS, /* __build_class__ */
	MPY_ROPE_DEF	/* a function or class that was written: object */
};

struct mpy_rope {
	const struct mpy_rope *left, *right;
	const char *text; /* between left and right, static */
	const struct mpy_object *object;
	uint32_t size; /* estimate of what it prints */
	uint16_t depth;
	uint8_t tag;
};

/* Ropes in an arena; every function gives a rope, "_" without memory. */
const struct mpy_rope *mpy_rope_text(struct mpy_arena *arena, const char *text);
const struct mpy_rope *mpy_rope_tagged(struct mpy_arena *arena,
				       enum mpy_rope_tag tag,
				       const struct mpy_object *object,
				       const struct mpy_rope *left);
/* left, text, right in a row; any may be NULL. */
const struct mpy_rope *mpy_rope_join(struct mpy_arena *arena,
				     const struct mpy_rope *left,
				     const char *text,
				     const struct mpy_rope *right);
const struct mpy_rope *mpy_rope_number(struct mpy_arena *arena, int64_t n);

void mpy_rope_print(const struct mpy_rope *rope, struct mpy_output *out);
void mpy_output_put(struct mpy_output *out, const void *data, size_t size);
void mpy_output_name(struct mpy_output *out, const struct mpy_object *name);

#endif
