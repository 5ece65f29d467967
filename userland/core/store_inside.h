/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store_inside.h - what store.c (writing) and store_read.c share. */
#ifndef MPY_CORE_STORE_INSIDE_H
#define MPY_CORE_STORE_INSIDE_H

#include "core/store.h"
#include "core/store_sql.h"

enum mpy_store_statement {
	MPY_SQL_BEGIN,
	MPY_SQL_COMMIT,
	MPY_SQL_ROLLBACK,
	MPY_SQL_SAVE,
	MPY_SQL_RELEASE,
	MPY_SQL_UNSAVE,
	MPY_SQL_FIND,
	MPY_SQL_ADD,
	MPY_SQL_MERGE,
	MPY_SQL_ADD_RUN,
	MPY_SQL_TRIM_RUNS,
	MPY_SQL_FORGET_RUNS,
	MPY_SQL_ADD_CONTENT,
	MPY_SQL_LINK_CONTENT,
	MPY_SQL_MAIN_OF,
	MPY_SQL_RELATE,
	MPY_SQL_NOTE,
	MPY_SQL_LIST,
	MPY_SQL_LIST_NEWEST,
	MPY_SQL_BY_PREFIX,
	MPY_SQL_CONTENTS_OF,
	MPY_SQL_RUNS_OF,
	MPY_SQL_RELATED_OF,
	MPY_SQL_TIMELINE_OF,
	MPY_SQL_COUNTS,
	MPY_SQL_LAST,
	MPY_SQL_COUNT
};
extern const char *const mpy_store_statements[MPY_SQL_COUNT];

struct mpy_store {
	struct mpy_sql *sql;
	bool in_batch;
	int batch_error; /* the batch was lost, by this -errno */
	unsigned int pending;
};

#define MPY_RUNS_SHOWN 20
#define MPY_NO_MEMORY  "out of memory"

/* Starts a statement whose first value is the number of a finding. */
int mpy_store_start(struct mpy_store *store, enum mpy_store_statement which,
		    int64_t no, struct mpy_row **row);

#endif
