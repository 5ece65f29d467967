/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judgeproc_memfd.h - bundle and large programs on their way to mpy-judge:
 * sealed, so that nobody changes them while they are looked at.
 */
#ifndef MPY_CORE_JUDGEPROC_MEMFD_H
#define MPY_CORE_JUDGEPROC_MEMFD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A memfd of size bytes: a hole up to from, the bytes of data behind it.
 * -errno. */
int mpy_memfd_sealed(const char *name, const void *data, size_t size,
		     size_t from);

/* The program as a sealed memfd. What is too large for the judge is cut, see
 * mpy_judgeproc_judge(): then *cut, and *size is what is left. -errno. */
int mpy_memfd_program(const uint8_t *data, size_t *size, bool *cut);

#endif
