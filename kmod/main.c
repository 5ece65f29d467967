// SPDX-License-Identifier: GPL-2.0-only
/*
 * mpy: tells a daemon which interpreters are started with what arguments and
 * which files they open, with their content. This file joins the rooms; what
 * the daemon and the module say to each other is in uapi/mpy.h.
 *
 * The gate is open while a daemon is registered. Everything that sees or
 * sends lives between open_gate() and close_gate(); with the gate closed no
 * probe is in the kernel.
 */
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>

#include "classify.h"
#include "describe.h"
#include "evidence.h"
#include "filter.h"
#include "hooks.h"
#include "kept.h"
#include "netlink.h"
#include "queue.h"
#include "work.h"

static bool gate_open; /* door's lock */

static int open_gate(const struct mpy_wishes *wishes,
		     struct netlink_ext_ack *extack)
{
	int err;

	/* An open gate pins the module: unload after the daemon has gone. */
	if (!gate_open && !try_module_get(THIS_MODULE)) {
		NL_SET_ERR_MSG(extack, "the module is being unloaded");
		return -ESHUTDOWN;
	}
	err = mpy_filter_ignore(wishes->ignored, wishes->ignored_count);
	if (err) {
		if (!gate_open)
			module_put(THIS_MODULE);
		return err;
	}
	mpy_evidence_limit(wishes->snapshot_max);
	mpy_classify_patience(wishes->classify_ms);
	mpy_queue_open(wishes->port, wishes->queue_bytes);
	mpy_hooks_attach(wishes->sights);
	gate_open = true;
	return 0;
}

/*
 * Shutting the queue first means that nothing new is accepted and that works
 * still on their way find another epoch; they need nothing that goes below.
 * Whoever waits for an answer is woken before the probes go, whose removal
 * takes a grace period.
 */
static void close_gate(void)
{
	if (!gate_open)
		return;
	mpy_queue_shut();
	mpy_classify_close();
	mpy_hooks_detach();
	mpy_kept_close();
	mpy_filter_forget();
	gate_open = false;
	module_put(THIS_MODULE);
}

static void report(struct mpy_report *to)
{
	mpy_hooks_report(to);
	mpy_queue_report(to);
	to->unclassified = mpy_classify_unknown();
}

static int answer(u64 seq, bool interpreter)
{
	struct path path;
	int err;

	if (mpy_kept_find(seq, false, &path))
		return mpy_classify_answer(seq, interpreter, NULL);
	err = mpy_classify_answer(seq, interpreter, &path);
	path_put(&path);
	return err;
}

static const struct mpy_door door = {
	.open = open_gate,
	.close = close_gate,
	.report = report,
	.sync = mpy_queue_sync,
	.answer = answer,
	.kept = mpy_kept_find,
};

static int __init mpy_init(void)
{
	int err;

	mpy_describe_init();
	err = mpy_work_resolve();
	if (err)
		return err;
	err = mpy_queue_start();
	if (err)
		return err;
	err = mpy_netlink_register(&door);
	if (err)
		goto stop_queue;
	return 0;

stop_queue:
	mpy_queue_stop();
	return err;
}

/*
 * The open gate and every work hold references on the module, so here the
 * gate is closed, no probe is in place, and no work is pending. What may be
 * left is a task that was preempted between its last module_put() and leaving
 * our text: synchronize_rcu_tasks() waits until every task has been elsewhere.
 * (A daemon that says HELLO from now on is refused, the module is going.)
 */
static void __exit mpy_exit(void)
{
	mpy_netlink_unregister();
	mpy_queue_stop();
	mpy_kept_close();
	mpy_sheet_free_spare();
	synchronize_rcu_tasks();
}

module_init(mpy_init);
module_exit(mpy_exit);

MODULE_DESCRIPTION("Sees which Python programs run, for mpyd");
MODULE_AUTHOR("The mpy authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MPY_VERSION);
