// SPDX-License-Identifier: GPL-2.0-or-later
/* test_lex.c - tokens of odd, old, new and broken Python. */
#include <stdlib.h>

#include "judge/lex.h"
#include "judge/text.h"

#include "../test.h"

static const char *const names[] = { "END",  "NL",    "IN",	"DE",	 "N",
				     "K",    "#",     "S",	"F<",	 "FT",
				     "{",    "FS",    "}",	"F>",	 "O",
				     "ERR" };

/* All tokens of source as one line: kind or kind:spelling. */
static const char *shape(const char *source, size_t size)
{
	static char out[4096];
	struct mpy_token t[3]; /* small: the pieces must join */
	struct mpy_lex lex;
	size_t n, i, used = 0;

	mpy_lex_start(&lex, (const uint8_t *)source, size);
	out[0] = '\0';
	while ((n = mpy_lex_next(&lex, t, 3)))
		for (i = 0; i < n && used < sizeof(out) - 80; i++)
			used += (size_t)snprintf(
				out + used, sizeof(out) - used, "%s%s%.*s",
				used ? " " : "", names[t[i].kind],
				t[i].kind == MPY_TOK_NEWLINE
					? 0
					: (int)t[i].length,
				source + t[i].start);
	return out;
}

#define SHAPE(source, want) CHECK_STR(shape(source, sizeof(source) - 1), want)

static void test_plain(void)
{
	SHAPE("", "END");
	SHAPE("x = 1\n", "Nx O= #1 NL END");
	SHAPE("a.b(0x1F, .5, 1e-3j, 10L)", "Na O. Nb O( #0x1F O, #.5 O, "
					   "#1e-3j O, #10L O) NL END");
	SHAPE("x:=y**=z//w<>v...\n",
	      "Nx O:= Ny O**= Nz O// Nw O<> Nv O... NL END");
	SHAPE("# only a comment\n\n   # more\n", "END");
	SHAPE("a\\\nb\r\nc\rd", "Na Nb NL Nc NL Nd NL END");
}

static void test_blocks(void)
{
	SHAPE("if x:\n\ty\n\n# c\n  \n\tz\nw\n",
	      "Kif Nx O: NL IN Ny NL Nz NL DE Nw NL END");
	SHAPE("def f():\n  if a:\n    b",
	      "Kdef Nf O( O) O: NL IN Kif Na O: NL IN Nb NL DE DE END");
	SHAPE("f(\n  1,\n\n2)\n", "Nf O( #1 O, #2 O) NL END");
	SHAPE("f((1,\ndef g(): pass\n",
	      "Nf O( O( #1 O, NL Kdef Ng O( O) O: Kpass NL END");
}

static void test_strings(void)
{
	SHAPE("rb'a\\'b' u\"c\"", "Srb'a\\'b' Su\"c\" NL END");
	SHAPE("'''a\n'b''' + \"\"\"c\"\"\"",
	      "S'''a\n'b''' O+ S\"\"\"c\"\"\" NL END");
	SHAPE("x = 'open\ny", "Nx O= S'open NL Ny NL END");
	SHAPE("\"\"\"open", "S\"\"\"open NL END");
	SHAPE("print'x'; exec`y`", "Nprint S'x' O; Nexec O` Ny O` NL END");
	SHAPE("'\\", "S'\\ NL END");
}

static void test_fstrings(void)
{
	SHAPE("f\"a{b!r:>{w}}c\"", "F<f\" FTa {{ Nb O! Nr FS: FT> {{ Nw }} }} "
				   "FTc F>\" NL END");
	SHAPE("f'{a['b']}{{}}'",
	      "F<f' {{ Na O[ S'b' O] }} FT{{}} F>' NL END");
	SHAPE("f'{f'{f'{1}'}'}'", "F<f' {{ F<f' {{ F<f' {{ #1 }} F>' }} F>' }} "
				  "F>' NL END");
	SHAPE("t'{x:=5}'", "F<t' {{ Nx FS: FT=5 }} F>' NL END");
	SHAPE("f'{d{1:2}}'", "F<f' {{ Nd O{ #1 O: #2 O} }} F>' NL END");
	SHAPE("f'\\N{DASH}{x}'", "F<f' FT\\N{DASH} {{ Nx }} F>' NL END");
	SHAPE("rf'\\{x}\n", "F<rf' FT\\ {{ Nx }} F> NL END");
	SHAPE("f'''a\n{b\n}'''", "F<f''' FTa\n {{ Nb }} F>''' NL END");
	SHAPE("f'{x", "F<f' {{ Nx F> NL END");
	SHAPE("f'a}b'", "F<f' FTa}b F>' NL END");
}

static void test_broken(void)
{
	SHAPE(")]}", "O) O] O} NL END");
	SHAPE("a $? b", "Na ERR$? Nb NL END");
	SHAPE("a\0b", "Na ERR Nb NL END");
	SHAPE("\xff\xfe", "N\xff\xfe NL END");
}

static void test_every_prefix_ends(void)
{
	static const char all[] =
		"if x:\n f'{a[\"b\"]:{c}}' \"\"\"d\ne\"\"\" \\\n (\n[{ $ 0x";
	struct mpy_token t[200];
	struct mpy_lex lex;
	size_t size, n, i;

	for (size = 0; size < sizeof(all); size++) {
		uint32_t at = 0;

		mpy_lex_start(&lex, (const uint8_t *)all, size);
		n = mpy_lex_next(&lex, t, 200);
		CHECK(n > 0 && n < 200);
		CHECK(t[n - 1].kind == MPY_TOK_END);
		CHECK(mpy_lex_next(&lex, t + n, 1) == 0);
		for (i = 0; i < n; i++) {
			CHECK(t[i].start >= at);
			at = t[i].start + t[i].length;
			CHECK(at <= size);
		}
	}
}

static void test_lines(void)
{
	static const char source[] = "a\n'''x\ny'''\nb \\\n c\n";
	struct mpy_token t[32];
	struct mpy_lex lex;
	size_t n;

	mpy_lex_start(&lex, (const uint8_t *)source, sizeof(source) - 1);
	n = mpy_lex_next(&lex, t, 32);
	CHECK(n == 8);
	CHECK(t[0].line == 1 && t[2].line == 2 && t[4].line == 4);
	CHECK(t[5].line == 5);
}

static void test_names(void)
{
	static const char source[] = "\xf0\x9d\x93\xae\xef\xbd\x98"
				     "e\xe1\xb6\x9c \xc3\xa9";
	struct mpy_token t[4];
	struct mpy_lex lex;
	char name[16];

	mpy_lex_start(&lex, (const uint8_t *)source, sizeof(source) - 1);
	CHECK(mpy_lex_next(&lex, t, 4) == 4);
	CHECK(mpy_lex_name((const uint8_t *)source, &t[0], name, 16) == 4);
	CHECK(!memcmp(name, "exec", 4));
	CHECK(mpy_lex_name((const uint8_t *)source, &t[0], name, 2) == 2);
	CHECK(mpy_lex_name((const uint8_t *)source, &t[1], name, 16) == 2);
}

static void test_unescape(void)
{
	static const char source[] = "a\\x41\\101\\u0042\\n\\q\\\nz\\xZ\\";
	uint8_t out[sizeof(source)];
	size_t n = mpy_lex_unescape((const uint8_t *)source,
				    sizeof(source) - 1, 0, out);

	CHECK(n == 12 && !memcmp(out, "aAAB\n\\qz\\xZ\\", 12));
	n = mpy_lex_unescape((const uint8_t *)"\\xff\\u0041", 10,
			     MPY_STR_BYTES, out);
	CHECK(n == 7 && out[0] == 0xff && out[1] == '\\');
	n = mpy_lex_unescape((const uint8_t *)"\\n", 2, MPY_STR_RAW, out);
	CHECK(n == 2);
}

static void test_body(void)
{
	static const char source[] = "rb'''x''' 'y' '' 'z";
	struct mpy_token t[8];
	struct mpy_lex lex;
	uint32_t start, length;

	mpy_lex_start(&lex, (const uint8_t *)source, sizeof(source) - 1);
	CHECK(mpy_lex_next(&lex, t, 8) == 6);
	mpy_lex_body((const uint8_t *)source, &t[0], &start, &length);
	CHECK(start == 5 && length == 1);
	mpy_lex_body((const uint8_t *)source, &t[2], &start, &length);
	CHECK(length == 0);
	mpy_lex_body((const uint8_t *)source, &t[3], &start, &length);
	CHECK(length == 1 && source[start] == 'z');
}

int main(void)
{
	RUN(test_plain);
	RUN(test_blocks);
	RUN(test_strings);
	RUN(test_fstrings);
	RUN(test_broken);
	RUN(test_every_prefix_ends);
	RUN(test_lines);
	RUN(test_names);
	RUN(test_unescape);
	RUN(test_body);
	return DONE();
}
