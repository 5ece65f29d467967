// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bytes on the control socket, in pieces of the fuzzer's choice: every line
 * comes out as it went in, and none is longer than the limit.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"
#include "core/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Takes lines off and compares them with what was written. */
static void take(struct mpy_lines *lines, const uint8_t *data, size_t *at)
{
	struct mpy_json *object;
	char why[100], *line;
	size_t size;

	while ((line = mpy_lines_next(lines, &size))) {
		if (size > lines->limit || memcmp(line, data + *at, size) ||
		    data[*at + size] != '\n')
			abort();
		*at += size + 1;
		object = mpy_json_parse(line, size, why, sizeof(why));
		mpy_json_str(object, "command", "");
		mpy_json_int(object, "timeout_ms", 0);
		mpy_json_free(object);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpy_lines lines = { 0 };
	size_t written = 0, at = 0, piece;
	int pair[2], r = 1;

	if (size < 2 || size > 32768)
		return 0;
	lines.limit = 1 + data[0] * 16u;
	piece = 1 + data[1] * 4u;
	data += 2;
	size -= 2;
	if (pipe2(pair, O_CLOEXEC | O_NONBLOCK))
		return 0;
	while (r == 1 && written < size) {
		if (piece > size - written)
			piece = size - written;
		if (write(pair[1], data + written, piece) != (ssize_t)piece)
			abort();
		written += piece;
		while ((r = mpy_lines_fill(&lines, pair[0])) == 1)
			take(&lines, data, &at);
		if (r == -EAGAIN)
			r = 1;
	}
	if (r != 1 && r != -EMSGSIZE)
		abort();
	close(pair[0]);
	close(pair[1]);
	mpy_lines_free(&lines);
	return 0;
}
