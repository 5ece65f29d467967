// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store_file.c - the files of a database as files: made, looked at, moved out
 * of the way. What is in them is store.c's business.
 */

#include "core/store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/migrations.h"

#define MAGIC  "SQLite format 3" /* with its NUL */
#define HEADER 100		 /* bytes, sqlite.org/fileformat2.html */

int mpy_store_look(const char *path)
{
	struct stat st;
	int fd, r = 0;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		r = -errno;
	else if (S_ISDIR(st.st_mode))
		r = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	close(fd);
	return r;
}

bool mpy_store_settled(const char *path)
{
	char name[4096 + 8];
	struct stat st;

	snprintf(name, sizeof(name), "%s-wal", path);
	return stat(name, &st) || st.st_size == 0;
}

int mpy_store_create(const char *path)
{
	struct stat st;
	int fd, r = 0;

	fd = open(path, O_RDWR | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		  0640);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	close(fd);
	return r;
}

int mpy_store_give(const char *path, gid_t gid)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char name[4096 + 8];
	size_t i;

	/* later ones get the group of the database from SQLite */
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		if (chown(name, (uid_t)-1, gid) && (!i || errno != ENOENT))
			return -errno;
	}
	return 0;
}

bool mpy_store_was_ours(const char *path)
{
	uint8_t head[HEADER] = { 0 };
	char name[4096 + 8];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : pread(fd, head, sizeof(head), 0);
	uint32_t id = (uint32_t)head[68] << 24 | head[69] << 16 |
		      head[70] << 8 | head[71];

	if (fd >= 0)
		close(fd);
	if (got < 0)
		return false;
	if (id == MPY_APPLICATION_ID)
		return true;
	snprintf(name, sizeof(name), "%s-wal", path);
	return memcmp(head, MAGIC, sizeof(MAGIC)) && !access(name, F_OK);
}

int mpy_store_set_aside(const char *path, char *new_path, size_t size)
{
	char from[4096 + 8], to[4096 + 64], stamp[24];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	if ((size_t)snprintf(new_path, size, "%s.damaged-%s", path, stamp) >=
		    size ||
	    strlen(path) > 4000)
		return -ENAMETOOLONG;
	/* the -wal first: beside a new database SQLite would delete it */
	snprintf(from, sizeof(from), "%s-wal", path);
	snprintf(to, sizeof(to), "%s-wal", new_path);
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) &&
	    errno != ENOENT)
		return -errno;
	if (renameat2(AT_FDCWD, path, AT_FDCWD, new_path, RENAME_NOREPLACE))
		return -errno;
	snprintf(from, sizeof(from), "%s-shm", path);
	if (unlink(from) && errno != ENOENT)
		return -errno;
	return 0;
}

int mpy_store_make_id(int64_t real_ns, char id[MPY_STORE_ID])
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
	uint64_t time_ms = (uint64_t)(real_ns / 1000000) & 0xffffffffffff;
	uint8_t random[16];
	int i;

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	for (i = 9; i >= 0; i--, time_ms >>= 5)
		id[i] = digits[time_ms & 31];
	for (i = 0; i < 16; i++)
		id[10 + i] = digits[random[i] & 31];
	id[26] = '\0';
	return 0;
}
