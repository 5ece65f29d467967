// SPDX-License-Identifier: GPL-2.0-or-later
/* The client's end of the control socket; see talk.h. */
#include "cli/talk.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"

/* No one answers: what can be said about why, without any rights. */
static enum mpy_exit nobody(const char *path, int err)
{
	bool module = !access("/sys/module/mpy", F_OK);

	if (err == -EACCES || err == -EPERM) {
		mpy_cli_error("no access to mpyd's control socket %s: root and "
			      "members of the group mpy have it", path);
		return MPY_EXIT_NO_DAEMON;
	}
	if (err != -ENOENT && err != -ECONNREFUSED && err != -ENOTDIR) {
		mpy_cli_error("cannot reach mpyd at %s: %s", path,
			      strerror(-err));
		return MPY_EXIT_FAILURE;
	}
	mpy_cli_error("mpyd is not running (nobody listens at %s), and the "
		      "module mpy is %sloaded; start both with: systemctl "
		      "start mpyd", path, module ? "" : "not ");
	return MPY_EXIT_NO_DAEMON;
}

enum mpy_exit mpy_talk_open(struct mpy_talk *talk, const struct mpy_cli *cli,
			    struct mpy_json *request)
{
	int err = 0;

	memset(talk, 0, sizeof(*talk));
	talk->lines.limit = MPY_LINE_MAX;
	mpy_cli_must(request);
	talk->fd = mpy_protocol_connect(cli->socket);
	if (talk->fd >= 0)
		err = mpy_protocol_send(talk->fd, request);
	mpy_json_free(request);
	if (talk->fd < 0)
		return nobody(cli->socket, talk->fd);
	return err ? mpy_talk_failed(err) : MPY_EXIT_OK;
}

int mpy_talk_next(struct mpy_talk *talk, int timeout_ms, struct mpy_json **out)
{
	return mpy_protocol_receive(talk->fd, &talk->lines, timeout_ms, out);
}

enum mpy_exit mpy_talk_failed(int err)
{
	switch (err) {
	case -ECONNRESET:
	case -EPIPE:
		mpy_cli_error("mpyd closed the connection; see: journalctl -u "
			      "mpyd");
		return MPY_EXIT_NO_DAEMON;
	case -ETIMEDOUT:
		mpy_cli_error("mpyd does not answer; see: systemctl status "
			      "mpyd");
		return MPY_EXIT_FAILURE;
	case -EBADMSG:
		mpy_cli_error("the answer of mpyd is not understood: are mpyd "
			      "and mpyctl of one version?");
		return MPY_EXIT_FAILURE;
	default:
		mpy_cli_error("talking to mpyd failed: %s", strerror(-err));
		return MPY_EXIT_FAILURE;
	}
}

void mpy_talk_close(struct mpy_talk *talk)
{
	if (talk->fd >= 0)
		close(talk->fd);
	mpy_lines_free(&talk->lines);
}
