// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The central directory of a zip, and its members. Offsets count from where
 * the archive begins, which need not be where the bytes begin: a #! line or
 * a program may stand before it.
 */
#include "zip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unpack.h"

#define END_SIZE	22
#define ENTRY_SIZE	46
#define LOCAL_SIZE	30
#define COMMENT_MAX	65535
#define LZMA_PROPERTIES 5
#define LZMA_HEAD	(4 + LZMA_PROPERTIES)

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) | get16(p + 2) << 16;
}

/* Offset of the end record, or size if there is none. */
static size_t find_end(const uint8_t *data, size_t size)
{
	size_t low, at;

	if (size < END_SIZE)
		return size;
	low = size - END_SIZE > COMMENT_MAX ? size - END_SIZE - COMMENT_MAX : 0;
	for (at = size - END_SIZE + 1; at-- > low;) {
		/* of its four bytes the one that no text has */
		const uint8_t *p = memrchr(data + low + 2, 5, at - low + 1);

		if (!p)
			break;
		p -= 2;
		at = (size_t)(p - data);
		if (!memcmp(p, "PK\5\6", 4) &&
		    at + END_SIZE + get16(p + 20) <= size)
			return at;
	}
	return size;
}

bool mpy_zip_is(const uint8_t *data, size_t size)
{
	return find_end(data, size) < size;
}

/*
 * Where the packed bytes of an entry are: behind its local header. False if
 * that is not in the archive.
 */
static bool locate(const uint8_t *data, size_t size, size_t start,
		   const uint8_t *entry, struct mpy_zip_member *m)
{
	uint64_t at = (uint64_t)start + get32(entry + 42);
	const uint8_t *local;

	m->packed = get32(entry + 20);
	m->size = get32(entry + 24);
	m->method = (uint16_t)get16(entry + 10);
	m->encrypted = get16(entry + 8) & 1;
	if (at + LOCAL_SIZE > size)
		return false;
	local = data + at;
	if (memcmp(local, "PK\3\4", 4))
		return false;
	at += LOCAL_SIZE + get16(local + 26) + get16(local + 28);
	if (at > size)
		return false;
	m->data = data + at;
	/* sizes beyond 32 bits stand elsewhere: take what there is */
	if (m->packed > size - at)
		m->packed = size - at;
	return true;
}

int mpy_zip_list(const uint8_t *data, size_t size,
		 struct mpy_zip_member **list)
{
	size_t end = find_end(data, size), at, start = 0, directory, n;
	struct mpy_zip_member *members;
	int found = 0;

	*list = NULL;
	if (end == size)
		return 0;
	n = get16(data + end + 10);
	directory = get32(data + end + 12);
	if (directory > end)
		return 0;
	at = end - directory;
	if (get32(data + end + 16) <= at)
		start = at - get32(data + end + 16);
	if (n > MPY_ZIP_MEMBERS)
		n = MPY_ZIP_MEMBERS;
	members = calloc(n ? n : 1, sizeof(*members));
	if (!members)
		return -ENOMEM;
	while ((size_t)found < n && at + ENTRY_SIZE <= end &&
	       !memcmp(data + at, "PK\1\2", 4)) {
		const uint8_t *entry = data + at;
		size_t name = get16(entry + 28);
		size_t all = ENTRY_SIZE + name + get16(entry + 30) +
			     get16(entry + 32);

		if (all > end - at)
			break;
		members[found].name = (const char *)entry + ENTRY_SIZE;
		members[found].name_size = name;
		if (locate(data, size, start, entry, &members[found]))
			found++;
		else
			n--; /* left out */
		at += all;
	}
	*list = members;
	return found;
}

static int stored(const struct mpy_zip_member *m, size_t max, uint8_t **out,
		  size_t *out_size)
{
	size_t size = m->packed < max ? m->packed : max;

	*out = malloc(size ? size : 1);
	if (!*out)
		return -ENOMEM;
	if (size)
		memcpy(*out, m->data, size);
	*out_size = size;
	return size < m->packed ? MPY_UNPACK_CUT : 0;
}

/*
 * LZMA: behind the version of the packer and the size of the properties come
 * the properties and the data (APPNOTE.TXT 5.8.8). As a .lzma file they have
 * the unpacked size between them; all ones: until the data ends.
 */
static int lzma(const struct mpy_zip_member *m, size_t max, uint8_t **out,
		size_t *out_size)
{
	uint8_t *file;
	int result;

	if (m->packed < LZMA_HEAD || get16(m->data + 2) != LZMA_PROPERTIES)
		return MPY_UNPACK_BAD;
	file = malloc(m->packed - 4 + 8);
	if (!file)
		return -ENOMEM;
	memcpy(file, m->data + 4, LZMA_PROPERTIES);
	memset(file + LZMA_PROPERTIES, 0xff, 8);
	memcpy(file + LZMA_PROPERTIES + 8, m->data + LZMA_HEAD,
	       m->packed - LZMA_HEAD);
	result = mpy_unpack(MPY_PACK_LZMA, file, m->packed - 4 + 8, max, out,
			    out_size);
	free(file);
	return result;
}

int mpy_zip_member(const struct mpy_zip_member *member, size_t max,
		   uint8_t **out, size_t *out_size)
{
	*out = NULL;
	*out_size = 0;
	if (member->encrypted)
		return MPY_UNPACK_BAD;
	switch (member->method) {
	case 0:
		return stored(member, max, out, out_size);
	case 8:
		return mpy_unpack(MPY_PACK_DEFLATE, member->data,
				  member->packed, max, out, out_size);
	case 12:
		return mpy_unpack(MPY_PACK_BZ2, member->data, member->packed,
				  max, out, out_size);
	case 14:
		return lzma(member, max, out, out_size);
	default:
		return MPY_UNPACK_BAD;
	}
}
