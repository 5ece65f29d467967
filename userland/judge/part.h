/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * part.h - which lines of a text are judged by themselves too. What is bad may
 * be little among much that is harmless: put there as padding, or there before
 * somebody put his own behind it. A text's numbers then say hardly anything of
 * it, those of its lines do.
 */
#ifndef MPY_JUDGE_PART_H
#define MPY_JUDGE_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "bundle_inside.h"
#include "lex.h"
#include "peel.h"
#include "svm.h"

/* A unit that has been read and scored. */
struct mpy_part_search {
	const struct mpy_bundle *bundle;
	struct mpy_svm_room *room; /* used */
	const struct mpy_unit *unit;
	/* tokens of its strongest window */
	const struct mpy_token *window;
	size_t n_window;
	bool words; /* look where its words are strongest too */
};

/*
 * The lines around what the unit does that programs seldom do, around the
 * strongest of its words, and of a long text the strongest window. Returns how
 * many; they are filled in.
 */
int mpy_part_choose(const struct mpy_part_search *search,
		    struct mpy_part parts[MPY_PARTS_MAX]);

#endif
