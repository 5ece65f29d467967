/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kept.h - files that the daemon may still want to open: a bounded number of
 * paths, each for a bounded time.
 */
#ifndef MPY_KEPT_H
#define MPY_KEPT_H

#include <linux/path.h>
#include <linux/types.h>

/*
 * Keep a path, and a second one if script is not NULL; the references are
 * the keeper's own. Process context. Returns a ticket, or 0 if the file is
 * not kept (no memory; a file that user space serves).
 */
u64 mpy_kept_add(const struct path *path, const struct path *script);

/* The event of this ticket got its number; the time starts again. */
void mpy_kept_number(u64 ticket, u64 seq);

/* The event was lost, the paths are of no use. Process context. */
void mpy_kept_drop(u64 ticket);

/* Find by number; *path gets a reference. Any task context. 0 or -ENOENT. */
int mpy_kept_find(u64 seq, bool script, struct path *path);

/* Process context, nobody adds any more: drop all, wait for the clock. */
void mpy_kept_close(void);

#endif
