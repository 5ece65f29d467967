// SPDX-License-Identifier: GPL-2.0-or-later
/* mpyctl sync: waits until all that was caused before is judged and on disk. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/period.h"
#include "cli/talk.h"
#include "core/json.h"

#define DEFAULT_S 30.0
#define GRACE_MS  2000 /* for the answer to come through */

enum { TIMEOUT };

static const struct mpy_option options[] = {
	[TIMEOUT] = { "timeout", 't', "S", "seconds to wait (default 30)" },
	{ 0 }
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

/* Seconds, with or without a unit behind them. */
static bool parse_timeout(const char *text, int64_t *ms)
{
	double seconds = DEFAULT_S;
	int64_t ns;
	char *end;

	if (text && !mpy_period_parse(text, &ns)) {
		seconds = (double)ns / 1e9;
	} else if (text) {
		seconds = strtod(text, &end);
		if (!*text || *end)
			seconds = -1;
	}
	if (!(seconds >= 0 && seconds <= 86400)) {
		mpy_cli_error("--timeout wants seconds, at most 86400");
		return false;
	}
	*ms = (int64_t)(seconds * 1000);
	return true;
}

static enum mpy_exit timed_out(const struct mpy_cli *cli, const char *why,
			       int64_t ms)
{
	struct mpy_json *json;
	char *safe = mpy_output_safe(why);

	mpy_cli_error("not everything was judged within %.3g s (%s)",
		      (double)ms / 1000, safe);
	free(safe);
	if (!cli->json)
		return MPY_EXIT_FOUND;
	json = mpy_cli_must(mpy_json_object());
	mpy_json_set_bool(json, "ok", false);
	mpy_json_set_str(json, "error", why);
	mpy_cli_print_json(json, 0);
	mpy_json_free(json);
	return MPY_EXIT_FOUND;
}

static enum mpy_exit finish(const struct mpy_cli *cli,
			    const struct mpy_json *answer, int64_t waited_ms,
			    int64_t timeout_ms)
{
	const char *error = mpy_json_str(answer, "error", "no reason given");
	char *safe;

	if (mpy_json_bool(answer, "ok", false)) {
		if (cli->json)
			mpy_cli_print_json(answer, 0);
		else
			printf("all that happened before is judged and "
			       "recorded (%.2f s)\n",
			       (double)waited_ms / 1000);
		return MPY_EXIT_OK;
	}
	/* The daemon's clock may be a tick ahead of ours. */
	if (!strncmp(error, "timed out", 9) || waited_ms + 20 >= timeout_ms)
		return timed_out(cli, error, timeout_ms);
	/* There is nothing else that mpyd refuses a sync for. */
	safe = mpy_output_safe(error);
	mpy_cli_error("mpyd hears nothing from the module: %s", safe);
	free(safe);
	return MPY_EXIT_NO_DAEMON;
}

static struct mpy_json *request(int64_t timeout_ms)
{
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_str(json, "command", "sync");
	mpy_json_set_int(json, "timeout_ms", timeout_ms);
	return json;
}

static enum mpy_exit run(struct mpy_cli *cli)
{
	struct mpy_json *answer = NULL;
	enum mpy_exit status;
	struct mpy_talk talk;
	int64_t ms, began = now_ms();
	int err;

	if (!parse_timeout(cli->options[TIMEOUT], &ms))
		return MPY_EXIT_USAGE;
	status = mpy_talk_open(&talk, cli, request(ms));
	if (!status) {
		err = mpy_talk_next(&talk, (int)ms + GRACE_MS, &answer);
		if (err == -ETIMEDOUT)
			status = timed_out(cli, "timed out", ms);
		else if (err)
			status = mpy_talk_failed(err);
		else
			status = finish(cli, answer, now_ms() - began, ms);
		mpy_json_free(answer);
	}
	mpy_talk_close(&talk);
	return status;
}

const struct mpy_command mpy_cmd_sync = {
	.name = "sync",
	.arguments = "",
	.need = MPY_NEED_DAEMON,
	.help = "wait until all that happened so far is judged",
	.options = options,
	.run = run,
};
