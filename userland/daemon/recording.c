// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * recording.c - the file of "mpyd --record". Written by several threads, one
 * writev per record; read by one, with every length checked.
 */
#include "daemon/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/log.h"

struct file_head {
	char magic[8];
	uint32_t version;
	uint32_t order;
};

struct record_head {
	uint32_t type, size;
	uint64_t seq;
};

static const struct file_head our_head = { "MPYREC\r\n", MPY_RECORDING_VERSION,
					   0x01020304 };

struct mpy_recorder {
	pthread_mutex_t lock;
	int fd;
	int error; /* of the first write that failed: no more are made */
};

/* Whole or not: a part that could be written is cut off again. */
static int write_all(int fd, struct iovec *parts, int n)
{
	off_t start = lseek(fd, 0, SEEK_CUR);
	int r = 0;

	while (n > 0) {
		ssize_t done = writev(fd, parts, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			r = -errno;
			break;
		}
		while (n > 0 && (size_t)done >= parts->iov_len) {
			done -= (ssize_t)parts->iov_len;
			parts++;
			n--;
		}
		if (n > 0) {
			parts->iov_base = (char *)parts->iov_base + done;
			parts->iov_len -= (size_t)done;
		}
	}
	if (r < 0 && start >= 0 && ftruncate(fd, start) < 0)
		mpy_log(MPY_LOG_WARNING, "recording: cannot cut off the part"
			" of a record: %s", strerror(errno));
	return r;
}

int mpy_recorder_begin(int fd, struct mpy_recorder **out)
{
	struct iovec part = { (void *)&our_head, sizeof(our_head) };
	struct mpy_recorder *recorder = calloc(1, sizeof(*recorder));
	int r = recorder ? write_all(fd, &part, 1) : -ENOMEM;

	if (r < 0) {
		close(fd);
		free(recorder);
		return r;
	}
	recorder->fd = fd;
	pthread_mutex_init(&recorder->lock, NULL);
	*out = recorder;
	return 0;
}

int mpy_recorder_open(const char *path, struct mpy_recorder **out)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : mpy_recorder_begin(fd, out);
}

static void add_parts(struct mpy_recorder *recorder, struct iovec *parts, int n)
{
	pthread_mutex_lock(&recorder->lock);
	if (!recorder->error) {
		recorder->error = write_all(recorder->fd, parts, n);
		if (recorder->error)
			mpy_log(MPY_LOG_ERROR, "recording: %s; no more is"
				" recorded", strerror(-recorder->error));
	}
	pthread_mutex_unlock(&recorder->lock);
}

void mpy_recorder_add(struct mpy_recorder *recorder, enum mpy_record_type type,
		      uint64_t seq, const void *data, size_t size)
{
	struct record_head head = { type, (uint32_t)size, seq };
	struct iovec parts[2] = { { &head, sizeof(head) },
				  { (void *)data, size } };

	if (!recorder || size > MPY_RECORD_MAX)
		return;
	add_parts(recorder, parts, 2);
}

void mpy_recorder_message(struct mpy_recorder *recorder, uint32_t command,
			  const void *attrs, size_t size)
{
	struct record_head head = { MPY_RECORD_MESSAGE,
				    (uint32_t)(size + sizeof(command)), 0 };
	struct iovec parts[3] = { { &head, sizeof(head) },
				  { &command, sizeof(command) },
				  { (void *)attrs, size } };

	if (!recorder || size > MPY_RECORD_MAX - sizeof(command))
		return;
	add_parts(recorder, parts, 3);
}

int mpy_recorder_close(struct mpy_recorder *recorder)
{
	int r;

	if (!recorder)
		return 0;
	r = recorder->error;
	if (close(recorder->fd) < 0 && !r)
		r = -errno;
	pthread_mutex_destroy(&recorder->lock);
	free(recorder);
	return r;
}

struct mpy_recording {
	int fd;
	uint64_t at;
	uint8_t *buffer;
	size_t room;
};

/* 1 = all read; 0 = the file ends before; -errno. */
static int read_all(int fd, void *buffer, size_t size, uint64_t offset)
{
	size_t got = 0;

	while (got < size) {
		ssize_t r = pread(fd, (char *)buffer + got, size - got,
				  (off_t)(offset + got));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			return 0;
		got += (size_t)r;
	}
	return 1;
}

static int check_head(int fd, char *why, size_t why_size)
{
	struct file_head head;
	int r = read_all(fd, &head, sizeof(head), 0);

	if (r < 0) {
		snprintf(why, why_size, "cannot be read: %s", strerror(-r));
		return r;
	}
	if (r == 0 || memcmp(head.magic, our_head.magic, sizeof(head.magic))) {
		snprintf(why, why_size, "is no recording of mpyd");
		return -EBADMSG;
	}
	if (head.order != our_head.order) {
		snprintf(why, why_size,
			 "was recorded on a host of another byte order");
		return -EBADMSG;
	}
	if (head.version != our_head.version) {
		snprintf(why, why_size,
			 "has version %u of the format; this mpyd reads %u",
			 head.version, our_head.version);
		return -EBADMSG;
	}
	return 0;
}

int mpy_recording_open(int fd, struct mpy_recording **out, char *why,
		       size_t why_size)
{
	struct mpy_recording *recording;
	int r = check_head(fd, why, why_size);

	if (r < 0) {
		close(fd);
		return r;
	}
	recording = calloc(1, sizeof(*recording));
	if (!recording) {
		close(fd);
		snprintf(why, why_size, "out of memory");
		return -ENOMEM;
	}
	recording->fd = fd;
	mpy_recording_rewind(recording);
	*out = recording;
	return 0;
}

static int make_room(struct mpy_recording *recording, size_t size)
{
	uint8_t *grown;

	if (size <= recording->room)
		return 0;
	grown = realloc(recording->buffer, size);
	if (!grown)
		return -ENOMEM;
	recording->buffer = grown;
	recording->room = size;
	return 0;
}

/* No memory for what a cut off or lying record claims. */
static int is_within(const struct mpy_recording *recording, uint64_t size)
{
	struct stat st;

	return fstat(recording->fd, &st) == 0 &&
	       recording->at + size <= (uint64_t)st.st_size;
}

int mpy_recording_next(struct mpy_recording *recording, struct mpy_record *out)
{
	struct record_head head;
	int r = read_all(recording->fd, &head, sizeof(head), recording->at);

	if (r <= 0)
		return r;
	if (head.size > MPY_RECORD_MAX)
		return -EBADMSG;
	if (!is_within(recording, head.size + sizeof(head)))
		return 0;
	r = make_room(recording, head.size);
	if (r < 0)
		return r;
	r = read_all(recording->fd, recording->buffer, head.size,
		     recording->at + sizeof(head));
	if (r <= 0)
		return r;
	out->type = head.type;
	out->seq = head.seq;
	out->data = recording->buffer;
	out->size = head.size;
	out->offset = recording->at;
	recording->at += sizeof(head) + head.size;
	return 1;
}

uint64_t mpy_recording_rest(const struct mpy_recording *recording)
{
	struct stat st;

	if (fstat(recording->fd, &st) < 0 ||
	    (uint64_t)st.st_size < recording->at)
		return 0;
	return (uint64_t)st.st_size - recording->at;
}

int mpy_recording_at(struct mpy_recording *recording, uint64_t offset,
		     struct mpy_record *out)
{
	recording->at = offset;
	return mpy_recording_next(recording, out);
}

void mpy_recording_rewind(struct mpy_recording *recording)
{
	recording->at = sizeof(struct file_head);
}

void mpy_recording_close(struct mpy_recording *recording)
{
	if (!recording)
		return;
	close(recording->fd);
	free(recording->buffer);
	free(recording);
}
