// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * protocol.c - one JSON object per line over the control socket. Both ends
 * treat what comes as hostile: a line is bounded, and memory grows with what
 * has really arrived.
 */

#include "core/protocol.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "core/json.h"

#define FIRST_BUFFER 4096u

/* Drops what mpy_lines_next() has handed out. */
static void compact(struct mpy_lines *lines)
{
	if (!lines->start)
		return;
	memmove(lines->buffer, lines->buffer + lines->start,
		lines->used - lines->start);
	lines->used -= lines->start;
	lines->searched -= lines->start;
	lines->start = 0;
}

static int make_room(struct mpy_lines *lines)
{
	size_t size;
	char *bigger;

	compact(lines);
	if (lines->used < lines->size)
		return 0;
	/* a line of limit bytes has its newline behind them */
	if (lines->used > lines->limit)
		return -EMSGSIZE;
	size = lines->size ? lines->size * 2 : FIRST_BUFFER;
	if (size > lines->limit + 1)
		size = lines->limit + 1;
	bigger = realloc(lines->buffer, size);
	if (!bigger)
		return -ENOMEM;
	lines->buffer = bigger;
	lines->size = size;
	return 0;
}

int mpy_lines_fill(struct mpy_lines *lines, int fd)
{
	ssize_t n;
	int r = make_room(lines);

	if (r)
		return r;
	do {
		n = read(fd, lines->buffer + lines->used,
			 lines->size - lines->used);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	lines->used += (size_t)n;
	return n > 0;
}

char *mpy_lines_next(struct mpy_lines *lines, size_t *size)
{
	char *line, *newline;

	if (lines->searched >= lines->used)
		return NULL;
	newline = memchr(lines->buffer + lines->searched, '\n',
			 lines->used - lines->searched);
	if (!newline) {
		lines->searched = lines->used;
		return NULL;
	}
	*newline = '\0';
	line = lines->buffer + lines->start;
	*size = (size_t)(newline - line);
	lines->start = (size_t)(newline + 1 - lines->buffer);
	lines->searched = lines->start;
	return line;
}

void mpy_lines_free(struct mpy_lines *lines)
{
	free(lines->buffer);
	memset(lines, 0, sizeof(*lines));
}

int mpy_protocol_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t size = strlen(path);
	int fd, r;

	if (size >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, size + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

int mpy_protocol_send(int fd, const struct mpy_json *object)
{
	size_t size, at = 0;
	char *text;
	ssize_t n;
	int r = 0;

	text = mpy_json_print(object, 0, &size);
	if (!text)
		return -ENOMEM;
	if (size > MPY_LINE_MAX) {
		free(text);
		return -EMSGSIZE;
	}
	text[size++] = '\n'; /* in the place of the NUL */
	while (at < size) {
		/* no SIGPIPE for a peer that has gone */
		n = send(fd, text + at, size - at, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR) {
			r = -errno;
			break;
		}
		if (n > 0)
			at += (size_t)n;
	}
	free(text);
	return r;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

/* Waits until fd has something. end: now_ms() to give up at, -1 = never. */
static int wait_input(int fd, int64_t end)
{
	struct pollfd watched = { .fd = fd, .events = POLLIN };
	int64_t left = -1;
	int n;

	do {
		if (end >= 0) {
			left = end - now_ms();
			if (left < 0)
				left = 0;
		}
		n = poll(&watched, 1, left > INT32_MAX ? INT32_MAX : (int)left);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n ? 0 : -ETIMEDOUT;
}

int mpy_protocol_receive(int fd, struct mpy_lines *lines, int timeout_ms,
			 struct mpy_json **out)
{
	int64_t end = timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
	char *line, why[160];
	size_t size;
	int r;

	if (!lines->limit)
		lines->limit = MPY_LINE_MAX;
	while (!(line = mpy_lines_next(lines, &size))) {
		r = wait_input(fd, end);
		if (r)
			return r;
		r = mpy_lines_fill(lines, fd);
		if (r == 0)
			return -ECONNRESET;
		if (r < 0 && r != -EAGAIN)
			return r;
	}
	*out = mpy_json_parse(line, size, why, sizeof(why));
	if (*out && mpy_json_kind(*out) != MPY_JSON_OBJECT) {
		mpy_json_free(*out);
		*out = NULL;
	}
	return *out ? 0 : -EBADMSG;
}
