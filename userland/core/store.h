/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.h - findings on disk. WAL mode, versioned schema (migrations.c,
 * appended only; user_version), prepared statements, batches. The daemon is
 * the one writer; readers open read-only and work while it writes. Nothing
 * about SQLite leaves store.c.
 */
#ifndef MPY_CORE_STORE_H
#define MPY_CORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mpy_store;
struct mpy_finding;
struct mpy_json;

enum mpy_store_mode { MPY_STORE_WRITE, MPY_STORE_READ };

/* Positive outcomes of mpy_store_open(). */
enum { MPY_STORE_CORRUPT = 1, /* mpy's, but damaged: untouched */
       MPY_STORE_NEWER,	      /* made by a newer mpy: left alone */
       MPY_STORE_BUSY,	      /* locked by another writer */
       MPY_STORE_FOREIGN };   /* not mpy's, or no database: left alone */

/*
 * Opens or (WRITE) creates and migrates the database. *out is the caller's,
 * closed by mpy_store_close(). Positive outcomes above, -ENOENT (READ: no
 * file, or no schema in it yet), -EACCES, -EROFS (READ: an older schema, which
 * only a writer brings up to date), -EIO, -ENOSPC; why holds a sentence with
 * the path. A writer looks through the whole of a database of up to 256
 * MiB (about 0.3 s) for damage; what is missed shows later, as -EIO.
 * A database is created with mode 0640; its -wal and -shm get the database's
 * mode and group. Mode and group of a file that is there stay as they are.
 */
int mpy_store_open(const char *path, enum mpy_store_mode mode,
		   struct mpy_store **out, char *why, size_t why_size);
/* Ends an open batch by rolling it back. Accepts NULL. */
void mpy_store_close(struct mpy_store *store);

/* Gives a database and its -wal and -shm to group gid. Only after
 * mpy_store_open() has found that it is mpy's. */
int mpy_store_give(const char *path, gid_t gid);

/*
 * Renames a database that is MPY_STORE_CORRUPT, with its -wal, to
 * "PATH.damaged-TIME", which new_path receives; nothing is deleted but the
 * -shm, which holds no data. Only when nobody has it open.
 */
int mpy_store_set_aside(const char *path, char *new_path, size_t size);

/* Sentence about the last error of this store. */
const char *mpy_store_error(const struct mpy_store *store);

/*
 * Adds a finding or merges it into the one with the same key (occurrences,
 * last_seen, runs[] of the newest 20). In a batch: nothing is durable before
 * mpy_store_commit(). A second sight of the same process (pid and start time)
 * does not count again. An observation of a process that has a finding is
 * named in that finding's timeline[], and each in the other's related[].
 * id[0..id_size) receives the finding's id (26
 * characters, ascending with time; finding->id is not looked at).
 * 0 = new, MPY_STORE_MERGED, MPY_STORE_SAME_RUN; -ENOSPC, -EIO, -EBUSY,
 * -EROFS, -EACCES, -ENOMEM: not recorded, the caller keeps the finding and
 * tries again; -E2BIG (over 256 MiB), -EINVAL (no slug): it will never be.
 * The rest of the batch stays as it was; if it could not be kept,
 * mpy_store_commit() says so.
 */
#define MPY_STORE_ID 27 /* bytes of an id with its NUL */
enum { MPY_STORE_MERGED = 1, MPY_STORE_SAME_RUN };
int mpy_store_add(struct mpy_store *store, const struct mpy_finding *finding,
		  char *id, size_t id_size);
/*
 * Ends the batch. 0 or -errno as above, -EIO also if the file is no longer at
 * its path; after an error the batch was rolled back and its findings must be
 * added again.
 */
int mpy_store_commit(struct mpy_store *store);
/* Findings added since the last commit. */
unsigned int mpy_store_pending(const struct mpy_store *store);

struct mpy_store_query {
	int64_t since_ns, until_ns; /* 0: open */
	int min_severity;	    /* enum mpy_severity; 0: all */
	const char *slug;	    /* NULL: all; category by its slug */
	unsigned int limit;	    /* the newest N; 0: all */
	bool observations;	    /* observations instead of findings */
	int64_t after_rowid;	    /* for watch; 0: all */
};

/*
 * Calls each for every finding, oldest first (last_seen); a non-zero return
 * ends it and is returned. The JSON value is valid during the call. each may
 * call mpy_store_get(), but not mpy_store_list(). since and until are about
 * last_seen. -EIO: see mpy_store_error().
 */
int mpy_store_list(struct mpy_store *store, const struct mpy_store_query *query,
		   int (*each)(void *context, const struct mpy_json *finding),
		   void *context);
/* One finding by id or unique prefix of at least 6 characters. *out is the
 * caller's. -ENOENT; -EEXIST if the prefix is ambiguous. */
int mpy_store_get(struct mpy_store *store, const char *id,
		  struct mpy_json **out);
/* Number of findings (not observations) and time of the last, 0 if none. */
int mpy_store_summary(struct mpy_store *store, uint64_t *findings,
		      uint64_t *observations, int64_t *last_ns, char *last_id,
		      size_t last_id_size);

#endif
