// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay.c - the pipeline over a recording. Facts were learned later than
 * the messages they belong to, so the file is walked twice: first for an
 * index of facts, then for the messages.
 */
#include "daemon/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/finding.h"
#include "core/json.h"
#include "core/log.h"
#include "daemon/facts.h"
#include "daemon/images.h"
#include "daemon/pipeline.h"
#include "daemon/recording.h"

#define FACTS_MAX (1u << 24)

struct place {
	uint64_t seq, offset;
	uint32_t type;
};

struct mpy_file_job {
	struct mpy_file_facts facts;
};

struct replay {
	struct mpy_outside outside;
	struct mpy_host host;
	struct mpy_recording *messages; /* walked in order */
	struct mpy_recording *facts;	/* looked up */
	struct place *places;		/* sorted by type and seq */
	size_t n_places, room;
	struct mpy_images *images;
	struct mpy_assembler assembler;
	struct mpy_pipeline *pipeline;
	struct mpy_store *store;
	bool done; /* the last fence came back */
	uint64_t new, merged;
};

/* ---- facts --------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int add_place(struct replay *replay, const struct mpy_record *record)
{
	if (replay->n_places == replay->room) {
		size_t room = replay->room ? replay->room * 2 : 1024;
		struct place *grown;

		if (room > FACTS_MAX)
			return -E2BIG;
		grown = realloc(replay->places, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		replay->places = grown;
		replay->room = room;
	}
	replay->places[replay->n_places++] =
		(struct place){ record->seq, record->offset, record->type };
	return 0;
}

static int add_image(struct replay *replay, const struct mpy_record *record)
{
	struct mpy_image_facts facts;
	struct mpy_file_id id;
	int r = mpy_image_facts_get(record->data, record->size, &id, &facts);

	if (r < 0)
		return r;
	mpy_images_claim(replay->images, &id, INT64_MAX);
	mpy_images_set_class(replay->images, &id, facts.class);
	mpy_images_set_digest(replay->images, &id, facts.sha256);
	return 0;
}

static int index_record(struct replay *replay, const struct mpy_record *record)
{
	switch (record->type) {
	case MPY_RECORD_HOST:
		if (replay->host.machine_id)
			return 0;
		return mpy_host_get(record->data, record->size, &replay->host);
	case MPY_RECORD_EXEC:
	case MPY_RECORD_FILE:
		return add_place(replay, record);
	case MPY_RECORD_IMAGE:
		return add_image(replay, record);
	}
	return 0; /* messages, and what a newer mpyd may write */
}

static int index_facts(struct replay *replay)
{
	struct mpy_record record;
	int r;

	while ((r = mpy_recording_next(replay->facts, &record)) == 1) {
		r = index_record(replay, &record);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return r;
	if (replay->n_places)
		qsort(replay->places, replay->n_places,
		      sizeof(*replay->places), compare);
	return replay->host.machine_id ? 0 : -EBADMSG;
}

static int look_up(struct replay *replay, uint32_t type, uint64_t seq,
		   struct mpy_record *out)
{
	const struct place key = { seq, 0, type };
	const struct place *place;

	if (!replay->n_places)
		return 0;
	place = bsearch(&key, replay->places, replay->n_places,
			sizeof(*replay->places), compare);
	return place ? mpy_recording_at(replay->facts, place->offset, out) : 0;
}

static struct mpy_exec_facts *exec_facts(void *context,
					 const struct mpy_event *event)
{
	struct mpy_record record;

	if (look_up(context, MPY_RECORD_EXEC, event->seq, &record) != 1)
		return NULL;
	return mpy_exec_facts_get(record.data, record.size);
}

static void image_facts(void *context, const struct mpy_event *event,
			bool digest, struct mpy_image_facts *out)
{
	struct replay *replay = context;

	mpy_images_get(replay->images, &event->exe, digest, 0, out);
}

static struct mpy_file_job *file_begin(void *context, struct mpy_event *event)
{
	struct mpy_file_job *job = calloc(1, sizeof(*job));
	struct mpy_record record;

	if (!job)
		return NULL;
	if (look_up(context, MPY_RECORD_FILE, event->seq, &record) != 1 ||
	    mpy_file_facts_get(record.data, record.size, &job->facts) < 0)
		job->facts.absent = strdup("the file could not be read whole");
	return job;
}

static bool file_done(void *context, struct mpy_file_job *job,
		      struct mpy_file_facts *out)
{
	*out = job->facts;
	free(job);
	return true;
}

static int64_t now(void *context, const struct mpy_event *event)
{
	return event->real_ns;
}

/* ---- messages ------------------------------------------------------------------- */

static void print_finding(const struct mpy_finding *finding)
{
	struct mpy_json *json = mpy_finding_json(finding);
	char *text = json ? mpy_json_print(json, 0, NULL) : NULL;

	if (text)
		puts(text);
	free(text);
	mpy_json_free(json);
}

static void committed(void *context, const struct mpy_finding *finding,
		      const char *id, enum mpy_spool_news news)
{
	struct replay *replay = context;

	if (news == MPY_NEWS_NEW)
		replay->new++;
	else
		replay->merged++;
	if (!replay->store)
		print_finding(finding);
}

static void fence_done(void *context, uint64_t id)
{
	struct replay *replay = context;

	replay->done = true;
}

static int feed(struct replay *replay, const struct mpy_record *record)
{
	struct mpy_event *event;
	uint32_t cmd;
	int r;

	if (record->size < sizeof(cmd))
		return -EBADMSG;
	memcpy(&cmd, record->data, sizeof(cmd));
	r = mpy_event_feed(&replay->assembler, cmd, record->data + sizeof(cmd),
			   record->size - sizeof(cmd), &event);
	if (r == 1)
		mpy_pipeline_event(replay->pipeline, event);
	mpy_pipeline_tick(replay->pipeline);
	return r == -ENOMEM ? r : 0; /* the live daemon goes on, too */
}

/* Everything committed, or a database that does not take it. */
static int finish(struct replay *replay, char *why, size_t why_size)
{
	struct mpy_event *fence = calloc(1, sizeof(*fence));
	const struct timespec pause = { 0, 50000000 };
	struct mpy_pipeline_status status;
	int i;

	if (!fence)
		return -ENOMEM;
	fence->kind = MPY_EVENT_FENCE;
	fence->fd = -1;
	fence->seq = 1;
	mpy_pipeline_event(replay->pipeline, fence);
	for (i = 0; i < 100 && !replay->done; i++) {
		mpy_pipeline_tick(replay->pipeline);
		if (!replay->done)
			nanosleep(&pause, NULL);
	}
	if (replay->done)
		return 0;
	mpy_pipeline_status(replay->pipeline, &status);
	snprintf(why, why_size, "not all findings were recorded: %s",
		 status.problem);
	return -EIO;
}

static double seconds_since(const struct timespec *start)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	return (double)(end.tv_sec - start->tv_sec) +
	       (double)(end.tv_nsec - start->tv_nsec) / 1e9;
}

static void sum_up(struct replay *replay, double seconds)
{
	struct mpy_pipeline_status s;

	mpy_pipeline_status(replay->pipeline, &s);
	fprintf(stderr,
		"replayed %llu events (%llu exec, %llu read) in %.3f s: %.0f"
		" events/s; %llu judged, %llu cache hits, %llu findings,"
		" %llu observations, %llu refused messages\n",
		(unsigned long long)s.events, (unsigned long long)s.execs,
		(unsigned long long)s.reads, seconds,
		seconds > 0 ? (double)s.events / seconds : 0,
		(unsigned long long)s.judged, (unsigned long long)s.cache_hits,
		(unsigned long long)s.findings,
		(unsigned long long)s.observations,
		(unsigned long long)replay->assembler.invalid);
}

static int walk(struct replay *replay, char *why, size_t why_size)
{
	struct mpy_record record;
	struct timespec start;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &start);
	while ((r = mpy_recording_next(replay->messages, &record)) == 1) {
		if (record.type != MPY_RECORD_MESSAGE)
			continue;
		r = feed(replay, &record);
		if (r < 0)
			break;
	}
	if (r == 0 && mpy_recording_rest(replay->messages))
		mpy_log(MPY_LOG_WARNING, "the recording is cut off: %llu bytes"
			" at its end are no whole record and were left out",
			(unsigned long long)mpy_recording_rest(
				replay->messages));
	if (r < 0)
		snprintf(why, why_size, "the recording is damaged: %s",
			 strerror(-r));
	else
		r = finish(replay, why, why_size);
	sum_up(replay, seconds_since(&start));
	return r;
}

static int open_recording(const char *path, struct mpy_recording **out,
			  char *why, size_t why_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd >= 0)
		return mpy_recording_open(fd, out, why, why_size);
	r = -errno;
	snprintf(why, why_size, "cannot be opened: %s", strerror(-r));
	return r;
}

static int prepare(struct replay *replay, const char *path, char *why,
		   size_t why_size)
{
	int r = open_recording(path, &replay->messages, why, why_size);

	if (r == 0)
		r = open_recording(path, &replay->facts, why, why_size);
	if (r < 0)
		return r;
	replay->images = mpy_images_new();
	r = replay->images ? index_facts(replay) : -ENOMEM;
	if (r < 0)
		snprintf(why, why_size, r == -EBADMSG ?
			 "holds damaged facts, or none about its host" :
			 "cannot be read");
	return r;
}

int mpy_replay_run(const char *path,
		   const struct mpy_pipeline_settings *settings,
		   struct mpy_store *store, char *why, size_t why_size)
{
	struct replay replay = { .store = store };
	const struct mpy_pipeline_hooks hooks = { { committed, &replay }, NULL,
						  fence_done, &replay };
	char reason[300] = "";
	int r;

	replay.outside = (struct mpy_outside){ &replay,	    &replay.host,
					       true,	    exec_facts,
					       image_facts, file_begin,
					       file_done,   now };
	r = prepare(&replay, path, reason, sizeof(reason));
	if (r < 0)
		snprintf(why, why_size, "%s %s", path, reason);
	if (r == 0)
		r = mpy_pipeline_new(settings, &replay.outside, store, &hooks,
				     &replay.pipeline, why, why_size);
	if (r == 0)
		r = walk(&replay, why, why_size);
	mpy_pipeline_free(replay.pipeline);
	mpy_assembler_reset(&replay.assembler);
	mpy_images_free(replay.images);
	mpy_recording_close(replay.messages);
	mpy_recording_close(replay.facts);
	mpy_host_clear(&replay.host);
	free(replay.places);
	return r;
}
