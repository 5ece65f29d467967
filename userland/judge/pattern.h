/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pattern.h - what the module re makes of constants.
 */
#ifndef MPY_JUDGE_PATTERN_H
#define MPY_JUDGE_PATTERN_H

#include "eval.h"

/* What a function of re, or a method of a pattern, does. */
enum mpy_re_do {
	MPY_RE_DO_COMPILE,
	MPY_RE_DO_SEARCH,
	MPY_RE_DO_MATCH,
	MPY_RE_DO_FULL, /* fullmatch() */
	MPY_RE_DO_ALL,  /* findall() */
	MPY_RE_DO_SPLIT,
	MPY_RE_DO_SUB
};

/*
 * A call of a function of re; known->arg is its mpy_re_do. out stays as it is
 * if what it gives is not known, or None.
 */
void mpy_pattern_call(struct mpy_fold *f, const struct known *known,
		      const struct args *args, struct value *out);

/* The same as a method of a compiled pattern, or group() of a match. */
bool mpy_pattern_method(struct mpy_fold *f, const struct known *method,
			const struct list *list, const struct args *args,
			struct value *out);

/* re.M | re.S: a | b into a, if these are flags, one of them by name. */
bool mpy_pattern_or(struct value *a, const struct value *b);

#endif
