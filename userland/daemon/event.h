/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event.h - what the kernel reported, checked and in one piece. Past this
 * door nobody sees netlink attributes: every number is in its range, every
 * string ends in NUL and holds none, argv and contents are whole.
 */
#ifndef MPY_DAEMON_EVENT_H
#define MPY_DAEMON_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file as the kernel saw it; present: dev and inode are known. */
struct mpy_file_id {
	bool present;
	uint8_t deleted;
	uint64_t dev, inode, size;
	int64_t mtime_ns, ctime_ns;
};

enum mpy_ns {
	MPY_NS_MNT,
	MPY_NS_PID,
	MPY_NS_NET,
	MPY_NS_USER,
	MPY_NS_UTS,
	MPY_NS_IPC,
	MPY_NS_CGROUP,
	MPY_NS_COUNT
};

struct mpy_task {
	uint32_t tgid, ppid;
	uint64_t start_ns, parent_start_ns; /* CLOCK_BOOTTIME */
	uint32_t uid, euid, gid;
	uint8_t has_loginuid, has_session;
	uint32_t loginuid, session;
	uint64_t cgroup_id;
	uint32_t ns[MPY_NS_COUNT]; /* 0: unknown */
	uint8_t cwd_deleted;
	char *cgroup, *comm, *cwd, *exe_path; /* NULL: unknown */
};

enum mpy_event_kind {
	MPY_EVENT_EXEC,
	MPY_EVENT_READ,
	MPY_EVENT_CLASSIFY,
	MPY_EVENT_FENCE /* not from the kernel: see pipeline.h */
};

/* Facts on their way from scout.c; the event holds a reference. */
struct mpy_exec_probe {
	void (*release)(struct mpy_exec_probe *probe);
};

struct mpy_event {
	enum mpy_event_kind kind;
	uint64_t seq;
	uint64_t boot_ns;
	int64_t real_ns;
	struct mpy_task task;
	struct mpy_file_id exe; /* READ: dev and inode only */

	/* EXEC */
	char *filename, *interp;
	char *script_path;
	struct mpy_file_id script;
	uint8_t *argv; /* arguments, each ended by NUL */
	size_t argv_size;
	uint32_t argv_total;
	uint8_t argv_truncated;

	/* READ */
	char *file_path, *fstype;
	struct mpy_file_id file;
	uint8_t *contents;
	size_t contents_size;
	uint8_t contents_truncated;

	/* Added by the live side, owned by the event. */
	int fd; /* of a file with truncated contents; -1: none */
	struct mpy_exec_probe *probe; /* of an EXEC; NULL: none */
};

/* Accepts NULL. Closes fd. */
void mpy_event_free(struct mpy_event *event);

/* Bytes that the event holds in memory, roughly. */
size_t mpy_event_weight(const struct mpy_event *event);

/* Puts messages together; zero-initialise, end with mpy_assembler_reset(). */
struct mpy_assembler {
	struct mpy_event *partial;
	size_t argv_got, contents_got;
	uint64_t last_seq;
	uint64_t holes;	   /* sequence numbers never seen: lost on the way */
	uint64_t invalid;  /* messages that were refused */
	uint64_t cut_off;  /* events dropped half-way by the next one */
};

/*
 * Takes one message: its command (enum mpy_cmd) and attributes. 1 with *out
 * the caller's when an event is complete; 0 when more must come or the
 * command is of no interest; -EBADMSG for a message that breaks the protocol
 * (counted, and what it belonged to is dropped); -ENOMEM.
 */
int mpy_event_feed(struct mpy_assembler *assembler, unsigned int cmd,
		   const void *attrs, size_t size, struct mpy_event **out);
void mpy_assembler_reset(struct mpy_assembler *assembler);

/* Argument i of argv, NULL past the end. Walks: meant for the first few. */
const char *mpy_event_arg(const struct mpy_event *event, size_t i);

/* Same dev and inode, both known. */
bool mpy_file_id_same(const struct mpy_file_id *a, const struct mpy_file_id *b);

#endif
