// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store.c - findings on disk. A finding is a record that never changes (JSON
 * without contents), a few columns that do, its runs, and references to
 * contents that are kept once per digest.
 */

#include "core/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/finding.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/judgeproc.h"
#include "core/store_file.h"
#include "core/store_sql.h"

#define RUNS_SHOWN	20
#define RUNS_KNOWN	1000 /* by which a process is recognised */
#define PREFIX_MIN	6

#define NO_HASH	  "no SHA-256 from libcrypto"
#define NO_MEMORY "out of memory"

enum statement {
	BEGIN, COMMIT, ROLLBACK, SAVE, RELEASE, UNSAVE,
	FIND, ADD, MERGE, ADD_RUN, TRIM_RUNS, FORGET_RUNS,
	ADD_CONTENT, LINK_CONTENT,
	LIST, LIST_NEWEST, BY_PREFIX, CONTENTS_OF, RUNS_OF, COUNT, LAST,
	N_STATEMENTS
};

/* Columns that row_json() reads. */
#define COLUMNS "f.no, f.record, f.state, f.first_ns, f.last_ns, " \
		"f.occurrences, f.digest"
#define WANTED "f.observation = ?1 AND f.last_ns BETWEEN ?2 AND ?3 AND " \
	       "f.severity >= ?4 AND (?5 IS NULL OR f.slug = ?5) AND f.no > ?6"

static const char *const texts[N_STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[SAVE] = "SAVEPOINT one",
	[RELEASE] = "RELEASE one",
	[UNSAVE] = "ROLLBACK TO one",
	[FIND] = "SELECT no, id FROM findings WHERE merge_key = ?1",
	[ADD] = "INSERT INTO findings(id, merge_key, observation, severity, "
		"slug, first_ns, last_ns, digest, record) "
		"VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8)",
	[MERGE] = "UPDATE findings SET occurrences = occurrences + 1, "
		  "first_ns = min(first_ns, ?2), last_ns = max(last_ns, ?2) "
		  "WHERE no = ?1",
	[ADD_RUN] = "INSERT INTO runs(finding, pid, start_ns, run) "
		    "VALUES(?1, ?2, ?3, ?4) "
		    "ON CONFLICT(finding, pid, start_ns) DO NOTHING",
	[TRIM_RUNS] = "UPDATE runs SET run = NULL WHERE no = (SELECT no "
		      "FROM runs WHERE finding = ?1 ORDER BY no DESC "
		      "LIMIT 1 OFFSET ?2)",
	[FORGET_RUNS] = "DELETE FROM runs WHERE no = (SELECT no "
			"FROM runs WHERE finding = ?1 ORDER BY no DESC "
			"LIMIT 1 OFFSET ?2)",
	[ADD_CONTENT] = "INSERT INTO contents(digest, data) VALUES(?1, ?2) "
			"ON CONFLICT(digest) DO NOTHING",
	[LINK_CONTENT] = "INSERT INTO finding_contents(finding, layer, "
			 "content) SELECT ?1, ?2, no FROM contents "
			 "WHERE digest = ?3",
	[LIST] = "SELECT " COLUMNS " FROM findings f WHERE " WANTED
		 " ORDER BY f.last_ns, f.no",
	[LIST_NEWEST] = "SELECT " COLUMNS " FROM (SELECT f.no AS no FROM "
			"findings f WHERE " WANTED " ORDER BY f.last_ns DESC, "
			"f.no DESC LIMIT ?7) AS newest JOIN findings f "
			"ON f.no = newest.no ORDER BY f.last_ns, f.no",
	[BY_PREFIX] = "SELECT " COLUMNS " FROM findings f "
		      "WHERE f.id >= ?1 AND f.id < ?1 || '{' LIMIT 2",
	[CONTENTS_OF] = "SELECT l.layer, c.data FROM finding_contents l "
			"JOIN contents c ON c.no = l.content "
			"WHERE l.finding = ?1",
	[RUNS_OF] = "SELECT run FROM (SELECT no, run FROM runs "
		    "WHERE finding = ?1 ORDER BY no DESC LIMIT ?2) "
		    "WHERE run IS NOT NULL ORDER BY no",
	[COUNT] = "SELECT observation, n FROM counts",
	[LAST] = "SELECT id, last_ns FROM findings WHERE observation = 0 "
		 "ORDER BY last_ns DESC, no DESC LIMIT 1",
};

struct mpy_store {
	struct mpy_sql *sql;
	bool in_batch;
	int batch_error; /* the batch was lost, by this -errno */
	unsigned int pending;
};

/* ---- opening ------------------------------------------------------------ */

int mpy_store_open(const char *path, enum mpy_store_mode mode,
		   struct mpy_store **out, char *why, size_t why_size)
{
	struct mpy_store *store;
	int r;

	*out = NULL;
	r = mode == MPY_STORE_WRITE ? mpy_store_create(path, (gid_t)-1) :
				      mpy_store_look(path);
	if (r) {
		snprintf(why, why_size, "database %s: %s", path,
			 r == -EINVAL ? "not a regular file" : strerror(-r));
		return r;
	}
	store = calloc(1, sizeof(*store));
	if (!store) {
		snprintf(why, why_size, "database %s: " NO_MEMORY, path);
		return -ENOMEM;
	}
	r = mpy_sql_open(path, mode, texts, N_STATEMENTS, &store->sql, why,
			 why_size);
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

/* Starts a statement whose first value is the number of a finding. */
static int start_for(struct mpy_store *store, enum statement which, int64_t no,
		     struct mpy_row **row)
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
	r = mpy_sql_start(store->sql, ADD_CONTENT, &row);
	if (r)
		return r;
	mpy_sql_bind_blob(row, 1, digest, sizeof(digest));
	mpy_sql_bind_blob(row, 2, data, size);
	r = mpy_sql_finish(store->sql, row);
	if (!r)
		r = start_for(store, LINK_CONTENT, finding, &row);
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
static int trim(struct mpy_store *store, enum statement which, int64_t no,
		int keep)
{
	struct mpy_row *row;
	int r = start_for(store, which, no, &row);

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
		return mpy_sql_say(store->sql, -ENOMEM, NO_MEMORY);
	r = start_for(store, ADD_RUN, no, &row);
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
		r = trim(store, TRIM_RUNS, no, RUNS_SHOWN);
	if (!r)
		r = trim(store, FORGET_RUNS, no, RUNS_KNOWN);
	return r;
}

static int merge(struct mpy_store *store, int64_t no,
		 const struct mpy_finding *finding)
{
	struct mpy_row *row;
	int r = add_run(store, no, finding);

	if (!r)
		r = start_for(store, MERGE, no, &row);
	if (r)
		return r;
	mpy_sql_bind_int(row, 2, finding->real_ns);
	r = mpy_sql_finish(store->sql, row);
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
	r = mpy_sql_start(store->sql, ADD, &row);
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
		return mpy_sql_say(store->sql, -ENOMEM, NO_MEMORY);
	r = insert(store, &copy, key, record);
	free(record);
	if (r)
		return r;
	no = mpy_sql_last_number(store->sql);
	r = add_contents(store, no, finding);
	if (!r)
		r = add_run(store, no, finding);
	return r;
}

/* The finding with this key: *no and id, or *no = 0. */
static int find(struct mpy_store *store, const char *key, int64_t *no,
		char id[MPY_STORE_ID])
{
	struct mpy_row *row;
	int r = mpy_sql_start(store->sql, FIND, &row);

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
	    !mpy_sql_run(sql, UNSAVE) && !mpy_sql_run(sql, RELEASE))
		return;
	if (mpy_sql_in_transaction(sql))
		mpy_sql_run(sql, ROLLBACK);
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
		r = mpy_sql_run(store->sql, BEGIN);
		store->in_batch = !r;
	}
	if (!r)
		r = mpy_sql_run(store->sql, SAVE);
	if (r)
		return r;
	r = add_or_merge(store, finding, its_id);
	if (r >= 0) {
		released = mpy_sql_run(store->sql, RELEASE);
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

int mpy_store_commit(struct mpy_store *store)
{
	int r = store->batch_error;
	char why[256];

	if (!r && store->in_batch) {
		r = mpy_sql_run(store->sql, COMMIT);
		if (r) {
			snprintf(why, sizeof(why), "%s",
				 mpy_store_error(store));
			if (mpy_sql_in_transaction(store->sql))
				mpy_sql_run(store->sql, ROLLBACK);
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

/* ---- reading ------------------------------------------------------------ */

/* The object that layer's contents belong to: 0 is the script. */
static struct mpy_json *holder(struct mpy_json *json, int layer)
{
	struct mpy_json *script = mpy_json_get_mutable(json, "script");
	struct mpy_json *layers = mpy_json_get_mutable(script, "layers");
	size_t i, n = mpy_json_length(layers);

	if (!layer)
		return script;
	for (i = 0; i < n; i++) {
		struct mpy_json *item = mpy_json_at_mutable(layers, i);

		if (mpy_json_int(item, "index", 0) == layer)
			return item;
	}
	return NULL;
}

static int read_contents(struct mpy_store *store, int64_t no,
			 struct mpy_json *json)
{
	struct mpy_row *row;
	int r = start_for(store, CONTENTS_OF, no, &row);

	if (r)
		return r;
	while ((r = mpy_sql_next(store->sql, row)) > 0) {
		int layer = (int)mpy_sql_int(row, 0);
		struct mpy_json *target = holder(json, layer);
		const void *data;
		size_t size;

		if (!target)
			continue;
		data = mpy_sql_blob(row, 1, &size);
		mpy_finding_set_contents(target, data, size);
		if (layer)
			mpy_json_set_bool(target, "contents_truncated",
					  (int64_t)size <
						  mpy_json_int(target, "size",
							       0));
	}
	mpy_sql_stop(row);
	return r;
}

static int read_runs(struct mpy_store *store, int64_t no,
		     struct mpy_json *json)
{
	struct mpy_json *runs, *one;
	struct mpy_row *row;
	char why[80];
	int r = start_for(store, RUNS_OF, no, &row);

	if (r)
		return r;
	runs = mpy_json_array();
	mpy_sql_bind_int(row, 2, RUNS_SHOWN);
	while ((r = mpy_sql_next(store->sql, row)) > 0) {
		const char *text = mpy_sql_text(row, 0);

		one = mpy_json_parse(text, strlen(text), why, sizeof(why));
		if (!one) {
			r = mpy_sql_say(store->sql, -EIO, "a run is damaged");
			break;
		}
		mpy_json_append(runs, one);
	}
	mpy_sql_stop(row);
	mpy_json_set(json, "runs", runs);
	return r;
}

/* The finding of the row at which COLUMNS stand. */
static int row_json(struct mpy_store *store, struct mpy_row *row,
		    struct mpy_json **out)
{
	const char *record = mpy_sql_text(row, 1);
	int64_t no = mpy_sql_int(row, 0);
	char why[120], error[64];
	struct mpy_json *json;
	int r;

	json = mpy_json_parse(record, strlen(record), why, sizeof(why));
	if (mpy_json_kind(json) != MPY_JSON_OBJECT) {
		mpy_json_free(json);
		snprintf(error, sizeof(error), "record %lld is damaged",
			 (long long)no);
		return mpy_sql_say(store->sql, -EIO, error);
	}
	mpy_finding_set_state(json, mpy_sql_text(row, 2), mpy_sql_int(row, 3),
			      mpy_sql_int(row, 4),
			      (uint64_t)mpy_sql_int(row, 5),
			      mpy_sql_text(row, 6));
	r = read_contents(store, no, json);
	if (!r)
		r = read_runs(store, no, json);
	if (!r && mpy_json_failed(json))
		r = mpy_sql_say(store->sql, -ENOMEM, NO_MEMORY);
	if (r) {
		mpy_json_free(json);
		return r;
	}
	*out = json;
	return 0;
}

static int start_list(struct mpy_store *store,
		      const struct mpy_store_query *query, struct mpy_row **row)
{
	int r = mpy_sql_start(store->sql, query->limit ? LIST_NEWEST : LIST,
			      row);

	if (r)
		return r;
	mpy_sql_bind_int(*row, 1, query->observations);
	mpy_sql_bind_int(*row, 2,
			 query->since_ns ? query->since_ns : INT64_MIN);
	mpy_sql_bind_int(*row, 3,
			 query->until_ns ? query->until_ns : INT64_MAX);
	mpy_sql_bind_int(*row, 4, query->min_severity);
	mpy_sql_bind_text(*row, 5, query->slug);
	mpy_sql_bind_int(*row, 6, query->after_rowid);
	if (query->limit)
		mpy_sql_bind_int(*row, 7, query->limit);
	return 0;
}

int mpy_store_list(struct mpy_store *store, const struct mpy_store_query *query,
		   int (*each)(void *context, const struct mpy_json *finding),
		   void *context)
{
	struct mpy_json *json;
	struct mpy_row *row;
	int r = start_list(store, query, &row);

	if (r)
		return r;
	while ((r = mpy_sql_next(store->sql, row)) > 0) {
		r = row_json(store, row, &json);
		if (r)
			break;
		r = each(context, json);
		mpy_json_free(json);
		if (r)
			break;
	}
	mpy_sql_stop(row);
	return r;
}

/* Ids are in lower case; people may type anything. */
static bool fold_id(const char *from, char id[MPY_STORE_ID])
{
	size_t i;

	for (i = 0; from[i]; i++) {
		char c = from[i];

		if (i >= MPY_STORE_ID - 1)
			return false;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
			return false;
		id[i] = c;
	}
	id[i] = '\0';
	return i >= PREFIX_MIN;
}

int mpy_store_get(struct mpy_store *store, const char *id,
		  struct mpy_json **out)
{
	char folded[MPY_STORE_ID];
	struct mpy_row *row;
	int r, more = 0;

	*out = NULL;
	if (!fold_id(id, folded))
		return mpy_sql_say(store->sql, -ENOENT,
				   "not the id of a finding");
	r = mpy_sql_start(store->sql, BY_PREFIX, &row);
	if (r)
		return r;
	mpy_sql_bind_text(row, 1, folded);
	r = mpy_sql_next(store->sql, row);
	if (r > 0) {
		r = row_json(store, row, out);
		if (!r)
			more = mpy_sql_next(store->sql, row);
	} else if (!r) {
		r = mpy_sql_say(store->sql, -ENOENT, "no such finding");
	}
	mpy_sql_stop(row);
	if (more > 0)
		r = mpy_sql_say(store->sql, -EEXIST, "several ids begin so");
	else if (more < 0)
		r = more;
	if (r) {
		mpy_json_free(*out);
		*out = NULL;
	}
	return r;
}

static int read_counts(struct mpy_store *store, uint64_t *findings,
		       uint64_t *observations)
{
	struct mpy_row *row;
	int r = mpy_sql_start(store->sql, COUNT, &row);

	if (r)
		return r;
	while ((r = mpy_sql_next(store->sql, row)) > 0) {
		if (mpy_sql_int(row, 0))
			*observations = (uint64_t)mpy_sql_int(row, 1);
		else
			*findings = (uint64_t)mpy_sql_int(row, 1);
	}
	mpy_sql_stop(row);
	return r;
}

int mpy_store_summary(struct mpy_store *store, uint64_t *findings,
		      uint64_t *observations, int64_t *last_ns, char *last_id,
		      size_t last_id_size)
{
	struct mpy_row *row;
	int r;

	*findings = *observations = 0;
	*last_ns = 0;
	snprintf(last_id, last_id_size, "%s", "");
	r = read_counts(store, findings, observations);
	if (!r)
		r = mpy_sql_start(store->sql, LAST, &row);
	if (r)
		return r;
	r = mpy_sql_next(store->sql, row);
	if (r > 0) {
		snprintf(last_id, last_id_size, "%s", mpy_sql_text(row, 0));
		*last_ns = mpy_sql_int(row, 1);
	}
	mpy_sql_stop(row);
	return r < 0 ? r : 0;
}
