/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record.h - the database of findings, opened for reading, or why not. */
#ifndef MPY_CLI_RECORD_H
#define MPY_CLI_RECORD_H

struct mpy_cli;
struct mpy_store;

/* NULL after a sentence was printed. Closed by mpy_store_close(). */
struct mpy_store *mpy_record_open(const struct mpy_cli *cli);

#endif
