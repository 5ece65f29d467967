/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * argv.h - what a Python command line runs, by CPython's own option grammar
 * (Python/getopt.c and initconfig.c; options of 2.7 and PyPy accepted too).
 */
#ifndef MPY_DAEMON_ARGV_H
#define MPY_DAEMON_ARGV_H

#include <stddef.h>
#include <stdint.h>

enum mpy_program_kind {
	MPY_PROGRAM_NONE,    /* --help, --version, a wrong option */
	MPY_PROGRAM_FILE,    /* text is the operand: file, directory or zip */
	MPY_PROGRAM_COMMAND, /* text is the code of -c */
	MPY_PROGRAM_MODULE,  /* text is the name after -m */
	MPY_PROGRAM_STDIN    /* no operand or "-" */
};

struct mpy_program_args {
	enum mpy_program_kind kind;
	size_t index;	  /* argument that holds text */
	const char *text; /* points into argv; NULL for NONE and STDIN */
};

/*
 * Reads the arguments in argv[0..size), each ended by NUL, the first being
 * the interpreter's own name. Never fails.
 */
struct mpy_program_args mpy_argv_read(const uint8_t *argv, size_t size);

#endif
