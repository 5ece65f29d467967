/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * procfs.h - a process's forebears and the object that its path operand leads
 * to, by /proc. For identities and names only: contents come from the kernel.
 */
#ifndef MPY_DAEMON_PROCFS_H
#define MPY_DAEMON_PROCFS_H

#include <stdint.h>

struct mpy_exec_facts;

struct mpy_proc_question {
	uint32_t tgid, ppid;
	uint64_t start_ns, parent_start_ns;
	uint32_t ns_mnt;
	char *operand; /* absolute and clean; NULL: none */
};

void mpy_proc_question_clear(struct mpy_proc_question *question);

/* What can still be seen; NULL without memory. The caller's. */
struct mpy_exec_facts *
mpy_procfs_look(const struct mpy_proc_question *question);

#endif
