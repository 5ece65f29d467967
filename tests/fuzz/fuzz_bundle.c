// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_bundle.c - the bundle parser. The input is what stands between head
 * and checksum, so that the checksum does not keep the fuzzer out.
 */
#include <stdlib.h>
#include <string.h>

#include "judge/bundle.h"
#include "judge/bundle_inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(uint8_t *p, uint64_t v)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> i * 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *whole = malloc(size + 24);
	uint64_t h = 0xcbf29ce484222325u;
	struct mpy_bundle *bundle = NULL;
	char why[200];
	size_t i;

	memcpy(whole, "MPYBNDL1", 8);
	put(whole + 8, mpy_bundle_schema());
	memcpy(whole + 16, data, size);
	for (i = 0; i < size + 16; i++)
		h = (h ^ whole[i]) * 0x100000001b3u;
	put(whole + 16 + size, h);
	if (!mpy_bundle_parse(whole, size + 24, &bundle, why, sizeof(why)))
		mpy_bundle_free(bundle);
	if (!mpy_bundle_parse(data, size, &bundle, why, sizeof(why)))
		mpy_bundle_free(bundle);
	free(whole);
	return 0;
}
