// SPDX-License-Identifier: GPL-2.0-or-later
/* spool.c - findings on their way to the database. */
#include "daemon/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/finding.h"
#include "core/judgeproc.h"
#include "core/log.h"
#include "core/store.h"

#define BATCH_MS    100
#define BATCH_ROWS  256
#define RETRY_MS    1000
#define SPOOL_MAX   4096
#define SPOOL_BYTES (64u << 20)

struct entry {
	struct entry *next;
	struct mpy_finding *finding;
	size_t weight;
	char id[MPY_STORE_ID];
	enum mpy_spool_news news;
};

struct mpy_spool {
	struct mpy_store *store;
	struct mpy_spool_sink sink;
	struct entry *first, **last;
	size_t count, weight;
	uint64_t first_ms, retry_ms; /* 0: none */
	char problem[300];
	uint64_t lost;
};

struct mpy_spool *mpy_spool_new(struct mpy_store *store,
				const struct mpy_spool_sink *sink)
{
	struct mpy_spool *spool = calloc(1, sizeof(*spool));

	if (!spool)
		return NULL;
	spool->store = store;
	spool->sink = *sink;
	spool->last = &spool->first;
	return spool;
}

static size_t weigh(const struct mpy_finding *finding)
{
	const struct mpy_judgement *judgement = finding->judgement;
	size_t weight = 8192 + finding->script.contents_size, i;

	for (i = 0; i < finding->process.argc; i++)
		weight += strlen(finding->process.argv[i]) + 32;
	for (i = 0; judgement && i < judgement->n_layers; i++)
		weight += judgement->layers[i].contents_size;
	return weight;
}

static void free_entry(struct mpy_spool *spool, struct entry *entry)
{
	spool->count--;
	spool->weight -= entry->weight;
	mpy_finding_free(entry->finding);
	free(entry);
}

/* The journal is then the only record. */
static void give_up(struct mpy_spool *spool, const struct mpy_finding *finding,
		    const char *why)
{
	char path[300];
	const char *name = finding->script.path;

	spool->lost++;
	mpy_escape(name ? name : "", name ? strlen(name) : 0, path,
		   sizeof(path));
	mpy_log(MPY_LOG_ERROR,
		"%s not recorded: %s; %s pid %u path \"%s\" sha256 %s",
		finding->observation ? "observation" : "finding", why,
		finding->slug, finding->process.pid, path,
		finding->script.sha256);
}

/* Makes room by dropping the oldest observation; false if there is none. */
static bool drop_observation(struct mpy_spool *spool)
{
	struct entry **at = &spool->first, *entry;

	while (*at && !(*at)->finding->observation)
		at = &(*at)->next;
	entry = *at;
	if (!entry)
		return false;
	*at = entry->next;
	if (spool->last == &entry->next)
		spool->last = at;
	give_up(spool, entry->finding, "too many are waiting");
	free_entry(spool, entry);
	return true;
}

void mpy_spool_add(struct mpy_spool *spool, struct mpy_finding *finding)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	size_t weight = weigh(finding);

	while (entry && (spool->count >= SPOOL_MAX ||
			 spool->weight + weight > SPOOL_BYTES))
		if (!drop_observation(spool))
			break;
	if (!entry || spool->count >= SPOOL_MAX ||
	    (spool->count && spool->weight + weight > SPOOL_BYTES)) {
		give_up(spool, finding, entry ? "too many are waiting" :
						"out of memory");
		mpy_finding_free(finding);
		free(entry);
		return;
	}
	entry->finding = finding;
	entry->weight = weight;
	*spool->last = entry;
	spool->last = &entry->next;
	spool->count++;
	spool->weight += weight;
}

static bool may_pass(int r)
{
	return r == -ENOSPC || r == -EIO || r == -EBUSY || r == -ENOMEM ||
	       r == -EROFS || r == -EACCES || r == -EDQUOT;
}

/* Adds entries up to a batch; the number added, or -errno of the first. */
static int add_batch(struct mpy_spool *spool)
{
	struct entry **at = &spool->first, *entry;
	int n = 0;

	while ((entry = *at) && n < BATCH_ROWS) {
		int r = spool->store ? mpy_store_add(spool->store,
						     entry->finding, entry->id,
						     sizeof(entry->id)) :
				       0;

		if (r < 0 && may_pass(r))
			return n ? n : r;
		if (r < 0) { /* it would fail for ever */
			give_up(spool, entry->finding, strerror(-r));
			*at = entry->next;
			if (spool->last == &entry->next)
				spool->last = at;
			free_entry(spool, entry);
			continue;
		}
		entry->news = r == MPY_STORE_MERGED   ? MPY_NEWS_MERGED :
			      r == MPY_STORE_SAME_RUN ? MPY_NEWS_SAME_RUN :
							MPY_NEWS_NEW;
		n++;
		at = &entry->next;
	}
	return n;
}

static void finish_batch(struct mpy_spool *spool, int n)
{
	while (n-- > 0) {
		struct entry *entry = spool->first;

		spool->first = entry->next;
		if (!spool->first)
			spool->last = &spool->first;
		spool->sink.committed(spool->sink.context, entry->finding,
				      entry->id, entry->news);
		free_entry(spool, entry);
	}
}

static void note_failure(struct mpy_spool *spool, int r, uint64_t now_ms)
{
	const char *sentence = spool->store ? mpy_store_error(spool->store) :
					      NULL;

	if (!spool->problem[0])
		mpy_log(MPY_LOG_ERROR,
			"the database takes no findings: %s; they are kept in"
			" memory and tried again every second",
			sentence && *sentence ? sentence : strerror(-r));
	snprintf(spool->problem, sizeof(spool->problem), "%s",
		 sentence && *sentence ? sentence : strerror(-r));
	spool->retry_ms = now_ms + RETRY_MS;
}

static void commit(struct mpy_spool *spool, uint64_t now_ms)
{
	while (spool->first) {
		int n = add_batch(spool), r = 0;

		if (n < 0)
			r = n;
		else if (n > 0 && spool->store)
			r = mpy_store_commit(spool->store);
		if (r < 0) {
			note_failure(spool, r, now_ms);
			return;
		}
		finish_batch(spool, n);
	}
	if (spool->problem[0])
		mpy_log(MPY_LOG_NOTICE, "the database takes findings again;"
			" all that waited are recorded");
	spool->problem[0] = '\0';
	spool->retry_ms = 0;
}

void mpy_spool_flush(struct mpy_spool *spool, uint64_t now_ms, bool force)
{
	if (!spool->first) {
		spool->first_ms = 0;
		return;
	}
	if (!spool->first_ms)
		spool->first_ms = now_ms;
	if (spool->retry_ms && now_ms < spool->retry_ms)
		return;
	if (!force && !spool->retry_ms && spool->count < BATCH_ROWS &&
	    now_ms - spool->first_ms < BATCH_MS)
		return;
	commit(spool, now_ms);
	spool->first_ms = spool->first ? now_ms : 0;
}

size_t mpy_spool_size(const struct mpy_spool *spool)
{
	return spool->count;
}

const char *mpy_spool_problem(const struct mpy_spool *spool)
{
	return spool->problem[0] ? spool->problem : NULL;
}

uint64_t mpy_spool_lost(const struct mpy_spool *spool)
{
	return spool->lost;
}

void mpy_spool_free(struct mpy_spool *spool)
{
	struct entry *entry;

	if (!spool)
		return;
	while ((entry = spool->first)) {
		spool->first = entry->next;
		give_up(spool, entry->finding, "mpyd ends");
		free_entry(spool, entry);
	}
	free(spool);
}
