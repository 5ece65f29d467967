/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * subject.h - who did it. A subject is a process (tgid and start time); a run
 * is what it executes between two execs. A fork without exec belongs to its
 * parent's run. Subjects are not told of exits: the least recently seen go
 * when there are too many. One thread's.
 */
#ifndef MPY_DAEMON_SUBJECT_H
#define MPY_DAEMON_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/hash.h"
#include "daemon/argv.h"
#include "daemon/event.h"
#include "daemon/facts.h"

#define MPY_RUN_SEEN 16 /* digests of programs remembered per run */
#define MPY_INCIDENT_SIZE 33

struct mpy_run {
	unsigned int refs;
	struct mpy_event *exec; /* NULL: it began before we looked */
	uint32_t tgid;
	uint64_t start_ns;
	unsigned int number; /* execs of this process so far */
	uint32_t ppid;
	uint64_t parent_start_ns;
	enum mpy_image_class class;
	struct mpy_program_args program;
	char *operand;	    /* absolute, clean; NULL: none */
	char *module_dir;   /* where the -m module was found first */
	bool facts_asked;
	struct mpy_exec_facts *facts; /* NULL: none */
	char incident[MPY_INCIDENT_SIZE]; /* empty: not needed yet */
	bool has_finding; /* its one main finding is opened */
	char seen[MPY_RUN_SEEN][MPY_SHA256_HEX];
	unsigned int n_seen;
};

struct mpy_subjects;

/* Bounds: number of subjects, bytes of their command lines. */
struct mpy_subjects *mpy_subjects_new(size_t limit, size_t limit_weight);
void mpy_subjects_free(struct mpy_subjects *subjects);

/* Begins a run; takes the EXEC. The run is the table's: take a reference to
 * keep it beyond the next call. NULL without memory (event is freed). */
struct mpy_run *mpy_subjects_exec(struct mpy_subjects *subjects,
				  struct mpy_event *event);
/* The run of the task of an event: its own, its parent's, or a new one of
 * which nothing is known. NULL without memory. */
struct mpy_run *mpy_subjects_run(struct mpy_subjects *subjects,
				 const struct mpy_event *event);
/* The run of a known process or NULL. slack_ns: start may be that much later. */
struct mpy_run *mpy_subjects_find(struct mpy_subjects *subjects, uint32_t tgid,
				  uint64_t start_ns, uint64_t slack_ns);
size_t mpy_subjects_count(const struct mpy_subjects *subjects);

struct mpy_run *mpy_run_get(struct mpy_run *run);
void mpy_run_put(struct mpy_run *run);

/* Has the run had a program with this digest? Remembers it. */
bool mpy_run_saw(struct mpy_run *run, const char *sha256);

/* The facts of the run's EXEC, asked for once; NULL if there are none. */
const struct mpy_exec_facts *mpy_run_facts(struct mpy_run *run,
					   const struct mpy_outside *outside);

/*
 * The run's incident: that of the nearest forebear that is a known run, else
 * one of its own, derived from the host and the process.
 */
const char *mpy_run_incident(struct mpy_run *run, struct mpy_subjects *subjects,
			     const struct mpy_outside *outside);

#endif
