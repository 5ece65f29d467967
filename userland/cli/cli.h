/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli.h - what the commands of mpyctl share: exit statuses, the record that
 * describes a command, and the state that a command is called with.
 */
#ifndef MPY_CLI_CLI_H
#define MPY_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/option.h"
#include "cli/output.h"
#include "core/config.h"

struct mpy_json;

enum mpy_exit {
	MPY_EXIT_OK = 0,
	MPY_EXIT_FOUND = 1,	/* scan found something; sync timed out */
	MPY_EXIT_USAGE = 2,
	MPY_EXIT_NO_DAEMON = 3, /* no daemon or no module */
	MPY_EXIT_DEGRADED = 4,	/* running, but not healthy */
	MPY_EXIT_FAILURE = 5	/* wins over MPY_EXIT_FOUND */
};

struct mpy_cli {
	bool json;
	const char *database, *socket; /* option, configuration or default */
	const char *bundle;	       /* --bundle or NULL */
	struct mpy_config config;
	struct mpy_output out;
	char **args; /* what was given beside options */
	size_t n_args;
	const char *options[MPY_OPTIONS_MAX]; /* by index of the table */
};

enum mpy_need { MPY_NEED_NOTHING, MPY_NEED_DAEMON, MPY_NEED_DATABASE };

struct mpy_command {
	const char *name;
	const char *arguments; /* as shown in help, "" for none */
	size_t min_args, max_args;
	enum mpy_need need;
	const char *help; /* one line */
	const struct mpy_option *options; /* ended by a zeroed entry */
	enum mpy_exit (*run)(struct mpy_cli *cli);
};

extern const struct mpy_command mpy_cmd_status, mpy_cmd_findings, mpy_cmd_show,
	mpy_cmd_scan, mpy_cmd_explain, mpy_cmd_watch, mpy_cmd_sync;

/* "mpyctl: ..." on standard error. What is untrusted was escaped before. */
void mpy_cli_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* memory, which must not be NULL: ends the program with exit status 5. */
void *mpy_cli_must(void *memory);

/* One JSON value and a newline on standard output, on one line (indent 0) or
 * indented. */
void mpy_cli_print_json(const struct mpy_json *value, int indent);

#endif
