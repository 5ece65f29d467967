// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mpyctl: the table of commands, the command line, and what has to be there
 * before a command runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "core/log.h"

static const struct mpy_command *const commands[] = {
	&mpy_cmd_status, &mpy_cmd_findings, &mpy_cmd_show, &mpy_cmd_scan,
	&mpy_cmd_explain, &mpy_cmd_watch,   &mpy_cmd_sync,
};

#define N_COMMANDS (sizeof(commands) / sizeof(*commands))

enum { JSON, NO_COLOR, DB, SOCKET, BUNDLE, HELP, VERSION };

static const struct mpy_option globals[] = {
	[JSON] = { "json", 0, NULL, "print JSON: one object, or one a line" },
	[NO_COLOR] = { "no-color", 0, NULL, "no colours (also: NO_COLOR=1)" },
	[DB] = { "db", 0, "FILE", "the database of findings" },
	[SOCKET] = { "socket", 0, "FILE", "the control socket of mpyd" },
	[BUNDLE] = { "bundle", 0, "FILE", "the model that scan judges with" },
	[HELP] = { "help", 'h', NULL, "this help, or that of COMMAND" },
	[VERSION] = { "version", 0, NULL, "the version of mpyctl" },
	{ 0 }
};

_Static_assert(sizeof(globals) / sizeof(*globals) <= MPY_OPTIONS_MAX + 1,
	       "the table of values is too small");

static void help_all(void)
{
	size_t i;

	puts("usage: mpyctl [OPTION]... [COMMAND [ARGUMENT]...]\n"
	     "\n"
	     "Finds malicious Python, while it runs (with mpyd and its kernel\n"
	     "module) or in files (scan, explain). Without COMMAND: status.\n"
	     "\n"
	     "commands:");
	for (i = 0; i < N_COMMANDS; i++) {
		char left[40];

		snprintf(left, sizeof(left), "%s %s", commands[i]->name,
			 commands[i]->arguments);
		printf("  %-18s %s\n", left, commands[i]->help);
	}
	puts("\noptions, before or after COMMAND:");
	mpy_option_help(globals, stdout);
	puts("\n"
	     "mpyctl COMMAND --help lists the options of a command.\n"
	     "exit status: 0 fine, 1 scan found something or sync timed out,\n"
	     "2 usage, 3 no daemon or module, 4 degraded, 5 failure");
}

static void help_command(const struct mpy_command *command)
{
	static const char *const needs[] = {
		[MPY_NEED_NOTHING] = "Works without root, daemon and module.",
		[MPY_NEED_DAEMON] = "Needs a running mpyd.",
		[MPY_NEED_DATABASE] = "Reads the database; needs no daemon.",
	};

	printf("usage: mpyctl %s [OPTION]...%s%s\n\n%s\n%s\n", command->name,
	       *command->arguments ? " " : "", command->arguments,
	       command->help, needs[command->need]);
	if (command->options->name) {
		puts("\noptions:");
		mpy_option_help(command->options, stdout);
	}
	puts("\noptions of every command:");
	mpy_option_help(globals, stdout);
}

static const struct mpy_command *find(const char *name)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

/* One word of the command line that is no option. */
static int take_word(struct mpy_cli *cli, const struct mpy_command **command,
		     char *word)
{
	char shown[80];

	if (*command) {
		cli->args[cli->n_args++] = word;
		return 0;
	}
	*command = find(word);
	if (*command)
		return 0;
	mpy_cli_error("no command '%s'; mpyctl --help lists them",
		      mpy_escape(word, strlen(word), shown, sizeof(shown)));
	return -EINVAL;
}

static int take_option(struct mpy_cli *cli, const struct mpy_command *command,
		       char **argv, int argc, int *at, const char **values)
{
	char shown[80];
	int taken = 0;

	if (command)
		taken = mpy_option_take(command->options, argv, argc, at,
					cli->options);
	if (!taken)
		taken = mpy_option_take(globals, argv, argc, at, values);
	if (taken)
		return taken < 0 ? taken : 0;
	mpy_escape(argv[*at], strlen(argv[*at]), shown, sizeof(shown));
	if (command)
		mpy_cli_error("%s has no option '%s'", command->name, shown);
	else
		mpy_cli_error("no option '%s' (options of a command follow it)",
			      shown);
	return -EINVAL;
}

/* Sorts argv into command, arguments and options. 0 or -EINVAL, explained. */
static int parse(struct mpy_cli *cli, const struct mpy_command **command,
		 char **argv, int argc, const char **values)
{
	bool options = true;
	int at = 1, err;

	while (at < argc) {
		char *word = argv[at];

		if (!options || word[0] != '-' || !word[1]) {
			err = take_word(cli, command, word);
			at++;
		} else if (!strcmp(word, "--")) {
			options = false;
			at++;
			err = 0;
		} else {
			err = take_option(cli, *command, argv, argc, &at,
					  values);
		}
		if (err)
			return err;
	}
	return 0;
}

/* What the options leave open comes from the configuration. */
static void configure(struct mpy_cli *cli, const char **values)
{
	char why[512];
	int err;

	mpy_log_setup("mpyctl", MPY_LOG_WARNING, 0);
	if (mpy_config_defaults(&cli->config))
		mpy_cli_must(NULL);
	err = mpy_config_load(&cli->config, MPY_CONFIG_PATH, why, sizeof(why));
	if (err && err != -ENOENT)
		mpy_cli_error("%s; the defaults are used", why);
	cli->json = values[JSON];
	cli->database = values[DB] ? values[DB] : cli->config.database;
	cli->socket = values[SOCKET] ? values[SOCKET] : cli->config.control;
	cli->bundle = values[BUNDLE];
	mpy_output_init(&cli->out, stdout, values[NO_COLOR]);
}

static enum mpy_exit run(struct mpy_cli *cli, const struct mpy_command *command,
			 const char **values)
{
	enum mpy_exit status;

	if (cli->n_args < command->min_args ||
	    cli->n_args > command->max_args) {
		mpy_cli_error("%s; usage: mpyctl %s [OPTION]...%s%s",
			      cli->n_args < command->min_args ?
				      "argument missing" :
				      "too many arguments",
			      command->name, *command->arguments ? " " : "",
			      command->arguments);
		return MPY_EXIT_USAGE;
	}
	configure(cli, values);
	status = command->run(cli);
	mpy_config_free(&cli->config);
	return status;
}

/*
 * A standard descriptor that was closed must not become that of a file of
 * ours. It is held open the wrong way round, so that its use still fails.
 */
static void hold_standard_descriptors(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null",
			 fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			exit(MPY_EXIT_FAILURE);
	}
}

int main(int argc, char **argv)
{
	const char *values[MPY_OPTIONS_MAX] = { NULL };
	const struct mpy_command *command = NULL;
	enum mpy_exit status = MPY_EXIT_OK;
	struct mpy_cli cli = { 0 };

	hold_standard_descriptors();
	/* Only for the width of characters; numbers stay as in C. */
	setlocale(LC_CTYPE, "C.UTF-8");
	cli.args = mpy_cli_must(calloc(argc + 1, sizeof(*cli.args)));
	if (parse(&cli, &command, argv, argc, values))
		status = MPY_EXIT_USAGE;
	else if (values[HELP] && command)
		help_command(command);
	else if (values[HELP])
		help_all();
	else if (values[VERSION])
		puts("mpyctl " MPY_VERSION);
	else
		status = run(&cli, command ? command : &mpy_cmd_status, values);
	free(cli.args);
	if (fflush(stdout)) {
		mpy_cli_error("cannot write the output: %s", strerror(errno));
		status = MPY_EXIT_FAILURE;
	} else if (ferror(stdout)) {
		mpy_cli_error("cannot write the output"); /* errno is gone */
		status = MPY_EXIT_FAILURE;
	}
	return status;
}
