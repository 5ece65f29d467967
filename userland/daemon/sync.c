// SPDX-License-Identifier: GPL-2.0-or-later
/* sync.c - from the kernel's generations to a fence in the worker's queue. */
#include "daemon/sync.h"

#include "daemon/receive.h"
#include "daemon/stats.h"

int mpy_sync_step(struct mpy_sync *sync, struct mpy_requests *requests,
		  struct mpy_receiver *receiver, uint64_t fences_done)
{
	struct mpy_stats stats;
	int r;

	if (sync->stage == MPY_SYNC_BEGIN) {
		r = mpy_requests_stats(requests, true, &stats);
		if (r < 0 || !stats.sync_started)
			return r;
		sync->stage = MPY_SYNC_KERNEL;
	}
	if (sync->stage == MPY_SYNC_KERNEL) {
		r = mpy_requests_stats(requests, false, &stats);
		if (r < 0 || stats.sync_pending)
			return r;
		sync->fence = mpy_receiver_fence(receiver);
		sync->stage = MPY_SYNC_FENCE;
		return 0;
	}
	return fences_done >= sync->fence;
}
