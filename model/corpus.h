/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * corpus.h - reads the labelled programs that the model is trained and
 * measured on: files of JSON lines packed with zstd. They are data; nothing
 * here runs or prints them.
 */
#ifndef MPY_MODEL_CORPUS_H
#define MPY_MODEL_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mpy_side { MPY_BENIGN, MPY_DUALUSE, MPY_MALWARE };

struct mpy_record {
	enum mpy_side side;
	bool literal;	 /* a short program of -c or exec(), no file */
	unsigned int edition; /* 1: first file of the corpus, 2: second */
	const char *id;
	const char *source;
	const char *package;
	int64_t cluster;
	const char *slice;
	const char *evidence;
	const uint8_t *data; /* the program's bytes */
	size_t size;
};

/*
 * Calls each for all records in order, until it returns non-zero, which is
 * returned; the record is valid during the call. dir holds train.jsonl.zst and,
 * if there is one, train2.jsonl.zst. Negative errno on failure, said on
 * standard error.
 */
int mpy_corpus_each(const char *dir,
		    int (*each)(void *context, const struct mpy_record *record),
		    void *context);

#endif
