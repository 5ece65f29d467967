// SPDX-License-Identifier: GPL-2.0-or-later
/* Regular expressions: what Python's re finds is found, nothing for ever. */
#include <stdio.h>
#include <string.h>

#include "judge/regexp.h"
#include "../test.h"

/* All matches of the pattern, and their groups: "0-2 (0-1 -) 2-4 (2-3 -)". */
static void show(const struct mpy_regexp *re, const char *text, char *out,
		 size_t room)
{
	struct mpy_regexp_match m;
	struct mpy_budget budget;
	enum mpy_regexp_how how = MPY_RE_SEARCH;
	size_t at = 0, n = 0;

	mpy_budget_init(&budget);
	out[0] = 0;
	while (mpy_regexp_find(re, (const uint8_t *)text, strlen(text), at, how,
			       &budget, &m) > 0) {
		for (unsigned int i = 0; i <= re->groups; i++)
			n += (size_t)snprintf(
				out + n, room - n,
				m.group[i].from == SIZE_MAX ? "%s-" :
							      "%s%zu-%zu",
				i > 1 ? " " :
				i     ? " (" :
				n     ? " " :
					"",
				m.group[i].from, m.group[i].to);
		if (re->groups)
			n += (size_t)snprintf(out + n, room - n, ")");
		at = m.group[0].to;
		how = m.group[0].from == at ? MPY_RE_NEXT : MPY_RE_SEARCH;
	}
}

static void finds(const char *pattern, unsigned int flags, const char *text,
		  const char *want)
{
	struct mpy_regexp re;
	char got[512] = "no pattern";

	if (mpy_regexp_read(&re, (const uint8_t *)pattern, strlen(pattern),
			    flags, true)) {
		show(&re, text, got, sizeof(got));
		mpy_regexp_free(&re);
	}
	if (strcmp(got, want))
		printf("# %s in %s: %s\n", pattern, text, got);
	CHECK(!strcmp(got, want));
}

/* Expected values by Python 3.11's re.finditer(). */
static void matches(void)
{
	finds("..", 0, "abcde", "0-2 2-4");
	finds("[0-9a-f]{2}", 0, "6a6bZ6c", "0-2 2-4 5-7");
	finds("a|bc|", 0, "abca", "0-1 1-3 3-4 4-4");
	finds("a*?", 0, "aa", "0-0 0-1 1-1 1-2 2-2");
	finds("(a)|(b)", 0, "ab", "0-1 (0-1 -) 1-2 (- 1-2)");
	finds("(?P<x>\\w+)=(?:\\d+)", 0, "ab=12 c=3", "0-5 (0-2) 6-9 (6-7)");
	finds("^#:(.*)$", 8, "x\n#:ab\n#:c", "2-6 (4-6) 7-10 (9-10)");
	finds("^#:(.*)$", 0, "x\n#:ab", "");
	finds("(?s)<(.*)>", 0, "<a\nb>>", "0-6 (1-5)");
	finds("<(.*?)>", 0, "<a><b>", "0-3 (1-2) 3-6 (4-5)");
	finds("[^A]b", 2, "xBab", "0-2");
	finds("a{2,3}", 0, "aaaaaa", "0-3 3-6");
	finds("(ab){2}", 0, "ababab", "0-4 (2-4)");
	finds("x{,2}y{a}", 0, "xxy{a}", "0-6");
	finds("\\bb\\x62\\b", 0, "abb bb", "4-6");
	finds(".", 0, "a\xc3\xa9z", "0-1 1-3 3-4");
	finds("a$", 0, "a\na\n", "2-3");
	finds("[]a-]+", 0, "x]a-x", "1-4");
	finds("(a*)*b", 0, "aab", "0-3 (2-2)");
	finds("(?:a?)*?b", 0, "aab", "0-3");
	finds("(?:){2}a", 0, "a", "0-1");
	finds("(a|ab)*c", 0, "abac", "0-4 (2-3)");
}

static void others(void)
{
	static const char *const none[] = {
		"(?=a)", "(a)\\1", "[a", "(a",	"a)", "*a",
		"a{12345}", "a\\", "[b-a]",  "\\p", "\xc3\xa9", "(?P<x", "(?x)a",
	};
	struct mpy_regexp_match match;
	struct mpy_regexp re;
	struct mpy_budget budget;
	static uint8_t text[5000];

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		finds(none[i], 0, "a", "no pattern");
	finds("a", MPY_RE_VERBOSE, "a", "no pattern");
	finds("((((a{100}){100}){100}){100}){100}", 0, "a", "no pattern");

	/* 2^5000 ways in Python; here a bound */
	memset(text, 'a', sizeof(text));
	CHECK(mpy_regexp_read(&re, (const uint8_t *)"(a|a)*b", 7, 0, true));
	mpy_budget_init(&budget);
	CHECK(mpy_regexp_find(&re, text, sizeof(text), 0, MPY_RE_SEARCH,
			      &budget, &match) == -1);
	CHECK(budget.steps > MPY_STEPS_MAX - (8u << 20));
	mpy_regexp_free(&re);
	/* a long run is one mark */
	CHECK(mpy_regexp_read(&re, (const uint8_t *)".*c|a+", 6, 0, true));
	CHECK(mpy_regexp_find(&re, text, sizeof(text), 0, MPY_RE_SEARCH,
			      &budget, &match) == 1);
	CHECK(match.group[0].to == sizeof(text));
	mpy_regexp_free(&re);
}

int main(void)
{
	RUN(matches);
	RUN(others);
	return DONE();
}
