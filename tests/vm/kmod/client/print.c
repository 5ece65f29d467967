// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of output: KEY=VALUE of the attributes of a message.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client.h"

void put(char *line, size_t size, const char *format, ...)
{
	size_t used = strlen(line);
	va_list args;

	va_start(args, format);
	vsnprintf(line + used, size - used, format, args);
	va_end(args);
}

void put_escaped(char *line, size_t size, const void *bytes, size_t len)
{
	const unsigned char *at = bytes, *end = at + len;

	for (; at < end; at++) {
		if (*at > ' ' && *at < 127 && *at != '\\' && *at != '|')
			put(line, size, "%c", *at);
		else
			put(line, size, "\\x%02x", *at);
	}
}

void put_bytes(char *line, size_t size, const struct message *message,
	       const char *key, int type)
{
	const struct nlattr *attr = message->attrs[type];
	size_t len;

	if (!attr)
		return;
	put(line, size, " %s=", key);
	len = len_of(attr);
	if (type == MPY_A_CGROUP_PATH || type == MPY_A_FILE_FSTYPE ||
	    type == MPY_A_SIGHT_WHY)
		len--; /* strings end in NUL */
	put_escaped(line, size, data_of(attr), len);
}

void put_number(char *line, size_t size, const struct message *message,
		const char *key, int type)
{
	if (message->attrs[type])
		put(line, size, " %s=%" PRIu64, key, number(message, type));
}

static const struct field {
	const char *key;
	int type;
	bool is_number;
} fields[] = {
	{ "tgid", MPY_A_TGID, true },
	{ "start", MPY_A_TASK_START_NS, true },
	{ "ppid", MPY_A_PPID, true },
	{ "pstart", MPY_A_PARENT_START_NS, true },
	{ "uid", MPY_A_UID, true },
	{ "euid", MPY_A_EUID, true },
	{ "gid", MPY_A_GID, true },
	{ "loginuid", MPY_A_LOGINUID, true },
	{ "session", MPY_A_SESSION, true },
	{ "boot", MPY_A_BOOT_NS, true },
	{ "real", MPY_A_REAL_NS, true },
	{ "comm", MPY_A_COMM, false },
	{ "cwd", MPY_A_CWD, false },
	{ "cwd_deleted", MPY_A_CWD_DELETED, true },
	{ "cgroup_id", MPY_A_CGROUP_ID, true },
	{ "cgroup", MPY_A_CGROUP_PATH, false },
	{ "ns_mnt", MPY_A_NS_MNT, true },
	{ "ns_pid", MPY_A_NS_PID, true },
	{ "ns_net", MPY_A_NS_NET, true },
	{ "ns_user", MPY_A_NS_USER, true },
	{ "ns_uts", MPY_A_NS_UTS, true },
	{ "ns_ipc", MPY_A_NS_IPC, true },
	{ "ns_cgroup", MPY_A_NS_CGROUP, true },
	{ "exe", MPY_A_EXE_PATH, false },
	{ "exe_dev", MPY_A_EXE_DEV, true },
	{ "exe_ino", MPY_A_EXE_INODE, true },
	{ "exe_size", MPY_A_EXE_SIZE, true },
	{ "exe_mtime", MPY_A_EXE_MTIME_NS, true },
	{ "exe_ctime", MPY_A_EXE_CTIME_NS, true },
	{ "exe_deleted", MPY_A_EXE_DELETED, true },
	{ "filename", MPY_A_FILENAME, false },
	{ "interp", MPY_A_INTERP, false },
	{ "script", MPY_A_SCRIPT_PATH, false },
	{ "script_dev", MPY_A_SCRIPT_DEV, true },
	{ "script_ino", MPY_A_SCRIPT_INODE, true },
	{ "script_size", MPY_A_SCRIPT_SIZE, true },
	{ "script_deleted", MPY_A_SCRIPT_DELETED, true },
	{ "path", MPY_A_FILE_PATH, false },
	{ "dev", MPY_A_FILE_DEV, true },
	{ "ino", MPY_A_FILE_INODE, true },
	{ "size", MPY_A_FILE_SIZE, true },
	{ "mtime", MPY_A_FILE_MTIME_NS, true },
	{ "ctime", MPY_A_FILE_CTIME_NS, true },
	{ "deleted", MPY_A_FILE_DELETED, true },
	{ "fstype", MPY_A_FILE_FSTYPE, false },
	{ "argv_size", MPY_A_ARGV_SIZE, true },
	{ "argv_total", MPY_A_ARGV_TOTAL, true },
	{ "argv_truncated", MPY_A_ARGV_TRUNCATED, true },
	{ "contents", MPY_A_CONTENTS_SIZE, true },
	{ "truncated", MPY_A_CONTENTS_TRUNCATED, true },
};

void describe(char *line, size_t size, const struct message *message)
{
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (message->attrs[fields[i].type] &&
		    !len_of(message->attrs[fields[i].type]) &&
		    fields[i].is_number)
			put(line, size, " %s=1", fields[i].key); /* a flag */
		else if (fields[i].is_number)
			put_number(line, size, message, fields[i].key,
				   fields[i].type);
		else
			put_bytes(line, size, message, fields[i].key,
				  fields[i].type);
	}
}
