// SPDX-License-Identifier: GPL-2.0-or-later
/* What is still possible behind the walls, and what is not. */

#include "../test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/sandbox.h"

#define ALIVE 7

/* The sanitizer's _exit() makes calls of its own. */
static void leave(int status)
{
	syscall(SYS_exit_group, status);
}

/* Runs act in a sandboxed child; its wait status. */
static int confined(void (*act)(void))
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		signal(SIGSYS, SIG_DFL);
		/* no limit on memory: the sanitizer needs terabytes */
		if (mpy_sandbox_enter(0, 64))
			leave(1);
		act();
		leave(ALIVE);
	}
	waitpid(child, &status, 0);
	return status;
}

static bool survives(void (*act)(void))
{
	int status = confined(act);

	return WIFEXITED(status) && WEXITSTATUS(status) == ALIVE;
}

static bool killed(void (*act)(void))
{
	int status = confined(act);

	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static void compute(void)
{
	struct timespec now;
	void *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || munmap(p, 1 << 20) ||
	    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now))
		leave(2);
}

static int pair[2];

static void answer(void)
{
	struct msghdr message = { 0 };
	char byte = 'x';
	struct iovec piece = { &byte, 1 };

	message.msg_iov = &piece;
	message.msg_iovlen = 1;
	if (recvmsg(pair[0], &message, 0) != 1 ||
	    sendmsg(pair[0], &message, 0) != 1)
		leave(2);
}

static void open_file(void)
{
	syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static void open_file_old(void)
{
#ifdef SYS_open
	syscall(SYS_open, "/etc/passwd", O_RDONLY);
#else
	syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
#endif
}

static void open_socket(void)
{
	syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static void start_process(void)
{
	syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void execute(void)
{
	char *const none[] = { NULL };

	syscall(SYS_execve, "/bin/true", none, none);
}

static void make_executable_memory(void)
{
	syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void make_memory_executable(void)
{
	static char page[8192] __attribute__((aligned(4096)));

	syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC);
}

static void send_signal(void)
{
	syscall(SYS_kill, 1, 0);
}

static void trace(void)
{
	syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
}

static void write_elsewhere(void)
{
	syscall(SYS_write, STDOUT_FILENO, "", 0);
}

static void read_memory_of_others(void)
{
	syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0);
}

static void work_goes_on(void)
{
	CHECK(survives(compute));
	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
	CHECK(send(pair[1], "a", 1, 0) == 1);
	CHECK(survives(answer));
}

static void nothing_new_can_be_opened(void)
{
	CHECK(killed(open_file));
	CHECK(killed(open_file_old));
	CHECK(killed(open_socket));
	CHECK(killed(start_process));
	CHECK(killed(execute));
	CHECK(killed(make_executable_memory));
	CHECK(killed(make_memory_executable));
	CHECK(killed(send_signal));
	CHECK(killed(trace));
	CHECK(killed(write_elsewhere));
	CHECK(killed(read_memory_of_others));
}

/* Looks at the child from outside: it is nobody, and has no privileges. */
static void is_nobody(void)
{
	char name[64], line[256];
	int go[2], seen = 0, status;
	pid_t child;
	FILE *file;

	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, go));
	fflush(stdout);
	child = fork();
	if (!child) {
		struct msghdr message = { 0 };

		if (mpy_sandbox_enter(0, 64))
			leave(1);
		sendmsg(go[0], &message, 0);
		recvmsg(go[0], &message, 0);
		leave(ALIVE);
	}
	recv(go[1], line, 1, 0);
	snprintf(name, sizeof(name), "/proc/%d/status", (int)child);
	file = fopen(name, "re");
	while (file && fgets(line, sizeof(line), file)) {
		seen += !strcmp(line, "NoNewPrivs:\t1\n");
		seen += !strcmp(line, "Seccomp:\t2\n");
		seen += !strncmp(line, "CapEff:\t0000000000000000", 24);
		if (!getuid())
			seen += !strncmp(line, "Uid:\t65534\t65534\t65534", 22);
	}
	CHECK(seen == (getuid() ? 3 : 4));
	if (file)
		fclose(file);
	snprintf(name, sizeof(name), "/proc/%d/limits", (int)child);
	file = fopen(name, "re");
	seen = 0;
	while (file && fgets(line, sizeof(line), file))
		seen += !strncmp(line, "Max core file size        0 ", 28) ||
			!strncmp(line, "Max processes             0 ", 28);
	CHECK(seen == 2);
	if (file)
		fclose(file);
	send(go[1], "", 0, 0);
	close(go[1]);
	waitpid(child, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == ALIVE);
	close(go[0]);
}

int main(void)
{
	RUN(work_goes_on);
	RUN(nothing_new_can_be_opened);
	RUN(is_nobody);
	return DONE();
}
