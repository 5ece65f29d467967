// SPDX-License-Identifier: GPL-2.0-or-later
/* A configuration is taken whole, and what it prints reads back the same; or
 * it is refused with a printable sentence and changes nothing. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/config.h"
#include "core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void collect(void *context, const char *key, const char *value,
		    const char *meaning)
{
	char *text = context;
	size_t used = strlen(text);

	snprintf(text + used, 32768 - used, "%s = %s\n", key, value);
}

static void check_sentence(const char *why)
{
	size_t size = strlen(why), step;
	uint32_t point;

	if (strncmp(why, "name:", 5))
		abort();
	for (; size; why += step, size -= step) {
		step = mpy_utf8_step(why, size, &point);
		if (!step || mpy_utf8_unsafe(point))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char first[32768], second[32768];
	struct mpy_config config = { 0 }, again = { 0 };
	char why[512];

	if (mpy_config_parse(&config, (const char *)data, size, "name", why,
			     sizeof(why))) {
		check_sentence(why);
		if (config.database)
			abort();
		return 0;
	}
	first[0] = second[0] = '\0';
	mpy_config_each(collect, &config, first);
	if (mpy_config_parse(&again, first, strlen(first), "name", why,
			     sizeof(why)))
		abort();
	mpy_config_each(collect, &again, second);
	if (strcmp(first, second))
		abort();
	mpy_config_free(&config);
	mpy_config_free(&again);
	return 0;
}
