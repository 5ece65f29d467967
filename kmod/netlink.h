/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netlink.h - the generic netlink family: messages in and out, and the one
 * registered daemon. What a message does is decided by main.c through the
 * functions below; the queue sends through the last two.
 */
#ifndef MPY_NETLINK_H
#define MPY_NETLINK_H

#include <linux/types.h>

#include "uapi/mpy.h"

struct netlink_ext_ack;
struct path;
struct pid;

#define MPY_IGNORED_MAX 16

/* What a HELLO asks for, checked and with the defaults filled in. */
struct mpy_wishes {
	u32 port;
	u32 sights;
	u32 queue_bytes;
	u32 snapshot_max;
	u32 classify_ms;
	unsigned int ignored_count;
	struct pid *ignored[MPY_IGNORED_MAX]; /* references of the caller */
};

struct mpy_sight_report {
	enum mpy_sight_state state;
	const char *why; /* NULL, or a string that lives as long as the module */
	u64 caused;
	u64 delivered;
	u64 lost[MPY_LOST_COUNT];
};

struct mpy_report {
	struct mpy_sight_report sights[MPY_SIGHT_COUNT];
	u32 queue_depth;
	u32 queue_max;
	u32 queue_bytes;
	u64 unclassified;
	u64 seq;
	u64 sync_pending;
};

/*
 * All are called in process context with the door's lock held, except answer
 * and kept, which run beside everything else.
 */
struct mpy_door {
	/* Open the gate, or change what an open one asks for. 0 or -errno. */
	int (*open)(const struct mpy_wishes *wishes,
		    struct netlink_ext_ack *extack);
	/* Close it. After return nothing is sent to the old port. */
	void (*close)(void);
	/* Fill in the report. */
	void (*report)(struct mpy_report *report);
	/* Start a new generation, if the older one is empty: true if so. */
	bool (*sync)(void);
	/* The daemon's answer to CLASSIFY seq. 0 or -ENOENT. */
	int (*answer)(u64 seq, bool interpreter);
	/* The path kept for seq, with a reference. 0 or -ENOENT. */
	int (*kept)(u64 seq, bool script, struct path *path);
};

int mpy_netlink_register(const struct mpy_door *door);
void mpy_netlink_unregister(void);

/*
 * Send one message to a port. Process context. 0, -ENOMEM, or what netlink
 * said: -EAGAIN means that the receiver has no room now.
 *
 * head: EVENT or CLASSIFY with finished attributes; kind 0 is left out.
 */
int mpy_netlink_send_head(u32 port, enum mpy_cmd cmd, u64 seq, u32 kind,
			  const void *attrs, size_t len);
int mpy_netlink_send_chunk(u32 port, u64 seq, enum mpy_field field, u32 offset,
			   const void *data, size_t len);

#endif
