/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * control.h - the socket that mpyctl talks to (core/protocol.h). Main thread
 * only. Clients are bounded in number, in what they send and in what they
 * leave unread; a slow one is closed, nobody waits for it.
 */
#ifndef MPY_DAEMON_CONTROL_H
#define MPY_DAEMON_CONTROL_H

#include <stddef.h>
#include <sys/types.h>

struct mpy_control;
struct mpy_json;
struct mpy_loop;
struct mpy_sync;

struct mpy_control_ops {
	/* The status object, the caller's; NULL without memory. */
	struct mpy_json *(*status)(void *context);
	/* See sync.h; why receives a sentence with a negative return. */
	int (*sync)(void *context, struct mpy_sync *sync, char *why,
		    size_t why_size);
	void (*watchers)(void *context, unsigned int n);
	void *context;
};

/* Binds path (mode 0660, group gid unless it is -1) and serves it from loop.
 * A socket left behind by a daemon that is gone is replaced. -errno. */
int mpy_control_open(struct mpy_loop *loop, const char *path, gid_t gid,
		     const struct mpy_control_ops *ops,
		     struct mpy_control **out);
/* Closes clients and removes the socket. Accepts NULL. */
void mpy_control_close(struct mpy_control *control);

/* One line with its newline to every watcher. */
void mpy_control_broadcast(struct mpy_control *control, const char *line,
			   size_t size);

#endif
