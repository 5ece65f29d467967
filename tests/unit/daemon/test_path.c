// SPDX-License-Identifier: GPL-2.0-or-later
/* test_path.c - names of files as text. */
#include "daemon/path.h"

#include <stdlib.h>

#include "../test.h"

static void clean(const char *cwd, const char *name, const char *want)
{
	char *got = mpy_path_clean(cwd, name);

	if (want)
		CHECK_STR(got, want);
	else
		CHECK(got == NULL);
	free(got);
}

static void names_are_cleaned(void)
{
	clean("/root", "a.py", "/root/a.py");
	clean("/root/", "./x/../a.py", "/root/a.py");
	clean("/", "a", "/a");
	clean(NULL, "//usr//bin/../b/", "/usr/b");
	clean("/a/b", "../../../../c", "/c");
	clean("/a", "..", "/");
	clean("/a", ".", "/a");
	clean("/a", "...", "/a/...");
	clean(NULL, "a.py", NULL);
	clean("(unreachable)/x", "a.py", NULL);
	clean("/a", "", NULL);
}

static void descriptors_are_known(void)
{
	CHECK(mpy_path_descriptor("/dev/fd/3") == 3);
	CHECK(mpy_path_descriptor("/proc/self/fd/12") == 12);
	CHECK(mpy_path_descriptor("/proc/thread-self/fd/0") == 0);
	CHECK(mpy_path_descriptor("/dev/stdin") == 0);
	CHECK(mpy_path_descriptor("/dev/fd/") == -1);
	CHECK(mpy_path_descriptor("/dev/fd/3/x") == -1);
	CHECK(mpy_path_descriptor("/dev/fd/-3") == -1);
	CHECK(mpy_path_descriptor("/dev/fd/99999999999999999999") == -1);
	CHECK(mpy_path_descriptor("/tmp/a.py") == -1);
}

static void modules_are_found_by_name(void)
{
	CHECK(mpy_path_is_module("/usr/lib/python3.11/json/tool.py",
				 "json.tool"));
	CHECK(mpy_path_is_module(
		"/usr/lib/python3.11/json/__pycache__/tool.cpython-311.pyc",
		"json.tool"));
	CHECK(mpy_path_is_module("/x/pip/__main__.py", "pip"));
	CHECK(mpy_path_is_module("/x/pip/__pycache__/__main__.cpython-311.pyc",
				 "pip"));
	CHECK(mpy_path_is_module("/x/a.pyc", "a"));
	CHECK(!mpy_path_is_module("/x/tool.py", "json.tool"));
	CHECK(!mpy_path_is_module("/x/json/tool.pyi", "json.tool"));
	CHECK(!mpy_path_is_module("/x/xjson/tool.py", "json.tool"));
	CHECK(!mpy_path_is_module("/x/pip/__init__.py", "pip"));
	CHECK(!mpy_path_is_module("/x/ab.py", "a"));
	CHECK(!mpy_path_is_module("a.py", "a"));
	CHECK(!mpy_path_is_module("/a.py", ""));
}

static void mains_of_directories(void)
{
	CHECK(mpy_path_is_main_of("/d/__main__.py", "/d"));
	CHECK(mpy_path_is_main_of("/d/__pycache__/__main__.cpython-311.pyc",
				  "/d"));
	CHECK(mpy_path_is_main_of("/__main__.py", "/"));
	CHECK(!mpy_path_is_main_of("/d/e/__main__.py", "/d"));
	CHECK(!mpy_path_is_main_of("/dd/__main__.py", "/d"));
	CHECK(!mpy_path_is_main_of("/d/main.py", "/d"));
}

static void endings(void)
{
	CHECK(mpy_path_is_python("/a/b.py"));
	CHECK(mpy_path_is_python("/a/b.pyz"));
	CHECK(!mpy_path_is_python("/a/b.pyi"));
	CHECK(!mpy_path_is_python("/a/b.so"));
	CHECK_STR(mpy_path_base("/a/b"), "b");
	CHECK_STR(mpy_path_base("b"), "b");
}

int main(void)
{
	RUN(names_are_cleaned);
	RUN(descriptors_are_known);
	RUN(modules_are_found_by_name);
	RUN(mains_of_directories);
	RUN(endings);
	return DONE();
}
