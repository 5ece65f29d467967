// SPDX-License-Identifier: GPL-2.0-or-later
/* What every command needs: messages, memory, JSON out; see cli.h. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"

void mpy_cli_error(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("mpyctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void *mpy_cli_must(void *memory)
{
	if (!memory) {
		mpy_cli_error("out of memory");
		exit(MPY_EXIT_FAILURE);
	}
	return memory;
}

void mpy_cli_print_json(const struct mpy_json *value, int indent)
{
	size_t size;
	char *text = mpy_cli_must(mpy_json_print(value, indent, &size));

	fwrite(text, 1, size, stdout);
	putchar('\n');
	free(text);
}
