// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a zip: members lie inside of it, what is unpacked stays
 * within its bound. Then as each kind of compressed data.
 */
#include <stdlib.h>

#include "judge/unpack.h"
#include "judge/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX 65536

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void read_member(const uint8_t *data, size_t size,
			const struct mpy_zip_member *member)
{
	size_t out_size;
	uint8_t *out;
	int result;

	must(member->data >= data && member->data <= data + size);
	must(member->packed <= (size_t)(data + size - member->data));
	must((const uint8_t *)member->name >= data);
	result = mpy_zip_member(member, MAX, &out, &out_size);
	must(result >= 0 && out_size <= MAX);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpy_zip_member *list;
	size_t out_size;
	uint8_t *out;
	int n = mpy_zip_list(data, size, &list);

	must(n >= 0 && n <= MPY_ZIP_MEMBERS);
	for (int i = 0; i < n && i < 8; i++)
		read_member(data, size, &list[i]);
	free(list);
	if (!size)
		return 0;
	n = mpy_unpack((enum mpy_packing)(data[0] % 5), data + 1, size - 1, MAX,
		       &out, &out_size);
	must(n >= 0 && out_size <= MAX);
	free(out);
	return 0;
}
