/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notify.h - tells people: one line in the journal for each finding, the
 * finding itself for each watcher. The worker reports, the main thread takes
 * the lines. Observations are told to nobody.
 */
#ifndef MPY_DAEMON_NOTIFY_H
#define MPY_DAEMON_NOTIFY_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/spool.h"

struct mpy_notify;
struct mpy_store;

/* wake: an eventfd that is written to when there are lines. The last finding
 * so far is read from store. NULL without memory. */
struct mpy_notify *mpy_notify_new(struct mpy_store *store, int wake);
void mpy_notify_free(struct mpy_notify *notify);

/* After a commit; a struct mpy_spool_sink's function, context is notify. */
void mpy_notify_committed(void *notify, const struct mpy_finding *finding,
			  const char *id, enum mpy_spool_news news);

/* Without watchers no lines are made. */
void mpy_notify_set_watchers(struct mpy_notify *notify, unsigned int n);
/* The next line with its newline, the caller's; NULL if there is none. */
char *mpy_notify_take(struct mpy_notify *notify, size_t *size);

struct mpy_notify_sums {
	uint64_t findings, observations; /* in the database */
	int64_t last_ns;		 /* 0: none */
	char last_id[32];
};
void mpy_notify_sum(struct mpy_notify *notify, struct mpy_notify_sums *out);

#endif
