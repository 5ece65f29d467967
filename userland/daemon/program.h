/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * program.h - which bytes are a program. Decides from names and identities
 * that were reported; looks at no disk.
 */
#ifndef MPY_DAEMON_PROGRAM_H
#define MPY_DAEMON_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

struct mpy_event;
struct mpy_outside;
struct mpy_run;

enum mpy_role {
	MPY_ROLE_DATA,	 /* neither */
	MPY_ROLE_OPENED, /* named like Python: imported, or just read */
	MPY_ROLE_PROGRAM /* what the run was started to execute */
};

/* Of a file opened (a READ) by a task of run. */
enum mpy_role mpy_program_role(struct mpy_run *run,
			       const struct mpy_event *event,
			       const struct mpy_outside *outside);

/* How the code came, in the words of the finding: memfd, deleted, zip, pyc,
 * module or file. Static. */
const char *mpy_program_sight(const struct mpy_run *run,
			      const struct mpy_event *event, enum mpy_role role);

/* The program's name as invoked, absolute and clean, if it differs from
 * path (NULL: the code is not on disk); else NULL. The caller's. */
char *mpy_program_link(const struct mpy_run *run, const char *path);

/* The same of the interpreter: the path given to exec, for "#!" the one that
 * is named there. NULL for fexecve(3) and if it does not differ. */
char *mpy_program_binary_link(const struct mpy_run *run, const char *path);

#endif
