/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_cut.h - short programs cut out of long ones, for training alone: a few
 * statements with the imports that they need, as one gives them with -c or as
 * a decoder executes them. What malicious files do, they do in few lines.
 */
#ifndef MPY_MODEL_TRAIN_CUT_H
#define MPY_MODEL_TRAIN_CUT_H

#include <stddef.h>
#include <stdint.h>

/*
 * The statement of data[0..size) that has the line (1: the first), with up to
 * three around it at its level or deeper, up to seven of the block that it
 * opens if it opens one, and the imports that these use. seed chooses how many.
 * *out is the caller's, to free(); NULL if no statement has the line, if little
 * or if everything would be cut out. 0 or -ENOMEM.
 */
int mpy_cut(const uint8_t *data, size_t size, uint32_t line, uint32_t seed,
	    uint8_t **out, size_t *out_size);

#endif
