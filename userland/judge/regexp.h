/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * regexp.h - regular expressions as Python's re reads them, as far as programs
 * take their data apart with them: characters, sets, groups, alternatives,
 * repetitions (greedy and lazy), anchors, the flags i, m and s. No references
 * back, no looking around. Source: Python's documentation of the module re.
 *
 * By backtracking, as in Python, but bounded: patterns are hostile.
 */
#ifndef MPY_JUDGE_REGEXP_H
#define MPY_JUDGE_REGEXP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "budget.h"

#define MPY_RE_GROUPS 10  /* the whole is number 0 */
#define MPY_RE_NODES  256 /* of a pattern; repetitions by number are copies */
#define MPY_RE_SETS   32
#define MPY_RE_MARKS  4096 /* places to come back to, at once */
#define MPY_RE_PATTERN 1024 /* bytes of one that is read */

/* Flags, by Python's numbers. */
#define MPY_RE_IGNORECASE 2
#define MPY_RE_MULTILINE  8
#define MPY_RE_DOTALL	  16
#define MPY_RE_VERBOSE	  64 /* not read */

struct mpy_regexp_node;
struct mpy_regexp_mark;

struct mpy_regexp {
	struct mpy_regexp_node *nodes;
	size_t n;
	uint8_t sets[MPY_RE_SETS][32]; /* bits; from 128 on all are the same */
	size_t n_sets;
	unsigned int groups; /* without the whole */
	unsigned int flags;
	bool runes; /* text: what is not ASCII is several bytes */
	/* it asks what a letter, a space or the other case is: what Python
	   says of other alphabets is not known here */
	bool ascii;
	struct mpy_regexp_mark *marks;
};

/* Where a group was found: offsets; from is SIZE_MAX if it was not. */
struct mpy_regexp_match {
	struct {
		size_t from, to;
	} group[MPY_RE_GROUPS];
};

/*
 * Reads the pattern p[0..size), for text (UTF-8) if runes, else for bytes.
 * False: it is none, has what is not read, or memory; re need not be freed
 * then.
 */
bool mpy_regexp_read(struct mpy_regexp *re, const uint8_t *p, size_t size,
		     unsigned int flags, bool runes);
void mpy_regexp_free(struct mpy_regexp *re);

/* Is it known of all characters of the text what the pattern asks? */
bool mpy_regexp_fits(const struct mpy_regexp *re, const uint8_t *p,
		     size_t size);

enum mpy_regexp_how {
	MPY_RE_HERE,   /* a match that begins at "at" */
	MPY_RE_SEARCH, /* or behind it */
	MPY_RE_NEXT    /* the same, but the empty match at "at" was had */
};

/*
 * The first match in p[0..size): 1, or 0 if there is none, or -1 if a bound was
 * reached.
 */
int mpy_regexp_find(const struct mpy_regexp *re, const uint8_t *p, size_t size,
		    size_t at, enum mpy_regexp_how how,
		    struct mpy_budget *budget, struct mpy_regexp_match *match);

#endif
