// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Command lines as subprocess and the like are given them: which part of the
 * arguments is the command, and what its process is connected to.
 */
#include "eval.h"

#include <string.h>

#define NAME_MAX_SIZE 256 /* bytes of a program's name that are looked at */

/* The keyword of argument i is one of the words. */
static bool called(const struct args *args, unsigned int i,
		   const char *const *words)
{
	for (; args->word[i] && *words; words++)
		if (args->word[i] == mpy_key(*words, strlen(*words)))
			return true;
	return false;
}

/* A program that runs what it is given: its arguments are commands too. */
static bool is_interpreter(const struct value *v)
{
	static const char *const names[] = { "sh", "cmd", "power", "pwsh",
					     "python", "perl", "ruby", "node",
					     "php", "env", "sudo", "nohup",
					     "wscript", "osascript", "timeout",
					     "start" };

	if (!mpy_value_is_text(v) || v->u.s.size > NAME_MAX_SIZE)
		return true; /* nobody knows */
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (memmem(v->u.s.data, v->u.s.size, names[i],
			   strlen(names[i])))
			return true;
	return false;
}

uint64_t mpy_command_marks(struct mpy_fold *f, const struct args *args)
{
	static const char *const aside[] = { "cwd", "env", "stdout", "stderr",
					     "timeout", "encoding", NULL };
	uint64_t marks = args->n < ARGS ? 0 : args->marks;

	for (unsigned int i = 0; i < args->n; i++) {
		const struct value *v = &args->v[i];
		struct value first;

		if (called(args, i, aside))
			continue;
		if (v->kind == V_LIST && !v->u.list->dict && v->u.list->n) {
			mpy_list_get(f, v->u.list, 0, &first);
			marks |= is_interpreter(&first) ? v->marks
							: first.marks;
		} else {
			marks |= v->marks;
		}
	}
	return marks;
}

uint64_t mpy_command_tools(struct mpy_fold *f, const struct args *args)
{
	static const struct {
		const char *name;
		uint64_t mark;
	} tools[] = { { "curl", M_SHELL_GET },	{ "wget", M_SHELL_GET },
		      { "dig", M_RESOLVE },	{ "host", M_RESOLVE },
		      { "nslookup", M_RESOLVE } };
	struct value first;

	if (!args->n || args->v[0].kind != V_LIST || !args->v[0].u.list->n ||
	    args->v[0].u.list->dict)
		return 0;
	mpy_list_get(f, args->v[0].u.list, 0, &first);
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (mpy_value_equal(&first, tools[i].name))
			return tools[i].mark;
	return 0;
}

uint64_t mpy_command_streams(const struct args *args)
{
	static const char *const streams[] = { "stdin", "stdout", "stderr",
					       NULL };
	uint64_t marks = 0;

	/* Popen(args, bufsize, executable, stdin, stdout, stderr) */
	for (unsigned int i = 0; i < args->n; i++)
		if (called(args, i, streams) ||
		    (!args->word[i] && i >= 3 && i <= 5))
			marks |= args->v[i].marks;
	return marks;
}

bool mpy_command_hidden(const struct args *args)
{
	static const char *const flags[] = { "creationflags", NULL };

	for (unsigned int i = 0; i < args->n; i++) {
		if (!called(args, i, flags))
			continue;
		if (args->v[i].kind == V_INT)
			return args->v[i].u.i & 0x08000000;
		if (args->v[i].kind == V_NAME)
			return strstr(args->v[i].u.name->text, "NO_WINDOW");
	}
	return false;
}

bool mpy_command_pip(struct mpy_fold *f, const struct value *list)
{
	const struct list *l = list->u.list;
	bool pip = false;

	for (uint32_t i = 0; i < l->n && i < 8; i++) {
		struct value v;

		mpy_list_get(f, l, i, &v);
		if (mpy_value_equal(&v, "pip") || mpy_value_equal(&v, "pip3"))
			pip = true;
		else if (pip && mpy_value_equal(&v, "install"))
			return true;
	}
	return false;
}

bool mpy_command_python(struct mpy_fold *f, const struct value *list,
			struct value *code)
{
	const struct list *l = list->u.list;

	for (uint32_t i = 1; i + 1 < l->n && i < 8; i++) {
		mpy_list_get(f, l, i, code);
		if (!mpy_value_equal(code, "-c"))
			continue;
		mpy_list_get(f, l, 0, code);
		if (!(code->kind == V_NAME &&
		      !strcmp(code->u.name->text, "sys.executable")) &&
		    !(mpy_value_is_text(code) &&
		      memmem(code->u.s.data, code->u.s.size, "python", 6)))
			return false;
		mpy_list_get(f, l, i + 1, code);
		return true;
	}
	return false;
}
