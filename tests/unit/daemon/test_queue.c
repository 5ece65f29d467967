// SPDX-License-Identifier: GPL-2.0-or-later
/* test_queue.c - order, bounds, closing, and two threads at once. */
#include "daemon/queue.h"

#include <pthread.h>
#include <stdint.h>

#include "../test.h"

static int dropped;

static void drop(void *item)
{
	dropped++;
}

static void items_come_in_order_within_bounds(void)
{
	struct mpy_queue *queue = mpy_queue_new(2, 100);
	struct mpy_queue_counts counts;
	int a = 0, b = 0, c = 0;

	CHECK(mpy_queue_pop(queue, 0) == NULL);
	CHECK(mpy_queue_try(queue, &a, 500)); /* one always fits */
	CHECK(!mpy_queue_try(queue, &b, 1));
	CHECK(mpy_queue_pop(queue, 0) == &a);
	CHECK(mpy_queue_try(queue, &a, 1) && mpy_queue_try(queue, &b, 1));
	CHECK(!mpy_queue_try(queue, &c, 1));
	CHECK(mpy_queue_pop(queue, -1) == &a);
	CHECK(mpy_queue_pop(queue, -1) == &b);
	mpy_queue_count(queue, &counts);
	CHECK(counts.depth == 0 && counts.most == 2 && counts.pushed == 3);
	CHECK(mpy_queue_try(queue, &a, 1));
	mpy_queue_close(queue);
	CHECK(!mpy_queue_push(queue, &b, 1));
	dropped = 0;
	mpy_queue_free(queue, drop);
	CHECK(dropped == 1);
}

static void *produce(void *context)
{
	struct mpy_queue *queue = context;
	uintptr_t i;

	for (i = 1; i <= 10000; i++)
		if (!mpy_queue_push(queue, (void *)i, 1))
			break;
	mpy_queue_close(queue);
	return NULL;
}

static void a_full_queue_makes_the_producer_wait(void)
{
	struct mpy_queue *queue = mpy_queue_new(16, 1000);
	struct mpy_queue_counts counts;
	uintptr_t expected = 1;
	pthread_t thread;
	void *item;

	CHECK(pthread_create(&thread, NULL, produce, queue) == 0);
	while ((item = mpy_queue_pop(queue, 10000)))
		CHECK((uintptr_t)item == expected++);
	CHECK(expected == 10001);
	pthread_join(thread, NULL);
	mpy_queue_count(queue, &counts);
	CHECK(counts.most <= 16);
	mpy_queue_free(queue, drop);
}

int main(void)
{
	RUN(items_come_in_order_within_bounds);
	RUN(a_full_queue_makes_the_producer_wait);
	return DONE();
}
