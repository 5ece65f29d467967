/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pyc.h - compiled Python (2.7, 3.6 to 3.14): the header, marshal data, and
 * the code in it as text that the judge reads like source (decompile.h).
 */
#ifndef MPY_JUDGE_PYC_H
#define MPY_JUDGE_PYC_H

#include "budget.h"

#include <stdbool.h>

/*
 * Is data a .pyc? Its version as 0x0307 for 3.7, 0 if not; *offset is where
 * the marshal data starts.
 */
unsigned int mpy_pyc_version(const uint8_t *data, size_t size, size_t *offset);

/*
 * Does data look like marshal data of a code object (or of a string)? Cheap,
 * no parsing beyond the first bytes.
 */
bool mpy_pyc_is_marshal(const uint8_t *data, size_t size);

/*
 * The code in marshal data[0..size) as text. version as above, 0: unknown
 * (each layout of code objects is tried). *text is the caller's, to free().
 * 0; 1 if it is no marshal data with code in it (*text NULL); -ENOMEM.
 * Truncated data gives the text of what could be read.
 */
int mpy_pyc_text(const uint8_t *data, size_t size, unsigned int version,
		 struct mpy_budget *budget, uint8_t **text, size_t *text_size);

#endif
