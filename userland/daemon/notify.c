// SPDX-License-Identifier: GPL-2.0-or-later
/* notify.c - tells people of findings. */
#include "daemon/notify.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/finding.h"
#include "core/json.h"
#include "core/judgeproc.h"
#include "core/log.h"
#include "core/store.h"

#define LINES_MAX 256

struct line {
	struct line *next;
	char *text;
	size_t size;
};

struct mpy_notify {
	struct mpy_store *store; /* the worker's */
	int wake;
	unsigned int watchers;
	pthread_mutex_t lock; /* guards what follows */
	struct line *first, **last;
	unsigned int n_lines;
	struct mpy_notify_sums sums;
};

struct mpy_notify *mpy_notify_new(struct mpy_store *store, int wake)
{
	struct mpy_notify *notify = calloc(1, sizeof(*notify));

	if (!notify)
		return NULL;
	notify->store = store;
	notify->wake = wake;
	notify->last = &notify->first;
	pthread_mutex_init(&notify->lock, NULL);
	mpy_store_summary(store, &notify->sums.findings,
			  &notify->sums.observations, &notify->sums.last_ns,
			  notify->sums.last_id, sizeof(notify->sums.last_id));
	return notify;
}

char *mpy_notify_take(struct mpy_notify *notify, size_t *size)
{
	struct line *line;
	char *text = NULL;

	pthread_mutex_lock(&notify->lock);
	line = notify->first;
	if (line) {
		notify->first = line->next;
		if (!notify->first)
			notify->last = &notify->first;
		notify->n_lines--;
		text = line->text;
		*size = line->size;
	}
	pthread_mutex_unlock(&notify->lock);
	free(line);
	return text;
}

void mpy_notify_free(struct mpy_notify *notify)
{
	size_t size;
	char *text;

	if (!notify)
		return;
	while ((text = mpy_notify_take(notify, &size)))
		free(text);
	pthread_mutex_destroy(&notify->lock);
	free(notify);
}

void mpy_notify_set_watchers(struct mpy_notify *notify, unsigned int n)
{
	__atomic_store_n(&notify->watchers, n, __ATOMIC_RELEASE);
}

void mpy_notify_sum(struct mpy_notify *notify, struct mpy_notify_sums *out)
{
	pthread_mutex_lock(&notify->lock);
	*out = notify->sums;
	pthread_mutex_unlock(&notify->lock);
}

static void count(struct mpy_notify *notify, const struct mpy_finding *finding,
		  const char *id, enum mpy_spool_news news)
{
	struct mpy_notify_sums *sums = &notify->sums;
	size_t size = strnlen(id, sizeof(sums->last_id) - 1);

	pthread_mutex_lock(&notify->lock);
	if (finding->observation) {
		sums->observations += news == MPY_NEWS_NEW;
	} else {
		sums->findings += news == MPY_NEWS_NEW;
		sums->last_ns = finding->real_ns;
		memcpy(sums->last_id, id, size);
		sums->last_id[size] = '\0';
	}
	pthread_mutex_unlock(&notify->lock);
}

static void write_journal(const struct mpy_finding *finding, const char *id,
			  enum mpy_spool_news news)
{
	char path[600];
	const char *name = finding->script.path;

	if (name)
		mpy_escape(name, strlen(name), path, sizeof(path));
	mpy_log(MPY_LOG_WARNING,
		"%s%s: pid %u uid %u %s%s sha256 %s probability %.4f finding"
		" %s", finding->slug,
		news == MPY_NEWS_MERGED ? " (seen again)" : "",
		finding->process.pid, finding->process.uid,
		name ? "path " : "code by ", name ? path : finding->script.sight,
		finding->script.file_sha256[0] ? finding->script.file_sha256 :
						 finding->script.sha256,
		finding->judgement->verdict->probability, id);
}

static void push(struct mpy_notify *notify, char *text, size_t size)
{
	struct line *line = malloc(sizeof(*line));
	const uint64_t one = 1;
	bool kept = false;

	if (line) {
		*line = (struct line){ NULL, text, size };
		pthread_mutex_lock(&notify->lock);
		if (notify->n_lines < LINES_MAX) {
			*notify->last = line;
			notify->last = &line->next;
			notify->n_lines++;
			kept = true;
		}
		pthread_mutex_unlock(&notify->lock);
	}
	if (!kept) {
		mpy_log(MPY_LOG_WARNING, "watchers are too slow: a finding was"
			" not shown to them (it is recorded)");
		free(line);
		free(text);
		return;
	}
	if (write(notify->wake, &one, sizeof(one)) < 0 && errno != EAGAIN)
		mpy_log(MPY_LOG_ERROR, "notify: cannot wake the main loop: %s",
			strerror(errno));
}

/* As it stands in the database: merged, with its occurrences. */
static void show_watchers(struct mpy_notify *notify, const char *id)
{
	struct mpy_json *json = NULL;
	size_t size = 0;
	char *text, *line;

	if (mpy_store_get(notify->store, id, &json) < 0)
		return;
	text = mpy_json_print(json, 0, &size);
	mpy_json_free(json);
	if (!text)
		return;
	line = realloc(text, size + 2);
	if (!line) {
		free(text);
		return;
	}
	line[size] = '\n';
	line[size + 1] = '\0';
	push(notify, line, size + 1);
}

void mpy_notify_committed(void *context, const struct mpy_finding *finding,
			  const char *id, enum mpy_spool_news news)
{
	struct mpy_notify *notify = context;

	count(notify, finding, id, news);
	if (finding->observation || news == MPY_NEWS_SAME_RUN)
		return;
	write_journal(finding, id, news);
	if (__atomic_load_n(&notify->watchers, __ATOMIC_ACQUIRE))
		show_watchers(notify, id);
}

