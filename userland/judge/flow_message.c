// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flow_message.c - a message that somebody wrote, or that a function passes on,
 * is not what a program has gathered.
 */
#include "flow.h"

#define SAID_MAX 32 /* values of a list that are looked at */

/* Is v a parameter of the function that is read, as it was given? */
static bool is_parameter(const struct mpy_fold *f, const struct value *v)
{
	const struct code *code = mpy_flow_code(f);

	if (!code || !v->key || !(v->marks & T_PARAMS))
		return false;
	for (unsigned int i = 0; i < code->n_params; i++)
		if (code->params[i] == v->key)
			return true;
	return false;
}

/* To whom, and how it is shown. */
static bool is_about(const struct value *key)
{
	static const char *const keys[] = { "chat_id", "chat", "token",
					    "channel", "username", "avatar_url",
					    "parse_mode" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (mpy_value_equal(key, keys[i]))
			return true;
	return false;
}

/* Is v written here, or a parameter as it is: nothing that was gathered? */
static bool is_said(struct mpy_fold *f, const struct value *v)
{
	struct value item, key = { 0 };

	if (v->marks & T_SOURCES)
		return false;
	if (v->kind == V_UNKNOWN)
		return is_parameter(f, v);
	if (v->kind != V_LIST)
		return v->kind == V_NONE || v->kind == V_INT ||
		       mpy_value_is_text(v);
	for (uint32_t i = 0; i < v->u.list->n && i < SAID_MAX; i++) {
		mpy_list_get(f, v->u.list, i, &item);
		if (v->u.list->dict && !(i & 1))
			key = item;
		else if (!is_about(&key) &&
			 (item.kind == V_LIST || !is_said(f, &item)))
			return false;
	}
	return v->u.list->n <= SAID_MAX;
}

bool mpy_flow_is_message(struct mpy_fold *f, uint32_t sinks,
			 const struct args *args)
{
	if ((args->marks & T_SOURCES) || args->n < 2 || args->n > ARGS)
		return false;
	for (unsigned int i = sinks & S_SEND ? 1 : 0; i < args->n; i++)
		if (!is_said(f, &args->v[i]))
			return false;
	return true;
}
