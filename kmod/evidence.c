// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evidence: the arguments of a started interpreter, and the very bytes of a
 * file that an interpreter opened. The bytes are read from the opened file
 * itself, so no name is looked up a second time.
 */
#include <linux/dcache.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <net/netlink.h>

#include "describe.h"
#include "evidence.h"
#include "kept.h"
#include "queue.h"
#include "uapi/mpy.h"

/* Read whole, up to the bound, whatever it is called. */
#define SMALL_FILE (64u << 10)
/* Of the rest: enough to see what it is; more goes by descriptor. */
#define HEAD_SIZE 4096u

static u32 snapshot_max = MPY_SNAPSHOT_DEFAULT;

void mpy_evidence_limit(u32 bytes)
{
	WRITE_ONCE(snapshot_max, bytes);
}

void mpy_evidence_now(struct mpy_moment *moment, u32 epoch)
{
	moment->epoch = epoch;
	moment->boot_ns = ktime_get_boottime_ns();
	moment->real_ns = ktime_get_real_ns();
}

static int put_moment(struct sk_buff *attrs, const struct mpy_moment *moment)
{
	return nla_put_u64_64bit(attrs, MPY_A_BOOT_NS, moment->boot_ns,
				 MPY_A_PAD) ?:
	       nla_put_u64_64bit(attrs, MPY_A_REAL_NS, moment->real_ns,
				 MPY_A_PAD);
}

/* The sheet's attributes, cut to size, become the event's. */
static int take_attrs(struct mpy_event *event, const struct mpy_sheet *sheet)
{
	event->attrs = kmemdup(sheet->attrs->data, sheet->attrs->len,
			       GFP_KERNEL);
	event->attrs_len = sheet->attrs->len;
	return event->attrs ? 0 : -ENOMEM;
}

static void copy_argv(struct mpy_event *event, unsigned long start, u32 want)
{
	unsigned long left;

	left = copy_from_user(event->data, (const void __user *)start, want);
	event->data_len = want - left;
}

static int put_argv(struct sk_buff *attrs, u32 size, u32 total)
{
	int err;

	err = nla_put_u32(attrs, MPY_A_ARGV_SIZE, size) ?:
	      nla_put_u32(attrs, MPY_A_ARGV_TOTAL, total);
	if (!err && size < total)
		err = nla_put_flag(attrs, MPY_A_ARGV_TRUNCATED);
	return err;
}

static int put_string(struct sk_buff *attrs, int type, const char *string)
{
	return string ? nla_put(attrs, type, strlen(string), string) : 0;
}

static int describe_exec(struct mpy_sheet *sheet,
			 const struct mpy_moment *moment,
			 const struct path *exe,
			 const struct mpy_exec_facts *facts)
{
	struct sk_buff *attrs = sheet->attrs;
	int err;

	err = put_moment(attrs, moment) ?:
	      mpy_describe_task(sheet, NULL) ?:
	      mpy_describe_file(sheet, MPY_A_EXE_PATH, exe) ?:
	      put_string(attrs, MPY_A_FILENAME, facts->filename) ?:
	      put_string(attrs, MPY_A_INTERP, facts->interp);
	if (!err && facts->script)
		err = mpy_describe_file(sheet, MPY_A_SCRIPT_PATH,
					facts->script);
	return err;
}

void mpy_evidence_exec(const struct mpy_moment *moment, struct file *exe,
		       const struct mpy_exec_facts *facts)
{
	struct mm_struct *mm = current->mm;
	struct mpy_event *event;
	struct mpy_sheet *sheet;
	unsigned long start;
	u32 total, want;
	int err = -ENOMEM;

	spin_lock(&mm->arg_lock);
	start = mm->arg_start;
	total = mm->arg_end - start;
	spin_unlock(&mm->arg_lock);
	want = min(total, MPY_ARGV_MAX);

	event = mpy_queue_cause(MPY_SIGHT_EXEC, MPY_KIND_EXEC, moment->epoch,
				want);
	if (!event)
		return;
	event->field = MPY_FIELD_ARGV;
	if (want) {
		copy_argv(event, start, want);
		if (!event->data_len) {
			mpy_queue_lose(event, MPY_LOST_FAULT);
			return;
		}
	}
	sheet = mpy_sheet_get();
	if (sheet)
		err = describe_exec(sheet, moment, &exe->f_path, facts) ?:
		      put_argv(sheet->attrs, event->data_len, total) ?:
		      take_attrs(event, sheet);
	mpy_sheet_put(sheet);
	if (err) {
		mpy_queue_lose(event, MPY_LOST_NO_MEMORY);
		return;
	}
	event->kept = mpy_kept_add(&exe->f_path, facts->script);
	mpy_queue_push(event);
}

static bool has_python_name(struct dentry *dentry)
{
	static const char *const endings[] = { ".py",  ".pyw", ".pyc", ".pyz",
					       ".pth", ".zip", ".egg", ".whl" };
	struct name_snapshot snapshot;
	const struct qstr *name;
	bool found = false;
	unsigned int i;
	size_t len;

	take_dentry_name_snapshot(&snapshot, dentry);
	name = &snapshot.name;
	for (i = 0; i < ARRAY_SIZE(endings) && !found; i++) {
		len = strlen(endings[i]);
		found = name->len > len &&
			!memcmp(name->name + name->len - len, endings[i], len);
	}
	release_dentry_name_snapshot(&snapshot);
	return found;
}

/* Bytes from 0 up to want: fewer at the end of the file or on an error. */
static u32 read_bytes(struct file *file, void *to, u32 from, u32 want)
{
	loff_t pos = from;
	ssize_t got;

	/* What kernel_read() would refuse with a line in the kernel log. */
	if (!file->f_op->read_iter || file->f_op->read)
		return from;
	while (pos < want) {
		got = kernel_read(file, to + pos, want - pos, &pos);
		if (got <= 0)
			break;
	}
	return pos;
}

/* How much of a file of this size is taken, given how it begins. */
static u32 snapshot_size(struct file *file, s64 size, bool python)
{
	u32 most = min_t(s64, size, READ_ONCE(snapshot_max));
	char begin[2];

	if (python || size <= SMALL_FILE)
		return most;
	if (read_bytes(file, begin, 0, 2) == 2 && begin[0] == '#' &&
	    begin[1] == '!')
		return most;
	return min(most, HEAD_SIZE);
}

static int describe_read(struct mpy_sheet *sheet,
			 const struct mpy_moment *moment,
			 const struct path *exe, struct file *file,
			 const struct mpy_event *event, bool truncated)
{
	const char *fstype = file_inode(file)->i_sb->s_type->name;
	struct sk_buff *attrs = sheet->attrs;
	int err;

	err = put_moment(attrs, moment) ?:
	      mpy_describe_task(sheet, exe) ?:
	      mpy_describe_file(sheet, MPY_A_FILE_PATH, &file->f_path) ?:
	      nla_put_string(attrs, MPY_A_FILE_FSTYPE, fstype) ?:
	      nla_put_u32(attrs, MPY_A_CONTENTS_SIZE, event->data_len);
	if (!err && truncated)
		err = nla_put_flag(attrs, MPY_A_CONTENTS_TRUNCATED);
	return err;
}

/*
 * A file that cannot be read here (opened with O_DIRECT, an I/O error) is
 * reported with what there is and as truncated: the daemon may have better
 * luck with a descriptor of its own.
 */
void mpy_evidence_read(const struct mpy_moment *moment, struct file *exe,
		       struct file *file)
{
	s64 size = i_size_read(file_inode(file));
	bool python = has_python_name(file->f_path.dentry);
	struct mpy_event *event;
	struct mpy_sheet *sheet;
	bool truncated;
	int err = -ENOMEM;
	u32 want;

	if (size <= 0 && !python)
		return;
	want = size > 0 ? snapshot_size(file, size, python) : 0;
	event = mpy_queue_cause(MPY_SIGHT_READ, MPY_KIND_READ, moment->epoch,
				want);
	if (!event)
		return;
	event->field = MPY_FIELD_CONTENTS;
	if (want)
		event->data_len = read_bytes(file, event->data, 0, want);
	truncated = i_size_read(file_inode(file)) > event->data_len;

	sheet = mpy_sheet_get();
	if (sheet)
		err = describe_read(sheet, moment, &exe->f_path, file, event,
				    truncated) ?:
		      take_attrs(event, sheet);
	mpy_sheet_put(sheet);
	if (err) {
		mpy_queue_lose(event, MPY_LOST_NO_MEMORY);
		return;
	}
	if (truncated)
		event->kept = mpy_kept_add(&file->f_path, NULL);
	mpy_queue_push(event);
}
