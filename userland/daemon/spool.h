/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spool.h - findings on their way to the database. They stay here until a
 * commit has succeeded: a full disk or a locked database delays them and
 * loses none, up to the bound, which is told.
 */
#ifndef MPY_DAEMON_SPOOL_H
#define MPY_DAEMON_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mpy_finding;
struct mpy_spool;
struct mpy_store;

enum mpy_spool_news { MPY_NEWS_NEW, MPY_NEWS_MERGED, MPY_NEWS_SAME_RUN };

/* Called for each finding after its commit, in order. */
struct mpy_spool_sink {
	void (*committed)(void *context, const struct mpy_finding *finding,
			  const char *id, enum mpy_spool_news news);
	void *context;
};

/* store may be NULL (replay without a database): everything is "committed"
 * at the next flush. sink outlives the spool. NULL without memory. */
struct mpy_spool *mpy_spool_new(struct mpy_store *store,
				const struct mpy_spool_sink *sink);
/* What could not be committed is named in the log. */
void mpy_spool_free(struct mpy_spool *spool);

/* Takes finding. */
void mpy_spool_add(struct mpy_spool *spool, struct mpy_finding *finding);

/*
 * Commits if it is time (100 ms after the first, or 256 findings) or force is
 * given; after an error it tries again every second. now_ms: any steady
 * clock.
 */
void mpy_spool_flush(struct mpy_spool *spool, uint64_t now_ms, bool force);

size_t mpy_spool_size(const struct mpy_spool *spool);
/* The sentence of the last error, NULL if the last commit was fine. */
const char *mpy_spool_problem(const struct mpy_spool *spool);
/* Findings given up because the bound was reached. */
uint64_t mpy_spool_lost(const struct mpy_spool *spool);

#endif
