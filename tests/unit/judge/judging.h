/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judging.h - what tests of whole verdicts share: the bundle and the files. */
#ifndef MPY_TEST_JUDGING_H
#define MPY_TEST_JUDGING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/bundle.h"
#include "judge/verdict.h"

#define GOLDEN "tests/golden/judge/"

/* A whole file, NUL-terminated; exits if it cannot be read. */
static char *slurp(const char *path, size_t *size)
{
	FILE *in = fopen(path, "rb");
	char *data = malloc(5u << 20);

	if (!in || !data) {
		printf("not ok read %s\n", path);
		exit(1);
	}
	*size = fread(data, 1, (5u << 20) - 1, in);
	data[*size] = '\0';
	fclose(in);
	return data;
}

static struct mpy_bundle *default_bundle(void)
{
	struct mpy_bundle *bundle;
	char why[200] = "";
	size_t size;
	char *data = slurp("model/default.bundle", &size);

	if (mpy_bundle_parse(data, size, &bundle, why, sizeof(why))) {
		printf("not ok default bundle: %s\n", why);
		exit(1);
	}
	free(data);
	return bundle;
}

static struct mpy_verdict *judge(const struct mpy_bundle *bundle,
				 const void *data, size_t size)
{
	struct mpy_verdict *v = NULL;

	if (mpy_judge(bundle, data, size, NULL, &v)) {
		printf("not ok judge\n");
		exit(1);
	}
	return v;
}

#endif
