// SPDX-License-Identifier: GPL-2.0-or-later
/* Zip archives, whole and damaged. */
#include "../test.h"

#include <stdlib.h>

#include "judge/unpack.h"
#include "judge/zip.h"

/* Members of an archive that is put together here, stored. */
struct builder {
	uint8_t data[4096];
	size_t size, directory;
	uint8_t entries[2048];
	size_t n_entries, members;
};

static void put(struct builder *b, const void *data, size_t size)
{
	memcpy(b->data + b->size, data, size);
	b->size += size;
}

static void put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, size_t v)
{
	put16(p, v & 0xffff);
	put16(p + 2, v >> 16);
}

static void add(struct builder *b, size_t prefix, const char *name,
		const char *text)
{
	uint8_t local[30] = "PK\3\4", entry[46] = "PK\1\2";
	size_t n = strlen(name), size = strlen(text);

	put32(local + 18, size);
	put32(local + 22, size);
	put16(local + 26, n);
	put32(entry + 20, size);
	put32(entry + 24, size);
	put16(entry + 28, n);
	put32(entry + 42, b->size - prefix);
	memcpy(b->entries + b->n_entries, entry, 46);
	memcpy(b->entries + b->n_entries + 46, name, n);
	b->n_entries += 46 + n;
	put(b, local, 30);
	put(b, name, n);
	put(b, text, size);
	b->members++;
}

static void finish(struct builder *b, size_t prefix)
{
	uint8_t end[22] = "PK\5\6";

	b->directory = b->size - prefix;
	put(b, b->entries, b->n_entries);
	put16(end + 8, b->members);
	put16(end + 10, b->members);
	put32(end + 12, b->n_entries);
	put32(end + 16, b->directory);
	put(b, end, 22);
}

static void with_a_line_in_front(void)
{
	static const char line[] = "#!/usr/bin/env python3\n";
	struct builder b = { 0 };
	struct mpy_zip_member *list;
	uint8_t *out;
	size_t size;

	put(&b, line, strlen(line));
	add(&b, b.size, "__main__.py", "print(1)\n");
	add(&b, strlen(line), "a/b.py", "pass\n");
	finish(&b, strlen(line));
	CHECK(mpy_zip_is(b.data, b.size));
	CHECK(mpy_zip_list(b.data, b.size, &list) == 2);
	CHECK(list[0].name_size == 11 && !memcmp(list[0].name, "__main__.py",
						 11));
	CHECK(mpy_zip_member(&list[0], 100, &out, &size) == 0);
	CHECK(size == 9 && !memcmp(out, "print(1)\n", 9));
	free(out);
	CHECK(mpy_zip_member(&list[1], 2, &out, &size) == MPY_UNPACK_CUT);
	CHECK(size == 2);
	free(out);
	free(list);
}

static void damaged(void)
{
	struct builder b = { 0 };
	struct mpy_zip_member *list;

	add(&b, 0, "x.py", "pass\n");
	finish(&b, 0);
	/* without its end it is no archive */
	CHECK(!mpy_zip_is(b.data, b.size - 1));
	CHECK(mpy_zip_list(b.data, b.size - 1, &list) == 0 && !list);
	/* a member that points out of the archive is left out */
	put32(b.data + b.directory + 42, 4000);
	CHECK(mpy_zip_list(b.data, b.size, &list) == 0);
	free(list);
	/* more members claimed than there are */
	put32(b.data + b.directory + 42, 0);
	put16(b.data + b.size - 12, 60000);
	CHECK(mpy_zip_list(b.data, b.size, &list) == 1);
	/* a size beyond the archive is cut to it */
	free(list);
	put32(b.data + b.directory + 20, 0xfffffff0u);
	CHECK(mpy_zip_list(b.data, b.size, &list) == 1);
	CHECK(list[0].packed < b.size);
	free(list);
	CHECK(!mpy_zip_is((const uint8_t *)"", 0));
	CHECK(!mpy_zip_is((const uint8_t *)"print('PK')", 11));
}

/* What zipfile writes with ZIP_LZMA: an end marker, no size. */
static void lzma(void)
{
	static const uint8_t packed[] = {
		0x09, 0x04, 0x05, 0x00, 0x5d, 0x00, 0x00, 0x80, 0x00,
		0x00, 0x38, 0x1c, 0x89, 0x56, 0x8c, 0x0b, 0x99, 0x93,
		0x8a, 0x4a, 0x1d, 0xb6, 0xcf, 0xff, 0xff, 0xc0, 0x43,
		0x00, 0x00
	};
	struct mpy_zip_member m = { .data = packed,
				    .packed = sizeof(packed),
				    .method = 14 };
	uint8_t *out;
	size_t size;

	CHECK(mpy_zip_member(&m, 100, &out, &size) == 0);
	CHECK(size == 9 && !memcmp(out, "print(1)\n", 9));
	free(out);
	for (m.packed = 0; m.packed < 10; m.packed++)
		CHECK(mpy_zip_member(&m, 100, &out, &size) == MPY_UNPACK_BAD);
}

static void encrypted(void)
{
	struct builder b = { 0 };
	struct mpy_zip_member *list;
	uint8_t *out;
	size_t size;

	add(&b, 0, "x.py", "pass\n");
	b.entries[8] = 1;
	finish(&b, 0);
	CHECK(mpy_zip_list(b.data, b.size, &list) == 1);
	CHECK(list[0].encrypted);
	CHECK(mpy_zip_member(&list[0], 100, &out, &size) == MPY_UNPACK_BAD);
	free(list);
}

int main(void)
{
	RUN(with_a_line_in_front);
	RUN(damaged);
	RUN(encrypted);
	RUN(lzma);
	return DONE();
}
