// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_event.c - kernel messages of any form. The input is a list of
 * messages: command (1 byte), size (2 bytes, little endian), attributes. The
 * answers to HELLO and STATS are read, too.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <mpy.h>

#include "daemon/argv.h"
#include "daemon/event.h"
#include "daemon/stats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct mpy_event *event)
{
	struct mpy_program_args args =
		mpy_argv_read(event->argv, event->argv_size);

	if (args.text && mpy_event_arg(event, args.index) == NULL)
		abort();
	if (mpy_event_weight(event) < event->argv_size + event->contents_size)
		abort();
	mpy_event_free(event);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpy_assembler assembler = { NULL, 0, 0, 0, 0, 0, 0 };

	while (size >= 3) {
		unsigned int cmd = data[0];
		size_t length = (size_t)data[1] | (size_t)data[2] << 8;
		struct mpy_event *event;
		struct mpy_stats stats;

		data += 3;
		size -= 3;
		if (length > size)
			length = size;
		if (mpy_event_feed(&assembler, cmd, data, length, &event) == 1)
			use(event);
		mpy_stats_read(data, length, &stats);
		data += length;
		size -= length;
	}
	mpy_assembler_reset(&assembler);
	return 0;
}
