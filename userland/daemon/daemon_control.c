// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the control socket is asked: the state of all parts, and a SYNC step by
 * step.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/log.h"
#include "daemon/daemon_inside.h"
#include "daemon/facts.h"
#include "daemon/stats.h"
#include "daemon/status.h"

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

int mpyd_step_sync(void *context, struct mpy_sync *sync, char *why,
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

enum mpyd_exit mpyd_open_control(struct daemon *daemon)
{
	const char *path = daemon->config->control;
	int r;

	daemon->ops = (struct mpy_control_ops){ show_status, mpyd_step_sync,
						set_watchers, daemon };
	mpyd_make_folder(path, daemon->gid);
	r = mpy_control_open(daemon->loop, path, daemon->gid, &daemon->ops,
			     &daemon->control);
	if (r == 0)
		return MPYD_OK;
	mpy_log(MPY_LOG_ERROR, "control socket %s: %s", path, strerror(-r));
	return MPYD_FAILURE;
}
