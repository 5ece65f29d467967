// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One file, one pass: what was read is hashed while it is in the processor's
 * cache and stays where the judge takes it from. Files may grow, shrink or be
 * endless while they are read; nothing here trusts their size.
 */
#include "cli/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/hash.h"

#define HEAD  (MPY_READER_MAX - MPY_READER_TAIL)
#define PIECE ((size_t)256 << 10) /* of one read and its hashing */

static int make_room(struct mpy_reader *reader, size_t room)
{
	unsigned char *data;

	if (room <= reader->room)
		return 0;
	data = realloc(reader->data, room);
	if (!data)
		return -ENOMEM;
	reader->data = data;
	reader->room = room;
	return 0;
}

/* One read of at most size bytes to at; their number, 0 at the end. */
static ssize_t read_piece(const struct mpy_reader *reader, size_t at,
			  size_t size)
{
	ssize_t got;

	do {
		got = read(reader->fd, reader->data + at, size);
	} while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

/*
 * Room for the rest of a file and one byte more, by which its end is seen; if
 * it is not as large as it should be by now, twice the room.
 */
static size_t more_room(const struct mpy_reader *reader)
{
	size_t room = reader->room * 2;
	struct stat st;

	if (!fstat(reader->fd, &st) && st.st_size >= (off_t)reader->room)
		room = st.st_size < (off_t)MPY_READER_MAX ?
			       (size_t)st.st_size + 1 : MPY_READER_MAX;
	return room < MPY_READER_MAX ? room : MPY_READER_MAX;
}

int mpy_reader_start(struct mpy_reader *reader, int fd)
{
	int err;

	reader->fd = fd;
	reader->kept = 0;
	reader->size = 0;
	reader->ended = false;
	reader->sha256[0] = 0;
	err = make_room(reader, PIECE);
	while (!err && reader->kept < MPY_READER_PEEK && !reader->ended) {
		ssize_t got = read_piece(reader, reader->kept,
					 MPY_READER_PEEK - reader->kept);

		if (got < 0)
			err = (int)got;
		else if (!got)
			reader->ended = true;
		else
			reader->kept += got;
	}
	reader->size = reader->kept;
	return err;
}

/* Up to MPY_READER_MAX bytes, one behind the other. */
static int read_head(struct mpy_reader *reader, struct mpy_hash *hash)
{
	while (!reader->ended && reader->kept < MPY_READER_MAX) {
		size_t size = MPY_READER_MAX - reader->kept;
		ssize_t got;
		int err = 0;

		if (reader->kept == reader->room)
			err = make_room(reader, more_room(reader));
		if (err)
			return err;
		if (size > reader->room - reader->kept)
			size = reader->room - reader->kept;
		got = read_piece(reader, reader->kept,
				 size < PIECE ? size : PIECE);
		if (got < 0)
			return (int)got;
		if (hash &&
		    mpy_hash_add(hash, reader->data + reader->kept, got))
			return -EIO;
		reader->ended = !got;
		reader->kept += got;
	}
	reader->size = reader->kept;
	return 0;
}

/* The rest goes round in the tail's part of the buffer. *at is where the
 * oldest byte of it lies in the end. */
static int read_tail(struct mpy_reader *reader, struct mpy_hash *hash,
		     size_t *at)
{
	while (!reader->ended) {
		size_t size = MPY_READER_TAIL - *at;
		ssize_t got = read_piece(reader, HEAD + *at,
					 size < PIECE ? size : PIECE);

		if (got < 0)
			return (int)got;
		if (hash && mpy_hash_add(hash, reader->data + HEAD + *at, got))
			return -EIO;
		reader->ended = !got;
		reader->size += got;
		*at = (*at + got) % MPY_READER_TAIL;
	}
	return 0;
}

/* Brings the tail's bytes, of which the oldest lies at, into order. */
static int unroll(struct mpy_reader *reader, size_t at)
{
	unsigned char *tail = reader->data + HEAD, *start;

	if (!at)
		return 0;
	start = malloc(at);
	if (!start)
		return -ENOMEM;
	memcpy(start, tail, at);
	memmove(tail, tail + at, MPY_READER_TAIL - at);
	memcpy(tail + MPY_READER_TAIL - at, start, at);
	free(start);
	return 0;
}

int mpy_reader_finish(struct mpy_reader *reader)
{
	struct mpy_hash *hash = reader->unhashed ? NULL : mpy_hash_begin();
	size_t at = 0;
	int err = 0;

	if (!hash && !reader->unhashed)
		return -ENOMEM;
	if (hash)
		err = mpy_hash_add(hash, reader->data, reader->kept);
	if (!err)
		err = read_head(reader, hash);
	if (!err)
		err = read_tail(reader, hash, &at);
	if (!err)
		err = unroll(reader, at);
	if (hash && mpy_hash_end(hash, reader->sha256) && !err)
		err = -EIO;
	return err;
}

void mpy_reader_free(struct mpy_reader *reader)
{
	free(reader->data);
}
