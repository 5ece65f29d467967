// SPDX-License-Identifier: GPL-2.0-or-later
/* dense.c - the table of the second stage's numbers. */
#include "dense.h"

static const char *const names[MPY_DENSE_COUNT] = {
	[MPY_DENSE_BEST] = "best-window",
	[MPY_DENSE_WHOLE] = "whole-text",
	[MPY_DENSE_LENGTH] = "length",
};

const char *mpy_dense_name(enum mpy_dense id)
{
	return names[id];
}
