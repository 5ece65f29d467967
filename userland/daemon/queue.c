// SPDX-License-Identifier: GPL-2.0-or-later
/* queue.c - a bounded queue: one lock, two conditions, a linked list. */
#include "daemon/queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct node {
	struct node *next;
	void *item;
	size_t weight;
};

struct mpy_queue {
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied; /* on CLOCK_MONOTONIC */
	struct node *first, **last;
	size_t limit_items, limit_weight, weight;
	struct mpy_queue_counts counts;
	bool closed;
};

struct mpy_queue *mpy_queue_new(size_t limit_items, size_t limit_weight)
{
	struct mpy_queue *queue = calloc(1, sizeof(*queue));
	pthread_condattr_t attr;

	if (!queue)
		return NULL;
	pthread_mutex_init(&queue->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->filled, &attr);
	pthread_cond_init(&queue->emptied, &attr);
	pthread_condattr_destroy(&attr);
	queue->last = &queue->first;
	queue->limit_items = limit_items;
	queue->limit_weight = limit_weight;
	return queue;
}

void mpy_queue_free(struct mpy_queue *queue, void (*drop)(void *item))
{
	struct node *node;

	if (!queue)
		return;
	while ((node = queue->first)) {
		queue->first = node->next;
		drop(node->item);
		free(node);
	}
	pthread_cond_destroy(&queue->filled);
	pthread_cond_destroy(&queue->emptied);
	pthread_mutex_destroy(&queue->lock);
	free(queue);
}

static bool has_room(const struct mpy_queue *queue, size_t weight)
{
	if (!queue->first)
		return true;
	return queue->counts.depth < queue->limit_items &&
	       weight <= queue->limit_weight - queue->weight;
}

static bool push(struct mpy_queue *queue, void *item, size_t weight, bool wait)
{
	struct node *node = malloc(sizeof(*node));
	bool done = false;

	if (!node)
		return false;
	if (weight > queue->limit_weight)
		weight = queue->limit_weight;
	*node = (struct node){ NULL, item, weight };
	pthread_mutex_lock(&queue->lock);
	if (wait && !queue->closed && !has_room(queue, weight)) {
		queue->counts.waits++;
		while (!queue->closed && !has_room(queue, weight))
			pthread_cond_wait(&queue->emptied, &queue->lock);
	}
	if (!queue->closed && has_room(queue, weight)) {
		*queue->last = node;
		queue->last = &node->next;
		queue->weight += weight;
		queue->counts.pushed++;
		if (++queue->counts.depth > queue->counts.most)
			queue->counts.most = queue->counts.depth;
		pthread_cond_signal(&queue->filled);
		done = true;
	}
	pthread_mutex_unlock(&queue->lock);
	if (!done)
		free(node);
	return done;
}

bool mpy_queue_push(struct mpy_queue *queue, void *item, size_t weight)
{
	return push(queue, item, weight, true);
}

bool mpy_queue_try(struct mpy_queue *queue, void *item, size_t weight)
{
	return push(queue, item, weight, false);
}

static struct timespec deadline_in(int ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += (long)(ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

void *mpy_queue_pop(struct mpy_queue *queue, int timeout_ms)
{
	struct timespec at = { 0, 0 };
	struct node *node;
	void *item = NULL;
	int r = 0;

	if (timeout_ms >= 0)
		at = deadline_in(timeout_ms);
	pthread_mutex_lock(&queue->lock);
	while (!queue->first && !queue->closed && r == 0)
		r = timeout_ms < 0 ? pthread_cond_wait(&queue->filled,
						       &queue->lock) :
				     pthread_cond_timedwait(&queue->filled,
							    &queue->lock, &at);
	node = queue->first;
	if (node) {
		queue->first = node->next;
		if (!queue->first)
			queue->last = &queue->first;
		queue->weight -= node->weight;
		queue->counts.depth--;
		item = node->item;
		pthread_cond_broadcast(&queue->emptied);
	}
	pthread_mutex_unlock(&queue->lock);
	free(node);
	return item;
}

void mpy_queue_close(struct mpy_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_broadcast(&queue->filled);
	pthread_cond_broadcast(&queue->emptied);
	pthread_mutex_unlock(&queue->lock);
}

bool mpy_queue_closed(struct mpy_queue *queue)
{
	bool closed;

	pthread_mutex_lock(&queue->lock);
	closed = queue->closed;
	pthread_mutex_unlock(&queue->lock);
	return closed;
}

void mpy_queue_count(struct mpy_queue *queue, struct mpy_queue_counts *out)
{
	pthread_mutex_lock(&queue->lock);
	*out = queue->counts;
	pthread_mutex_unlock(&queue->lock);
}
