// SPDX-License-Identifier: GPL-2.0-or-later
/* test_argv.c - CPython's option grammar, as Python itself reads it. */
#include "daemon/argv.h"

#include "../test.h"

struct line {
	const char *argv; /* arguments, a bar between them */
	enum mpy_program_kind kind;
	const char *text;
	size_t index;
};

static const struct line lines[] = {
	{ "python3", MPY_PROGRAM_STDIN, NULL, 0 },
	{ "python3|-", MPY_PROGRAM_STDIN, NULL, 0 },
	{ "python3|-|a.py", MPY_PROGRAM_STDIN, NULL, 0 },
	{ "python3|a.py", MPY_PROGRAM_FILE, "a.py", 1 },
	{ "python3|a.py|-c|x", MPY_PROGRAM_FILE, "a.py", 1 },
	{ "python3|-c|x", MPY_PROGRAM_COMMAND, "x", 2 },
	{ "python3|-cx=1", MPY_PROGRAM_COMMAND, "x=1", 1 },
	{ "python3|-Bc|x", MPY_PROGRAM_COMMAND, "x", 2 },
	{ "python3|-IBcx", MPY_PROGRAM_COMMAND, "x", 1 },
	{ "python3|-c", MPY_PROGRAM_NONE, NULL, 0 },
	{ "python3|-c|", MPY_PROGRAM_COMMAND, "", 2 },
	{ "python3|-m|json.tool|f", MPY_PROGRAM_MODULE, "json.tool", 2 },
	{ "python3|-mjson.tool", MPY_PROGRAM_MODULE, "json.tool", 1 },
	{ "python3|-um|x", MPY_PROGRAM_MODULE, "x", 2 },
	{ "python3|-W|ignore|a.py", MPY_PROGRAM_FILE, "a.py", 3 },
	{ "python3|-Wignore|a.py", MPY_PROGRAM_FILE, "a.py", 2 },
	{ "python3|-X|dev|-c|x", MPY_PROGRAM_COMMAND, "x", 4 },
	{ "python3|-Xdev|-Werror|-c|x", MPY_PROGRAM_COMMAND, "x", 4 },
	{ "python3|-BW|-c|a.py", MPY_PROGRAM_FILE, "a.py", 3 },
	{ "python3|--check-hash-based-pycs|always|a.py", MPY_PROGRAM_FILE,
	  "a.py", 3 },
	{ "python3|--check-hash-based-pycs", MPY_PROGRAM_NONE, NULL, 0 },
	{ "python3|--|-c", MPY_PROGRAM_FILE, "-c", 2 },
	{ "python3|--", MPY_PROGRAM_STDIN, NULL, 0 },
	{ "python3|-i|a.py", MPY_PROGRAM_FILE, "a.py", 2 },
	{ "python3|-S|-s|-E", MPY_PROGRAM_STDIN, NULL, 0 },
	{ "python3|-V", MPY_PROGRAM_NONE, NULL, 0 },
	{ "python3|--version", MPY_PROGRAM_NONE, NULL, 0 },
	{ "python3|--help|a.py", MPY_PROGRAM_NONE, NULL, 0 },
	{ "python3|-h|a.py", MPY_PROGRAM_NONE, NULL, 0 },
	{ "python3|-J|a.py", MPY_PROGRAM_NONE, NULL, 0 },
	{ "python3|--unknown|a.py", MPY_PROGRAM_NONE, NULL, 0 },
	{ "/usr/bin/python3|-I|/root/a.py|x", MPY_PROGRAM_FILE, "/root/a.py",
	  2 },
	{ "python3|/dev/fd/3", MPY_PROGRAM_FILE, "/dev/fd/3", 1 },
	{ "python2.7|-Qnew|-3|a.py", MPY_PROGRAM_FILE, "a.py", 3 },
	{ "pypy3|--jit|off|a.py", MPY_PROGRAM_FILE, "a.py", 3 },
	{ "|a.py", MPY_PROGRAM_FILE, "a.py", 1 },
};

static void check_line(const struct line *line)
{
	uint8_t buffer[256];
	size_t size = strlen(line->argv) + 1, i;
	struct mpy_program_args got;

	memcpy(buffer, line->argv, size);
	for (i = 0; i < size; i++)
		if (buffer[i] == '|')
			buffer[i] = '\0';
	got = mpy_argv_read(buffer, size);
	if (got.kind != line->kind)
		printf("# %s: kind %d\n", line->argv, got.kind);
	CHECK(got.kind == line->kind);
	if (line->text) {
		CHECK_STR(got.text, line->text);
		CHECK(got.index == line->index);
	} else {
		CHECK(got.text == NULL);
	}
}

static void command_lines_are_read_as_python_does(void)
{
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		check_line(&lines[i]);
}

static void damaged_lines_are_safe(void)
{
	CHECK(mpy_argv_read(NULL, 0).kind == MPY_PROGRAM_STDIN);
	CHECK(mpy_argv_read((const uint8_t *)"a", 1).kind == MPY_PROGRAM_NONE);
	CHECK(mpy_argv_read((const uint8_t *)"\0", 1).kind ==
	      MPY_PROGRAM_STDIN);
}

int main(void)
{
	RUN(command_lines_are_read_as_python_does);
	RUN(damaged_lines_are_safe);
	return DONE();
}
