// SPDX-License-Identifier: GPL-2.0-or-later
/* test_subject.c - processes, runs, forks, ageing, incidents. */
#include "daemon/subject.h"

#include "../../replay/compose.h"
#include "../test.h"

static char host_id[] = "0123456789abcdef0123456789abcdef";
static const struct mpy_host host = { host_id, NULL, NULL };

static struct mpy_exec_facts *no_facts(void *context,
				       const struct mpy_event *event)
{
	return NULL;
}

static const struct mpy_outside outside = { .host = &host, .exec = no_facts };

static struct mpy_event *make(struct message *first, struct message *second)
{
	struct mpy_assembler assembler = { NULL, 0, 0, 0, 0, 0, 0 };
	struct mpy_event *event = NULL;

	feed(&assembler, first, &event);
	if (second)
		feed(&assembler, second, &event);
	mpy_assembler_reset(&assembler);
	return event;
}

static struct mpy_event *exec_of(uint32_t pid, uint32_t ppid)
{
	const struct actor who = { pid, ppid, "/root", "/usr/bin/python3" };

	return make(new_exec(pid, who, "/usr/bin/python3", 13),
		    new_chunk(pid, MPY_FIELD_ARGV, 0, "python3\0a.py", 13));
}

static struct mpy_event *read_of(uint32_t pid, uint32_t ppid)
{
	const struct actor who = { pid, ppid, "/root", "/usr/bin/python3" };

	return make(new_read(pid, who, "/root/a.py", 5, 0), NULL);
}

static struct mpy_run *run_of(struct mpy_subjects *subjects, uint32_t pid,
			      uint32_t ppid)
{
	struct mpy_event *event = read_of(pid, ppid);
	struct mpy_run *run = mpy_subjects_run(subjects, event);

	mpy_event_free(event);
	return run;
}

static void an_exec_begins_a_run(void)
{
	struct mpy_subjects *subjects = mpy_subjects_new(10, 1 << 20);
	struct mpy_run *first = mpy_subjects_exec(subjects, exec_of(10, 1));
	struct mpy_run *second;

	CHECK(first->number == 1);
	CHECK_STR(first->operand, "/root/a.py");
	CHECK(run_of(subjects, 10, 1) == first);
	second = mpy_subjects_exec(subjects, exec_of(10, 1));
	CHECK(second->number == 2);
	CHECK(run_of(subjects, 10, 1) == second);
	CHECK(mpy_subjects_count(subjects) == 1);
	mpy_subjects_free(subjects);
}

static void a_fork_belongs_to_its_parents_run(void)
{
	struct mpy_subjects *subjects = mpy_subjects_new(10, 1 << 20);
	struct mpy_run *parent = mpy_subjects_exec(subjects, exec_of(10, 1));

	CHECK(run_of(subjects, 11, 10) == parent);
	CHECK(run_of(subjects, 12, 11) == parent);
	CHECK(run_of(subjects, 13, 1) != parent);
	CHECK(mpy_subjects_exec(subjects, exec_of(11, 10)) != parent);
	mpy_subjects_free(subjects);
}

static void a_reused_pid_is_another_process(void)
{
	struct mpy_subjects *subjects = mpy_subjects_new(10, 1 << 20);
	struct mpy_run *run = mpy_subjects_exec(subjects, exec_of(10, 1));
	struct mpy_event *event = read_of(10, 1);

	CHECK(mpy_subjects_find(subjects, 10, START_OF(10) - 5, 10) == run);
	CHECK(mpy_subjects_find(subjects, 10, START_OF(10) - 50, 10) == NULL);
	event->task.start_ns++;
	CHECK(mpy_subjects_run(subjects, event) != run);
	mpy_event_free(event);
	mpy_subjects_free(subjects);
}

static void the_oldest_age_out(void)
{
	struct mpy_subjects *subjects = mpy_subjects_new(3, 1 << 20);
	struct mpy_run *kept = mpy_subjects_exec(subjects, exec_of(10, 1));
	uint32_t pid;

	mpy_run_get(kept);
	for (pid = 11; pid < 13; pid++)
		mpy_subjects_exec(subjects, exec_of(pid, 1));
	CHECK(run_of(subjects, 10, 1) == kept); /* used: young again */
	mpy_subjects_exec(subjects, exec_of(13, 1));
	CHECK(mpy_subjects_count(subjects) == 3);
	CHECK(mpy_subjects_find(subjects, 11, START_OF(11), 0) == NULL);
	CHECK(mpy_subjects_find(subjects, 10, START_OF(10), 0) == kept);
	for (pid = 20; pid < 30; pid++)
		mpy_subjects_exec(subjects, exec_of(pid, 1));
	CHECK(mpy_subjects_find(subjects, 10, START_OF(10), 0) == NULL);
	CHECK(kept->refs == 1); /* ours is left */
	mpy_run_put(kept);
	mpy_subjects_free(subjects);
}

static void their_bytes_are_bounded(void)
{
	struct mpy_subjects *subjects = mpy_subjects_new(1000, 4096);
	uint32_t pid;

	for (pid = 10; pid < 100; pid++)
		mpy_subjects_exec(subjects, exec_of(pid, 1));
	CHECK(mpy_subjects_count(subjects) < 12);
	CHECK(mpy_subjects_count(subjects) > 1);
	mpy_subjects_free(subjects);
}

static void child_runs_share_an_incident(void)
{
	struct mpy_subjects *subjects = mpy_subjects_new(10, 1 << 20);
	struct mpy_run *parent = mpy_subjects_exec(subjects, exec_of(10, 1));
	struct mpy_run *child = mpy_subjects_exec(subjects, exec_of(11, 10));
	struct mpy_run *grandchild =
		mpy_subjects_exec(subjects, exec_of(12, 11));
	struct mpy_run *stranger = mpy_subjects_exec(subjects, exec_of(13, 1));
	char first[MPY_INCIDENT_SIZE];

	snprintf(first, sizeof(first), "%s",
		 mpy_run_incident(grandchild, subjects, &outside));
	CHECK(strlen(first) == 32);
	CHECK_STR(mpy_run_incident(parent, subjects, &outside), first);
	CHECK_STR(mpy_run_incident(child, subjects, &outside), first);
	CHECK(strcmp(mpy_run_incident(stranger, subjects, &outside), first));
	mpy_subjects_free(subjects);
}

static void programs_are_judged_once_per_run(void)
{
	struct mpy_subjects *subjects = mpy_subjects_new(10, 1 << 20);
	struct mpy_run *run = mpy_subjects_exec(subjects, exec_of(10, 1));
	char digest[MPY_SHA256_HEX];
	unsigned int i;

	CHECK(mpy_hash_bytes("a", 1, digest) == 0);
	CHECK(!mpy_run_saw(run, digest));
	CHECK(mpy_run_saw(run, digest));
	for (i = 0; i < 100; i++) {
		CHECK(mpy_hash_bytes(&i, sizeof(i), digest) == 0);
		CHECK(!mpy_run_saw(run, digest));
		CHECK(mpy_run_saw(run, digest));
	}
	mpy_subjects_free(subjects);
}

int main(void)
{
	RUN(an_exec_begins_a_run);
	RUN(a_fork_belongs_to_its_parents_run);
	RUN(a_reused_pid_is_another_process);
	RUN(the_oldest_age_out);
	RUN(their_bytes_are_bounded);
	RUN(child_runs_share_an_incident);
	RUN(programs_are_judged_once_per_run);
	return DONE();
}
