/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * marshal.h - Python's marshal format, read into objects. Tolerant: what is
 * damaged or goes on behind the end of the data becomes NULL, so every
 * pointer to an object may be NULL. Objects may contain each other in
 * circles, as the format allows.
 */
#ifndef MPY_JUDGE_MARSHAL_H
#define MPY_JUDGE_MARSHAL_H

#include "arena.h"
#include "budget.h"

enum mpy_object_kind {
	MPY_OBJ_NONE,
	MPY_OBJ_TRUE,
	MPY_OBJ_FALSE,
	MPY_OBJ_INT,
	MPY_OBJ_FLOAT, /* its digits, or eight bytes, in data */
	MPY_OBJ_BYTES,
	MPY_OBJ_TEXT, /* UTF-8 */
	MPY_OBJ_LIST, /* tuples, lists, sets */
	MPY_OBJ_DICT, /* key, value, key, value */
	MPY_OBJ_CODE,
	MPY_OBJ_OTHER
};

struct mpy_code {
	int32_t args, keyword_args, flags;
	const struct mpy_object *code; /* the instructions, bytes */
	const struct mpy_object *consts;
	const struct mpy_object *names;
	const struct mpy_object *locals; /* from 3.11: all kinds */
	const struct mpy_object *cells;
	const struct mpy_object *free;
	const struct mpy_object *name;
};

struct mpy_object {
	uint8_t kind; /* enum mpy_object_kind */
	uint32_t n;   /* bytes of data, or number of items */
	union {
		int64_t i;
		const uint8_t *data; /* in the marshal data */
		const struct mpy_object **items;
		struct mpy_code *code;
	} u;
};

/*
 * Reads one object from data[0..size), which must outlive the arena that
 * the objects are put in. version: the layout of code objects, such as
 * 0x0307. NULL if there is none.
 */
const struct mpy_object *mpy_marshal_read(const uint8_t *data, size_t size,
					  unsigned int version,
					  struct mpy_arena *arena,
					  struct mpy_budget *budget);

#endif
