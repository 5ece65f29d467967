/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_report.h - figures of programs that were left out: recall at rates of
 * false positives, and tables for the plots.
 */
#ifndef MPY_MODEL_TRAIN_REPORT_H
#define MPY_MODEL_TRAIN_REPORT_H

#include "metrics.h"
#include "train_data.h"

/*
 * Samples of programs without dual use: files (kind 0), literals (1), both
 * (-1), twisted copies (2), programs of our own (3); only those with
 * test[i] != 0 (NULL: all). out has room for set->n.
 */
size_t mpy_report_collect(const struct mpy_dataset *set, const double *raw,
			  const uint8_t *test, int kind,
			  struct mpy_sample *out);

/* Area and recalls to standard output. */
void mpy_report_print(const char *title, const struct mpy_dataset *set,
		      const double *raw, const uint8_t *test);

/*
 * scores.tsv in dir: a line for each program: side, kind, linear score, raw
 * score. 0 or -errno, said on standard error.
 */
int mpy_report_tables(const char *dir, const struct mpy_dataset *set,
		      const double *linear, const double *raw);

#endif
