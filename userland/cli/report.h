/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - pieces of text that several commands print: rows of findings,
 * reasons, indicators, layers.
 */
#ifndef MPY_CLI_REPORT_H
#define MPY_CLI_REPORT_H

#include <stdbool.h>
#include <stddef.h>

struct mpy_json;
struct mpy_output;

/* The table of findings and watch: heading, one row. */
void mpy_report_head(const struct mpy_output *out);
void mpy_report_row(const struct mpy_output *out,
		    const struct mpy_json *finding);

/* What ran, in a few words: the script's path, or "-c CODE", or where the
 * code came from. Escaped and defanged; caller frees. */
char *mpy_report_subject(const struct mpy_json *finding);

/* The text of a key of an object in finding (exact bytes where there are any),
 * printable and defanged; caller frees. NULL if there is no such key. */
char *mpy_report_text(const struct mpy_json *finding,
		      const struct mpy_json *object, const char *key);
/* argv of a process or run, as words of a shell; caller frees. */
char *mpy_report_command(const struct mpy_json *finding,
			 const struct mpy_json *process);

/* A number between 0 and 1, cut (not rounded up to 1.000); caller's buffer. */
void mpy_report_probability(double probability, char *buffer, size_t size);

/* Which reasons: those that speak for malicious, for harmless, or both. */
enum mpy_side { MPY_SIDE_BOTH, MPY_SIDE_MALICIOUS, MPY_SIDE_HARMLESS };

/* Up to max reasons of an object with reasons[] and indicators[]; returns how
 * many were printed. */
size_t mpy_report_reasons(const struct mpy_output *out,
			  const struct mpy_json *object, enum mpy_side side,
			  size_t max);
void mpy_report_indicators(const struct mpy_output *out,
			   const struct mpy_json *object);
/* One line of a layer: index, kind, size, SHA-256. */
void mpy_report_layer(const struct mpy_output *out,
		      const struct mpy_json *layer);

#endif
