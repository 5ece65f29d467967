/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zip.h - members of zip archives, tolerant of what stands before them (a
 * #! line, an executable) and of damaged directories.
 */
#ifndef MPY_JUDGE_ZIP_H
#define MPY_JUDGE_ZIP_H

#include "budget.h"

#include <stdbool.h>

struct mpy_zip_member {
	const char *name; /* bytes as in the archive, not NUL-terminated */
	size_t name_size;
	const uint8_t *data; /* still packed, inside the archive's bytes */
	size_t packed;
	uint64_t size; /* as claimed */
	uint16_t method; /* 0 stored, 8 deflate, 12 bzip2, 14 lzma */
	bool encrypted;
};

#define MPY_ZIP_MEMBERS 4096 /* more are not looked at */

/* Is there a zip archive (its end record) in data? */
bool mpy_zip_is(const uint8_t *data, size_t size);

/*
 * Lists the members in the order of the directory. *list is the caller's,
 * to free(). The number of members, or -ENOMEM. Members whose data lies
 * outside of the archive are left out.
 */
int mpy_zip_list(const uint8_t *data, size_t size,
		 struct mpy_zip_member **list);

/*
 * Unpacks one member, at most max bytes. Outcomes as of mpy_unpack();
 * MPY_UNPACK_BAD also for encrypted ones and unknown methods.
 */
int mpy_zip_member(const struct mpy_zip_member *member, size_t max,
		   uint8_t **out, size_t *out_size);

#endif
