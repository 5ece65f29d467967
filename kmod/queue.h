/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * queue.h - finished events on their way to the daemon, and the books: every
 * event that was caused is delivered, lost for a counted cause, or here.
 */
#ifndef MPY_QUEUE_H
#define MPY_QUEUE_H

#include <linux/list.h>
#include <linux/types.h>

#include "netlink.h"

/*
 * One event. Whoever has it owns all that it points to; mpy_queue_push()
 * takes it over in every case. Events of one epoch (one open gate) are never
 * sent in another.
 */
struct mpy_event {
	struct list_head link;
	u32 epoch;
	enum mpy_cmd cmd;    /* EVENT, or CLASSIFY, which goes first */
	enum mpy_kind kind;  /* EVENT */
	enum mpy_sight sight; /* EVENT: whose books */
	u8 generation;	     /* EVENT: SYNC */
	enum mpy_field field; /* what data holds */
	void *attrs;	     /* kmalloc */
	u32 attrs_len;
	void *data; /* kvmalloc, or NULL */
	u32 data_len;
	u64 kept;	/* ticket, or 0 */
	size_t charged; /* bytes of the bound */

	/* CLASSIFY: told before sending and when all is over. May be NULL. */
	void *owner;
	void (*numbered)(void *owner, u64 seq);
	void (*finished)(void *owner, bool sent);
};

/* The number of the open gate, 0 if it is closed. Any context. */
u32 mpy_queue_epoch(void);

/*
 * An event of this sight has been caused now, by current. Process context.
 * Returns it with data_max bytes of data reserved, or NULL: then it is
 * counted as lost. Ends in push or in lose.
 */
struct mpy_event *mpy_queue_cause(enum mpy_sight sight, enum mpy_kind kind,
				  u32 epoch, size_t data_max);

/* Process context: into the queue, or counted as lost and freed. */
void mpy_queue_push(struct mpy_event *event);

/* Process context: this one failed. Frees it. */
void mpy_queue_lose(struct mpy_event *event, enum mpy_lost cause);

/* Any context: caused and lost in one. */
void mpy_queue_count_lost(enum mpy_sight sight, enum mpy_lost cause, u64 count);

/* A CLASSIFY to be filled and pushed; no books are kept. NULL: no memory. */
struct mpy_event *mpy_queue_question(u32 epoch);

/*
 * Process context, under the door's lock. open: events of a new epoch go to
 * port. shut: pushes are refused from here on, nothing is sent after return.
 */
void mpy_queue_open(u32 port, u32 bytes);
void mpy_queue_shut(void);

/* The books. sync as in struct mpy_door. */
void mpy_queue_report(struct mpy_report *report);
bool mpy_queue_sync(void);

int mpy_queue_start(void);
void mpy_queue_stop(void);

#endif
