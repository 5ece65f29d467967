// SPDX-License-Identifier: GPL-2.0-or-later
/* test_wholefile.c - small, large and very large files through a descriptor. */
#include "daemon/wholefile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/facts.h"
#include "../test.h"

static int new_file(off_t size)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	CHECK(fd >= 0 && ftruncate(fd, size) == 0);
	return fd;
}

static void put(int fd, const char *text, off_t at)
{
	CHECK(pwrite(fd, text, strlen(text), at) == (ssize_t)strlen(text));
}

static void small_files_are_whole(void)
{
	int fd = new_file(0);
	struct mpy_file_facts facts;
	char want[MPY_SHA256_HEX];

	mpy_wholefile_read(fd, &facts);
	CHECK(!facts.absent && facts.size == 0 && facts.bytes_size == 0);
	mpy_file_facts_clear(&facts);
	put(fd, "print(1)\n", 0);
	mpy_wholefile_read(fd, &facts);
	CHECK(!facts.absent && facts.size == 9 && facts.bytes_size == 9);
	CHECK(!memcmp(facts.bytes, "print(1)\n", 9));
	CHECK(mpy_hash_bytes("print(1)\n", 9, want) == 0);
	CHECK_STR(facts.sha256, want);
	mpy_file_facts_clear(&facts);
	close(fd);
}

static void large_files_keep_head_and_tail(void)
{
	const off_t size = (80ll << 20) + 5;
	int fd = new_file(size);
	struct mpy_file_facts facts;
	char want[MPY_SHA256_HEX];
	uint64_t hashed;

	put(fd, "head", 0);
	put(fd, "tail", size - 4);
	mpy_wholefile_read(fd, &facts);
	CHECK(!facts.absent && facts.size == (uint64_t)size);
	CHECK(facts.bytes_size == MPY_WHOLE_MAX);
	CHECK(!memcmp(facts.bytes, "head", 4));
	CHECK(!memcmp(facts.bytes + facts.bytes_size - 4, "tail", 4));
	CHECK(mpy_hash_fd(fd, want, &hashed) == 0);
	CHECK_STR(facts.sha256, want);
	mpy_file_facts_clear(&facts);
	close(fd);
}

static void above_512_mib_there_is_no_digest(void)
{
	const off_t size = 600ll << 20;
	int fd = new_file(size);
	struct mpy_file_facts facts;

	put(fd, "head", 0);
	put(fd, "tail", size - 4);
	mpy_wholefile_read(fd, &facts);
	CHECK_STR(facts.absent, "the file is larger than 512 MiB");
	CHECK(facts.sha256[0] == '\0' && facts.bytes_size == MPY_WHOLE_MAX);
	CHECK(!memcmp(facts.bytes, "head", 4));
	CHECK(!memcmp(facts.bytes + facts.bytes_size - 4, "tail", 4));
	mpy_file_facts_clear(&facts);
	close(fd);
}

static void what_is_no_file_has_a_reason(void)
{
	struct mpy_file_facts facts;
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	mpy_wholefile_read(fd, &facts);
	CHECK_STR(facts.absent, "not a regular file any more");
	mpy_file_facts_clear(&facts);
	close(fd);
}

int main(void)
{
	RUN(small_files_are_whole);
	RUN(large_files_keep_head_and_tail);
	RUN(above_512_mib_there_is_no_digest);
	RUN(what_is_no_file_has_a_reason);
	return DONE();
}
