// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * daemon.c - mpyd as a whole. Opened in order: kernel side, database, judge
 * and worker, control socket; closed in reverse. The module comes first, so
 * that a second daemon is turned away before it touches anything.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/config.h"
#include "core/log.h"
#include "core/store.h"
#include "daemon/daemon_inside.h"
#include "daemon/replay.h"
#include "daemon/service.h"

#define STORE_OPEN_MS (15 * 60 * 1000)

uint32_t mpyd_scaled(const struct mpy_config *config, unsigned int ms,
		     uint32_t limit)
{
	double value = ms * config->deadline_multiplier;

	return value < limit ? (uint32_t)value : limit;
}

/* ---- database ------------------------------------------------------------ */

void mpyd_make_folder(const char *path, gid_t gid)
{
	char *copy = strdup(path), *slash = copy ? strrchr(copy, '/') : NULL;

	if (slash && slash != copy) {
		*slash = '\0';
		if (mkdir(copy, 0750) == 0 && gid != (gid_t)-1 &&
		    chown(copy, (uid_t)-1, gid) < 0)
			mpy_log(MPY_LOG_WARNING, "%s: %s", copy,
				strerror(errno));
	}
	free(copy);
}

static gid_t find_group(const char *name)
{
	const struct group *group = getgrnam(name);

	if (group)
		return group->gr_gid;
	mpy_log(MPY_LOG_WARNING, "there is no group \"%s\": database and control"
		" socket are root's alone (systemd-sysusers makes it)", name);
	return (gid_t)-1;
}

static int try_store(struct daemon *daemon, const char *path, char *why,
		     size_t why_size)
{
	int r = mpy_store_open(path, MPY_STORE_WRITE, &daemon->store, why,
			       why_size), given;

	if (r || daemon->gid == (gid_t)-1)
		return r;
	given = mpy_store_give(path, daemon->gid);
	if (given < 0)
		mpy_log(MPY_LOG_WARNING, "database %s: cannot be given to group"
			" \"%s\", which cannot read it then: %s", path,
			daemon->config->group, strerror(-given));
	return 0;
}

/* A damaged database is kept under another name: the sensor must not be
 * blind because its memory is hurt. */
static enum mpyd_exit open_store(struct daemon *daemon)
{
	const char *path = daemon->config->database;
	char why[600] = "", aside[4200];
	int r;

	daemon->gid = find_group(daemon->config->group);
	mpyd_make_folder(path, daemon->gid);
	/* a new schema of a large database takes its time */
	mpy_service_extend(STORE_OPEN_MS);
	r = try_store(daemon, path, why, sizeof(why));
	if (r == MPY_STORE_CORRUPT) {
		mpy_log(MPY_LOG_ERROR, "%s", why);
		r = mpy_store_set_aside(path, aside, sizeof(aside));
		if (r == 0) {
			mpy_log(MPY_LOG_ERROR, "the damaged database is kept as"
				" %s; a new one is begun", aside);
			r = try_store(daemon, path, why, sizeof(why));
		} else {
			snprintf(why, sizeof(why), "database %s: it cannot be"
				 " set aside: %s", path, strerror(-r));
		}
	}
	if (r == 0)
		return MPYD_OK;
	mpy_log(MPY_LOG_ERROR, "%s%s", why,
		r == MPY_STORE_FOREIGN || r == MPY_STORE_NEWER ?
			"; it was left as it is: move it away, or name another"
			" file (\"database\" in mpy.conf)" : "");
	return MPYD_FAILURE;
}

/* ---- judge and worker ---------------------------------------------------- */

struct mpy_pipeline_settings mpyd_settings(const struct mpy_config *config,
					   const char *bundle)
{
	return (struct mpy_pipeline_settings){
		.contents_bytes = config->contents_bytes,
		.judge_ms = mpyd_scaled(config, config->judge_ms, 3600000),
		.project = config->project,
		.bundle = bundle,
	};
}

static void wake_up(struct daemon *daemon)
{
	const uint64_t one = 1;

	if (write(daemon->wake.fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		mpy_log(MPY_LOG_ERROR, "cannot wake the main loop: %s",
			strerror(errno));
}

static void judge_replaced(void *context, pid_t pid)
{
	struct daemon *daemon = context;

	__atomic_store_n(&daemon->judge_pid, (uint32_t)pid, __ATOMIC_RELEASE);
	__atomic_store_n(&daemon->hello_again, true, __ATOMIC_RELEASE);
	wake_up(daemon);
}

static void fence_done(void *context, uint64_t id)
{
	struct daemon *daemon = context;

	__atomic_store_n(&daemon->fences_done, id, __ATOMIC_RELEASE);
}

static enum mpyd_exit open_worker(struct daemon *daemon)
{
	const struct mpy_pipeline_settings settings =
		mpyd_settings(daemon->config, daemon->bundle);
	char why[600] = "";
	int r;

	daemon->notify = mpy_notify_new(daemon->store, daemon->wake.fd);
	if (!daemon->notify)
		return MPYD_FAILURE;
	daemon->hooks = (struct mpy_pipeline_hooks){
		{ mpy_notify_committed, daemon->notify }, judge_replaced,
		fence_done, daemon
	};
	r = mpy_pipeline_new(&settings, mpy_scout_outside(daemon->scout),
			     daemon->store, &daemon->hooks, &daemon->pipeline,
			     why, sizeof(why));
	if (r < 0) {
		mpy_log(MPY_LOG_ERROR, "%s", why);
		return MPYD_FAILURE;
	}
	judge_replaced(daemon, mpy_pipeline_judge_pid(daemon->pipeline));
	daemon->worker = mpy_worker_start(daemon->pipeline, daemon->events,
					  daemon->wake.fd);
	return daemon->worker ? MPYD_OK : MPYD_FAILURE;
}

/* ---- life ---------------------------------------------------------------- */

static void drop_event(void *item)
{
	mpy_event_free(item);
}

/* In reverse; accepts a daemon opened half-way. */
static void close_all(struct daemon *daemon)
{
	struct mpy_handle *const handles[] = { &daemon->signals, &daemon->wake,
					       &daemon->check,
					       &daemon->watchdog,
					       &daemon->drain };
	size_t i;

	mpy_control_close(daemon->control);
	if (daemon->events)
		mpy_queue_close(daemon->events);
	mpy_receiver_close(daemon->receiver);
	mpy_worker_stop(daemon->worker);
	mpy_pipeline_free(daemon->pipeline);
	mpy_notify_free(daemon->notify);
	mpy_store_close(daemon->store);
	mpy_assembler_reset(&daemon->assembler);
	mpy_queue_free(daemon->events, drop_event);
	mpy_scout_free(daemon->scout);
	mpy_requests_close(daemon->requests);
	mpy_recorder_close(daemon->recorder);
	for (i = 0; i < sizeof(handles) / sizeof(handles[0]); i++)
		if (handles[i]->fd > 0)
			close(handles[i]->fd);
	mpy_loop_free(daemon->loop);
}

static enum mpyd_exit open_recorder(struct daemon *daemon)
{
	const char *path = daemon->options->record;
	int r = path ? mpy_recorder_open(path, &daemon->recorder) : 0;

	if (r == 0)
		return MPYD_OK;
	mpy_log(MPY_LOG_ERROR, "--record %s: %s", path, strerror(-r));
	return MPYD_FAILURE;
}

static enum mpyd_exit open_all(struct daemon *daemon)
{
	static enum mpyd_exit (*const steps[])(struct daemon *) = {
		mpyd_open_loop,  open_recorder, mpyd_open_kernel,
		open_store, open_worker,   mpyd_open_control,
	};
	char why[600] = "";
	size_t i;

	if (geteuid() != 0) {
		mpy_log(MPY_LOG_ERROR, "mpyd must be started as root"
			" (\"systemctl start mpyd\"); --replay and"
			" --print-config need no root");
		return MPYD_FORBIDDEN;
	}
	if (mpy_bundle_find(daemon->options->bundle, daemon->config->bundle,
			    daemon->bundle, sizeof(daemon->bundle), why,
			    sizeof(why)) < 0) {
		mpy_log(MPY_LOG_ERROR, "%s", why);
		return MPYD_FAILURE;
	}
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		enum mpyd_exit status = steps[i](daemon);

		if (status != MPYD_OK)
			return status;
	}
	return MPYD_OK;
}

enum mpyd_exit mpyd_run(const struct mpyd_options *options,
			struct mpy_config *config)
{
	struct daemon *daemon = calloc(1, sizeof(*daemon));
	enum mpyd_exit status;

	if (!daemon)
		return MPYD_FAILURE;
	daemon->options = options;
	daemon->config = config;
	umask(0027);
	status = open_all(daemon);
	if (status == MPYD_OK) {
		struct mpy_pipeline_status work;

		mpy_pipeline_status(daemon->pipeline, &work);
		mpy_log(MPY_LOG_NOTICE, "version %s, module %s, model %s",
			MPY_VERSION, daemon->module_version, work.model);
		mpy_service_ready("watching");
		if (mpy_loop_run(daemon->loop) < 0)
			status = MPYD_FAILURE;
	}
	close_all(daemon);
	free(daemon);
	return status;
}

enum mpyd_exit mpyd_replay(const struct mpyd_options *options,
			   const struct mpy_config *config)
{
	struct mpy_store *store = NULL;
	struct mpy_pipeline_settings settings;
	char bundle[4096], why[600] = "";
	int r = mpy_bundle_find(options->bundle, config->bundle, bundle,
				sizeof(bundle), why, sizeof(why));

	if (r == 0 && options->database)
		r = mpy_store_open(options->database, MPY_STORE_WRITE, &store,
				   why, sizeof(why));
	if (r != 0) {
		mpy_log(MPY_LOG_ERROR, "%s", why);
		return MPYD_FAILURE;
	}
	settings = mpyd_settings(config, bundle);
	r = mpy_replay_run(options->replay, &settings, store, why, sizeof(why));
	mpy_store_close(store);
	if (r == 0)
		return MPYD_OK;
	mpy_log(MPY_LOG_ERROR, "%s", why);
	return MPYD_FAILURE;
}
