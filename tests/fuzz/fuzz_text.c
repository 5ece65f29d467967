// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_text.c - the text reader over any bytes. */
#include <stdlib.h>

#include "judge/text.h"
#include "judge/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpy_text text;
	size_t i = 0;
	uint32_t value;

	if (mpy_text_read(data, size, &text))
		abort();
	if (text.size > MPY_TEXT_MAX)
		abort();
	while (i < text.size)
		i += mpy_text_rune(text.bytes + i, text.size - i, &value);
	if (i != text.size)
		abort();
	mpy_text_free(&text);
	return 0;
}
