// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What Python shows of its builtins: oct.__str__()[-3] is the letter c to
 * programs that hide how they spell. Wording of CPython 3 (Objects/typeobject.c,
 * methodobject.c, Lib/_sitebuiltins.py); of copyright the part that all
 * versions have.
 */
#include "convert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 64

/* Sorted by their bytes. */
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
	{ "copyright", "Copyright (c) 2001-20" },
	{ "credits", "    Thanks to CWI, CNRI, BeOpen" },
	{ "exit", "Use exit() or Ctrl-D (i.e. EOF) to exit" },
	{ "help", "Type help() for interactive help, or help(object) for help "
		  "about object." },
	{ "license", "Type license() to see the full license text" },
	{ "quit", "Use quit() or Ctrl-D (i.e. EOF) to exit" },
};

static int by_bytes(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
	return bsearch(name, names, n, sizeof(*names), by_bytes);
}

bool mpy_shown(struct mpy_fold *f, const struct value *v, struct value *out)
{
	const char *name, *text = NULL;
	char buffer[SHOWN_MAX];
	uint8_t *copy;
	size_t i;

	if (v->kind != V_NAME)
		return false;
	name = v->u.name->text;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(name, texts[i][0]))
			text = texts[i][1];
	if (is_one_of(name, functions, sizeof(functions) / sizeof(*functions)))
		snprintf(buffer, sizeof(buffer), "<built-in function %s>",
			 name);
	else if (is_one_of(name, types, sizeof(types) / sizeof(*types)))
		snprintf(buffer, sizeof(buffer), "<class '%s'>", name);
	else if (!text)
		return false;
	if (!text)
		text = buffer;
	copy = mpy_arena_copy(&f->arena, (const uint8_t *)text, strlen(text));
	if (!copy)
		return false;
	mpy_value_bytes(out, V_STR, copy, strlen(text), 0);
	return true;
}
