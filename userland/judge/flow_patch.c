// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flow_patch.c - a function of this text in the place of a library's, which
 * tells somebody what the library is given: keys, passwords, cookies.
 */
#include "flow.h"

#include <string.h>

/* "https://..." of somebody else's */
static bool is_address(const struct value *v)
{
	static const char *const near[] = { "localhost", "127.", "0.0.0.0",
					    "10.", "192.168.", "host.docker",
					    "[::1]" };
	const uint8_t *p, *end;

	if (!mpy_value_is_text(v))
		return false;
	end = v->u.s.data + v->u.s.size;
	p = memmem(v->u.s.data, v->u.s.size, "://", 3);
	for (size_t i = 0; p && i < sizeof(near) / sizeof(near[0]); i++) {
		size_t n = strlen(near[i]);

		if ((size_t)(end - p) >= n + 3 && !memcmp(p + 3, near[i], n))
			return false;
	}
	return p;
}

bool mpy_flow_is_addressed(uint32_t sinks, const struct args *args)
{
	static const char *const urls[] = { "url", NULL };

	if (!(sinks & (S_SEND | S_GET)))
		return false;
	for (unsigned int i = 0; i < args->n; i++) {
		const struct value *to = &args->v[i];

		if (i && !mpy_args_called(args, i, urls))
			continue;
		if (args->n > 1 && is_address(to))
			return true;
		if (to->kind == V_UNKNOWN &&
		    (to->marks & (M_CHAT_API | M_WEBHOOK)))
			return true;
	}
	return false;
}

/*
 * Has a library's function, whose path begins at the token, been read before?
 * Who changes what it does keeps the old one: old = lib.login. Who only gives
 * a library a function to call does not.
 */
static bool is_kept(struct mpy_fold *f, uint32_t at)
{
	const struct mpy_token *t = &f->tokens[at];
	const struct value *v = mpy_var_find(f, mpy_key_token(f, t));
	const struct name *name = v && v->kind == V_NAME ? v->u.name : NULL;

	for (; name && at + 2 < f->end && t[1].kind == MPY_TOK_OP &&
	       t[1].sub == '.';
	     at += 2, t += 2)
		name = mpy_name_known(f, name,
				      (const char *)f->text + t[2].start,
				      t[2].length);
	return name;
}

void mpy_flow_patch(struct mpy_fold *f, uint32_t at, const struct code *code,
		    uint32_t line)
{
	uint32_t sinks = 0;

	for (unsigned int i = 0; i < 4; i++)
		sinks |= code->param[i];
	if ((sinks & S_TELL) && is_kept(f, at))
		mpy_flow_note(f, MPY_BEH_PATCH_SEND, line, 0);
}
