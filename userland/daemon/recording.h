/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recording.h - the file of "mpyd --record": every kernel message and every
 * fact learned outside, as records with a length in front.
 *
 *   file   = "MPYREC\r\n", u32 1 (version), u32 0x01020304, record...
 *   record = u32 type, u32 size, u64 seq, size bytes
 *
 * Numbers are in the byte order of the host that recorded; another order and
 * another version are refused. MESSAGE: u32 command, attributes. The other
 * payloads are those of facts.c. seq names the event that a fact belongs to;
 * 0 if none. A recording that ends in the middle of a record (the daemon was
 * killed) is read up to there.
 */
#ifndef MPY_DAEMON_RECORDING_H
#define MPY_DAEMON_RECORDING_H

#include <stddef.h>
#include <stdint.h>

#define MPY_RECORDING_VERSION 1
#define MPY_RECORD_MAX	      (65u << 20) /* bytes of one payload */

enum mpy_record_type {
	MPY_RECORD_HOST = 1,
	MPY_RECORD_MESSAGE,
	MPY_RECORD_EXEC,  /* struct mpy_exec_facts */
	MPY_RECORD_FILE,  /* struct mpy_file_facts */
	MPY_RECORD_IMAGE  /* struct mpy_file_id, struct mpy_image_facts */
};

/* Writer: thread-safe; NULL is accepted by all and records nothing. */
struct mpy_recorder;

/* Creates path (0600; an existing file is refused with -EEXIST). */
int mpy_recorder_open(const char *path, struct mpy_recorder **out);
/* The same on an open, empty file, which the recorder closes in any case. */
int mpy_recorder_begin(int fd, struct mpy_recorder **out);
/* Appends one record. A failed write ends the recording with a message;
 * what was written before stays whole. */
void mpy_recorder_add(struct mpy_recorder *recorder, enum mpy_record_type type,
		      uint64_t seq, const void *data, size_t size);
void mpy_recorder_message(struct mpy_recorder *recorder, uint32_t command,
			  const void *attrs, size_t size);
/* 0 or -errno of the first write that failed. */
int mpy_recorder_close(struct mpy_recorder *recorder);

struct mpy_record {
	uint32_t type;
	uint64_t seq;
	const uint8_t *data; /* the reader's, until its next call */
	size_t size;
	uint64_t offset; /* of the record in the file */
};

/* Reader over a descriptor, which it closes at the end. */
struct mpy_recording;

/* -EBADMSG: no recording, or one of another version; why says. */
int mpy_recording_open(int fd, struct mpy_recording **out, char *why,
		       size_t why_size);
/* 1 and the next record; 0 at the end, whole or cut off; -EBADMSG; -errno. */
int mpy_recording_next(struct mpy_recording *recording, struct mpy_record *out);
/* Bytes behind the last whole record, once next gave 0: of one cut off. */
uint64_t mpy_recording_rest(const struct mpy_recording *recording);
/* The record at an offset that next gave; next goes on behind it. */
int mpy_recording_at(struct mpy_recording *recording, uint64_t offset,
		     struct mpy_record *out);
void mpy_recording_rewind(struct mpy_recording *recording);
void mpy_recording_close(struct mpy_recording *recording);

#endif
