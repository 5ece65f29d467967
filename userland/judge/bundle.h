/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bundle.h - the trained model in one block of bytes: schema id, weights,
 * second stage, calibration, thresholds, training facts. The bytes may be
 * hostile: every offset and count is checked before it is used.
 */
#ifndef MPY_JUDGE_BUNDLE_H
#define MPY_JUDGE_BUNDLE_H

#include <stddef.h>

struct mpy_bundle;

#define MPY_BUNDLE_MAX (4u << 20) /* largest bundle accepted, bytes */

/*
 * Parses size bytes at data, which are copied. *out is the caller's, freed by
 * mpy_bundle_free(). -EINVAL with a sentence in why[0..why_size) if it is no
 * bundle, of another schema than this program's features, or damaged;
 * -ENOMEM.
 */
int mpy_bundle_parse(const void *data, size_t size, struct mpy_bundle **out,
		     char *why, size_t why_size);
void mpy_bundle_free(struct mpy_bundle *bundle);

/* Short name of the model, such as "mpy-2026.11"; owned by the bundle. */
const char *mpy_bundle_name(const struct mpy_bundle *bundle);

#endif
