/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words.h - inside of fold: words in strings that say something. */
#ifndef MPY_JUDGE_WORDS_H
#define MPY_JUDGE_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct mpy_word {
	/*
	 * Lower case, at least three bytes. One that begins with a letter
	 * begins a word of the text; \b at the end: it ends one, and no path
	 * goes on behind it.
	 */
	const char *text;
	uint64_t marks;
	uint8_t direct; /* behaviour of merely having it + 1 */
};

/* Sorted by the bytes of their text. */
extern const struct mpy_word mpy_words[];
extern const size_t mpy_words_count;

#endif
