// SPDX-License-Identifier: GPL-2.0-or-later
/* facts.c - facts to and from the records of a recording; the host's own. */
#include "daemon/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

void mpy_exec_facts_free(struct mpy_exec_facts *facts)
{
	size_t i;

	if (!facts)
		return;
	for (i = 0; i < facts->n_ancestors; i++) {
		free(facts->ancestors[i].exe);
		free(facts->ancestors[i].argv);
	}
	free(facts->resolved);
	free(facts);
}

void mpy_file_facts_clear(struct mpy_file_facts *facts)
{
	free(facts->absent);
	free(facts->bytes);
	memset(facts, 0, sizeof(*facts));
}

void mpy_host_clear(struct mpy_host *host)
{
	free(host->machine_id);
	free(host->name);
	free(host->kernel);
	memset(host, 0, sizeof(*host));
}

static int read_machine_id(char out[33])
{
	int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
	ssize_t r;

	if (fd < 0)
		return -errno;
	r = read(fd, out, 32);
	close(fd);
	if (r < 32)
		return -EINVAL;
	out[32] = '\0';
	return strspn(out, "0123456789abcdef") == 32 ? 0 : -EINVAL;
}

int mpy_host_read(struct mpy_host *host)
{
	struct utsname names;
	char id[33];
	int r = read_machine_id(id);

	memset(host, 0, sizeof(*host));
	if (r < 0)
		return r;
	if (uname(&names) < 0)
		return -errno;
	host->machine_id = strdup(id);
	host->name = strdup(names.nodename);
	host->kernel = strdup(names.release);
	if (host->machine_id && host->name && host->kernel)
		return 0;
	mpy_host_clear(host);
	return -ENOMEM;
}

void mpy_exec_facts_put(struct mpy_blob *blob,
			const struct mpy_exec_facts *facts)
{
	size_t i;

	mpy_blob_put_u32(blob, facts->operand);
	mpy_blob_put_u64(blob, facts->dev);
	mpy_blob_put_u64(blob, facts->inode);
	mpy_blob_put_text(blob, facts->resolved);
	mpy_blob_put_u32(blob, (uint32_t)facts->n_ancestors);
	for (i = 0; i < facts->n_ancestors; i++) {
		const struct mpy_ancestor_fact *a = &facts->ancestors[i];

		mpy_blob_put_u32(blob, a->pid);
		mpy_blob_put_u64(blob, a->start_ns);
		mpy_blob_put_text(blob, a->exe);
		mpy_blob_put_bytes(blob, a->argv, a->argv_size);
	}
}

struct mpy_exec_facts *mpy_exec_facts_get(const void *data, size_t size)
{
	struct mpy_exec_facts *facts = calloc(1, sizeof(*facts));
	struct mpy_cursor cursor = { data, size, false };
	uint32_t i, n;

	if (!facts)
		return NULL;
	facts->operand = mpy_cursor_u32(&cursor);
	facts->dev = mpy_cursor_u64(&cursor);
	facts->inode = mpy_cursor_u64(&cursor);
	facts->resolved = mpy_cursor_text(&cursor);
	n = mpy_cursor_u32(&cursor);
	if (n > MPY_ANCESTORS_MAX || facts->operand > MPY_OPERAND_DIRECTORY)
		cursor.bad = true;
	for (i = 0; i < n && !cursor.bad; i++) {
		struct mpy_ancestor_fact *a = &facts->ancestors[i];

		facts->n_ancestors = i + 1;
		a->pid = mpy_cursor_u32(&cursor);
		a->start_ns = mpy_cursor_u64(&cursor);
		a->exe = mpy_cursor_text(&cursor);
		a->argv = mpy_cursor_bytes(&cursor, &a->argv_size);
	}
	if (!cursor.bad)
		return facts;
	mpy_exec_facts_free(facts);
	return NULL;
}

void mpy_file_facts_put(struct mpy_blob *blob,
			const struct mpy_file_facts *facts)
{
	mpy_blob_put_text(blob, facts->absent);
	mpy_blob_put_text(blob, facts->sha256);
	mpy_blob_put_u64(blob, facts->size);
	mpy_blob_put_bytes(blob, facts->bytes, facts->bytes_size);
}

/* A digest of 64 hex digits, or nothing. */
static void take_digest(struct mpy_cursor *cursor, char out[MPY_SHA256_HEX])
{
	char *text = mpy_cursor_text(cursor);

	out[0] = '\0';
	if (text && strlen(text) == MPY_SHA256_HEX - 1 &&
	    strspn(text, "0123456789abcdef") == MPY_SHA256_HEX - 1)
		memcpy(out, text, MPY_SHA256_HEX);
	else if (!text || text[0])
		cursor->bad = true;
	free(text);
}

int mpy_file_facts_get(const void *data, size_t size,
		       struct mpy_file_facts *out)
{
	struct mpy_cursor cursor = { data, size, false };

	memset(out, 0, sizeof(*out));
	out->absent = mpy_cursor_text(&cursor);
	take_digest(&cursor, out->sha256);
	out->size = mpy_cursor_u64(&cursor);
	out->bytes = mpy_cursor_bytes(&cursor, &out->bytes_size);
	if (!cursor.bad && (out->absent || out->sha256[0]))
		return 0;
	mpy_file_facts_clear(out);
	return -EBADMSG;
}

void mpy_image_facts_put(struct mpy_blob *blob, const struct mpy_file_id *id,
			 const struct mpy_image_facts *facts)
{
	mpy_blob_put_u64(blob, id->dev);
	mpy_blob_put_u64(blob, id->inode);
	mpy_blob_put_u64(blob, id->size);
	mpy_blob_put_u64(blob, (uint64_t)id->mtime_ns);
	mpy_blob_put_u64(blob, (uint64_t)id->ctime_ns);
	mpy_blob_put_u32(blob, facts->class);
	mpy_blob_put_text(blob, facts->sha256);
}

int mpy_image_facts_get(const void *data, size_t size, struct mpy_file_id *id,
			struct mpy_image_facts *out)
{
	struct mpy_cursor cursor = { data, size, false };

	memset(id, 0, sizeof(*id));
	id->present = true;
	id->dev = mpy_cursor_u64(&cursor);
	id->inode = mpy_cursor_u64(&cursor);
	id->size = mpy_cursor_u64(&cursor);
	id->mtime_ns = (int64_t)mpy_cursor_u64(&cursor);
	id->ctime_ns = (int64_t)mpy_cursor_u64(&cursor);
	out->class = mpy_cursor_u32(&cursor);
	take_digest(&cursor, out->sha256);
	if (cursor.bad || out->class > MPY_IMAGE_LAUNCHES)
		return -EBADMSG;
	return 0;
}

void mpy_host_put(struct mpy_blob *blob, const struct mpy_host *host)
{
	mpy_blob_put_text(blob, host->machine_id);
	mpy_blob_put_text(blob, host->name);
	mpy_blob_put_text(blob, host->kernel);
}

int mpy_host_get(const void *data, size_t size, struct mpy_host *out)
{
	struct mpy_cursor cursor = { data, size, false };

	out->machine_id = mpy_cursor_text(&cursor);
	out->name = mpy_cursor_text(&cursor);
	out->kernel = mpy_cursor_text(&cursor);
	if (!cursor.bad && out->machine_id && out->name && out->kernel)
		return 0;
	mpy_host_clear(out);
	return -EBADMSG;
}
