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

int mpy_store_create(const char *path, gid_t gid)
{
	char name[4096 + 8];
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
	else if (gid != (gid_t)-1 && fchown(fd, (uid_t)-1, gid))
		r = -errno;
	close(fd);
	if (r || gid == (gid_t)-1)
		return r;
	/* later ones get the group of the database from SQLite */
	snprintf(name, sizeof(name), "%s-wal", path);
	if (lchown(name, (uid_t)-1, gid) && errno != ENOENT)
		return -errno;
	snprintf(name, sizeof(name), "%s-shm", path);
	if (lchown(name, (uid_t)-1, gid) && errno != ENOENT)
		return -errno;
	return 0;
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
