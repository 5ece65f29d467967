/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - the only file that knows kernel versions and the inside of
 * structures that have moved. Everything here is an inline with the prefix
 * mpy_ and one body per form that was seen; the rest of the module has no
 * #if on versions. Kernels built and run: 6.1 and 6.12; the bodies for 5.10
 * and for later kernels follow their headers.
 */
#ifndef MPY_COMPAT_H
#define MPY_COMPAT_H

#include <linux/binfmts.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/version.h>

struct mnt_namespace;
struct ns_common;

#if !IS_ENABLED(CONFIG_KPROBES) || !IS_ENABLED(CONFIG_SECURITY)
#error "mpy needs a kernel with CONFIG_KPROBES and CONFIG_SECURITY"
#endif
#if !IS_ENABLED(CONFIG_CGROUPS)
#error "mpy names the control group of a task: it needs CONFIG_CGROUPS"
#endif
#if IS_ENABLED(CONFIG_PREEMPT_RT)
#error "mpy allocates with preemption off, which PREEMPT_RT does not allow"
#endif

/*
 * The file that current's image was loaded from, with a reference, or NULL.
 * 0ede61d8589c ("file: convert to SLAB_TYPESAFE_BY_RCU", 6.7) gave
 * get_file_rcu() a pointer to the pointer.
 */
static inline struct file *mpy_exe_file_get(struct mm_struct *mm)
{
	struct file *file;

	rcu_read_lock();
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	file = get_file_rcu(&mm->exe_file);
#else
	file = rcu_dereference(mm->exe_file);
	if (file && !get_file_rcu(file))
		file = NULL;
#endif
	rcu_read_unlock();
	return file;
}

/*
 * 13bc24457850 ("fs: rename i_ctime field to __i_ctime", 6.6) and
 * 12cd44023651 ("fs: rename inode i_atime and i_mtime fields", 6.7).
 */
static inline s64 mpy_mtime_sec(const struct inode *inode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return inode_get_mtime_sec(inode);
#else
	return inode->i_mtime.tv_sec;
#endif
}

static inline u32 mpy_mtime_nsec(const struct inode *inode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return inode_get_mtime_nsec(inode);
#else
	return inode->i_mtime.tv_nsec;
#endif
}

static inline s64 mpy_ctime_sec(const struct inode *inode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return inode_get_ctime_sec(inode);
#else
	return inode->i_ctime.tv_sec;
#endif
}

static inline u32 mpy_ctime_nsec(const struct inode *inode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return inode_get_ctime_nsec(inode);
#else
	return inode->i_ctime.tv_nsec;
#endif
}

/* 5efe7448a142 ("fs: Introduce aops->read_folio", 5.19) */
static inline bool mpy_fills_pages(const struct address_space_operations *ops)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0)
	return ops->read_folio || ops->readahead;
#else
	return ops->readpage || ops->readahead;
#endif
}

/* struct linux_binprm has been rearranged often: only these look inside. */
static inline struct file *mpy_bprm_file(const struct linux_binprm *bprm)
{
	return bprm->file;
}

static inline const char *mpy_bprm_filename(const struct linux_binprm *bprm)
{
	return bprm->filename;
}

/* NULL unless the file given to exec named an interpreter. */
static inline const char *mpy_bprm_interp(const struct linux_binprm *bprm)
{
	return bprm->interp != bprm->filename ? bprm->interp : NULL;
}

static inline bool mpy_bprm_is_elf(const struct linux_binprm *bprm)
{
	return !memcmp(bprm->buf, "\177ELF", 4);
}

/*
 * The first member of struct mnt_namespace, which no header shows, is its
 * ns_common since 1a7b8969e664 ("mnt: Use generic ns_common::count", 5.11);
 * before, a counter stood in front. The caller tests the result once (see
 * describe.c) before anybody relies on it.
 */
static inline const struct ns_common *
mpy_mnt_ns_common(const struct mnt_namespace *ns)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	return (const void *)ns;
#else
	return (const void *)((const char *)ns + sizeof(long));
#endif
}

/*
 * Open flags of the descriptors that we hand out: no fsnotify events where
 * the flag exists. (In 7.x such opens are visible to fanotify listeners.)
 */
#ifdef __FMODE_NONOTIFY
#define MPY_QUIET_OPEN (O_RDONLY | O_NONBLOCK | O_LARGEFILE | __FMODE_NONOTIFY)
#else
#define MPY_QUIET_OPEN (O_RDONLY | O_NONBLOCK | O_LARGEFILE)
#endif

/* 9c5d03d36251 ("genetlink: start to validate reserved header bytes", 6.1) */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define MPY_GENL_RESERVED(cmd) .resv_start_op = (cmd),
#else
#define MPY_GENL_RESERVED(cmd)
#endif

#endif
