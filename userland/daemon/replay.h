/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.h - "mpyd --replay": the whole pipeline over a recording, without
 * kernel, root or the host it was made on.
 */
#ifndef MPY_DAEMON_REPLAY_H
#define MPY_DAEMON_REPLAY_H

#include <stddef.h>

struct mpy_pipeline_settings;
struct mpy_store;

/*
 * Replays the recording at path. Findings go to store; if it is NULL they
 * and the observations are printed to standard output, one JSON object a
 * line. One line with the sums goes to standard error. 0; -EBADMSG: no good
 * recording; -errno. why holds a sentence.
 */
int mpy_replay_run(const char *path,
		   const struct mpy_pipeline_settings *settings,
		   struct mpy_store *store, char *why, size_t why_size);

#endif
