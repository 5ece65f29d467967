// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scout.c - looks at what the kernel's events name, before it is gone. Who
 * may wait for whom: the receiver waits for nobody, the pipeline waits for
 * probes and images a bounded time, the three threads wait for disks.
 */
#include "daemon/scout.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "daemon/argv.h"
#include "daemon/images.h"
#include "daemon/path.h"
#include "daemon/procfs.h"
#include "daemon/queue.h"
#include "daemon/receive.h"
#include "daemon/recording.h"
#include "daemon/wholefile.h"

#define PROBE_MS  500  /* the pipeline's wait for /proc */
#define CLASS_MS  2000 /* for an ELF file's tables */
#define DIGEST_MS 10000
#define JOBS_MAX  1024
#define FD_MAX	  250 /* highest descriptor kept of a large file */

struct probe {
	struct mpy_exec_probe base; /* first */
	struct mpy_scout *scout;
	int refs;
	bool done;
	uint64_t seq;
	struct mpy_proc_question question;
	struct mpy_exec_facts *facts;
};

struct mpy_file_job {
	int fd;
	uint64_t seq;
	bool done, abandoned;
	struct mpy_file_facts facts;
};

enum job_kind { JOB_IMAGE, JOB_FILE };

struct job {
	enum job_kind kind;
	int fd; /* IMAGE */
	struct mpy_file_id id;
	struct mpy_file_job *file;
};

struct classify_job {
	uint64_t seq;
	struct mpy_file_id id;
};

struct mpy_scout {
	struct mpy_outside outside;
	struct mpy_host host;
	struct mpy_recorder *recorder;
	struct mpy_images *images;
	struct mpy_requests *requests;	/* the receiver's */
	struct mpy_requests *classifier; /* the classifying thread's */
	struct mpy_queue *classify, *probes, *jobs;
	pthread_t threads[3];
	unsigned int n_threads;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a probe or a file is done */
	double multiplier;
};

static int scaled(const struct mpy_scout *scout, int ms)
{
	double multiplier;

	__atomic_load(&scout->multiplier, &multiplier, __ATOMIC_RELAXED);
	return (int)(ms * multiplier);
}

void mpy_scout_set_multiplier(struct mpy_scout *scout, double multiplier)
{
	__atomic_store(&scout->multiplier, &multiplier, __ATOMIC_RELAXED);
}

static int64_t real_now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	return at.tv_sec * 1000000000ll + at.tv_nsec;
}

/* ---- images ---------------------------------------------------------------- */

static void record_image(struct mpy_scout *scout, const struct mpy_file_id *id)
{
	struct mpy_image_facts facts;
	struct mpy_blob blob = { NULL, 0, 0, false };

	if (!scout->recorder)
		return;
	mpy_images_get(scout->images, id, false, 0, &facts);
	mpy_image_facts_put(&blob, id, &facts);
	if (!blob.failed)
		mpy_recorder_add(scout->recorder, MPY_RECORD_IMAGE, 0,
				 blob.data, blob.size);
	mpy_blob_free(&blob);
}

static void end_image(struct mpy_scout *scout, const struct mpy_file_id *id,
		      const char *sha256)
{
	mpy_images_set_digest(scout->images, id, sha256);
	record_image(scout, id);
}

/* Takes fd: the digest is for the hashing thread. */
static void queue_image(struct mpy_scout *scout, int fd,
			const struct mpy_file_id *id)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job) {
		job->kind = JOB_IMAGE;
		job->fd = fd;
		job->id = *id;
		if (mpy_queue_try(scout->jobs, job, 1))
			return;
		free(job);
	}
	close(fd);
	end_image(scout, id, "");
}

static void classify_one(struct mpy_scout *scout, struct classify_job *job)
{
	int fd = mpy_requests_fd(scout->classifier, job->seq, false), r;
	enum mpy_image_class class = MPY_IMAGE_UNKNOWN;

	if (fd >= 0)
		class = mpy_interpreter_classify_fd(fd);
	r = mpy_requests_classified(scout->classifier, job->seq,
				    class >= MPY_IMAGE_EMBEDS);
	if (r < 0 && r != -ENOENT)
		mpy_log(MPY_LOG_DEBUG, "CLASSIFIED: %s", strerror(-r));
	if (class >= MPY_IMAGE_EMBEDS &&
	    mpy_images_claim(scout->images, &job->id, real_now())) {
		mpy_images_set_class(scout->images, &job->id, class);
		queue_image(scout, fd, &job->id);
	} else if (fd >= 0) {
		close(fd);
	}
}

static void *run_classifier(void *context)
{
	struct mpy_scout *scout = context;
	struct classify_job *job;

	pthread_setname_np(pthread_self(), "mpyd-classify");
	while ((job = mpy_queue_pop(scout->classify, -1))) {
		classify_one(scout, job);
		free(job);
	}
	return NULL;
}

static void hash_image(struct mpy_scout *scout, struct job *job)
{
	struct mpy_image_facts facts;
	char sha256[MPY_SHA256_HEX] = "";
	uint64_t size;

	mpy_images_get(scout->images, &job->id, false, 0, &facts);
	if (facts.class == MPY_IMAGE_UNKNOWN)
		mpy_images_set_class(scout->images, &job->id,
				     mpy_interpreter_classify_fd(job->fd));
	if (mpy_hash_fd(job->fd, sha256, &size) < 0)
		sha256[0] = '\0';
	close(job->fd);
	end_image(scout, &job->id, sha256);
}

/* ---- whole files ------------------------------------------------------------ */

static void record_file(struct mpy_scout *scout, const struct mpy_file_job *job)
{
	struct mpy_blob blob = { NULL, 0, 0, false };

	if (!scout->recorder)
		return;
	mpy_file_facts_put(&blob, &job->facts);
	if (!blob.failed)
		mpy_recorder_add(scout->recorder, MPY_RECORD_FILE, job->seq,
				 blob.data, blob.size);
	mpy_blob_free(&blob);
}

static void end_file(struct mpy_scout *scout, struct mpy_file_job *job)
{
	record_file(scout, job);
	pthread_mutex_lock(&scout->lock);
	job->done = true;
	pthread_cond_broadcast(&scout->changed);
	pthread_mutex_unlock(&scout->lock);
}

static void *run_hasher(void *context)
{
	struct mpy_scout *scout = context;
	struct job *job;

	pthread_setname_np(pthread_self(), "mpyd-hash");
	while ((job = mpy_queue_pop(scout->jobs, -1))) {
		if (job->kind == JOB_IMAGE) {
			hash_image(scout, job);
		} else {
			mpy_wholefile_read(job->file->fd, &job->file->facts);
			close(job->file->fd);
			end_file(scout, job->file);
		}
		free(job);
	}
	return NULL;
}

static struct mpy_file_job *file_begin(void *context, struct mpy_event *event)
{
	struct mpy_scout *scout = context;
	struct mpy_file_job *file = calloc(1, sizeof(*file));
	struct job *job = calloc(1, sizeof(*job));

	if (!file || !job) {
		free(file);
		free(job);
		return NULL;
	}
	file->seq = event->seq;
	file->fd = event->fd;
	job->kind = JOB_FILE;
	job->file = file;
	event->fd = -1;
	if (file->fd >= 0 && mpy_queue_try(scout->jobs, job, 1))
		return file;
	free(job);
	if (file->fd >= 0)
		close(file->fd);
	file->facts.absent = strdup("the file could not be reached in time");
	end_file(scout, file);
	return file;
}

static bool file_done(void *context, struct mpy_file_job *job,
		      struct mpy_file_facts *out)
{
	struct mpy_scout *scout = context;
	bool done;

	pthread_mutex_lock(&scout->lock);
	done = job->done;
	pthread_mutex_unlock(&scout->lock);
	if (!done)
		return false;
	*out = job->facts;
	free(job);
	return true;
}

/* ---- /proc ------------------------------------------------------------------ */

static void put_probe(struct probe *probe)
{
	struct mpy_scout *scout = probe->scout;
	bool last;

	pthread_mutex_lock(&scout->lock);
	last = --probe->refs == 0;
	pthread_mutex_unlock(&scout->lock);
	if (!last)
		return;
	mpy_exec_facts_free(probe->facts);
	mpy_proc_question_clear(&probe->question);
	free(probe);
}

static void release_probe(struct mpy_exec_probe *base)
{
	put_probe((struct probe *)base);
}

static void end_probe(struct probe *probe, struct mpy_exec_facts *facts)
{
	struct mpy_scout *scout = probe->scout;
	struct mpy_blob blob = { NULL, 0, 0, false };

	if (scout->recorder && facts) {
		mpy_exec_facts_put(&blob, facts);
		if (!blob.failed)
			mpy_recorder_add(scout->recorder, MPY_RECORD_EXEC,
					 probe->seq, blob.data, blob.size);
		mpy_blob_free(&blob);
	}
	pthread_mutex_lock(&scout->lock);
	probe->facts = facts;
	probe->done = true;
	pthread_cond_broadcast(&scout->changed);
	pthread_mutex_unlock(&scout->lock);
	put_probe(probe);
}

static void *run_prober(void *context)
{
	struct mpy_scout *scout = context;
	struct probe *probe;

	pthread_setname_np(pthread_self(), "mpyd-proc");
	while ((probe = mpy_queue_pop(scout->probes, -1)))
		end_probe(probe, mpy_procfs_look(&probe->question));
	return NULL;
}

static int ask_question(struct mpy_proc_question *question,
			const struct mpy_event *event)
{
	struct mpy_program_args args =
		mpy_argv_read(event->argv, event->argv_size);

	question->tgid = event->task.tgid;
	question->start_ns = event->task.start_ns;
	question->ppid = event->task.ppid;
	question->parent_start_ns = event->task.parent_start_ns;
	question->ns_mnt = event->task.ns[MPY_NS_MNT];
	if (args.kind == MPY_PROGRAM_FILE)
		question->operand = mpy_path_clean(event->task.cwd, args.text);
	return 0;
}

static void begin_probe(struct mpy_scout *scout, struct mpy_event *event)
{
	struct probe *probe = calloc(1, sizeof(*probe));

	if (!probe)
		return;
	probe->base.release = release_probe;
	probe->scout = scout;
	probe->refs = 2; /* the event's and the thread's */
	probe->seq = event->seq;
	ask_question(&probe->question, event);
	event->probe = &probe->base;
	if (!mpy_queue_try(scout->probes, probe, 1))
		end_probe(probe, NULL);
}

static struct timespec in_ms(int ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += (long)(ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

static struct mpy_exec_facts *exec_facts(void *context,
					 const struct mpy_event *event)
{
	struct mpy_scout *scout = context;
	struct probe *probe = (struct probe *)event->probe;
	struct timespec until = in_ms(scaled(scout, PROBE_MS));
	struct mpy_exec_facts *facts;
	int r = 0;

	if (!probe)
		return NULL;
	pthread_mutex_lock(&scout->lock);
	while (!probe->done && r == 0)
		r = pthread_cond_timedwait(&scout->changed, &scout->lock,
					   &until);
	facts = probe->facts;
	probe->facts = NULL;
	pthread_mutex_unlock(&scout->lock);
	return facts;
}

/* ---- the receiver's side ---------------------------------------------------- */

static void notice_classify(struct mpy_scout *scout, struct mpy_event *event)
{
	struct classify_job *job = calloc(1, sizeof(*job));

	if (job) {
		job->seq = event->seq;
		job->id = event->exe;
		if (!mpy_queue_try(scout->classify, job, 1))
			free(job); /* it runs unclassified: counted there */
	}
	mpy_event_free(event);
}

static void notice_exec(struct mpy_scout *scout, struct mpy_event *event)
{
	int fd;

	begin_probe(scout, event);
	if (!mpy_images_claim(scout->images, &event->exe, event->real_ns))
		return;
	fd = mpy_requests_fd(scout->requests, event->seq, false);
	if (fd >= 0)
		queue_image(scout, fd, &event->exe);
	else
		end_image(scout, &event->exe, "");
}

static void notice_read(struct mpy_scout *scout, struct mpy_event *event)
{
	if (!event->contents_truncated)
		return;
	if (event->contents_size >= 4 &&
	    !memcmp(event->contents, "\177ELF", 4) &&
	    !mpy_path_is_python(event->file_path ? event->file_path : ""))
		return; /* a library */
	event->fd = mpy_requests_fd(scout->requests, event->seq, false);
	if (event->fd > FD_MAX) {
		close(event->fd);
		event->fd = -1;
	}
	if (event->fd < 0)
		event->fd = -1;
}

bool mpy_scout_notice(struct mpy_scout *scout, struct mpy_event *event)
{
	switch (event->kind) {
	case MPY_EVENT_CLASSIFY:
		notice_classify(scout, event);
		return true;
	case MPY_EVENT_EXEC:
		notice_exec(scout, event);
		return false;
	case MPY_EVENT_READ:
		notice_read(scout, event);
		return false;
	case MPY_EVENT_FENCE:
		return false;
	}
	return false;
}

/* ---- the pipeline's side ----------------------------------------------------- */

static void image_facts(void *context, const struct mpy_event *event,
			bool digest, struct mpy_image_facts *out)
{
	struct mpy_scout *scout = context;

	mpy_images_get(scout->images, &event->exe, digest,
		       scaled(scout, digest ? DIGEST_MS : CLASS_MS), out);
}

static int64_t now(void *context, const struct mpy_event *event)
{
	return real_now();
}

const struct mpy_outside *mpy_scout_outside(struct mpy_scout *scout)
{
	return &scout->outside;
}

static void record_host(struct mpy_scout *scout)
{
	struct mpy_blob blob = { NULL, 0, 0, false };

	mpy_host_put(&blob, &scout->host);
	if (!blob.failed)
		mpy_recorder_add(scout->recorder, MPY_RECORD_HOST, 0, blob.data,
				 blob.size);
	mpy_blob_free(&blob);
}

static bool start_threads(struct mpy_scout *scout)
{
	static void *(*const bodies[])(void *) = { run_classifier, run_prober,
						   run_hasher };

	for (; scout->n_threads < 3; scout->n_threads++)
		if (pthread_create(&scout->threads[scout->n_threads], NULL,
				   bodies[scout->n_threads], scout))
			return false;
	return true;
}

struct mpy_scout *mpy_scout_new(struct mpy_recorder *recorder,
				double multiplier)
{
	struct mpy_scout *scout = calloc(1, sizeof(*scout));
	pthread_condattr_t attr;

	if (!scout)
		return NULL;
	if (mpy_host_read(&scout->host) < 0) {
		mpy_log(MPY_LOG_ERROR, "/etc/machine-id is missing or damaged:"
			" run systemd-machine-id-setup");
		free(scout);
		return NULL;
	}
	scout->outside = (struct mpy_outside){
		scout,	     &scout->host, false,     exec_facts,
		image_facts, file_begin,   file_done, now
	};
	scout->recorder = recorder;
	scout->multiplier = multiplier;
	pthread_mutex_init(&scout->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&scout->changed, &attr);
	pthread_condattr_destroy(&attr);
	scout->images = mpy_images_new();
	scout->requests = mpy_requests_open();
	scout->classifier = mpy_requests_open();
	scout->classify = mpy_queue_new(JOBS_MAX, JOBS_MAX);
	scout->probes = mpy_queue_new(JOBS_MAX, JOBS_MAX);
	scout->jobs = mpy_queue_new(JOBS_MAX, JOBS_MAX);
	if (!scout->images || !scout->requests || !scout->classifier ||
	    !scout->classify || !scout->probes || !scout->jobs ||
	    !start_threads(scout)) {
		mpy_scout_free(scout);
		return NULL;
	}
	record_host(scout);
	return scout;
}

static void drop_job(void *item)
{
	struct job *job = item;

	if (job->kind == JOB_IMAGE)
		close(job->fd);
	free(job);
}

static void drop_probe(void *item)
{
	put_probe(item);
}

void mpy_scout_free(struct mpy_scout *scout)
{
	const struct timespec until = in_ms(2000);
	unsigned int i;

	if (!scout)
		return;
	if (scout->classify)
		mpy_queue_close(scout->classify);
	if (scout->probes)
		mpy_queue_close(scout->probes);
	if (scout->jobs)
		mpy_queue_close(scout->jobs);
	for (i = 0; i < scout->n_threads; i++)
		if (pthread_clockjoin_np(scout->threads[i], NULL,
					 CLOCK_MONOTONIC, &until))
			return; /* it hangs on a file: the exit ends it */
	mpy_queue_free(scout->classify, free);
	mpy_queue_free(scout->probes, drop_probe);
	mpy_queue_free(scout->jobs, drop_job);
	mpy_requests_close(scout->requests);
	mpy_requests_close(scout->classifier);
	mpy_images_free(scout->images);
	mpy_host_clear(&scout->host);
	pthread_cond_destroy(&scout->changed);
	pthread_mutex_destroy(&scout->lock);
	free(scout);
}
