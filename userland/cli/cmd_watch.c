// SPDX-License-Identifier: GPL-2.0-or-later
/* mpyctl watch: each finding as it is recorded, until interrupted. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/report.h"
#include "cli/talk.h"
#include "core/json.h"

#define ANSWER_MS 10000

static const struct mpy_option options[] = { { 0 } };

/* Comes only while we wait, never while a line is being written. */
static void leave(int number)
{
	_exit(MPY_EXIT_OK);
}

static void catch_signals(sigset_t *set)
{
	struct sigaction action = { .sa_handler = leave };

	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigprocmask(SIG_BLOCK, set, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static int next(struct mpy_talk *talk, const sigset_t *set, int timeout_ms,
		struct mpy_json **out)
{
	int err;

	sigprocmask(SIG_UNBLOCK, set, NULL);
	err = mpy_talk_next(talk, timeout_ms, out);
	sigprocmask(SIG_BLOCK, set, NULL);
	return err;
}

static void print(const struct mpy_cli *cli, const struct mpy_json *finding)
{
	if (cli->json)
		mpy_cli_print_json(finding, 0);
	else
		mpy_report_row(&cli->out, finding);
	fflush(stdout);
}

static enum mpy_exit follow(const struct mpy_cli *cli, struct mpy_talk *talk)
{
	struct mpy_json *answer = NULL;
	sigset_t set;
	int err;

	catch_signals(&set);
	err = next(talk, &set, ANSWER_MS, &answer);
	if (!err && !mpy_json_bool(answer, "ok", false))
		err = -EBADMSG;
	mpy_json_free(answer);
	if (!err && !cli->json) {
		mpy_report_head(&cli->out);
		fflush(stdout);
	}
	while (!err && !ferror(stdout)) {
		err = next(talk, &set, -1, &answer);
		if (err)
			break;
		print(cli, answer);
		mpy_json_free(answer);
	}
	return err ? mpy_talk_failed(err) : MPY_EXIT_FAILURE;
}

static enum mpy_exit run(struct mpy_cli *cli)
{
	struct mpy_json *request = mpy_json_object();
	enum mpy_exit status;
	struct mpy_talk talk;

	mpy_json_set_str(request, "command", "watch");
	status = mpy_talk_open(&talk, cli, request);
	if (!status)
		status = follow(cli, &talk);
	mpy_talk_close(&talk);
	return status;
}

const struct mpy_command mpy_cmd_watch = {
	.name = "watch",
	.arguments = "",
	.need = MPY_NEED_DAEMON,
	.help = "follow new findings until interrupted",
	.options = options,
	.run = run,
};
