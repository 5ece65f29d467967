// SPDX-License-Identifier: GPL-2.0-or-later
/* test_recording.c - what is written is read again; what is damaged is not. */
#include "daemon/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/facts.h"
#include "../test.h"

static char path[] = "/tmp/mpy-test-recording-XXXXXX";

static struct mpy_recorder *new_file(void)
{
	struct mpy_recorder *recorder = NULL;
	int fd;

	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
	fd = mkstemp(path);
	CHECK(fd >= 0);
	close(fd);
	CHECK(mpy_recorder_open(path, &recorder) == -EEXIST);
	unlink(path);
	CHECK(mpy_recorder_open(path, &recorder) == 0);
	return recorder;
}

static struct mpy_recording *open_again(off_t cut)
{
	struct mpy_recording *recording = NULL;
	char why[200] = "";
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (cut >= 0)
		CHECK(ftruncate(fd, cut) == 0);
	CHECK(mpy_recording_open(fd, &recording, why, sizeof(why)) == 0);
	return recording;
}

static void records_come_back(void)
{
	struct mpy_recorder *recorder = new_file();
	struct mpy_recording *recording;
	struct mpy_record record;
	uint64_t second;
	uint32_t cmd;

	mpy_recorder_message(recorder, 2, "abcd", 4);
	mpy_recorder_add(recorder, MPY_RECORD_FILE, 7, "", 0);
	mpy_recorder_message(recorder, 3, "x", 1);
	CHECK(mpy_recorder_close(recorder) == 0);
	recording = open_again(-1);
	CHECK(mpy_recording_next(recording, &record) == 1);
	CHECK(record.type == MPY_RECORD_MESSAGE && record.size == 8);
	memcpy(&cmd, record.data, 4);
	CHECK(cmd == 2 && !memcmp(record.data + 4, "abcd", 4));
	CHECK(mpy_recording_next(recording, &record) == 1);
	CHECK(record.type == MPY_RECORD_FILE && record.seq == 7);
	second = record.offset;
	CHECK(mpy_recording_next(recording, &record) == 1);
	CHECK(mpy_recording_next(recording, &record) == 0);
	CHECK(mpy_recording_at(recording, second, &record) == 1);
	CHECK(record.seq == 7 && record.size == 0);
	mpy_recording_rewind(recording);
	CHECK(mpy_recording_next(recording, &record) == 1);
	CHECK(record.type == MPY_RECORD_MESSAGE);
	mpy_recording_close(recording);
	unlink(path);
}

static void a_recording_cut_off_is_read_up_to_there(void)
{
	struct mpy_recorder *recorder = new_file();
	struct mpy_recording *recording;
	struct mpy_record record;
	int n = 0;

	mpy_recorder_message(recorder, 2, "abcd", 4);
	mpy_recorder_message(recorder, 2, "efgh", 4);
	mpy_recorder_close(recorder);
	recording = open_again(16 + 24 + 20);
	while (mpy_recording_next(recording, &record) == 1)
		n++;
	CHECK(n == 1 && mpy_recording_rest(recording) > 0);
	mpy_recording_close(recording);
	unlink(path);
}

static int open_bytes(const void *data, size_t size, char *why, size_t room)
{
	struct mpy_recording *recording = NULL;
	int fd = memfd_create("recording", MFD_CLOEXEC);
	int r;

	CHECK(write(fd, data, size) == (ssize_t)size);
	r = mpy_recording_open(fd, &recording, why, room);
	if (r == 0)
		mpy_recording_close(recording);
	return r;
}

static void foreign_files_are_refused(void)
{
	uint32_t head[4] = { 0, 0, MPY_RECORDING_VERSION, 0x01020304 };
	char why[200];

	CHECK(open_bytes("hello", 5, why, sizeof(why)) == -EBADMSG);
	CHECK(open_bytes(head, sizeof(head), why, sizeof(why)) == -EBADMSG);
	memcpy(head, "MPYREC\r\n", 8);
	CHECK(open_bytes(head, sizeof(head), why, sizeof(why)) == 0);
	head[2] = 99;
	CHECK(open_bytes(head, sizeof(head), why, sizeof(why)) == -EBADMSG);
	CHECK(strstr(why, "version 99") != NULL);
	head[2] = MPY_RECORDING_VERSION;
	head[3] = 0x04030201;
	CHECK(open_bytes(head, sizeof(head), why, sizeof(why)) == -EBADMSG);
	CHECK(strstr(why, "byte order") != NULL);
}

static void facts_survive_the_trip(void)
{
	struct mpy_exec_facts facts = { .operand = MPY_OPERAND_DIRECTORY,
					.dev = 1, .inode = 2 };
	struct mpy_exec_facts *got;
	struct mpy_blob blob = { NULL, 0, 0, false };

	facts.n_ancestors = 1;
	facts.ancestors[0] = (struct mpy_ancestor_fact){
		4, 5, (char *)"/bin/sh", (uint8_t *)"sh\0-c", 6
	};
	mpy_exec_facts_put(&blob, &facts);
	got = mpy_exec_facts_get(blob.data, blob.size);
	CHECK(got && got->operand == MPY_OPERAND_DIRECTORY);
	CHECK(got && got->n_ancestors == 1 && got->ancestors[0].pid == 4);
	if (got)
		CHECK_STR(got->ancestors[0].exe, "/bin/sh");
	mpy_exec_facts_free(got);
	CHECK(mpy_exec_facts_get(blob.data, blob.size - 1) == NULL);
	mpy_blob_free(&blob);
}

static void file_facts_need_a_digest_or_a_reason(void)
{
	struct mpy_file_facts facts = { .absent = (char *)"too large" };
	struct mpy_file_facts got;
	struct mpy_blob blob = { NULL, 0, 0, false };

	mpy_file_facts_put(&blob, &facts);
	CHECK(mpy_file_facts_get(blob.data, blob.size, &got) == 0);
	CHECK_STR(got.absent, "too large");
	mpy_file_facts_clear(&got);
	mpy_blob_free(&blob);
	facts.absent = NULL;
	mpy_file_facts_put(&blob, &facts);
	CHECK(mpy_file_facts_get(blob.data, blob.size, &got) == -EBADMSG);
	mpy_blob_free(&blob);
}

int main(void)
{
	RUN(records_come_back);
	RUN(a_recording_cut_off_is_read_up_to_there);
	RUN(foreign_files_are_refused);
	RUN(facts_survive_the_trip);
	RUN(file_facts_need_a_digest_or_a_reason);
	return DONE();
}
