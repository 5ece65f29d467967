// SPDX-License-Identifier: GPL-2.0-or-later
/* train_bundle.c - quantises, writes, and reads back what it wrote. */
#include "train_bundle.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/bundle.h"

void mpy_train_put_linear(const struct mpy_dataset *set,
			  struct mpy_weights *weights,
			  struct mpy_bundle *bundle)
{
	double most = 0;
	uint32_t i;

	for (i = 0; i < MPY_BUCKETS; i++)
		if (fabs(weights->w[i]) > most)
			most = fabs(weights->w[i]);
	bundle->weight_unit = most > 0 ? most / INT16_MAX : 1;
	bundle->bias = weights->bias;
	memcpy(bundle->words, set->words, MPY_WORD_BYTES);
	for (i = 0; i < MPY_BUCKETS; i++) {
		bundle->cells[i].idf = set->idf[i];
		bundle->cells[i].weight =
			(int16_t)lrint(weights->w[i] / bundle->weight_unit);
		weights->w[i] = bundle->cells[i].weight * bundle->weight_unit;
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
