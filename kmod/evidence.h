/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * evidence.h - makes events: everything is taken in the task's own context,
 * where it may sleep, and before the task can change it.
 */
#ifndef MPY_EVIDENCE_H
#define MPY_EVIDENCE_H

#include <linux/fs.h>
#include <linux/path.h>
#include <linux/types.h>

/* When and in which open gate it happened. */
struct mpy_moment {
	u32 epoch;
	u64 boot_ns;
	u64 real_ns;
};

/* What can be seen of an exec only while it happens. NULL: there is none. */
struct mpy_exec_facts {
	const char *filename;
	const char *interp;
	const struct path *script;
};

/* Any context. */
void mpy_evidence_now(struct mpy_moment *moment, u32 epoch);

/*
 * Called by current, which is not exiting. exec: current runs the image exe,
 * which is an interpreter. read: current, an interpreter, has opened file.
 */
void mpy_evidence_exec(const struct mpy_moment *moment, struct file *exe,
		       const struct mpy_exec_facts *facts);
void mpy_evidence_read(const struct mpy_moment *moment, struct file *exe,
		       struct file *file);

/* Bytes of contents per READ. */
void mpy_evidence_limit(u32 snapshot_max);

#endif
