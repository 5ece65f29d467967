// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Handlers of the main loop: signals, wake-ups from the worker, the watch over
 * module and worker, and the end, which waits for what has been caused.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/log.h"
#include "daemon/daemon_inside.h"
#include "daemon/service.h"
#include "daemon/stats.h"

#define CHECK_MS   5000 /* is the module still there? */
#define DRAIN_STEP 10
#define STUCK_MS   60000 /* a worker without a pulse, besides judging */

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
	mpyd_check_reload(daemon);
	if (!daemon->connected ||
	    !__atomic_exchange_n(&daemon->hello_again, false, __ATOMIC_ACQ_REL))
		return;
	r = mpyd_hello(daemon, why, sizeof(why));
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
	if (mpyd_hello(daemon, why, sizeof(why)) < 0)
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
	    mpyd_scaled(config, 4 * config->judge_ms + STUCK_MS, UINT32_MAX))
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
	r = mpyd_step_sync(daemon, &daemon->draining, why, sizeof(why));
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
		mpyd_scaled(daemon->config, daemon->config->drain_ms, 3600000);
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
			mpyd_begin_reload(daemon);
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

enum mpyd_exit mpyd_open_loop(struct daemon *daemon)
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
