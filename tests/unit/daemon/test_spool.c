// SPDX-License-Identifier: GPL-2.0-or-later
/* test_spool.c - findings wait for a database that does not take them. */
#include "daemon/spool.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/finding.h"
#include "core/judgeproc.h"
#include "core/store.h"
#include "../test.h"

struct news {
	unsigned int n, merged;
	char last[MPY_STORE_ID];
};

static void committed(void *context, const struct mpy_finding *finding,
		      const char *id, enum mpy_spool_news what)
{
	struct news *news = context;

	news->n++;
	news->merged += what == MPY_NEWS_MERGED;
	snprintf(news->last, sizeof(news->last), "%s", id);
}

static struct mpy_finding *new_finding(unsigned int number, bool observation)
{
	struct mpy_finding *finding = mpy_finding_new();

	finding->slug = MPY_SLUG_MAIN;
	finding->category = MPY_CATEGORY_MAIN;
	finding->severity = MPY_CRITICAL;
	finding->observation = observation;
	finding->real_ns = 1700000000000000000 + number;
	finding->process.pid = number;
	finding->process.start_real_ns = 1700000000000000000 + number;
	finding->judgement = calloc(1, sizeof(*finding->judgement));
	finding->judgement->verdict =
		calloc(1, sizeof(*finding->judgement->verdict));
	finding->judgement->verdict->label = MPY_MALICIOUS;
	finding->script.sight = "argv";
	finding->script.contents = calloc(1, 1);
	snprintf(finding->script.sha256, sizeof(finding->script.sha256),
		 "%064u", number);
	return finding;
}

struct scene {
	char dir[32], path[48];
	struct mpy_store *store;
	struct mpy_spool *spool;
	struct mpy_spool_sink sink;
	struct news news;
};

static void begin(struct scene *scene)
{
	char why[300];

	memset(scene, 0, sizeof(*scene));
	snprintf(scene->dir, sizeof(scene->dir), "/tmp/mpy-test-XXXXXX");
	CHECK(mkdtemp(scene->dir) != NULL);
	snprintf(scene->path, sizeof(scene->path), "%s/db", scene->dir);
	CHECK(mpy_store_open(scene->path, MPY_STORE_WRITE, &scene->store, why,
			     sizeof(why)) == 0);
	scene->sink = (struct mpy_spool_sink){ committed, &scene->news };
	scene->spool = mpy_spool_new(scene->store, &scene->sink);
}

static void end(struct scene *scene)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	char path[64];
	size_t i;

	mpy_spool_free(scene->spool);
	mpy_store_close(scene->store);
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", scene->path, tails[i]);
		unlink(path);
	}
	rmdir(scene->dir);
}

static void batches_end_after_100_ms(void)
{
	struct scene scene;

	begin(&scene);
	mpy_spool_flush(scene.spool, 1000, false);
	mpy_spool_add(scene.spool, new_finding(1, false));
	mpy_spool_flush(scene.spool, 1000, false);
	mpy_spool_flush(scene.spool, 1099, false);
	CHECK(scene.news.n == 0 && mpy_spool_size(scene.spool) == 1);
	mpy_spool_flush(scene.spool, 1100, false);
	CHECK(scene.news.n == 1 && mpy_spool_size(scene.spool) == 0);
	CHECK(strlen(scene.news.last) == MPY_STORE_ID - 1);
	mpy_spool_add(scene.spool, new_finding(2, false));
	mpy_spool_flush(scene.spool, 5000, true);
	CHECK(scene.news.n == 2 && scene.news.merged == 0);
	end(&scene);
}

static void a_locked_database_delays_and_loses_nothing(void)
{
	struct mpy_store *other;
	struct scene scene;
	char why[300], id[MPY_STORE_ID];
	struct mpy_finding *finding = new_finding(100, false);
	uint64_t findings, observations;
	int64_t last;
	unsigned int i;

	begin(&scene);
	CHECK(mpy_store_open(scene.path, MPY_STORE_WRITE, &other, why,
			     sizeof(why)) == 0);
	CHECK(mpy_store_add(other, finding, id, sizeof(id)) == 0);
	for (i = 1; i <= 3; i++)
		mpy_spool_add(scene.spool, new_finding(i, false));
	mpy_spool_flush(scene.spool, 1000, true);
	CHECK(scene.news.n == 0 && mpy_spool_size(scene.spool) == 3);
	CHECK(mpy_spool_problem(scene.spool) != NULL);
	CHECK(mpy_store_commit(other) == 0);
	mpy_spool_flush(scene.spool, 1500, true); /* not before its time */
	CHECK(mpy_spool_size(scene.spool) == 3);
	mpy_spool_flush(scene.spool, 2000, false);
	CHECK(scene.news.n == 3 && mpy_spool_size(scene.spool) == 0);
	CHECK(mpy_spool_problem(scene.spool) == NULL);
	CHECK(mpy_spool_lost(scene.spool) == 0);
	CHECK(mpy_store_summary(scene.store, &findings, &observations, &last,
				id, sizeof(id)) == 0);
	CHECK(findings == 4);
	mpy_store_close(other);
	mpy_finding_free(finding);
	end(&scene);
}

static void observations_go_first_when_it_is_full(void)
{
	struct news news = { 0, 0, "" };
	const struct mpy_spool_sink sink = { committed, &news };
	struct mpy_spool *spool = mpy_spool_new(NULL, &sink);
	unsigned int i;

	for (i = 0; i < 4096; i++)
		mpy_spool_add(spool, new_finding(i, i == 7));
	CHECK(mpy_spool_size(spool) == 4096 && mpy_spool_lost(spool) == 0);
	mpy_spool_add(spool, new_finding(5000, false));
	CHECK(mpy_spool_size(spool) == 4096 && mpy_spool_lost(spool) == 1);
	mpy_spool_add(spool, new_finding(5001, false));
	CHECK(mpy_spool_size(spool) == 4096 && mpy_spool_lost(spool) == 2);
	mpy_spool_flush(spool, 1, true);
	CHECK(news.n == 4096 && mpy_spool_size(spool) == 0);
	mpy_spool_free(spool);
}

int main(void)
{
	RUN(batches_end_after_100_ms);
	RUN(a_locked_database_delays_and_loses_nothing);
	RUN(observations_go_first_when_it_is_full);
	return DONE();
}
