// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What one call costs, in ticks of the time-stamp counter. In a guest started
 * with -icount shift=0 a tick is an instruction.
 *
 *	calls exec COUNT PROGRAM	vfork, exec and wait
 *	calls open COUNT FILE		open and close
 *
 * prints "least median mean". Each call is measured for itself: the least is
 * the call alone; the mean has in it what ran in between because of it (the
 * kernel's worker, the daemon), and the clock's interrupts.
 *
 * Built with -DPYTHON -rdynamic it defines the symbol that interpreters are
 * recognised by, so that its opens are those of an interpreter.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

#define COUNT_MAX 100000

#ifdef PYTHON
int Py_BytesMain(int argc, char **argv);
int Py_BytesMain(int argc, char **argv)
{
	return argv[argc] != NULL;
}
#endif

static uint64_t ticks[COUNT_MAX];

static int run(const char *program)
{
	int status;
	pid_t pid = vfork();

	if (!pid) {
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	return pid < 0 || waitpid(pid, &status, 0) < 0 || status;
}

static int open_close(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	return fd < 0 || close(fd);
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

int main(int argc, char **argv)
{
	int (*call)(const char *);
	int count, i;
	uint64_t start;
	double sum = 0;

	if (argc != 4 || (strcmp(argv[1], "exec") && strcmp(argv[1], "open")))
		return 2;
	call = strcmp(argv[1], "exec") ? open_close : run;
	count = strtol(argv[2], NULL, 10);
	if (count < 1 || count > COUNT_MAX)
		return 2;
	memset(ticks, 1, sizeof(ticks)); /* no page faults while measuring */
	for (i = -10; i < count; i++) {
		start = __rdtsc();
		if (call(argv[3])) {
			perror(argv[3]);
			return 1;
		}
		if (i >= 0)
			ticks[i] = __rdtsc() - start;
	}
	for (i = 0; i < count; i++)
		sum += ticks[i];
	qsort(ticks, count, sizeof(ticks[0]), compare);
	printf("%llu %llu %.0f\n", (unsigned long long)ticks[0],
	       (unsigned long long)ticks[count / 2], sum / count);
	return 0;
}
