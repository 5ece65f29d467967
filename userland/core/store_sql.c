// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store_sql.c - the door to SQLite: opens, checks and migrates the database,
 * runs prepared statements, turns result codes into -errno and a sentence.
 */

#include "core/store_sql.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/migrations.h"
#include "core/store_file.h"

#define BUSY_MS		5000
#define WRITER_BUSY_MS	250 /* mpyd tries again; events wait meanwhile */
#define CHECK_MAX	(256 << 20) /* larger files are not checked whole */
#define VALUE_MAX	(256 << 20) /* bytes of one value */
#define WAL_KEPT	(32 << 20)  /* the -wal is cut to this after use */

struct mpy_sql {
	sqlite3 *db;
	const char *const *texts;
	sqlite3_stmt **statements; /* NULL until first used */
	unsigned int n;
	char error[256];
};

/* ---- errors ------------------------------------------------------------- */

/* -errno for the last failure, whose sentence is kept. */
static int failure(struct mpy_sql *sql, int rc)
{
	int os = sqlite3_system_errno(sql->db);

	if (os && (rc & 0xff) == SQLITE_IOERR)
		snprintf(sql->error, sizeof(sql->error), "%s: %s",
			 sqlite3_errmsg(sql->db), strerror(os));
	else
		snprintf(sql->error, sizeof(sql->error), "%s",
			 sqlite3_errmsg(sql->db));
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_IOERR:
		return os == ENOSPC || os == EDQUOT ? -ENOSPC : -EIO;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_TOOBIG:
		return -E2BIG;
	case SQLITE_CONSTRAINT:
		return -EINVAL;
	case SQLITE_READONLY: /* the file system may be, for a while */
		return -EROFS;
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return -EACCES;
	default:
		return -EIO;
	}
}

int mpy_sql_say(struct mpy_sql *sql, int r, const char *sentence)
{
	snprintf(sql->error, sizeof(sql->error), "%s", sentence);
	return r;
}

const char *mpy_sql_error(const struct mpy_sql *sql)
{
	return sql->error;
}

/* ---- statements --------------------------------------------------------- */

static sqlite3_stmt *inner(struct mpy_row *row)
{
	return (sqlite3_stmt *)row;
}

int mpy_sql_start(struct mpy_sql *sql, unsigned int which,
		  struct mpy_row **row)
{
	sqlite3_stmt **statement = &sql->statements[which];
	int rc;

	*row = NULL;
	if (!*statement) {
		rc = sqlite3_prepare_v3(sql->db, sql->texts[which], -1,
					SQLITE_PREPARE_PERSISTENT, statement,
					NULL);
		if (rc)
			return failure(sql, rc);
	}
	*row = (struct mpy_row *)*statement;
	return 0;
}

void mpy_sql_bind_int(struct mpy_row *row, int at, int64_t value)
{
	sqlite3_bind_int64(inner(row), at, value);
}

void mpy_sql_bind_text(struct mpy_row *row, int at, const char *text)
{
	sqlite3_bind_text(inner(row), at, text, -1, SQLITE_STATIC);
}

void mpy_sql_bind_blob(struct mpy_row *row, int at, const void *data,
		       size_t size)
{
	/* a NULL pointer would be SQL's NULL, not an empty blob */
	sqlite3_bind_blob64(inner(row), at, size ? data : "", size,
			    SQLITE_STATIC);
}

int mpy_sql_next(struct mpy_sql *sql, struct mpy_row *row)
{
	int rc = sqlite3_step(inner(row));

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : failure(sql, rc);
}

void mpy_sql_stop(struct mpy_row *row)
{
	sqlite3_reset(inner(row));
	sqlite3_clear_bindings(inner(row));
}

int64_t mpy_sql_int(struct mpy_row *row, int column)
{
	return sqlite3_column_int64(inner(row), column);
}

const char *mpy_sql_text(struct mpy_row *row, int column)
{
	const void *text = sqlite3_column_text(inner(row), column);

	return text ? text : "";
}

const void *mpy_sql_blob(struct mpy_row *row, int column, size_t *size)
{
	const void *data = sqlite3_column_blob(inner(row), column);

	*size = (size_t)sqlite3_column_bytes(inner(row), column);
	return data;
}

int mpy_sql_finish(struct mpy_sql *sql, struct mpy_row *row)
{
	int r = mpy_sql_next(sql, row);

	mpy_sql_stop(row);
	return r > 0 ? 0 : r;
}

int mpy_sql_run(struct mpy_sql *sql, unsigned int which)
{
	struct mpy_row *row;
	int r = mpy_sql_start(sql, which, &row);

	return r ? r : mpy_sql_finish(sql, row);
}

int64_t mpy_sql_last_number(const struct mpy_sql *sql)
{
	return sqlite3_last_insert_rowid(sql->db);
}

bool mpy_sql_changed(const struct mpy_sql *sql)
{
	return sqlite3_changes(sql->db) > 0;
}

bool mpy_sql_in_transaction(const struct mpy_sql *sql)
{
	return !sqlite3_get_autocommit(sql->db);
}

bool mpy_sql_moved(const struct mpy_sql *sql)
{
	int moved = 0;

	sqlite3_file_control(sql->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	return moved;
}

/* ---- opening ------------------------------------------------------------ */

static int pragma_int(struct mpy_sql *sql, const char *text, int64_t *value)
{
	sqlite3_stmt *statement;
	int rc = sqlite3_prepare_v2(sql->db, text, -1, &statement, NULL);

	if (rc)
		return rc;
	rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW)
		*value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* Looks for damage. SQLITE_OK: none seen. */
static int check(struct mpy_sql *sql, char *why, size_t why_size)
{
	int64_t pages = 0, page_size = 0;
	sqlite3_stmt *statement;
	const char *text;
	int rc;

	rc = pragma_int(sql, "PRAGMA page_count", &pages);
	if (!rc)
		rc = pragma_int(sql, "PRAGMA page_size", &page_size);
	if (rc || page_size <= 0 || pages > CHECK_MAX / page_size)
		return rc;
	rc = sqlite3_prepare_v2(sql->db, "PRAGMA quick_check(1)", -1,
				&statement, NULL);
	if (rc)
		return rc;
	rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(statement, 0);
		rc = SQLITE_OK;
		if (text && strcmp(text, "ok")) {
			snprintf(why, why_size, "%s", text);
			rc = SQLITE_CORRUPT;
		}
	}
	sqlite3_finalize(statement);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* What is behind the name. SQLITE_MISMATCH: made by a newer mpy; SQLITE_AUTH:
 * not ours. */
static int identify(struct mpy_sql *sql, int64_t *version, char *why,
		    size_t why_size)
{
	int64_t application = 0, tables = 0;
	int rc;

	rc = pragma_int(sql, "PRAGMA user_version", version);
	if (!rc)
		rc = pragma_int(sql, "PRAGMA application_id", &application);
	if (!rc)
		rc = pragma_int(sql, "SELECT count(*) FROM sqlite_schema",
				&tables);
	if (rc)
		return rc;
	if (application == MPY_APPLICATION_ID &&
	    *version > mpy_migrations_count) {
		snprintf(why, why_size, "has schema %lld, this mpy knows up to "
			 "%u: use a newer mpy", (long long)*version,
			 mpy_migrations_count);
		return SQLITE_MISMATCH;
	}
	if ((tables || *version || application) &&
	    (application != MPY_APPLICATION_ID || *version < 1)) {
		snprintf(why, why_size, "is another program's database");
		return SQLITE_AUTH;
	}
	return SQLITE_OK;
}

static int exec(struct mpy_sql *sql, const char *text)
{
	return sqlite3_exec(sql->db, text, NULL, NULL, NULL);
}

/* Takes the missing steps, all or none. */
static int migrate(struct mpy_sql *sql, int64_t version)
{
	char text[160];
	int rc;

	if (version == mpy_migrations_count)
		return SQLITE_OK;
	rc = exec(sql, "BEGIN IMMEDIATE");
	if (rc)
		return rc;
	/* another writer may have been faster */
	rc = pragma_int(sql, "PRAGMA user_version", &version);
	while (!rc && version < mpy_migrations_count)
		rc = exec(sql, mpy_migrations[version++]);
	if (!rc) {
		snprintf(text, sizeof(text), "PRAGMA application_id = %d;"
			 "PRAGMA user_version = %u;"
			 "REPLACE INTO meta VALUES('schema_by', 'mpy "
			 MPY_VERSION "');",
			 MPY_APPLICATION_ID, mpy_migrations_count);
		rc = exec(sql, text);
	}
	if (!rc)
		rc = exec(sql, "COMMIT");
	if (rc)
		exec(sql, "ROLLBACK");
	return rc;
}

static int set_up(struct mpy_sql *sql, enum mpy_store_mode mode)
{
	char text[160];
	int one = 1, rc;

	sqlite3_limit(sql->db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_db_config(sql->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(sql->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	rc = exec(sql, "PRAGMA foreign_keys = ON;"
			 "PRAGMA cell_size_check = ON;"
			 "PRAGMA mmap_size = 0;"
			 "PRAGMA temp_store = MEMORY");
	if (rc || mode == MPY_STORE_READ)
		return rc;
	/* readers without write permission need the -wal and -shm to stay */
	sqlite3_file_control(sql->db, "main", SQLITE_FCNTL_PERSIST_WAL, &one);
	snprintf(text, sizeof(text),
		 "PRAGMA journal_mode = WAL;PRAGMA synchronous = FULL;"
		 "PRAGMA journal_size_limit = %d", WAL_KEPT);
	return exec(sql, text);
}

static int prepare_database(struct mpy_sql *sql, enum mpy_store_mode mode,
			    char *why, size_t why_size)
{
	int64_t version = 0;
	int rc;

	/* before set_up(), which would change what is not ours */
	sqlite3_busy_timeout(sql->db, BUSY_MS);
	rc = identify(sql, &version, why, why_size);
	if (!rc)
		rc = set_up(sql, mode);
	if (!rc && mode == MPY_STORE_WRITE)
		rc = check(sql, why, why_size);
	if (rc)
		return rc;
	if (mode == MPY_STORE_WRITE) {
		rc = migrate(sql, version);
		sqlite3_busy_timeout(sql->db, WRITER_BUSY_MS);
		return rc;
	}
	if (!version) {
		snprintf(why, why_size, "holds nothing yet: mpyd has not "
					"used it");
		return SQLITE_NOTFOUND;
	}
	if (version < mpy_migrations_count) {
		snprintf(why, why_size, "has schema %lld of an older mpy: "
			 "start mpyd once, it brings it up to %u",
			 (long long)version, mpy_migrations_count);
		return SQLITE_READONLY;
	}
	return SQLITE_OK;
}

/* From a result of prepare_database() to one of mpy_store_open(). */
static int outcome(struct mpy_sql *sql, const char *path, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_MISMATCH:
		return MPY_STORE_NEWER;
	case SQLITE_AUTH:
		return MPY_STORE_FOREIGN;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return mpy_store_was_ours(path) ? MPY_STORE_CORRUPT :
						  MPY_STORE_FOREIGN;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return MPY_STORE_BUSY;
	case SQLITE_NOTFOUND:
		return -ENOENT;
	default:
		return failure(sql, rc);
	}
}

/* "file:" URI of path with "?immutable=1". */
static char *immutable_uri(const char *path)
{
	static const char begin[] = "file:", end[] = "?immutable=1";
	size_t room = strlen(path) * 3 + sizeof(begin) + sizeof(end);
	char *uri = malloc(room);
	size_t used;

	if (!uri)
		return NULL;
	used = (size_t)snprintf(uri, room, "%s", begin);
	for (; *path; path++)
		used += (size_t)snprintf(uri + used, room - used,
					 strchr("?#%", *path) ? "%%%02X" : "%c",
					 (unsigned char)*path);
	snprintf(uri + used, room - used, "%s", end);
	return uri;
}

/* Failures that a reader without place or permission for a -shm meets. */
static bool wants_shm(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_IOERR:
		return true;
	}
	return false;
}

static int open_database(struct mpy_sql *sql, const char *path,
			 enum mpy_store_mode mode, char *why, size_t why_size)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, rc;
	char *uri;

	flags |= mode == MPY_STORE_WRITE ? SQLITE_OPEN_READWRITE :
					   SQLITE_OPEN_READONLY;
	rc = sqlite3_open_v2(path, &sql->db, flags, NULL);
	if (!rc)
		rc = prepare_database(sql, mode, why, why_size);
	if (mode == MPY_STORE_WRITE || !wants_shm(rc) || *why ||
	    !mpy_store_settled(path))
		return rc;
	sqlite3_close(sql->db);
	sql->db = NULL;
	uri = immutable_uri(path);
	if (!uri)
		return SQLITE_NOMEM;
	rc = sqlite3_open_v2(uri, &sql->db, flags | SQLITE_OPEN_URI, NULL);
	free(uri);
	return rc ? rc : prepare_database(sql, mode, why, why_size);
}

int mpy_sql_open(const char *path, enum mpy_store_mode mode,
		 const char *const *texts, unsigned int n,
		 struct mpy_sql **out, char *why, size_t why_size)
{
	struct mpy_sql *sql = calloc(1, sizeof(*sql));
	char reason[256] = "";
	int rc = SQLITE_NOMEM, r;

	*out = NULL;
	if (!sql)
		return -ENOMEM;
	sql->texts = texts;
	sql->n = n;
	sql->statements = calloc(n, sizeof(sqlite3_stmt *));
	if (sql->statements)
		rc = open_database(sql, path, mode, reason, sizeof(reason));
	if (!rc) {
		*out = sql;
		return 0;
	}
	r = outcome(sql, path, rc);
	snprintf(why, why_size, "database %s: %s", path,
		 *reason     ? reason :
		 *sql->error ? sql->error :
		 sql->db     ? sqlite3_errmsg(sql->db) :
			       sqlite3_errstr(rc));
	mpy_sql_close(sql);
	return r;
}

void mpy_sql_close(struct mpy_sql *sql)
{
	unsigned int i;

	for (i = 0; sql->statements && i < sql->n; i++)
		sqlite3_finalize(sql->statements[i]);
	free(sql->statements);
	sqlite3_close(sql->db);
	free(sql);
}
