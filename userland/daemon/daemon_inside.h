/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * daemon_inside.h - all that mpyd holds, and how the files that are mpyd as a
 * whole call each other. Nobody else includes it.
 *
 *   daemon.c          what is opened in which order, and closed
 *   daemon_kernel.c   events from the module, HELLO to it
 *   daemon_control.c  what the control socket is asked: status and SYNC
 *   daemon_reload.c   configuration and model, loaded again
 *   daemon_loop.c     signals and timers of the main loop
 */
#ifndef MPY_DAEMON_DAEMON_INSIDE_H
#define MPY_DAEMON_DAEMON_INSIDE_H

#include <sys/types.h>

#include "core/config.h"
#include "core/store.h"
#include "daemon/control.h"
#include "daemon/daemon.h"
#include "daemon/event.h"
#include "daemon/loop.h"
#include "daemon/notify.h"
#include "daemon/pipeline.h"
#include "daemon/queue.h"
#include "daemon/receive.h"
#include "daemon/recording.h"
#include "daemon/scout.h"
#include "daemon/sync.h"
#include "daemon/worker.h"

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

/* ---- daemon.c ------------------------------------------------------------ */

/* A deadline, multiplied as configured; never more than limit. */
uint32_t mpyd_scaled(const struct mpy_config *config, unsigned int ms,
		     uint32_t limit);
struct mpy_pipeline_settings mpyd_settings(const struct mpy_config *config,
					   const char *bundle);
/* Folders of database and socket, for hosts without tmpfiles.d. */
void mpyd_make_folder(const char *path, gid_t gid);

/* ---- the steps of opening, each in its file ------------------------------ */

/* Before any thread is started: they inherit the blocked signals. */
enum mpyd_exit mpyd_open_loop(struct daemon *daemon);
enum mpyd_exit mpyd_open_kernel(struct daemon *daemon);
enum mpyd_exit mpyd_open_control(struct daemon *daemon);

/* ---- daemon_kernel.c ----------------------------------------------------- */

/* Registers, or again with what has changed. 0, or -errno and why. */
int mpyd_hello(struct daemon *daemon, char *why, size_t why_size);

/* ---- daemon_control.c ---------------------------------------------------- */

/*
 * One step of a SYNC, as in struct mpy_control_ops; context is the daemon.
 * The end of the daemon is a SYNC too.
 */
int mpyd_step_sync(void *context, struct mpy_sync *sync, char *why,
		   size_t why_size);

/* ---- daemon_reload.c ----------------------------------------------------- */

/* Reads files and asks the worker, who answers later: check then. */
void mpyd_begin_reload(struct daemon *daemon);
void mpyd_check_reload(struct daemon *daemon);

#endif
