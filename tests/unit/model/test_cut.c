// SPDX-License-Identifier: GPL-2.0-or-later
/* Statements cut out of programs are programs. */
#include "../../../model/train_cut.h"

#include <stdlib.h>

#include "../test.h"

static const char program[] =
	"import os, json\n"			       /* 1 */
	"import subprocess as sp\n"		       /* 2 */
	"import time\n"				       /* 3 */
	"\n"					       /* 4 */
	"def run(name):\n"			       /* 5 */
	"    path = os.path.join('/srv', name, 'a', 'b')\n" /* 6 */
	"    if os.path.exists(path):\n"	       /* 7 */
	"        sp.call([path, '-q', '-v', log,\n"   /* 8 */
	"                 '--once', name])\n"	       /* 9 */
	"        return path\n"			       /* 10 */
	"    return None\n"			       /* 11 */
	"\n"					       /* 12 */
	"run('report')\n";			       /* 13 */

/* The caller's to free(); NULL if nothing was cut out. */
static char *cut(const char *text, uint32_t line, uint32_t seed)
{
	uint8_t *out;
	size_t size;

	CHECK(!mpy_cut((const uint8_t *)text, strlen(text), line, seed, &out,
		       &size));
	CHECK(!out || size == strlen((char *)out));
	return (char *)out;
}

static void check(uint32_t line, uint32_t seed, const char *expected)
{
	char *out = cut(program, line, seed);

	CHECK(out && !strcmp(out, expected));
	free(out);
}

static void test_one_statement(void)
{
	check(6, 0, "import os, json\n"
		    "path = os.path.join('/srv', name, 'a', 'b')\n");
	check(9, 0, "import subprocess as sp\n"
		    "sp.call([path, '-q', '-v', log,\n"
		    "         '--once', name])\n");
}

static void test_a_block_is_whole(void)
{
	check(7, 0, "import os, json; import subprocess as sp\n"
		    "if os.path.exists(path):\n"
		    "    sp.call([path, '-q', '-v', log,\n"
		    "             '--once', name])\n"
		    "    return path\n");
}

static void test_neighbours(void)
{
	/* one before, two behind: not out of the block */
	check(8, 1 | 2 << 8, "import subprocess as sp\n"
			     "sp.call([path, '-q', '-v', log,\n"
			     "         '--once', name])\n"
			     "return path\n");
	check(7, 1, "import os, json; import subprocess as sp\n"
		    "path = os.path.join('/srv', name, 'a', 'b')\n"
		    "if os.path.exists(path):\n"
		    "    sp.call([path, '-q', '-v', log,\n"
		    "             '--once', name])\n"
		    "    return path\n");
}

static void test_nothing(void)
{
	static const char *const texts[] = { "", "\n\n", "x = 1", "if x:",
					     "(((", "'''", "\tx\n y\n" };
	uint32_t line;
	size_t i;

	CHECK(!cut(program, 4, 0));
	CHECK(!cut(program, 99, 0));
	CHECK(!cut(program, 13, 0)); /* too little */
	CHECK(!cut(program, 11, 1)); /* and none of the block before it */
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (line = 0; line < 4; line++)
			free(cut(texts[i], line, line * 259));
	CHECK(!cut("x = 1", 1, 0)); /* all of it */
}

int main(void)
{
	RUN(test_one_statement);
	RUN(test_a_block_is_whole);
	RUN(test_neighbours);
	RUN(test_nothing);
	return DONE();
}
