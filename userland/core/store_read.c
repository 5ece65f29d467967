// SPDX-License-Identifier: GPL-2.0-or-later
/* store_read.c - findings put together again from what the store keeps. */

#include "core/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/finding.h"
#include "core/json.h"
#include "core/store_inside.h"

#define PREFIX_MIN 6

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
	int r = mpy_store_start(store, MPY_SQL_CONTENTS_OF, no, &row);

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
	int r = mpy_store_start(store, MPY_SQL_RUNS_OF, no, &row);

	if (r)
		return r;
	runs = mpy_json_array();
	mpy_sql_bind_int(row, 2, MPY_RUNS_SHOWN);
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

/* What was added to the record later: to related[] and timeline[]. */
static int read_added(struct mpy_store *store, int64_t no,
		      struct mpy_json *json)
{
	struct mpy_json *related = mpy_json_get_mutable(json, "related");
	struct mpy_json *timeline = mpy_json_get_mutable(json, "timeline");
	struct mpy_json *entry;
	struct mpy_row *row;
	int r = mpy_store_start(store, MPY_SQL_RELATED_OF, no, &row);

	if (r)
		return r;
	while ((r = mpy_sql_next(store->sql, row)) > 0)
		mpy_json_append_str(related, mpy_sql_text(row, 0));
	mpy_sql_stop(row);
	if (!r)
		r = mpy_store_start(store, MPY_SQL_TIMELINE_OF, no, &row);
	if (r)
		return r;
	while ((r = mpy_sql_next(store->sql, row)) > 0) {
		entry = mpy_json_object();
		mpy_json_set_time(entry, "time", mpy_sql_int(row, 0));
		mpy_json_set_str(entry, "what", mpy_sql_text(row, 1));
		mpy_json_append(timeline, entry);
	}
	mpy_sql_stop(row);
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
	if (!r)
		r = read_added(store, no, json);
	if (!r && mpy_json_failed(json))
		r = mpy_sql_say(store->sql, -ENOMEM, MPY_NO_MEMORY);
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
	int r = mpy_sql_start(store->sql,
			      query->limit ? MPY_SQL_LIST_NEWEST :
					     MPY_SQL_LIST,
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
	r = mpy_sql_start(store->sql, MPY_SQL_BY_PREFIX, &row);
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
	int r = mpy_sql_start(store->sql, MPY_SQL_COUNTS, &row);

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
		r = mpy_sql_start(store->sql, MPY_SQL_LAST, &row);
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
