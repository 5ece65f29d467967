/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * describe.h - facts about current and about files, written as attributes.
 */
#ifndef MPY_DESCRIBE_H
#define MPY_DESCRIBE_H

#include <linux/list.h>
#include <linux/path.h>
#include <linux/skbuff.h>
#include <linux/types.h>

/*
 * Room for the attributes of the largest event: six values of at most
 * MPY_PATH_MAX bytes and some fifty small ones.
 */
#define MPY_ATTRS_MAX 26000u

/*
 * A scratch buffer for attributes and a page for paths. Process context. get
 * returns an empty one, or NULL without memory; put takes NULL too.
 */
struct mpy_sheet {
	struct list_head link; /* while it is spare */
	struct sk_buff *attrs;
	char *page; /* MPY_PATH_MAX bytes */
};

struct mpy_sheet *mpy_sheet_get(void);
void mpy_sheet_put(struct mpy_sheet *sheet);

/* At unload, when nobody has one any more. */
void mpy_sheet_free_spare(void);

/*
 * The following run in current's own context, may sleep, and must not be
 * called for a task that is exiting (it has no fs, no namespaces any more).
 * They return 0 or -EMSGSIZE.
 */

/* The attributes TASK, the image's path and file numbers included if exe. */
int mpy_describe_task(struct mpy_sheet *sheet, const struct path *exe);

/*
 * The attributes FILE under one of MPY_A_EXE_PATH, MPY_A_SCRIPT_PATH and
 * MPY_A_FILE_PATH.
 */
int mpy_describe_file(struct mpy_sheet *sheet, int first,
		      const struct path *path);

/* Once, at load: find out whether mount namespaces can be told. */
void mpy_describe_init(void);

#endif
