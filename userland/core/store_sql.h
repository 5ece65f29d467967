/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store_sql.h - the door to SQLite: opens and migrates the database, runs
 * prepared statements that store.c names by number. The only user of SQLite;
 * its types and result codes stay behind it.
 */
#ifndef MPY_CORE_STORE_SQL_H
#define MPY_CORE_STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/store.h"

struct mpy_sql;
struct mpy_row; /* a statement: bound, then standing at a row */

/* As mpy_store_open(). texts[0..n) are the statements that may be run. */
int mpy_sql_open(const char *path, enum mpy_store_mode mode,
		 const char *const *texts, unsigned int n,
		 struct mpy_sql **out, char *why, size_t why_size);
void mpy_sql_close(struct mpy_sql *sql);

/* Sentence about the last failure; lasts until the next one. */
const char *mpy_sql_error(const struct mpy_sql *sql);
/* Sets it and returns r. */
int mpy_sql_say(struct mpy_sql *sql, int r, const char *sentence);

/* Readies statement which for binding. Until mpy_sql_stop() it may not be
 * started again. Texts and blobs must live until then. */
int mpy_sql_start(struct mpy_sql *sql, unsigned int which,
		  struct mpy_row **row);
void mpy_sql_bind_int(struct mpy_row *row, int at, int64_t value);
/* NULL is SQL's NULL. */
void mpy_sql_bind_text(struct mpy_row *row, int at, const char *text);
void mpy_sql_bind_blob(struct mpy_row *row, int at, const void *data,
		       size_t size);
/* 1: stands at a row, 0: no more rows, -errno. */
int mpy_sql_next(struct mpy_sql *sql, struct mpy_row *row);
void mpy_sql_stop(struct mpy_row *row);

/* Columns from 0; what they point to is gone with the next row. */
int64_t mpy_sql_int(struct mpy_row *row, int column);
/* Never NULL. */
const char *mpy_sql_text(struct mpy_row *row, int column);
const void *mpy_sql_blob(struct mpy_row *row, int column, size_t *size);

/* Runs to its end a bound statement that gives no rows, and stops it. */
int mpy_sql_finish(struct mpy_sql *sql, struct mpy_row *row);
/* Starts and finishes one that takes no values. */
int mpy_sql_run(struct mpy_sql *sql, unsigned int which);

/* Of the last INSERT. */
int64_t mpy_sql_last_number(const struct mpy_sql *sql);
/* True if the last statement changed a row. */
bool mpy_sql_changed(const struct mpy_sql *sql);
/* A failure may have ended the transaction that was open. */
bool mpy_sql_in_transaction(const struct mpy_sql *sql);
/* Is the file that is open no longer the one at its path? */
bool mpy_sql_moved(const struct mpy_sql *sql);

#endif
