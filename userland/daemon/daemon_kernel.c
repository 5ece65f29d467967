// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel side: messages become events in the queue of the worker, HELLO
 * says who is here and what is wanted.
 */
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "daemon/daemon_inside.h"
#include "daemon/stats.h"
#include "daemon/trouble.h"

#define EVENTS_MAX   4096
#define EVENTS_BYTES (8u << 20)

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

int mpyd_hello(struct daemon *daemon, char *why, size_t why_size)
{
	const struct mpy_config *config = daemon->config;
	struct mpy_hello hello = {
		(uint32_t)config->queue_bytes, (uint32_t)config->snapshot_bytes,
		mpyd_scaled(config, config->classify_ms, MPY_CLASSIFY_LIMIT),
		{ 0 }, 0
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

enum mpyd_exit mpyd_open_kernel(struct daemon *daemon)
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
	r = mpyd_hello(daemon, why, sizeof(why));
	if (r < 0)
		return mpy_trouble_hello(r, why);
	daemon->connected = true;
	return MPYD_OK;
}
