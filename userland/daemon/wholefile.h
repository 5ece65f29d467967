/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wholefile.h - a large file through the descriptor that the kernel gave. */
#ifndef MPY_DAEMON_WHOLEFILE_H
#define MPY_DAEMON_WHOLEFILE_H

struct mpy_file_facts;

/*
 * Reads fd from its start in one pass: digest, size, bytes; of a file larger
 * than MPY_WHOLE_MAX these are its head and its last 16 MiB. Without a digest out->absent says why; the bytes may be there all
 * the same. out is the caller's to clear.
 */
void mpy_wholefile_read(int fd, struct mpy_file_facts *out);

#endif
