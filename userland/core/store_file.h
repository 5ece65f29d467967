/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store_file.h - what store.c needs that is not SQLite. */
#ifndef MPY_CORE_STORE_FILE_H
#define MPY_CORE_STORE_FILE_H

#include "core/store.h"

/* SQLite would wait on a FIFO and tells no errno: this looks first. 0 if path
 * is a readable regular file, else -errno. */
int mpy_store_look(const char *path);

/* Creates an empty file for a database, mode 0640, if there is none. What is
 * there stays as it is. -EINVAL: not a regular file. */
int mpy_store_create(const char *path);

/*
 * Was this a database of mpy before it was damaged? Its mark stands at a fixed
 * place of the header; where the header is lost, a -wal lies beside it, which
 * mpyd never removes. Anything else may be somebody else's file, which a
 * mistake in the configuration named.
 */
bool mpy_store_was_ours(const char *path);

/*
 * True if the -wal is empty or gone: everything is in the main file then, and
 * a reader that may not create the -shm can still read it.
 */
bool mpy_store_settled(const char *path);

/*
 * A new id: 48 bits of milliseconds and 80 random bits in Crockford's base
 * 32. Ids sort by time and cannot be guessed. -EIO: no random bytes.
 */
int mpy_store_make_id(int64_t real_ns, char id[MPY_STORE_ID]);

#endif
