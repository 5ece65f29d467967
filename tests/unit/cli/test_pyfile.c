// SPDX-License-Identifier: GPL-2.0-or-later
/* Which files of a folder are Python. */
#include <stdlib.h>
#include <unistd.h>

#include "../test.h"
#include "cli/pyfile.h"
#include "cli/reader.h"

static bool looks(const char *text)
{
	return mpy_pyfile_looks((const unsigned char *)text, strlen(text));
}

static void by_name(void)
{
	CHECK(mpy_pyfile_named("a.py"));
	CHECK(mpy_pyfile_named(".py"));
	CHECK(mpy_pyfile_named("a.tar.pyz"));
	CHECK(mpy_pyfile_named("A.PYW"));
	CHECK(mpy_pyfile_named("a.pyc"));
	CHECK(!mpy_pyfile_named("py"));
	CHECK(!mpy_pyfile_named("a.pyx"));
	CHECK(!mpy_pyfile_named("a.py.txt"));
	CHECK(!mpy_pyfile_named(""));
}

static void by_shebang(void)
{
	CHECK(looks("#!/usr/bin/python3\n"));
	CHECK(looks("#!/usr/bin/env -S python3 -u\nx"));
	CHECK(looks("#! /opt/pypy3/bin/pypy3"));
	CHECK(looks("#!/bin/sh\n'''exec' /a/python3 \"$0\" \"$@\"\n' '''\n"));
	CHECK(!looks("#!/bin/sh\npython3 -c pass\n"));
	CHECK(!looks("#!/bin/sh\nimport os\nfrom os import path\n"));
	CHECK(!looks("#!"));
}

static void by_magic(void)
{
	CHECK(mpy_pyfile_looks((const unsigned char *)
			       "\xa7\x0d\r\n\0\0\0\0\0\0\0\0", 12));
	CHECK(mpy_pyfile_looks((const unsigned char *)
			       "\x03\xf3\r\n\0\0\0\0", 8));
	CHECK(!mpy_pyfile_looks((const unsigned char *)
				"\x01\x00\r\n\0\0\0\0", 8));
	CHECK(!mpy_pyfile_looks((const unsigned char *)"\xa7\x0d\r\n", 4));
}

static void python_text_looks_like_it(void)
{
	CHECK(looks("from os import path\n"));
	CHECK(looks("\xef\xbb\xbf" "from os import path\n"));
	CHECK(looks("import os\nos.system('id')\n"));
	CHECK(looks("import socket,os;s=socket.socket();s.connect(x)\n"));
	CHECK(looks("exec(__import__('zlib').decompress(b''))"));
	CHECK(looks("__import__('os').system('id')"));
	CHECK(looks("def f(a, b):\r\n    return a\r\n"));
	CHECK(looks("import os\nimport sys\nimport re\n"));
	CHECK(looks("# text\n\n\nif __name__ == '__main__':\n  f()\n"));
	CHECK(looks("for i in x:\n  print(i)\nwhile y:\n  pass\n"));
}

static void other_text_does_not(void)
{
	/* Python by all of its lines but the first */
	CHECK(looks("print(1)\nprint(2)\nprint(3)\n"));
	CHECK(!looks("# x\npackage A::B;\nprint(1)\nprint(2)\nprint(3)\n"));
	CHECK(!looks("require 5.014; # y\nprint(1)\nprint(2)\nprint(3)\n"));
	CHECK(looks("use if 0 else 1; x\nprint(1)\nprint(2)\nprint(3)\n"));

	CHECK(!looks(""));
	CHECK(!looks("hello\n"));
	CHECK(!looks("import Foundation\n\nlet x = 1\n"));
	CHECK(!looks("import java.util.List;\nimport a.b;\nimport c.d;\n"));
	CHECK(!looks("import x from 'y';\nimport {a} from 'b';\n"));
	CHECK(!looks("package main\nimport \"fmt\"\nfunc main() {\n}\n"));
	CHECK(!looks("From here you import goods from there.\n"));
	CHECK(!looks("def method\n  puts 1\nend\nclass X\nend\n"));
	CHECK(!looks("#include <stdio.h>\nint main(void) { return 0; }\n"));
	CHECK(!looks("\t\"os.system(\",\n\t\"subprocess.run\",\n"));
	CHECK(!looks("key: value\nother:\n  - a\n"));
	CHECK(!looks("{\"a\": \"import os\"}\n"));
	CHECK(!mpy_pyfile_looks((const unsigned char *)
				"from os import path\n\0", 21));
}

static void nothing_but_comments_may_hide_something(void)
{
	char *text = malloc(MPY_READER_PEEK);

	memset(text, '#', MPY_READER_PEEK);
	CHECK(mpy_pyfile_looks((unsigned char *)text, MPY_READER_PEEK));
	CHECK(!mpy_pyfile_looks((unsigned char *)text, MPY_READER_PEEK - 1));
	free(text);
}

/* An archive with one empty member and a comment, by hand. */
static size_t archive(unsigned char *out, const char *name)
{
	size_t length = strlen(name), at;
	static const unsigned char end[22 + 3] = {
		'P', 'K', 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		3, 0, 'e', 'n', 'd'
	};

	memset(out, 0, 300);
	memcpy(out, "PK\3\4", 4);
	out[26] = length;
	memcpy(out + 30, name, length);
	at = 30 + length;
	memcpy(out + at, "PK\1\2", 4);
	out[at + 28] = length;
	memcpy(out + at + 46, name, length);
	at += 46 + length;
	memcpy(out + at, end, sizeof(end));
	out[at + 12] = 46 + length;
	return at + sizeof(end);
}

static bool zip(const unsigned char *data, size_t size)
{
	FILE *file = tmpfile();
	bool found;

	fwrite(data, 1, size, file);
	fflush(file);
	found = mpy_pyfile_zip(fileno(file), data, size);
	fclose(file);
	return found;
}

static void archives_with_a_main(void)
{
	unsigned char data[300];
	size_t size;

	size = archive(data, "__main__.py");
	CHECK(zip(data, size));
	size = archive(data, "__main__.pyc");
	CHECK(zip(data, size));
	size = archive(data, "x__main__.py");
	CHECK(!zip(data, size));
	size = archive(data, "__main__.py/");
	CHECK(!zip(data, size));
}

static void broken_archives_are_none(void)
{
	unsigned char data[300];
	size_t size = archive(data, "__main__.py"), i;

	for (i = 0; i < size; i++)
		zip(data, i);
	for (i = 0; i < size; i++) {
		unsigned char kept = data[i];

		data[i] = 0xff;
		zip(data, size);
		data[i] = kept;
	}
	data[0] = 'X';
	CHECK(!zip(data, size));
}

int main(void)
{
	RUN(by_name);
	RUN(by_shebang);
	RUN(by_magic);
	RUN(python_text_looks_like_it);
	RUN(other_text_does_not);
	RUN(nothing_but_comments_may_hide_something);
	RUN(archives_with_a_main);
	RUN(broken_archives_are_none);
	return DONE();
}
