/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * option.h - command line options, described by tables from which the help
 * is made too. Options may stand anywhere; "--" ends them; an option's
 * argument follows it or an equals sign. No abbreviations: they would become
 * an interface by accident.
 */
#ifndef MPY_CLI_OPTION_H
#define MPY_CLI_OPTION_H

#include <stdio.h>

#define MPY_OPTIONS_MAX 8 /* of one table */

struct mpy_option {
	const char *name;     /* without the dashes; NULL ends the table */
	char letter;	      /* short form or 0 */
	const char *argument; /* as shown in help; NULL: takes none */
	const char *help;
};

/*
 * Looks whether argv[*at] is an option of table. If so, values[its index] is
 * set to its argument ("" if it takes none), *at moved past what was used,
 * and 1 returned. 0: not in this table. -EINVAL: its argument is missing, or
 * it takes none; a sentence was printed.
 */
int mpy_option_take(const struct mpy_option *table, char **argv, int argc,
		    int *at, const char **values);

/* The lines of help for a table. */
void mpy_option_help(const struct mpy_option *table, FILE *file);

#endif
