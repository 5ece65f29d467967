/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker.h - the thread that walks events through the pipeline. It owns the
 * pipeline and the store while it runs.
 */
#ifndef MPY_DAEMON_WORKER_H
#define MPY_DAEMON_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mpy_event;
struct mpy_pipeline;
struct mpy_pipeline_settings;
struct mpy_queue;
struct mpy_worker;

/* wake: an eventfd that is written to when a reload has ended. */
struct mpy_worker *mpy_worker_start(struct mpy_pipeline *pipeline,
				    struct mpy_queue *events, int wake);
/* Ends after the event it is at; what waits in the queue stays there. */
void mpy_worker_stop(struct mpy_worker *worker);

/*
 * Milliseconds since it last took an event or looked for one: the pulse for
 * the watchdog. Judging one program may rightly take its time.
 */
uint64_t mpy_worker_pulse(const struct mpy_worker *worker);

/* Hands new settings over (strings are copied); false: one is under way. */
bool mpy_worker_reload(struct mpy_worker *worker,
		       const struct mpy_pipeline_settings *settings);
/* 1 = done, 0 = under way or none, -errno with a sentence; asked once. */
int mpy_worker_reloaded(struct mpy_worker *worker, char *why, size_t why_size);

#endif
