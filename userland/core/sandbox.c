// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sandbox.c - the walls around mpy-judge. What is behind them is assumed to
 * run the attacker's code one day: then it can compute and answer, no more.
 */

#include "core/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

/* Calls allowed with any arguments: none of them names anything new. */
static const int allowed[] = {
	SCMP_SYS(recvmsg),	SCMP_SYS(sendmsg),
	SCMP_SYS(close),	SCMP_SYS(munmap),
	SCMP_SYS(mremap),	SCMP_SYS(madvise),
	SCMP_SYS(brk),		SCMP_SYS(futex),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),		SCMP_SYS(exit_group),
	SCMP_SYS(sysinfo), /* qsort of the C library asks it once */
};

static int allow_memory(scmp_filter_ctx filter, int call)
{
	/* argument 2 is the protection of both mmap and mprotect */
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

static int load_filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	size_t i;
	int r = 0;

	if (!filter)
		return -ENOMEM;
	for (i = 0; !r && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	if (!r)
		r = allow_memory(filter, SCMP_SYS(mmap));
	if (!r)
		r = allow_memory(filter, SCMP_SYS(mprotect));
	if (!r)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write),
				     1, SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO, 0));
	if (!r)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}

static int limit(int resource, rlim_t value)
{
	struct rlimit both = { value, value };

	return setrlimit(resource, &both) ? -errno : 0;
}

/* From root to nobody. Inside some containers root may not: stay then. */
static int drop_root(void)
{
	if (geteuid())
		return 0;
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		return errno == EPERM || errno == EINVAL ? 0 : -errno;
	return 0;
}

int mpy_sandbox_enter(size_t memory_bytes, unsigned int max_fds)
{
	int r = drop_root();

	umask(077);
	/* after the change of user, which takes this signal away */
	if (!r && (prctl(PR_SET_PDEATHSIG, SIGKILL) ||
		   prctl(PR_SET_DUMPABLE, 0) ||
		   prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)))
		r = -errno;
	if (!r && memory_bytes)
		r = limit(RLIMIT_AS, memory_bytes);
	if (!r)
		r = limit(RLIMIT_CORE, 0);
	if (!r)
		r = limit(RLIMIT_NPROC, 0);
	if (!r)
		r = limit(RLIMIT_NOFILE, max_fds);
	return r ? r : load_filter();
}
