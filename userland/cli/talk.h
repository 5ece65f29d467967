/* SPDX-License-Identifier: GPL-2.0-or-later */
/* talk.h - one conversation with mpyd over its control socket. */
#ifndef MPY_CLI_TALK_H
#define MPY_CLI_TALK_H

#include "cli/cli.h"
#include "core/protocol.h"

struct mpy_talk {
	int fd;
	struct mpy_lines lines;
};

/* Connects and sends request (which is freed). MPY_EXIT_OK, or the exit status
 * after a sentence was printed. End with mpy_talk_close() in any case. */
enum mpy_exit mpy_talk_open(struct mpy_talk *talk, const struct mpy_cli *cli,
			    struct mpy_json *request);
/* The next answer within timeout_ms (-1: for ever); *out is the caller's.
 * 0 or -errno, nothing printed. */
int mpy_talk_next(struct mpy_talk *talk, int timeout_ms, struct mpy_json **out);
/* Says why there was no answer; gives the exit status for it. */
enum mpy_exit mpy_talk_failed(int err);
void mpy_talk_close(struct mpy_talk *talk);

#endif
