/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * mpy.h - the protocol between the kernel module mpy and the daemon mpyd.
 *
 * This file is the protocol's manual. One copy, compiled by both sides.
 *
 * Transport: generic netlink, family MPY_GENL_NAME, version
 * MPY_GENL_VERSION, initial network namespace only, unicast only. Every
 * command needs CAP_NET_ADMIN (GENL_ADMIN_PERM); HELLO, FD and CLASSIFIED
 * also need CAP_SYS_ADMIN in the initial user namespace. Messages are
 * sequences of attributes (enum mpy_attr); integers are in host byte order,
 * strings end in NUL unless said otherwise, "bytes" are raw and may hold
 * anything. Attributes are only ever appended to the enum; a receiver skips
 * those that it does not know. The family's version rises only when the
 * meaning of something changes.
 *
 * Two further numbers are exchanged in HELLO:
 *   MPY_ABI      rises when a command or its meaning changes; the two sides
 *                must agree (the daemon speaks the last two);
 *   MPY_SCHEMA   rises when an event gains an attribute; any may be newer.
 *
 * Commands
 * --------
 * HELLO  daemon -> kernel, answered by HELLO kernel -> daemon
 *     request: ABI, SCHEMA, SIGHTS, [QUEUE_BYTES], [SNAPSHOT_MAX],
 *              [CLASSIFY_MS], [IGNORE_TGID]...
 *     answer:  ABI, SCHEMA, MODULE_VERSION, SIGHT { SIGHT_ID, SIGHT_STATE,
 *              [SIGHT_WHY] } ..., QUEUE_BYTES, SNAPSHOT_MAX, CLASSIFY_MS
 *     Registers the sender's port as the one daemon, attaches the hooks of
 *     the wanted sights and opens the gate. While a daemon is registered a
 *     second HELLO of another port gets -EBUSY with a sentence in extack;
 *     another ABI gets -EPROTO, the sentence naming both. The gate closes
 *     and the hooks are detached when the port's socket is released.
 *     The sender's own thread group is ignored from then on by task identity
 *     (so is each further IGNORE_TGID: mpy-judge); events of their children
 *     are reported unless those are ignored themselves.
 *     HELLO again from the registered port replaces all that the first one
 *     asked for (the list of ignored tasks too) and leaves the gate open.
 *     The gate is open before the answer is sent: events may come before it.
 *     QUEUE_BYTES below 1 MiB are raised to that; above a limit: -ERANGE.
 *     A sight can be ATTACHED with a SIGHT_WHY: what it does without.
 *
 * EVENT  kernel -> daemon
 *     Head of one event. Always: SEQ, KIND, BOOT_NS, REAL_NS, TGID,
 *     TASK_START_NS. SEQ is given under the send lock: the order of numbers
 *     is the order of sending, and a hole is a loss. Long values do not
 *     fit an attribute (nla_len is 16 bits): the head names their sizes and
 *     they follow in CHUNK messages of the same SEQ, in order, before any
 *     message of another SEQ. An event is complete when ARGV_SIZE and
 *     CONTENTS_SIZE bytes have come. An event that could not be sent whole
 *     was counted as lost by the kernel; the receiver drops the part it has
 *     when the next SEQ arrives, and does not count it again.
 *
 *     KIND = MPY_KIND_EXEC: a program image that is an interpreter was
 *     executed. TASK (see below), FILE of the image (EXE_*), FILENAME (the
 *     path given to exec), [INTERP], [SCRIPT_*: identity and path of the
 *     "#!" file], ARGV_SIZE, [ARGV_TRUNCATED], ARGV_TOTAL.
 *     KIND = MPY_KIND_READ: an interpreter opened a regular file. TASK
 *     without argv, FILE of the opened file (FILE_*), CONTENTS_SIZE,
 *     [CONTENTS_TRUNCATED]. If CONTENTS_TRUNCATED is present, the kernel
 *     keeps the file's struct path for FD, see there. Reported are files
 *     with content, and empty ones with a Python suffix; whole (up to
 *     SNAPSHOT_MAX) those with a Python suffix, with "#!", or of at most
 *     64 KiB, of others the first 4 KiB. Never: pseudo file systems, opens
 *     for writing only, O_PATH, what exec itself opens.
 *
 * CHUNK  kernel -> daemon
 *     SEQ, FIELD (enum mpy_field), OFFSET, DATA (1..MPY_CHUNK_MAX bytes).
 *
 * CLASSIFY  kernel -> daemon, answered by CLASSIFIED daemon -> kernel
 *     CLASSIFY: SEQ, EXE_* of a program image never seen in this state. The
 *     exec'ing task waits (killable, at most CLASSIFY_MS) before its first
 *     instruction. The daemon may ask FD with that SEQ and answers
 *     CLASSIFIED: SEQ, INTERPRETER (0 or 1). Both answers are cached by
 *     (dev, inode, size, mtime, ctime). On time-out the program runs, and
 *     STAT_UNCLASSIFIED counts it.
 *     SEQ here is from the same sequence as EVENT's, but CLASSIFY messages
 *     go before events that are still queued. Starts of the same image share
 *     a question. An open by a task whose image is not known (it was started
 *     before HELLO) asks too, without waiting. An image changed less than
 *     two seconds ago is asked for at each exec.
 *
 * FD  daemon -> kernel, answered by FD
 *     request: SEQ of a READ with CONTENTS_TRUNCATED, of an EXEC (the
 *     image), or of a CLASSIFY. answer: SEQ, FD (s32): a new descriptor,
 *     read-only, non-blocking, close-on-exec, of the very file (the path
 *     kept by the kernel is opened anew, not looked up by name). At most
 *     MPY_KEPT_PATHS are kept, each MPY_KEPT_MS milliseconds; then -ENOENT,
 *     as for files on FUSE (or an overlay above it), which are never kept:
 *     their server could hold up the daemon's open as long as it likes.
 *     FD and CLASSIFIED are taken from any socket of the registered process.
 *     SCRIPT = 1 in the request asks for the "#!" file of an EXEC instead.
 *
 * STATS  daemon or mpyctl (through the daemon) -> kernel, answered by STATS
 *     request: [SYNC = 1]. answer: SIGHT { SIGHT_ID, SIGHT_STATE,
 *     [SIGHT_WHY], CAUSED, DELIVERED, LOST { LOST_CAUSE, LOST_COUNT } ... }
 *     ..., QUEUE_DEPTH, QUEUE_MAX, QUEUE_BYTES, STAT_UNCLASSIFIED,
 *     SEQ (last one given), SYNC_PENDING.
 *     Per sight: CAUSED = DELIVERED + sum of LOST_COUNT + those still in
 *     work or in the queue. They count from the loading of the module, over
 *     all daemons. An event is caused when exec or open is about to return
 *     to the program, so after the program's end all are.
 *     SYNC: every event belongs to the older or the newer of two
 *     generations. SYNC = 1 starts a new generation if the older one is
 *     empty. SYNC_PENDING = events of the older generation that are neither
 *     sent nor lost yet. A caller who wants "all that was caused before
 *     now" asks with SYNC until a generation has been started (SYNC_STARTED
 *     present), then without until SYNC_PENDING is 0, and then waits until
 *     it has worked off SEQ.
 *
 * Descriptions used above
 * -----------------------
 * TASK: TGID, TASK_START_NS, PPID, PARENT_START_NS, UID, EUID, GID,
 *     [LOGINUID], [SESSION], CGROUP_ID, CGROUP_PATH, NS_MNT, NS_PID, NS_NET,
 *     NS_USER, NS_UTS, NS_IPC, NS_CGROUP, COMM, CWD (+ CWD_DELETED),
 *     EXE_PATH, EXE_DEV, EXE_INODE.
 *     Ids are as the initial namespaces see them. LOGINUID and SESSION are
 *     absent when unset. A path that could not be made (too long, gone) is
 *     absent.
 * FILE (prefix EXE_, SCRIPT_ or FILE_): PATH (d_path in the task's own
 *     context, without " (deleted)"), DEV (as stat(2)'s st_dev: new_encode),
 *     INODE, SIZE, MTIME_NS, CTIME_NS, [DELETED: the name by which it was
 *     opened is gone, or no link is left; memfd too], [FSTYPE]. TASK's EXE_*
 *     are PATH, DEV and INODE alone.
 */
#ifndef MPY_UAPI_H
#define MPY_UAPI_H

#include <linux/types.h>

#define MPY_GENL_NAME	 "mpy"
#define MPY_GENL_VERSION 1

#define MPY_ABI		 1
#define MPY_SCHEMA	 1

/* Sizes in bytes, times in milliseconds. */
#define MPY_CHUNK_MAX	     30000u	  /* payload of one CHUNK */
#define MPY_ARGV_MAX	     (256u << 10) /* argv reported of one exec */
#define MPY_SNAPSHOT_DEFAULT (256u << 10)
#define MPY_SNAPSHOT_LIMIT   (1u << 20)	  /* largest SNAPSHOT_MAX accepted */
#define MPY_QUEUE_DEFAULT    (32u << 20)
#define MPY_QUEUE_LIMIT	     (256u << 20)
#define MPY_CLASSIFY_DEFAULT 2000u
#define MPY_CLASSIFY_LIMIT   60000u
#define MPY_KEPT_PATHS	     64
#define MPY_KEPT_MS	     5000u
#define MPY_PATH_MAX	     4096u

enum mpy_cmd {
	MPY_CMD_UNSPEC,
	MPY_CMD_HELLO,
	MPY_CMD_EVENT,
	MPY_CMD_CHUNK,
	MPY_CMD_CLASSIFY,
	MPY_CMD_CLASSIFIED,
	MPY_CMD_FD,
	MPY_CMD_STATS,
	__MPY_CMD_LAST
};
#define MPY_CMD_MAX (__MPY_CMD_LAST - 1)

enum mpy_kind {
	MPY_KIND_UNSPEC,
	MPY_KIND_EXEC,
	MPY_KIND_READ,
	__MPY_KIND_LAST
};
#define MPY_KIND_MAX (__MPY_KIND_LAST - 1)

/* Sights: what the sensor looks at. SIGHTS is a mask of 1 << sight. */
enum mpy_sight {
	MPY_SIGHT_EXEC,
	MPY_SIGHT_READ,
	__MPY_SIGHT_LAST
};
#define MPY_SIGHT_COUNT __MPY_SIGHT_LAST
#define MPY_SIGHTS_ALL	((1u << MPY_SIGHT_COUNT) - 1)

enum mpy_sight_state {
	MPY_SIGHT_OFF,	    /* not wanted, or the gate is closed */
	MPY_SIGHT_ATTACHED, /* the hook is in place */
	MPY_SIGHT_FAILED    /* wanted, but see SIGHT_WHY */
};

enum mpy_field {
	MPY_FIELD_ARGV = 1, /* arguments, each ended by NUL */
	MPY_FIELD_CONTENTS  /* first bytes of the opened file */
};

/* Why an event that was caused did not reach the daemon. */
enum mpy_lost {
	MPY_LOST_NO_MEMORY, /* an allocation failed */
	MPY_LOST_QUEUE,	    /* QUEUE_BYTES reached */
	MPY_LOST_OVERRUN,   /* the daemon's socket was full */
	MPY_LOST_FAULT,	    /* task memory or file could not be read at all */
	MPY_LOST_TASK_GONE, /* the task was exiting: no work could be queued */
	MPY_LOST_CLOSED,    /* the gate closed before it was sent */
	MPY_LOST_NMISSED,   /* the kprobe was hit while it could not run */
	__MPY_LOST_LAST
};
#define MPY_LOST_COUNT __MPY_LOST_LAST

enum mpy_attr {
	MPY_A_UNSPEC,
	MPY_A_PAD,

	/* HELLO */
	MPY_A_ABI,	      /* u32 */
	MPY_A_SCHEMA,	      /* u32 */
	MPY_A_SIGHTS,	      /* u32, mask of 1 << enum mpy_sight */
	MPY_A_QUEUE_BYTES,    /* u32, bound on queued event bytes */
	MPY_A_SNAPSHOT_MAX,   /* u32, bytes of contents per READ */
	MPY_A_CLASSIFY_MS,    /* u32 */
	MPY_A_IGNORE_TGID,    /* u32, may be repeated */
	MPY_A_MODULE_VERSION, /* string */

	/* sights and statistics */
	MPY_A_SIGHT,	   /* nested, repeated */
	MPY_A_SIGHT_ID,	   /* u32, enum mpy_sight */
	MPY_A_SIGHT_STATE, /* u32, enum mpy_sight_state */
	MPY_A_SIGHT_WHY,   /* string, one line */
	MPY_A_CAUSED,	   /* u64 */
	MPY_A_DELIVERED,   /* u64 */
	MPY_A_LOST,	   /* nested, repeated, zero counts left out */
	MPY_A_LOST_CAUSE,  /* u32, enum mpy_lost */
	MPY_A_LOST_COUNT,  /* u64 */
	MPY_A_QUEUE_DEPTH, /* u32, events queued now */
	MPY_A_QUEUE_MAX,   /* u32, most events ever queued (high water) */
	MPY_A_STAT_UNCLASSIFIED, /* u64, CLASSIFY time-outs */
	MPY_A_SYNC,		 /* u8 */
	MPY_A_SYNC_STARTED,	 /* flag */
	MPY_A_SYNC_PENDING,	 /* u64 */

	/* every event */
	MPY_A_SEQ,     /* u64, from 1 */
	MPY_A_KIND,    /* u32, enum mpy_kind */
	MPY_A_BOOT_NS, /* u64, CLOCK_BOOTTIME when it happened */
	MPY_A_REAL_NS, /* u64, CLOCK_REALTIME when it happened */

	/* TASK */
	MPY_A_TGID,	       /* u32 */
	MPY_A_TASK_START_NS,   /* u64, start_boottime of the group leader */
	MPY_A_PPID,	       /* u32 */
	MPY_A_PARENT_START_NS, /* u64 */
	MPY_A_UID,	       /* u32 */
	MPY_A_EUID,	       /* u32 */
	MPY_A_GID,	       /* u32 */
	MPY_A_LOGINUID,	       /* u32 */
	MPY_A_SESSION,	       /* u32, audit session id */
	MPY_A_CGROUP_ID,       /* u64 */
	MPY_A_CGROUP_PATH,     /* string */
	MPY_A_NS_MNT,	       /* u32, inode number of the namespace */
	MPY_A_NS_PID,	       /* u32 */
	MPY_A_NS_NET,	       /* u32 */
	MPY_A_NS_USER,	       /* u32 */
	MPY_A_NS_UTS,	       /* u32 */
	MPY_A_NS_IPC,	       /* u32 */
	MPY_A_NS_CGROUP,       /* u32 */
	MPY_A_COMM,	       /* bytes, at most 15 */
	MPY_A_CWD,	       /* bytes, no NUL */
	MPY_A_CWD_DELETED,     /* flag */

	/* EXEC */
	MPY_A_FILENAME,	      /* bytes: path as given to execve(2) */
	MPY_A_INTERP,	      /* bytes: interpreter named by "#!" */
	MPY_A_ARGV_SIZE,      /* u32, bytes that follow in chunks */
	MPY_A_ARGV_TOTAL,     /* u32, bytes that the task had */
	MPY_A_ARGV_TRUNCATED, /* flag */

	/* FILE of the program image */
	MPY_A_EXE_PATH,	    /* bytes, no NUL */
	MPY_A_EXE_DEV,	    /* u64 */
	MPY_A_EXE_INODE,    /* u64 */
	MPY_A_EXE_SIZE,	    /* u64 */
	MPY_A_EXE_MTIME_NS, /* s64 */
	MPY_A_EXE_CTIME_NS, /* s64 */
	MPY_A_EXE_DELETED,  /* flag */

	/* FILE of the "#!" script */
	MPY_A_SCRIPT_PATH,
	MPY_A_SCRIPT_DEV,
	MPY_A_SCRIPT_INODE,
	MPY_A_SCRIPT_SIZE,
	MPY_A_SCRIPT_MTIME_NS,
	MPY_A_SCRIPT_CTIME_NS,
	MPY_A_SCRIPT_DELETED,

	/* READ: FILE of the opened file */
	MPY_A_FILE_PATH,
	MPY_A_FILE_DEV,
	MPY_A_FILE_INODE,
	MPY_A_FILE_SIZE,
	MPY_A_FILE_MTIME_NS,
	MPY_A_FILE_CTIME_NS,
	MPY_A_FILE_DELETED,
	MPY_A_FILE_FSTYPE,	  /* string: name of the file system type */
	MPY_A_CONTENTS_SIZE,	  /* u32, bytes that follow in chunks */
	MPY_A_CONTENTS_TRUNCATED, /* flag: the file is larger */

	/* CHUNK */
	MPY_A_FIELD,  /* u32, enum mpy_field */
	MPY_A_OFFSET, /* u32 */
	MPY_A_DATA,   /* bytes */

	/* CLASSIFIED, FD */
	MPY_A_INTERPRETER, /* u8 */
	MPY_A_SCRIPT,	   /* u8: FD of the "#!" file, not of the image */
	MPY_A_FD,	   /* s32 */

	__MPY_A_LAST
};
#define MPY_A_MAX (__MPY_A_LAST - 1)

#endif
