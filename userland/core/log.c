// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log.c - one line per message to standard error, written by one write(2) so
 * that the lines of threads and processes do not mix.
 */

#include "core/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/utf8.h"

#define LINE_MAX_BYTES 2048

static atomic_int max_level = MPY_LOG_NOTICE;
static atomic_int to_journal;
static char program_name[32] = "mpy";

void mpy_log_setup(const char *program, enum mpy_log_level level, int journal)
{
	snprintf(program_name, sizeof(program_name), "%s", program);
	atomic_store(&to_journal, journal);
	atomic_store(&max_level, (int)level);
}

void mpy_log(enum mpy_log_level level, const char *format, ...)
{
	int saved = errno, used, added;
	char line[LINE_MAX_BYTES];
	const int room = (int)sizeof(line) - 1; /* one for the newline */
	va_list arguments;
	ssize_t ignored;

	if ((int)level > atomic_load(&max_level))
		return;
	if (atomic_load(&to_journal))
		used = snprintf(line, room, "<%d>", (int)level);
	else
		used = snprintf(line, room, "%s: ", program_name);
	va_start(arguments, format);
	added = vsnprintf(line + used, (size_t)(room - used), format,
			  arguments);
	va_end(arguments);
	if (added < 0)
		added = 0;
	used += added;
	if (used >= room) {
		used = room - 1;
		memcpy(line + used - 3, "...", 3);
	}
	/* a newline from elsewhere (a library's sentence) forges no line */
	for (char *p = line; p < line + used; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	line[used++] = '\n';
	ignored = write(STDERR_FILENO, line, (size_t)used);
	(void)ignored; /* nowhere left to say it */
	errno = saved;
}

bool mpy_log_allowed(struct mpy_log_limit *limit, unsigned int *dropped)
{
	struct timespec now;
	int64_t second;

	clock_gettime(CLOCK_MONOTONIC, &now);
	second = now.tv_sec + 1; /* 0 is a fresh limit */
	*dropped = 0;
	if (!limit->since || second - limit->since >= limit->seconds) {
		*dropped = limit->dropped;
		limit->since = second;
		limit->used = limit->dropped = 0;
	}
	if (limit->used >= limit->burst) {
		limit->dropped++;
		return false;
	}
	limit->used++;
	return true;
}

/* Printable form of what begins at p: its length in *in, written to out. */
static size_t escape_one(const uint8_t *p, size_t size, size_t *in,
			 char out[20])
{
	size_t i, used = 0;
	uint32_t point;

	*in = mpy_utf8_step(p, size, &point);
	if (*in && !mpy_utf8_unsafe(point) && point != '\\') {
		memcpy(out, p, *in);
		return *in;
	}
	if (!*in)
		*in = 1;
	if (*p == '\\')
		return (size_t)snprintf(out, 20, "\\\\");
	if (*p == '\n')
		return (size_t)snprintf(out, 20, "\\n");
	if (*p == '\t')
		return (size_t)snprintf(out, 20, "\\t");
	for (i = 0; i < *in; i++)
		used += (size_t)snprintf(out + used, 20 - used, "\\x%02x",
					 p[i]);
	return used;
}

char *mpy_escape(const void *data, size_t size, char *out, size_t out_size)
{
	const uint8_t *p = data;
	size_t used = 0, safe = 0, in, length;
	char piece[20];

	if (!out_size)
		return out;
	while (size) {
		length = escape_one(p, size, &in, piece);
		if (used + length >= out_size) {
			/* safe: the last place where "..." still fitted */
			length = out_size - 1 - safe;
			memcpy(out + safe, "...", length < 3 ? length : 3);
			used = safe + (length < 3 ? length : 3);
			break;
		}
		memcpy(out + used, piece, length);
		used += length;
		if (used + 3 < out_size)
			safe = used;
		p += in;
		size -= in;
	}
	out[used] = '\0';
	return out;
}
