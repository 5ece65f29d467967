// SPDX-License-Identifier: GPL-2.0-or-later
/* train_bundle.c - quantises, writes, and reads back what it wrote. */
#include "train_bundle.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/bundle.h"

static double largest(const struct mpy_weights *weights)
{
	double most = 0;

	for (uint32_t i = 0; i < MPY_BUCKETS; i++)
		if (fabs(weights->w[i]) > most)
			most = fabs(weights->w[i]);
	return most > 0 ? most : 1;
}

void mpy_train_put_linear(const struct mpy_dataset *set,
			  struct mpy_weights *weights,
			  struct mpy_bundle *bundle)
{
	uint32_t i;

	bundle->weight_unit = largest(weights) / INT16_MAX;
	bundle->bias = weights->bias;
	memcpy(bundle->words, set->words, MPY_WORD_BYTES);
	for (i = 0; i < MPY_BUCKETS; i++) {
		struct mpy_cell *cell = &bundle->buckets->at[i].cell;

		cell->idf = set->idf[i];
		cell->weight = (int16_t)lrint(weights->w[i] /
					      bundle->weight_unit);
		weights->w[i] = cell->weight * bundle->weight_unit;
	}
}

/* A byte holds the root of a weight: the small ones are many. */
void mpy_train_put_offensive(const struct mpy_weights *weights,
			     struct mpy_bundle *bundle)
{
	uint32_t i;

	bundle->offensive_unit = largest(weights) / (INT8_MAX * INT8_MAX);
	bundle->offensive_bias = weights->bias;
	for (i = 0; i < MPY_BUCKETS; i++) {
		double root = sqrt(fabs(weights->w[i]) /
				   bundle->offensive_unit);

		bundle->buckets->at[i].cell.offensive =
			(int8_t)lrint(copysign(root, weights->w[i]));
	}
}

int mpy_train_save(const struct mpy_bundle *bundle, const char *path)
{
	struct mpy_bundle *again = NULL;
	char why[160] = "", temporary[4096];
	uint8_t *data;
	size_t size;
	FILE *out;
	int result = mpy_bundle_write(bundle, &data, &size);

	if (result)
		return result;
	result = mpy_bundle_parse(data, size, &again, why, sizeof(why));
	mpy_bundle_free(again);
	if (result) {
		fprintf(stderr, "mpy-train: the bundle cannot be read back: "
				"%s\n",
			why);
		free(data);
		return result;
	}
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	out = fopen(temporary, "wb");
	if (!out || fwrite(data, 1, size, out) != size || fclose(out) ||
	    rename(temporary, path)) {
		result = -errno;
		fprintf(stderr, "mpy-train: cannot write %s: %s\n", path,
			strerror(errno));
	} else {
		fprintf(stderr, "%s: %zu bytes\n", path, size);
	}
	free(data);
	return result;
}
