// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a .pyc and as bare marshal data of each version.
 */
#include <stdlib.h>

#include "judge/pyc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const unsigned int versions[] = { 0x0207, 0x0308, 0x0309, 0x030a,
					 0x030b, 0x030c, 0x030d, 0x030e, 0 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpy_budget budget;
	unsigned int version;
	size_t offset, text_size;
	uint8_t *text;
	int result;

	mpy_budget_init(&budget);
	budget.steps = 200000;
	version = mpy_pyc_version(data, size, &offset);
	if (!version && size) {
		version = versions[data[0] % 9];
		offset = 1;
	}
	if (offset > size)
		abort();
	result = mpy_pyc_text(data + offset, size - offset, version, &budget,
			      &text, &text_size);
	if (result < 0 || (result == 1 && text))
		abort();
	free(text);
	return 0;
}
