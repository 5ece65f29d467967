/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trouble.h - what an administrator must know when the module says no. */
#ifndef MPY_DAEMON_TROUBLE_H
#define MPY_DAEMON_TROUBLE_H

#include "daemon/daemon.h"

/* Logs why HELLO failed (err: -errno, why: the kernel's sentence or "") and
 * how to go on; gives the exit status for it. */
enum mpyd_exit mpy_trouble_hello(int err, const char *why);

#endif
