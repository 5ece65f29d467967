// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pipeline.c - one event after the other. Large files are the only ones that
 * wait: for their bytes and digest, in a short list, while later events go
 * on. A finding is complete when it goes to the spool.
 */
#include "daemon/pipeline.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/finding.h"
#include "core/judgeproc.h"
#include "core/log.h"
#include "daemon/cache.h"
#include "daemon/event.h"
#include "daemon/facts.h"
#include "daemon/report.h"
#include "daemon/subject.h"

#define SUBJECTS_MAX   8192
#define SUBJECTS_BYTES (8u << 20)
#define HELD_MAX       64
#define LAYER_BYTES    (64u << 10)
#define JUDGE_TRIES    3

struct held { /* a large file whose bytes are on their way */
	struct held *next;
	struct mpy_event *event;
	struct mpy_run *run;
	enum mpy_role role;
	struct mpy_file_job *job;
};

struct fence {
	struct fence *next;
	uint64_t id;
	uint64_t after; /* held files up to this number must be done */
};

struct mpy_pipeline {
	const struct mpy_outside *outside;
	const struct mpy_pipeline_hooks *hooks;
	struct mpy_judgeproc *judge;
	pid_t judge_pid;
	size_t contents_bytes;
	char *project;
	struct mpy_subjects *subjects;
	struct mpy_cache *cache;
	struct mpy_spool *spool;
	struct held *held, **last_held;
	uint64_t held_begun, held_ended; /* in order: numbers from 1 */
	struct fence *fences;
	bool judge_failed;
	pthread_mutex_t lock;		   /* guards shown */
	struct mpy_pipeline_status status; /* the pipeline's own */
	struct mpy_pipeline_status shown;
};

static uint64_t steady_ms(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (uint64_t)at.tv_sec * 1000 + (uint64_t)at.tv_nsec / 1000000;
}

/* ---- judging ----------------------------------------------------------------- */

static void note_judge(struct mpy_pipeline *pipeline)
{
	pid_t pid = mpy_judgeproc_pid(pipeline->judge);

	if (pid == pipeline->judge_pid)
		return;
	pipeline->judge_pid = pid;
	if (pipeline->hooks->judge_replaced)
		pipeline->hooks->judge_replaced(pipeline->hooks->context, pid);
}

/* NULL if there is no judge to be had: counted and told. */
static struct mpy_judgement *judge(struct mpy_pipeline *pipeline,
				   const uint8_t *data, size_t size)
{
	struct mpy_judgement *judgement = NULL;
	const struct timespec pause = { 0, 100000000 };
	int i, r = 0;

	for (i = 0; i < JUDGE_TRIES; i++) {
		if (i > 0)
			nanosleep(&pause, NULL);
		r = mpy_judgeproc_judge(pipeline->judge, data, size,
					&judgement);
		if (r == 0)
			break;
	}
	note_judge(pipeline);
	if (r < 0) {
		pipeline->status.unjudged++;
		if (!pipeline->judge_failed)
			mpy_log(MPY_LOG_ERROR, "mpy-judge cannot be started:"
				" %s; programs run unjudged", strerror(-r));
		pipeline->judge_failed = true;
		return NULL;
	}
	if (pipeline->judge_failed)
		mpy_log(MPY_LOG_NOTICE, "mpy-judge works again");
	pipeline->judge_failed = false;
	pipeline->status.judged++;
	return judgement;
}

static void report(struct mpy_pipeline *pipeline, const struct mpy_unit *unit,
		   struct mpy_run *run, struct mpy_judgement *judgement)
{
	const struct mpy_report_settings settings = {
		pipeline->contents_bytes, pipeline->project,
		mpy_judgeproc_model(pipeline->judge)
	};
	struct mpy_finding *finding = mpy_report_new(
		&settings, unit, run, pipeline->subjects, pipeline->outside,
		judgement);

	if (!finding) {
		mpy_log(MPY_LOG_ERROR, "out of memory: a finding about process"
			" %u, sha256 %s, is lost", unit->event->task.tgid,
			unit->sha256);
		pipeline->status.lost++;
		return;
	}
	if (finding->observation) {
		pipeline->status.observations++;
	} else {
		pipeline->status.findings++;
		run->has_finding = true;
	}
	mpy_spool_add(pipeline->spool, finding);
}

/* What was only opened need not be Python; but what ends the judge is told. */
static bool is_of_no_interest(const struct mpy_judgement *judgement,
			      bool program)
{
	if (judgement->verdict->label == MPY_UNREADABLE)
		return !program && !judgement->aborted;
	return judgement->verdict->label == MPY_HARMLESS;
}

/* Each program once per run and contents; harmless contents once at all. */
static void judge_unit(struct mpy_pipeline *pipeline,
		       const struct mpy_unit *unit, struct mpy_run *run)
{
	struct mpy_judgement *judgement;
	bool program = unit->role == MPY_ROLE_PROGRAM;

	if (program && mpy_run_saw(run, unit->sha256))
		return;
	if (mpy_cache_has(pipeline->cache, unit->sha256, program)) {
		pipeline->status.cache_hits++;
		return;
	}
	judgement = judge(pipeline, unit->bytes, unit->size);
	if (!judgement)
		return;
	if (is_of_no_interest(judgement, program)) {
		mpy_cache_add(pipeline->cache, unit->sha256,
			      judgement->verdict->label != MPY_HARMLESS);
		mpy_judgement_free(judgement);
		return;
	}
	if (!program && mpy_run_saw(run, unit->sha256)) {
		mpy_judgement_free(judgement);
		return;
	}
	report(pipeline, unit, run, judgement);
}

/* ---- events ------------------------------------------------------------------ */

static void judge_command(struct mpy_pipeline *pipeline, struct mpy_run *run)
{
	const struct mpy_event *exec = run->exec;
	struct mpy_unit unit = { .role = MPY_ROLE_PROGRAM, .sight = "argv",
				 .event = exec, .absent = "the code is not in"
							  " a file" };

	unit.bytes = (const uint8_t *)run->program.text;
	unit.size = strlen(run->program.text);
	/* The argument is cut if it is the last one of a cut argv. */
	unit.truncated = exec->argv_truncated &&
			 unit.bytes + unit.size + 1 >=
				 exec->argv + exec->argv_size;
	if (mpy_hash_bytes(unit.bytes, unit.size, unit.sha256) == 0)
		judge_unit(pipeline, &unit, run);
}

static void take_exec(struct mpy_pipeline *pipeline, struct mpy_event *event)
{
	struct mpy_run *run = mpy_subjects_exec(pipeline->subjects, event);
	struct mpy_image_facts image;

	pipeline->status.execs++;
	if (!run)
		return;
	pipeline->outside->image(pipeline->outside->context, run->exec, false,
				 &image);
	run->class = image.class;
	if (run->program.kind == MPY_PROGRAM_COMMAND &&
	    run->class != MPY_IMAGE_EMBEDS)
		judge_command(pipeline, run);
}

/* Which bytes of a large file to judge: the whole, if it still is the file
 * that was opened. */
static void use_facts(struct mpy_unit *unit, const struct mpy_file_facts *facts)
{
	const struct mpy_event *event = unit->event;

	unit->absent = facts->absent;
	if (facts->bytes_size < event->contents_size ||
	    memcmp(facts->bytes, event->contents, event->contents_size)) {
		unit->changed = facts->bytes != NULL;
		if (unit->changed)
			unit->absent = "the file was changed after it was"
				       " opened";
		return;
	}
	unit->bytes = facts->bytes;
	unit->size = facts->bytes_size;
	unit->file_size = facts->size;
	unit->truncated = facts->bytes_size < facts->size;
	if (!facts->absent)
		memcpy(unit->file_sha256, facts->sha256,
		       sizeof(unit->file_sha256));
}

static void judge_read(struct mpy_pipeline *pipeline,
		       const struct mpy_event *event, struct mpy_run *run,
		       enum mpy_role role, const struct mpy_file_facts *facts)
{
	struct mpy_unit unit = { .role = role, .event = event,
				 .bytes = event->contents,
				 .size = event->contents_size,
				 .truncated = event->contents_truncated,
				 .file_size = event->file.size };

	if (event->contents_truncated)
		unit.absent = "the file could not be read whole";
	if (facts)
		use_facts(&unit, facts);
	if (mpy_hash_bytes(unit.bytes, unit.size, unit.sha256))
		return;
	if (!event->contents_truncated)
		memcpy(unit.file_sha256, unit.sha256, sizeof(unit.sha256));
	judge_unit(pipeline, &unit, run);
}

static bool hold(struct mpy_pipeline *pipeline, struct mpy_event *event,
		 struct mpy_run *run, enum mpy_role role)
{
	struct held *held;

	if (event->fd < 0 && !pipeline->outside->replays)
		return false;
	if (pipeline->held_begun - pipeline->held_ended >= HELD_MAX)
		return false;
	held = calloc(1, sizeof(*held));
	if (!held)
		return false;
	held->job = pipeline->outside->file(pipeline->outside->context, event);
	if (!held->job) {
		free(held);
		return false;
	}
	held->event = event;
	held->run = mpy_run_get(run);
	held->role = role;
	*pipeline->last_held = held;
	pipeline->last_held = &held->next;
	pipeline->held_begun++;
	return true;
}

static void take_read(struct mpy_pipeline *pipeline, struct mpy_event *event)
{
	struct mpy_run *run = mpy_subjects_run(pipeline->subjects, event);
	enum mpy_role role;

	pipeline->status.reads++;
	role = run ? mpy_program_role(run, event, pipeline->outside) :
		     MPY_ROLE_DATA;
	if (role == MPY_ROLE_DATA) {
		mpy_event_free(event);
		return;
	}
	if (event->contents_truncated && hold(pipeline, event, run, role))
		return;
	judge_read(pipeline, event, run, role, NULL);
	mpy_event_free(event);
}

static void take_fence(struct mpy_pipeline *pipeline, struct mpy_event *event)
{
	struct fence *fence = calloc(1, sizeof(*fence)), **at;

	if (fence) {
		fence->id = event->seq;
		fence->after = pipeline->held_begun;
		for (at = &pipeline->fences; *at; at = &(*at)->next)
			;
		*at = fence;
	}
	mpy_event_free(event);
}

void mpy_pipeline_event(struct mpy_pipeline *pipeline, struct mpy_event *event)
{
	pipeline->status.events++;
	switch (event->kind) {
	case MPY_EVENT_EXEC:
		take_exec(pipeline, event);
		return;
	case MPY_EVENT_READ:
		take_read(pipeline, event);
		return;
	case MPY_EVENT_FENCE:
		pipeline->status.events--;
		take_fence(pipeline, event);
		return;
	case MPY_EVENT_CLASSIFY:
		pipeline->status.events--;
		mpy_event_free(event);
		return;
	}
}

/* ---- between events ----------------------------------------------------------- */

/* In order: a later small file may overtake, a later large one does not. */
static void finish_held(struct mpy_pipeline *pipeline)
{
	struct mpy_file_facts facts;
	struct held *held;

	while ((held = pipeline->held) &&
	       pipeline->outside->file_done(pipeline->outside->context,
					    held->job, &facts)) {
		pipeline->held = held->next;
		if (!pipeline->held)
			pipeline->last_held = &pipeline->held;
		judge_read(pipeline, held->event, held->run, held->role,
			   &facts);
		mpy_file_facts_clear(&facts);
		mpy_event_free(held->event);
		mpy_run_put(held->run);
		free(held);
		pipeline->held_ended++;
	}
}

static void finish_fences(struct mpy_pipeline *pipeline)
{
	struct fence *fence;

	while ((fence = pipeline->fences) &&
	       fence->after <= pipeline->held_ended) {
		mpy_spool_flush(pipeline->spool, steady_ms(), true);
		if (mpy_spool_size(pipeline->spool))
			return;
		pipeline->fences = fence->next;
		if (pipeline->hooks->fence_done)
			pipeline->hooks->fence_done(pipeline->hooks->context,
						    fence->id);
		free(fence);
	}
}

static void show_status(struct mpy_pipeline *pipeline)
{
	struct mpy_pipeline_status *status = &pipeline->status;
	const char *problem = mpy_spool_problem(pipeline->spool);

	status->waiting = mpy_spool_size(pipeline->spool) +
			  (pipeline->held_begun - pipeline->held_ended);
	status->subjects = mpy_subjects_count(pipeline->subjects);
	if (pipeline->judge_failed)
		snprintf(status->problem, sizeof(status->problem),
			 "mpy-judge cannot be started");
	else if (problem)
		snprintf(status->problem, sizeof(status->problem),
			 "database: %.280s", problem);
	else
		status->problem[0] = '\0';
	pthread_mutex_lock(&pipeline->lock);
	pipeline->shown = *status;
	pipeline->shown.lost += mpy_spool_lost(pipeline->spool);
	pthread_mutex_unlock(&pipeline->lock);
}

void mpy_pipeline_tick(struct mpy_pipeline *pipeline)
{
	finish_held(pipeline);
	mpy_spool_flush(pipeline->spool, steady_ms(), false);
	finish_fences(pipeline);
	show_status(pipeline);
}

bool mpy_pipeline_busy(const struct mpy_pipeline *pipeline)
{
	return pipeline->held || pipeline->fences ||
	       mpy_spool_size(pipeline->spool);
}

void mpy_pipeline_status(struct mpy_pipeline *pipeline,
			 struct mpy_pipeline_status *out)
{
	pthread_mutex_lock(&pipeline->lock);
	*out = pipeline->shown;
	pthread_mutex_unlock(&pipeline->lock);
}

pid_t mpy_pipeline_judge_pid(const struct mpy_pipeline *pipeline)
{
	return pipeline->judge_pid;
}

/* ---- life ---------------------------------------------------------------------- */

static int start_judge(const struct mpy_pipeline_settings *settings,
		       struct mpy_judgeproc **out, char *why, size_t why_size)
{
	const struct mpy_judgeproc_options options = {
		.program = settings->judge,
		.bundle = settings->bundle,
		.limit_ms = settings->judge_ms,
		.layer_bytes = LAYER_BYTES,
		.detail = MPY_DETAIL_FOUND,
	};

	return mpy_judgeproc_start(&options, out, why, why_size);
}

static void show_model(struct mpy_pipeline *pipeline)
{
	snprintf(pipeline->status.model, sizeof(pipeline->status.model), "%s",
		 mpy_judgeproc_model(pipeline->judge));
	show_status(pipeline);
}

int mpy_pipeline_new(const struct mpy_pipeline_settings *settings,
		     const struct mpy_outside *outside, struct mpy_store *store,
		     const struct mpy_pipeline_hooks *hooks,
		     struct mpy_pipeline **out, char *why, size_t why_size)
{
	struct mpy_pipeline *pipeline = calloc(1, sizeof(*pipeline));
	int r;

	snprintf(why, why_size, "out of memory");
	if (!pipeline)
		return -ENOMEM;
	pthread_mutex_init(&pipeline->lock, NULL);
	pipeline->outside = outside;
	pipeline->hooks = hooks;
	pipeline->last_held = &pipeline->held;
	pipeline->contents_bytes = settings->contents_bytes;
	pipeline->project = strdup(settings->project ? settings->project : "");
	pipeline->subjects = mpy_subjects_new(SUBJECTS_MAX, SUBJECTS_BYTES);
	pipeline->cache = mpy_cache_new();
	pipeline->spool = mpy_spool_new(store, &hooks->news);
	r = -ENOMEM;
	if (pipeline->project && pipeline->subjects && pipeline->cache &&
	    pipeline->spool)
		r = start_judge(settings, &pipeline->judge, why, why_size);
	if (r < 0) {
		mpy_pipeline_free(pipeline);
		return r;
	}
	pipeline->judge_pid = mpy_judgeproc_pid(pipeline->judge);
	show_model(pipeline);
	*out = pipeline;
	return 0;
}

int mpy_pipeline_reload(struct mpy_pipeline *pipeline,
			const struct mpy_pipeline_settings *settings, char *why,
			size_t why_size)
{
	char *project = strdup(settings->project ? settings->project : "");
	struct mpy_judgeproc *fresh = NULL;
	int r;

	if (!project) {
		snprintf(why, why_size, "out of memory");
		return -ENOMEM;
	}
	r = start_judge(settings, &fresh, why, why_size);
	if (r < 0) {
		free(project);
		return r;
	}
	if (strcmp(mpy_judgeproc_model(fresh),
		   mpy_judgeproc_model(pipeline->judge)))
		mpy_cache_clear(pipeline->cache);
	mpy_judgeproc_stop(pipeline->judge);
	pipeline->judge = fresh;
	free(pipeline->project);
	pipeline->project = project;
	pipeline->contents_bytes = settings->contents_bytes;
	note_judge(pipeline);
	show_model(pipeline);
	return 0;
}

void mpy_pipeline_free(struct mpy_pipeline *pipeline)
{
	struct held *held;
	struct fence *fence;

	if (!pipeline)
		return;
	while ((held = pipeline->held)) {
		pipeline->held = held->next;
		mpy_event_free(held->event);
		mpy_run_put(held->run);
		free(held);
	}
	while ((fence = pipeline->fences)) {
		pipeline->fences = fence->next;
		free(fence);
	}
	if (pipeline->judge)
		mpy_judgeproc_stop(pipeline->judge);
	mpy_spool_free(pipeline->spool);
	mpy_cache_free(pipeline->cache);
	mpy_subjects_free(pipeline->subjects);
	free(pipeline->project);
	pthread_mutex_destroy(&pipeline->lock);
	free(pipeline);
}
