// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue: bounded by bytes, filled by many tasks, drained by one worker,
 * which gives the sequence numbers. A daemon that does not read makes the
 * worker wait, then the queue fill, then events be counted as lost; it never
 * holds up a task.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "describe.h"
#include "kept.h"
#include "queue.h"

/* How long one message waits for room in the daemon's socket, in ms. */
#define PATIENCE 10000
#define NAP_MIN	 2
#define NAP_MAX	 100

struct books {
	atomic64_t caused;
	atomic64_t delivered;
	atomic64_t lost[MPY_LOST_COUNT];
};

static struct books books[MPY_SIGHT_COUNT];

/*
 * Two generations of events in work: new ones are counted in the current,
 * the other one only falls. See SYNC in uapi/mpy.h.
 */
static struct {
	spinlock_t lock;
	u8 current_one;
	u64 pending[2];
} generations = { .lock = __SPIN_LOCK_UNLOCKED(generations.lock) };

static LIST_HEAD(events);    /* queue_lock */
static LIST_HEAD(questions); /* queue_lock; sent before any event */
static u32 depth;	     /* queue_lock */
static u32 depth_max;	     /* queue_lock */
static u32 epoch;	     /* written under queue_lock; 0: closed */
static u32 last_epoch;	     /* door's lock */
static DEFINE_SPINLOCK(queue_lock);

static u32 port;		  /* changes only while the gate is closed */
static u32 bytes_max;		  /* READ_ONCE */
static atomic_long_t bytes_taken; /* by events in work and in the queue */
static u64 last_seq;		  /* the worker alone writes */
static DEFINE_MUTEX(send_lock);	  /* held while an event is being sent */

static struct task_struct *worker;
static DECLARE_WAIT_QUEUE_HEAD(worker_wait);

u32 mpy_queue_epoch(void)
{
	return READ_ONCE(epoch);
}

static u8 enter_generation(void)
{
	u8 generation;

	spin_lock(&generations.lock);
	generation = generations.current_one;
	generations.pending[generation]++;
	spin_unlock(&generations.lock);
	return generation;
}

static void leave_generation(u8 generation)
{
	spin_lock(&generations.lock);
	generations.pending[generation]--;
	spin_unlock(&generations.lock);
}

bool mpy_queue_sync(void)
{
	bool started;

	spin_lock(&generations.lock);
	started = !generations.pending[!generations.current_one];
	if (started)
		generations.current_one = !generations.current_one;
	spin_unlock(&generations.lock);
	return started;
}

void mpy_queue_count_lost(enum mpy_sight sight, enum mpy_lost cause, u64 count)
{
	atomic64_add(count, &books[sight].caused);
	atomic64_add(count, &books[sight].lost[cause]);
}

static bool charge(size_t bytes)
{
	if (atomic_long_add_return(bytes, &bytes_taken) <= READ_ONCE(bytes_max))
		return true;
	atomic_long_sub(bytes, &bytes_taken);
	return false;
}

static void free_event(struct mpy_event *event)
{
	atomic_long_sub(event->charged, &bytes_taken);
	kfree(event->attrs);
	kvfree(event->data);
	kfree(event);
}

struct mpy_event *mpy_queue_cause(enum mpy_sight sight, enum mpy_kind kind,
				  u32 event_epoch, size_t data_max)
{
	size_t bytes = sizeof(struct mpy_event) + MPY_ATTRS_MAX + data_max;
	struct mpy_event *event;

	if (!charge(bytes)) {
		mpy_queue_count_lost(sight, MPY_LOST_QUEUE, 1);
		return NULL;
	}
	event = kzalloc(sizeof(*event), GFP_KERNEL);
	if (event && data_max)
		event->data = kvmalloc(data_max, GFP_KERNEL);
	if (!event || (data_max && !event->data)) {
		atomic_long_sub(bytes, &bytes_taken);
		kfree(event);
		mpy_queue_count_lost(sight, MPY_LOST_NO_MEMORY, 1);
		return NULL;
	}
	event->charged = bytes;
	event->epoch = event_epoch;
	event->cmd = MPY_CMD_EVENT;
	event->kind = kind;
	event->sight = sight;
	event->generation = enter_generation();
	atomic64_inc(&books[sight].caused);
	return event;
}

struct mpy_event *mpy_queue_question(u32 event_epoch)
{
	struct mpy_event *event = kzalloc(sizeof(*event), GFP_KERNEL);

	if (event) {
		event->epoch = event_epoch;
		event->cmd = MPY_CMD_CLASSIFY;
	}
	return event;
}

/* The end of an event: it goes into the books once, then it is gone. */
static void finish(struct mpy_event *event, atomic64_t *column, bool sent)
{
	if (event->kept && !sent)
		mpy_kept_drop(event->kept);
	if (event->cmd == MPY_CMD_EVENT) {
		atomic64_inc(column);
		leave_generation(event->generation);
	}
	if (event->finished)
		event->finished(event->owner, sent);
	free_event(event);
}

void mpy_queue_lose(struct mpy_event *event, enum mpy_lost cause)
{
	finish(event, &books[event->sight].lost[cause], false);
}

/* What was reserved and not used goes back before the event has to wait. */
static void settle_charge(struct mpy_event *event)
{
	size_t bytes = sizeof(*event) + event->attrs_len + event->data_len;

	if (event->charged > bytes) {
		atomic_long_sub(event->charged - bytes, &bytes_taken);
		event->charged = bytes;
	}
}

void mpy_queue_push(struct mpy_event *event)
{
	bool accepted;

	settle_charge(event);
	spin_lock(&queue_lock);
	accepted = epoch && event->epoch == epoch;
	if (accepted) {
		list_add_tail(&event->link, event->cmd == MPY_CMD_CLASSIFY ?
						    &questions :
						    &events);
		depth_max = max(depth_max, ++depth);
	}
	spin_unlock(&queue_lock);
	if (accepted)
		wake_up(&worker_wait);
	else
		mpy_queue_lose(event, MPY_LOST_CLOSED);
}

static struct mpy_event *take_event(void)
{
	struct mpy_event *event;

	spin_lock(&queue_lock);
	event = list_first_entry_or_null(&questions, struct mpy_event, link);
	if (!event)
		event = list_first_entry_or_null(&events, struct mpy_event,
						 link);
	if (event) {
		list_del(&event->link);
		depth--;
	}
	spin_unlock(&queue_lock);
	return event;
}

static int send_head(const struct mpy_event *event, u64 seq)
{
	return mpy_netlink_send_head(port, event->cmd, seq, event->kind,
				     event->attrs, event->attrs_len);
}

static int send_chunk(const struct mpy_event *event, u64 seq, u32 offset)
{
	u32 len = min(event->data_len - offset, MPY_CHUNK_MAX);

	return mpy_netlink_send_chunk(port, seq, event->field, offset,
				      event->data + offset, len);
}

/*
 * One message, of which number -1 is the head. netlink consumes what it
 * refuses, so each attempt makes the message anew. There is nothing to wait
 * on for a kernel socket: the worker naps.
 */
static int send_patiently(const struct mpy_event *event, u64 seq, bool head,
			  u32 offset)
{
	unsigned int waited = 0, nap = NAP_MIN;
	int err;

	for (;;) {
		if (event->epoch != READ_ONCE(epoch))
			return -ESHUTDOWN;
		err = head ? send_head(event, seq) :
			     send_chunk(event, seq, offset);
		if (err != -EAGAIN || waited >= PATIENCE)
			return err;
		wait_event_interruptible_timeout(
			worker_wait, event->epoch != READ_ONCE(epoch),
			msecs_to_jiffies(nap));
		waited += nap;
		nap = min(2 * nap, NAP_MAX);
	}
}

static enum mpy_lost cause_of(int err)
{
	switch (err) {
	case -ENOMEM:
	case -ENOBUFS:
		return MPY_LOST_NO_MEMORY;
	case -EAGAIN:
		return MPY_LOST_OVERRUN;
	default: /* no such port any more, or the gate is closed */
		return MPY_LOST_CLOSED;
	}
}

static void send_event(struct mpy_event *event)
{
	u64 seq = last_seq + 1;
	u32 offset;
	int err;

	WRITE_ONCE(last_seq, seq);
	if (event->numbered)
		event->numbered(event->owner, seq);
	if (event->kept)
		mpy_kept_number(event->kept, seq);
	err = send_patiently(event, seq, true, 0);
	for (offset = 0; !err && offset < event->data_len;
	     offset += MPY_CHUNK_MAX)
		err = send_patiently(event, seq, false, offset);
	if (err)
		mpy_queue_lose(event, cause_of(err));
	else
		finish(event, &books[event->sight].delivered, true);
}

static int drain(void *unused)
{
	struct mpy_event *event;

	while (!kthread_should_stop()) {
		wait_event_interruptible(worker_wait,
					 READ_ONCE(depth) ||
						 kthread_should_stop());
		mutex_lock(&send_lock);
		event = take_event();
		if (event)
			send_event(event);
		mutex_unlock(&send_lock);
	}
	return 0;
}

void mpy_queue_open(u32 new_port, u32 bytes)
{
	WRITE_ONCE(bytes_max, bytes);
	if (mpy_queue_epoch())
		return;
	port = new_port;
	if (!++last_epoch)
		last_epoch = 1;
	spin_lock(&queue_lock);
	WRITE_ONCE(epoch, last_epoch);
	spin_unlock(&queue_lock);
}

void mpy_queue_shut(void)
{
	struct mpy_event *event;

	spin_lock(&queue_lock);
	WRITE_ONCE(epoch, 0);
	spin_unlock(&queue_lock);
	wake_up(&worker_wait);

	/* The worker gives up what it is sending; the rest is lost here. */
	mutex_lock(&send_lock);
	while ((event = take_event()))
		mpy_queue_lose(event, MPY_LOST_CLOSED);
	mutex_unlock(&send_lock);
}

/* Delivered and lost first: then their sum cannot exceed what was caused. */
static void report_books(struct mpy_sight_report *report,
			 const struct books *book)
{
	unsigned int cause;

	report->delivered = atomic64_read(&book->delivered);
	for (cause = 0; cause < MPY_LOST_COUNT; cause++)
		report->lost[cause] = atomic64_read(&book->lost[cause]);
	smp_rmb();
	report->caused = atomic64_read(&book->caused);
}

void mpy_queue_report(struct mpy_report *report)
{
	unsigned int sight;

	for (sight = 0; sight < MPY_SIGHT_COUNT; sight++)
		report_books(&report->sights[sight], &books[sight]);
	spin_lock(&queue_lock);
	report->queue_depth = depth;
	report->queue_max = depth_max;
	spin_unlock(&queue_lock);
	report->queue_bytes = READ_ONCE(bytes_max);
	report->seq = READ_ONCE(last_seq);
	spin_lock(&generations.lock);
	report->sync_pending =
		generations.pending[!generations.current_one];
	spin_unlock(&generations.lock);
}

int mpy_queue_start(void)
{
	worker = kthread_run(drain, NULL, "mpy");
	return PTR_ERR_OR_ZERO(worker);
}

void mpy_queue_stop(void)
{
	kthread_stop(worker);
}
