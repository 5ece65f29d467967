/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks.h - the probes on the kernel's security functions.
 */
#ifndef MPY_HOOKS_H
#define MPY_HOOKS_H

#include <linux/types.h>

#include "netlink.h"

/*
 * Process context, one caller at a time. Attach what these sights need and
 * detach the rest; a sight that cannot be attached says why in its report.
 */
void mpy_hooks_attach(u32 sights);

/*
 * After return no probe runs any more. A probe that the kernel would not take
 * out (another module's doing) stays, harmless, and the module with it.
 */
void mpy_hooks_detach(void);

/* State and reason of each sight. Opens "/" to see whether probes are hit. */
void mpy_hooks_report(struct mpy_report *report);

#endif
