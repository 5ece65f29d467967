/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * work.h - from a probe to the task's own context. The probes take references
 * and leave a task work; it runs before the task returns to user space.
 */
#ifndef MPY_WORK_H
#define MPY_WORK_H

#include <linux/binfmts.h>
#include <linux/fs.h>

/* At load, before any hook: find task_work_add(). 0 or -errno, with a line
 * in the kernel log.
 */
int mpy_work_resolve(void);

/*
 * Called by the probes, preemption off. script: exec has met a file that is
 * no program image. exec: the new image's credentials are in place. read:
 * the file is being opened; ask: nobody knows yet what current's image is.
 */
void mpy_work_script(const struct linux_binprm *bprm);
void mpy_work_exec(const struct linux_binprm *bprm);
void mpy_work_read(struct file *file);
void mpy_work_ask(void);

#endif
