/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reader.h - the bytes of one file for the judge, and size and SHA-256 of all
 * of it, in one pass over a buffer that is used again for the next file. Of
 * files above MPY_READER_MAX the head and the tail are kept.
 */
#ifndef MPY_CLI_READER_H
#define MPY_CLI_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MPY_READER_MAX	((size_t)64 << 20)
#define MPY_READER_TAIL ((size_t)16 << 20) /* of these for the tail */
#define MPY_READER_PEEK ((size_t)16 << 10) /* what is there after start */

/* Zero-initialise; the members are valid after finish (data and kept after
 * start too). */
struct mpy_reader {
	unsigned char *data;
	size_t kept;   /* bytes at data */
	uint64_t size; /* of the whole file */
	char sha256[65];
	bool unhashed; /* set by the caller: no SHA-256 is wanted */
	size_t room; /* the rest is the reader's own */
	int fd;
	bool ended;
};

/*
 * Begins with fd (stays the caller's): reads MPY_READER_PEEK bytes, or fewer
 * if there are no more. -errno.
 */
int mpy_reader_start(struct mpy_reader *reader, int fd);
/* Reads to the end. -errno; -ENOMEM; -EIO also if libcrypto failed. */
int mpy_reader_finish(struct mpy_reader *reader);
void mpy_reader_free(struct mpy_reader *reader);

#endif
