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
#define TAIL  (16u << 20) /* kept of a file larger than MPY_WHOLE_MAX */

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

/* The part of a block that lies in [start, end) goes to to[0..end - start). */
static size_t keep(uint8_t *to, uint64_t start, uint64_t end,
		   const uint8_t *block, size_t size, uint64_t offset)
{
	uint64_t from = offset > start ? offset : start;
	uint64_t until = offset + size < end ? offset + size : end;

	if (from >= until)
		return 0;
	memcpy(to + (from - start), block + (from - offset), until - from);
	return until - from;
}

/*
 * Reads the file; what is kept of a very large one is its head and its tail,
 * and without a hash nothing between them is read. 0 or -errno; *total
 * receives where the reading ended.
 */
static int read_blocks(int fd, struct mpy_hash *hash,
		       struct mpy_file_facts *out, uint64_t *total)
{
	uint64_t size = out->size, at = 0;
	uint64_t head = size <= MPY_WHOLE_MAX ? size : MPY_WHOLE_MAX - TAIL;
	uint64_t tail = size <= MPY_WHOLE_MAX ? size : size - TAIL;
	uint8_t *block = malloc(BLOCK);
	int r = 0;

	out->bytes = malloc(head + (size - tail) + 1);
	if (!block || !out->bytes)
		r = -ENOMEM;
	while (r == 0 && at < size) {
		ssize_t got = read_block(fd, block, at);

		if (got <= 0) {
			r = got < 0 ? -errno : 0;
			break;
		}
		out->bytes_size += keep(out->bytes, 0, head, block,
					(size_t)got, at);
		out->bytes_size += keep(out->bytes + head, tail, size, block,
					(size_t)got, at);
		if (hash)
			r = mpy_hash_add(hash, block, (size_t)got);
		at += (uint64_t)got;
		if (!hash && at >= head && at < tail)
			at = tail;
	}
	*total = at;
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
		read_blocks(fd, NULL, out, &total);
		say_absent(out, "the file is larger than 512 MiB");
		return;
	}
	hash = mpy_hash_begin();
	if (!hash) {
		say_absent(out, "no digest could be computed");
		return;
	}
	r = read_blocks(fd, hash, out, &total);
	if (mpy_hash_end(hash, out->sha256) < 0 && r == 0)
		r = -EIO;
	judge_end(fd, r, out->size, total, out);
}
