/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sync.h - "all that was caused before now is judged and committed": one
 * request's way through the kernel's generations, the receiver's socket and
 * the worker's queue.
 */
#ifndef MPY_DAEMON_SYNC_H
#define MPY_DAEMON_SYNC_H

#include <stdint.h>

struct mpy_receiver;
struct mpy_requests;

enum mpy_sync_stage {
	MPY_SYNC_BEGIN,	 /* a generation of events must be closed */
	MPY_SYNC_KERNEL, /* the kernel must have sent them */
	MPY_SYNC_FENCE	 /* we must have worked them off */
};

struct mpy_sync { /* zero-initialise */
	enum mpy_sync_stage stage;
	uint64_t fence;
};

/*
 * One step; to be repeated every few milliseconds. fences_done: the highest
 * fence that came through the pipeline. 1 = done, 0 = not yet, -errno: the
 * module does not answer.
 */
int mpy_sync_step(struct mpy_sync *sync, struct mpy_requests *requests,
		  struct mpy_receiver *receiver, uint64_t fences_done);

#endif
