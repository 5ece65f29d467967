/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * facts.h - what mpyd learns outside of the kernel's events: from /proc, from
 * descriptors that the kernel hands over, about the host. The pipeline asks
 * through struct mpy_outside, which has two implementations: scout.c looks,
 * replay.c remembers. All that is asked is recorded, so that a replay
 * finds the same on any host.
 */
#ifndef MPY_DAEMON_FACTS_H
#define MPY_DAEMON_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/hash.h"
#include "daemon/blob.h"
#include "daemon/event.h"
#include "daemon/interpreter.h"

#define MPY_ANCESTORS_MAX 16
#define MPY_ANCESTOR_ARGV 4096		/* bytes of argv kept of each */
#define MPY_WHOLE_MAX	  (64u << 20) /* bytes of a file that are judged */

/* Which object the path operand of a command line leads to. */
enum mpy_operand { MPY_OPERAND_UNKNOWN, MPY_OPERAND_FILE, MPY_OPERAND_DIRECTORY };

struct mpy_ancestor_fact {
	uint32_t pid;
	uint64_t start_ns; /* to 10 ms, as /proc tells */
	char *exe;
	uint8_t *argv;
	size_t argv_size;
};

struct mpy_exec_facts {
	enum mpy_operand operand;
	uint64_t dev, inode;
	char *resolved; /* of a directory: its path with links resolved */
	struct mpy_ancestor_fact ancestors[MPY_ANCESTORS_MAX];
	size_t n_ancestors; /* nearest first */
};

struct mpy_file_facts {
	char *absent; /* why there is no digest; NULL: there is one */
	char sha256[MPY_SHA256_HEX];
	uint64_t size;
	uint8_t *bytes; /* all or, see wholefile.h, parts; NULL: unread */
	size_t bytes_size;
};

struct mpy_image_facts {
	enum mpy_image_class class;
	char sha256[MPY_SHA256_HEX]; /* empty: unknown */
};

struct mpy_host {
	char *machine_id, *name, *kernel;
};

void mpy_exec_facts_free(struct mpy_exec_facts *facts);
void mpy_file_facts_clear(struct mpy_file_facts *facts);
/* Of this host; -errno without /etc/machine-id. */
int mpy_host_read(struct mpy_host *host);
void mpy_host_clear(struct mpy_host *host);

void mpy_exec_facts_put(struct mpy_blob *blob,
			const struct mpy_exec_facts *facts);
void mpy_file_facts_put(struct mpy_blob *blob,
			const struct mpy_file_facts *facts);
void mpy_image_facts_put(struct mpy_blob *blob, const struct mpy_file_id *id,
			 const struct mpy_image_facts *facts);
void mpy_host_put(struct mpy_blob *blob, const struct mpy_host *host);

/* Readers: NULL or -EBADMSG if the record is damaged, -ENOMEM. */
struct mpy_exec_facts *mpy_exec_facts_get(const void *data, size_t size);
int mpy_file_facts_get(const void *data, size_t size,
		       struct mpy_file_facts *out);
int mpy_image_facts_get(const void *data, size_t size, struct mpy_file_id *id,
			struct mpy_image_facts *out);
int mpy_host_get(const void *data, size_t size, struct mpy_host *out);

struct mpy_file_job;

struct mpy_outside {
	void *context;
	const struct mpy_host *host;
	bool replays; /* files come without a descriptor */
	/* Facts of an EXEC, NULL if they cannot be had; waits a bounded time.
	 * The caller's, freed by mpy_exec_facts_free(). */
	struct mpy_exec_facts *(*exec)(void *context,
				       const struct mpy_event *event);
	/* Of the image of an EXEC; with digest waits for it (bounded). */
	void (*image)(void *context, const struct mpy_event *event, bool digest,
		      struct mpy_image_facts *out);
	/* The whole of a READ's file whose contents are truncated: begins. It
	 * takes event->fd. NULL without memory. */
	struct mpy_file_job *(*file)(void *context, struct mpy_event *event);
	/* True when done: out is the caller's to clear, job is gone. */
	bool (*file_done)(void *context, struct mpy_file_job *job,
			  struct mpy_file_facts *out);
	/* CLOCK_REALTIME now; in a replay the time of the event. */
	int64_t (*now)(void *context, const struct mpy_event *event);
};

#endif
