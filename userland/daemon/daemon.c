// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * daemon.c - mpyd as a whole. Opened in order: kernel side, database, judge
 * and worker, control socket; closed in reverse. The module comes first, so
 * that a second daemon is turned away before it touches anything.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/config.h"
#include "core/json.h"
#include "core/log.h"
#include "core/store.h"
#include "daemon/control.h"
#include "daemon/event.h"
#include "daemon/facts.h"
#include "daemon/loop.h"
#include "daemon/notify.h"
#include "daemon/pipeline.h"
#include "daemon/queue.h"
#include "daemon/receive.h"
#include "daemon/recording.h"
#include "daemon/replay.h"
#include "daemon/scout.h"
#include "daemon/service.h"
#include "daemon/stats.h"
#include "daemon/status.h"
#include "daemon/sync.h"
#include "daemon/trouble.h"
#include "daemon/worker.h"

#define EVENTS_MAX   4096
#define EVENTS_BYTES (8u << 20)
#define CHECK_MS     5000 /* is the module still there? */
#define DRAIN_STEP   10
#define STORE_OPEN_MS (15 * 60 * 1000)
#define STUCK_MS     60000 /* a worker without a pulse, besides judging */

struct daemon {
	const struct mpyd_options *options;
	struct mpy_config *config;
	char bundle[4096];
	gid_t gid;

	struct mpy_recorder *recorder;
	struct mpy_queue *events;
	struct mpy_scout *scout;
	struct mpy_assembler assembler; /* the receiver's */
	uint64_t holes, invalid; /* copies for other threads */
	struct mpy_receiver *receiver;
	struct mpy_requests *requests; /* the main thread's */
	bool connected;
	char module_version[64];
	struct mpy_store *store;
	struct mpy_notify *notify;
	struct mpy_pipeline_hooks hooks;
	struct mpy_pipeline *pipeline;
	struct mpy_worker *worker;
	uint32_t judge_pid;
	bool hello_again;
	uint64_t fences_done;

	struct mpy_loop *loop;
	struct mpy_handle signals, wake, check, watchdog, drain;
	struct mpy_control_ops ops;
	struct mpy_control *control;
	struct mpy_config *reloading; /* waits for the worker's consent */
	char reloading_bundle[4096];
	struct mpy_sync draining;
	uint64_t drain_left_ms;
	enum mpyd_exit exit;
};

/* ---- from the kernel -------------------------------------------------------------- */

static void on_message(void *context, unsigned int cmd, const void *attrs,
		       size_t size)
{
	struct daemon *daemon = context;
	struct mpy_event *event;

	mpy_recorder_message(daemon->recorder, cmd, attrs, size);
	if (mpy_event_feed(&daemon->assembler, cmd, attrs, size, &event) == 1 &&
	    !mpy_scout_notice(daemon->scout, event) &&
	    !mpy_queue_push(daemon->events, event, mpy_event_weight(event)))
		mpy_event_free(event);
	__atomic_store_n(&daemon->holes, daemon->assembler.holes,
			 __ATOMIC_RELAXED);
	__atomic_store_n(&daemon->invalid, daemon->assembler.invalid,
			 __ATOMIC_RELAXED);
}

static void on_fence(void *context, uint64_t id)
{
	struct daemon *daemon = context;
	struct mpy_event *fence = calloc(1, sizeof(*fence));

	if (!fence)
		return;
	fence->kind = MPY_EVENT_FENCE;
	fence->fd = -1;
	fence->seq = id;
	if (!mpy_queue_push(daemon->events, fence, 1))
		mpy_event_free(fence);
}

static uint32_t scaled(const struct mpy_config *config, unsigned int ms,
		       uint32_t limit)
{
	double value = ms * config->deadline_multiplier;

	return value < limit ? (uint32_t)value : limit;
}

static int say_hello(struct daemon *daemon, char *why, size_t why_size)
{
	const struct mpy_config *config = daemon->config;
	struct mpy_hello hello = {
		(uint32_t)config->queue_bytes, (uint32_t)config->snapshot_bytes,
		scaled(config, config->classify_ms, MPY_CLASSIFY_LIMIT), { 0 },
		0
	};
	struct mpy_stats stats;
	unsigned int i;
	int r;

	hello.ignore[0] = __atomic_load_n(&daemon->judge_pid, __ATOMIC_ACQUIRE);
	hello.n_ignore = hello.ignore[0] != 0;
	r = mpy_receiver_hello(daemon->receiver, &hello, &stats, why, why_size);
	if (r < 0)
		return r;
	memcpy(daemon->module_version, stats.module_version,
	       sizeof(daemon->module_version));
	for (i = 0; i < MPY_SIGHT_COUNT; i++)
		if (stats.sights[i].state != MPY_SIGHT_ATTACHED)
			mpy_log(MPY_LOG_ERROR, "sight %s is not attached: %s",
				mpy_sight_name(i),
				stats.sights[i].why[0] ? stats.sights[i].why :
							 "no reason given");
	return 0;
}

static enum mpyd_exit open_kernel(struct daemon *daemon)
{
	const struct mpy_receiver_sink sink = { on_message, on_fence, daemon };
	char why[300] = "";
	int r;

	daemon->events = mpy_queue_new(EVENTS_MAX, EVENTS_BYTES);
	daemon->requests = mpy_requests_open();
	daemon->scout = mpy_scout_new(daemon->recorder,
				      daemon->config->deadline_multiplier);
	if (!daemon->events || !daemon->requests || !daemon->scout) {
		mpy_log(MPY_LOG_ERROR, "no threads, sockets or memory");
		return MPYD_FAILURE;
	}
	r = mpy_receiver_open(&sink, &daemon->receiver, why, sizeof(why));
	if (r < 0) {
		mpy_log(MPY_LOG_ERROR, "%s", why);
		return MPYD_FAILURE;
	}
	r = say_hello(daemon, why, sizeof(why));
	if (r < 0)
		return mpy_trouble_hello(r, why);
	daemon->connected = true;
	return MPYD_OK;
}

/* ---- from the worker --------------------------------------------------------------- */

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

/* ---- database ------------------------------------------------------------------------ */

/* Folders of database and socket, for hosts without tmpfiles.d. */
static void make_folder(const char *path, gid_t gid)
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
	make_folder(path, daemon->gid);
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

/* ---- judge and worker ------------------------------------------------------------------ */

static struct mpy_pipeline_settings settings_of(const struct mpy_config *config,
						const char *bundle)
{
	return (struct mpy_pipeline_settings){
		.contents_bytes = config->contents_bytes,
		.judge_ms = scaled(config, config->judge_ms, 3600000),
		.project = config->project,
		.bundle = bundle,
	};
}

static enum mpyd_exit open_worker(struct daemon *daemon)
{
	const struct mpy_pipeline_settings settings =
		settings_of(daemon->config, daemon->bundle);
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

/* ---- control --------------------------------------------------------------------------- */

static const char no_module[] = "the kernel module is not loaded";

static void gather(struct daemon *daemon, struct mpy_status_parts *parts,
		   struct mpy_stats *stats, struct mpy_pipeline_status *work,
		   struct mpy_notify_sums *sums)
{
	struct mpy_queue_counts counts;
	int r = daemon->connected ?
			mpy_requests_stats(daemon->requests, false, stats) :
			-ENOENT;

	mpy_pipeline_status(daemon->pipeline, work);
	mpy_notify_sum(daemon->notify, sums);
	mpy_queue_count(daemon->events, &counts);
	*parts = (struct mpy_status_parts){
		.no_module = r == 0	   ? NULL :
			     r == -ENOENT ? no_module :
					    strerror(-r),
		.stats = stats,
		.module_version = daemon->module_version,
		.pipeline = work,
		.sums = sums,
		.kernel = mpy_scout_outside(daemon->scout)->host->kernel,
		.database = daemon->config->database,
		.refused = mpy_receiver_refused(daemon->receiver) +
			   __atomic_load_n(&daemon->invalid, __ATOMIC_RELAXED),
		.holes = __atomic_load_n(&daemon->holes, __ATOMIC_RELAXED),
		.queue_depth = counts.depth,
	};
}

static struct mpy_json *show_status(void *context)
{
	struct mpy_status_parts parts;
	struct mpy_stats stats;
	struct mpy_pipeline_status work;
	struct mpy_notify_sums sums;

	gather(context, &parts, &stats, &work, &sums);
	return mpy_status_json(&parts);
}

static int step_sync(void *context, struct mpy_sync *sync, char *why,
		     size_t why_size)
{
	struct daemon *daemon = context;
	struct mpy_pipeline_status work;
	int r = -ENOENT;

	if (daemon->connected || sync->stage == MPY_SYNC_FENCE)
		r = mpy_sync_step(sync, daemon->requests, daemon->receiver,
				  __atomic_load_n(&daemon->fences_done,
						  __ATOMIC_ACQUIRE));
	if (r == -ENOENT)
		snprintf(why, why_size, "%s", no_module);
	else if (r < 0)
		snprintf(why, why_size, "the module does not answer: %s",
			 strerror(-r));
	if (r != 0)
		return r;
	mpy_pipeline_status(daemon->pipeline, &work);
	if (work.problem[0])
		snprintf(why, why_size, "timed out; %s", work.problem);
	return 0;
}

static void set_watchers(void *context, unsigned int n)
{
	struct daemon *daemon = context;

	mpy_notify_set_watchers(daemon->notify, n);
}

static enum mpyd_exit open_control(struct daemon *daemon)
{
	const char *path = daemon->config->control;
	int r;

	daemon->ops = (struct mpy_control_ops){ show_status, step_sync,
						set_watchers, daemon };
	make_folder(path, daemon->gid);
	r = mpy_control_open(daemon->loop, path, daemon->gid, &daemon->ops,
			     &daemon->control);
	if (r == 0)
		return MPYD_OK;
	mpy_log(MPY_LOG_ERROR, "control socket %s: %s", path, strerror(-r));
	return MPYD_FAILURE;
}

/* ---- reload ------------------------------------------------------------------------------ */

static void end_reload(struct daemon *daemon)
{
	if (!daemon->reloading)
		return;
	mpy_config_free(daemon->reloading);
	free(daemon->reloading);
	daemon->reloading = NULL;
	mpy_service_ready("watching");
}

static int read_again(struct daemon *daemon, char *why, size_t why_size)
{
	struct mpy_config *fresh = calloc(1, sizeof(*fresh));
	int r = fresh ? mpy_config_defaults(fresh) : -ENOMEM;

	if (r < 0) {
		free(fresh);
		snprintf(why, why_size, "out of memory");
		return r;
	}
	daemon->reloading = fresh;
	r = mpy_config_load(fresh, daemon->options->config_path, why, why_size);
	if (r < 0 && r != -ENOENT)
		return r;
	return mpy_bundle_find(daemon->options->bundle, fresh->bundle,
			       daemon->reloading_bundle,
			       sizeof(daemon->reloading_bundle), why, why_size);
}

static void begin_reload(struct daemon *daemon)
{
	struct mpy_pipeline_settings settings;
	char why[600] = "";

	if (daemon->reloading) {
		mpy_log(MPY_LOG_WARNING, "a reload is under way already");
		return;
	}
	mpy_service_reloading();
	if (read_again(daemon, why, sizeof(why)) == 0) {
		settings = settings_of(daemon->reloading,
				       daemon->reloading_bundle);
		if (mpy_worker_reload(daemon->worker, &settings))
			return;
		snprintf(why, sizeof(why), "out of memory");
	}
	mpy_log(MPY_LOG_ERROR, "reload refused, nothing is changed: %s", why);
	end_reload(daemon);
}

/* The worker has the new judge: the rest cannot fail. */
static void finish_reload(struct daemon *daemon)
{
	struct mpy_config *fresh = daemon->reloading;
	struct mpy_config old = *daemon->config;

	if (strcmp(old.control, fresh->control) ||
	    strcmp(old.group, fresh->group) ||
	    (!daemon->options->database &&
	     strcmp(old.database, fresh->database)))
		mpy_log(MPY_LOG_WARNING, "database, control and group are taken"
			" over at the next start only");
	*daemon->config = *fresh;
	*fresh = old;
	/* What is in use goes on to be in use. */
	free(daemon->config->database);
	free(daemon->config->control);
	daemon->config->database = old.database;
	fresh->database = NULL;
	daemon->config->control = old.control;
	fresh->control = NULL;
	memcpy(daemon->bundle, daemon->reloading_bundle,
	       sizeof(daemon->bundle));
	mpy_log_setup("mpyd", daemon->config->log_level,
		      mpy_service_has_journal());
	mpy_scout_set_multiplier(daemon->scout,
				 daemon->config->deadline_multiplier);
	__atomic_store_n(&daemon->hello_again, true, __ATOMIC_RELEASE);
	mpy_log(MPY_LOG_NOTICE, "configuration and model are loaded again");
}

static void check_reload(struct daemon *daemon)
{
	char why[300];
	int r;

	if (!daemon->reloading)
		return;
	r = mpy_worker_reloaded(daemon->worker, why, sizeof(why));
	if (r == 0)
		return;
	if (r < 0)
		mpy_log(MPY_LOG_ERROR, "reload refused, nothing is changed: %s",
			why);
	else
		finish_reload(daemon);
	end_reload(daemon);
}

/* ---- handlers of the main loop ------------------------------------------------------------- */

static void on_wake(struct mpy_handle *handle, uint32_t events)
{
	struct daemon *daemon = handle->context;
	uint64_t count;
	char why[300], *line;
	size_t size;
	int r;

	if (read(handle->fd, &count, sizeof(count)) < 0)
		return;
	while ((line = mpy_notify_take(daemon->notify, &size))) {
		mpy_control_broadcast(daemon->control, line, size);
		free(line);
	}
	check_reload(daemon);
	if (!daemon->connected ||
	    !__atomic_exchange_n(&daemon->hello_again, false, __ATOMIC_ACQ_REL))
		return;
	r = say_hello(daemon, why, sizeof(why));
	if (r < 0)
		mpy_log(MPY_LOG_WARNING, "HELLO again: %s%s%s", strerror(-r),
			*why ? ": " : "", why);
}

/* The module may be taken out and put in again while we run. */
static void on_check(struct mpy_handle *handle, uint32_t events)
{
	struct daemon *daemon = handle->context;
	struct mpy_stats stats;
	char why[300] = "";

	mpy_timer_clear(handle->fd);
	if (daemon->connected) {
		if (mpy_requests_stats(daemon->requests, false, &stats) !=
		    -ENOENT)
			return;
		daemon->connected = false;
		mpy_log(MPY_LOG_ERROR, "the module mpy was unloaded: nothing is"
			" seen until it is loaded again");
		mpy_service_status("no module");
		return;
	}
	if (say_hello(daemon, why, sizeof(why)) < 0)
		return;
	daemon->connected = true;
	mpy_log(MPY_LOG_NOTICE, "the module mpy is back");
	mpy_service_status("watching");
}

static void on_watchdog(struct mpy_handle *handle, uint32_t events)
{
	struct daemon *daemon = handle->context;
	const struct mpy_config *config = daemon->config;

	mpy_timer_clear(handle->fd);
	if (mpy_worker_pulse(daemon->worker) <
	    scaled(config, 4 * config->judge_ms + STUCK_MS, UINT32_MAX))
		mpy_service_alive();
	else
		mpy_log(MPY_LOG_ERROR, "the worker makes no progress");
}

static void on_drain(struct mpy_handle *handle, uint32_t events)
{
	struct daemon *daemon = handle->context;
	struct mpy_pipeline_status work;
	char why[400] = "";
	int r;

	mpy_timer_clear(handle->fd);
	r = step_sync(daemon, &daemon->draining, why, sizeof(why));
	if (r < 0 && daemon->draining.stage != MPY_SYNC_FENCE) {
		/* No module any more: what has come is judged all the same. */
		daemon->draining.stage = MPY_SYNC_FENCE;
		daemon->draining.fence = mpy_receiver_fence(daemon->receiver);
		r = 0;
	}
	if (r == 0 && daemon->drain_left_ms > DRAIN_STEP) {
		daemon->drain_left_ms -= DRAIN_STEP;
		return;
	}
	mpy_pipeline_status(daemon->pipeline, &work);
	if (r == 0)
		mpy_log(MPY_LOG_WARNING, "not everything could be judged before"
			" the end: %zu findings or files wait", work.waiting);
	mpy_loop_quit(daemon->loop);
}

static void begin_drain(struct daemon *daemon)
{
	if (daemon->drain_left_ms)
		return;
	daemon->drain_left_ms =
		scaled(daemon->config, daemon->config->drain_ms, 3600000);
	mpy_service_stopping();
	mpy_service_extend((unsigned int)daemon->drain_left_ms + 10000);
	mpy_timer_set(daemon->drain.fd, 1, DRAIN_STEP);
}

static void on_signal(struct mpy_handle *handle, uint32_t events)
{
	struct daemon *daemon = handle->context;
	int number;

	while ((number = mpy_signals_next(handle->fd)))
		if (number == SIGHUP)
			begin_reload(daemon);
		else
			begin_drain(daemon);
}

static int watch(struct daemon *daemon, struct mpy_handle *handle, int fd,
		 void (*ready)(struct mpy_handle *handle, uint32_t events))
{
	if (fd < 0)
		return fd;
	*handle = (struct mpy_handle){ fd, ready, daemon };
	return mpy_loop_add(daemon->loop, handle, EPOLLIN);
}

/* Before any thread is started: they inherit the blocked signals. */
static enum mpyd_exit open_loop(struct daemon *daemon)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, 0 };
	unsigned int half = mpy_service_watchdog_ms();

	signal(SIGPIPE, SIG_IGN);
	daemon->loop = mpy_loop_new();
	if (!daemon->loop ||
	    watch(daemon, &daemon->signals, mpy_signals_open(signals),
		  on_signal) < 0 ||
	    watch(daemon, &daemon->wake,
		  eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), on_wake) < 0 ||
	    watch(daemon, &daemon->check, mpy_timer_open(), on_check) < 0 ||
	    watch(daemon, &daemon->watchdog, mpy_timer_open(), on_watchdog) <
		    0 ||
	    watch(daemon, &daemon->drain, mpy_timer_open(), on_drain) < 0) {
		mpy_log(MPY_LOG_ERROR, "no descriptors: %s", strerror(errno));
		return MPYD_FAILURE;
	}
	mpy_timer_set(daemon->check.fd, CHECK_MS, CHECK_MS);
	if (half)
		mpy_timer_set(daemon->watchdog.fd, half, half);
	return MPYD_OK;
}

/* ---- life ------------------------------------------------------------------------------------ */

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
		open_loop,  open_recorder, open_kernel,
		open_store, open_worker,   open_control,
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
	settings = settings_of(config, bundle);
	r = mpy_replay_run(options->replay, &settings, store, why, sizeof(why));
	mpy_store_close(store);
	if (r == 0)
		return MPYD_OK;
	mpy_log(MPY_LOG_ERROR, "%s", why);
	return MPYD_FAILURE;
}
