/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * classify.h - asks the daemon whether a program image is an interpreter.
 */
#ifndef MPY_CLASSIFY_H
#define MPY_CLASSIFY_H

#include <linux/fs.h>
#include <linux/types.h>

#include "filter.h"

/*
 * Process context, by a task that is not exiting. wait: ask, and wait for the
 * answer, killably and a bounded time; MPY_UNSEEN if none came (counted).
 * Ask alone does not wait.
 */
enum mpy_answer mpy_classify_wait(struct file *exe, u32 epoch);
void mpy_classify_ask(struct file *exe, u32 epoch);

/*
 * The daemon's answer; path is that of the question if it is still kept,
 * else NULL. 0, or -ENOENT: no such question (any more).
 */
int mpy_classify_answer(u64 seq, bool interpreter, const struct path *path);

/* Any context: an image ran without being known. */
void mpy_classify_count_unknown(void);
u64 mpy_classify_unknown(void);

void mpy_classify_patience(u32 ms);

/* Process context, the gate is shut: wake all who wait, forget all. */
void mpy_classify_close(void);

#endif
