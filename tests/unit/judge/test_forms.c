// SPDX-License-Identifier: GPL-2.0-or-later
/* Forms in which text is written: formats, codecs, tables, sequences. */
#include "folding.h"

#include "judge/verdict.h"

static void formats(void)
{
	folds_to("x = '{:c}{:c}'.format(105, 109) + '!'", "im!");
	folds_to("x = ''.join(map('{:c}'.format, [105, 109])) + '!'", "im!");
	folds_to("x = format(105, 'c') + 'm!'", "im!");
	folds_to("x = f'{105:c}{109:c}!'", "im!");
	folds_to("x = f'{5:04b}{255:x}{-7:04d}' + format(255, 'X')",
		 "0101ff-007FF");
	folds_to("x = '{0[1]}{0[0]}!'.format(['m', 'i'])", "im!");
	folds_to("x = '{b}{a[c]}'.format_map({'a': {'c': 'm'}, 'b': 'i'})",
		 "im");
	folds_to("x = '%(b)s%(a)c%%' % {'a': 109, 'b': 'i'}", "im%");
	folds_to("x = '{25}{0}{26}!'.format('m', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,"
		 " 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 'i',"
		 " 'p')", "imp!");
	folds_to("x = 'a' + 'b'\ny = '{:c}{'.format(105)", "ab");
	folds_to("x = 'a' + 'b'\ny = '{0[}{[]}{:999999999d}'.format(5)", "ab");
}

static void codecs(void)
{
	folds_to("x = b'i\\xffm\\xfe!'.decode('ascii', 'ignore') + '!'", "im!!");
	folds_to("x = 'i\u0416m'.encode('ascii', errors='ignore') + b'!'",
		 "im!");
	folds_to("x = str(b'i\\xffm', 'utf8', 'ignore') + '!'", "im!");
	folds_to("x = '\u6d69'.encode('utf-16-le') + b'!'", "im!");
	folds_to("x = '\u696d'.encode('utf_16_be') + b'!'", "im!");
	folds_to("x = bytes('\u6d69', 'u16')[2:] + b'!'", "im!");
	folds_to("x = b'+AGkAbQ-'.decode('utf-7') + '!'", "im!");
	folds_to("x = b'\\x89\\x94O'.decode('cp500') + '!'", "im!!");
	folds_to("x = str(b'\\x89\\x94\\xfc', 'cp273') + '!'", "im]!");
	folds_to("x = b'\\x89\\x94M\\xfc\\xdc\\xfc]'.decode('cp1026') + '!'",
		 "im(\"\\\")!");
	folds_to("import codecs\nx = codecs.escape_decode("
		 "'\\\\x69m')[0] + b'!'", "im!");
	folds_to("from urllib.parse import unquote_to_bytes as u\n"
		 "x = u('%69m') + b'!'", "im!");
}

static void translations(void)
{
	folds_to("x = '#i~m#!'.translate(str.maketrans('', '', '#~')) + '!'",
		 "im!!");
	folds_to("x = 'a#b'.translate({35: None, 97: 105, 98: 'm'}) + '!'",
		 "im!");
	folds_to("x = b'ab'.translate(bytes.maketrans(b'ab', b'im')) + b'!'",
		 "im!");
	folds_to("x = b'#i~m'.translate(None, b'#~') + b'!'", "im!");
}

/* The first of two matches, the second with n rounds. */
static void finds_first(size_t n, const char *want)
{
	static char text[12000];
	size_t at;

	at = (size_t)sprintf(text, "import re\n"
				   "x = re.findall('(?:ab)*c', 'c");
	for (; n; n--, at += 2)
		memcpy(text + at, "ab", 2);
	strcpy(text + at, "c')[0] + 'd'");
	folds_to(text, want);
}

static void patterns(void)
{
	folds_to("import re\nx = re.sub('##', '', '##i##m') + '!'", "im!");
	folds_to("import re\nx = re.sub(r'\\.\\*', 'i', '.*m') + '!'", "im!");
	folds_to("import re\nx = re.sub('[^a-z!]', '', '#iZm') + '!'", "im!");
	folds_to("import re\nx = re.sub(r'\\d+', 'i', '123m4') + '!'", "imi!");
	folds_to("import re\nx = re.sub(r'[\\d\\]-]', '', '1i]-m') + '!'", "im!");
	folds_to("import re\nx = re.sub('(.)(.)', r'\\2\\g<1>', 'mi!?') + '!'",
		 "im?!!");
	folds_to("import re\n"
		 "x = re.sub('%(..)', lambda m: chr(int(m.group(1), 16)), "
		 "'%69%6d') + '!'", "im!");
	folds_to("import re\nx = ''.join(chr(int(h, 16)) for h in "
		 "re.findall('..', '696d')) + '!'", "im!");
	folds_to("import re\nx = ''.join(a + b for b, a in "
		 "re.findall(r'(\\w)-(\\w)', 'm-i p-o')) + '!'", "imop!");
	folds_to("import re\nP = re.compile('<(.*?)>', re.S | re.I)\n"
		 "x = P.search('a<i\\nm>').group(1) + P.findall('<!>')[0]",
		 "i\nm!");
	folds_to("import re\nx = re.match('(?m)a(.)$', 'ai\\nb')[1] + 'm'",
		 "im");
	folds_to("import re\nx = ''.join(re.split('[#~]+', 'i#~m~!')) + '?'",
		 "im!?");
	folds_to("import re\nx = re.compile('#').sub('', 'i#m') + '!'", "im!");
	/* no pattern, none of what is read, none that matches */
	folds_to("import re\nx = 'a' + 'b'\ny = re.sub('[a', '', 'a')\n"
		 "z = re.sub('(?=b)', '', 'a') + re.sub('[', '', 'b')\n"
		 "z = re.sub('[a-', '', 'b') + re.sub('\\\\', '', 'b')\n"
		 "z = re.match('b', 'a').group() + re.sub('a', '\\\\7', 'a')\n"
		 "z = re.sub('a', len, 'a') + re.split('a', 'bab', 1)\n"
		 "z = re.compile('a').search('ba', 1).group()\n"
		 "z = re.sub('(a)', '\\\\160', 'a')\n"
		 "z = re.split('\\\\s', 'a\u00a0b')[0]\n"
		 "z = re.sub('(a)', '\\\\0', 'a')", "ab");
	/* a bound: not what was found until then */
	finds_first(5, "cd");
	finds_first(5000, "(nothing)");
}

static void pads(void)
{
	folds_to("x = 'im'.zfill(4) + 'im'.ljust(3) + '!'", "00imim !");
	folds_to("x = 'im'.rjust(3, '-') + 'im'.center(5, '-')", "-im--im-");
	folds_to("x = ''.join([c for c in '#i~m' if c not in '#~']) + '!'",
		 "im!");
}

static void sequences(void)
{
	folds_to("import array\n"
		 "x = array.array('B', [105, 109]).tobytes() + b'!'", "im!");
	folds_to("import struct\nx = struct.pack('2B', *[105, 109])", "im");
	folds_to("import struct\nx = struct.pack('<2B', 105, 109)", "im");
	folds_to("import struct\nx = struct.pack('<HB', 105, 109)", "(nothing)");
	folds_to("import struct\nx = struct.pack('25B', 1, 2, 3, 4, 5, 6, 7, 8, "
		 "9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5)",
		 "(nothing)");
	folds_to("d = {2: 'm', 1: 'i'}\nx = ''.join(d[k] for k in sorted(d))",
		 "im");
	folds_to("d = {1: 'i', 2: 'm'}\nx = ''.join(d.values())", "im");
	folds_to("d = {1: 'i', 2: 'm'}\n"
		 "x = ''.join(v for k, v in d.items())", "im");
	folds_to("d = {'a': 'i', 'b': 'm'}\n"
		 "x = ''.join(d.get(c, c) for c in 'ab!')", "im!");
	folds_to("x = '{}{}{}{}{}{}{}{}{}{}'.format('a', 'b', 'c', 'd', 'e', "
		 "'f', 'g', 'h', 'i', 'j')", "abcdefghij");
	folds_to("def f(s):\n    out = bytearray()\n    for c in s:\n"
		 "        out.append(c ^ 7)\n    return bytes(out)\n"
		 "x = f(b'nj') + b'!'", "im!");
	folds_to("a = bytearray(b'nj')\nfor i in range(len(a)):\n"
		 "    a[i] ^= 7\nx = a.decode() + '!'", "im!");
	folds_to("a = [3, 1, 2]\nfor i in range(2):\n"
		 "    a[i], a[i + 1] = a[i + 1], a[i]\n"
		 "x = ''.join(chr(104 + c) for c in a)", "ijk");
	/* beyond the end: no longer known */
	folds_to("a = bytearray(b'nj')\nfor i in range(9):\n"
		 "    a[i] ^= 7\nx = a.decode() + '!'", "(nothing)");
}

/* As Python has it, where another reading would give other text. */
static void as_in_python(void)
{
	folds_to("from itertools import cycle\nx = ''.join(map("
		 "lambda a, b: a + b, 'abcd', cycle('xy')))", "axbycxdy");
	folds_to("from itertools import chain\n"
		 "x = '-'.join(chain(['ab', 'cd']))", "ab-cd");
	folds_to("from itertools import chain\n"
		 "x = ''.join(chain.from_iterable([['a'], ['b', 'c']]))", "abc");
	folds_to("x = ''.join(p[0] for p in zip(['ab', 'cd']))", "abcd");
	folds_to("x = dict(zip('aa', 'xy'))['a'] + '!'", "y!");
	folds_to("x = 'aab'.translate(str.maketrans('aa', 'bc'))", "ccb");
	folds_to("x = ''.join(c for _, c in sorted([(1, 'a'), (1, 'b')], "
		 "key=lambda p: p[0], reverse=True))", "ab");
	folds_to("d = {}\nd['k'] = 1\nx = 'a' + ''.join(['b' if 'k' in d "
		 "else 'c' for i in range(2)])", "abb");
}

/* Callees within each other, as data: the stack holds. */
static void nested_callees(void)
{
	static const char head[] = "from functools import reduce\n"
				   "x = [reduce, [1]]\n";
	static const char line[] = "x = [reduce, x]\n";
	const size_t times = 20000, n = sizeof(head) - 1;
	char *text = malloc(n + times * (sizeof(line) - 1) + 32), *at;
	struct folding f;

	memcpy(text, head, n);
	at = text + n;
	for (size_t i = 0; i < times; i++) {
		memcpy(at, line, sizeof(line) - 1);
		at += sizeof(line) - 1;
	}
	at += sprintf(at, "reduce(reduce, x)\n");
	folding_start(&f, text, (size_t)(at - text));
	CHECK(f.budget.bounds & MPY_BOUND_DEPTH);
	folding_end(&f);
	free(text);
}

/* Letters out of what Python shows of its builtins. */
static void shown(void)
{
	folds_to("x = oct.__str__()[-3 << 0] + hex.__str__()[-1 << 2] + "
		 "copyright.__str__()[4 << 0]", "chr");
	folds_to("x = ''.join(map(getattr(__builtins__, oct.__str__()[-3] + "
		 "hex.__str__()[-4] + copyright.__str__()[4]), "
		 "[(13 << 3) + 1, (7 << 4) - 2]))", "in");
	folds_to("x = str(int)[8:11] + repr(len)[1:3]", "intbu");
	folds_to("x = str(type)[8:12] + print.__str__()[10:15]", "typefunct");
	folds_to("id = 5\nx = str(id) + '!'", "5!");
	folds_to("x = str(1 == 1) + '!'", "(nothing)");
	folds_to("x = exit.__repr__()[:3] + str(42) + str(-5)", "Use42-5");
	folds_to("x = str(eval)[19:23] + str(license)[:4]", "evalType");
}

/* Objects that Python calls, indexes or asks for what they have not got. */
static void special_methods(void)
{
	folds_to("T = [[111, 115], [97]]\n"
		 "class C:\n"
		 "    def __call__(self, i):\n"
		 "        return ''.join(map(chr, T[i - 5]))\n"
		 "c = C()\n"
		 "x = c(5)\n", "os");
	folds_to("class C:\n"
		 "    def __init__(self, t):\n        self.t = t\n"
		 "    def __getitem__(self, i):\n"
		 "        return self.t[i][::-1]\n"
		 "x = C(['so', 'cexe'])[1]\n", "exec");
	folds_to("class C:\n"
		 "    def __getattr__(self, name):\n"
		 "        return bytes.fromhex(name[1:]).decode()\n"
		 "x = C()._6f73 + C()._21\n", "os!");
	/* a class is no object of its own */
	folds_to("class C:\n"
		 "    def __call__(self):\n        return 'a' + 'b'\n"
		 "x = C()\n"
		 "y = C\n", "ab");
	/* what it has comes first, and one that asks itself ends */
	folds_to("class C:\n"
		 "    n = 'mine' + '!'\n"
		 "    def __getattr__(self, name):\n"
		 "        return self.other + C().other + name\n"
		 "x = C().n + '!'\n", "mine!!");
	folds_to("class C:\n"
		 "    def __getattr__(self, name):\n"
		 "        return C().other + 'a'\n"
		 "x = C().other + 'b'\n", "(nothing)");
}

/* Numbers of several bytes. */
static void packed_numbers(void)
{
	folds_to("import struct\n"
		 "x = struct.pack('<2I', *[1869639017, 544109906])[:7]",
		 "impoRun");
	folds_to("import struct\nx = struct.pack('>HH', 26991, 28538)",
		 "iooz");
	folds_to("import struct\nx = struct.pack('<If', 1, 2.0)",
		 "(nothing)");
}

/* A table of strings as one constant. */
static void long_constants(void)
{
	char text[20000], *at = text;

	at += sprintf(at, "import json\nT = json.loads('[");
	for (unsigned int i = 0; i < 900; i++)
		at += sprintf(at, "\"w%03u\", ", i);
	sprintf(at, "\"end\"]')\nx = T[900] + T[7]\n");
	folds_to(text, "endw007");
}

int main(void)
{
	RUN(formats);
	RUN(codecs);
	RUN(translations);
	RUN(patterns);
	RUN(pads);
	RUN(sequences);
	RUN(as_in_python);
	RUN(nested_callees);
	RUN(shown);
	RUN(special_methods);
	RUN(packed_numbers);
	RUN(long_constants);
	return DONE();
}
