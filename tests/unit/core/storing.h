/* SPDX-License-Identifier: GPL-2.0-or-later */
/* storing.h - a store in the scratch directory, filled and looked at. */
#ifndef MPY_TESTS_CORE_STORING_H
#define MPY_TESTS_CORE_STORING_H

#include "../test.h"

#include <fcntl.h>
#include <sqlite3.h>

#include "core/json.h"
#include "core/store.h"
#include "fixture.h"

static char why[512];

__attribute__((unused)) static struct mpy_store *
open_store(const char *name, enum mpy_store_mode mode)
{
	struct mpy_store *store = NULL;

	if (mpy_store_open(in_scratch(name), mode, &store, why, sizeof(why)))
		printf("# %s\n", why);
	return store;
}

__attribute__((unused)) static int add(struct mpy_store *store,
				       const char *text, unsigned int pid,
				       int64_t real_ns, char *id)
{
	struct mpy_finding *finding = make_finding(text, pid, real_ns);
	int r = mpy_store_add(store, finding, id, MPY_STORE_ID);

	mpy_finding_free(finding);
	return r;
}

/* Runs SQL on the file itself, behind the store's back. */
__attribute__((unused)) static void meddle(const char *name, const char *sql)
{
	sqlite3 *db;

	CHECK(!sqlite3_open(in_scratch(name), &db));
	CHECK(!sqlite3_exec(db, sql, NULL, NULL, NULL));
	sqlite3_close(db);
}

__attribute__((unused)) static void
write_file(const char *name, const void *data, size_t size, off_t at)
{
	int fd = open(in_scratch(name), O_WRONLY | O_CREAT, 0600);

	CHECK(pwrite(fd, data, size, at) == (ssize_t)size);
	close(fd);
}

struct seen {
	unsigned int n;
	char first[MPY_STORE_ID], last[MPY_STORE_ID];
	int64_t occurrences;
};

__attribute__((unused)) static int count(void *context,
					 const struct mpy_json *finding)
{
	struct seen *seen = context;
	const char *id = mpy_json_str(finding, "id", "");

	if (!seen->n++)
		snprintf(seen->first, sizeof(seen->first), "%s", id);
	snprintf(seen->last, sizeof(seen->last), "%s", id);
	seen->occurrences = mpy_json_int(finding, "occurrences", 0);
	return 0;
}

__attribute__((unused)) static unsigned int
listed(struct mpy_store *store, const struct mpy_store_query *query,
       struct seen *seen)
{
	memset(seen, 0, sizeof(*seen));
	CHECK(!mpy_store_list(store, query, count, seen));
	return seen->n;
}

#endif
