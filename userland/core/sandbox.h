/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox.h - takes away from the calling process whatever mpy-judge does not
 * need. The only user of libseccomp. */
#ifndef MPY_CORE_SANDBOX_H
#define MPY_CORE_SANDBOX_H

#include <stddef.h>

/*
 * No new privileges, no core dumps, address space at most memory_bytes, no
 * new files or processes, seccomp allow-list (read, write, recvmsg, sendmsg,
 * memory and time calls, exit); everything else kills the process. Call after
 * all set-up. 0 or -errno; the caller must not go on after an error.
 */
int mpy_sandbox_enter(size_t memory_bytes);

#endif
