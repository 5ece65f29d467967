/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interpreter.h - is this program image a Python interpreter? Told by what
 * the ELF file contains, never by its name.
 */
#ifndef MPY_DAEMON_INTERPRETER_H
#define MPY_DAEMON_INTERPRETER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum mpy_image_class {
	MPY_IMAGE_UNKNOWN, /* could not be read */
	MPY_IMAGE_FOREIGN, /* no Python in it */
	MPY_IMAGE_EMBEDS,  /* runs Python, has a command line of its own */
	MPY_IMAGE_LAUNCHES /* Python's own main(): argv.h tells what it runs */
};

/* Where the bytes of the image come from: pread(2)'s contract. */
struct mpy_image_source {
	ssize_t (*read)(const void *context, void *buffer, size_t size,
			uint64_t offset);
	const void *context;
};

/*
 * Reads a bounded part of the image (at most some megabytes, whatever its
 * tables claim). A file that is no ELF of this byte order, or one without
 * dynamic symbols, is FOREIGN; read errors and no memory give UNKNOWN.
 */
enum mpy_image_class
mpy_interpreter_classify(const struct mpy_image_source *source);

/* The same of an open file; its position is not used. */
enum mpy_image_class mpy_interpreter_classify_fd(int fd);

#endif
