// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paths kept for the daemon's FD requests. A kept path pins its mount, so
 * there are few and they go soon. It is the path that is kept and not the
 * struct file: an open file could hold write access and make the target's
 * next execve of what it just wrote fail with ETXTBSY.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/magic.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "kept.h"
#include "uapi/mpy.h"

struct kept {
	struct list_head link;
	u64 ticket;
	u64 seq; /* 0 until sent */
	unsigned long expires;
	struct path path;
	struct path script; /* all NULL if there is none */
};

static LIST_HEAD(kept_list); /* next to expire first */
static unsigned int kept_count;
static u64 last_ticket;
static DEFINE_SPINLOCK(kept_lock); /* all of the above */

static void sweep(struct work_struct *work);
static DECLARE_DELAYED_WORK(sweeper, sweep);

/* Putting a path may sleep: what goes is gathered under the lock. */
static void free_all(struct list_head *gone)
{
	struct kept *kept, *next;

	list_for_each_entry_safe(kept, next, gone, link) {
		path_put(&kept->path);
		path_put(&kept->script);
		kfree(kept);
	}
}

static void remove(struct kept *kept, struct list_head *gone)
{
	list_move_tail(&kept->link, gone);
	kept_count--;
}

static void expire(struct kept *kept)
{
	kept->expires = jiffies + msecs_to_jiffies(MPY_KEPT_MS);
	list_move_tail(&kept->link, &kept_list);
}

static void sweep(struct work_struct *work)
{
	struct kept *kept, *next;
	bool more;
	LIST_HEAD(gone);

	spin_lock(&kept_lock);
	list_for_each_entry_safe(kept, next, &kept_list, link) {
		if (time_before(jiffies, kept->expires))
			break;
		remove(kept, &gone);
	}
	more = kept_count;
	spin_unlock(&kept_lock);
	free_all(&gone);
	if (more)
		schedule_delayed_work(&sweeper, HZ / 2);
}

/*
 * Opening a file that a user's own process serves could hold up the daemon,
 * and with it all of generic netlink, for as long as that process likes.
 * An overlay may have such a file as its lower layer.
 */
static bool is_served_by_user(const struct path *path)
{
	return d_real_inode(path->dentry)->i_sb->s_magic == FUSE_SUPER_MAGIC;
}

u64 mpy_kept_add(const struct path *path, const struct path *script)
{
	struct kept *kept;
	u64 ticket;
	LIST_HEAD(gone);

	if (is_served_by_user(path) || (script && is_served_by_user(script)))
		return 0;
	kept = kzalloc(sizeof(*kept), GFP_KERNEL);
	if (!kept)
		return 0;
	kept->path = *path;
	path_get(&kept->path);
	if (script) {
		kept->script = *script;
		path_get(&kept->script);
	}
	INIT_LIST_HEAD(&kept->link);

	spin_lock(&kept_lock);
	if (kept_count == MPY_KEPT_PATHS)
		remove(list_first_entry(&kept_list, struct kept, link), &gone);
	ticket = kept->ticket = ++last_ticket;
	expire(kept);
	kept_count++;
	spin_unlock(&kept_lock);

	free_all(&gone);
	schedule_delayed_work(&sweeper, msecs_to_jiffies(MPY_KEPT_MS));
	return ticket;
}

void mpy_kept_number(u64 ticket, u64 seq)
{
	struct kept *kept;

	spin_lock(&kept_lock);
	list_for_each_entry(kept, &kept_list, link) {
		if (kept->ticket != ticket)
			continue;
		kept->seq = seq;
		expire(kept);
		break;
	}
	spin_unlock(&kept_lock);
}

void mpy_kept_drop(u64 ticket)
{
	struct kept *kept;
	LIST_HEAD(gone);

	spin_lock(&kept_lock);
	list_for_each_entry(kept, &kept_list, link) {
		if (kept->ticket != ticket)
			continue;
		remove(kept, &gone);
		break;
	}
	spin_unlock(&kept_lock);
	free_all(&gone);
}

int mpy_kept_find(u64 seq, bool script, struct path *path)
{
	const struct path *found;
	struct kept *kept;
	int err = -ENOENT;

	spin_lock(&kept_lock);
	list_for_each_entry(kept, &kept_list, link) {
		if (!seq || kept->seq != seq)
			continue;
		found = script ? &kept->script : &kept->path;
		if (!found->dentry)
			break;
		*path = *found;
		path_get(path);
		err = 0;
		break;
	}
	spin_unlock(&kept_lock);
	return err;
}

void mpy_kept_close(void)
{
	LIST_HEAD(gone);

	cancel_delayed_work_sync(&sweeper);
	spin_lock(&kept_lock);
	list_splice_init(&kept_list, &gone);
	kept_count = 0;
	spin_unlock(&kept_lock);
	free_all(&gone);
}
