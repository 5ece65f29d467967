/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.h - the regular files below a path, in the order of their paths'
 * bytes. Links are followed where they are named, not below; pseudo file
 * systems (proc, sysfs, ...) are left out below the named path, since reading
 * there may block or consume. Memory: the names of the folders on the way
 * down.
 */
#ifndef MPY_CLI_WALK_H
#define MPY_CLI_WALK_H

#include <stdbool.h>

struct mpy_walk {
	/*
	 * A regular file, opened for reading (closed by the walk), or fd =
	 * -errno if it cannot be opened. named: it was named itself, not found
	 * below a folder. Non-zero ends the walk.
	 */
	int (*file)(void *context, int fd, const char *path, bool named);
	/* Something that is not looked at, and why. failure: that is an error
	 * (a path or folder that cannot be opened), not a rule. */
	void (*skipped)(void *context, const char *path, const char *why,
			bool failure);
	void *context;
};

/* 0, what file returned, or -ENOMEM. */
int mpy_walk_path(const struct mpy_walk *walk, const char *path);

#endif
