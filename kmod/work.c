// SPDX-License-Identifier: GPL-2.0-only
/*
 * A probe may not sleep; what it saw is carried into the task's own context
 * by a task work, which runs before the first instruction of an exec'ed
 * program and before open() returns.
 *
 * Each work holds a reference on the module, so the module cannot go while
 * one is pending or running; the few instructions between dropping it and
 * leaving are waited for by synchronize_rcu_tasks() in main.c.
 *
 * A work may run while its task exits. Then current has no mm, fs and
 * namespaces any more and nothing of it may be looked at.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/file.h>
#include <linux/hashtable.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/static_call.h>
#include <linux/task_work.h>

#include "classify.h"
#include "compat.h"
#include "evidence.h"
#include "filter.h"
#include "queue.h"
#include "work.h"

/* The kernel follows five "#!" in a row at most. */
#define SCRIPTS_MAX 6

struct read_work {
	struct callback_head work;
	struct mpy_moment moment;
	struct file *file; /* NULL: only ask what the image is */
};

struct exec_work {
	struct callback_head work;
	struct mpy_moment moment;
	struct hlist_node waiting; /* exec_lock; until the work runs */
	const struct task_struct *task;
	bool committed;
	bool has_script;
	char *filename;
	char *interp;
	unsigned int script_count;
	struct path scripts[SCRIPTS_MAX]; /* the last names the interpreter */
};

/*
 * Works left by mpy_work_script(), for mpy_work_exec() to find by the task.
 * Both run in current, as does the work itself: an entry belongs to its task
 * alone, the lock is for the list.
 */
static DEFINE_HASHTABLE(waiting_execs, 6);
static DEFINE_RAW_SPINLOCK(exec_lock);

static int no_task_work_add(struct task_struct *task,
			    struct callback_head *work,
			    enum task_work_notify_mode mode)
{
	return -ENOSYS;
}

DEFINE_STATIC_CALL(mpy_task_work_add, no_task_work_add);

/*
 * task_work_add() is exported by Debian's own patch only, so the module does
 * not link to it. A kprobe on the name gives an address, at or shortly behind
 * the function's start; the symbol table says how far. The probe is registered
 * disabled, so the kernel's text is not touched for a look. The function is
 * called through a static call, which is a direct jump: a function that the
 * kernel never calls indirectly may have lost its landing pad.
 */
int __init mpy_work_resolve(void)
{
	static const char start[] = "task_work_add+0x";
	struct kprobe probe = {
		.symbol_name = "task_work_add",
		.flags = KPROBE_FLAG_DISABLED,
	};
	char symbol[KSYM_SYMBOL_LEN];
	unsigned long offset, addr;
	char *end;
	int err;

	err = register_kprobe(&probe);
	if (err) {
		pr_err("no kprobe on task_work_add: error %d\n", err);
		return err;
	}
	addr = (unsigned long)probe.addr;
	unregister_kprobe(&probe);

	sprint_symbol(symbol, addr);
	end = strchr(symbol, '/');
	if (end)
		*end = '\0';
	if (strncmp(symbol, start, sizeof(start) - 1) ||
	    kstrtoul(symbol + sizeof(start) - 1, 16, &offset) || offset > 16) {
		pr_err("task_work_add is not where it should be: %s\n", symbol);
		return -ENXIO;
	}
	static_call_update(mpy_task_work_add,
			   (typeof(&no_task_work_add))(addr - offset));
	return 0;
}

/* Preemption off. The reference is the work's if this returns 0. */
static int add_work(struct callback_head *work)
{
	int err;

	if (!try_module_get(THIS_MODULE))
		return -ESHUTDOWN;
	err = static_call(mpy_task_work_add)(current, work, TWA_RESUME);
	if (err)
		module_put(THIS_MODULE);
	return err;
}

/* Not of a gate that has been closed since. */
static bool is_current(const struct mpy_moment *moment)
{
	return moment->epoch && moment->epoch == mpy_queue_epoch();
}

static bool is_exiting(void)
{
	return current->flags & PF_EXITING || !current->mm;
}

/* ---- reads ----------------------------------------------------------------*/

static void handle_read(struct read_work *read)
{
	struct file *exe;

	if (is_exiting()) {
		if (read->file)
			mpy_queue_count_lost(MPY_SIGHT_READ,
					     MPY_LOST_TASK_GONE, 1);
		return;
	}
	exe = mpy_exe_file_get(current->mm);
	if (!exe)
		return;
	if (read->file)
		mpy_evidence_read(&read->moment, exe, read->file);
	else
		mpy_classify_ask(exe, read->moment.epoch);
	fput(exe);
}

/*
 * The open may have failed after the probe (by a lease, or by the file
 * system): then the file has neither path nor inode any more, and there was
 * no read to report.
 */
static void run_read(struct callback_head *work)
{
	struct read_work *read = container_of(work, struct read_work, work);

	if (is_current(&read->moment) &&
	    (!read->file || read->file->f_mode & FMODE_OPENED))
		handle_read(read);
	if (read->file)
		fput(read->file);
	kfree(read);
	module_put(THIS_MODULE);
}

static int add_read(struct file *file)
{
	struct read_work *read;
	int err;

	read = kmalloc(sizeof(*read), GFP_ATOMIC | __GFP_NOWARN);
	if (!read)
		return -ENOMEM;
	mpy_evidence_now(&read->moment, mpy_queue_epoch());
	read->file = file;
	init_task_work(&read->work, run_read);
	if (file)
		get_file(file);
	err = add_work(&read->work);
	if (err) {
		/* Not the last reference: the opener has one. */
		if (file)
			fput(file);
		kfree(read);
	}
	return err;
}

static void count_failure(enum mpy_sight sight, int err)
{
	mpy_queue_count_lost(sight, err == -ENOMEM ? MPY_LOST_NO_MEMORY :
						     MPY_LOST_TASK_GONE, 1);
}

void mpy_work_read(struct file *file)
{
	int err = add_read(file);

	if (err)
		count_failure(MPY_SIGHT_READ, err);
}

void mpy_work_ask(void)
{
	/* If it fails, the next open asks. */
	add_read(NULL);
}

/* ---- execs ----------------------------------------------------------------*/

static void handle_exec(struct exec_work *exec)
{
	struct mpy_exec_facts facts = {
		.filename = exec->filename,
		.interp = exec->interp,
	};
	enum mpy_answer answer;
	struct file *exe;

	if (is_exiting()) {
		mpy_classify_count_unknown();
		return;
	}
	exe = mpy_exe_file_get(current->mm);
	if (!exe)
		return;
	rcu_read_lock();
	answer = mpy_filter_image(file_inode(exe));
	rcu_read_unlock();
	if (answer <= MPY_ASKED)
		answer = mpy_classify_wait(exe, exec->moment.epoch);
	if (exec->has_script)
		facts.script = &exec->scripts[exec->script_count - 1];
	if (answer == MPY_INTERPRETER)
		mpy_evidence_exec(&exec->moment, exe, &facts);
	fput(exe);
}

static void free_exec(struct exec_work *exec)
{
	unsigned int i;

	for (i = 0; i < exec->script_count; i++)
		path_put(&exec->scripts[i]);
	kfree(exec->filename);
	kfree(exec->interp);
	kfree(exec);
}

static void run_exec(struct callback_head *work)
{
	struct exec_work *exec = container_of(work, struct exec_work, work);

	raw_spin_lock(&exec_lock);
	hash_del(&exec->waiting);
	raw_spin_unlock(&exec_lock);
	if (exec->committed && is_current(&exec->moment))
		handle_exec(exec);
	free_exec(exec);
	module_put(THIS_MODULE);
}

static struct exec_work *find_exec(void)
{
	struct exec_work *exec, *found = NULL;

	raw_spin_lock(&exec_lock);
	hash_for_each_possible(waiting_execs, exec, waiting,
			       (unsigned long)current)
		if (exec->task == current)
			found = exec;
	raw_spin_unlock(&exec_lock);
	return found;
}

/* A pending work for this exec; ERR_PTR if there cannot be one. */
static struct exec_work *add_exec(void)
{
	struct exec_work *exec;
	int err;

	exec = kzalloc(sizeof(*exec), GFP_ATOMIC | __GFP_NOWARN);
	if (!exec)
		return ERR_PTR(-ENOMEM);
	exec->task = current;
	exec->moment.epoch = mpy_queue_epoch();
	init_task_work(&exec->work, run_exec);
	/* Listed first: once added, the work may only be left alone. */
	raw_spin_lock(&exec_lock);
	hash_add(waiting_execs, &exec->waiting, (unsigned long)current);
	raw_spin_unlock(&exec_lock);
	err = add_work(&exec->work);
	if (!err)
		return exec;
	raw_spin_lock(&exec_lock);
	hash_del(&exec->waiting);
	raw_spin_unlock(&exec_lock);
	kfree(exec);
	return ERR_PTR(err);
}

/* Without memory the event has no script: not worth losing it for. */
void mpy_work_script(const struct linux_binprm *bprm)
{
	struct exec_work *exec = find_exec();
	struct path *script;

	if (!exec)
		exec = add_exec();
	if (IS_ERR(exec) || exec->script_count == SCRIPTS_MAX)
		return;
	script = &exec->scripts[exec->script_count++];
	*script = mpy_bprm_file(bprm)->f_path;
	path_get(script);
}

static void count_exec_failure(const struct linux_binprm *bprm, int err)
{
	const struct inode *inode = file_inode(mpy_bprm_file(bprm));

	if (mpy_filter_image(inode) == MPY_INTERPRETER)
		count_failure(MPY_SIGHT_EXEC, err);
	else
		mpy_classify_count_unknown();
}

void mpy_work_exec(const struct linux_binprm *bprm)
{
	const char *interp = mpy_bprm_interp(bprm);
	struct exec_work *exec = find_exec();

	if (!exec)
		exec = add_exec();
	if (IS_ERR(exec)) {
		count_exec_failure(bprm, PTR_ERR(exec));
		return;
	}
	mpy_evidence_now(&exec->moment, exec->moment.epoch);
	exec->filename = kstrdup(mpy_bprm_filename(bprm),
				 GFP_ATOMIC | __GFP_NOWARN);
	exec->interp = kstrdup(interp, GFP_ATOMIC | __GFP_NOWARN);
	exec->has_script = interp && exec->script_count;
	exec->committed = true;
}
