/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold.h - what a text computes from constants alone, and what its names
 * stand for: 'ex' + 'ec', ''.join(map(chr, [...])), b64decode(b'...')[::-1],
 * e = exec, getattr(os, 'sys' + 'tem'), __import__('o' + 's'), lambdas and
 * small functions over constants. One walk over the tokens, statement by
 * statement; nothing is run. What cannot be known carries marks of where it
 * came from (the network, a decoder, a secret file...), so that a call that
 * executes or sends it can be told from one that does not.
 *
 * Bounded by the budget's steps, by MPY_FOLD_BYTES of memory and by
 * MPY_FOLD_DEPTH levels of nesting; what was reached is in budget.bounds.
 */
#ifndef MPY_JUDGE_FOLD_H
#define MPY_JUDGE_FOLD_H

#include "behaviour.h"
#include "budget.h"
#include "lex.h"

#define MPY_FOLD_BYTES (12u << 20) /* of values and names alive in a fold */
#define MPY_FOLD_DEPTH 64

/* How a constant or a name came about: flags. */
enum mpy_how {
	MPY_HOW_CONCAT = 1 << 0,  /* 'a' + 'b', 'a' 'b', %, format, f'' */
	MPY_HOW_JOIN = 1 << 1,	  /* 'x'.join */
	MPY_HOW_SLICE = 1 << 2,	  /* [1:], [::2], split()[0], strip() */
	MPY_HOW_REVERSE = 1 << 3, /* [::-1], reversed() */
	MPY_HOW_CHR = 1 << 4,	  /* chr, bytes([...]), map(chr, ...) */
	MPY_HOW_REPLACE = 1 << 5, /* replace, translate */
	MPY_HOW_XOR = 1 << 6,	  /* arithmetic over each character */
	MPY_HOW_DECODE = 1 << 7,  /* base-N, hex, a codec */
	MPY_HOW_UNPACK = 1 << 8,  /* zlib, bz2, lzma, marshal */
	MPY_HOW_CODE = 1 << 9,	  /* a lambda or function was followed */
	MPY_HOW_ALIAS = 1 << 10,  /* e = exec, from os import system */
	MPY_HOW_GETATTR = 1 << 11,/* getattr, vars()[], globals()[] */
	MPY_HOW_IMPORT = 1 << 12, /* __import__, importlib */
	MPY_HOW_ESCAPE = 1 << 13, /* a name or word written in \x escapes */
	MPY_HOW_TOOL = 1 << 14	  /* begins as a command of a tool that runs
				     nothing it is given: inside of fold alone */
};

enum mpy_fold_kind {
	MPY_FOLD_NAME, /* data is a dotted name: os.system, builtins.exec is
			  written exec */
	MPY_FOLD_TEXT, /* data is UTF-8 */
	MPY_FOLD_BYTES_ /* data is bytes */
};

/*
 * The tokens first..last (inclusive) have this value. Only where it differs
 * from what is written there. Items are in the order of first and do not
 * overlap: the largest foldable expression is reported.
 */
struct mpy_fold_item {
	uint32_t first;
	uint32_t last;
	uint32_t line;
	uint16_t kind; /* enum mpy_fold_kind */
	uint16_t how;  /* enum mpy_how */
	const uint8_t *data;
	size_t size;
};

/*
 * One step of decoding that was followed: b64decode(...), [::-1], ... Steps
 * of one chain point to each other by parent; a step comes after its parent.
 */
struct mpy_fold_step {
	uint32_t parent;  /* index of the step it was made from + 1; 0: text */
	uint32_t line;
	const char *kind; /* static; a name of the finding's layers.kind */
	const uint8_t *data;
	size_t size;
	bool run;  /* went into exec, eval, compile, a shell ... */
	bool used; /* another step was made from it */
};

/* A literal that is long enough, and dense enough, to be one by itself. */
struct mpy_fold_string {
	uint32_t line;
	const uint8_t *data;
	size_t size;
};

struct mpy_fold; /* opaque: results by the functions below */

/*
 * Starts folding of text[0..size), which must outlive *out, as must budget.
 * 0 or -ENOMEM.
 */
int mpy_fold_create(const uint8_t *text, size_t size,
		    struct mpy_budget *budget, struct mpy_fold **out);
void mpy_fold_free(struct mpy_fold *fold); /* accepts NULL */

/*
 * Folds the next tokens of the text (all of them, or piece by piece, a piece
 * best ending with MPY_TOK_NEWLINE). What names stand for is remembered from
 * piece to piece. Items are those of this piece and stay valid until the next
 * call, their token numbers count from the piece's start; steps, strings and
 * behaviours are those of all pieces so far. 0 or -ENOMEM.
 */
int mpy_fold_feed(struct mpy_fold *fold, const struct mpy_token *tokens,
		  size_t n);

/* The lists are owned by the fold and NULL when empty. */
const struct mpy_fold_item *mpy_fold_items(const struct mpy_fold *fold,
					   size_t *n);
const struct mpy_fold_step *mpy_fold_steps(const struct mpy_fold *fold,
					   size_t *n);
const struct mpy_fold_string *mpy_fold_strings(const struct mpy_fold *fold,
					       size_t *n);

/*
 * The text of the program's own file, for programs that read it; it must
 * outlive the fold. Without, nothing is known of what they read. raw: it is the
 * file byte for byte, so what they read as bytes, or from a place on, is known.
 */
void mpy_fold_own(struct mpy_fold *fold, const uint8_t *text, size_t size,
		  bool raw);

/*
 * The archive that the program is a member of, for programs that read others of
 * its members; it must outlive the fold.
 */
void mpy_fold_archive(struct mpy_fold *fold, const uint8_t *data, size_t size);

/* What the text does, seen so far in all pieces. */
const struct mpy_behaviours *mpy_fold_behaviours(const struct mpy_fold *fold);

#endif
