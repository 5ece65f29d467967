/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stats.h - the kernel's answers to HELLO and STATS, checked. */
#ifndef MPY_DAEMON_STATS_H
#define MPY_DAEMON_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mpy.h>

struct mpy_sight_stats {
	bool present;
	uint32_t state; /* enum mpy_sight_state */
	char why[200];
	uint64_t caused, delivered, lost[MPY_LOST_COUNT];
};

struct mpy_stats {
	struct mpy_sight_stats sights[MPY_SIGHT_COUNT];
	uint32_t abi, schema;
	char module_version[64];
	uint32_t depth, most, limit; /* of the kernel's queue */
	uint64_t unclassified, last_seq, sync_pending;
	bool sync_started;
};

/* Fills in out from the attributes of an answer; -EBADMSG. */
int mpy_stats_read(const void *attrs, size_t size, struct mpy_stats *out);

/* Stable names for status and documents; never NULL. */
const char *mpy_sight_name(unsigned int sight);
const char *mpy_lost_name(unsigned int cause);

#endif
