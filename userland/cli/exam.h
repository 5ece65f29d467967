/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exam.h - one file after the other before the same judge that mpyd asks:
 * sandboxed, without root, daemon or module. Shared by scan and explain.
 */
#ifndef MPY_CLI_EXAM_H
#define MPY_CLI_EXAM_H

#include "cli/cli.h"
#include "cli/reader.h"
#include "core/judgeproc.h"

struct mpy_exam {
	struct mpy_judgeproc *judge;
	struct mpy_reader reader;
	double threshold; /* of malicious; negative: the model's own */
};

/* What one file came to. A file that could not be read has judgement NULL. */
struct mpy_result {
	const char *path;
	enum mpy_label label;
	const char *unreadable; /* why, or NULL */
	struct mpy_judgement *judgement;
	char sha256[65]; /* empty: not known */
	uint64_t size;	 /* of the whole file */
};

/* Finds the bundle, starts the judge. False: a sentence was printed. With
 * MPY_DETAIL_VERDICT there is no SHA-256 either. */
bool mpy_exam_start(struct mpy_exam *exam, const struct mpy_cli *cli,
		    enum mpy_detail detail);
void mpy_exam_stop(struct mpy_exam *exam);

/*
 * Reads what the reader has been started with, to its end. result is the
 * caller's, freed by mpy_result_free(); it is complete if the file turned out
 * unreadable. 0, or -ENOMEM.
 */
int mpy_exam_read(struct mpy_exam *exam, const char *path,
		  struct mpy_result *result);
/* Judges what was read. 0, also for what is unreadable; -errno if there is no
 * judge, or no memory. */
int mpy_exam_judge(struct mpy_exam *exam, struct mpy_result *result);
/* Fills in the rest of a result that has path, size, SHA-256 and judgement. */
void mpy_exam_conclude(const struct mpy_exam *exam, struct mpy_result *result);
void mpy_result_free(struct mpy_result *result);

/* {path, verdict, probability, raw, threshold, sha256, size, layers[],
 * reasons[], indicators[]}; see mpyctl(1). The caller's. */
struct mpy_json *mpy_exam_json(const struct mpy_result *result);

#endif
