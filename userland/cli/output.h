/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.h - text for people: colours, columns, wrapping, local times. What
 * comes from outside (paths, arguments, contents, reasons) is text of an
 * attacker: it goes through mpy_output_escape() before it reaches a terminal,
 * and addresses in it through defang.h.
 *
 * Strings returned as char * are the caller's to free(); without memory the
 * program ends with exit status 5.
 */
#ifndef MPY_CLI_OUTPUT_H
#define MPY_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum mpy_colour {
	MPY_PLAIN,
	MPY_BOLD,
	MPY_DIM,
	MPY_RED,
	MPY_YELLOW,
	MPY_GREEN
};

struct mpy_output {
	FILE *file;
	bool colour;	/* a terminal, and nobody forbade it */
	unsigned int width; /* columns: 80, or more on a wider terminal */
};

void mpy_output_init(struct mpy_output *out, FILE *file, bool no_colour);

/* The sequence that starts a colour, "" where there are none. Afterwards
 * MPY_PLAIN ends it. */
const char *mpy_output_colour(const struct mpy_output *out,
			      enum mpy_colour colour);
/* Of a severity, a label or a state, by its name. */
enum mpy_colour mpy_output_colour_of(const char *word);

/*
 * size bytes as printable UTF-8, as mpy_escape() does it: control characters,
 * those that turn text around, invalid bytes and the backslash become escapes.
 */
char *mpy_output_escape(const char *data, size_t size);
/* The same of a string; NULL gives "". */
char *mpy_output_safe(const char *text);

/* Columns of escaped text on a terminal. */
size_t mpy_output_columns(const char *text);
/* Shortens escaped text to so many columns, with "..." at its end, or at its
 * start if its end says more (paths). */
char *mpy_output_cut(const char *text, size_t columns, bool keep_end);

/*
 * Prints escaped text wrapped at the width, each line behind indent columns;
 * the first one is already at column. Breaks at spaces, and inside words that
 * are longer than a line. Ends with a newline.
 */
void mpy_output_wrap(const struct mpy_output *out, const char *text,
		     size_t column, size_t indent);
/* The same for code: breaks where a row is full, spaces are kept. */
void mpy_output_rows(const struct mpy_output *out, const char *text,
		     size_t indent);
/* "  label     text", wrapped. Prints nothing if text is NULL or empty. */
void mpy_output_field(const struct mpy_output *out, const char *label,
		      const char *text);
void mpy_output_heading(const struct mpy_output *out, const char *text);

#define MPY_TIME_COLUMNS 25 /* of a time with seconds, 22 without */
/* Local time with offset, "2026-11-25 03:22:15+01:00"; buffer of 40 bytes. */
void mpy_output_time(int64_t real_ns, bool seconds, char *buffer, size_t size);
/* The same from RFC 3339; escaped as it is if it cannot be read. */
char *mpy_output_time_text(const char *rfc3339, bool seconds);

#endif
