// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions to the daemon about program images. Tasks that start the same
 * image at the same time share one question. A question that timed out stays
 * for a while so that the next start of that image does not wait again: a
 * daemon that does not answer delays each image once, not each exec.
 */
#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "classify.h"
#include "describe.h"
#include "kept.h"
#include "queue.h"
#include "uapi/mpy.h"

#define QUESTIONS_MAX 64
#define FORGET_AFTER  (5 * HZ)

enum state { OPEN, YES, NO, FAILED };

struct question {
	struct list_head link;	/* questions_lock; empty: not listed */
	refcount_t refs;	/* list, queued event, each waiter */
	struct mpy_identity id; /* when it was asked */
	u64 seq;		/* questions_lock; 0 until sent */
	bool settled;
	bool timed_out;	      /* questions_lock */
	enum state state;     /* READ_ONCE; leaves OPEN once, under the lock */
	unsigned long since;  /* jiffies */
	wait_queue_head_t wait;
};

static LIST_HEAD(questions);
static unsigned int question_count;
static DEFINE_SPINLOCK(questions_lock);
static atomic64_t unknown;
static u32 patience_ms = MPY_CLASSIFY_DEFAULT;

void mpy_classify_count_unknown(void)
{
	atomic64_inc(&unknown);
}

u64 mpy_classify_unknown(void)
{
	return atomic64_read(&unknown);
}

void mpy_classify_patience(u32 ms)
{
	WRITE_ONCE(patience_ms, ms);
}

static void put_question(struct question *question)
{
	if (refcount_dec_and_test(&question->refs))
		kfree(question);
}

/* Under the lock; the caller holds a reference, or question is listed. */
static void settle(struct question *question, enum state state)
{
	if (question->state == OPEN)
		WRITE_ONCE(question->state, state);
	wake_up_all(&question->wait);
	if (list_empty(&question->link))
		return;
	list_del_init(&question->link);
	question_count--;
	put_question(question); /* the list's reference */
}

static void end(struct question *question, enum state state)
{
	spin_lock(&questions_lock);
	settle(question, state);
	spin_unlock(&questions_lock);
}

static void numbered(void *owner, u64 seq)
{
	struct question *question = owner;

	spin_lock(&questions_lock);
	question->seq = seq;
	spin_unlock(&questions_lock);
}

/* The queue is done with the message. Sent: the answer ends the question. */
static void finished(void *owner, bool sent)
{
	struct question *question = owner;

	if (!sent)
		end(question, FAILED);
	put_question(question);
}

/* Under the lock. Old questions that nobody answered make room. */
static void forget_old(void)
{
	unsigned long limit = FORGET_AFTER +
			      msecs_to_jiffies(READ_ONCE(patience_ms));
	struct question *question, *next;

	list_for_each_entry_safe(question, next, &questions, link)
		if (time_after(jiffies, question->since + limit))
			settle(question, FAILED);
}

/* Under the lock. */
static struct question *find_same(const struct mpy_identity *id)
{
	struct question *question;

	list_for_each_entry(question, &questions, link)
		if (mpy_filter_same(&question->id, id))
			return question;
	return NULL;
}

static struct question *new_question(const struct mpy_identity *id)
{
	struct question *question = kzalloc(sizeof(*question), GFP_KERNEL);

	if (!question)
		return NULL;
	INIT_LIST_HEAD(&question->link);
	init_waitqueue_head(&question->wait);
	refcount_set(&question->refs, 1);
	question->id = *id;
	question->settled = mpy_filter_settled(id);
	question->since = jiffies;
	return question;
}

/*
 * The listed question about this image with a reference for the caller, who
 * has to send it if *fresh. NULL: no memory, or too many open questions.
 */
static struct question *join(const struct mpy_identity *id, bool *fresh)
{
	struct question *mine = new_question(id);
	struct question *question;

	*fresh = false;
	if (!mine)
		return NULL;
	spin_lock(&questions_lock);
	forget_old();
	question = find_same(id);
	if (!question && question_count < QUESTIONS_MAX) {
		question = mine;
		list_add_tail(&question->link, &questions);
		question_count++;
		*fresh = true;
	}
	if (question)
		refcount_inc(&question->refs);
	spin_unlock(&questions_lock);
	if (!*fresh)
		put_question(mine);
	return question;
}

static int describe(struct mpy_event *event, const struct path *path)
{
	struct mpy_sheet *sheet = mpy_sheet_get();
	int err = -ENOMEM;

	if (sheet)
		err = mpy_describe_file(sheet, MPY_A_EXE_PATH, path);
	if (!err) {
		event->attrs_len = sheet->attrs->len;
		event->attrs = kmemdup(sheet->attrs->data, sheet->attrs->len,
				       GFP_KERNEL);
		if (!event->attrs)
			err = -ENOMEM;
	}
	mpy_sheet_put(sheet);
	return err;
}

static void send(struct question *question, const struct path *path, u32 epoch)
{
	struct mpy_event *event = mpy_queue_question(epoch);

	if (!event) {
		end(question, FAILED);
		return;
	}
	refcount_inc(&question->refs);
	event->owner = question;
	event->numbered = numbered;
	event->finished = finished;
	if (describe(event, path)) {
		mpy_queue_lose(event, MPY_LOST_NO_MEMORY);
		return;
	}
	event->kept = mpy_kept_add(path, NULL);
	mpy_queue_push(event);
}

/* The question about exe, sent if it is new, with a reference; or NULL. */
static struct question *ask(struct file *exe, u32 epoch)
{
	struct question *question;
	struct mpy_identity id;
	bool fresh;

	mpy_filter_identify(file_inode(exe), &id);
	question = join(&id, &fresh);
	if (!question || !fresh)
		return question;
	mpy_filter_learn(&id, MPY_ASKED, false);
	send(question, &exe->f_path, epoch);
	return question;
}

void mpy_classify_ask(struct file *exe, u32 epoch)
{
	struct question *question = ask(exe, epoch);

	if (question)
		put_question(question);
}

static void wait_for(struct question *question)
{
	bool wait;

	spin_lock(&questions_lock);
	wait = !question->timed_out;
	spin_unlock(&questions_lock);
	if (!wait)
		return;
	if (wait_event_killable_timeout(
		    question->wait, READ_ONCE(question->state) != OPEN,
		    msecs_to_jiffies(READ_ONCE(patience_ms))))
		return;
	spin_lock(&questions_lock);
	question->timed_out = true;
	spin_unlock(&questions_lock);
}

enum mpy_answer mpy_classify_wait(struct file *exe, u32 epoch)
{
	struct question *question = ask(exe, epoch);
	enum mpy_answer answer = MPY_UNSEEN;

	if (question) {
		wait_for(question);
		switch (READ_ONCE(question->state)) {
		case YES:
			answer = MPY_INTERPRETER;
			break;
		case NO:
			answer = MPY_FOREIGN;
			break;
		case OPEN:
		case FAILED:
			break;
		}
		put_question(question);
	}
	if (answer == MPY_UNSEEN)
		mpy_classify_count_unknown();
	return answer;
}

/*
 * The answer is about the bytes that the daemon read after we asked. It holds
 * for later execs only if the file is still as it was then and was old enough
 * for that to mean something.
 */
static void learn(const struct question *question, bool interpreter,
		  const struct path *path)
{
	bool settled = false;
	struct mpy_identity id;

	if (path) {
		mpy_filter_identify(d_backing_inode(path->dentry), &id);
		settled = question->settled &&
			  mpy_filter_same(&id, &question->id);
	}
	mpy_filter_learn(&question->id,
			 interpreter ? MPY_INTERPRETER : MPY_FOREIGN, settled);
}

int mpy_classify_answer(u64 seq, bool interpreter, const struct path *path)
{
	struct question *question, *found = NULL;

	spin_lock(&questions_lock);
	list_for_each_entry(question, &questions, link) {
		if (!seq || question->seq != seq)
			continue;
		found = question;
		refcount_inc(&found->refs);
		break;
	}
	spin_unlock(&questions_lock);
	if (!found)
		return -ENOENT;
	/* The cache first: who is woken opens files at once. */
	learn(found, interpreter, path);
	end(found, interpreter ? YES : NO);
	put_question(found);
	return 0;
}

void mpy_classify_close(void)
{
	struct question *question, *next;

	spin_lock(&questions_lock);
	list_for_each_entry_safe(question, next, &questions, link)
		settle(question, FAILED);
	spin_unlock(&questions_lock);
}
