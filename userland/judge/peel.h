/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peel.h - walks a program and everything decoded from it. The program and
 * each layer is a unit: its text is lexed and folded piece by piece, what it
 * decodes joins the queue. Judging and training take the same walk and differ
 * in what they do with the pieces.
 */
#ifndef MPY_JUDGE_PEEL_H
#define MPY_JUDGE_PEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "behaviour.h"
#include "budget.h"
#include "features.h"
#include "text.h"
#include "verdict.h"

/* One unit while it is read. */
struct mpy_unit {
	unsigned int layer;  /* 0: the program itself */
	const uint8_t *data; /* its bytes */
	size_t size;
	struct mpy_text text;
	struct mpy_features features; /* at the current piece */
	const struct mpy_token *tokens; /* the piece */
	size_t n;
	size_t n_tokens; /* of all pieces so far */
	const struct mpy_behaviours *behaviours; /* at the end of the unit */
	bool carries; /* it runs something that was decoded from it */
	bool part; /* of a unit that has been read: the lines around something */
};

#define MPY_PARTS_MAX 6

/* Whole lines of a unit's text. */
struct mpy_part {
	size_t from, to; /* bytes */
	uint32_t line;	 /* number of the first */
};

/* Each returns 0, or a negative value that ends the walk and is passed up. */
struct mpy_peel_ops {
	int (*start)(void *context, struct mpy_unit *unit);
	/* unit->features stands at the start of a piece of tokens */
	int (*piece)(void *context, struct mpy_unit *unit);
	/* the text is read; unit->behaviours is set */
	int (*end)(void *context, struct mpy_unit *unit);
	int (*layer)(void *context, const struct mpy_layer *layer);
	/*
	 * May be NULL. Behind the end of a unit: which parts of its text are to
	 * be read once more, each by itself? How many; they are filled in.
	 */
	int (*parts)(void *context, const struct mpy_unit *unit,
		     struct mpy_part parts[MPY_PARTS_MAX]);
	/* May be NULL. The unit and its parts are read, the text goes. */
	int (*done)(void *context);
};

/*
 * Walks data[0..size). words as for mpy_features_start(). What bounds were
 * reached is in budget. 0, -ENOMEM, or what an operation returned.
 */
int mpy_peel(const uint8_t *data, size_t size, const uint8_t *words,
	     struct mpy_budget *budget, const struct mpy_peel_ops *ops,
	     void *context);

#endif
