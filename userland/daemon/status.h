/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status.h - the object that "mpyctl status" shows; keys as in mpyctl(1). */
#ifndef MPY_DAEMON_STATUS_H
#define MPY_DAEMON_STATUS_H

#include <stdbool.h>
#include <stdint.h>

struct mpy_json;
struct mpy_notify_sums;
struct mpy_pipeline_status;
struct mpy_stats;

struct mpy_status_parts {
	const char *no_module; /* why there are no stats; NULL: there are */
	const struct mpy_stats *stats;
	const char *module_version;
	const struct mpy_pipeline_status *pipeline;
	const struct mpy_notify_sums *sums;
	const char *kernel, *database;
	uint64_t refused; /* messages: not the kernel's, or damaged */
	uint64_t holes;	  /* sequence numbers that never came */
	uint64_t queue_depth;	 /* events that wait for the worker */
};

/* True if both sights are attached and findings are judged and recorded. */
bool mpy_status_healthy(const struct mpy_status_parts *parts);

/* The caller's; NULL without memory. */
struct mpy_json *mpy_status_json(const struct mpy_status_parts *parts);

#endif
