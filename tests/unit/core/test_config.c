// SPDX-License-Identifier: GPL-2.0-or-later
/* mpy.conf: all or nothing, with messages that name line, key and range. */

#include "../test.h"

#include <errno.h>
#include <sys/stat.h>

#include "core/config.h"
#include "core/log.h"
#include "fixture.h"

static char why[512];

static int parse(struct mpy_config *config, const char *text)
{
	return mpy_config_parse(config, text, strlen(text), "x.conf", why,
				sizeof(why));
}

static void defaults(void)
{
	struct mpy_config config;

	CHECK(!mpy_config_defaults(&config));
	CHECK_STR(config.database, "/var/lib/mpy/mpy.db");
	CHECK_STR(config.control, "/run/mpy/control.sock");
	CHECK_STR(config.bundle, "");
	CHECK_STR(config.group, "mpy");
	CHECK(config.queue_bytes == 32 << 20);
	CHECK(config.contents_bytes == 256 << 10);
	CHECK(config.deadline_multiplier == 1);
	CHECK(config.log_level == MPY_LOG_NOTICE);
	mpy_config_free(&config);
}

static void reads_values(void)
{
	struct mpy_config config = { 0 };

	CHECK(!parse(&config, "# comment\n\n  database=/x/y.db \r\n"
			      "deadline_multiplier = 2.5\n\tproject = a b = c\n"
			      "log_level = debug\njudge_ms = 500"));
	CHECK_STR(config.database, "/x/y.db");
	CHECK_STR(config.project, "a b = c");
	CHECK(config.deadline_multiplier == 2.5);
	CHECK(config.log_level == MPY_LOG_DEBUG);
	CHECK(config.judge_ms == 500);
	CHECK(config.drain_ms == 10000);
	/* the next reading starts from the defaults, not from this one */
	CHECK(!parse(&config, "bundle ="));
	CHECK_STR(config.database, "/var/lib/mpy/mpy.db");
	mpy_config_free(&config);
}

static void refuses_with_a_sentence(void)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "queue_bytes = 12", "x.conf:1: queue_bytes: \"12\" is not a "
		  "whole number of bytes, 1048576..268435456" },
		{ "\n\ncolour = 1", "x.conf:3: colour: no such key" },
		{ "judge_ms = 200\njudge_ms = 300",
		  "x.conf:2: judge_ms: given again, first in line 1" },
		{ "judge_ms 200", "x.conf:1: not of the form" },
		{ "= 200", "x.conf:1: not of the form" },
		{ "judge_ms = 1e4", "x.conf:1: judge_ms: \"1e4\"" },
		{ "judge_ms = -1", "judge_ms: \"-1\"" },
		{ "judge_ms =", "judge_ms: \"\"" },
		{ "judge_ms = 99999999999999999999999", "100..60000" },
		{ "judge_ms = 200 # ms", "judge_ms: \"200 # ms\"" },
		{ "deadline_multiplier = 0.5", "a number, 1..100" },
		{ "deadline_multiplier = 1.", "a number, 1..100" },
		{ "deadline_multiplier = nan", "a number, 1..100" },
		{ "log_level = loud", "one of: error, warning" },
		{ "database = mpy.db", "an absolute path" },
		{ "database =", "an absolute path" },
		{ "database = /a\x1b[31m", "\"/a\\x1b[31m\" is not" },
		{ "group = a/b", "a group name" },
		{ "group = -x", "a group name" },
		{ "project = \xff", "UTF-8" },
		{ "k\x07y = 1", "x.conf:1: k\\x07y: no such key" },
	};
	struct mpy_config config = { 0 };
	size_t i;

	CHECK(!parse(&config, "database = /kept"));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(parse(&config, cases[i].text) == -EINVAL);
		if (!strstr(why, cases[i].message))
			printf("# %s\n", why);
		CHECK(strstr(why, cases[i].message));
	}
	CHECK(mpy_config_parse(&config, "judge_ms = 2\0000", 14, "x.conf", why,
			       sizeof(why)) == -EINVAL);
	CHECK(strstr(why, "NUL"));
	/* all or nothing */
	CHECK(parse(&config, "database = /other\njudge_ms = x") == -EINVAL);
	CHECK_STR(config.database, "/kept");
	mpy_config_free(&config);
}

static void long_lines(void)
{
	static char text[5000];
	struct mpy_config config = { 0 };

	memset(text, '#', sizeof(text) - 1);
	CHECK(parse(&config, text) == -EINVAL);
	CHECK(strstr(why, "longer than"));
	CHECK(!config.database);
}

static void put_file(const char *name, const char *text)
{
	FILE *file = fopen(in_scratch(name), "we");

	CHECK(file && fputs(text, file) >= 0 && !fclose(file));
}

static void reads_files(void)
{
	struct mpy_config config = { 0 };

	CHECK(mpy_config_load(&config, in_scratch("none"), why, sizeof(why)) ==
	      -ENOENT);
	CHECK_STR(config.group, "mpy"); /* defaults */
	put_file("good", "group = wheel\n");
	CHECK(!mpy_config_load(&config, in_scratch("good"), why, sizeof(why)));
	CHECK_STR(config.group, "wheel");
	CHECK(mpy_config_load(&config, in_scratch("none"), why, sizeof(why)) ==
	      -ENOENT);
	CHECK_STR(config.group, "wheel"); /* left alone */
	CHECK(mpy_config_load(&config, scratch, why, sizeof(why)) == -EISDIR);
	CHECK(!mkfifo(in_scratch("fifo"), 0600));
	CHECK(mpy_config_load(&config, in_scratch("fifo"), why, sizeof(why)) ==
	      -EINVAL);
	CHECK(strstr(why, "not a regular file"));
	CHECK(mpy_config_load(&config, "/dev/zero", why, sizeof(why)) ==
	      -EINVAL);
	mpy_config_free(&config);
}

static void collect(void *context, const char *key, const char *value,
		    const char *meaning)
{
	char *text = context;

	CHECK(*meaning);
	snprintf(text + strlen(text), 2000 - strlen(text), "%s = %s\n", key,
		 value);
}

/* What --print-config prints can be read back. */
static void prints_what_it_reads(void)
{
	struct mpy_config config = { 0 }, again = { 0 };
	char text[2000] = "", back[2000] = "";

	CHECK(!parse(&config, "deadline_multiplier = 12.5\nproject = p\n"
			      "queue_bytes = 2000000\nlog_level = info"));
	mpy_config_each(collect, &config, text);
	CHECK(!parse(&again, text));
	mpy_config_each(collect, &again, back);
	CHECK_STR(text, back);
	CHECK(strstr(text, "deadline_multiplier = 12.5\nlog_level = info\n"));
	mpy_config_free(&config);
	mpy_config_free(&again);
}

static void finds_bundles(void)
{
	char path[4096];

	put_file("b.bundle", "x");
	CHECK(!mpy_bundle_find(in_scratch("b.bundle"), "/none", path,
			       sizeof(path), why, sizeof(why)));
	CHECK_STR(path, in_scratch("b.bundle"));
	CHECK(!mpy_bundle_find(NULL, in_scratch("b.bundle"), path,
			       sizeof(path), why, sizeof(why)));
	/* one that was named is not replaced by another */
	CHECK(mpy_bundle_find("/none/b", in_scratch("b.bundle"), path,
			      sizeof(path), why, sizeof(why)) == -ENOENT);
	CHECK(strstr(why, "/none/b"));
	CHECK(mpy_bundle_find(NULL, "/none/c", path, sizeof(path), why,
			      sizeof(why)) == -ENOENT);
	CHECK(mpy_bundle_find(in_scratch("b.bundle"), NULL, path, 5, why,
			      sizeof(why)) == -ENAMETOOLONG);
}

int main(void)
{
	scratch_make();
	RUN(defaults);
	RUN(reads_values);
	RUN(refuses_with_a_sentence);
	RUN(long_lines);
	RUN(reads_files);
	RUN(prints_what_it_reads);
	RUN(finds_bundles);
	return DONE();
}
