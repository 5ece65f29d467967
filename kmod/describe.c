// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the daemon needs to know of a task and of a file, as netlink
 * attributes. Everything is taken from current in its own context: paths
 * are as the task itself sees them, ids as the initial namespaces do.
 */
#include <linux/audit.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/init_task.h>
#include <linux/ipc_namespace.h>
#include <linux/kdev_t.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "compat.h"
#include "describe.h"
#include "uapi/mpy.h"

/* The attributes of a FILE stand in the same order under each prefix. */
enum file_attr { PATH, DEV, INODE, SIZE, MTIME, CTIME, DELETED };

#define SAME_ORDER(p)                                                          \
	(MPY_A_##p##_DEV == MPY_A_##p##_PATH + DEV &&                          \
	 MPY_A_##p##_INODE == MPY_A_##p##_PATH + INODE &&                      \
	 MPY_A_##p##_SIZE == MPY_A_##p##_PATH + SIZE &&                        \
	 MPY_A_##p##_MTIME_NS == MPY_A_##p##_PATH + MTIME &&                   \
	 MPY_A_##p##_CTIME_NS == MPY_A_##p##_PATH + CTIME &&                   \
	 MPY_A_##p##_DELETED == MPY_A_##p##_PATH + DELETED)

static_assert(SAME_ORDER(EXE) && SAME_ORDER(SCRIPT) && SAME_ORDER(FILE));

static bool mount_namespaces_known __ro_after_init;

/*
 * Used sheets are kept for the next event: most kernels clear what they
 * allocate, and clearing a sheet costs more than all that is written on it.
 */
#define SPARE_MAX 8

static LIST_HEAD(spare_sheets);
static unsigned int spare_count;
static DEFINE_SPINLOCK(spare_lock);

static void free_sheet(struct mpy_sheet *sheet)
{
	kfree_skb(sheet->attrs);
	kfree(sheet->page);
	kfree(sheet);
}

static struct mpy_sheet *new_sheet(void)
{
	struct mpy_sheet *sheet = kzalloc(sizeof(*sheet), GFP_KERNEL);

	if (!sheet)
		return NULL;
	sheet->attrs = alloc_skb(MPY_ATTRS_MAX, GFP_KERNEL);
	sheet->page = kmalloc(MPY_PATH_MAX, GFP_KERNEL);
	if (sheet->attrs && sheet->page)
		return sheet;
	free_sheet(sheet);
	return NULL;
}

struct mpy_sheet *mpy_sheet_get(void)
{
	struct mpy_sheet *sheet;

	spin_lock(&spare_lock);
	sheet = list_first_entry_or_null(&spare_sheets, struct mpy_sheet, link);
	if (sheet) {
		list_del(&sheet->link);
		spare_count--;
	}
	spin_unlock(&spare_lock);
	if (!sheet)
		return new_sheet();
	skb_trim(sheet->attrs, 0);
	return sheet;
}

void mpy_sheet_put(struct mpy_sheet *sheet)
{
	bool keep;

	if (!sheet)
		return;
	spin_lock(&spare_lock);
	keep = spare_count < SPARE_MAX;
	if (keep) {
		list_add(&sheet->link, &spare_sheets);
		spare_count++;
	}
	spin_unlock(&spare_lock);
	if (!keep)
		free_sheet(sheet);
}

void mpy_sheet_free_spare(void)
{
	struct mpy_sheet *sheet, *next;

	list_for_each_entry_safe(sheet, next, &spare_sheets, link)
		free_sheet(sheet);
}

static int put_u64(struct sk_buff *attrs, int type, u64 value)
{
	return nla_put_u64_64bit(attrs, type, value, MPY_A_PAD);
}

static int put_s64(struct sk_buff *attrs, int type, s64 value)
{
	return nla_put_s64(attrs, type, value, MPY_A_PAD);
}

/*
 * d_path() marks a name that is gone with a suffix, which a file may just as
 * well carry in its name: take it off only when it is known to be d_path's.
 */
static char *path_name(const struct path *path, char *page, bool *gone)
{
	static const char suffix[] = " (deleted)";
	const size_t taken = sizeof(suffix) - 1;
	bool before, nameless;
	char *name;
	size_t len;

	do {
		before = d_unlinked(path->dentry);
		name = d_path(path, page, MPY_PATH_MAX);
		*gone = d_unlinked(path->dentry);
	} while (before != *gone);

	if (IS_ERR(name))
		return name;
	nameless = path->dentry->d_op && path->dentry->d_op->d_dname;
	len = strlen(name);
	if ((*gone || nameless) && len > taken &&
	    !strcmp(name + len - taken, suffix)) {
		name[len - taken] = '\0';
		*gone = true;
	}
	return name;
}

static int put_path(struct mpy_sheet *sheet, int type, const struct path *path,
		    bool *gone)
{
	char *name = path_name(path, sheet->page, gone);

	if (IS_ERR(name))
		return 0;
	return nla_put(sheet->attrs, type, strlen(name), name);
}

static int put_stat(struct sk_buff *attrs, int first, const struct kstat *stat)
{
	return put_u64(attrs, first + SIZE, stat->size) ?:
	       put_s64(attrs, first + MTIME, timespec64_to_ns(&stat->mtime)) ?:
	       put_s64(attrs, first + CTIME, timespec64_to_ns(&stat->ctime));
}

static int put_file_numbers(struct sk_buff *attrs, int first,
			    const struct kstat *stat)
{
	return put_u64(attrs, first + DEV, new_encode_dev(stat->dev)) ?:
	       put_u64(attrs, first + INODE, stat->ino);
}

/* As stat(2) tells it: overlay and btrfs have other numbers in the inode. */
static int stat_path(const struct path *path, struct kstat *stat)
{
	return vfs_getattr_nosec(path, stat, STATX_BASIC_STATS,
				 AT_STATX_DONT_SYNC);
}

int mpy_describe_file(struct mpy_sheet *sheet, int first,
		      const struct path *path)
{
	struct sk_buff *attrs = sheet->attrs;
	struct kstat stat;
	bool gone = false;
	int err;

	err = put_path(sheet, first + PATH, path, &gone);
	if (err)
		return err;
	if (!stat_path(path, &stat)) {
		err = put_file_numbers(attrs, first, &stat) ?:
		      put_stat(attrs, first, &stat);
		gone = gone || !stat.nlink;
	}
	if (!err && gone)
		err = nla_put_flag(attrs, first + DELETED);
	return err;
}

static int put_image(struct mpy_sheet *sheet, const struct path *exe)
{
	struct kstat stat;
	bool gone;
	int err;

	err = put_path(sheet, MPY_A_EXE_PATH, exe, &gone);
	if (err || stat_path(exe, &stat))
		return err;
	return put_file_numbers(sheet->attrs, MPY_A_EXE_PATH, &stat);
}

static int put_parent(struct sk_buff *attrs)
{
	struct task_struct *parent;
	u32 ppid;
	u64 start;

	rcu_read_lock();
	parent = rcu_dereference(current->real_parent);
	ppid = task_tgid_nr(parent);
	start = parent->group_leader->start_boottime;
	rcu_read_unlock();
	return nla_put_u32(attrs, MPY_A_PPID, ppid) ?:
	       put_u64(attrs, MPY_A_PARENT_START_NS, start);
}

static int put_ids(struct sk_buff *attrs)
{
	const struct cred *cred = current_cred();
	kuid_t loginuid = audit_get_loginuid(current);
	u32 session = audit_get_sessionid(current);
	int err;

	err = nla_put_u32(attrs, MPY_A_TGID, task_tgid_nr(current)) ?:
	      put_u64(attrs, MPY_A_TASK_START_NS,
		      current->group_leader->start_boottime) ?:
	      put_parent(attrs) ?:
	      nla_put_u32(attrs, MPY_A_UID,
			  from_kuid(&init_user_ns, cred->uid)) ?:
	      nla_put_u32(attrs, MPY_A_EUID,
			  from_kuid(&init_user_ns, cred->euid)) ?:
	      nla_put_u32(attrs, MPY_A_GID,
			  from_kgid(&init_user_ns, cred->gid));
	if (!err && uid_valid(loginuid))
		err = nla_put_u32(attrs, MPY_A_LOGINUID,
				  from_kuid(&init_user_ns, loginuid));
	if (!err && session != AUDIT_SID_UNSET)
		err = nla_put_u32(attrs, MPY_A_SESSION, session);
	return err;
}

static int put_cgroup(struct mpy_sheet *sheet)
{
	struct cgroup *cgroup;
	int len;
	u64 id;

	rcu_read_lock();
	cgroup = task_dfl_cgroup(current);
	id = cgroup_id(cgroup);
	len = cgroup_path(cgroup, sheet->page, MPY_PATH_MAX);
	rcu_read_unlock();
	return put_u64(sheet->attrs, MPY_A_CGROUP_ID, id) ?:
	       len > 0 && len < MPY_PATH_MAX ?
	       nla_put_string(sheet->attrs, MPY_A_CGROUP_PATH, sheet->page) :
	       0;
}

/* Zero stands for a kind of namespace that this kernel does not have. */
static int put_namespace(struct sk_buff *attrs, int type, u32 inum)
{
	return inum ? nla_put_u32(attrs, type, inum) : 0;
}

static u32 mount_namespace(void)
{
	if (!mount_namespaces_known)
		return 0;
	return mpy_mnt_ns_common(current->nsproxy->mnt_ns)->inum;
}

static int put_namespaces(struct sk_buff *attrs)
{
	const struct nsproxy *own = current->nsproxy;

	return put_namespace(attrs, MPY_A_NS_MNT, mount_namespace()) ?:
	       put_namespace(attrs, MPY_A_NS_PID,
			     task_active_pid_ns(current)->ns.inum) ?:
	       put_namespace(attrs, MPY_A_NS_NET, own->net_ns->ns.inum) ?:
	       put_namespace(attrs, MPY_A_NS_USER,
			     current_user_ns()->ns.inum) ?:
	       put_namespace(attrs, MPY_A_NS_UTS, own->uts_ns->ns.inum) ?:
	       put_namespace(attrs, MPY_A_NS_IPC, own->ipc_ns->ns.inum) ?:
	       put_namespace(attrs, MPY_A_NS_CGROUP,
			     own->cgroup_ns->ns.inum);
}

static int put_cwd(struct mpy_sheet *sheet)
{
	struct path pwd;
	bool gone;
	int err;

	get_fs_pwd(current->fs, &pwd);
	err = put_path(sheet, MPY_A_CWD, &pwd, &gone);
	path_put(&pwd);
	if (!err && gone)
		err = nla_put_flag(sheet->attrs, MPY_A_CWD_DELETED);
	return err;
}

static int put_comm(struct sk_buff *attrs)
{
	char comm[TASK_COMM_LEN];

	get_task_comm(comm, current);
	return nla_put(attrs, MPY_A_COMM, strnlen(comm, sizeof(comm)), comm);
}

int mpy_describe_task(struct mpy_sheet *sheet, const struct path *exe)
{
	struct sk_buff *attrs = sheet->attrs;
	int err;

	err = put_ids(attrs) ?:
	      put_comm(attrs) ?:
	      put_namespaces(attrs) ?:
	      put_cgroup(sheet) ?:
	      put_cwd(sheet);
	if (!err && exe)
		err = put_image(sheet, exe);
	return err;
}

/*
 * No header shows struct mnt_namespace. Look at the initial one through
 * reads that may fault, and use it only if what stands there says that it is
 * a mount namespace.
 */
void __init mpy_describe_init(void)
{
	const struct ns_common *common;
	const struct proc_ns_operations *ops;
	unsigned int inum;
	int type;

	common = mpy_mnt_ns_common(init_task.nsproxy->mnt_ns);
	mount_namespaces_known =
		!get_kernel_nofault(ops, &common->ops) &&
		!get_kernel_nofault(type, &ops->type) &&
		!get_kernel_nofault(inum, &common->inum) &&
		type == CLONE_NEWNS && inum;
}
