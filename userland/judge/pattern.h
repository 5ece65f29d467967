/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pattern.h - what the module re makes of constants.
 */
#ifndef MPY_JUDGE_PATTERN_H
#define MPY_JUDGE_PATTERN_H

#include "eval.h"

/*
 * A call of a function of re: known->arg says which ('f' findall, 'i' finditer,
 * 's' search, 'm' match, 'F' fullmatch, 'S' split, 'r' sub, 'c' compile). out
 * stays as it is if what it gives is not known, or None.
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
