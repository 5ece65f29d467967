// SPDX-License-Identifier: GPL-2.0-or-later
/* status.c - the object that "mpyctl status" shows. */
#include "daemon/status.h"

#include <stdio.h>

#include "core/json.h"
#include "daemon/notify.h"
#include "daemon/pipeline.h"
#include "daemon/stats.h"

static bool is_attached(const struct mpy_status_parts *parts, unsigned int i)
{
	return !parts->no_module &&
	       parts->stats->sights[i].state == MPY_SIGHT_ATTACHED;
}

bool mpy_status_healthy(const struct mpy_status_parts *parts)
{
	unsigned int i;

	for (i = 0; i < MPY_SIGHT_COUNT; i++)
		if (!is_attached(parts, i))
			return false;
	return parts->pipeline->problem[0] == '\0';
}

static void set_sights(struct mpy_json *object,
		       const struct mpy_status_parts *parts)
{
	struct mpy_json *sights = mpy_json_object();
	unsigned int i;

	for (i = 0; i < MPY_SIGHT_COUNT; i++) {
		const struct mpy_sight_stats *sight = &parts->stats->sights[i];
		char state[240];

		if (is_attached(parts, i))
			snprintf(state, sizeof(state), "attached");
		else if (parts->no_module)
			snprintf(state, sizeof(state), "failed:%.220s",
				 parts->no_module);
		else if (sight->state == MPY_SIGHT_OFF)
			snprintf(state, sizeof(state), "off");
		else
			snprintf(state, sizeof(state), "failed:%s",
				 sight->why[0] ? sight->why : "unknown");
		mpy_json_set_str(sights, mpy_sight_name(i), state);
	}
	mpy_json_set_str(sights, "compile", "off");
	mpy_json_set(object, "sights", sights);
}

static uint64_t sum_lost(const struct mpy_sight_stats *sight)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < MPY_LOST_COUNT; i++)
		sum += sight->lost[i];
	return sum;
}

static struct mpy_json *sight_counts(const struct mpy_sight_stats *sight)
{
	struct mpy_json *object = mpy_json_object();
	struct mpy_json *lost = mpy_json_object();
	unsigned int i;

	mpy_json_set_int(object, "caused", (int64_t)sight->caused);
	mpy_json_set_int(object, "delivered", (int64_t)sight->delivered);
	for (i = 0; i < MPY_LOST_COUNT; i++)
		if (sight->lost[i])
			mpy_json_set_int(lost, mpy_lost_name(i),
					 (int64_t)sight->lost[i]);
	mpy_json_set(object, "lost", lost);
	return object;
}

static void set_events(struct mpy_json *object, const struct mpy_stats *stats)
{
	struct mpy_json *events = mpy_json_object();
	struct mpy_json *by_sight = mpy_json_object();
	uint64_t caused = 0, delivered = 0, lost = 0;
	unsigned int i;

	for (i = 0; i < MPY_SIGHT_COUNT; i++) {
		const struct mpy_sight_stats *sight = &stats->sights[i];

		caused += sight->caused;
		delivered += sight->delivered;
		lost += sum_lost(sight);
		mpy_json_set(by_sight, mpy_sight_name(i), sight_counts(sight));
	}
	mpy_json_set_int(events, "caused", (int64_t)caused);
	mpy_json_set_int(events, "delivered", (int64_t)delivered);
	mpy_json_set_int(events, "lost", (int64_t)lost);
	mpy_json_set(events, "by_sight", by_sight);
	mpy_json_set(object, "events", events);
}

static void set_queue(struct mpy_json *object,
		      const struct mpy_status_parts *parts)
{
	struct mpy_json *queue = mpy_json_object();

	mpy_json_set_int(queue, "depth", parts->stats->depth);
	mpy_json_set_int(queue, "max", parts->stats->most);
	mpy_json_set_int(queue, "limit", parts->stats->limit);
	mpy_json_set(object, "queue", queue);
}

static void set_work(struct mpy_json *object,
		     const struct mpy_status_parts *parts)
{
	const struct mpy_pipeline_status *from = parts->pipeline;
	struct mpy_json *work = mpy_json_object();

	mpy_json_set_int(work, "events", (int64_t)from->events);
	mpy_json_set_int(work, "judged", (int64_t)from->judged);
	mpy_json_set_int(work, "cache_hits", (int64_t)from->cache_hits);
	mpy_json_set_int(work, "unjudged", (int64_t)from->unjudged);
	mpy_json_set_int(work, "lost_findings", (int64_t)from->lost);
	mpy_json_set_int(work, "waiting", (int64_t)from->waiting);
	mpy_json_set_int(work, "queued", (int64_t)parts->queue_depth);
	mpy_json_set_int(work, "subjects", (int64_t)from->subjects);
	mpy_json_set_int(work, "unclassified",
			 (int64_t)parts->stats->unclassified);
	mpy_json_set_int(work, "refused_messages", (int64_t)parts->refused);
	mpy_json_set_int(work, "missing_messages", (int64_t)parts->holes);
	mpy_json_set(object, "work", work);
}

struct mpy_json *mpy_status_json(const struct mpy_status_parts *parts)
{
	static const struct mpy_stats none;
	struct mpy_status_parts p = *parts;
	struct mpy_json *object = mpy_json_object();

	if (!object)
		return NULL;
	if (p.no_module)
		p.stats = &none;
	mpy_json_set_bool(object, "healthy", mpy_status_healthy(&p));
	set_sights(object, &p);
	set_events(object, p.stats);
	set_queue(object, &p);
	mpy_json_set_str(object, "kernel", p.kernel);
	if (!p.no_module)
		mpy_json_set_str(object, "module", p.module_version);
	mpy_json_set_str(object, "model", p.pipeline->model);
	mpy_json_set_str(object, "version", MPY_VERSION);
	mpy_json_set_str(object, "database", p.database);
	if (p.sums->last_ns)
		mpy_json_set_time(object, "last_finding", p.sums->last_ns);
	mpy_json_set_int(object, "findings", (int64_t)p.sums->findings);
	mpy_json_set_int(object, "observations",
			 (int64_t)p.sums->observations);
	if (p.no_module)
		mpy_json_set_str(object, "problem", p.no_module);
	else if (p.pipeline->problem[0])
		mpy_json_set_str(object, "problem", p.pipeline->problem);
	set_work(object, &p);
	return object;
}
