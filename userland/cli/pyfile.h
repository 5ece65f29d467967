/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pyfile.h - is this file Python? Decides which files of a folder scan
 * judges; what is judged may still be anything.
 */
#ifndef MPY_CLI_PYFILE_H
#define MPY_CLI_PYFILE_H

#include <stdbool.h>
#include <stddef.h>

/* By name: .py .pyw .pyc .pyz, in any case. */
bool mpy_pyfile_named(const char *name);

/*
 * By its first size bytes: "#!" that names python or pypy, the magic number
 * of a .pyc, or plain text that looks like Python.
 */
bool mpy_pyfile_looks(const unsigned char *data, size_t size);

/*
 * By the directory at the end of a zip archive, read from fd by pread(2):
 * is there a __main__? False for what is no archive.
 */
bool mpy_pyfile_zip(int fd, const unsigned char *data, size_t size);

#endif
