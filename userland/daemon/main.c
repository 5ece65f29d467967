// SPDX-License-Identifier: GPL-2.0-or-later
/* main.c - mpyd: options, then mpyd_run() or mpyd_replay(). */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/config.h"
#include "core/log.h"
#include "daemon/daemon.h"
#include "daemon/service.h"

static const char usage[] =
	"Usage: mpyd [OPTION]...\n"
	"The daemon of mpy: hears from the kernel module which Python programs\n"
	"run, has them judged and records what is malicious.\n"
	"\n"
	"  --config FILE    configuration (default " MPY_CONFIG_PATH ")\n"
	"  --database FILE  instead of the configured database\n"
	"  --bundle FILE    instead of the configured model\n"
	"  --record FILE    also write all that is learned to FILE\n"
	"  --replay FILE    work off a recording instead of the kernel and end;\n"
	"                   without --database findings are printed as JSON\n"
	"  --print-config   print the configuration in use and end\n"
	"  --foreground     does nothing: mpyd never leaves the foreground\n"
	"  --help, --version\n"
	"\n"
	"See mpyd(8) and mpy.conf(5).\n";

enum { CONFIG = 1, DATABASE, BUNDLE, RECORD, REPLAY, PRINT, FOREGROUND, HELP,
       VERSION };

static const struct option long_options[] = {
	{ "config", required_argument, NULL, CONFIG },
	{ "database", required_argument, NULL, DATABASE },
	{ "bundle", required_argument, NULL, BUNDLE },
	{ "record", required_argument, NULL, RECORD },
	{ "replay", required_argument, NULL, REPLAY },
	{ "print-config", no_argument, NULL, PRINT },
	{ "foreground", no_argument, NULL, FOREGROUND },
	{ "help", no_argument, NULL, HELP },
	{ "version", no_argument, NULL, VERSION },
	{ NULL, 0, NULL, 0 }
};

static void print_key(void *context, const char *key, const char *value,
		      const char *meaning)
{
	printf("# %s\n%s = %s\n", meaning, key, value);
}

/* A missing file is only an error if it was asked for by name; /dev/null
 * stands for the defaults. */
static int load(struct mpy_config *config, const char *path, int named)
{
	char why[600] = "";
	int r = mpy_config_defaults(config);

	if (r == 0 && strcmp(path, "/dev/null"))
		r = mpy_config_load(config, path, why, sizeof(why));
	if (r == 0 || (r == -ENOENT && !named))
		return 0;
	mpy_log(MPY_LOG_ERROR, "%s", *why ? why : strerror(-r));
	return r;
}

static int take_options(int argc, char **argv, struct mpyd_options *options,
			int *print)
{
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		switch (c) {
		case CONFIG:
			options->config_path = optarg;
			break;
		case DATABASE:
			options->database = optarg;
			break;
		case BUNDLE:
			options->bundle = optarg;
			break;
		case RECORD:
			options->record = optarg;
			break;
		case REPLAY:
			options->replay = optarg;
			break;
		case PRINT:
			*print = 1;
			break;
		case FOREGROUND:
			break;
		case HELP:
			fputs(usage, stdout);
			exit(MPYD_OK);
		case VERSION:
			puts("mpyd " MPY_VERSION);
			exit(MPYD_OK);
		default:
			fputs("Try \"mpyd --help\".\n", stderr);
			return -EINVAL;
		}
	if (optind == argc && !(options->record && options->replay))
		return 0;
	fputs(optind < argc ? "mpyd takes no arguments.\n" :
			      "--record and --replay exclude each other.\n",
	      stderr);
	return -EINVAL;
}

int main(int argc, char **argv)
{
	struct mpyd_options options = { NULL, NULL, NULL, NULL, NULL };
	struct mpy_config config = { 0 };
	enum mpyd_exit status;
	int print = 0, named;

	mpy_log_setup("mpyd", MPY_LOG_NOTICE, mpy_service_has_journal());
	if (take_options(argc, argv, &options, &print) < 0)
		return MPYD_USAGE;
	named = options.config_path != NULL;
	if (!named)
		options.config_path = MPY_CONFIG_PATH;
	if (load(&config, options.config_path, named) < 0)
		return MPYD_USAGE;
	mpy_log_setup("mpyd", config.log_level, mpy_service_has_journal());
	if (options.database && !options.replay) {
		free(config.database);
		config.database = strdup(options.database);
	}
	if (print) {
		mpy_config_each(print_key, &config, NULL);
		status = MPYD_OK;
	} else if (options.replay) {
		status = mpyd_replay(&options, &config);
	} else {
		status = mpyd_run(&options, &config);
	}
	mpy_config_free(&config);
	return status;
}
