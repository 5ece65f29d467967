// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * special.c - objects of the text's own classes whose methods have names that
 * Python itself calls ("Special method names" in the language's reference):
 * with them a table of strings is a call, an index or an attribute.
 */
#include "special.h"

#include <string.h>

static struct code *method_of(struct mpy_fold *f, const struct value *object,
			      const char *name)
{
	const struct value *method;

	if (object->kind != V_OBJECT)
		return NULL;
	method = mpy_var_find(f, mpy_key_join(object->u.origin,
					      mpy_key(name, strlen(name))));
	return method && method->kind == V_CODE ? method->u.code : NULL;
}

bool mpy_special_call(struct mpy_fold *f, const struct value *object,
		      struct args *args, struct value *out)
{
	struct code *code = method_of(f, object, "__call__");

	if (code)
		mpy_loop_call(f, code, args, out);
	return code;
}

/* The method of the object *v over one argument takes the place of *v. */
static void replace(struct mpy_fold *f, struct code *code,
		    const struct value *argument, struct value *v)
{
	const struct value callee = { .kind = V_CODE, .u.code = code };
	uint64_t marks = v->marks;
	struct value out;

	mpy_apply_one(f, &callee, argument, NULL, &out);
	*v = out;
	v->marks |= marks;
}

bool mpy_special_index(struct mpy_fold *f, struct value *v,
		       const struct value *index)
{
	struct code *code = method_of(f, v, "__getitem__");

	if (code)
		replace(f, code, index, v);
	return code;
}

bool mpy_special_attr(struct mpy_fold *f, struct value *v, const char *name,
		      size_t size)
{
	struct code *code = method_of(f, v, "__getattr__");
	uint8_t *copy = code ? mpy_arena_get(&f->arena, size) : NULL;
	struct value text;

	if (!copy)
		return false;
	memcpy(copy, name, size);
	mpy_value_bytes(&text, V_STR, copy, size, 0);
	replace(f, code, &text, v);
	return true;
}
