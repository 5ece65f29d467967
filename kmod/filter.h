/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter.h - who is worth looking at: which program images are interpreters,
 * which tasks are our own daemon's, which opened files can be read.
 */
#ifndef MPY_FILTER_H
#define MPY_FILTER_H

#include <linux/fs.h>
#include <linux/types.h>

struct pid;

/* A file in one state: any change of content changes one of these. */
struct mpy_identity {
	dev_t dev;
	u64 ino;
	s64 size;
	s64 mtime_sec;
	s64 ctime_sec;
	u32 mtime_nsec;
	u32 ctime_nsec;
};

enum mpy_answer {
	MPY_UNSEEN,	/* nobody knows, ask */
	MPY_ASKED,	/* the daemon was asked a moment ago */
	MPY_FOREIGN,	/* not an interpreter */
	MPY_INTERPRETER
};

/* What the inode's identity is now; whether its ctime is old enough that a
 * later change must give another identity.
 */
void mpy_filter_identify(const struct inode *inode, struct mpy_identity *id);
bool mpy_filter_settled(const struct mpy_identity *id);
bool mpy_filter_same(const struct mpy_identity *a,
		     const struct mpy_identity *b);

/* Any context, preemption off or rcu_read_lock held. For an image about to
 * run: an answer given while the file was young does not hold.
 */
enum mpy_answer mpy_filter_image(const struct inode *inode);

/* Preemption off. For the image that current runs, whatever its age was: a
 * running image keeps its content. The hot path of every open.
 */
enum mpy_answer mpy_filter_current(void);

/* Any context. Is current one of the tasks that are never reported? */
bool mpy_filter_ignored(void);

/* Any context. Is this open one whose content can be taken without waiting
 * for, or consuming from, anything but a page cache?
 */
bool mpy_filter_readable(const struct file *file);

/* Process context. Remember an answer (MPY_ASKED: for a few seconds). */
void mpy_filter_learn(const struct mpy_identity *id, enum mpy_answer answer,
		      bool settled);

/* Process context, one caller at a time. Replaces the tasks that are ignored
 * by a copy of pids and takes references of its own. Returns 0 or -ENOMEM.
 */
int mpy_filter_ignore(struct pid *const *pids, unsigned int count);

/* Process context, hooks off: drop all answers and ignored tasks. */
void mpy_filter_forget(void);

#endif
