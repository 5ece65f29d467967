/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * budget.h - what judging one program may still cost, and which bounds it
 * has run into. Counted in steps and bytes, never in time, so that the same
 * bytes give the same verdict on any machine. One budget serves a program
 * and all of its layers.
 */
#ifndef MPY_JUDGE_BUDGET_H
#define MPY_JUDGE_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A step is about one token looked at or a hundred bytes copied. A text of
 * MPY_TEXT_MAX bytes that is nothing but short tokens needs some 40 million.
 */
#define MPY_STEPS_MAX (96u << 20)

struct mpy_budget {
	uint64_t steps;	     /* left */
	size_t decoded;	     /* bytes that may still be decoded */
	size_t alive;	     /* bytes of layers that may be alive at once */
	unsigned int layers; /* left */
	unsigned int bounds; /* enum mpy_bound of verdict.h: those reached */
};

/* Fills in the bounds of verdict.h. */
void mpy_budget_init(struct mpy_budget *budget);

/* Takes n steps. False, and MPY_BOUND_STEPS noted, when they are used up. */
bool mpy_budget_step(struct mpy_budget *budget, uint64_t n);

/* Takes size decoded bytes. False, and MPY_BOUND_DECODED noted, if over. */
bool mpy_budget_decode(struct mpy_budget *budget, size_t size);

/*
 * Bytes kept for later; false, and MPY_BOUND_DECODED noted, if they would be
 * more at once than allowed. What was kept is given back by drop.
 */
bool mpy_budget_keep(struct mpy_budget *budget, size_t size);
void mpy_budget_drop(struct mpy_budget *budget, size_t size);

#endif
