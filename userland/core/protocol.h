/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * protocol.h - what mpyctl and mpyd say to each other over the control socket
 * (SOCK_STREAM, /run/mpy/control.sock, 0660 root:mpy). One JSON object per
 * line in both directions, at most MPY_LINE_MAX bytes.
 *
 *   {"command":"status"}              -> the status object (mpyctl(1))
 *   {"command":"sync","timeout_ms":N} -> {"ok":true} or {"ok":false,"error":S}
 *   {"command":"watch"}               -> {"ok":true}, then each new or merged
 *                                        finding as one line, until closed
 * Anything else -> {"ok":false,"error":"..."} and the connection is closed.
 */
#ifndef MPY_CORE_PROTOCOL_H
#define MPY_CORE_PROTOCOL_H

#include <stddef.h>
#include <sys/types.h>

struct mpy_json;

#define MPY_CONTROL_PATH "/run/mpy/control.sock"
#define MPY_LINE_MAX	 (8u << 20)
#define MPY_REQUEST_MAX	 4096u /* a request line may not be longer */

/* Collects bytes into lines. Zero all, then set limit = longest line. */
struct mpy_lines {
	char *buffer;
	size_t used, size, limit;
	size_t start;	 /* of the line that comes next */
	size_t searched; /* no newline between start and here */
};
/* Appends what one read(2) gives. 1 = data, 0 = end of file, -EAGAIN,
 * -EMSGSIZE (line longer than limit), -errno. */
int mpy_lines_fill(struct mpy_lines *lines, int fd);
/* Takes the next whole line without its newline; NULL if there is none yet.
 * Valid until the next call of fill or next. */
char *mpy_lines_next(struct mpy_lines *lines, size_t *size);
void mpy_lines_free(struct mpy_lines *lines);

/* Connects to the socket at path. A descriptor or -errno (-ENOENT and
 * -ECONNREFUSED: no daemon; -EACCES). */
int mpy_protocol_connect(const char *path);
/* Writes one object and a newline, whole, to a blocking descriptor. */
int mpy_protocol_send(int fd, const struct mpy_json *object);
/* Reads the next object within timeout_ms (-1: for ever). *out is the
 * caller's. A limit of 0 in lines means MPY_LINE_MAX. -ETIMEDOUT, -ECONNRESET
 * (closed), -EBADMSG, -errno. */
int mpy_protocol_receive(int fd, struct mpy_lines *lines, int timeout_ms,
			 struct mpy_json **out);

#endif
