// SPDX-License-Identifier: GPL-2.0-or-later
/* The walk of mpyctl scan: order, links, special files, depth. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../test.h"
#include "cli/walk.h"

struct seen {
	char text[4000]; /* paths, each behind a space */
	size_t skipped, failed, files, unopened;
	int stop; /* returned for the first file */
};

static char top[] = "/tmp/mpy-walk-XXXXXX";

static int take_file(void *context, int fd, const char *path, bool named)
{
	struct seen *seen = context;
	size_t used = strlen(seen->text);

	seen->files++;
	seen->unopened += fd < 0;
	if (used + strlen(path) + 4 < sizeof(seen->text))
		snprintf(seen->text + used, sizeof(seen->text) - used, " %s%s",
			 named ? "=" : "", path);
	return seen->stop;
}

static void take_skipped(void *context, const char *path, const char *why,
			 bool failure)
{
	struct seen *seen = context;

	CHECK(why && *why);
	if (failure)
		seen->failed++;
	else
		seen->skipped++;
}

static int walk(struct seen *seen, const char *path)
{
	const struct mpy_walk walker = { .file = take_file,
					 .skipped = take_skipped,
					 .context = seen };

	return mpy_walk_path(&walker, path);
}

static void put(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	CHECK(fd >= 0);
	close(fd);
}

static void make_tree(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
				       .sun_path = "tree/socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	CHECK(mkdtemp(top) && !chdir(top));
	CHECK(!mkdir("tree", 0755) && !mkdir("tree/a", 0755));
	CHECK(!mkdir("tree/.hidden", 0755) && !mkdir("tree/empty", 0755));
	put("tree/a/z");
	put("tree/a/b");
	put("tree/a-b");
	put("tree/a.b");
	put("tree/.hidden/x");
	put("tree/Z");
	CHECK(!symlink("a", "tree/link-to-folder"));
	CHECK(!symlink("Z", "tree/link-to-file"));
	CHECK(!symlink("nowhere", "tree/link-to-nothing"));
	CHECK(!symlink("tree", "link"));
	CHECK(!mkfifo("tree/fifo", 0644));
	CHECK(!bind(fd, (struct sockaddr *)&address, sizeof(address)));
	close(fd);
}

static void order_is_that_of_whole_paths(void)
{
	struct seen seen = { 0 };

	CHECK(walk(&seen, "tree") == 0);
	CHECK_STR(seen.text, " tree/.hidden/x tree/Z tree/a-b tree/a.b "
			     "tree/a/b tree/a/z");
	CHECK(seen.skipped == 2); /* FIFO, socket */
	CHECK(seen.failed == 0);
}

static void paths_begin_as_they_were_given(void)
{
	struct seen seen = { 0 };

	CHECK(walk(&seen, "./tree//a/") == 0);
	CHECK_STR(seen.text, " ./tree//a/b ./tree//a/z");
}

static void named_links_are_followed(void)
{
	struct seen seen = { 0 };

	CHECK(walk(&seen, "link") == 0);
	CHECK(seen.files == 6);
	CHECK(walk(&seen, "tree/link-to-file") == 0);
	CHECK(seen.files == 7);
	CHECK(strstr(seen.text, " =tree/link-to-file"));
	CHECK(walk(&seen, "tree/link-to-nothing") == 0);
	CHECK(seen.files == 7 && seen.failed == 1);
}

static void named_special_files_are_skipped(void)
{
	struct seen seen = { 0 };

	CHECK(walk(&seen, "tree/fifo") == 0);
	CHECK(walk(&seen, "/dev/null") == 0);
	CHECK(seen.skipped == 2 && seen.failed == 0 && seen.files == 0);
}

static void what_is_not_there_is_a_failure(void)
{
	struct seen seen = { 0 };

	CHECK(walk(&seen, "nothing") == 0);
	CHECK(walk(&seen, "") == 0);
	CHECK(walk(&seen, "tree/Z/x") == 0);
	CHECK(seen.failed == 3 && seen.files == 0);
}

/* A named one is walked; below it no other one is entered. */
static void pseudo_file_systems(void)
{
	struct seen seen = { 0 };

	if (access("/proc/sys/fs/binfmt_misc", X_OK))
		SKIP("no /proc here");
	CHECK(walk(&seen, "/proc/self/status") == 0);
	CHECK(walk(&seen, "/proc/sys/fs") == 0);
	CHECK(seen.files > 10 && seen.skipped <= 1);
}

static void the_callback_can_end_it(void)
{
	struct seen seen = { .stop = 7 };

	CHECK(walk(&seen, "tree") == 7);
	CHECK(seen.files == 1);
}

/* Deeper than PATH_MAX allows in one name, and than descriptors go. */
static void deep_trees(void)
{
	enum { LEVELS = 1500 };
	struct seen seen = { 0 };
	int i, fd = open("tree/empty", O_RDONLY | O_DIRECTORY);

	for (i = 0; i < LEVELS; i++) {
		int next;

		CHECK(!mkdirat(fd, "deep", 0755));
		next = openat(fd, "deep", O_RDONLY | O_DIRECTORY);
		close(fd);
		fd = next;
	}
	close(openat(fd, "file", O_WRONLY | O_CREAT, 0644));
	close(fd);
	CHECK(walk(&seen, "tree/empty") == 0);
	CHECK(seen.files == 1 || seen.failed == 1);
}

static void remove_tree(void)
{
	pid_t child = chdir("/") ? -1 : fork();

	if (!child) {
		execlp("rm", "rm", "-rf", top, (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

int main(void)
{
	make_tree();
	RUN(order_is_that_of_whole_paths);
	RUN(paths_begin_as_they_were_given);
	RUN(named_links_are_followed);
	RUN(named_special_files_are_skipped);
	RUN(what_is_not_there_is_a_failure);
	RUN(pseudo_file_systems);
	RUN(the_callback_can_end_it);
	RUN(deep_trees);
	remove_tree();
	return DONE();
}
