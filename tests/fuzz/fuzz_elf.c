// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_elf.c - a program image of any form. */
#include <stdint.h>
#include <string.h>

#include "daemon/interpreter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const uint8_t *data;
	size_t size;
};

static ssize_t read_bytes(const void *context, void *buffer, size_t size,
			  uint64_t offset)
{
	const struct bytes *bytes = context;

	if (offset >= bytes->size)
		return 0;
	if (size > bytes->size - offset)
		size = bytes->size - offset;
	memcpy(buffer, bytes->data + offset, size);
	return (ssize_t)size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes bytes = { data, size };
	const struct mpy_image_source source = { read_bytes, &bytes };

	mpy_interpreter_classify(&source);
	return 0;
}
