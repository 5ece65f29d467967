// SPDX-License-Identifier: GPL-2.0-or-later
/* test_procfs.c - this very process and a child of it, as /proc shows them. */
#include "daemon/procfs.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/facts.h"
#include "../test.h"

static uint64_t boot_ns(void)
{
	struct timespec at;

	clock_gettime(CLOCK_BOOTTIME, &at);
	return (uint64_t)at.tv_sec * 1000000000ull + (uint64_t)at.tv_nsec;
}

/* A child that waits; *start_ns is its start to some microseconds. */
static pid_t new_child(uint64_t *start_ns)
{
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		pause();
		_exit(0);
	}
	*start_ns = boot_ns();
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void forebears_nearest_first(void)
{
	struct mpy_proc_question question = { 0 };
	struct mpy_exec_facts *facts;
	uint64_t start_ns;
	pid_t child = new_child(&start_ns);
	char self[4096];
	ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[size > 0 ? size : 0] = '\0';
	question.tgid = 1; /* whoever it is that has the child for a parent */
	question.ppid = (uint32_t)child;
	question.parent_start_ns = start_ns;
	facts = mpy_procfs_look(&question);
	CHECK(facts && facts->n_ancestors >= 2);
	if (facts && facts->n_ancestors >= 2) {
		CHECK(facts->ancestors[0].pid == (uint32_t)child);
		CHECK(facts->ancestors[1].pid == (uint32_t)getpid());
		CHECK_STR(facts->ancestors[0].exe, self);
		CHECK(facts->ancestors[0].argv_size > 0);
	}
	mpy_exec_facts_free(facts);
	question.parent_start_ns = start_ns - 1000000000; /* another one */
	facts = mpy_procfs_look(&question);
	CHECK(facts && facts->n_ancestors == 0);
	mpy_exec_facts_free(facts);
	end_child(child);
}

static void check_operand(struct mpy_proc_question *question, const char *path,
			  enum mpy_operand kind, const struct stat *st)
{
	struct mpy_exec_facts *facts;

	question->operand = strdup(path);
	facts = mpy_procfs_look(question);
	CHECK(facts && facts->operand == kind);
	if (facts && st)
		CHECK(facts->inode == st->st_ino && facts->dev == st->st_dev);
	mpy_exec_facts_free(facts);
	mpy_proc_question_clear(question);
}

static void operands_lead_to_identities(void)
{
	char dir[] = "/tmp/mpy-test-XXXXXX", file[64], link[64], name[64];
	struct mpy_proc_question question = { 0 };
	struct stat st;
	pid_t child;
	int fd;

	CHECK(mkdtemp(dir) != NULL);
	snprintf(file, sizeof(file), "%s/file", dir);
	snprintf(link, sizeof(link), "%s/link", dir);
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	CHECK(fd >= 0 && fstat(fd, &st) == 0);
	CHECK(symlink(file, link) == 0);
	child = new_child(&question.start_ns);
	question.tgid = (uint32_t)child;
	check_operand(&question, file, MPY_OPERAND_FILE, &st);
	check_operand(&question, link, MPY_OPERAND_FILE, &st);
	check_operand(&question, dir, MPY_OPERAND_DIRECTORY, NULL);
	check_operand(&question, "/nonexistent", MPY_OPERAND_UNKNOWN, NULL);
	snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	unlink(file); /* reached through the descriptor all the same */
	check_operand(&question, name, MPY_OPERAND_FILE, &st);
	check_operand(&question, "/dev/fd/999", MPY_OPERAND_UNKNOWN, NULL);
	end_child(child);
	unlink(link);
	rmdir(dir);
	close(fd);
}

int main(void)
{
	RUN(forebears_nearest_first);
	RUN(operands_lead_to_identities);
	return DONE();
}
