/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * features.h - tokens to hashed n-grams. The same object file serves training
 * and detection. A text is cut into blocks of some 512 tokens; two blocks
 * side by side are a window, and windows are what is scored, so that padding
 * around a payload changes little.
 */
#ifndef MPY_JUDGE_FEATURES_H
#define MPY_JUDGE_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mpy_fold_item;
struct mpy_token;

#define MPY_FEATURES_SCHEMA 6 /* rises when any hash changes its meaning */

#define MPY_BUCKET_BITS 19
#define MPY_BUCKETS	(1u << MPY_BUCKET_BITS)

/* Words that occur in several packages; the others count by their shape. */
#define MPY_WORD_BITS  20
#define MPY_WORD_BYTES (1u << (MPY_WORD_BITS - 3))

#define MPY_BLOCK_TOKENS 512
#define MPY_BLOCK_GRAMS	 6144 /* a block ends early when so many are full */
#define MPY_GRAMS_ROOM	 (MPY_BLOCK_GRAMS + 1024)

/* Where an n-gram came from: indexes of its first and its last token. */
struct mpy_place {
	uint32_t first;
	uint32_t last;
};

/* Counts over a text that say how it is written. */
struct mpy_stats {
	uint64_t names, unknown, alike, wide; /* names by kind */
	uint64_t numbers, errors, semicolons, imports, defs, classes;
	uint64_t quiet;	  /* except: pass */
	uint64_t urls;	  /* strings that are one */
	uint64_t escaped; /* strings of \x escapes */
	uint64_t strings, coded, docs; /* bytes of strings by kind */
	uint64_t longest, longest_coded;
	uint64_t holds; /* most bytes that one can hold: mpy_look_holds() */
	uint32_t how[14]; /* folded expressions by enum mpy_how */
};

struct mpy_features {
	const uint8_t *text;
	const uint8_t *words; /* MPY_WORD_BYTES: known words; NULL: all are */
	struct mpy_stats stats;
	/* of the piece */
	const struct mpy_token *tokens;
	size_t n_tokens;
	size_t at; /* next token */
	const struct mpy_fold_item *items;
	size_t n_items;
	size_t item;	  /* first that does not end before at */
	size_t item_from; /* its first token */
	uint32_t gram[2]; /* the two words before, newest first */
	uint32_t gram_at[2];
	uint32_t name[2]; /* the same of names alone, folded */
	uint32_t name_at[2];
	uint32_t row; /* numbers in a row so far */
	uint32_t text_row; /* the same within strings */
	/* of the block */
	uint32_t *grams;
	struct mpy_place *places;
	size_t n; /* of them */
};

/* text and words must outlive features. */
void mpy_features_start(struct mpy_features *features, const uint8_t *text,
			const uint8_t *words);

/*
 * The next tokens of the text, and what fold.c makes of them (n_items may be
 * 0). They must outlive the calls of mpy_features_block().
 */
void mpy_features_piece(struct mpy_features *features,
			const struct mpy_token *tokens, size_t n_tokens,
			const struct mpy_fold_item *items, size_t n_items);

/*
 * The grams of the piece's next block as buckets, in grams[0..MPY_GRAMS_ROOM),
 * with repetitions; how many there are. places is as long and tells where each
 * is from, or NULL if nobody wants to know, for all of a piece's blocks. *first
 * and *end are the block's tokens; an empty range means that the piece is at
 * its end.
 */
size_t mpy_features_block(struct mpy_features *features, uint32_t *grams,
			  struct mpy_place *places, size_t *first, size_t *end);

/*
 * The word numbers (below 1 << MPY_WORD_BITS) of a text, for counting which
 * words are common; words[0..room), with repetitions. Returns how many; stops
 * at room.
 */
size_t mpy_features_words(const uint8_t *text, const struct mpy_token *tokens,
			  size_t n_tokens, uint32_t *words, size_t room);

#endif
