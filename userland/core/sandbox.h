/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox.h - takes away from the calling process whatever mpy-judge does not
 * need. The only user of libseccomp. */
#ifndef MPY_CORE_SANDBOX_H
#define MPY_CORE_SANDBOX_H

#include <stddef.h>

/*
 * Dies with its parent; becomes nobody if it is root and may; no new
 * privileges, no core dumps, no tracing by others; address space at most
 * memory_bytes (0: no limit, for programs under a sanitizer); no descriptor
 * above max_fds - 1; no processes; a seccomp allow-list (recvmsg,
 * sendmsg, close, memory that is not executable, time, exit; write to
 * standard error alone), everything else kills the process. Call after all
 * set-up, with one thread. 0 or -errno; the caller must not go on after an
 * error.
 */
int mpy_sandbox_enter(size_t memory_bytes, unsigned int max_fds);

#endif
