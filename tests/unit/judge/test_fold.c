// SPDX-License-Identifier: GPL-2.0-or-later
/* Constant folding and what names stand for. */
#include "folding.h"

#include "../test.h"
#include "judge/verdict.h"

/* Some item is this name. */
static void resolves_to(const char *text, const char *want)
{
	const struct mpy_fold_item *items;
	struct folding f;
	bool found = false;
	size_t n;

	folding_start(&f, text, strlen(text));
	items = mpy_fold_items(f.fold, &n);
	for (size_t i = 0; i < n; i++)
		found |= items[i].kind == MPY_FOLD_NAME &&
			 items[i].size == strlen(want) &&
			 !memcmp(items[i].data, want, items[i].size);
	if (!found)
		printf("# in %s\n", text);
	CHECK(found);
	folding_end(&f);
}

static void strings(void)
{
	folds_to("x = 'im' + 'port'", "import");
	folds_to("x = 'im' 'port'", "import");
	folds_to("x = ('im'\n 'po' 'rt')", "import");
	folds_to("x = 'tropmi'[::-1]", "import");
	folds_to("x = 'ximportx'[1:-1]", "import");
	folds_to("y = '\xc3\xa9' * 3000 + 'import'\nx = y[3000:3006]",
		 "import");
	folds_to("y = '\xc3\xa9' * 3000 + 'import'\nx = y[3000:]", "import");
	folds_to("x = 'i-m-p'.split('-')[1] + '!'", "m!");
	folds_to("x = ''.join(['im', 'port'])", "import");
	folds_to("x = '-'.join(('a', 'b', 'c'))", "a-b-c");
	folds_to("x = ''.join(reversed('tropmi'))", "import");
	folds_to("x = 'i%st%c' % ('mpor', 33)", "import!");
	folds_to("x = 'im{}{}'.format('po', 'rt')", "import");
	folds_to("x = 'im{1}{0}{a}'.format('r', 'po', a='t')", "import");
	folds_to("x = f\"im{'po'}rt\"", "import");
	folds_to("x = f'{chr(105)}m{{}}'", "im{}");
	folds_to("x = 'imXXport'.replace('XX', '')", "import");
	folds_to("x = 'IMPORT'.lower()", "import");
	folds_to("x = 'a' + ('b' if 'xy1'.isalnum() else 'c')", "ab");
	folds_to("x = 'a' + ('b' if 'x1'.isalpha() else 'c')", "ac");
	folds_to("x = 'a' + ('b' if '1'.islower() else 'c')", "ac");
	folds_to("x = 'a' + ('b' if 'X 1'.isupper() else 'c')", "ab");
	folds_to("x = 'a' + ('b' if 33 <= ord('z') <= 126 else 'c')", "ab");
	folds_to("x = 'a' + ('b' if 33 <= ord(' ') <= 126 else 'c')", "ac");
	folds_to("x = 'a' + ('b' if 1 < 3 < 2 < 9 else 'c')", "ac");
	folds_to("x = 'ab' * 3", "ababab");
	folds_to("x = '\\x69\\x6d\\x70\\x6f\\x72\\x74'", "import");
	folds_to("x = 'aabb'.translate(str.maketrans('ab', 'xy'))", "xxyy");
	folds_to("x = str(b'abc', 'utf-8') + '!'", "abc!");
}

static void characters(void)
{
	folds_to("x = chr(105) + chr(109)", "im");
	folds_to("x = chr(int(float('105.0'))) + chr(int(float(218 / 2)))", "im");
	folds_to("x = chr(-(-105 << 0)) + chr(109)", "im");
	folds_to("x = ''.join(map(chr, [105, 109]))", "im");
	folds_to("x = ''.join([chr(c) for c in (105, 109)])", "im");
	folds_to("x = ''.join(chr(c ^ 7) for c in [110, 106])", "im");
	folds_to("x = ''.join(chr(ord(c) - 1) for c in 'jn')", "im");
	folds_to("x = bytes([105, 109]).decode()", "im");
	folds_to("x = bytearray((105, 109))", "im");
	folds_to("x = bytes.fromhex('696d')", "im");
	folds_to("x = bytes(a ^ b for a, b in zip(b'ab', b'  '))", "AB");
	folds_to("import itertools\nx = ''.join(chr(ord(a) ^ ord(b)) for a, b "
		 "in zip('ABCD', itertools.cycle('  ')))", "abcd");
	folds_to("x = ''.join(map(lambda c: chr(c + 1), [104, 108]))", "im");
	folds_to("x = ''.join(chr(int(c, 16)) for c in '69 6d'.split())", "im");
	folds_to("x = ''.join(c for c in 'i!m!' if c != '!')", "im");
	folds_to("d = {'a': 'i', 'b': 'm'}\nx = ''.join(d[c] for c in 'ab')",
		 "im");
	/* text beyond ASCII is made of characters, not of bytes */
	folds_to("x = ''.join(chr(ord(c) ^ 200) for c in '\u00a1\u00a5')",
		 "im");
	folds_to("x = 'm\u00e4i'[::-1]", "i\u00e4m");
}

static void loops_and_functions(void)
{
	folds_to("s = ''\nfor c in [105, 109]:\n  s += chr(c)\ny = s + '!'",
		 "im!");
	folds_to("s = ''\ni = 0\nwhile i < 2:\n  s += 'ab'[i]\n  i += 1\n"
		 "y = s + '!'", "ab!");
	folds_to("def f(t):\n  o = ''\n  for i in range(len(t)):\n"
		 "    o += chr(ord(t[i]) - 1)\n  return o\ny = f('jn') + '!'",
		 "im!");
	folds_to("f = lambda t, k=1: ''.join(chr(ord(c) - k) for c in t)\n"
		 "y = f('jn') + '!'", "im!");
	folds_to("def f(c):\n  if c == 'a':\n    return 'x'\n  else:\n"
		 "    return 'y'\ny = f('a') + f('b')", "xy");
	folds_to("x = ''.join(c for r in [['i'], ['m', '!']] for c in r)",
		 "im!");
	folds_to("x = ''.join([chr(c + 1) for r in ((104, 0), (108,)) if r "
		 "for c in r if c if c != 3])", "im");
	folds_to("x = ''.join(a + b + c for a in 'i' for b in 'mn' "
		 "for c in '!?')", "im!im?in!in?");
	folds_to("x = ''.join([c for c in 'i#m~' if c not in '#~'])", "im");
	folds_to("x = ''.join([c for c in 'i#m~' if c in ['i', 'm']])", "im");
	folds_to("x = ''.join(sum([['i'], ['m', '!']], []))", "im!");
	folds_to("from itertools import *\nx = ''.join(chain('i', ['m!']))",
		 "im!");
	folds_to("import itertools\n"
		 "x = bytes(itertools.chain.from_iterable([[105], [109]]))",
		 "im");
	folds_to("x = ''.join(c for _, c in sorted(zip([2, 1], 'mi')))", "im");
	folds_to("x = ''.join(c for _, c in sorted({2: 'm', 1: 'i'}.items()))",
		 "im");
	folds_to("x = ''.join(t[1] for t in sorted([(1, 'm'), (2, 'i')], "
		 "key=lambda t: t[0], reverse=True))", "im");
	folds_to("d = {1: 'm', 0: 'i'}\n"
		 "x = ''.join(d[i] for i in range(len(d)))", "im");
	folds_to("d = {1: 'm', 0: 'i'}\nx = ''.join(map(d.get, range(2)))",
		 "im");
	folds_to("x = ''.join(map('mi'.__getitem__, [1, 0]))", "im");
	folds_to("x = ''.join(''.join(t) for t in zip(*['im', 'mp', 'po', 'or',"
		 " 'rt']))", "impormport");
	folds_to("import itertools\nx = ''.join(a + b for a, b in "
		 "itertools.zip_longest('ip', 'm', fillvalue=''))", "imp");
	folds_to("import itertools as i\n"
		 "x = ''.join(i.compress('ixmx', i.cycle([1, 0])))", "im");
	folds_to("x = int('zzzzzzzzzzzzzzzz', 36).to_bytes(11, 'big').hex()",
		 "06954fe21e3e80ffffffff");
	folds_to("'im'\nx = __doc__ + '!'", "im!");
	folds_to("def f():\n  'im'\n  return 1\nx = f.__doc__ + '!'", "im!");
	folds_to("class A:\n  'im'\nx = A.__doc__ + '!'", "im!");
	folds_to("class A:\n  'im'\n  k = 'a' 'b'\n  if k:\n    'no'\n"
		 "x = A.__doc__ + '!'", "im!");
	folds_to("x = 'a##im'.partition('##')[2] + '!'", "im!");
	folds_to("x = 'im'.partition('##')[0] + '!'", "im!");
	folds_to("x = 'im'.partition('##')[2] + '!'", "!");
	folds_to("x = 'i'.__add__('m').__add__('!')", "im!");
	folds_to("class A:\n  k = 'im'\n  def f(self, t):\n"
		 "    return self.k + t\ny = 'a' 'b'", "ab");
}

static void decoders(void)
{
	folds_to("import base64\nx = base64.b64decode('aW1wb3J0')", "import");
	folds_to("from base64 import b64decode as d\nx = d(b'aW1wb3J0')",
		 "import");
	folds_to("import codecs\nx = codecs.decode('vzcbeg', 'rot_13')",
		 "import");
	folds_to("x = 'aW1wb3J0'.decode('base64')", "import");
	folds_to("x = '696d'.decode('hex')", "im");
	folds_to("import binascii as b\nx = b.unhexlify('696d')", "im");
	folds_to("import zlib\nx = zlib.decompress(b'x\\x9c\\xcb\\xcc-\\xc8/*Q"
		 "\\xc8/\\xe6\\x02\\x00\\x16/\\x03\\xa8')", "import os\n");
}

static void names(void)
{
	resolves_to("e = exec\ne('pass')", "exec");
	resolves_to("import os as o\no.system('x')", "os.system");
	resolves_to("from os import system as s\ns('x')", "os.system");
	resolves_to("from os import *\nsystem('x')", "os.system");
	resolves_to("import os\ngetattr(os, 'sys' + 'tem')('x')", "os.system");
	resolves_to("__import__('o' + 's').system('x')", "os.system");
	resolves_to("import importlib\nimportlib.import_module('os').system",
		    "os.system");
	resolves_to("globals()['ex' + 'ec']('x')", "exec");
	resolves_to("__builtins__.__dict__['eval']('x')", "eval");
	resolves_to("import builtins\nvars(builtins)['exec']('x')", "exec");
	resolves_to("import builtins\nbuiltins.exec('x')", "exec");
	resolves_to("import sys\nsys.modules['os'].system('x')", "os.system");
	/* wide letters are the plain ones */
	resolves_to("\U0001d41e\U0001d431\U0001d41e\U0001d41c('pass')",
		    "exec");
}

/* What is shadowed is not what it was. */
static void scopes(void)
{
	const struct mpy_fold_item *items;
	const char text[] = "e = exec\ndef f(e):\n  e('x')\nf(1)\n";
	struct folding f;
	size_t n;

	folding_start(&f, text, strlen(text));
	items = mpy_fold_items(f.fold, &n);
	CHECK(n == 0 || items[0].kind != MPY_FOLD_NAME);
	folding_end(&f);
	resolves_to("e = exec\ndef f(e):\n  pass\ne('x')\n", "exec");
}

static void items_are_sorted(void)
{
	const char text[] = "import os as o\nx = ('a' + 'b') + 'c'\n"
			    "o.popen('a' 'b', o.sep, y['c' + 'd'])\n"
			    "z = [f\"{'q'}\", ('x'\n'y')]\n";
	const struct mpy_fold_item *items;
	struct folding f;
	size_t n;

	folding_start(&f, text, strlen(text));
	items = mpy_fold_items(f.fold, &n);
	CHECK(n > 4);
	for (size_t i = 0; i < n; i++) {
		CHECK(items[i].first <= items[i].last);
		CHECK(items[i].last < f.n_tokens);
		CHECK(!i || items[i - 1].last < items[i].first);
		CHECK(items[i].line > 0);
	}
	folding_end(&f);
}

/* ---- folding twice is folding once --------------------------------------- */

static size_t put_literal(char *out, const struct mpy_fold_item *item)
{
	size_t n = 0;

	if (item->kind == MPY_FOLD_BYTES_)
		out[n++] = 'b';
	out[n++] = '"';
	for (size_t i = 0; i < item->size; i++)
		n += (size_t)sprintf(out + n, item->data[i] < 32 ||
				     item->data[i] == '"' ||
				     item->data[i] == '\\' ?
				     "\\x%02x" : "%c", item->data[i]);
	out[n++] = '"';
	return n;
}

/* The text with each item in place of its tokens. */
static size_t render(const char *text, const struct folding *f, char *out)
{
	const struct mpy_fold_item *items;
	size_t n_items, n = 0, at = 0;

	items = mpy_fold_items(f->fold, &n_items);
	for (size_t i = 0; i < n_items; i++) {
		const struct mpy_token *first = &f->tokens[items[i].first];
		const struct mpy_token *last = &f->tokens[items[i].last];

		memcpy(out + n, text + at, first->start - at);
		n += first->start - at;
		if (items[i].kind == MPY_FOLD_NAME) {
			memcpy(out + n, items[i].data, items[i].size);
			n += items[i].size;
		} else {
			n += put_literal(out + n, &items[i]);
		}
		at = last->start + last->length;
	}
	memcpy(out + n, text + at, strlen(text) - at);
	n += strlen(text) - at;
	out[n] = '\0';
	return n;
}

static void twice_is_once(void)
{
	static const char *const texts[] = {
		"x = 'im' + 'port' + y\n",
		"import os\nx = getattr(os, 'sys' + 'tem')('a' 'b')\n",
		"e = exec\ne(''.join(map(chr, [105, 109])))\n",
		"import base64 as b\nexec(b.b64decode('aW1wb3J0')[::-1])\n",
		"f(x, 'a%s' % 'b', {'k' + 'l': [1, 'm' * 3]})\n",
		"globals()['ev' + 'al']('1' + '2') + z\n",
		"d = lambda t: t[::-1]\nexec(d('tropmi') + d('so '))\n",
	};
	char once[1024], again[1024];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct folding f;

		folding_start(&f, texts[i], strlen(texts[i]));
		CHECK(!f.budget.bounds);
		render(texts[i], &f, once);
		folding_end(&f);
		CHECK(strcmp(once, texts[i]));
		folding_start(&f, once, strlen(once));
		render(once, &f, again);
		folding_end(&f);
		CHECK_STR(again, once);
	}
}

/* ---- bounds -------------------------------------------------------------- */

static char *repeated(const char *piece, size_t times)
{
	size_t n = strlen(piece);
	char *text = malloc(n * times + 1);

	for (size_t i = 0; i < times; i++)
		memcpy(text + i * n, piece, n);
	text[n * times] = '\0';
	return text;
}

static unsigned int bounds_of(const char *text)
{
	struct folding f;
	unsigned int bounds;

	folding_start(&f, text, strlen(text));
	bounds = f.budget.bounds;
	folding_end(&f);
	return bounds;
}

static void deep(void)
{
	char *text = repeated("(", 100000);

	CHECK(bounds_of(text) & MPY_BOUND_DEPTH);
	free(text);
	text = repeated("[(", 50000);
	bounds_of(text);
	free(text);
	text = repeated("((1,2),", 20000); /* each must be read once */
	CHECK(!(bounds_of(text) & MPY_BOUND_STEPS));
	free(text);
	text = repeated("not ", 100000);
	bounds_of(text);
	free(text);
	text = repeated("lambda x:", 20000);
	bounds_of(text);
	free(text);
	text = repeated("x if ", 20000);
	bounds_of(text);
	free(text);
	text = repeated("2**", 20000);
	bounds_of(text);
	free(text);
	text = repeated("[x for x in ", 20000);
	CHECK(!(bounds_of(text) & MPY_BOUND_STEPS));
	free(text);
}

static void long_sums(void)
{
	char *text = repeated("'abcdefgh'+", 20000);
	const struct mpy_fold_item *items;
	struct folding f;
	size_t n;

	text[strlen(text) - 1] = '\0';
	folding_start(&f, text, strlen(text));
	items = mpy_fold_items(f.fold, &n);
	CHECK(n == 1 && items[0].size == 160000);
	folding_end(&f);
	free(text);
}

/* Text that would compute for ever, or build without end. */
static void greedy(void)
{
	static const char *const texts[] = {
		"i = 0\ns = ''\nwhile i < 1:\n  s += 'x'\n",
		"for i in range(60000):\n for j in range(60000):\n"
		"  s = 'a' + 'b'\n",
		"f = lambda x: f(x) + f(x)\nf('a')\n",
		"def f(x):\n return f(x + 'a')\nf('a')\n",
		"x = 'a' * 1000000\n" "y = (x * 1000000) + (x + x + x) * 9\n",
		"x = 'aaaaaaaaaaaaaaaa'\nx = x * 60000\nx = x + x\nx = x + x\n"
		"x = x + x\nx = x + x\nx = x + x\nx = x + x\nx = x + x\n",
		"x = [i for i in range(60000)]\nx = [x for y in x]\n"
		"z = [x for y in x for x in y]\n",
		"x = '%1000000000s' % 'a'\nx = 'a'.replace('', 'bbbbb')\n",
		"from functools import reduce\n"
		"x = reduce(max, range(2000000000), 1)\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		bounds_of(texts[i]);
	CHECK(1);
}

static void in_pieces(void)
{
	const char text[] = "e = exec\nx = 'a' + 'b'\ndef f(y):\n  return y\n"
			    "e(x)\nf('a')\n";
	const struct mpy_fold_item *items;
	struct mpy_fold *fold;
	struct folding f;
	size_t n;

	folding_start(&f, text, strlen(text));
	CHECK(!mpy_fold_create((const uint8_t *)text, strlen(text), &f.budget,
			       &fold));
	for (size_t i = 0; i < f.n_tokens; i++)
		CHECK(!mpy_fold_feed(fold, f.tokens + i, 1));
	mpy_fold_free(fold);
	CHECK(!mpy_fold_create((const uint8_t *)text, strlen(text), &f.budget,
			       &fold));
	CHECK(!mpy_fold_feed(fold, f.tokens, 4));
	CHECK(!mpy_fold_feed(fold, f.tokens + 4, f.n_tokens - 4));
	items = mpy_fold_items(fold, &n);
	CHECK(n == 3 && items[1].kind == MPY_FOLD_NAME);
	mpy_fold_free(fold);
	folding_end(&f);
	mpy_fold_free(NULL);
}

static void long_numbers(void)
{
	folds_to("x = int('0x696d706f72742073656c66', 16)"
		 ".to_bytes(11, 'big').decode() + '!'", "import self!");
	folds_to("x = (127454023072113878421040230).to_bytes(11, 'big')",
		 "import self"); /* and the same the other way around */
	folds_to("n = 0x696d706f72742073656c66\n"
		 "x = n.to_bytes((n.bit_length() + 7) // 8, 'big') + b'!'",
		 "import self!");
	folds_to("x = (0x666c6573_2074726f706d69).to_bytes(11, 'little')",
		 "import self");
	folds_to("x = (0x6d69).to_bytes(length=2, byteorder='big')", "mi");
	folds_to("x = bytes.fromhex('%x' % 0x696d706f72742073656c66)",
		 "import self");
	folds_to("x = bytes.fromhex(hex(0x696d706f72742073656c66)[2:])",
		 "import self");
	folds_to("x = int.from_bytes(b'import self', 'big').to_bytes(11, "
		 "'big')", "import self");
	/* too small a room, too many digits: nothing, and no harm */
	folds_to("x = (0x696d706f72742073656c66).to_bytes(3, 'big')",
		 "(nothing)");
	folds_to("x = (0x69).to_bytes(-1, 'big')", "(nothing)");
	folds_to("x = (0).to_bytes(0, 'big')", "");
}

static void literals_in_strings(void)
{
	folds_to("import ast\nx = ast.literal_eval('\"a\\\\x62\"')", "ab");
	folds_to("import json\nx = json.loads('\"a\\\\u0062\"')", "ab");
	folds_to("x = eval(\"'ab'\") + 'c'", "abc");
	folds_to("import json\nd = json.loads('{\"p\": \"ab\", \"q\": [1]}')\n"
		 "x = d['p'] + 'c'", "abc");
	folds_to("x = eval(\"b'ab'\") + b'c'", "abc");
	folds_to("x = eval(\"'a' + 'b'\") + 'c'", "abc");
	folds_to("a = 'im'\nx = eval('\\x61') + eval('a[::-1]') + 'c'",
		 "immic");
	folds_to("x = eval(\"eval('eval(1)')\") + 'c'", "(nothing)");
	folds_to("f = eval('lambda: \\'a\\'')\nx = eval('f()') + 'c'",
		 "(nothing)");
	folds_to("x = eval(\"'a' 1\") + 'c'", "(nothing)");
	folds_to("x = eval(\"'\") + 'c'", "(nothing)");
	folds_to("import html\nx = html.unescape('&#105;&#x6d;&amp;&bad;')",
		 "im&&bad;");
	folds_to("import urllib.parse\n"
		 "x = urllib.parse.unquote('%69m%7')", "im%7");
}

/* The cipher of many loaders: state swapped in place. */
static void rc4(void)
{
	folds_to("def f(k, d):\n    s = list(range(256))\n    j = 0\n"
		 "    for i in range(256):\n"
		 "        j = (j + s[i] + k[i % len(k)]) % 256\n"
		 "        s[i], s[j] = s[j], s[i]\n"
		 "    i = j = 0\n    out = []\n    for c in d:\n"
		 "        i = (i + 1) % 256\n        j = (j + s[i]) % 256\n"
		 "        s[i], s[j] = s[j], s[i]\n"
		 "        out.append(c ^ s[(s[i] + s[j]) % 256])\n"
		 "    return bytes(out)\n"
		 "x = f(b'Key', bytes.fromhex('bbf316e8d940af0ad3'))",
		 "Plaintext");
}

static void classes(void)
{
	folds_to("class C:\n    def __init__(self, k):\n        self.k = k\n"
		 "    def d(self, s):\n"
		 "        return bytes(c ^ self.k for c in s)\n"
		 "x = C(7).d(b'nj') + b'!'", "im!");
	folds_to("class C:\n    @staticmethod\n    def d(s):\n"
		 "        return s[::-1]\nx = C.d('mi') + '!'", "im!");
	folds_to("class C:\n    k = 'im'\n    def d(this, s):\n"
		 "        return s[::-1]\no = C()\nx = o.d('!') + o.k", "!im");
}

/* Attributes in letters that Python takes for plain ones. */
static void wide_attributes(void)
{
	folds_to("import base64\n"
		 "x = base64.\xf0\x9d\x90\x9b" "64\xef\xbd\x84"
		 "ecode('aGlt')", "him");
	folds_to("x = '!'.\xef\xbd\x8a" "oin(['a', 'b'])", "a!b");
}

/* Steps that it takes to fold text behind a comment of size bytes. */
static uint64_t steps_of(const char *text, size_t size)
{
	char *all = malloc(size + strlen(text) + 3);
	struct folding f;
	uint64_t before;

	memset(all, '#', size);
	sprintf(all + size, "\n%s\n", text);
	mpy_budget_init(&f.budget);
	before = f.budget.steps;
	folding_start(&f, all, strlen(all));
	before -= f.budget.steps;
	folding_end(&f);
	free(all);
	return before;
}

/* A statement may do more the larger a constant the text has. */
static void shares(void)
{
	static const char endless[] = "while c == 'a':\n    out.append('b')\n";
	char text[1024] = "c = 'a'\nout = []\n";
	const size_t n = 30000;
	char *data = malloc(n + 200);

	for (unsigned int i = 0; i < 10; i++)
		strcat(text, endless);
	CHECK(steps_of(text, 1000) > 50000);
	CHECK(steps_of(text, 1 << 20) < 250000);
	sprintf(data, "d = '");
	memset(data + 5, 'b', n);
	sprintf(data + 5 + n, "'\nx = ''.join(chr(ord(c) ^ 3) for c in d)\n"
		"x = x[0] + x[%zu] + '!'\n", n - 1);
	folds_to(data, "aa!");
	free(data);
}

/* What a program does before, and with what, keeps no decoder from its work. */
static void decoys(void)
{
	char text[8192] = "";
	char *list;
	size_t n;

	/* a decoder that is called for what nobody knows */
	strcat(text, "def dec(s):\n"
		     "  return ''.join(chr(ord(c) ^ 3) for c in s)\n"
		     "def use(a):\n");
	for (unsigned int i = 0; i < 40; i++)
		strcat(text, "  print(dec(a.b))\n");
	strcat(text, "x = dec('jn') + '!'");
	folds_to(text, "im!");
	/* loops in vain, in a text that is not the shortest */
	memset(text, '#', 4096);
	text[4096] = '\0';
	strcat(text, "\n");
	for (unsigned int i = 0; i < 6; i++)
		strcat(text, "a = [i for i in range(30000) if i + 1 > 0]\n");
	strcat(text, "d = '");
	n = strlen(text);
	memset(text + n, 'j', 3000);
	strcpy(text + n + 3000, "'\nx = ''.join(chr(ord(c) ^ 3) for c in d)\n"
				"x = x[2999] + 'm!'");
	folds_to(text, "im!");
	/* a range that is left early */
	folds_to("d = 'jn'\nx = ''\nfor i in range(99999999):\n"
		 "  if i >= len(d): break\n  x += chr(ord(d[i]) ^ 3)\n"
		 "x += '!'", "im!");
	/* many tokens for each of many numbers */
	list = repeated("105,", 20000);
	n = strlen(list) + 500;
	list = realloc(list, n);
	memmove(list + 5, list, strlen(list) + 1);
	memcpy(list, "d = [", 5);
	strcat(list, "]\no = []\nj = 0\nfor c in d:\n"
		     "  j = (j + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0) % 256\n"
		     "  j = (j + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0) % 256\n"
		     "  j = (j + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0) % 256\n"
		     "  o.append(c ^ 0)\n"
		     "x = chr(o[19999]) + 'm!'");
	folds_to(list, "im!");
	free(list);
}

static void alphabets(void)
{
	folds_to("import string\nx = string.ascii_letters[3] + 'u'", "du");
	folds_to("from string import ascii_lowercase as a, digits\n"
		 "x = dict(zip(digits, a))['2'] + '!'", "c!");
	folds_to("import string as s\n"
		 "x = s.ascii_uppercase[s.ascii_lowercase.index('c')] + '!'",
		 "C!");
}

static void decoding_loops(void)
{
	folds_to("import base64\nx = b'YUdsdA=='\nfor _ in range(2):\n"
		 "    x = base64.b64decode(x)\nx += b'!'", "him!");
}

static void targets_of_several(void)
{
	folds_to("(a, b) = ('x', 'y')\nprint(a + b)", "xy");
	folds_to("[a, b,] = 'x', 'y'\nprint(a + b)", "xy");
	folds_to("(a) = 'x'\nprint(a + 'z')", "xz");
	folds_to("a, b, = 'x', 'y'\nprint(a + b)", "xy");
	folds_to("a, = ['x']\nprint(a + 'z')", "xz");
	folds_to("a = 'x'\n(a, b)\n[a]\n(a)[0]\nprint(a + 'y')", "xy");
}

int main(void)
{
	RUN(strings);
	RUN(characters);
	RUN(loops_and_functions);
	RUN(decoders);
	RUN(long_numbers);
	RUN(literals_in_strings);
	RUN(rc4);
	RUN(classes);
	RUN(decoding_loops);
	RUN(wide_attributes);
	RUN(alphabets);
	RUN(decoys);
	RUN(shares);
	RUN(names);
	RUN(scopes);
	RUN(items_are_sorted);
	RUN(twice_is_once);
	RUN(deep);
	RUN(long_sums);
	RUN(greedy);
	RUN(in_pieces);
	RUN(targets_of_several);
	return DONE();
}
