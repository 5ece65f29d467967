// SPDX-License-Identifier: GPL-2.0-or-later
/* SHA-256 against published values; files that are too large or change. */

#include "../test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "fixture.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void known_values(void)
{
	struct mpy_hash *hash = mpy_hash_begin();
	char hex[MPY_SHA256_HEX];

	CHECK(!mpy_hash_bytes("abc", 3, hex));
	CHECK_STR(hex, ABC);
	CHECK(!mpy_hash_bytes(NULL, 0, hex));
	CHECK_STR(hex, EMPTY);
	CHECK(!mpy_hash_add(hash, "a", 1));
	CHECK(!mpy_hash_add(hash, "bc", 2));
	CHECK(!mpy_hash_add(hash, "", 0));
	CHECK(!mpy_hash_end(hash, hex));
	CHECK_STR(hex, ABC);
}

static int file_of(const char *name, const char *text, off_t size)
{
	int fd = open(in_scratch(name), O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	if (size)
		CHECK(!ftruncate(fd, size));
	return fd;
}

static void whole_files(void)
{
	char hex[MPY_SHA256_HEX];
	uint64_t size;
	int fd = file_of("abc", "abc", 0);

	CHECK(!mpy_hash_fd(fd, hex, &size));
	CHECK(size == 3);
	CHECK_STR(hex, ABC);
	CHECK(lseek(fd, 0, SEEK_CUR) == 3); /* not moved */
	close(fd);
	fd = file_of("empty", "", 0);
	CHECK(!mpy_hash_fd(fd, hex, &size));
	CHECK_STR(hex, EMPTY);
	close(fd);
	/* a sparse file, longer than a block */
	fd = file_of("sparse", "", 1000000);
	CHECK(!mpy_hash_fd(fd, hex, &size));
	CHECK(size == 1000000);
	CHECK_STR(hex, "d29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b"
		       "924cc8025");
	close(fd);
}

static void refuses(void)
{
	char hex[MPY_SHA256_HEX];
	int fd = file_of("large", "", (off_t)1 << 30), pair[2];
	uint64_t size;

	CHECK(mpy_hash_fd(fd, hex, &size) == -EFBIG);
	CHECK_STR(hex, "");
	close(fd);
	CHECK(!pipe(pair));
	CHECK(mpy_hash_fd(pair[0], hex, &size) == -EINVAL);
	CHECK(mpy_hash_fd(-1, hex, &size) == -EBADF);
	/* says 4096 bytes, has some: like a file that shrank meanwhile */
	fd = open("/sys/kernel/mm/transparent_hugepage/enabled", O_RDONLY);
	if (fd >= 0)
		CHECK(mpy_hash_fd(fd, hex, &size) == -ESTALE);
	fd = open(in_scratch("abc"), O_WRONLY);
	CHECK(mpy_hash_fd(fd, hex, &size) == -EBADF);
}

int main(void)
{
	scratch_make();
	RUN(known_values);
	RUN(whole_files);
	RUN(refuses);
	return DONE();
}
