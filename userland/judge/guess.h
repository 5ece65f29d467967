/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guess.h - what bytes might be when nothing says it: a program, something
 * compressed, something in base-N.
 */
#ifndef MPY_JUDGE_GUESS_H
#define MPY_JUDGE_GUESS_H

#include "budget.h"

#include <stdbool.h>

/* Python text, a .pyc, marshal data with code, a zip? */
bool mpy_guess_program(const uint8_t *data, size_t size);

/* Does it begin like gzip, bzip2, xz or zlib? */
bool mpy_guess_is_packed(const uint8_t *data, size_t size);

/*
 * Decompresses by what it begins with. 0 and *out the caller's, to free();
 * 1 if it is not compressed; -ENOMEM. *kind is the layer's kind.
 */
int mpy_guess_unpack(struct mpy_budget *budget, const uint8_t *data,
		     size_t size, const char **kind, uint8_t **out,
		     size_t *out_size);

/* The same for any one step that makes sense: base-N, reversal, rot13 too. */
int mpy_guess_decode(struct mpy_budget *budget, const uint8_t *data,
		     size_t size, const char **kind, uint8_t **out,
		     size_t *out_size);

#endif
