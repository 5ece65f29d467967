/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * queue.h - a bounded queue between two threads. A full queue makes the
 * producer wait: the kernel's own queue is behind it and counts what it has
 * to drop, so nothing is lost uncounted here.
 */
#ifndef MPY_DAEMON_QUEUE_H
#define MPY_DAEMON_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mpy_queue;

struct mpy_queue_counts {
	size_t depth, most;
	uint64_t pushed, waits; /* waits: times the queue was full */
};

/* limit_items and limit_weight bound it; one item always fits. */
struct mpy_queue *mpy_queue_new(size_t limit_items, size_t limit_weight);
/* Items left are given to drop. Accepts NULL. No thread may be waiting. */
void mpy_queue_free(struct mpy_queue *queue, void (*drop)(void *item));

/* The queue owns item afterwards. False when closed: still the caller's. */
bool mpy_queue_push(struct mpy_queue *queue, void *item, size_t weight);
/* As push, but false at once when the queue is full. */
bool mpy_queue_try(struct mpy_queue *queue, void *item, size_t weight);
/* Waits up to timeout_ms (-1: for ever). The caller owns what it returns;
 * NULL: time-out, or closed and empty. */
void *mpy_queue_pop(struct mpy_queue *queue, int timeout_ms);
/* Nothing more goes in; who waits is woken; what is inside can be popped. */
void mpy_queue_close(struct mpy_queue *queue);
bool mpy_queue_closed(struct mpy_queue *queue);
void mpy_queue_count(struct mpy_queue *queue, struct mpy_queue_counts *out);

#endif
