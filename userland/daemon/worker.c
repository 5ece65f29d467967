// SPDX-License-Identifier: GPL-2.0-or-later
/* worker.c - the thread that walks events through the pipeline. */
#include "daemon/worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "daemon/event.h"
#include "daemon/pipeline.h"
#include "daemon/queue.h"

#define BUSY_MS 10
#define IDLE_MS 1000

struct mpy_worker {
	struct mpy_pipeline *pipeline;
	struct mpy_queue *events;
	int wake;
	pthread_t thread;
	bool stop;
	uint64_t beat; /* CLOCK_MONOTONIC, ms */
	pthread_mutex_t lock; /* guards what follows */
	struct mpy_pipeline_settings *wanted;
	int result; /* of the last reload: 1, -errno; 0: none to tell */
	char why[300];
};

static uint64_t steady_ms(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (uint64_t)at.tv_sec * 1000 + (uint64_t)at.tv_nsec / 1000000;
}

static void free_settings(struct mpy_pipeline_settings *settings)
{
	if (!settings)
		return;
	free((char *)settings->project);
	free((char *)settings->bundle);
	free((char *)settings->judge);
	free(settings);
}

static struct mpy_pipeline_settings *
copy_settings(const struct mpy_pipeline_settings *from)
{
	struct mpy_pipeline_settings *to = malloc(sizeof(*to));

	if (!to)
		return NULL;
	*to = *from;
	to->project = strdup(from->project ? from->project : "");
	to->bundle = strdup(from->bundle);
	to->judge = from->judge ? strdup(from->judge) : NULL;
	if (to->project && to->bundle && (!from->judge || to->judge))
		return to;
	free_settings(to);
	return NULL;
}

static void reload(struct mpy_worker *worker)
{
	struct mpy_pipeline_settings *settings;
	const uint64_t one = 1;
	char why[300] = "";
	int r;

	pthread_mutex_lock(&worker->lock);
	settings = worker->wanted;
	pthread_mutex_unlock(&worker->lock);
	if (!settings)
		return;
	r = mpy_pipeline_reload(worker->pipeline, settings, why, sizeof(why));
	pthread_mutex_lock(&worker->lock);
	worker->wanted = NULL;
	worker->result = r < 0 ? r : 1;
	memcpy(worker->why, why, sizeof(worker->why));
	pthread_mutex_unlock(&worker->lock);
	free_settings(settings);
	if (write(worker->wake, &one, sizeof(one)) < 0)
		mpy_log(MPY_LOG_ERROR, "worker: cannot wake the main loop: %s",
			strerror(errno));
}

static void *work(void *context)
{
	struct mpy_worker *worker = context;

	pthread_setname_np(pthread_self(), "mpyd-worker");
	while (!__atomic_load_n(&worker->stop, __ATOMIC_ACQUIRE)) {
		bool busy = mpy_pipeline_busy(worker->pipeline);
		struct mpy_event *event = mpy_queue_pop(
			worker->events, busy ? BUSY_MS : IDLE_MS);

		__atomic_store_n(&worker->beat, steady_ms(), __ATOMIC_RELAXED);
		if (event)
			mpy_pipeline_event(worker->pipeline, event);
		mpy_pipeline_tick(worker->pipeline);
		reload(worker);
	}
	return NULL;
}

struct mpy_worker *mpy_worker_start(struct mpy_pipeline *pipeline,
				    struct mpy_queue *events, int wake)
{
	struct mpy_worker *worker = calloc(1, sizeof(*worker));

	if (!worker)
		return NULL;
	worker->pipeline = pipeline;
	worker->events = events;
	worker->wake = wake;
	worker->beat = steady_ms();
	pthread_mutex_init(&worker->lock, NULL);
	if (pthread_create(&worker->thread, NULL, work, worker)) {
		pthread_mutex_destroy(&worker->lock);
		free(worker);
		return NULL;
	}
	return worker;
}

void mpy_worker_stop(struct mpy_worker *worker)
{
	if (!worker)
		return;
	__atomic_store_n(&worker->stop, true, __ATOMIC_RELEASE);
	mpy_queue_close(worker->events);
	pthread_join(worker->thread, NULL);
	free_settings(worker->wanted);
	pthread_mutex_destroy(&worker->lock);
	free(worker);
}

uint64_t mpy_worker_pulse(const struct mpy_worker *worker)
{
	return steady_ms() - __atomic_load_n(&worker->beat, __ATOMIC_RELAXED);
}

bool mpy_worker_reload(struct mpy_worker *worker,
		       const struct mpy_pipeline_settings *settings)
{
	struct mpy_pipeline_settings *copy = copy_settings(settings);
	bool taken = false;

	if (!copy)
		return false;
	pthread_mutex_lock(&worker->lock);
	if (!worker->wanted) {
		worker->wanted = copy;
		worker->result = 0;
		taken = true;
	}
	pthread_mutex_unlock(&worker->lock);
	if (!taken)
		free_settings(copy);
	return taken;
}

int mpy_worker_reloaded(struct mpy_worker *worker, char *why, size_t why_size)
{
	int r;

	pthread_mutex_lock(&worker->lock);
	r = worker->result;
	worker->result = 0;
	snprintf(why, why_size, "%s", worker->why);
	pthread_mutex_unlock(&worker->lock);
	return r;
}
