// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compiled Python: the header tells the version; without one (marshal.loads
 * of carried data) the layouts are tried and the one that fits is taken.
 */
#include "pyc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decompile.h"
#include "verdict.h"

#define OBJECTS_MAX ((size_t)12 << 20) /* bytes of objects and ropes */

struct magic {
	uint16_t first, last;
	unsigned int version;
};

/* Each release has a range of numbers, its development versions included. */
static const struct magic magics[] = {
	{ 62171, 62211, 0x0207 }, { 3360, 3379, 0x0306 },
	{ 3390, 3399, 0x0307 },
	{ 3400, 3419, 0x0308 },	  { 3420, 3429, 0x0309 },
	{ 3430, 3449, 0x030a },	  { 3450, 3499, 0x030b },
	{ 3500, 3549, 0x030c },	  { 3550, 3599, 0x030d },
	{ 3600, 3649, 0x030e },
};

unsigned int mpy_pyc_version(const uint8_t *data, size_t size, size_t *offset)
{
	unsigned int magic;

	*offset = 0;
	if (size < 16 || data[2] != '\r' || data[3] != '\n')
		return 0;
	magic = data[0] | (unsigned int)data[1] << 8;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if (magic < magics[i].first || magic > magics[i].last)
			continue;
		*offset = magics[i].version < 0x0300 ? 8 :
			  magics[i].version < 0x0307 ? 12 : 16;
		return magics[i].version;
	}
	return 0;
}

bool mpy_pyc_is_marshal(const uint8_t *data, size_t size)
{
	/* a code object; its counts are small numbers of four bytes */
	if (size < 40)
		return false;
	if (data[0] != 0xe3 && data[0] != 'c')
		return false;
	return !data[2] && !data[3] && !data[4] && !data[7] && !data[8];
}

static bool is_kind(const struct mpy_object *o, enum mpy_object_kind kind)
{
	return o && o->kind == kind;
}

/* Are the parts of the code object what they must be? */
static bool fits(const struct mpy_object *o)
{
	const struct mpy_code *c;

	if (!is_kind(o, MPY_OBJ_CODE) || !o->u.code)
		return false;
	c = o->u.code;
	return is_kind(c->code, MPY_OBJ_BYTES) &&
	       is_kind(c->consts, MPY_OBJ_LIST) &&
	       is_kind(c->names, MPY_OBJ_LIST);
}

/* Instructions of 3.11 and later begin with RESUME, which moved. */
static unsigned int guess_version(const struct mpy_object *o,
				  unsigned int layout)
{
	const struct mpy_object *code = o->u.code->code;
	bool precall = false;

	if (layout < 0x030b)
		return layout;
	for (uint32_t i = 0; i + 1 < code->n && i < 64; i += 2) {
		if (code->u.data[i] == 128 && !code->u.data[i + 1])
			return 0x030e;
		if (code->u.data[i] == 149 && !code->u.data[i + 1])
			return 0x030d;
	}
	for (uint32_t i = 0; i + 1 < code->n; i += 2)
		precall |= code->u.data[i] == 166;
	return precall ? 0x030b : 0x030c;
}

static const struct mpy_object *read_any(const uint8_t *data, size_t size,
					 unsigned int *version,
					 struct mpy_arena *arena,
					 struct mpy_budget *budget)
{
	static const unsigned int layouts[] = { 0x030b, 0x0309, 0x0307,
						0x0207 };
	const struct mpy_object *o;

	if (*version)
		return mpy_marshal_read(data, size, *version, arena, budget);
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		o = mpy_marshal_read(data, size, layouts[i], arena, budget);
		if (fits(o)) {
			*version = guess_version(o, layouts[i]);
			return o;
		}
	}
	return NULL;
}

int mpy_pyc_text(const uint8_t *data, size_t size, unsigned int version,
		 struct mpy_budget *budget, uint8_t **text, size_t *text_size)
{
	const struct mpy_object *code;
	struct mpy_output out = { 0 };
	struct mpy_arena arena;
	int result = 1;

	*text = NULL;
	*text_size = 0;
	mpy_arena_init(&arena, OBJECTS_MAX);
	code = read_any(data, size, &version, &arena, budget);
	if (is_kind(code, MPY_OBJ_CODE) && code->u.code) {
		mpy_decompile(code, version, &arena, budget, &out);
		result = out.failed || arena.failed ? -ENOMEM : 0;
		if (!result && !out.data) { /* an empty module */
			out.data = malloc(1);
			result = out.data ? 0 : -ENOMEM;
		}
	}
	if (out.full || arena.full)
		budget->bounds |= MPY_BOUND_DECODED;
	mpy_arena_free(&arena);
	if (result) {
		free(out.data);
		return result;
	}
	*text = out.data;
	*text_size = out.size;
	return 0;
}
