/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_bundle.h - puts what was trained into a bundle and on disk.
 */
#ifndef MPY_MODEL_TRAIN_BUNDLE_H
#define MPY_MODEL_TRAIN_BUNDLE_H

#include "judge/bundle_inside.h"

#include "train_data.h"
#include "train_linear.h"

/*
 * Words, idf and quantised weights into the bundle; weights are changed to
 * what the bundle can hold, so that scores agree from then on.
 */
void mpy_train_put_linear(const struct mpy_dataset *set,
			  struct mpy_weights *weights,
			  struct mpy_bundle *bundle);

/* The weights of the view of offensive tools into the bundle, rounded. */
void mpy_train_put_offensive(const struct mpy_weights *weights,
			     struct mpy_bundle *bundle);

/* 0 or -errno, said on standard error. Replaces the file at once. */
int mpy_train_save(const struct mpy_bundle *bundle, const char *path);

#endif
