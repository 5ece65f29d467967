// SPDX-License-Identifier: GPL-2.0-or-later
/* The words that strings are searched for: as words.h says that they are. */
#include <string.h>

#include "judge/words.h"

#include "../test.h"

/* They are found by bisection. */
static void sorted(void)
{
	for (size_t i = 1; i < mpy_words_count; i++)
		CHECK(strcmp(mpy_words[i - 1].text, mpy_words[i].text) < 0);
}

/* Compared with text whose letters were made small; found by three bytes. */
static void small_and_long(void)
{
	for (size_t i = 0; i < mpy_words_count; i++) {
		const char *text = mpy_words[i].text;

		CHECK(strlen(text) >= 3);
		for (; *text; text++)
			CHECK(*text < 'A' || *text > 'Z');
	}
}

int main(void)
{
	RUN(sorted);
	RUN(small_and_long);
	return DONE();
}
