// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Functions that are handed over with their arguments, to be called later:
 * threads, pools, timers, partial(). What is known of such a call is known
 * where they are handed over.
 */
#include "later.h"

static bool is_function(const struct args *args, unsigned int i)
{
	const struct value *v = &args->v[i];

	if (args->word[i] && args->word[i] != mpy_key("target", 6) &&
	    args->word[i] != mpy_key("function", 8) &&
	    args->word[i] != mpy_key("func", 4))
		return false;
	return v->kind == V_CODE ||
	       (v->kind == V_NAME && v->u.name->known &&
		v->u.name->known->sinks);
}

/* Thread(target=f, args=(x,)), Timer(3, f, [x]) */
static void take_list(struct mpy_fold *f, const struct args *args,
		      struct args *later)
{
	const struct value *list = NULL;

	for (unsigned int i = 0; i < args->n; i++) {
		const struct value *v = &args->v[i];

		if (args->word[i] == mpy_key("kwargs", 6))
			mpy_args_mark(later, v);
		else if (args->word[i] == mpy_key("args", 4) ||
			 (!args->word[i] && i && !is_function(args, i)))
			list = v;
	}
	if (list)
		mpy_args_each(f, later, list);
}

/* submit(f, x, y=z): all that is behind the function at i */
static void take_rest(struct mpy_fold *f, const struct args *args,
		      unsigned int i, struct args *later)
{
	for (unsigned int k = 0; k < args->n; k++)
		if (k > i || (args->word[k] && k != i))
			mpy_args_add(f, later, &args->v[k], args->word[k]);
}

void mpy_later_apply(struct mpy_fold *f, const struct known *known,
		     const struct args *args, struct value *out,
		     uint32_t line)
{
	struct args later; /* large: only what is used is set */

	for (unsigned int i = 0; i < args->n; i++) {
		const struct value *v = &args->v[i];
		struct value result;

		if (!is_function(args, i))
			continue;
		later.n = 0;
		later.marks = 0;
		later.line = 0;
		later.all = false;
		later.more = NULL;
		if (known->arg)
			take_list(f, args, &later);
		else
			take_rest(f, args, i, &later);
		mpy_value_unknown(&result, later.marks, later.line);
		if (v->kind == V_CODE)
			mpy_loop_call(f, v->u.code, &later, &result);
		else
			mpy_flow_call(f, v->u.name->known, NULL, &later,
				      &result, line);
		mpy_value_taint(out, &result);
	}
}
