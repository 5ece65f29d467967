// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * wholefile.c - a large file through the descriptor that the kernel gave. One
 * pass for bytes and digest, so that both are of the same state.
 */
#include "daemon/wholefile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/facts.h"

#define BLOCK (256u << 10)

static void say_absent(struct mpy_file_facts *out, const char *why)
{
	free(out->absent);
	out->absent = strdup(why);
	out->sha256[0] = '\0';
}

static ssize_t read_block(int fd, void *buffer, uint64_t offset)
{
	ssize_t r;

	do {
		r = pread(fd, buffer, BLOCK, (off_t)offset);
	} while (r < 0 && errno == EINTR);
	return r;
}

/* Reads up to limit bytes; the first ones are kept. 0 or -errno. */
static int read_blocks(int fd, uint64_t limit, struct mpy_hash *hash,
		       struct mpy_file_facts *out, uint64_t *total)
{
	uint8_t *block = malloc(BLOCK);
	size_t room = limit < MPY_WHOLE_MAX ? (size_t)limit : MPY_WHOLE_MAX;
	int r = 0;

	out->bytes = malloc(room + 1);
	if (!block || !out->bytes)
		r = -ENOMEM;
	*total = 0;
	while (r == 0 && *total < limit) {
		ssize_t got = read_block(fd, block, *total);
		size_t part;

		if (got <= 0) {
			r = got < 0 ? -errno : 0;
			break;
		}
		part = room - out->bytes_size;
		if (part > (size_t)got)
			part = (size_t)got;
		memcpy(out->bytes + out->bytes_size, block, part);
		out->bytes_size += part;
		*total += (uint64_t)got;
		if (hash)
			r = mpy_hash_add(hash, block, (size_t)got);
	}
	free(block);
	return r;
}

static void judge_end(int fd, int r, uint64_t before, uint64_t total,
		      struct mpy_file_facts *out)
{
	struct stat after;
	char why[100];

	if (r < 0) {
		snprintf(why, sizeof(why), "the file could not be read: %s",
			 strerror(-r));
		say_absent(out, why);
	} else if (fstat(fd, &after) < 0 || (uint64_t)after.st_size != before ||
		   total != before) {
		say_absent(out, "the file changed while it was read");
	}
}

void mpy_wholefile_read(int fd, struct mpy_file_facts *out)
{
	struct mpy_hash *hash;
	struct stat st;
	uint64_t total;
	int r;

	memset(out, 0, sizeof(*out));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		say_absent(out, "not a regular file any more");
		return;
	}
	out->size = (uint64_t)st.st_size;
	if (out->size > MPY_HASH_FILE_MAX) {
		read_blocks(fd, MPY_WHOLE_MAX, NULL, out, &total);
		say_absent(out, "the file is larger than 512 MiB");
		return;
	}
	hash = mpy_hash_begin();
	if (!hash) {
		say_absent(out, "no digest could be computed");
		return;
	}
	r = read_blocks(fd, out->size, hash, out, &total);
	if (mpy_hash_end(hash, out->sha256) < 0 && r == 0)
		r = -EIO;
	judge_end(fd, r, out->size, total, out);
}
