// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flow_patch.c - a function of this text in the place of a library's, which
 * tells somebody what the library is given: keys, passwords, cookies.
 */
#include "flow.h"

#include <string.h>

bool mpy_flow_is_addressed(uint32_t sinks, const struct args *args)
{
	const struct value *to = &args->v[0];

	if (!args->n || !(sinks & (S_SEND | S_GET)))
		return false;
	if (mpy_value_is_text(to))
		return args->n > 1;
	return to->kind == V_UNKNOWN && (to->marks & (M_CHAT_API | M_WEBHOOK));
}

/* Is an attribute of v, the value of a name or NULL, one of a library? */
static bool is_foreign(const struct value *v)
{
	const char *name;

	if (!v || v->kind != V_NAME)
		return false;
	name = v->u.name->text; /* sys.excepthook is there for it */
	return strcmp(name, "sys") && strcmp(name, "threading");
}

void mpy_flow_patch(struct mpy_fold *f, const struct value *holder,
		    const struct code *code, uint32_t line)
{
	if (!is_foreign(holder))
		return;
	for (unsigned int i = 0; i < 4; i++)
		if (code->param[i].sinks & S_TELL)
			mpy_flow_note(f, MPY_BEH_PATCH_SEND, line, 0);
}
