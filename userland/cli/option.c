// SPDX-License-Identifier: GPL-2.0-or-later
/* Command line options by table; see option.h. */
#include "cli/option.h"

#include <errno.h>
#include <string.h>

#include "cli/cli.h"

/* Does text name the option? *value is what stands behind "=", or NULL. */
static int matches(const struct mpy_option *option, const char *text,
		   const char **value)
{
	size_t length = strlen(option->name);

	*value = NULL;
	if (option->letter && text[1] == option->letter && !text[2])
		return 1;
	if (text[1] != '-' || strncmp(text + 2, option->name, length))
		return 0;
	if (text[2 + length] == '=')
		*value = text + 2 + length + 1;
	return !text[2 + length] || *value;
}

int mpy_option_take(const struct mpy_option *table, char **argv, int argc,
		    int *at, const char **values)
{
	const char *value;
	size_t i;

	for (i = 0; table[i].name; i++) {
		if (matches(&table[i], argv[*at], &value))
			break;
	}
	if (!table[i].name)
		return 0;
	if (!table[i].argument && value) {
		mpy_cli_error("--%s takes no argument", table[i].name);
		return -EINVAL;
	}
	if (table[i].argument && !value) {
		if (*at + 1 >= argc) {
			mpy_cli_error("--%s wants %s", table[i].name,
				      table[i].argument);
			return -EINVAL;
		}
		value = argv[++*at];
	}
	++*at;
	values[i] = value ? value : "";
	return 1;
}

void mpy_option_help(const struct mpy_option *table, FILE *file)
{
	char left[40];

	for (; table->name; table++) {
		char letter[] = { '-', table->letter, ',', ' ', 0 };

		snprintf(left, sizeof(left), "%s--%s%s%s",
			 table->letter ? letter : "", table->name,
			 table->argument ? " " : "",
			 table->argument ? table->argument : "");
		fprintf(file, "  %-18s %s\n", left, table->help);
	}
}
