/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipeline.h - one event after the other: who did it, is it a program, is it
 * malicious, record it. The same for a live kernel and for a recording: what
 * is outside comes through struct mpy_outside. One thread's, except for
 * mpy_pipeline_status().
 */
#ifndef MPY_DAEMON_PIPELINE_H
#define MPY_DAEMON_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/spool.h"

struct mpy_event;
struct mpy_outside;
struct mpy_pipeline;
struct mpy_store;

struct mpy_pipeline_settings {
	size_t contents_bytes;	 /* reported of one script */
	unsigned int judge_ms;	 /* wall clock for one program */
	const char *project;	 /* may be empty */
	const char *bundle;	 /* path */
	const char *judge;	 /* path of mpy-judge, NULL: searched */
};

struct mpy_pipeline_hooks {
	/* See spool.h. */
	struct mpy_spool_sink news;
	/* The judge's process is another one now. */
	void (*judge_replaced)(void *context, pid_t pid);
	/* All events before fence id are judged and committed. */
	void (*fence_done)(void *context, uint64_t id);
	void *context;
};

struct mpy_pipeline_status {
	uint64_t events, execs, reads;
	uint64_t judged, cache_hits;  /* programs and opened Python files */
	uint64_t findings, observations; /* as reported, before merging */
	uint64_t unjudged; /* the judge could not be started */
	uint64_t lost;	   /* findings that could not be kept */
	size_t waiting;	   /* findings not committed, files not read */
	size_t subjects;
	char model[128];
	char problem[300]; /* empty: fine */
};

/* Starts the judge. settings are copied; store may be NULL (see spool.h);
 * outside and hooks outlive the pipeline. -errno with a sentence in why. */
int mpy_pipeline_new(const struct mpy_pipeline_settings *settings,
		     const struct mpy_outside *outside, struct mpy_store *store,
		     const struct mpy_pipeline_hooks *hooks,
		     struct mpy_pipeline **out, char *why, size_t why_size);
void mpy_pipeline_free(struct mpy_pipeline *pipeline);

/* All or nothing: -errno with a sentence, and everything is as before. */
int mpy_pipeline_reload(struct mpy_pipeline *pipeline,
			const struct mpy_pipeline_settings *settings, char *why,
			size_t why_size);

/* Takes the event: EXEC, READ or FENCE (seq is the fence's id). */
void mpy_pipeline_event(struct mpy_pipeline *pipeline, struct mpy_event *event);

/* To be called between events and at least every 100 ms: files that were
 * read meanwhile, commits, fences. */
void mpy_pipeline_tick(struct mpy_pipeline *pipeline);

/* Is something under way that a tick must look after soon? */
bool mpy_pipeline_busy(const struct mpy_pipeline *pipeline);

/* Any thread. */
void mpy_pipeline_status(struct mpy_pipeline *pipeline,
			 struct mpy_pipeline_status *out);
pid_t mpy_pipeline_judge_pid(const struct mpy_pipeline *pipeline);

#endif
