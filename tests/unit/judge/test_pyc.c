// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compiled Python: files made by real compilers (the seeds of the fuzzer)
 * and code objects built by hand, 3.14's among them.
 */
#include "../test.h"

#include <stdlib.h>

#include "judge/pyc.h"

static char *text_of(const uint8_t *data, size_t size, unsigned int version)
{
	struct mpy_budget budget;
	uint8_t *text = NULL;
	size_t n = 0;
	char *copy;

	mpy_budget_init(&budget);
	if (mpy_pyc_text(data, size, version, &budget, &text, &n))
		n = 0;
	copy = malloc(n + 1);
	memcpy(copy, text ? text : (uint8_t *)"", n);
	copy[n] = '\0';
	free(text);
	return copy;
}

static void has(const char *text, const char *what)
{
	if (!strstr(text, what))
		printf("# no \"%s\" in:\n# %s\n", what, text);
	CHECK(strstr(text, what) != NULL);
}

/* ---- by real compilers --------------------------------------------------- */

static size_t read_seed(const char *name, uint8_t *data, size_t room)
{
	char path[100];
	size_t n = 0;
	FILE *file;

	snprintf(path, sizeof(path), "tests/fuzz/seeds/pyc/%s", name);
	file = fopen(path, "rb");
	if (file) {
		n = fread(data, 1, room, file);
		fclose(file);
	}
	return n;
}

static void check_sample(const char *name, unsigned int want, bool bare)
{
	uint8_t data[8192];
	size_t n = read_seed(name, data, sizeof(data)), offset;
	unsigned int version;
	char *text;

	CHECK(n > 0);
	version = mpy_pyc_version(data, n, &offset);
	CHECK(version == want);
	if (bare)
		CHECK(mpy_pyc_is_marshal(data + offset, n - offset));
	text = text_of(data + offset, n - offset, bare ? 0 : version);
	has(text, "import os\nimport sys\n");
	has(text, "from base64 import b64decode as b\n");
	has(text, "def run(self, cmd, n):\n");
	has(text, "for line in cmd:\n");
	has(text, "print(line)");
	has(text, "[chr(c ^ 7) for c in cmd]");
	has(text, "exec(''.join(map(chr, ");
	has(text, "112, 97, 115, 115");
	has(text, "K().run('id', n=2)");
	free(text);
}

static void compiled(void)
{
	static const struct {
		const char *name;
		unsigned int version;
	} files[] = {
		{ "py3.6", 0x0306 },  { "py3.7", 0x0307 },
		{ "py3.8", 0x0308 },  { "py3.9", 0x0309 },
		{ "py3.10", 0x030a }, { "py3.11", 0x030b },
		{ "py3.12", 0x030c }, { "py3.13", 0x030d },
	};
	uint8_t data[8192];

	if (!read_seed("py3.8", data, sizeof(data)))
		SKIP("not run from the top of the tree");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		check_sample(files[i].name, files[i].version, false);
	/* marshal data alone: the layout is found out */
	check_sample("py3.6", 0x0306, true);
	check_sample("py3.7", 0x0307, true);
	check_sample("py3.9", 0x0309, true);
	check_sample("py3.11", 0x030b, true);
	check_sample("py3.12", 0x030c, true);
	check_sample("py3.13", 0x030d, true);
}

static void python2(void)
{
	uint8_t data[8192];
	size_t n = read_seed("py2.7", data, sizeof(data)), offset;
	char *text;

	if (!n)
		SKIP("not run from the top of the tree");
	CHECK(mpy_pyc_version(data, n, &offset) == 0x0207);
	text = text_of(data + offset, n - offset, 0x0207);
	has(text, "import os\nimport sys\n");
	has(text, "exec(''.join(map(chr, [112, 97, 115, 115])))");
	has(text, "K().run('id', n=2)");
	has(text, "[chr(c ^ 7) for c in cmd]");
	free(text);
}

/* Each prefix of a file gives what can be read of it, or nothing. */
static void truncated(void)
{
	uint8_t data[8192];
	size_t n = read_seed("py3.11", data, sizeof(data));

	if (!n)
		SKIP("not run from the top of the tree");
	for (size_t i = 16; i < n; i += 3) {
		uint8_t *part = malloc(i);

		memcpy(part, data, i);
		free(text_of(part + 16, i - 16, 0x030b));
		free(part);
	}
	CHECK(1);
}

/* ---- by hand ------------------------------------------------------------- */

struct builder {
	uint8_t data[2048];
	size_t n;
};

static void put(struct builder *b, const void *data, size_t size)
{
	memcpy(b->data + b->n, data, size);
	b->n += size;
}

static void put8(struct builder *b, unsigned int v)
{
	b->data[b->n++] = (uint8_t)v;
}

static void put32(struct builder *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		put8(b, v >> (8 * i));
}

static void put_bytes(struct builder *b, const void *data, size_t size)
{
	put8(b, 's');
	put32(b, (uint32_t)size);
	put(b, data, size);
}

static void put_text(struct builder *b, const char *text)
{
	put8(b, 'z');
	put8(b, (unsigned int)strlen(text));
	put(b, text, strlen(text));
}

static void put_names(struct builder *b, const char *const *names, size_t n)
{
	put8(b, ')');
	put8(b, (unsigned int)n);
	for (size_t i = 0; i < n; i++)
		put_text(b, names[i]);
}

/* A module of 3.11 or later: code, one constant and None, names. */
static void put_module(struct builder *b, const uint8_t *code, size_t size,
		       const char *constant, const char *const *names,
		       size_t n)
{
	put8(b, 'c' | 0x80);
	for (int i = 0; i < 5; i++)
		put32(b, i == 3 ? 4 : 0);
	put_bytes(b, code, size);
	put8(b, ')');
	put8(b, 2);
	put_text(b, constant);
	put8(b, 'N');
	put_names(b, names, n);
	put_names(b, NULL, 0); /* locals */
	put_bytes(b, "", 0);   /* kinds of them */
	put_text(b, "x.py");
	put_text(b, "<module>");
	put_text(b, "<module>");
	put32(b, 1);
	put_bytes(b, "", 0);
	put_bytes(b, "", 0);
}

static void by_hand_314(void)
{
	/* import os; os.system('id') */
	static const uint8_t code[] = {
		128, 0,		/* RESUME */
		94, 0,		/* LOAD_SMALL_INT 0 */
		82, 1,		/* LOAD_CONST None */
		73, 0,		/* IMPORT_NAME os */
		116, 0,		/* STORE_NAME os */
		93, 0,		/* LOAD_NAME os */
		80, 2,		/* LOAD_ATTR system */
		0, 0, 0, 0, 33, 0, /* caches, PUSH_NULL */
		82, 0,		/* LOAD_CONST 'id' */
		52, 1,		/* CALL 1 */
		0, 0, 31, 0,	/* cache, POP_TOP */
		82, 1, 35, 0	/* LOAD_CONST None, RETURN_VALUE */
	};
	static const char *const names[] = { "os", "system" };
	struct builder b = { .n = 0 };
	uint8_t head[16] = { 0x2b, 0x0e, '\r', '\n' };
	size_t offset;
	char *text;

	put(&b, head, 16);
	put_module(&b, code, sizeof(code), "id", names, 2);
	CHECK(mpy_pyc_version(b.data, b.n, &offset) == 0x030e && offset == 16);
	text = text_of(b.data + 16, b.n - 16, 0x030e);
	CHECK_STR(text, "import os\nos.system('id')\n");
	free(text);
	text = text_of(b.data + 16, b.n - 16, 0);
	CHECK_STR(text, "import os\nos.system('id')\n");
	free(text);
}

/* ---- hostile ------------------------------------------------------------- */

static void circles(void)
{
	/* a list that contains itself, as a constant; names refer back */
	static const uint8_t list[] = { '[' | 0x80, 1, 0, 0, 0, 'r',
					0, 0, 0, 0 };
	struct builder b = { .n = 0 };

	put(&b, list, sizeof(list));
	free(text_of(b.data, b.n, 0x030b));
	/* a code object whose name and constants are itself */
	b.n = 0;
	put8(&b, 'c' | 0x80);
	for (int i = 0; i < 5; i++)
		put32(&b, 0);
	put_bytes(&b, "\x97\0d\0S\0", 6);
	for (int i = 0; i < 8; i++) {
		put8(&b, 'r');
		put32(&b, 0);
	}
	free(text_of(b.data, b.n, 0x030b));
	CHECK(1);
}

static void huge_counts(void)
{
	static const char types[] = "([<>siulcatAzZ){fxgy:";
	uint8_t data[64];

	for (size_t i = 0; i < sizeof(types) - 1; i++) {
		memset(data, 0xff, sizeof(data));
		data[0] = (uint8_t)types[i];
		free(text_of(data, sizeof(data), 0x030b));
		memset(data, 0x7f, sizeof(data));
		data[0] = (uint8_t)types[i] | 0x80;
		free(text_of(data, sizeof(data), 0x0207));
	}
	/* tuples in tuples without end */
	{
		uint8_t *deep = malloc(1 << 20);

		for (size_t i = 0; i + 2 <= 1 << 20; i += 2) {
			deep[i] = ')';
			deep[i + 1] = 1;
		}
		free(text_of(deep, 1 << 20, 0x030b));
		free(deep);
	}
	CHECK(1);
}

static void no_pyc(void)
{
	size_t offset;

	CHECK(!mpy_pyc_version((const uint8_t *)"", 0, &offset));
	CHECK(!mpy_pyc_version((const uint8_t *)"import os\r\nimport sys", 20,
			       &offset));
	CHECK(!mpy_pyc_is_marshal((const uint8_t *)
				  "class A:\n    def f(self):\n        pass\n\n",
				  40));
}

int main(void)
{
	RUN(compiled);
	RUN(python2);
	RUN(truncated);
	RUN(by_hand_314);
	RUN(circles);
	RUN(huge_counts);
	RUN(no_pyc);
	return DONE();
}
