// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store.c - findings on disk. A finding is a record that never changes (JSON
 * without contents), a few columns that do, its runs, and references to
 * contents that are kept once per digest.
 */

#include "core/store.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/finding.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/judgeproc.h"
#include "core/store_file.h"
#include "core/store_inside.h"

#define RUNS_KNOWN  1000 /* by which a process is recognised */
#define RELATED_MAX 100	 /* observations that join one finding */

#define NO_HASH "no SHA-256 from libcrypto"

/* ---- opening ------------------------------------------------------------ */

int mpy_store_open(const char *path, enum mpy_store_mode mode,
		   struct mpy_store **out, char *why, size_t why_size)
{
	struct mpy_store *store;
	int r;

	*out = NULL;
	r = mode == MPY_STORE_WRITE ? mpy_store_create(path) :
				      mpy_store_look(path);
	if (r) {
		snprintf(why, why_size, "database %s: %s", path,
			 r == -EINVAL ? "not a regular file" : strerror(-r));
		return r;
	}
	store = calloc(1, sizeof(*store));
	if (!store) {
		snprintf(why, why_size, "database %s: " MPY_NO_MEMORY, path);
		return -ENOMEM;
	}
	r = mpy_sql_open(path, mode, mpy_store_statements, MPY_SQL_COUNT,
			 &store->sql, why, why_size);
	if (r)
		free(store);
	else
		*out = store;
	return r;
}

void mpy_store_close(struct mpy_store *store)
{
	if (!store)
		return;
	mpy_sql_close(store->sql);
	free(store);
}

const char *mpy_store_error(const struct mpy_store *store)
{
	return mpy_sql_error(store->sql);
}

int mpy_store_start(struct mpy_store *store, enum mpy_store_statement which,
		    int64_t no, struct mpy_row **row)
{
	int r = mpy_sql_start(store->sql, which, row);

	if (!r)
		mpy_sql_bind_int(*row, 1, no);
	return r;
}

/* ---- adding ------------------------------------------------------------- */

static void unhex(const char *hex, uint8_t out[32])
{
	int i;

	for (i = 0; i < 64; i++) {
		int digit = hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10;

		out[i / 2] = (uint8_t)(out[i / 2] << 4 | digit);
	}
}

static int add_content(struct mpy_store *store, int64_t finding, int layer,
		       const uint8_t *data, size_t size)
{
	char hex[MPY_SHA256_HEX];
	uint8_t digest[32] = { 0 };
	struct mpy_row *row;
	int r;

	/* not taken from the finding: one wrong digest would hide others */
	if (mpy_hash_bytes(data, size, hex))
		return mpy_sql_say(store->sql, -EIO, NO_HASH);
	unhex(hex, digest);
	r = mpy_sql_start(store->sql, MPY_SQL_ADD_CONTENT, &row);
	if (r)
		return r;
	mpy_sql_bind_blob(row, 1, digest, sizeof(digest));
	mpy_sql_bind_blob(row, 2, data, size);
	r = mpy_sql_finish(store->sql, row);
	if (!r)
		r = mpy_store_start(store, MPY_SQL_LINK_CONTENT, finding, &row);
	if (r)
		return r;
	mpy_sql_bind_int(row, 2, layer);
	mpy_sql_bind_blob(row, 3, digest, sizeof(digest));
	return mpy_sql_finish(store->sql, row);
}

static int add_contents(struct mpy_store *store, int64_t no,
			const struct mpy_finding *finding)
{
	const struct mpy_judgement *judgement = finding->judgement;
	size_t i;
	int r;

	if (!finding->script.sight)
		return 0;
	r = add_content(store, no, 0, finding->script.contents,
			finding->script.contents_size);
	for (i = 0; !r && judgement && i < judgement->n_layers; i++)
		r = add_content(store, no, (int)judgement->layers[i].index,
				judgement->layers[i].contents,
				judgement->layers[i].contents_size);
	return r;
}

/* One run has come: the one behind the newest keep goes. */
static int trim(struct mpy_store *store, enum mpy_store_statement which,
		int64_t no, int keep)
{
	struct mpy_row *row;
	int r = mpy_store_start(store, which, no, &row);

	if (r)
		return r;
	mpy_sql_bind_int(row, 2, keep);
	return mpy_sql_finish(store->sql, row);
}

/* Wall clock times of one start differ by what reading two clocks takes. */
static int64_t start_of(const struct mpy_process *process)
{
	return process->start_boot_ns ? (int64_t)process->start_boot_ns :
					process->start_real_ns;
}

/* 0, or MPY_STORE_SAME_RUN if the process is known. */
static int add_run(struct mpy_store *store, int64_t no,
		   const struct mpy_finding *finding)
{
	struct mpy_json *json = mpy_finding_run(finding);
	char *text = mpy_json_print(json, 0, NULL);
	struct mpy_row *row;
	int r;

	mpy_json_free(json);
	if (!text)
		return mpy_sql_say(store->sql, -ENOMEM, MPY_NO_MEMORY);
	r = mpy_store_start(store, MPY_SQL_ADD_RUN, no, &row);
	if (!r) {
		mpy_sql_bind_int(row, 2, finding->process.pid);
		mpy_sql_bind_int(row, 3, start_of(&finding->process));
		mpy_sql_bind_text(row, 4, text);
		r = mpy_sql_finish(store->sql, row);
	}
	free(text);
	if (!r && !mpy_sql_changed(store->sql))
		return MPY_STORE_SAME_RUN;
	if (!r)
		r = trim(store, MPY_SQL_TRIM_RUNS, no, MPY_RUNS_SHOWN);
	if (!r)
		r = trim(store, MPY_SQL_FORGET_RUNS, no, RUNS_KNOWN);
	return r;
}

/* The main finding that this process has: *no, or 0. */
static int main_finding(struct mpy_store *store,
			const struct mpy_process *process, int64_t *no)
{
	struct mpy_row *row;
	int r = mpy_store_start(store, MPY_SQL_MAIN_OF, process->pid, &row);

	if (r)
		return r;
	*no = 0;
	mpy_sql_bind_int(row, 2, start_of(process));
	r = mpy_sql_next(store->sql, row);
	if (r > 0)
		*no = mpy_sql_int(row, 0);
	mpy_sql_stop(row);
	return r < 0 ? r : 0;
}

/* Names other among those related to no; *news: it was not there yet. */
static int relate(struct mpy_store *store, int64_t no, int64_t other,
		  bool *news)
{
	struct mpy_row *row;
	int r = mpy_store_start(store, MPY_SQL_RELATE, no, &row);

	if (r)
		return r;
	mpy_sql_bind_int(row, 2, other);
	mpy_sql_bind_int(row, 3, RELATED_MAX);
	r = mpy_sql_finish(store->sql, row);
	*news = !r && mpy_sql_changed(store->sql);
	return r;
}

static int note(struct mpy_store *store, int64_t no,
		const struct mpy_finding *finding)
{
	const struct mpy_judgement *judgement = finding->judgement;
	char text[PATH_MAX + 100];
	struct mpy_row *row;
	int r = mpy_store_start(store, MPY_SQL_NOTE, no, &row);

	if (r)
		return r;
	snprintf(text, sizeof(text),
		 "the same process came to %.*s, judged %s", PATH_MAX,
		 mpy_finding_subject(finding),
		 judgement ? mpy_label_name(judgement->verdict->label) :
			     "otherwise");
	mpy_sql_bind_int(row, 2, finding->real_ns);
	mpy_sql_bind_text(row, 3, text);
	return mpy_sql_finish(store->sql, row);
}

/* An observation of a process with a main finding is told in that one. */
static int join(struct mpy_store *store, int64_t no,
		const struct mpy_finding *finding)
{
	bool news = false, ignored;
	int64_t main_no = 0;
	int r;

	if (!finding->observation)
		return 0;
	r = main_finding(store, &finding->process, &main_no);
	if (!r && main_no)
		r = relate(store, main_no, no, &news);
	if (!r && news)
		r = relate(store, no, main_no, &ignored);
	if (!r && news)
		r = note(store, main_no, finding);
	return r;
}

static int merge(struct mpy_store *store, int64_t no,
		 const struct mpy_finding *finding)
{
	struct mpy_row *row;
	int r = add_run(store, no, finding);

	if (!r)
		r = mpy_store_start(store, MPY_SQL_MERGE, no, &row);
	if (r)
		return r;
	mpy_sql_bind_int(row, 2, finding->real_ns);
	r = mpy_sql_finish(store->sql, row);
	if (!r)
		r = join(store, no, finding);
	return r ? r : MPY_STORE_MERGED;
}

static int insert(struct mpy_store *store, const struct mpy_finding *finding,
		  const char *key, const char *record)
{
	char digest[MPY_SHA256_HEX];
	struct mpy_row *row;
	int r;

	if (mpy_hash_bytes(record, strlen(record), digest))
		return mpy_sql_say(store->sql, -EIO, NO_HASH);
	r = mpy_sql_start(store->sql, MPY_SQL_ADD, &row);
	if (r)
		return r;
	mpy_sql_bind_text(row, 1, finding->id);
	mpy_sql_bind_text(row, 2, key);
	mpy_sql_bind_int(row, 3, finding->observation);
	mpy_sql_bind_int(row, 4, finding->severity);
	mpy_sql_bind_text(row, 5, finding->slug);
	mpy_sql_bind_int(row, 6, finding->real_ns);
	mpy_sql_bind_text(row, 7, digest);
	mpy_sql_bind_text(row, 8, record);
	return mpy_sql_finish(store->sql, row);
}

static int add_new(struct mpy_store *store, const struct mpy_finding *finding,
		   const char *key, char id[MPY_STORE_ID])
{
	struct mpy_finding copy = *finding;
	struct mpy_json *json;
	char *record;
	int64_t no;
	int r;

	r = mpy_store_make_id(finding->real_ns, id);
	if (r)
		return mpy_sql_say(store->sql, r, "no random bytes");
	copy.id = id;
	json = mpy_finding_record(&copy);
	record = mpy_json_print(json, 0, NULL);
	mpy_json_free(json);
	if (!record)
		return mpy_sql_say(store->sql, -ENOMEM, MPY_NO_MEMORY);
	r = insert(store, &copy, key, record);
	free(record);
	if (r)
		return r;
	no = mpy_sql_last_number(store->sql);
	r = add_contents(store, no, finding);
	if (!r)
		r = add_run(store, no, finding);
	if (!r)
		r = join(store, no, finding);
	return r;
}

/* The finding with this key: *no and id, or *no = 0. */
static int find(struct mpy_store *store, const char *key, int64_t *no,
		char id[MPY_STORE_ID])
{
	struct mpy_row *row;
	int r = mpy_sql_start(store->sql, MPY_SQL_FIND, &row);

	if (r)
		return r;
	*no = 0;
	mpy_sql_bind_text(row, 1, key);
	r = mpy_sql_next(store->sql, row);
	if (r > 0) {
		*no = mpy_sql_int(row, 0);
		snprintf(id, MPY_STORE_ID, "%s", mpy_sql_text(row, 1));
	}
	mpy_sql_stop(row);
	return r < 0 ? r : 0;
}

static int add_or_merge(struct mpy_store *store,
			const struct mpy_finding *finding,
			char id[MPY_STORE_ID])
{
	char key[MPY_SHA256_HEX];
	int64_t no;
	int r;

	r = mpy_finding_key(finding, key);
	if (r)
		return mpy_sql_say(store->sql, r, NO_HASH);
	r = find(store, key, &no, id);
	if (r)
		return r;
	return no ? merge(store, no, finding) :
		    add_new(store, finding, key, id);
}

/*
 * Takes back what one finding did. Some failures (disk full) end the whole
 * transaction: then what was added before is lost too, and commit says so.
 */
static void take_back(struct mpy_store *store, int r)
{
	struct mpy_sql *sql = store->sql;

	if (store->pending && mpy_sql_in_transaction(sql) &&
	    !mpy_sql_run(sql, MPY_SQL_UNSAVE) &&
	    !mpy_sql_run(sql, MPY_SQL_RELEASE))
		return;
	if (mpy_sql_in_transaction(sql))
		mpy_sql_run(sql, MPY_SQL_ROLLBACK);
	store->in_batch = false;
	if (store->pending)
		store->batch_error = r;
}

int mpy_store_add(struct mpy_store *store, const struct mpy_finding *finding,
		  char *id, size_t id_size)
{
	char its_id[MPY_STORE_ID] = "", why[256];
	int r = store->batch_error, released;

	if (!r && !store->in_batch) {
		r = mpy_sql_run(store->sql, MPY_SQL_BEGIN);
		store->in_batch = !r;
	}
	if (!r)
		r = mpy_sql_run(store->sql, MPY_SQL_SAVE);
	if (r)
		return r;
	r = add_or_merge(store, finding, its_id);
	if (r >= 0) {
		released = mpy_sql_run(store->sql, MPY_SQL_RELEASE);
		r = released ? released : r;
	}
	if (r < 0) {
		/* the first failure is the one that explains */
		snprintf(why, sizeof(why), "%s", mpy_store_error(store));
		take_back(store, r);
		return mpy_sql_say(store->sql, r, why);
	}
	store->pending++;
	snprintf(id, id_size, "%s", its_id);
	return r;
}

/* What is written into a deleted file is lost. */
static int may_commit(struct mpy_store *store)
{
	if (!mpy_sql_moved(store->sql))
		return 0;
	return mpy_sql_say(store->sql, -EIO,
			   "the database was deleted or moved while mpyd has "
			   "it open; restart mpyd for a new one");
}

int mpy_store_commit(struct mpy_store *store)
{
	int r = store->batch_error;
	char why[256];

	if (!r && store->in_batch) {
		r = may_commit(store);
		if (!r)
			r = mpy_sql_run(store->sql, MPY_SQL_COMMIT);
		if (r) {
			snprintf(why, sizeof(why), "%s",
				 mpy_store_error(store));
			if (mpy_sql_in_transaction(store->sql))
				mpy_sql_run(store->sql, MPY_SQL_ROLLBACK);
			mpy_sql_say(store->sql, r, why);
		}
	}
	store->in_batch = false;
	store->batch_error = 0;
	store->pending = 0;
	return r;
}

unsigned int mpy_store_pending(const struct mpy_store *store)
{
	return store->pending;
}
