// SPDX-License-Identifier: GPL-2.0-only
/*
 * The filter decides in a few instructions, with preemption off, whether an
 * exec or an open is worth any further work. It holds the cache of program
 * images (is this file, in this state, an interpreter?), the list of tasks
 * that belong to our own daemon, and the rules for files that can be read
 * without harm. It asks nobody: questions are classify.c's.
 */
#include <linux/hash.h>
#include <linux/magic.h>
#include <linux/mm_types.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "compat.h"
#include "filter.h"

#define CACHE_BITS 10
#define CACHE_MAX  4096
#define SETTLE_SEC 2
#define ASKED_FOR  (5 * HZ)

struct image {
	struct hlist_node link; /* RCU */
	struct list_head order; /* cache_lock; oldest or spared last first */
	struct mpy_identity id; /* never changes */
	unsigned long stamp;	/* jiffies of the last answer */
	u8 answer;		/* enum mpy_answer */
	u8 settled;
	u8 used; /* since the clock hand last came by */
	struct rcu_head rcu;
};

static struct hlist_head cache[1 << CACHE_BITS];
static LIST_HEAD(cache_order);
static unsigned int cache_count;
static DEFINE_SPINLOCK(cache_lock);

struct ignored {
	struct rcu_head rcu;
	unsigned int count;
	struct pid *pids[];
};

static struct ignored __rcu *ignored;

static inline unsigned int bucket(dev_t dev, u64 ino)
{
	return hash_64(ino + ((u64)dev << 40), CACHE_BITS);
}

void mpy_filter_identify(const struct inode *inode, struct mpy_identity *id)
{
	/* Compared member by member, so padding does not matter. */
	id->dev = inode->i_sb->s_dev;
	id->ino = inode->i_ino;
	id->size = i_size_read(inode);
	id->mtime_sec = mpy_mtime_sec(inode);
	id->mtime_nsec = mpy_mtime_nsec(inode);
	id->ctime_sec = mpy_ctime_sec(inode);
	id->ctime_nsec = mpy_ctime_nsec(inode);
}

/*
 * Two changes within one tick of the file system's clock leave the same
 * ctime, so only an old one proves that the content stayed.
 */
bool mpy_filter_settled(const struct mpy_identity *id)
{
	return ktime_get_real_seconds() - id->ctime_sec >= SETTLE_SEC;
}

bool mpy_filter_same(const struct mpy_identity *a, const struct mpy_identity *b)
{
	return a->ino == b->ino && a->dev == b->dev && a->size == b->size &&
	       a->ctime_sec == b->ctime_sec && a->ctime_nsec == b->ctime_nsec &&
	       a->mtime_sec == b->mtime_sec && a->mtime_nsec == b->mtime_nsec;
}

static inline bool is_image_of(const struct image *image,
			       const struct inode *inode)
{
	const struct mpy_identity *id = &image->id;

	return id->ino == inode->i_ino && id->dev == inode->i_sb->s_dev &&
	       id->ctime_nsec == mpy_ctime_nsec(inode) &&
	       id->ctime_sec == mpy_ctime_sec(inode) &&
	       id->size == i_size_read(inode) &&
	       id->mtime_nsec == mpy_mtime_nsec(inode) &&
	       id->mtime_sec == mpy_mtime_sec(inode);
}

static inline struct image *find_image(const struct inode *inode)
{
	struct hlist_head *head;
	struct image *image;

	head = &cache[bucket(inode->i_sb->s_dev, inode->i_ino)];
	hlist_for_each_entry_rcu(image, head, link, rcu_read_lock_any_held())
		if (is_image_of(image, inode))
			return image;
	return NULL;
}

static inline enum mpy_answer answer_of(struct image *image)
{
	enum mpy_answer answer = READ_ONCE(image->answer);

	if (!READ_ONCE(image->used))
		WRITE_ONCE(image->used, 1);
	if (answer == MPY_ASKED &&
	    time_after(jiffies, READ_ONCE(image->stamp) + ASKED_FOR))
		return MPY_UNSEEN;
	return answer;
}

enum mpy_answer mpy_filter_image(const struct inode *inode)
{
	struct image *image = find_image(inode);

	if (!image || !READ_ONCE(image->settled))
		return MPY_UNSEEN;
	return answer_of(image);
}

enum mpy_answer mpy_filter_current(void)
{
	struct mm_struct *mm = current->mm;
	const struct inode *inode;
	const struct file *exe;
	struct image *image;

	if (!mm)
		return MPY_FOREIGN;
	/*
	 * No reference: preemption is off, so neither the file's memory nor
	 * its inode's can go. Another thread may replace exe_file by prctl
	 * at this moment; then we look at either file, or at one being
	 * recycled, whose inode may not be set yet.
	 */
	exe = rcu_dereference_check(mm->exe_file, rcu_read_lock_any_held());
	if (!exe)
		return MPY_FOREIGN;
	inode = READ_ONCE(exe->f_inode);
	if (!inode)
		return MPY_FOREIGN;
	image = find_image(inode);
	if (!image)
		return MPY_UNSEEN;
	return answer_of(image);
}

bool mpy_filter_ignored(void)
{
	const struct pid *tgid = task_tgid(current);
	const struct ignored *list;
	bool found = false;
	unsigned int i;

	rcu_read_lock();
	list = rcu_dereference(ignored);
	for (i = 0; list && i < list->count && !found; i++)
		found = list->pids[i] == tgid;
	rcu_read_unlock();
	return found;
}

/* Files that are "regular" by name only: reading one may block or consume. */
static bool is_pseudo(unsigned long magic)
{
	switch (magic) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case TRACEFS_MAGIC:
	case DEBUGFS_MAGIC:
	case SECURITYFS_MAGIC:
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case SELINUX_MAGIC:
	case SMACK_MAGIC:
	case AAFS_MAGIC:
	case BPF_FS_MAGIC:
	case PSTOREFS_MAGIC:
	case EFIVARFS_MAGIC:
	case RDTGROUP_SUPER_MAGIC:
	case BINFMTFS_MAGIC:
	case NSFS_MAGIC:
	case PIPEFS_MAGIC:
	case SOCKFS_MAGIC:
	case ANON_INODE_FS_MAGIC:
	case DEVPTS_SUPER_MAGIC:
	case BINDERFS_SUPER_MAGIC:
	case XENFS_SUPER_MAGIC:
	case USBDEVICE_SUPER_MAGIC:
	case DMA_BUF_MAGIC:
	case DEVMEM_MAGIC:
	case SECRETMEM_MAGIC:
	case OPENPROM_SUPER_MAGIC:
	case HUGETLBFS_MAGIC:
	case 0x62656570: /* configfs */
	case 0x65735543: /* fusectl */
	case 0x67596969: /* rpc_pipefs */
	case 0x6e667364: /* nfsd */
	case 0x19800202: /* mqueue */
	case 0x0a647361: /* functionfs */
		return true;
	}
	return false;
}

/*
 * A list of names can miss the next pseudo file system, so a page cache is
 * asked for as well: by a block device below, by the operations that fill
 * one, or by the two kinds that have neither (tmpfs fills its pages itself,
 * overlay hands on to the layer below).
 */
static bool has_page_cache(const struct inode *inode)
{
	const struct super_block *sb = inode->i_sb;

	return sb->s_bdev || sb->s_magic == TMPFS_MAGIC ||
	       sb->s_magic == OVERLAYFS_SUPER_MAGIC ||
	       mpy_fills_pages(inode->i_mapping->a_ops);
}

/*
 * FMODE_NOACCOUNT marks the second open that overlay makes in its layer for
 * the same open; __FMODE_EXEC those of exec itself, which are not reads.
 */
bool mpy_filter_readable(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	if ((file->f_mode & (FMODE_READ | FMODE_NOACCOUNT)) != FMODE_READ)
		return false;
	if (file->f_flags & __FMODE_EXEC)
		return false;
	if (!S_ISREG(inode->i_mode))
		return false;
	return !is_pseudo(inode->i_sb->s_magic) && has_page_cache(inode);
}

static struct image *find_same(const struct mpy_identity *id)
{
	struct image *image;

	hlist_for_each_entry(image, &cache[bucket(id->dev, id->ino)], link)
		if (mpy_filter_same(&image->id, id))
			return image;
	return NULL;
}

static void drop_image(struct image *image)
{
	hlist_del_rcu(&image->link);
	list_del(&image->order);
	cache_count--;
	kfree_rcu(image, rcu);
}

/*
 * The clock hand: what was used since its last round is spared once. (A busy
 * interpreter is always used; losing one costs unseen opens until the answer
 * to the next question.)
 */
static void evict(void)
{
	struct image *image;
	unsigned int spared;

	for (spared = 0; spared < 2 * CACHE_MAX; spared++) {
		image = list_first_entry(&cache_order, struct image, order);
		if (!READ_ONCE(image->used))
			break;
		WRITE_ONCE(image->used, 0);
		list_move_tail(&image->order, &cache_order);
	}
	drop_image(list_first_entry(&cache_order, struct image, order));
}

static void insert(struct image *image)
{
	if (cache_count >= CACHE_MAX)
		evict();
	list_add_tail(&image->order, &cache_order);
	hlist_add_head_rcu(&image->link,
			   &cache[bucket(image->id.dev, image->id.ino)]);
	cache_count++;
}

static void set_answer(struct image *image, enum mpy_answer answer,
		       bool settled)
{
	/* A question does not take back the answer that it doubts. */
	if (answer == MPY_ASKED && image->answer > MPY_ASKED)
		return;
	WRITE_ONCE(image->stamp, jiffies);
	WRITE_ONCE(image->settled, settled);
	WRITE_ONCE(image->answer, answer);
}

void mpy_filter_learn(const struct mpy_identity *id, enum mpy_answer answer,
		      bool settled)
{
	struct image *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);
	struct image *image;

	spin_lock(&cache_lock);
	image = find_same(id);
	if (image) {
		set_answer(image, answer, settled);
	} else if (fresh) {
		/* Without memory the answer is asked for again: no harm. */
		fresh->id = *id;
		fresh->used = 1;
		set_answer(fresh, answer, settled);
		insert(fresh);
		fresh = NULL;
	}
	spin_unlock(&cache_lock);
	kfree(fresh);
}

static void replace_ignored(struct ignored *list)
{
	struct ignored *old;
	unsigned int i;

	old = rcu_replace_pointer(ignored, list, true);
	if (!old)
		return;
	synchronize_rcu();
	for (i = 0; i < old->count; i++)
		put_pid(old->pids[i]);
	kfree(old);
}

int mpy_filter_ignore(struct pid *const *pids, unsigned int count)
{
	struct ignored *list;
	unsigned int i;

	list = kzalloc(struct_size(list, pids, count), GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	list->count = count;
	for (i = 0; i < count; i++)
		list->pids[i] = get_pid(pids[i]);
	replace_ignored(list);
	return 0;
}

void mpy_filter_forget(void)
{
	struct image *image, *next;

	replace_ignored(NULL);
	spin_lock(&cache_lock);
	list_for_each_entry_safe(image, next, &cache_order, order)
		drop_image(image);
	spin_unlock(&cache_lock);
}
