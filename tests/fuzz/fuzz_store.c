// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A database file that somebody has written into: a reader lists it, gets
 * from it and sums it up, or says that it cannot.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"
#include "core/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[64];

static void clean_up(void)
{
	unlink(path);
}

static int print(void *context, const struct mpy_json *finding)
{
	char *id = context;

	free(mpy_json_print(finding, 0, NULL));
	snprintf(id, MPY_STORE_ID, "%s", mpy_json_str(finding, "id", ""));
	return 0;
}

static void read_all(struct mpy_store *store)
{
	struct mpy_store_query query = { 0 };
	char id[MPY_STORE_ID] = "", last[MPY_STORE_ID];
	uint64_t findings, observations;
	struct mpy_json *one = NULL;
	int64_t last_ns;

	mpy_store_list(store, &query, print, id);
	query.observations = true;
	query.limit = 3;
	mpy_store_list(store, &query, print, id);
	mpy_store_get(store, id, &one);
	mpy_json_free(one);
	mpy_store_summary(store, &findings, &observations, &last_ns, last,
			  sizeof(last));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpy_store *store;
	char why[300];
	int fd;

	if (!path[0]) {
		snprintf(path, sizeof(path), "/dev/shm/mpy-fuzz-%d",
			 (int)getpid());
		atexit(clean_up);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return 0;
	if (write(fd, data, size) == (ssize_t)size &&
	    !mpy_store_open(path, MPY_STORE_READ, &store, why, sizeof(why))) {
		read_all(store);
		mpy_store_close(store);
	}
	close(fd);
	return 0;
}
