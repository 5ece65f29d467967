/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scout.h - looks at what the kernel's events name, before it is gone: three
 * threads that answer CLASSIFY, read /proc, and read whole files through the
 * kernel's descriptors. Any of them may hang on a foreign file system; then
 * the others and the pipeline go on without its facts.
 */
#ifndef MPY_DAEMON_SCOUT_H
#define MPY_DAEMON_SCOUT_H

#include "daemon/facts.h"

struct mpy_scout;
struct mpy_recorder;

/* recorder may be NULL. multiplier scales every deadline. NULL: no memory,
 * sockets or threads. */
struct mpy_scout *mpy_scout_new(struct mpy_recorder *recorder,
				double multiplier);
/* No event of its may be in use any more. Accepts NULL. */
void mpy_scout_free(struct mpy_scout *scout);

/*
 * The receiver's thread shows each event before it hands it on; this never
 * waits for anything but the kernel's answer. A CLASSIFY is consumed (true
 * is returned), other events get their descriptor and probe.
 */
bool mpy_scout_notice(struct mpy_scout *scout, struct mpy_event *event);

/* After a reload of the configuration; any thread. */
void mpy_scout_set_multiplier(struct mpy_scout *scout, double multiplier);

/* The pipeline's side of it. */
const struct mpy_outside *mpy_scout_outside(struct mpy_scout *scout);

#endif
