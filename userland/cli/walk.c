// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The walk of mpyctl scan. Every step down is relative to an open folder and
 * never through a link, so a tree that changes meanwhile leads nowhere else,
 * and paths longer than PATH_MAX work.
 */
#include "cli/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* O_NONBLOCK: a file may have been replaced by a FIFO since it was listed. */
#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

struct entry {
	char *name; /* of a folder with a slash at its end */
	unsigned char type;
};

struct names {
	struct entry *entries;
	size_t n, room;
};

struct path {
	char *text;
	size_t size, room;
};

static int walk_folder(const struct mpy_walk *walk, int fd, struct path *path,
		       dev_t device);

static int path_add(struct path *path, const char *name)
{
	size_t length = strlen(name), room = path->size + length + 1;
	char *text;

	if (room > path->room) {
		text = realloc(path->text, room * 2);
		if (!text)
			return -ENOMEM;
		path->text = text;
		path->room = room * 2;
	}
	memcpy(path->text + path->size, name, length + 1);
	path->size += length;
	return 0;
}

static void path_cut(struct path *path, size_t size)
{
	path->size = size;
	path->text[size] = 0;
}

static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	default:
		return "a special file";
	}
}

static mode_t mode_of(unsigned char type)
{
	return (mode_t)type << 12; /* DTTOIF */
}

/* Folders sort as if their name ended in a slash: so the paths below them
 * come where sorting whole paths would put them. */
static int compare(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name,
		      ((const struct entry *)b)->name);
}

static int names_add(struct names *names, int fd, const struct dirent *dirent)
{
	struct entry *entries = names->entries, *entry;
	struct stat st;

	if (names->n == names->room) {
		names->room = names->room ? names->room * 2 : 64;
		entries = realloc(entries, names->room * sizeof(*entries));
		if (!entries)
			return -ENOMEM;
		names->entries = entries;
	}
	entry = &entries[names->n];
	entry->type = dirent->d_type;
	if (entry->type == DT_UNKNOWN &&
	    !fstatat(fd, dirent->d_name, &st, AT_SYMLINK_NOFOLLOW))
		entry->type = IFTODT(st.st_mode);
	if (asprintf(&entry->name, "%s%s", dirent->d_name,
		     entry->type == DT_DIR ? "/" : "") < 0)
		return -ENOMEM;
	names->n++;
	return 0;
}

static void names_free(struct names *names)
{
	while (names->n)
		free(names->entries[--names->n].name);
	free(names->entries);
}

/* Fills names from fd, which is closed; sorted. */
static int names_read(struct names *names, int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *dirent;
	int err = 0;

	if (!dir) {
		err = -errno;
		close(fd);
		return err;
	}
	while (!err) {
		errno = 0;
		dirent = readdir(dir);
		if (!dirent) {
			err = -errno;
			break;
		}
		if (!strcmp(dirent->d_name, ".") ||
		    !strcmp(dirent->d_name, ".."))
			continue;
		err = names_add(names, dirfd(dir), dirent);
	}
	closedir(dir);
	if (names->n)
		qsort(names->entries, names->n, sizeof(*names->entries),
		      compare);
	return err;
}

static bool is_pseudo(int fd)
{
	static const unsigned int magics[] = {
		PROC_SUPER_MAGIC,	SYSFS_MAGIC,	   TRACEFS_MAGIC,
		DEBUGFS_MAGIC,		SECURITYFS_MAGIC,  CGROUP_SUPER_MAGIC,
		CGROUP2_SUPER_MAGIC,	BPF_FS_MAGIC,	   SELINUX_MAGIC,
		DEVPTS_SUPER_MAGIC,	PSTOREFS_MAGIC,	   EFIVARFS_MAGIC,
		BINFMTFS_MAGIC,		NSFS_MAGIC
	};
	struct statfs fs;
	size_t i;

	if (fstatfs(fd, &fs))
		return false;
	for (i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
		if ((unsigned int)fs.f_type == magics[i])
			return true;
	}
	return false;
}

/* A regular file, or what took its place. */
static int walk_file(const struct mpy_walk *walk, int fd, const char *path,
		     bool named)
{
	struct stat st;
	int err = 0;

	if (fd >= 0 && fstat(fd, &st)) {
		err = -errno;
		close(fd);
		fd = err;
		err = 0;
	}
	if (fd >= 0 && !S_ISREG(st.st_mode))
		walk->skipped(walk->context, path, kind_of(st.st_mode), false);
	else
		err = walk->file(walk->context, fd, path, named);
	if (fd >= 0)
		close(fd);
	return err;
}

static int walk_entry(const struct mpy_walk *walk, int dir,
		      struct entry *entry, struct path *path,
		      dev_t device)
{
	int fd;

	switch (entry->type) {
	case DT_LNK:
		return 0;
	case DT_DIR:
		/* With its slash it would be followed if it became a link. */
		entry->name[strlen(entry->name) - 1] = 0;
		fd = openat(dir, entry->name,
			    OPEN_FLAGS | O_DIRECTORY | O_NOFOLLOW);
		if (fd >= 0)
			return walk_folder(walk, fd, path, device);
		walk->skipped(walk->context, path->text, strerror(errno), true);
		return 0;
	case DT_REG:
		fd = openat(dir, entry->name, OPEN_FLAGS | O_NOFOLLOW);
		if (fd < 0 && errno == ELOOP)
			return 0; /* became a link */
		return walk_file(walk, fd < 0 ? -errno : fd, path->text, false);
	default:
		walk->skipped(walk->context, path->text,
			      kind_of(mode_of(entry->type)), false);
		return 0;
	}
}

/* The folder fd, which is closed. path ends in a slash. device: of the folder
 * above, 0 for a named one. */
static int walk_folder(const struct mpy_walk *walk, int fd, struct path *path,
		       dev_t device)
{
	struct names names = { 0 };
	size_t size = path->size, i;
	struct stat st;
	int err, list;

	if (fstat(fd, &st))
		st.st_dev = device;
	if (device && st.st_dev != device && is_pseudo(fd)) {
		walk->skipped(walk->context, path->text,
			      "a pseudo file system", false);
		close(fd);
		return 0;
	}
	list = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	err = list < 0 ? -errno : names_read(&names, list);
	if (err && err != -ENOMEM) {
		walk->skipped(walk->context, path->text, strerror(-err), true);
		err = 0;
	}
	for (i = 0; i < names.n && !err; i++) {
		err = path_add(path, names.entries[i].name);
		if (!err)
			err = walk_entry(walk, fd, &names.entries[i], path,
					 st.st_dev);
		path_cut(path, size);
	}
	names_free(&names);
	close(fd);
	return err;
}

#define DEPTH 4096 /* folders within each other: the stack holds more */

/* One folder is open a level. */
static void allow_depth(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max < DEPTH ? limit.rlim_max : DEPTH;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int walk_named_folder(const struct mpy_walk *walk, int fd,
			     const char *name)
{
	struct path path = { 0 };
	int err = path_add(&path, name);

	if (!err && (!path.size || path.text[path.size - 1] != '/'))
		err = path_add(&path, "/");
	if (err)
		close(fd);
	else
		err = walk_folder(walk, fd, &path, 0);
	free(path.text);
	return err;
}

int mpy_walk_path(const struct mpy_walk *walk, const char *path)
{
	struct stat st;
	int fd;

	/* Asked before it is opened: opening a device may do something. */
	if (stat(path, &st)) {
		walk->skipped(walk->context, path, strerror(errno), true);
		return 0;
	}
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		walk->skipped(walk->context, path, kind_of(st.st_mode), false);
		return 0;
	}
	fd = open(path, OPEN_FLAGS);
	if (S_ISREG(st.st_mode))
		return walk_file(walk, fd < 0 ? -errno : fd, path, true);
	if (fd < 0) {
		walk->skipped(walk->context, path, strerror(errno), true);
		return 0;
	}
	allow_depth();
	return walk_named_folder(walk, fd, path);
}
