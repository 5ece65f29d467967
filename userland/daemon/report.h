/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - from what was seen and judged to a finding or an observation. */
#ifndef MPY_DAEMON_REPORT_H
#define MPY_DAEMON_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/hash.h"
#include "daemon/program.h"

struct mpy_event;
struct mpy_finding;
struct mpy_judgement;
struct mpy_outside;
struct mpy_run;
struct mpy_subjects;

/* One piece of code that a run executed or opened. Nothing here is owned. */
struct mpy_unit {
	enum mpy_role role;
	const char *sight; /* NULL: to be told from the event */
	const struct mpy_event *event; /* EXEC for -c, else READ */
	const uint8_t *bytes;	       /* what was judged */
	size_t size;
	bool truncated;		 /* the code is longer than bytes */
	char sha256[MPY_SHA256_HEX];	  /* of bytes */
	char file_sha256[MPY_SHA256_HEX]; /* empty: see absent */
	const char *absent;
	uint64_t file_size;
	bool changed; /* the file was not the same when it was read whole */
};

struct mpy_report_settings {
	size_t contents_bytes; /* reported at most */
	const char *project;   /* NULL or empty: the host's name */
	const char *model;
};

/*
 * A finding if unit is a malicious program and its run has none yet, an
 * observation otherwise. Takes judgement, also when it fails. NULL without
 * memory.
 */
struct mpy_finding *mpy_report_new(const struct mpy_report_settings *settings,
				   const struct mpy_unit *unit,
				   struct mpy_run *run,
				   struct mpy_subjects *subjects,
				   const struct mpy_outside *outside,
				   struct mpy_judgement *judgement);

#endif
