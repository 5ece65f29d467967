/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compose.h - makes kernel messages by hand, for tests: attributes as the
 * module sends them, fed to the parser or written to a recording.
 */
#ifndef MPY_TEST_COMPOSE_H
#define MPY_TEST_COMPOSE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <mpy.h>

#include "daemon/event.h"
#include "daemon/recording.h"

struct message {
	uint32_t cmd;
	uint8_t data[65536];
	size_t size;
};

__attribute__((unused)) static void add(struct message *m, uint16_t type,
					const void *data, size_t size)
{
	uint16_t head[2] = { (uint16_t)(size + 4), type };

	memcpy(m->data + m->size, head, 4);
	if (size)
		memcpy(m->data + m->size + 4, data, size);
	m->size += (size + 4 + 3) & ~(size_t)3;
}

__attribute__((unused)) static void add_u32(struct message *m, uint16_t type,
					    uint32_t value)
{
	add(m, type, &value, sizeof(value));
}

__attribute__((unused)) static void add_u64(struct message *m, uint16_t type,
					    uint64_t value)
{
	add(m, type, &value, sizeof(value));
}

__attribute__((unused)) static void add_text(struct message *m, uint16_t type,
					     const char *text)
{
	if (text)
		add(m, type, text, strlen(text));
}

/* A process of a made-up host: its numbers follow from its pid. */
struct actor {
	uint32_t pid, ppid;
	const char *cwd, *exe;
};

#define START_OF(pid) (1000000000ull * (pid))
#define REAL_BASE     1700000000000000000ull
#define PYTHON_INODE  777u
#define TEST_DEV      0xfd00u

__attribute__((unused)) static struct message *new_event(uint64_t seq,
							 uint32_t kind,
							 struct actor who)
{
	struct message *m = calloc(1, sizeof(*m));

	m->cmd = MPY_CMD_EVENT;
	add_u64(m, MPY_A_SEQ, seq);
	add_u32(m, MPY_A_KIND, kind);
	add_u64(m, MPY_A_BOOT_NS, START_OF(who.pid) + seq);
	add_u64(m, MPY_A_REAL_NS, REAL_BASE + START_OF(who.pid) + seq);
	add_u32(m, MPY_A_TGID, who.pid);
	add_u64(m, MPY_A_TASK_START_NS, START_OF(who.pid));
	add_u32(m, MPY_A_PPID, who.ppid);
	add_u64(m, MPY_A_PARENT_START_NS, START_OF(who.ppid));
	add_u32(m, MPY_A_UID, 1000);
	add_u32(m, MPY_A_EUID, 1000);
	add_u32(m, MPY_A_GID, 1000);
	add_text(m, MPY_A_COMM, "python3");
	add_text(m, MPY_A_CWD, who.cwd);
	add_text(m, MPY_A_EXE_PATH, who.exe);
	add_u64(m, MPY_A_EXE_DEV, TEST_DEV);
	add_u64(m, MPY_A_EXE_INODE, PYTHON_INODE);
	add_text(m, MPY_A_CGROUP_PATH, "/user.slice");
	return m;
}

/* argv holds size bytes with a NUL behind each argument. */
__attribute__((unused)) static struct message *
new_exec(uint64_t seq, struct actor who, const char *filename, size_t size)
{
	struct message *m = new_event(seq, MPY_KIND_EXEC, who);

	add_text(m, MPY_A_FILENAME, filename);
	add_u64(m, MPY_A_EXE_SIZE, 6000000);
	add_u64(m, MPY_A_EXE_MTIME_NS, 1);
	add_u64(m, MPY_A_EXE_CTIME_NS, 2);
	add_u32(m, MPY_A_ARGV_SIZE, (uint32_t)size);
	add_u32(m, MPY_A_ARGV_TOTAL, (uint32_t)size);
	return m;
}

__attribute__((unused)) static struct message *
new_read(uint64_t seq, struct actor who, const char *path, uint64_t inode,
	 size_t size)
{
	struct message *m = new_event(seq, MPY_KIND_READ, who);

	add_text(m, MPY_A_FILE_PATH, path);
	add_u64(m, MPY_A_FILE_DEV, TEST_DEV);
	add_u64(m, MPY_A_FILE_INODE, inode);
	add_u64(m, MPY_A_FILE_SIZE, size);
	add_u64(m, MPY_A_FILE_MTIME_NS, 3);
	add_u64(m, MPY_A_FILE_CTIME_NS, 4);
	add_text(m, MPY_A_FILE_FSTYPE, "ext4");
	add_u32(m, MPY_A_CONTENTS_SIZE, (uint32_t)size);
	return m;
}

__attribute__((unused)) static struct message *
new_chunk(uint64_t seq, uint32_t field, size_t offset, const void *data,
	  size_t size)
{
	struct message *m = calloc(1, sizeof(*m));

	m->cmd = MPY_CMD_CHUNK;
	add_u64(m, MPY_A_SEQ, seq);
	add_u32(m, MPY_A_FIELD, field);
	add_u32(m, MPY_A_OFFSET, (uint32_t)offset);
	add(m, MPY_A_DATA, data, size);
	return m;
}

/* Feeds a message to the parser and frees it. */
__attribute__((unused)) static int feed(struct mpy_assembler *assembler,
					struct message *m,
					struct mpy_event **out)
{
	int r = mpy_event_feed(assembler, m->cmd, m->data, m->size, out);

	free(m);
	return r;
}

/* Writes a message to a recording and frees it. */
__attribute__((unused)) static void keep(struct mpy_recorder *recorder,
					 struct message *m)
{
	mpy_recorder_message(recorder, m->cmd, m->data, m->size);
	free(m);
}

/* A long field in chunks. */
__attribute__((unused)) static void keep_field(struct mpy_recorder *recorder,
					       uint64_t seq, uint32_t field,
					       const void *data, size_t size)
{
	size_t at, part;

	for (at = 0; at < size; at += part) {
		part = size - at < MPY_CHUNK_MAX ? size - at : MPY_CHUNK_MAX;
		keep(recorder, new_chunk(seq, field, at,
					 (const char *)data + at, part));
	}
}

#endif
