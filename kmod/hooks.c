// SPDX-License-Identifier: GPL-2.0-only
/*
 * All probes in one table. They run with preemption off: they ask the filter
 * and hand over to work.c, and may not sleep, take a mutex or allocate with
 * GFP_KERNEL.
 *
 * One probe per function and none with a post_handler: two kprobes on one
 * function of which one has a post_handler cannot be taken out again, and the
 * kernel then jumps into freed text. Another module can do this to us. That
 * shows in kprobe.addr being NULL after unregistering, so the probes are taken
 * out when the gate closes, while the module can still stay.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include "compat.h"
#include "filter.h"
#include "hooks.h"
#include "queue.h"
#include "work.h"

/* Calls of the open probe, to see that it is still called. */
static DEFINE_PER_CPU(unsigned int, hits);

static int on_bprm_check(struct kprobe *probe, struct pt_regs *regs)
{
	struct linux_binprm *bprm = (void *)regs_get_kernel_argument(regs, 0);

	if (mpy_bprm_is_elf(bprm) || !mpy_queue_epoch() || mpy_filter_ignored())
		return 0;
	mpy_work_script(bprm);
	return 0;
}

static int on_committed_creds(struct kprobe *probe, struct pt_regs *regs)
{
	struct linux_binprm *bprm = (void *)regs_get_kernel_argument(regs, 0);

	if (mpy_filter_image(file_inode(mpy_bprm_file(bprm))) == MPY_FOREIGN)
		return 0;
	if (!mpy_queue_epoch() || mpy_filter_ignored())
		return 0;
	mpy_work_exec(bprm);
	return 0;
}

static int on_file_open(struct kprobe *probe, struct pt_regs *regs)
{
	enum mpy_answer answer;
	struct file *file;

	raw_cpu_inc(hits);
	answer = mpy_filter_current();
	if (likely(answer == MPY_FOREIGN || answer == MPY_ASKED))
		return 0;
	if (!mpy_queue_epoch() || current->flags & PF_KTHREAD ||
	    mpy_filter_ignored())
		return 0;
	file = (void *)regs_get_kernel_argument(regs, 0);
	if (answer == MPY_INTERPRETER && mpy_filter_readable(file))
		mpy_work_read(file);
	/* What opens for exec is about to be another image. */
	if (answer == MPY_UNSEEN && !(file->f_flags & __FMODE_EXEC))
		mpy_work_ask();
	return 0;
}

static const struct hook {
	const char *symbol;
	kprobe_pre_handler_t handler;
	enum mpy_sight sight;
	bool required;
	const char *without;
} table[] = {
	{ "security_bprm_check", on_bprm_check, MPY_SIGHT_EXEC, false,
	  "no probe on security_bprm_check: \"#!\" files are not named" },
	{ "security_bprm_committed_creds", on_committed_creds, MPY_SIGHT_EXEC,
	  true, "no probe on security_bprm_committed_creds: execs are unseen" },
	{ "security_file_open", on_file_open, MPY_SIGHT_READ, true,
	  "no probe on security_file_open: scripts are unseen" },
};

#define HOOKS ARRAY_SIZE(table)

/* All under the door's lock. */
static struct kprobe probes[HOOKS];
static bool attached[HOOKS];
static bool stuck[HOOKS];
static unsigned long missed[HOOKS]; /* already counted as lost */
static u32 wanted;

static void attach(unsigned int i)
{
	int err;

	if (attached[i])
		return;
	memset(&probes[i], 0, sizeof(probes[i]));
	probes[i].symbol_name = table[i].symbol;
	probes[i].pre_handler = table[i].handler;
	missed[i] = 0;
	err = register_kprobe(&probes[i]);
	attached[i] = !err;
	if (err)
		pr_warn("%s (error %d)\n", table[i].without, err);
}

/* Hits that the kernel could not deliver to the probe are losses. */
static void count_missed(unsigned int i)
{
	unsigned long now = READ_ONCE(probes[i].nmissed);

	mpy_queue_count_lost(table[i].sight, MPY_LOST_NMISSED, now - missed[i]);
	missed[i] = now;
}

/*
 * In one batch, since each waits for a grace period. A probe that stays is
 * still called, finds the gate closed and the cache empty, and leaves.
 */
static void detach(u32 sights)
{
	struct kprobe *going[HOOKS];
	unsigned int i, count = 0;

	for (i = 0; i < HOOKS; i++)
		if (attached[i] && !stuck[i] && sights & BIT(table[i].sight))
			going[count++] = &probes[i];
	if (count)
		unregister_kprobes(going, count);
	for (i = 0; i < HOOKS; i++) {
		if (!attached[i] || stuck[i] || !(sights & BIT(table[i].sight)))
			continue;
		count_missed(i);
		stuck[i] = !probes[i].addr;
		attached[i] = stuck[i];
		if (!stuck[i])
			continue;
		__module_get(THIS_MODULE);
		pr_err("the probe on %s cannot be taken out (another module has one there with a post_handler); the module stays loaded\n",
		       table[i].symbol);
	}
}

void mpy_hooks_attach(u32 sights)
{
	unsigned int i;

	wanted = sights;
	detach(~sights);
	for (i = 0; i < HOOKS; i++)
		if (sights & BIT(table[i].sight))
			attach(i);
}

void mpy_hooks_detach(void)
{
	wanted = 0;
	detach(~0);
}

static unsigned int all_hits(void)
{
	unsigned int cpu, sum = 0;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(hits, cpu));
	return sum;
}

/*
 * Probes can be switched off behind us, all together: debugfs
 * kprobes/enabled, kernel.ftrace_enabled. An open of our own must be seen.
 */
static bool are_called(void)
{
	unsigned int before = all_hits();
	struct file *file;

	file = filp_open("/", O_RDONLY | O_DIRECTORY, 0);
	if (IS_ERR(file))
		return true; /* proves nothing */
	filp_close(file, NULL);
	return all_hits() != before;
}

static bool is_open_hook_attached(void)
{
	unsigned int i;

	for (i = 0; i < HOOKS; i++)
		if (table[i].sight == MPY_SIGHT_READ && attached[i])
			return true;
	return false;
}

static void report_sight(struct mpy_sight_report *report, enum mpy_sight sight,
			 bool called)
{
	unsigned int i;

	if (!(wanted & BIT(sight))) {
		report->state = MPY_SIGHT_OFF;
		return;
	}
	report->state = MPY_SIGHT_ATTACHED;
	for (i = 0; i < HOOKS; i++) {
		if (table[i].sight != sight || attached[i])
			continue;
		report->why = table[i].without;
		if (table[i].required)
			report->state = MPY_SIGHT_FAILED;
	}
	if (report->state == MPY_SIGHT_ATTACHED && !called) {
		report->state = MPY_SIGHT_FAILED;
		report->why = "probes are switched off (debugfs kprobes/enabled or kernel.ftrace_enabled)";
	}
}

void mpy_hooks_report(struct mpy_report *report)
{
	bool called = !is_open_hook_attached() || are_called();
	unsigned int i;

	for (i = 0; i < HOOKS; i++)
		if (attached[i])
			count_missed(i);
	for (i = 0; i < MPY_SIGHT_COUNT; i++)
		report_sight(&report->sights[i], i, called);
}
