// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * procfs.c - forebears and operands by /proc. A pid may be another process by
 * now: its start time is compared, to the 10 ms that /proc tells. Operands
 * are resolved inside the process's own root, so that links in a container
 * lead where the process would have gone.
 */
#include "daemon/procfs.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/facts.h"
#include "daemon/path.h"

#define TICK_NS 10000000ull

void mpy_proc_question_clear(struct mpy_proc_question *question)
{
	free(question->operand);
	question->operand = NULL;
}

static int open_proc(uint32_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u", pid);
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Reads a small file whole; returns its size, 0 if it cannot be read. */
static size_t read_at(int dir, const char *name, void *buffer, size_t room)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t size = 0;
	ssize_t r;

	if (fd < 0)
		return 0;
	while (size < room &&
	       (r = read(fd, (char *)buffer + size, room - size)) > 0)
		size += (size_t)r;
	close(fd);
	return size;
}

/* Parent and start time (fields 4 and 22); the name may hold anything. */
static bool read_stat(int dir, uint32_t *ppid, uint64_t *start_ns)
{
	char text[1024];
	size_t size = read_at(dir, "stat", text, sizeof(text) - 1);
	unsigned long long ticks;
	unsigned int parent;
	const char *at;
	long hz = sysconf(_SC_CLK_TCK);

	text[size] = '\0';
	at = strrchr(text, ')');
	if (!at || hz <= 0 ||
	    sscanf(at + 1,
		   " %*c %u %*s %*s %*s %*s %*s %*s %*s %*s %*s"
		   " %*s %*s %*s %*s %*s %*s %*s %*s %llu",
		   &parent, &ticks) != 2)
		return false;
	*ppid = parent;
	*start_ns = ticks * (1000000000ull / (unsigned long)hz);
	return true;
}

static char *read_exe(int dir)
{
	static const char gone[] = " (deleted)";
	char path[4096];
	ssize_t size = readlinkat(dir, "exe", path, sizeof(path) - 1);

	if (size <= 0)
		return NULL;
	path[size] = '\0';
	if (mpy_path_ends(path, gone))
		path[(size_t)size - strlen(gone)] = '\0';
	return strdup(path);
}

static bool add_ancestor(struct mpy_exec_facts *facts, uint32_t pid,
			 uint64_t wanted_ns, uint32_t *ppid)
{
	struct mpy_ancestor_fact *a = &facts->ancestors[facts->n_ancestors];
	int dir = open_proc(pid);
	bool good;

	if (dir < 0)
		return false;
	good = read_stat(dir, ppid, &a->start_ns) &&
	       (wanted_ns == 0 ||
		(wanted_ns >= a->start_ns &&
		 wanted_ns - a->start_ns < 2 * TICK_NS));
	if (good) {
		a->pid = pid;
		a->exe = read_exe(dir);
		a->argv = malloc(MPY_ANCESTOR_ARGV + 1);
		if (a->argv) {
			a->argv_size = read_at(dir, "cmdline", a->argv,
					       MPY_ANCESTOR_ARGV);
			a->argv[a->argv_size] = '\0';
		}
		facts->n_ancestors++;
	}
	close(dir);
	return good;
}

static void look_up_ancestors(struct mpy_exec_facts *facts,
			      const struct mpy_proc_question *question)
{
	uint32_t pid = question->ppid;
	uint64_t wanted = question->parent_start_ns;

	while (pid > 0 && facts->n_ancestors < MPY_ANCESTORS_MAX) {
		if (!add_ancestor(facts, pid, wanted, &pid))
			return;
		wanted = 0;
	}
}

/* Opens path as the process would find it, as a name only. */
static int open_inside(int root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT |
					   RESOLVE_NO_MAGICLINKS };

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

static int open_operand(const struct mpy_proc_question *question)
{
	int number = mpy_path_descriptor(question->operand);
	int dir = open_proc(question->tgid), root, fd = -1;
	uint64_t start_ns = 0;
	uint32_t ppid;
	char name[32];

	if (dir >= 0 && read_stat(dir, &ppid, &start_ns) &&
	    question->start_ns >= start_ns &&
	    question->start_ns - start_ns < 2 * TICK_NS) {
		if (number >= 0) {
			snprintf(name, sizeof(name), "fd/%d", number);
			fd = openat(dir, name, O_PATH | O_CLOEXEC);
		} else {
			root = openat(dir, "root",
				      O_PATH | O_DIRECTORY | O_CLOEXEC);
			if (root >= 0) {
				fd = open_inside(root, question->operand);
				close(root);
			}
		}
	}
	if (dir >= 0)
		close(dir);
	return fd;
}

/* The process has ended: what its name leads to in the host's own root, if
 * that is where it lived. Our own root may be a service's. */
static int open_after_end(const struct mpy_proc_question *question)
{
	struct stat host;
	int root, fd = -1;

	if (mpy_path_descriptor(question->operand) >= 0 ||
	    stat("/proc/1/ns/mnt", &host) < 0 ||
	    host.st_ino != question->ns_mnt)
		return -1;
	root = open("/proc/1/root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root >= 0) {
		fd = open_inside(root, question->operand);
		close(root);
	}
	return fd;
}

static void look_up_operand(struct mpy_exec_facts *facts,
			    const struct mpy_proc_question *question)
{
	struct stat st;
	char name[40], path[4096];
	ssize_t size;
	int fd = open_operand(question);

	if (fd < 0)
		fd = open_after_end(question);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) ||
				    S_ISDIR(st.st_mode))) {
		facts->operand = S_ISDIR(st.st_mode) ? MPY_OPERAND_DIRECTORY :
						       MPY_OPERAND_FILE;
		facts->dev = st.st_dev;
		facts->inode = st.st_ino;
	}
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	size = readlink(name, path, sizeof(path) - 1);
	if (size > 0 && facts->operand == MPY_OPERAND_DIRECTORY) {
		path[size] = '\0';
		facts->resolved = strdup(path);
	}
	close(fd);
}

struct mpy_exec_facts *
mpy_procfs_look(const struct mpy_proc_question *question)
{
	struct mpy_exec_facts *facts = calloc(1, sizeof(*facts));

	if (!facts)
		return NULL;
	if (question->operand)
		look_up_operand(facts, question);
	look_up_ancestors(facts, question);
	return facts;
}
