/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.h - inside of fold: words in strings that say something (words.c), and
 * how they are found (marks.c).
 */
#ifndef MPY_JUDGE_WORDS_H
#define MPY_JUDGE_WORDS_H

#include "eval.h"

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

void mpy_marks_start(struct mpy_fold *f);
/* Marks of the words in a text; behaviours that merely having one is. */
uint64_t mpy_marks_find(struct mpy_fold *f, const uint8_t *data, size_t size,
			uint32_t line);
/* Of a command given word by word: destroys, or ends a defence. What else is
 * looked for in texts is what administrators do too. */
uint64_t mpy_marks_harm(struct mpy_fold *f, const uint8_t *data, size_t size,
			uint32_t line);

/* Does the text begin with an IPv4 address that is no network's own? */
bool mpy_marks_is_server(const uint8_t *p, size_t size);

#endif
