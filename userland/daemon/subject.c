// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * subject.c - a hash table of processes with a list by age through it. Runs
 * are counted references: forks share one, and findings under way keep theirs
 * when the table has forgotten it.
 */
#include "daemon/subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/path.h"

#define BUCKETS 4096u
#define SLACK_NS 20000000ull /* of start times read from /proc */

struct subject {
	struct subject *next;		/* in its bucket */
	struct subject *newer, *older; /* by last use */
	uint32_t tgid;
	uint64_t start_ns;
	struct mpy_run *run;
	size_t weight; /* of the run, if this subject began it */
};

struct mpy_subjects {
	struct subject *buckets[BUCKETS];
	struct subject *newest, *oldest;
	size_t count, limit, weight, limit_weight;
};

struct mpy_subjects *mpy_subjects_new(size_t limit, size_t limit_weight)
{
	struct mpy_subjects *subjects = calloc(1, sizeof(*subjects));

	if (!subjects)
		return NULL;
	subjects->limit = limit;
	subjects->limit_weight = limit_weight;
	return subjects;
}

static struct subject **bucket_of(struct mpy_subjects *subjects, uint32_t tgid)
{
	return &subjects->buckets[(tgid * 2654435761u) >> 20];
}

static void unlink_age(struct mpy_subjects *subjects, struct subject *subject)
{
	if (subject->newer)
		subject->newer->older = subject->older;
	else
		subjects->newest = subject->older;
	if (subject->older)
		subject->older->newer = subject->newer;
	else
		subjects->oldest = subject->newer;
}

static void link_newest(struct mpy_subjects *subjects, struct subject *subject)
{
	subject->newer = NULL;
	subject->older = subjects->newest;
	if (subjects->newest)
		subjects->newest->newer = subject;
	else
		subjects->oldest = subject;
	subjects->newest = subject;
}

static void forget(struct mpy_subjects *subjects, struct subject *subject)
{
	struct subject **at = bucket_of(subjects, subject->tgid);

	while (*at != subject)
		at = &(*at)->next;
	*at = subject->next;
	unlink_age(subjects, subject);
	subjects->weight -= subject->weight;
	subjects->count--;
	mpy_run_put(subject->run);
	free(subject);
}

void mpy_subjects_free(struct mpy_subjects *subjects)
{
	if (!subjects)
		return;
	while (subjects->oldest)
		forget(subjects, subjects->oldest);
	free(subjects);
}

size_t mpy_subjects_count(const struct mpy_subjects *subjects)
{
	return subjects->count;
}

static struct subject *find(struct mpy_subjects *subjects, uint32_t tgid,
			    uint64_t start_ns, uint64_t slack_ns)
{
	struct subject *subject = *bucket_of(subjects, tgid);

	for (; subject; subject = subject->next)
		if (subject->tgid == tgid && subject->start_ns >= start_ns &&
		    subject->start_ns - start_ns <= slack_ns)
			return subject;
	return NULL;
}

struct mpy_run *mpy_subjects_find(struct mpy_subjects *subjects, uint32_t tgid,
				  uint64_t start_ns, uint64_t slack_ns)
{
	struct subject *subject = find(subjects, tgid, start_ns, slack_ns);

	return subject ? subject->run : NULL;
}

/* The subject of a task, found or made (then without a run). */
static struct subject *take(struct mpy_subjects *subjects,
			    const struct mpy_task *task)
{
	struct subject *subject = find(subjects, task->tgid, task->start_ns, 0);
	struct subject **bucket = bucket_of(subjects, task->tgid);

	if (subject) {
		unlink_age(subjects, subject);
		link_newest(subjects, subject);
		return subject;
	}
	subject = calloc(1, sizeof(*subject));
	if (!subject)
		return NULL;
	subject->tgid = task->tgid;
	subject->start_ns = task->start_ns;
	subject->next = *bucket;
	*bucket = subject;
	link_newest(subjects, subject);
	subjects->count++;
	return subject;
}

static void trim(struct mpy_subjects *subjects)
{
	while (subjects->oldest != subjects->newest &&
	       (subjects->count > subjects->limit ||
		subjects->weight > subjects->limit_weight))
		forget(subjects, subjects->oldest);
}

static struct mpy_run *new_run(const struct mpy_task *task)
{
	struct mpy_run *run = calloc(1, sizeof(*run));

	if (!run)
		return NULL;
	run->refs = 1;
	run->tgid = task->tgid;
	run->start_ns = task->start_ns;
	run->ppid = task->ppid;
	run->parent_start_ns = task->parent_start_ns;
	return run;
}

struct mpy_run *mpy_run_get(struct mpy_run *run)
{
	run->refs++;
	return run;
}

void mpy_run_put(struct mpy_run *run)
{
	if (!run || --run->refs > 0)
		return;
	mpy_event_free(run->exec);
	mpy_exec_facts_free(run->facts);
	free(run->operand);
	free(run->module_dir);
	free(run);
}

struct mpy_run *mpy_subjects_exec(struct mpy_subjects *subjects,
				  struct mpy_event *event)
{
	struct subject *subject = take(subjects, &event->task);
	struct mpy_run *run = subject ? new_run(&event->task) : NULL;

	if (!run) {
		if (subject && !subject->run)
			forget(subjects, subject);
		mpy_event_free(event);
		return NULL;
	}
	run->number = subject->run ? subject->run->number + 1 : 1;
	run->exec = event;
	run->program = mpy_argv_read(event->argv, event->argv_size);
	if (run->program.kind == MPY_PROGRAM_FILE)
		run->operand = mpy_path_clean(event->task.cwd,
					      run->program.text);
	mpy_run_put(subject->run);
	subject->run = run;
	subjects->weight -= subject->weight;
	subject->weight = mpy_event_weight(event);
	subjects->weight += subject->weight;
	trim(subjects);
	return run;
}

struct mpy_run *mpy_subjects_run(struct mpy_subjects *subjects,
				 const struct mpy_event *event)
{
	const struct mpy_task *task = &event->task;
	struct subject *subject = take(subjects, task);
	struct mpy_run *parent;

	if (!subject)
		return NULL;
	if (!subject->run) {
		parent = mpy_subjects_find(subjects, task->ppid,
					   task->parent_start_ns, 0);
		subject->run = parent ? mpy_run_get(parent) : new_run(task);
	}
	if (!subject->run) {
		forget(subjects, subject);
		return NULL;
	}
	trim(subjects);
	return subject->run;
}

bool mpy_run_saw(struct mpy_run *run, const char *sha256)
{
	unsigned int i;

	for (i = 0; i < MPY_RUN_SEEN && i < run->n_seen; i++)
		if (!strcmp(run->seen[i], sha256))
			return true;
	memcpy(run->seen[run->n_seen++ % MPY_RUN_SEEN], sha256,
	       MPY_SHA256_HEX);
	return false;
}

const struct mpy_exec_facts *mpy_run_facts(struct mpy_run *run,
					   const struct mpy_outside *outside)
{
	if (!run->facts_asked && run->exec) {
		run->facts_asked = true;
		run->facts = outside->exec(outside->context, run->exec);
	}
	return run->facts;
}

/* The nearest forebear that we know as a run. */
static struct mpy_run *find_forebear(struct mpy_run *run,
				     struct mpy_subjects *subjects,
				     const struct mpy_outside *outside)
{
	const struct mpy_exec_facts *facts;
	struct mpy_run *found = mpy_subjects_find(
		subjects, run->ppid, run->parent_start_ns, 0);
	size_t i;

	facts = found ? NULL : mpy_run_facts(run, outside);
	for (i = 0; facts && i < facts->n_ancestors && !found; i++)
		found = mpy_subjects_find(subjects, facts->ancestors[i].pid,
					  facts->ancestors[i].start_ns,
					  SLACK_NS);
	return found == run ? NULL : found;
}

static void derive_incident(struct mpy_run *run, const struct mpy_host *host)
{
	char text[128], hex[MPY_SHA256_HEX] = "";

	snprintf(text, sizeof(text), "%s:%u:%llu:%u", host->machine_id,
		 run->tgid, (unsigned long long)run->start_ns, run->number);
	if (mpy_hash_bytes(text, strlen(text), hex) == 0)
		memcpy(run->incident, hex, MPY_INCIDENT_SIZE - 1);
}

const char *mpy_run_incident(struct mpy_run *run, struct mpy_subjects *subjects,
			     const struct mpy_outside *outside)
{
	struct mpy_run *chain[MPY_ANCESTORS_MAX + 1];
	size_t n = 0;

	/* Up to the first that has one, or to the last; then back down. */
	chain[n++] = run;
	while (!chain[n - 1]->incident[0] && n <= MPY_ANCESTORS_MAX) {
		struct mpy_run *next =
			find_forebear(chain[n - 1], subjects, outside);

		if (!next)
			break;
		chain[n++] = next;
	}
	if (!chain[n - 1]->incident[0])
		derive_incident(chain[n - 1], outside->host);
	while (n-- > 1)
		memcpy(chain[n - 1]->incident, chain[n]->incident,
		       MPY_INCIDENT_SIZE);
	return run->incident;
}
