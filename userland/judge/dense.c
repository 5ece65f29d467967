// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dense.c - the table of the second stage's numbers and how they are made of
 * counts. Logarithms and parts, so that a long text is not judged by its
 * length.
 */
#include "dense.h"

#include <math.h>
#include <string.h>

#include "features.h"

static const struct {
	const char *name;
	const char *sentence;
} table[MPY_DENSE_BEHAVIOUR] = {
	[MPY_DENSE_BEST] = { "best-window", "its words in the strongest part" },
	[MPY_DENSE_WHOLE] = { "whole-text", "its words as a whole" },
	[MPY_DENSE_OFFENSIVE] = { "offensive-window",
				  "how near its words are to those of "
				  "offensive tools" },
	[MPY_DENSE_OFFENSIVE_WHOLE] = { "offensive-text",
					"how near its words as a whole are to "
					"those of offensive tools" },
	[MPY_DENSE_LENGTH] = { "length", "its length" },
	[MPY_DENSE_LINE] = { "longest-line", "its longest line" },
	[MPY_DENSE_CODE] = { "code", "the share of code in it" },
	[MPY_DENSE_STRINGS] = { "strings", "the share of strings in it" },
	[MPY_DENSE_LONGEST] = { "longest-string", "its longest string" },
	[MPY_DENSE_CODED] = { "coded", "the share of encoded strings in it" },
	[MPY_DENSE_CODED_LONGEST] = { "longest-coded",
				      "its longest encoded string" },
	[MPY_DENSE_ESCAPED] = { "escaped", "strings written in escapes" },
	[MPY_DENSE_UNKNOWN] = { "unknown-names",
				"the share of names that no other program "
				"uses" },
	[MPY_DENSE_ALIKE] = { "alike-names",
			      "names of letters that look alike" },
	[MPY_DENSE_WIDE] = { "wide-names", "names in letters beyond ASCII" },
	[MPY_DENSE_NUMBERS] = { "numbers", "the share of numbers in it" },
	[MPY_DENSE_IMPORTS] = { "imports", "how much it imports" },
	[MPY_DENSE_DEFS] = { "defs", "how many functions it has" },
	[MPY_DENSE_CLASSES] = { "classes", "how many classes it has" },
	[MPY_DENSE_SEMICOLONS] = { "semicolons",
				   "several statements in one line" },
	[MPY_DENSE_ERRORS] = { "errors", "bytes that are no Python" },
	[MPY_DENSE_DOCS] = { "docs", "its documentation" },
	[MPY_DENSE_QUIET] = { "quiet", "errors that it passes over silently" },
	[MPY_DENSE_URLS] = { "urls", "addresses of the web in it" },
	[MPY_DENSE_STRONG3] = { "strong-3", "the number of things it does that "
					    "are hardly ever harmless" },
	[MPY_DENSE_STRONG2] = { "strong-2",
				"the number of telling things it does" },
	[MPY_DENSE_STRONG1] = { "strong-1",
				"the number of things it does that malicious "
				"programs do too" },
	[MPY_DENSE_HOW + 0] = { "how-concat", "strings put together" },
	[MPY_DENSE_HOW + 1] = { "how-join", "strings joined from pieces" },
	[MPY_DENSE_HOW + 2] = { "how-slice", "strings cut out of others" },
	[MPY_DENSE_HOW + 3] = { "how-reverse", "strings written backwards" },
	[MPY_DENSE_HOW + 4] = { "how-chr", "strings made of character codes" },
	[MPY_DENSE_HOW + 5] = { "how-replace", "strings made by replacing" },
	[MPY_DENSE_HOW + 6] = { "how-xor",
				"strings computed character by character" },
	[MPY_DENSE_HOW + 7] = { "how-decode", "strings decoded" },
	[MPY_DENSE_HOW + 8] = { "how-unpack", "strings unpacked" },
	[MPY_DENSE_HOW + 9] = { "how-code", "strings computed by functions" },
	[MPY_DENSE_HOW + 10] = { "how-alias", "functions under other names" },
	[MPY_DENSE_HOW + 11] = { "how-getattr", "attributes reached by string" },
	[MPY_DENSE_HOW + 12] = { "how-import", "modules imported by string" },
	[MPY_DENSE_HOW + 13] = { "how-escape", "names written in escapes" },
};

const char *mpy_dense_name(unsigned int id)
{
	return id < MPY_DENSE_BEHAVIOUR
		       ? table[id].name
		       : mpy_behaviour_name(id - MPY_DENSE_BEHAVIOUR)->slug;
}

const char *mpy_dense_sentence(unsigned int id)
{
	return id < MPY_DENSE_BEHAVIOUR
		       ? table[id].sentence
		       : mpy_behaviour_name(id - MPY_DENSE_BEHAVIOUR)->sentence;
}

static double logarithm(uint64_t n)
{
	return log2(1 + (double)n);
}

static double part(uint64_t n, uint64_t of)
{
	return of ? (double)n / (double)of : 0;
}

static size_t longest_line(const uint8_t *text, size_t size)
{
	size_t longest = 0;

	while (size) {
		const uint8_t *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;

		if (length > longest)
			longest = length;
		if (!end)
			break;
		text = end + 1;
		size -= length + 1;
	}
	return longest;
}

static unsigned int count_strong(const struct mpy_behaviours *behaviours,
				 uint8_t strength)
{
	unsigned int i, n = 0;

	for (i = 0; behaviours && i < MPY_BEH_COUNT; i++)
		n += behaviours->seen[i].count &&
		     mpy_behaviour_name(i)->strength == strength;
	return n;
}

/*
 * How much of one behaviour there is. A long program does more of what is
 * ordinary: that is counted for each thousand tokens.
 */
static double amount(const struct mpy_behaviours *behaviours, unsigned int id,
		     size_t n_tokens)
{
	double count = behaviours->seen[id].count;

	if (mpy_behaviour_name(id)->strength)
		return log2(1 + (count < 7 ? count : 7));
	count = count < 50 ? count : 50;
	return log2(1 + (n_tokens > 1000 ? count * 1000 / (double)n_tokens
					 : count));
}

void mpy_dense_fill(const uint8_t *text, size_t size, size_t n_tokens,
		    const struct mpy_features *features,
		    const struct mpy_behaviours *behaviours,
		    double dense[MPY_DENSE_COUNT])
{
	const struct mpy_stats *s = &features->stats;
	unsigned int i;

	dense[MPY_DENSE_BEST] = 0;
	dense[MPY_DENSE_WHOLE] = 0;
	dense[MPY_DENSE_OFFENSIVE] = 0;
	dense[MPY_DENSE_OFFENSIVE_WHOLE] = 0;
	dense[MPY_DENSE_LENGTH] = logarithm(n_tokens);
	dense[MPY_DENSE_LINE] = logarithm(longest_line(text, size));
	dense[MPY_DENSE_CODE] = part(n_tokens, size);
	dense[MPY_DENSE_STRINGS] = part(s->strings, size);
	dense[MPY_DENSE_LONGEST] = logarithm(s->longest);
	dense[MPY_DENSE_CODED] = part(s->coded, size);
	dense[MPY_DENSE_CODED_LONGEST] = logarithm(s->longest_coded);
	dense[MPY_DENSE_ESCAPED] = logarithm(s->escaped);
	dense[MPY_DENSE_UNKNOWN] = part(s->unknown, s->names);
	dense[MPY_DENSE_ALIKE] = part(s->alike, s->names);
	dense[MPY_DENSE_WIDE] = logarithm(s->wide);
	dense[MPY_DENSE_NUMBERS] = part(s->numbers, n_tokens);
	dense[MPY_DENSE_IMPORTS] = logarithm(s->imports);
	dense[MPY_DENSE_DEFS] = logarithm(s->defs);
	dense[MPY_DENSE_CLASSES] = logarithm(s->classes);
	dense[MPY_DENSE_SEMICOLONS] = part(s->semicolons, n_tokens);
	dense[MPY_DENSE_ERRORS] = part(s->errors, n_tokens);
	dense[MPY_DENSE_DOCS] = part(s->docs, size);
	dense[MPY_DENSE_QUIET] = logarithm(s->quiet);
	dense[MPY_DENSE_URLS] = logarithm(s->urls);
	dense[MPY_DENSE_STRONG3] = logarithm(count_strong(behaviours, 3));
	dense[MPY_DENSE_STRONG2] = logarithm(count_strong(behaviours, 2));
	dense[MPY_DENSE_STRONG1] = logarithm(count_strong(behaviours, 1));
	for (i = 0; i < MPY_DENSE_HOWS; i++)
		dense[MPY_DENSE_HOW + i] = logarithm(s->how[i]);
	for (i = 0; i < MPY_BEH_COUNT; i++)
		dense[MPY_DENSE_BEHAVIOUR + i] =
			behaviours ? amount(behaviours, i, n_tokens) : 0;
}
