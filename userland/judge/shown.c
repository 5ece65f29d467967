// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What Python shows of its builtins: oct.__str__()[-3] is the letter c to
 * programs that hide how they spell. Wording of CPython 3 (Objects/typeobject.c,
 * methodobject.c, Lib/_sitebuiltins.py); of copyright the part that all
 * versions have.
 */
#include "convert.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 64

static const char *const functions[] = {
	"__build_class__", "__import__", "abs",	     "aiter",	   "all",
	"anext",	   "any",	 "ascii",    "bin",	   "breakpoint",
	"callable",	   "chr",	 "compile",  "delattr",	   "dir",
	"divmod",	   "eval",	 "exec",     "format",	   "getattr",
	"globals",	   "hasattr",	 "hash",     "hex",	   "id",
	"input",	   "isinstance", "issubclass", "iter",	   "len",
	"locals",	   "max",	 "min",	     "next",	   "oct",
	"open",		   "ord",	 "pow",	     "print",	   "repr",
	"round",	   "setattr",	 "sorted",   "sum",	   "vars"
};

static const char *const types[] = {
	"bool",	  "bytearray", "bytes",	   "classmethod", "complex",
	"dict",	  "enumerate", "filter",   "float",	  "frozenset",
	"int",	  "list",      "map",	   "memoryview",  "object",
	"property", "range",   "reversed", "set",	  "slice",
	"staticmethod", "str", "super",	   "tuple",	  "type",
	"zip"
};

static const char *const texts[][2] = {
	{ "copyright", "Copyright (c) 2001" },
	{ "credits", "    Thanks to CWI, CNRI, BeOpen" },
	{ "exit", "Use exit() or Ctrl-D (i.e. EOF) to exit" },
	{ "help", "Type help() for interactive help, or help(object) for help "
		  "about object." },
	{ "license", "Type license() to see the full license text" },
	{ "quit", "Use quit() or Ctrl-D (i.e. EOF) to exit" },
};

/* A name that the program gives no meaning of its own. */
static bool is_builtin(struct mpy_fold *f, const struct value *v)
{
	const struct value *var;

	if (v->kind == V_NAME)
		return true;
	if (v->kind != V_UNKNOWN || !v->key || v->marks)
		return false;
	var = mpy_var_find(f, v->key);
	return !var || var->key == v->key; /* it was only asked for */
}

static bool is_it(const struct value *v, const char *name)
{
	return v->kind == V_NAME ? !strcmp(v->u.name->text, name)
				 : v->key == mpy_key(name, strlen(name));
}

static const char *find(const struct value *v, const char *const *names,
			size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_it(v, names[i]))
			return names[i];
	return NULL;
}

bool mpy_shown(struct mpy_fold *f, const struct value *v, struct value *out)
{
	const char *name, *text = NULL;
	char buffer[SHOWN_MAX];
	uint8_t *copy;

	if (!is_builtin(f, v))
		return false;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (is_it(v, texts[i][0]))
			text = texts[i][1];
	name = find(v, functions, sizeof(functions) / sizeof(*functions));
	if (name)
		snprintf(buffer, sizeof(buffer), "<built-in function %s>",
			 name);
	else if ((name = find(v, types, sizeof(types) / sizeof(*types))))
		snprintf(buffer, sizeof(buffer), "<class '%s'>", name);
	if (name)
		text = buffer;
	if (!text || !mpy_budget_step(f->budget, 1))
		return false;
	copy = mpy_arena_copy(&f->arena, (const uint8_t *)text, strlen(text));
	if (!copy)
		return false;
	mpy_value_bytes(out, V_STR, copy, strlen(text), 0);
	return true;
}
