/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decompile.h - a code object as Python text, near enough for a judge: the
 * instructions are walked once in their order, expressions are put together
 * on a stack of texts, loops and conditions are told by their jumps.
 */
#ifndef MPY_JUDGE_DECOMPILE_H
#define MPY_JUDGE_DECOMPILE_H

#include "marshal.h"

/* Growing output. */
struct mpy_output {
	uint8_t *data;
	size_t size, room;
	uint32_t work; /* what it took so far */
	bool full;   /* a bound was reached */
	bool failed; /* no memory */
	bool two;    /* Python 2: strings are bytes */
};

/*
 * Appends the text of code, of that version (0x0307 and the like), to out.
 * Expressions are built in the arena.
 */
void mpy_decompile(const struct mpy_object *code, unsigned int version,
		   struct mpy_arena *arena, struct mpy_budget *budget,
		   struct mpy_output *out);

/* What an instruction does to the stack; MPY_ACT_NONE: nothing of interest. */
enum mpy_act {
	MPY_ACT_NONE, MPY_ACT_POP, MPY_ACT_DROP, MPY_ACT_DUP, MPY_ACT_DUP2,
	MPY_ACT_ROT2, MPY_ACT_ROT3, MPY_ACT_ROT4, MPY_ACT_SWAP, MPY_ACT_COPY,
	MPY_ACT_NULL, MPY_ACT_CONST, MPY_ACT_SMALL, MPY_ACT_PUSH, MPY_ACT_NAME,
	MPY_ACT_GLOBAL, MPY_ACT_NAME_POP, MPY_ACT_FAST, MPY_ACT_FAST2,
	MPY_ACT_DEREF, MPY_ACT_DEREF_POP, MPY_ACT_ATTR, MPY_ACT_METHOD,
	MPY_ACT_SUPER, MPY_ACT_SPECIAL, MPY_ACT_STORE_NAME, MPY_ACT_STORE_FAST,
	MPY_ACT_STORE_DEREF, MPY_ACT_STORE_LOAD, MPY_ACT_STORE2,
	MPY_ACT_STORE_ATTR, MPY_ACT_STORE_SUBSCR, MPY_ACT_STORE_SLICE,
	MPY_ACT_DROP2, MPY_ACT_SUBSCR, MPY_ACT_SLICE, MPY_ACT_BINARY_OP,
	MPY_ACT_COMPARE, MPY_ACT_CONTAINS, MPY_ACT_IS, MPY_ACT_NEGATIVE, MPY_ACT_INVERT,
	MPY_ACT_NOT, MPY_ACT_CONVERT, MPY_ACT_CALL, MPY_ACT_CALL_OLD,
	MPY_ACT_CALL_KW_OLD, MPY_ACT_CALL_KW, MPY_ACT_KW_NAMES,
	MPY_ACT_CALL_EX, MPY_ACT_IMPORT, MPY_ACT_IMPORT_FROM,
	MPY_ACT_IMPORT_STAR, MPY_ACT_TUPLE, MPY_ACT_LIST, MPY_ACT_MAP,
	MPY_ACT_CONST_MAP, MPY_ACT_STRING, MPY_ACT_FORMAT, MPY_ACT_BUILD_SLICE,
	MPY_ACT_INTERPOLATION, MPY_ACT_APPEND, MPY_ACT_MAP_ADD, MPY_ACT_EXTEND,
	MPY_ACT_FOR, MPY_ACT_UNPACK, MPY_ACT_UNPACK_EX, MPY_ACT_IF,
	MPY_ACT_UNLESS, MPY_ACT_RETURN, MPY_ACT_RETURN_CONST, MPY_ACT_YIELD,
	MPY_ACT_FUNCTION, MPY_ACT_FN_ATTR, MPY_ACT_BUILD_CLASS,
	MPY_ACT_BUILD_CLASS27, MPY_ACT_EXEC, MPY_ACT_PRINT, MPY_ACT_RAISE,
	MPY_ACT_WITH, MPY_ACT_EXTENDED, MPY_ACT_SLICE0, MPY_ACT_SLICE1,
	MPY_ACT_SLICE2, MPY_ACT_SLICE3, MPY_ACT_CALL_VAR, MPY_ACT_DUPX,
	MPY_ACT_OPERATOR0, MPY_ACT_OPERATOR1, MPY_ACT_OPERATOR2,
	MPY_ACT_OPERATOR3, MPY_ACT_OPERATOR4, MPY_ACT_OPERATOR5,
	MPY_ACT_OPERATOR6, MPY_ACT_OPERATOR7, MPY_ACT_OPERATOR8,
	MPY_ACT_OPERATOR9, MPY_ACT_OPERATOR10, MPY_ACT_OPERATOR11,
	MPY_ACT_COUNT
};
/* The action of each opcode of a version, into table[256]. */
void mpy_decompile_table(unsigned int version, uint8_t *table);

#endif
