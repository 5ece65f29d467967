/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena.h - memory for one pass over one text, freed in one go. Bounded:
 * past its limit it gives NULL and says so, which is an outcome to be noted
 * and not an error.
 */
#ifndef MPY_JUDGE_ARENA_H
#define MPY_JUDGE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct mpy_arena_block;

struct mpy_arena {
	struct mpy_arena_block *blocks; /* newest first */
	size_t used;			/* bytes in all blocks */
	size_t limit;
	bool full;   /* the limit was reached */
	bool failed; /* malloc() failed */
};

void mpy_arena_init(struct mpy_arena *arena, size_t limit);
void mpy_arena_free(struct mpy_arena *arena);

/*
 * size bytes aligned for any object, not zeroed, valid until the arena is
 * freed; size may be 0. NULL with full or failed set.
 */
void *mpy_arena_get(struct mpy_arena *arena, size_t size);

/* A copy of size bytes with a NUL added after them. */
void *mpy_arena_copy(struct mpy_arena *arena, const void *data, size_t size);

/*
 * Gives back the tail of the newest piece, which was got with size old and
 * shrinks to size. Only for the piece got last.
 */
void mpy_arena_trim(struct mpy_arena *arena, void *piece, size_t old,
		    size_t size);

#endif
