// SPDX-License-Identifier: GPL-2.0-or-later
/* The store: merging, batches, readers. */

#include "../test.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "core/json.h"
#include "core/store.h"
#include "storing.h"

static void keeps_the_whole_finding(void)
{
	struct mpy_store *store = open_store("a.db", MPY_STORE_WRITE);
	struct mpy_finding *finding = make_finding("exec(x)\n", 10, T0);
	struct mpy_json *stored, *json;
	char id[MPY_STORE_ID], *text;

	CHECK(mpy_store_add(store, finding, id, sizeof(id)) == 0);
	CHECK(mpy_store_pending(store) == 1);
	CHECK(!mpy_store_commit(store));
	CHECK(strlen(id) == 26);
	CHECK(!mpy_store_get(store, id, &stored));
	/* what comes back is what the finding itself would have said */
	finding->id = strdup(id);
	json = mpy_finding_json(finding);
	CHECK_STR(mpy_json_str(stored, "digest", "?"),
		  mpy_json_str(json, "digest", "!"));
	CHECK_STR(mpy_json_str(mpy_json_get(stored, "script"), "contents", ""),
		  "exec(x)\n");
	CHECK(mpy_json_length(mpy_json_get(stored, "runs")) == 1);
	CHECK_STR(mpy_json_str(mpy_json_at(mpy_json_get(mpy_json_get(
			stored, "script"), "layers"), 0), "contents", ""),
		  "print(\"layer\")\n");
	CHECK(mpy_json_bool(mpy_json_at(mpy_json_get(mpy_json_get(
			stored, "script"), "layers"), 0),
			"contents_truncated", false));
	text = mpy_json_print(stored, 0, NULL);
	CHECK(text && !strstr(text, "null"));
	free(text);
	mpy_json_free(stored);
	mpy_json_free(json);
	mpy_finding_free(finding);
	mpy_store_close(store);
}

static void merges_runs_not_opens(void)
{
	struct mpy_store *store = open_store("merge.db", MPY_STORE_WRITE);
	char id[MPY_STORE_ID], again[MPY_STORE_ID];
	struct mpy_json *json;
	unsigned int i;

	CHECK(add(store, "a", 1, T0, id) == 0);
	CHECK(add(store, "a", 1, T0, again) == MPY_STORE_SAME_RUN);
	CHECK_STR(id, again);
	CHECK(add(store, "a", 2, T0 + 5, again) == MPY_STORE_MERGED);
	CHECK(add(store, "b", 2, T0 + 5, again) == 0);
	CHECK(strcmp(id, again));
	for (i = 3; i < 40; i++)
		CHECK(add(store, "a", i, T0 + i, again) == MPY_STORE_MERGED);
	/* the oldest is no longer shown, but still known */
	CHECK(add(store, "a", 1, T0, again) == MPY_STORE_SAME_RUN);
	CHECK(!mpy_store_commit(store));
	CHECK(!mpy_store_get(store, id, &json));
	CHECK(mpy_json_int(json, "occurrences", 0) == 39);
	CHECK(mpy_json_length(mpy_json_get(json, "runs")) == 20);
	CHECK(mpy_json_int(mpy_json_at(mpy_json_get(json, "runs"), 19), "pid",
			   0) == 39);
	CHECK_STR(mpy_json_str(json, "first_seen", ""),
		  "2023-11-14T22:13:20.123456789Z");
	CHECK_STR(mpy_json_str(json, "last_seen", ""),
		  "2023-11-14T22:13:20.123456828Z");
	mpy_json_free(json);
	mpy_store_close(store);
}

static void knows_a_process_by_its_exact_start(void)
{
	struct mpy_store *store = open_store("start.db", MPY_STORE_WRITE);
	struct mpy_finding *finding = make_finding("a", 1, T0);
	char id[MPY_STORE_ID];

	finding->process.start_boot_ns = 5000;
	CHECK(mpy_store_add(store, finding, id, sizeof(id)) == 0);
	finding->process.start_real_ns += 17; /* as read another time */
	CHECK(mpy_store_add(store, finding, id, sizeof(id)) ==
	      MPY_STORE_SAME_RUN);
	finding->process.start_boot_ns++;
	CHECK(mpy_store_add(store, finding, id, sizeof(id)) ==
	      MPY_STORE_MERGED);
	mpy_finding_free(finding);
	mpy_store_close(store);
}

static void keeps_contents_once(void)
{
	struct mpy_store *store = open_store("once.db", MPY_STORE_WRITE);
	struct mpy_finding *finding;
	char id[MPY_STORE_ID];
	sqlite3_stmt *row;
	sqlite3 *db;
	int i;

	for (i = 0; i < 5; i++) {
		finding = make_finding("same bytes", 1, T0);
		free(finding->script.path);
		finding->script.path = malloc(32);
		snprintf(finding->script.path, 32, "/tmp/%d.py", i);
		CHECK(mpy_store_add(store, finding, id, sizeof(id)) == 0);
		mpy_finding_free(finding);
	}
	CHECK(!mpy_store_commit(store));
	mpy_store_close(store);
	sqlite3_open(in_scratch("once.db"), &db);
	sqlite3_prepare_v2(db, "SELECT count(*) FROM contents", -1, &row, NULL);
	CHECK(sqlite3_step(row) == SQLITE_ROW);
	CHECK(sqlite3_column_int(row, 0) == 2); /* the script, the layer */
	sqlite3_finalize(row);
	sqlite3_close(db);
}

static void lists_by_query(void)
{
	struct mpy_store *store = open_store("list.db", MPY_STORE_WRITE);
	struct mpy_store_query query = { 0 };
	struct mpy_finding *finding;
	char id[MPY_STORE_ID], ids[10][MPY_STORE_ID], text[16];
	uint64_t findings, observations;
	struct seen seen;
	int64_t last;
	int i;

	for (i = 0; i < 10; i++) {
		snprintf(text, sizeof(text), "%d", i);
		finding = make_finding(text, 1, T0 + i * 1000);
		finding->severity = i < 5 ? MPY_MEDIUM : MPY_CRITICAL;
		finding->observation = i == 9;
		if (i == 7)
			finding->slug = "fileless-memfd";
		CHECK(!mpy_store_add(store, finding, ids[i], MPY_STORE_ID));
		mpy_finding_free(finding);
	}
	CHECK(!mpy_store_commit(store));
	CHECK(listed(store, &query, &seen) == 9);
	CHECK_STR(seen.first, ids[0]);
	CHECK_STR(seen.last, ids[8]);
	query.limit = 3;
	CHECK(listed(store, &query, &seen) == 3);
	CHECK_STR(seen.first, ids[6]);
	CHECK_STR(seen.last, ids[8]);
	query.limit = 0;
	query.since_ns = T0 + 2000;
	query.until_ns = T0 + 6000;
	CHECK(listed(store, &query, &seen) == 5);
	query.min_severity = MPY_HIGH;
	CHECK(listed(store, &query, &seen) == 2);
	memset(&query, 0, sizeof(query));
	query.slug = "fileless-memfd";
	CHECK(listed(store, &query, &seen) == 1);
	CHECK_STR(seen.first, ids[7]);
	memset(&query, 0, sizeof(query));
	query.observations = true;
	CHECK(listed(store, &query, &seen) == 1);
	CHECK(!mpy_store_summary(store, &findings, &observations, &last, id,
				 sizeof(id)));
	CHECK(findings == 9 && observations == 1 && last == T0 + 8000);
	CHECK_STR(id, ids[8]);
	mpy_store_close(store);
}

static void finds_by_prefix(void)
{
	struct mpy_store *store = open_store("list.db", MPY_STORE_READ);
	struct mpy_store_query query = { .limit = 1 };
	struct mpy_json *json;
	struct seen seen;
	char id[MPY_STORE_ID];
	int i;

	listed(store, &query, &seen);
	memcpy(id, seen.last, sizeof(id));
	id[20] = '\0';
	for (i = 0; id[i]; i++)
		if (id[i] >= 'a')
			id[i] -= 32;
	CHECK(!mpy_store_get(store, id, &json));
	CHECK_STR(mpy_json_str(json, "id", ""), seen.last);
	mpy_json_free(json);
	id[6] = '\0';
	CHECK(mpy_store_get(store, id, &json) == -EEXIST);
	id[5] = '\0';
	CHECK(mpy_store_get(store, id, &json) == -ENOENT);
	CHECK(mpy_store_get(store, "%%%%%%%%", &json) == -ENOENT);
	CHECK(mpy_store_get(store, "zzzzzzzzzz", &json) == -ENOENT);
	CHECK(mpy_store_get(store, "", &json) == -ENOENT);
	mpy_store_close(store);
}

static void reads_while_written(void)
{
	struct mpy_store *writer = open_store("both.db", MPY_STORE_WRITE);
	struct mpy_store *reader = open_store("both.db", MPY_STORE_READ);
	struct mpy_store_query query = { 0 };
	char id[MPY_STORE_ID];
	struct seen seen;

	CHECK(add(writer, "a", 1, T0, id) == 0);
	CHECK(listed(reader, &query, &seen) == 0);
	CHECK(!mpy_store_commit(writer));
	CHECK(listed(reader, &query, &seen) == 1);
	CHECK(add(reader, "b", 1, T0, id) == -EROFS);
	mpy_store_close(writer);
	CHECK(!access(in_scratch("both.db-wal"), F_OK));
	CHECK(listed(reader, &query, &seen) == 1);
	mpy_store_close(reader);
}

/* Readers in group mpy may read the files and write nothing at all. */
static void reads_without_permission_to_write(void)
{
	struct mpy_store *writer;
	char id[MPY_STORE_ID];
	pid_t child;
	int status;

	if (getuid())
		SKIP("needs root to become somebody else");
	mkdir(in_scratch("ro"), 0755);
	writer = open_store("ro/x.db", MPY_STORE_WRITE);
	CHECK(add(writer, "a", 1, T0, id) == 0);
	CHECK(!mpy_store_commit(writer));
	chmod(scratch, 0755);
	chmod(in_scratch("ro/x.db"), 0644);
	chmod(in_scratch("ro/x.db-wal"), 0644);
	chmod(in_scratch("ro/x.db-shm"), 0644);
	for (int closed = 0; closed < 3; closed++) {
		fflush(stdout);
		child = fork();
		if (!child) {
			struct mpy_store_query query = { 0 };
			struct mpy_store *reader;
			struct seen seen = { 0 };

			if (setgid(65534) || setuid(65534))
				_exit(2);
			reader = open_store("ro/x.db", MPY_STORE_READ);
			if (!reader)
				_exit(3);
			if (mpy_store_list(reader, &query, count, &seen))
				_exit(4);
			mpy_store_close(reader);
			_exit(seen.n == 1 ? 0 : 5);
		}
		waitpid(child, &status, 0);
		CHECK(status == 0);
		/* then without a writer, then after its files have gone */
		mpy_store_close(writer);
		writer = NULL;
		if (closed == 1) {
			unlink(in_scratch("ro/x.db-wal"));
			unlink(in_scratch("ro/x.db-shm"));
		}
	}
}

static void file_is_private(void)
{
	struct stat st;
	mode_t before = umask(0);

	mpy_store_close(open_store("mode.db", MPY_STORE_WRITE));
	umask(before);
	CHECK(!stat(in_scratch("mode.db"), &st));
	CHECK((st.st_mode & 07777) == 0640);
	CHECK(!stat(in_scratch("mode.db-wal"), &st));
	CHECK((st.st_mode & 07777) == 0640);
	if (getuid())
		return;
	CHECK(!mpy_store_give(in_scratch("mode.db"), 65534));
	CHECK(!stat(in_scratch("mode.db"), &st));
	CHECK(st.st_gid == 65534 && (st.st_mode & 07777) == 0640);
	CHECK(!stat(in_scratch("mode.db-shm"), &st));
	CHECK(st.st_gid == 65534);
}

static void refuses_what_is_not_there(void)
{
	struct mpy_store *store;

	CHECK(mpy_store_open(in_scratch("none.db"), MPY_STORE_READ, &store,
			     why, sizeof(why)) == -ENOENT);
	CHECK(!store && strstr(why, "none.db"));
	CHECK(mpy_store_open(in_scratch("no/dir.db"), MPY_STORE_WRITE, &store,
			     why, sizeof(why)) == -ENOENT);
	CHECK(mpy_store_open(scratch, MPY_STORE_WRITE, &store, why,
			     sizeof(why)) == -EISDIR);
	CHECK(mkfifo(in_scratch("fifo"), 0600) == 0);
	CHECK(mpy_store_open(in_scratch("fifo"), MPY_STORE_READ, &store, why,
			     sizeof(why)) == -EINVAL);
	write_file("empty.db", "", 0, 0);
	CHECK(mpy_store_open(in_scratch("empty.db"), MPY_STORE_READ, &store,
			     why, sizeof(why)) == -ENOENT);
}

static void joins_what_one_run_opens(void)
{
	struct mpy_store *store = open_store("join.db", MPY_STORE_WRITE);
	char id[MPY_STORE_ID], other[MPY_STORE_ID];
	struct mpy_finding *finding;
	struct mpy_json *json;
	unsigned int i;

	CHECK(!add(store, "main", 7, T0, id));
	for (i = 7; i < 9; i++) {
		finding = make_finding("module", i, T0 + 50);
		finding->process.start_real_ns = T0 - 1000;
		finding->observation = true;
		CHECK(mpy_store_add(store, finding, other, sizeof(other)) ==
		      (i == 7 ? 0 : MPY_STORE_MERGED));
		mpy_finding_free(finding);
	}
	CHECK(!mpy_store_commit(store));
	CHECK(!mpy_store_get(store, id, &json));
	CHECK(mpy_json_length(mpy_json_get(json, "related")) == 1);
	CHECK_STR(mpy_json_str_at(mpy_json_get(json, "related"), 0), other);
	CHECK(mpy_json_length(mpy_json_get(json, "timeline")) == 2);
	CHECK_STR(mpy_json_str(mpy_json_at(mpy_json_get(json, "timeline"), 1),
			       "what", ""),
		  "the same process came to /tmp/x.py, judged malicious");
	mpy_json_free(json);
	CHECK(!mpy_store_get(store, other, &json));
	CHECK_STR(mpy_json_str_at(mpy_json_get(json, "related"), 0), id);
	CHECK(mpy_json_length(mpy_json_get(json, "timeline")) == 1);
	mpy_json_free(json);
	mpy_store_close(store);
}

static void one_bad_finding_spoils_no_batch(void)
{
	struct mpy_store *store = open_store("bad.db", MPY_STORE_WRITE);
	struct mpy_finding *finding = make_finding("bad", 1, T0);
	struct mpy_store_query query = { 0 };
	char id[MPY_STORE_ID];
	struct seen seen;

	CHECK(!add(store, "a", 1, T0, id));
	finding->slug = NULL;
	CHECK(mpy_store_add(store, finding, id, sizeof(id)) == -EINVAL);
	CHECK(strstr(mpy_store_error(store), "slug"));
	CHECK(mpy_store_pending(store) == 1);
	CHECK(!add(store, "b", 1, T0, id));
	CHECK(!mpy_store_commit(store));
	CHECK(mpy_store_add(store, finding, id, sizeof(id)) == -EINVAL);
	CHECK(!add(store, "c", 1, T0, id));
	CHECK(!mpy_store_commit(store));
	CHECK(listed(store, &query, &seen) == 3);
	mpy_finding_free(finding);
	mpy_store_close(store);
}

static void rolls_back_on_close(void)
{
	struct mpy_store *store = open_store("roll.db", MPY_STORE_WRITE);
	struct mpy_store_query query = { 0 };
	char id[MPY_STORE_ID];
	struct seen seen;

	CHECK(!add(store, "a", 1, T0, id));
	mpy_store_close(store);
	store = open_store("roll.db", MPY_STORE_READ);
	CHECK(listed(store, &query, &seen) == 0);
	mpy_store_close(store);
}

static void second_writer_is_busy(void)
{
	struct mpy_store *store = open_store("busy.db", MPY_STORE_WRITE);
	sqlite3 *db;
	char id[MPY_STORE_ID];

	sqlite3_open(in_scratch("busy.db"), &db);
	sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	CHECK(add(store, "a", 1, T0, id) == -EBUSY);
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	CHECK(add(store, "a", 1, T0, id) == 0);
	CHECK(!mpy_store_commit(store));
	sqlite3_close(db);
	mpy_store_close(store);
}

int main(void)
{
	scratch_make();
	RUN(keeps_the_whole_finding);
	RUN(merges_runs_not_opens);
	RUN(knows_a_process_by_its_exact_start);
	RUN(keeps_contents_once);
	RUN(lists_by_query);
	RUN(finds_by_prefix);
	RUN(reads_while_written);
	RUN(reads_without_permission_to_write);
	RUN(file_is_private);
	RUN(refuses_what_is_not_there);
	RUN(joins_what_one_run_opens);
	RUN(one_bad_finding_spoils_no_batch);
	RUN(rolls_back_on_close);
	RUN(second_writer_is_busy);
	return DONE();
}
