// SPDX-License-Identifier: GPL-2.0-or-later
/* One pass over a file: bytes for the judge, size and digest of all of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "../test.h"
#include "cli/reader.h"
#include "core/hash.h"

static const char empty_sha256[] =
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/* Byte at an offset; no two megabytes are alike. */
static unsigned char pattern(uint64_t at)
{
	return (unsigned char)(at * 31 + (at >> 20) * 7 + (at >> 9));
}

static FILE *make_file(uint64_t size)
{
	static unsigned char piece[1 << 20];
	FILE *file = tmpfile();
	uint64_t at = 0;

	while (at < size) {
		size_t n = 0;

		for (; n < sizeof(piece) && at < size; n++, at++)
			piece[n] = pattern(at);
		fwrite(piece, 1, n, file);
	}
	fflush(file);
	rewind(file);
	return file;
}

static void check_file(struct mpy_reader *reader, uint64_t size)
{
	FILE *file = make_file(size);
	char hex[MPY_SHA256_HEX];
	uint64_t hashed, i, wrong = 0, head = MPY_READER_MAX - MPY_READER_TAIL;

	CHECK(mpy_reader_start(reader, fileno(file)) == 0);
	CHECK(reader->kept ==
	      (size < MPY_READER_PEEK ? size : MPY_READER_PEEK));
	CHECK(mpy_reader_finish(reader) == 0);
	CHECK(mpy_hash_fd(fileno(file), hex, &hashed) == 0);
	CHECK_STR(reader->sha256, hex);
	CHECK(reader->size == size);
	CHECK(reader->kept == (size < MPY_READER_MAX ? size : MPY_READER_MAX));
	for (i = 0; i < reader->kept; i++) {
		uint64_t at = i;

		if (size > MPY_READER_MAX && i >= head)
			at = size - MPY_READER_MAX + i;
		wrong += reader->data[i] != pattern(at);
	}
	CHECK(!wrong);
	fclose(file);
}

static void files_of_many_sizes(void)
{
	static const uint64_t sizes[] = { 1,
					  MPY_READER_PEEK - 1,
					  MPY_READER_PEEK,
					  MPY_READER_PEEK + 1,
					  (256 << 10) - 1,
					  256 << 10,
					  (256 << 10) + 1,
					  5000001,
					  MPY_READER_MAX - 1,
					  MPY_READER_MAX,
					  MPY_READER_MAX + 1,
					  MPY_READER_MAX + MPY_READER_TAIL - 1,
					  MPY_READER_MAX + MPY_READER_TAIL,
					  MPY_READER_MAX + 20000001 };
	struct mpy_reader reader = { 0 };
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		check_file(&reader, sizes[i]);
	check_file(&reader, 100); /* after large ones */
	mpy_reader_free(&reader);
}

static void nothing_at_all(void)
{
	struct mpy_reader reader = { 0 };
	int fd = open("/dev/null", O_RDONLY);

	CHECK(mpy_reader_start(&reader, fd) == 0);
	CHECK(mpy_reader_finish(&reader) == 0);
	CHECK(reader.kept == 0 && reader.size == 0);
	CHECK_STR(reader.sha256, empty_sha256);
	close(fd);
	mpy_reader_free(&reader);
}

/* Pipes give a few bytes at a time and know no size. */
static void pipes(void)
{
	struct mpy_reader reader = { 0 };
	int ends[2];

	CHECK(pipe(ends) == 0);
	CHECK(write(ends[1], "print", 5) == 5);
	CHECK(write(ends[1], "(1)", 3) == 3);
	close(ends[1]);
	CHECK(mpy_reader_start(&reader, ends[0]) == 0);
	CHECK(mpy_reader_finish(&reader) == 0);
	CHECK(reader.kept == 8 && !memcmp(reader.data, "print(1)", 8));
	close(ends[0]);
	mpy_reader_free(&reader);
}

static void errors_are_passed_up(void)
{
	struct mpy_reader reader = { 0 };
	int fd = open("/", O_RDONLY);

	CHECK(mpy_reader_start(&reader, fd) == -EISDIR);
	close(fd);
	CHECK(mpy_reader_start(&reader, -1) == -EBADF);
	mpy_reader_free(&reader);
}

int main(void)
{
	RUN(files_of_many_sizes);
	RUN(nothing_at_all);
	RUN(pipes);
	RUN(errors_are_passed_up);
	return DONE();
}
