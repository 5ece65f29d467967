// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * argv.c - CPython's option grammar. Short options may be bundled (-Bc), an
 * option's argument may be joined (-cCODE, -mNAME, -Wd) or follow; -c and -m
 * end the options; "--" ends them too; a lone "-" is standard input.
 */
#include "daemon/argv.h"

#include <string.h>

/* A colon after a letter: it takes an argument. 3, Q, U and t are 2.7's. */
static const char short_options[] = "3bBc:dEhiIm:OPqQ:RsStuUvVW:xX:?";
static const char *const long_with_argument[] = { "check-hash-based-pycs",
						  "jit" };
static const char *const long_without[] = { "info" };
static const char *const long_ending[] = { "help",    "help-all", "help-env",
					   "help-xoptions", "version" };

struct reader {
	const char *at; /* next argument */
	size_t left;	/* bytes */
	size_t index;	/* of the next argument */
};

/* The next argument without taking it; NULL at the end. */
static const char *peek(const struct reader *reader)
{
	return reader->left ? reader->at : NULL;
}

static const char *take(struct reader *reader)
{
	const char *text = peek(reader);
	size_t step;

	if (!text)
		return NULL;
	step = strnlen(text, reader->left) + 1;
	if (step > reader->left)
		step = reader->left;
	reader->at += step;
	reader->left -= step;
	reader->index++;
	return text;
}

static int listed(const char *const *names, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return 1;
	return 0;
}
#define LISTED(names, name) \
	listed(names, sizeof(names) / sizeof((names)[0]), name)

/* 1: go on; 0: Python would stop here. */
static int long_option(struct reader *reader, const char *name)
{
	if (LISTED(long_with_argument, name))
		return take(reader) != NULL;
	if (LISTED(long_ending, name))
		return 0;
	return LISTED(long_without, name);
}

/*
 * One argument of short options. 1: go on; 0: Python would stop; -1: out is
 * filled in.
 */
static int short_option(struct reader *reader, const char *letters,
			struct mpy_program_args *out)
{
	for (; *letters; letters++) {
		const char *known = strchr(short_options, *letters);
		const char *value;

		if (!known || *letters == ':')
			return 0;
		if (*letters == 'h' || *letters == '?' || *letters == 'V')
			return 0;
		if (known[1] != ':')
			continue;
		out->index = reader->index;
		value = letters + 1;
		if (*value)
			out->index--;
		else
			value = take(reader);
		if (!value)
			return 0;
		if (*letters == 'c' || *letters == 'm') {
			out->kind = *letters == 'c' ? MPY_PROGRAM_COMMAND :
						      MPY_PROGRAM_MODULE;
			out->text = value;
			return -1;
		}
		break;
	}
	return 1;
}

struct mpy_program_args mpy_argv_read(const uint8_t *argv, size_t size)
{
	const struct mpy_program_args none = { .kind = MPY_PROGRAM_NONE };
	struct mpy_program_args out = none;
	struct reader reader = { (const char *)argv, size, 0 };
	const char *argument;

	if (size && argv[size - 1] != '\0')
		return none; /* the caller ends arguments; not our bytes */
	take(&reader);
	while ((argument = peek(&reader)) && argument[0] == '-' &&
	       argument[1] != '\0') {
		int go;

		take(&reader);
		if (!strcmp(argument, "--"))
			break;
		if (argument[1] == '-')
			go = long_option(&reader, argument + 2);
		else
			go = short_option(&reader, argument + 1, &out);
		if (go < 0)
			return out;
		if (go == 0)
			return none;
	}
	out = none;
	argument = peek(&reader);
	if (!argument || !strcmp(argument, "-")) {
		out.kind = MPY_PROGRAM_STDIN;
		return out;
	}
	out.kind = MPY_PROGRAM_FILE;
	out.index = reader.index;
	out.text = argument;
	return out;
}
