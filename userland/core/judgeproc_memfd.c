// SPDX-License-Identifier: GPL-2.0-or-later
/* judgeproc_memfd.c - what mpy-judge maps: bytes that stay as they are. */

#include "core/judgeproc_memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/judgeproc_wire.h"
#include "judge/text.h"
#include "judge/verdict.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

#define ZIP_TAIL (65535u + 22u) /* where a zip's directory is named */

int mpy_memfd_sealed(const char *name, const void *data, size_t size,
		     size_t from)
{
	size_t at = from;
	int fd, r = 0;
	ssize_t n;

	/* Linux 6.3 and later warn, or refuse, if this is not said */
	fd = memfd_create(name, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	while (!r && at < size) {
		n = pwrite(fd, (const char *)data + at, size - at, (off_t)at);
		if (n < 0 && errno != EINTR)
			r = -errno;
		if (n > 0)
			at += (size_t)n;
	}
	if (!r && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW |
						 F_SEAL_WRITE | F_SEAL_SEAL))
		r = -errno;
	if (!r)
		return fd;
	close(fd);
	return r;
}

/* A zip ends with its directory; head and windows of it would be useless. */
static bool looks_like_zip(const uint8_t *data, size_t size)
{
	size_t tail = size < ZIP_TAIL ? size : ZIP_TAIL;

	return memmem(data + size - tail, tail, "PK\5\6", 4) != NULL;
}

/* The members of a zip must stay where its directory says: what is too much at
 * its beginning becomes a hole. */
int mpy_memfd_program(const uint8_t *data, size_t *size, bool *cut)
{
	uint8_t *parts;
	int r;

	*cut = *size > MPY_TEXT_MAX;
	if (!*cut)
		return mpy_memfd_sealed("mpy-program", data, *size, 0);
	if (looks_like_zip(data, *size) && *size <= MPY_WIRE_PROGRAM) {
		*cut = *size > MPY_WIRE_FILLED;
		return mpy_memfd_sealed("mpy-program", data, *size,
				    *cut ? *size - MPY_WIRE_FILLED : 0);
	}
	parts = malloc(MPY_TEXT_MAX);
	if (!parts)
		return -ENOMEM;
	r = mpy_text_choose(data, *size, parts, size);
	if (!r)
		r = mpy_memfd_sealed("mpy-program", parts, *size, 0);
	free(parts);
	return r;
}
