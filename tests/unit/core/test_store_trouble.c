// SPDX-License-Identifier: GPL-2.0-or-later
/* The store in trouble: damage, foreign files, full disks, old schemas. */

#include "../test.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "core/migrations.h"
#include "storing.h"

static int outcome(const char *name)
{
	struct mpy_store *store;
	int r = mpy_store_open(in_scratch(name), MPY_STORE_WRITE, &store, why,
			       sizeof(why));

	CHECK(!store);
	return r;
}

static void reports_damage(void)
{
	static char noise[8192];
	char aside[256], id[MPY_STORE_ID];
	struct mpy_store *store;
	int i;

	memset(noise, 0x5a, sizeof(noise));
	store = open_store("torn.db", MPY_STORE_WRITE);
	for (i = 0; i < 300; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", i);
		CHECK(!add(store, text, 1, T0, id));
	}
	CHECK(!mpy_store_commit(store));
	mpy_store_close(store);
	write_file("torn.db", noise, sizeof(noise), 3 * 4096);
	CHECK(mpy_store_open(in_scratch("torn.db"), MPY_STORE_WRITE, &store,
			     why, sizeof(why)) == MPY_STORE_CORRUPT);
	CHECK(!store);
	CHECK(!mpy_store_set_aside(in_scratch("torn.db"), aside,
				   sizeof(aside)));
	CHECK(!access(aside, F_OK) && strstr(aside, "torn.db.damaged-"));
	CHECK(access(in_scratch("torn.db"), F_OK));
	CHECK(access(in_scratch("torn.db-wal"), F_OK));
	store = open_store("torn.db", MPY_STORE_WRITE);
	CHECK(store && !add(store, "new", 1, T0, id));
	mpy_store_close(store);
	/* without its header it is known by its -wal, or by its mark */
	write_file("torn.db", noise, 100, 0);
	CHECK(outcome("torn.db") == MPY_STORE_CORRUPT);
	mpy_store_close(open_store("mark.db", MPY_STORE_WRITE));
	meddle("mark.db", "PRAGMA wal_checkpoint(TRUNCATE)");
	unlink(in_scratch("mark.db-wal"));
	write_file("mark.db", noise, 7, 0);
	CHECK(outcome("mark.db") == MPY_STORE_CORRUPT);
}

/* What a mistake in the configuration may name stays exactly as it is. */
static void leaves_foreign_files_alone(void)
{
	static const char *const names[] = { "noise.db", "tables.db",
					     "marked.db", "hurt.db",
					     "newer.db" };
	static char noise[8192];
	struct stat before, after;
	size_t i;

	memset(noise, 0x5a, sizeof(noise));
	write_file("noise.db", noise, sizeof(noise), 0);
	meddle("tables.db", "CREATE TABLE t(x); INSERT INTO t VALUES(1)");
	meddle("marked.db", "PRAGMA application_id = 7");
	meddle("hurt.db", "CREATE TABLE t(x); INSERT INTO t VALUES(1)");
	write_file("hurt.db", noise, 3000, 100);
	mpy_store_close(open_store("newer.db", MPY_STORE_WRITE));
	meddle("newer.db", "PRAGMA user_version = 9999");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CHECK(!chmod(in_scratch(names[i]), 0604));
		CHECK(!stat(in_scratch(names[i]), &before));
		CHECK(outcome(names[i]) == (strcmp(names[i], "newer.db") ?
						    MPY_STORE_FOREIGN :
						    MPY_STORE_NEWER));
		CHECK(strstr(why, names[i]));
		CHECK(!stat(in_scratch(names[i]), &after));
		CHECK(before.st_mode == after.st_mode);
		CHECK(before.st_gid == after.st_gid);
		CHECK(before.st_ino == after.st_ino);
		CHECK(before.st_size == after.st_size);
		CHECK(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
	}
}

static void refuses_a_newer_schema(void)
{
	struct mpy_store *store;

	mpy_store_close(open_store("later.db", MPY_STORE_WRITE));
	meddle("later.db", "PRAGMA user_version = 9999");
	CHECK(mpy_store_open(in_scratch("later.db"), MPY_STORE_WRITE, &store,
			     why, sizeof(why)) == MPY_STORE_NEWER);
	CHECK(strstr(why, "9999"));
	CHECK(mpy_store_open(in_scratch("later.db"), MPY_STORE_READ, &store,
			     why, sizeof(why)) == MPY_STORE_NEWER);
}

static void damaged_record_is_an_error(void)
{
	struct mpy_store *store = open_store("record.db", MPY_STORE_WRITE);
	struct mpy_store_query query = { 0 };
	char id[MPY_STORE_ID];
	struct seen seen = { 0 };

	CHECK(!add(store, "a", 1, T0, id));
	CHECK(!mpy_store_commit(store));
	mpy_store_close(store);
	meddle("record.db", "UPDATE findings SET record = '{\"id\":'");
	store = open_store("record.db", MPY_STORE_READ);
	CHECK(mpy_store_list(store, &query, count, &seen) == -EIO);
	CHECK(strstr(mpy_store_error(store), "damaged"));
	mpy_store_close(store);
}

/* Fills a small file system; what was committed stays, then room helps. */
/* Nothing is written where nobody will find it. */
static void misses_its_file(void)
{
	struct mpy_store *store = open_store("gone.db", MPY_STORE_WRITE);
	char id[MPY_STORE_ID];

	CHECK(!add(store, "a", 1, T0, id) && !mpy_store_commit(store));
	CHECK(!rename(in_scratch("gone.db"), in_scratch("gone.old")));
	CHECK(!add(store, "b", 1, T0, id));
	CHECK(mpy_store_commit(store) == -EIO);
	CHECK(strstr(mpy_store_error(store), "deleted or moved"));
	CHECK(!rename(in_scratch("gone.old"), in_scratch("gone.db")));
	CHECK(!add(store, "b", 1, T0, id) && !mpy_store_commit(store));
	mpy_store_close(store);
}

static int fill_disk(void)
{
	struct mpy_store_query query = { 0 };
	char id[MPY_STORE_ID], *text = malloc(100001);
	struct mpy_store *store;
	struct seen seen = { 0 };
	unsigned int kept = 0;
	int i, r = 0;

	memset(text, 'x', 100000);
	text[100000] = '\0';
	write_file("full/ballast", text, 100000, 0);
	write_file("full/ballast", text, 100000, 200000);
	store = open_store("full/x.db", MPY_STORE_WRITE);
	for (i = 0; i < 100; i++) {
		snprintf(text, 16, "%d", i);
		text[strlen(text)] = 'x';
		r = add(store, text, 1, T0 + i, id);
		if (!r)
			r = mpy_store_commit(store);
		else
			mpy_store_commit(store);
		if (r)
			break;
		kept++;
	}
	if (r != -ENOSPC) {
		printf("# %d instead of ENOSPC\n", r);
		return 1;
	}
	if (mpy_store_list(store, &query, count, &seen) || seen.n != kept ||
	    !kept)
		return 2;
	unlink(in_scratch("full/ballast"));
	if (add(store, text, 1, T0 + i, id) || mpy_store_commit(store))
		return 3;
	mpy_store_close(store);
	store = open_store("full/x.db", MPY_STORE_WRITE);
	memset(&seen, 0, sizeof(seen));
	if (!store || mpy_store_list(store, &query, count, &seen) ||
	    seen.n != kept + 1)
		return 4;
	mpy_store_close(store);
	free(text);
	return 0;
}

static void survives_a_full_disk(void)
{
	pid_t child;
	int status;

	mkdir(in_scratch("full"), 0755);
	fflush(stdout);
	child = fork();
	if (!child) {
		int flags = getuid() ? CLONE_NEWUSER | CLONE_NEWNS :
				       CLONE_NEWNS;

		if (unshare(flags) ||
		    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount("none", in_scratch("full"), "tmpfs", 0,
			  "size=2m"))
			_exit(77);
		_exit(fill_disk());
	}
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		SKIP("no mount namespace of our own");
	if (status)
		printf("# status %d\n", WEXITSTATUS(status));
	CHECK(status == 0);
}

/* The statements that make the schema of a database. The caller's. */
static char *schema_of(const char *name)
{
	sqlite3_stmt *row;
	char *text;
	sqlite3 *db;

	CHECK(!sqlite3_open(in_scratch(name), &db));
	CHECK(!sqlite3_prepare_v2(db, "SELECT group_concat(sql, ';') FROM"
				  " (SELECT sql FROM sqlite_schema"
				  "  ORDER BY name)", -1, &row, NULL));
	CHECK(sqlite3_step(row) == SQLITE_ROW);
	text = strdup((const char *)sqlite3_column_text(row, 0));
	sqlite3_finalize(row);
	sqlite3_close(db);
	return text;
}

/* Every schema that was ever committed is brought up to date. */
static void opens_old_schemas(void)
{
	struct mpy_store_query query = { 0 };
	unsigned int found = 0, version;
	struct seen seen;
	char path[300], name[32], text[65536];
	struct dirent *entry;
	struct mpy_store *store;
	char id[MPY_STORE_ID];
	DIR *dir = opendir("tests/golden");
	char *fresh, *migrated;
	struct mpy_json *json;
	FILE *file;
	size_t n;

	if (!dir)
		SKIP("tests/golden not found from here");
	mpy_store_close(open_store("fresh.db", MPY_STORE_WRITE));
	fresh = schema_of("fresh.db");
	while ((entry = readdir(dir))) {
		if (sscanf(entry->d_name, "schema-%u.sql", &version) != 1)
			continue;
		found++;
		snprintf(path, sizeof(path), "tests/golden/%s", entry->d_name);
		file = fopen(path, "re");
		CHECK(file);
		if (!file)
			continue;
		n = fread(text, 1, sizeof(text) - 1, file);
		text[n] = '\0';
		fclose(file);
		snprintf(name, sizeof(name), "schema-%u.db", version);
		meddle(name, text);
		store = open_store(name, MPY_STORE_WRITE);
		CHECK(store);
		CHECK(store && add(store, "a", 1, T0, id) == 0);
		CHECK(store && !mpy_store_commit(store));
		mpy_store_close(store);
		store = open_store(name, MPY_STORE_READ);
		CHECK(store && listed(store, &query, &seen) == 2);
		CHECK(store && !mpy_store_get(store, seen.first, &json));
		CHECK_STR(mpy_json_str(mpy_json_get(json, "script"),
				       "contents", ""), "print('golden')\n");
		mpy_json_free(json);
		mpy_store_close(store);
		migrated = schema_of(name);
		CHECK_STR(migrated, fresh);
		free(migrated);
	}
	closedir(dir);
	free(fresh);
	/* the schema of this version is kept too, for the next one */
	CHECK(found == mpy_migrations_count);
}

int main(void)
{
	scratch_make();
	RUN(reports_damage);
	RUN(leaves_foreign_files_alone);
	RUN(refuses_a_newer_schema);
	RUN(damaged_record_is_an_error);
	RUN(misses_its_file);
	RUN(survives_a_full_disk);
	RUN(opens_old_schemas);
	return DONE();
}
