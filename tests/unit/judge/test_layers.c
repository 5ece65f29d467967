// SPDX-License-Identifier: GPL-2.0-or-later
/* Layers of a text, of archives, of compiled code; bounds. */
#include "folding.h"

#include "../test.h"
#include "judge/layers.h"
#include "judge/verdict.h"

#define MOST 80

struct seen {
	unsigned int n;
	char kinds[MOST][24];
	unsigned int parent[MOST];
	char text[MOST][64];
	bool judge[MOST];
	int stop_at; /* the callback refuses this one */
};

static int found(void *context, const struct mpy_found *f)
{
	struct seen *s = context;
	size_t n = f->size < 63 ? f->size : 63;

	CHECK(f->index == s->n + 1);
	CHECK(f->parent < f->index);
	if (s->stop_at && (int)f->index == s->stop_at)
		return -5;
	if (s->n == MOST)
		return 0;
	snprintf(s->kinds[s->n], sizeof(s->kinds[0]), "%s", f->kind);
	memcpy(s->text[s->n], f->data, n);
	s->text[s->n][n] = '\0';
	s->judge[s->n] = f->judge;
	s->parent[s->n++] = f->parent;
	return 0;
}

static int find(const char *text, struct seen *s, unsigned int *bounds)
{
	struct folding f;
	int result;

	memset(s, 0, offsetof(struct seen, stop_at));
	folding_start(&f, text, strlen(text));
	result = mpy_layers_find(f.fold, &f.budget, true, found, s);
	if (bounds)
		*bounds = f.budget.bounds;
	folding_end(&f);
	return result;
}

/* The kinds in a row, and what the last of them is. */
static void gives(const char *text, const char *kinds, const char *last)
{
	struct seen s = { 0 };
	char row[1024] = "";

	CHECK(!find(text, &s, NULL));
	for (unsigned int i = 0; i < s.n; i++) {
		strncat(row, i ? " " : "", sizeof(row) - strlen(row) - 1);
		strncat(row, s.kinds[i], sizeof(row) - strlen(row) - 1);
	}
	if (strcmp(row, kinds))
		printf("# in %s\n", text);
	CHECK_STR(row, kinds);
	if (last)
		CHECK_STR(s.n ? s.text[s.n - 1] : "", last);
}

/* Statements that are run one by one are judged as one program too. */
static void in_pieces(void)
{
	gives("for s in ['import os', 'import re', 'x = 1']:\n    exec(s)",
	      "compile compile compile compile pieces",
	      "import os\nimport re\nx = 1\nx = 1\n");
	gives("exec('import ' + 'os')\nexec('import re')\nexec('x=1')",
	      "joined compile compile pieces",
	      "import os\nimport re\nx=1\n");
	gives("exec('import os')\nexec('import re')", "compile compile",
	      "import re");
}

static void followed(void)
{
	gives("exec('import os')", "compile", "import os");
	gives("exec('imp' + 'ort os')", "joined", "import os");
	gives("import base64\nexec(base64.b64decode('aW1wb3J0IG9z'))",
	      "base64", "import os");
	gives("import base64\nexec(base64.b64decode('z9GI0J3bw1Wa'[::-1]))",
	      "base64", "import os");
	gives("exec(''.join(map(chr, [105, 109, 112, 111, 114, 116, 32, 111, "
	      "115, 32, 32, 32, 32, 32, 32, 32])))", "chr",
	      "import os       ");
	gives("exec('so tropmi'[::-1])", "reversed", "import os");
	gives("exec(bytes(c ^ 1 for c in b'hlqnsu!nr').decode())", "xor",
	      "import os");
	gives("import codecs\nexec(codecs.decode('vzcbeg bf', 'rot13'))",
	      "rot13", "import os");
	gives("exec(bytes.fromhex('696d706f7274206f73'))", "hex",
	      "import os");
	gives("import zlib, base64\nexec(zlib.decompress(base64.b64decode("
	      "'eJzLzC3ILypRyC/mAgAWLwOo')))", "base64 zlib",
	      "import os\n");
	gives("exec('aW1wb3J0IG9z'.decode('base64'))", "base64", "import os");
	gives("import os, base64\nos.system(base64.b64decode('aWQ='))",
	      "base64", "id");
	gives("import sys, subprocess\nsubprocess.run([sys.executable, '-c', "
	      "'import os'])", "compile", "import os");
	gives("with open(d + '/x.py', 'w') as f:\n  f.write('import os')",
	      "compile", "import os");
	gives("from pathlib import Path\n"
	      "Path(d, 'x.pyw').write_text('import ' + 'os')", "joined",
	      "import os");
	gives("with open('x.txt', 'w') as f:\n  f.write('import os')", "",
	      NULL);
	gives("import _thread\n"
	      "_thread.start_new_thread(exec, ('import' + ' os',))", "joined",
	      "import os");
	gives("import ast\nexec(compile(ast.parse('import' + ' os'), '', 'exec'))",
	      "joined", "import os");
	gives("import code\ncode.InteractiveInterpreter().runsource("
	      "'import' + ' os')", "joined", "import os");
	gives("import cProfile\ncProfile.run('import' + ' os')", "joined",
	      "import os");
	gives("import timeit\ntimeit.Timer('import' + ' os')", "joined",
	      "import os");
	gives("import runpy\nrunpy.run_path('a' + 'b.py')", "", NULL);
	gives("x = 'import os'\n", "", NULL);
	gives("", "", NULL);
}

static void chains_have_parents(void)
{
	struct seen s = { 0 };

	CHECK(!find("import zlib, base64 as b\nd = b.b64decode("
		    "'eJzLzC3ILypRyC/mAgAWLwOo')\nexec(zlib.decompress(d))\n"
		    "exec('pass')", &s, NULL));
	CHECK(s.n == 3);
	CHECK(s.parent[0] == 0 && s.parent[1] == 1 && s.parent[2] == 0);
	/* a step on the way is shown, not judged */
	CHECK(!s.judge[0] && s.judge[1] && s.judge[2]);
	CHECK_STR(s.kinds[2], "compile");
}

static void guessed(void)
{
	/* base64 of: import os\nos.getcwd()\n, never decoded here */
	gives("x = 'aW1wb3J0IG9zCm9zLmdldGN3ZCgpCg=='", "base64",
	      "import os\nos.getcwd()\n");
	gives("x = '==gCpgCZ3NGdldmLz9mCz9GI0J3bw1Wa'", "reversed base64",
	      "import os\nos.getcwd()\n");
	gives("x = '696d706f7274206f730a6f732e67657463776428290a'", "hex",
	      "import os\nos.getcwd()\n");
	gives("x = ')(dwcteg.so;so tropmi #'", "", NULL);
	gives("x = 'vzcbeg bf; bf.trgpjq(); cnff'", "rot13",
	      "import os; os.getcwd(); pass");
	/* an image, a key, a sentence are no programs */
	gives("x = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ'", "", NULL);
	gives("x = '0123456789abcdef0123456789abcdef01234567'", "", NULL);
	gives("x = 'abcdefghijklmnopqrstuvwxyzabcdef'", "", NULL);
}

/* Of a string that grows piece by piece the whole is a layer, no part. */
static void growing(void)
{
	gives("import base64, zlib\na = 'eJzLzC3ILypRyC/mKijKzCvRyC/WS08tSS5P'\n"
	      "a += '0dDU5MqESBZXwmSBLL2CxJIMHQVD'\na += 'I2MTU00uANgiFUA='\n"
	      "exec(zlib.decompress(base64.b64decode(a)))\n",
	      "base64 zlib",
	      "import os\nprint(os.getcwd())\nimport sys\n"
	      "print(sys.path, 12345)\n");
}

static void refused(void)
{
	struct seen s = { .stop_at = 2 };

	CHECK(find("exec('import a')\nexec('import b')\nexec('import c')", &s,
		   NULL) == -5);
	CHECK(s.n == 1);
}

static void many(void)
{
	char text[100 * 20 + 1] = "";
	struct seen s = { 0 };
	unsigned int bounds;

	for (int i = 0; i < 100; i++)
		strcat(text, "exec('import os')\n");
	CHECK(!find(text, &s, &bounds));
	CHECK(s.n == MPY_LAYERS_MAX);
	CHECK(bounds & MPY_BOUND_LAYERS);
}

/* A bomb: 48 bytes that stand for a million, ten thousand times. */
static void bombs(void)
{
	struct seen s = { 0 };
	unsigned int bounds;

	CHECK(!find("import bz2, base64\nd = base64.b64decode('QlpoOTFBWSZTWZe"
		    "+3DgAB6iBQKAAAAIACCAAMMwJqmmVJDapSQ8XckU4UJCXvtw4')\n"
		    "x = b''\nfor i in range(10000):\n"
		    "  x += bz2.decompress(d)\nexec(x)\n", &s, &bounds));
	CHECK(s.n <= MPY_LAYERS_MAX);
	CHECK(bounds & MPY_BOUND_DECODED);
}

/* ---- archives ------------------------------------------------------------ */

static const uint8_t gz[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0xcc,
	0x2d, 0xc8, 0x2f, 0x2a, 0x51, 0xc8, 0x2f, 0xe6, 0x02, 0x00, 0x6e, 0x86,
	0x3c, 0xff, 0x0a, 0x00, 0x00, 0x00
};

static void archives(void)
{
	struct seen s = { 0 };
	struct mpy_budget budget;
	uint8_t *text = NULL;
	size_t size;

	mpy_budget_init(&budget);
	CHECK(mpy_layers_open(gz, sizeof(gz), &budget, found, &s, &text,
			      &size) == 1);
	CHECK(!text && s.n == 1);
	CHECK_STR(s.kinds[0], "gzip");
	CHECK_STR(s.text[0], "import os\n");
	/* text is no archive, nor is nothing */
	CHECK(mpy_layers_open((const uint8_t *)"import os\n", 10, &budget,
			      found, &s, &text, &size) == 0);
	CHECK(mpy_layers_open((const uint8_t *)"", 0, &budget, found, &s,
			      &text, &size) == 0);
	CHECK(s.n == 1);
}

/* Members: __main__ first, what is no code left out. */
static void zipapp(void)
{
	FILE *file = fopen("tests/fuzz/seeds/zip/app", "rb");
	struct seen s = { 0 };
	struct mpy_budget budget;
	uint8_t data[4096], *text = NULL;
	size_t n, size;

	if (!file)
		SKIP("not run from the top of the tree");
	n = fread(data, 1, sizeof(data), file);
	fclose(file);
	mpy_budget_init(&budget);
	CHECK(mpy_layers_open(data, n, &budget, found, &s, &text, &size) == 1);
	CHECK(!text && s.n == 2);
	CHECK_STR(s.kinds[0], "zip-member");
	CHECK(!strncmp(s.text[0], "import os\n", 10));
	CHECK_STR(s.text[1], "pass\n");
}

/* A text in front of an archive is judged without the archive's bytes. */
static void in_front_of_archive(void)
{
	static const char *const fronts[] = { "#!/bin/sh\nexec python3 $0\n",
					      "x = '''\n" };
	FILE *file = fopen("tests/fuzz/seeds/zip/app", "rb");
	uint8_t data[4096], *text;
	struct mpy_budget budget;
	size_t n, size;

	if (!file)
		SKIP("not run from the top of the tree");
	/* its own "#!" line goes */
	while ((n = (size_t)fgetc(file)) != '\n' && !feof(file))
		;
	for (unsigned int i = 0; i < 2; i++) {
		size_t front = strlen(fronts[i]);
		long at = ftell(file);
		struct seen s = { 0 };

		memcpy(data, fronts[i], front);
		n = fread(data + front, 1, sizeof(data) - front, file);
		fseek(file, at, SEEK_SET);
		mpy_budget_init(&budget);
		CHECK(!mpy_layers_open(data, front + n, &budget, found, &s,
				       &text, &size));
		CHECK(s.n == 2);
		/* within a string they might be code */
		CHECK(i ? !text
			: text && size == front && !memcmp(text, data, size));
		free(text);
	}
	fclose(file);
}

/* A program that reads other members of the archive that it is in. */
static void beside_in_archive(void)
{
	static const uint8_t archive[] = /* a member "m": import os */
		"PK\003\004\024\000\000\000\000\000\000\000!P\365n\206<\011\000\000"
		"\000\011\000\000\000\001\000\000\000mimport osPK\001\002\024\003\024"
		"\000\000\000\000\000\000\000!P\365n\206<\011\000\000\000\011\000\000"
		"\000\001\000\000\000\000\000\000\000\000\000\000\000\200\001\000\000"
		"\000\000mPK\005\006\000\000\000\000\001\000\001\000/\000\000\000(\000"
		"\000\000\000\000";

	folding_archive = archive;
	folding_archive_size = sizeof(archive) - 1;
	gives("import zipfile, sys\n"
	      "exec(zipfile.ZipFile(sys.path[0]).read('m'))", "zip-member",
	      "import os");
	gives("import os\nexec(__loader__.get_data(os.path.join("
	      "__loader__.archive, 'm')))", "zip-member", "import os");
	gives("import pkgutil\nexec(pkgutil.get_data(__package__, 'm'))",
	      "zip-member", "import os");
	gives("import pkgutil\nexec(pkgutil.get_data(__package__, 'n'))", "",
	      NULL);
	gives("import zipfile\nexec(zipfile.ZipFile(other).read('m'))", "",
	      NULL);
	folding_archive = NULL;
	gives("import zipfile, sys\n"
	      "exec(zipfile.ZipFile(sys.path[0]).read('m'))", "", NULL);
}

/* A program that reads its own file, an archive in memory, python -c. */
static void own_and_others(void)
{
	gives("import base64\nexec(base64.b64decode(''.join(l[2:].strip() "
	      "for l in open(__file__) if l.startswith('#~'))))\n"
	      "#~aW1wb3J0\n#~IG9z\n", "base64", "import os");
	gives("import base64\nexec(base64.b64decode(open(__file__).read()"
	      ".split('# DA' + 'TA')[-1].strip()[2:]))\n"
	      "# DATA\n# aW1wb3J0IG9z\n", "base64", "import os");
	gives("import linecache as l\n"
	      "exec(l.getlines(__file__)[3][1:] + open(__file__)"
	      ".read().splitlines()[4][1:])\n"
	      "#\n#import \n#os\n", "joined", "import \nos");
	gives("import re\nfrom pathlib import Path\n"
	      "exec(re.search('# (imp.*)$', Path(__file__).resolve()"
	      ".read_text(), re.M)[1])\n# import os\n", "joined", "import os");
	gives("import os, sys\nb = b''\n"
	      "for l in open(os.path.abspath(__file__), 'rb'):\n"
	      "    if l.startswith(b'#~'):\n        b += l[2:]\n"
	      "exec(b)\n\n\n#~import \\\n#~os\n", "joined",
	      "import \\\nos\n");
	gives("f = open(__file__)\nf.seek(52)\nexec(f.read())\n\n# xxxx"
	      "import os", "compile", "import os");
	gives("import sys, os\nos.execv(sys.executable, [sys.executable, "
	      "'-c', 'import os'] + [__file__] + sys.argv[1:])",
	      "compile", "import os");
	gives("import zipfile, io, base64\n"
	      "z = zipfile.ZipFile(io.BytesIO(base64.b64decode(\n"
	      "'UEsDBBQAAAAAAAAAIVD1boY8CQAAAAkAAAABAAAAbWltcG9ydCBvc1BLAQIU'\n"
	      "'AxQAAAAAAAAAIVD1boY8CQAAAAkAAAABAAAAAAAAAAAAAACAAQAAAABtUEsF'\n"
	      "'BgAAAAABAAEALwAAACgAAAAAAA=='\n"
	      ")))\n"
	      "exec(z.read('m'))", "base64 zip-member", "import os");
	/* what a pickle executes, and what it holds */
	gives("import pickle\npickle.loads(b\"cbuiltins\\nexec\\n"
	      "(S'import os'\\ntR.\")", "pickle", "import os");
	gives("import pickle\nexec(pickle.loads(b\"S'import os'\\n.\"))",
	      "pickle", "import os");
	/* in lines, decoded elsewhere */
	gives("DATA = b'''\nX>D+Ca&#bXa|&>BX>N2VZ*wkgVQp\nnBASYpBV=yNv3I\n'''\n", "base85",
	      "import os\nprint(os.name, 'abc0')\n");
	/* not another file, and no member that it has not got */
	gives("exec(open(__file__ + '.txt').read())\n#import os\n", "", NULL);
	/* from where is not known, or nothing is left */
	gives("f = open(__file__)\nf.readline()\nexec(f.read())\nimport os",
	      "", NULL);
	gives("f = open(__file__)\nf.seek(int(n))\nexec(f.read())", "", NULL);
	gives("f = open(__file__)\nx = f.read()\nexec(f.read())", "", NULL);
	/* each time that it is opened it is read from its beginning */
	gives("def f():\n  open(__file__).readline()\n"
	      "h = open(__file__)\nh.seek(9)\ng = open(__file__)\n"
	      "exec(g.read().split('# ')[2])\n# import os", "joined",
	      "import os");
}

int main(void)
{
	RUN(followed);
	RUN(in_pieces);
	RUN(chains_have_parents);
	RUN(guessed);
	RUN(growing);
	RUN(refused);
	RUN(many);
	RUN(bombs);
	RUN(archives);
	RUN(zipapp);
	RUN(beside_in_archive);
	RUN(in_front_of_archive);
	RUN(own_and_others);
	return DONE();
}
