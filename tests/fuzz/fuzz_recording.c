// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_recording.c - a file that claims to be a recording: its records are
 * walked, its facts read and written again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/event.h"
#include "daemon/facts.h"
#include "daemon/recording.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_exec(const struct mpy_record *record)
{
	struct mpy_exec_facts *facts =
		mpy_exec_facts_get(record->data, record->size);
	struct mpy_blob blob = { NULL, 0, 0, false };

	if (!facts)
		return;
	mpy_exec_facts_put(&blob, facts);
	if (blob.failed || blob.size > record->size)
		abort();
	mpy_blob_free(&blob);
	mpy_exec_facts_free(facts);
}

static void read_record(struct mpy_assembler *assembler,
			const struct mpy_record *record)
{
	struct mpy_image_facts image;
	struct mpy_file_facts file;
	struct mpy_file_id id;
	struct mpy_host host;
	struct mpy_event *event;
	uint32_t cmd;

	switch (record->type) {
	case MPY_RECORD_HOST:
		if (mpy_host_get(record->data, record->size, &host) == 0)
			mpy_host_clear(&host);
		break;
	case MPY_RECORD_EXEC:
		read_exec(record);
		break;
	case MPY_RECORD_FILE:
		if (mpy_file_facts_get(record->data, record->size, &file) == 0)
			mpy_file_facts_clear(&file);
		break;
	case MPY_RECORD_IMAGE:
		mpy_image_facts_get(record->data, record->size, &id, &image);
		break;
	case MPY_RECORD_MESSAGE:
		if (record->size < sizeof(cmd))
			break;
		memcpy(&cmd, record->data, sizeof(cmd));
		if (mpy_event_feed(assembler, cmd, record->data + sizeof(cmd),
				   record->size - sizeof(cmd), &event) == 1)
			mpy_event_free(event);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpy_assembler assembler = { NULL, 0, 0, 0, 0, 0, 0 };
	struct mpy_recording *recording;
	struct mpy_record record;
	char why[100];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (mpy_recording_open(fd, &recording, why, sizeof(why)) < 0)
		return 0;
	while (mpy_recording_next(recording, &record) == 1)
		read_record(&assembler, &record);
	mpy_assembler_reset(&assembler);
	mpy_recording_close(recording);
	return 0;
}
