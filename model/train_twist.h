/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_twist.h - programs made of programs, for training alone: packed whole
 * as installers do, or with names and strings written in roundabout ways.
 * Harmless ones teach that the trick alone means little, malicious ones what
 * is left to see behind it.
 */
#ifndef MPY_MODEL_TRAIN_TWIST_H
#define MPY_MODEL_TRAIN_TWIST_H

#include <stddef.h>
#include <stdint.h>

/*
 * data[0..size) packed into a loader that decodes and executes it. seed
 * chooses the form. *out is the caller's, to free(). 0 or -ENOMEM.
 */
int mpy_twist_pack(const uint8_t *data, size_t size, uint32_t seed,
		   uint8_t **out, size_t *out_size);

/*
 * The same program with its own names replaced by meaningless ones and its
 * strings split, escaped, or built of character codes. Meant to look right,
 * not to run.
 */
int mpy_twist_blur(const uint8_t *data, size_t size, uint32_t seed,
		   uint8_t **out, size_t *out_size);

#endif
