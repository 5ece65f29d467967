/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_data.h - the corpus as the trainer needs it: of each program and each
 * of its layers (units) the blocks of buckets and the dense numbers, computed
 * by the same code that judges, and the group that must stay together in a
 * split.
 */
#ifndef MPY_MODEL_TRAIN_DATA_H
#define MPY_MODEL_TRAIN_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/dense.h"

#include "corpus.h"

struct mpy_doc {
	enum mpy_side side;
	bool literal;
	bool made;    /* by train_twist or train_cut: reported apart */
	bool cut;     /* by train_cut: not reported, not in the second stage */
	bool doubted; /* label may be wrong: never trained on */
	bool own;     /* written by us: trained on, reported apart, and no part
		       * of what thresholds and probabilities are made of */
	unsigned int edition;
	uint32_t group; /* same cluster or same package: same group */
	uint32_t cluster; /* number of its near-duplicate cluster */
	uint32_t family; /* of one origin and labelled for one reason */
	char id[12];
	uint32_t owner; /* index of the program; its own index for a program */
	uint32_t tokens;
	float dense[MPY_DENSE_COUNT]; /* without the linear scores */
	uint32_t n_blocks;
	uint32_t *ends; /* of each block in buckets */
	uint32_t *buckets; /* distinct within a block, ascending */
};

struct mpy_dataset {
	struct mpy_doc *docs; /* a program, then its layers */
	size_t n;
	size_t programs;
	uint8_t *words; /* MPY_WORD_BYTES */
	uint8_t *idf;	/* MPY_BUCKETS */
};

/*
 * Reads the corpus in dir twice, for words and for blocks, and the short
 * programs of our own: harmless ones of the file ordinary, others of the file
 * hostile. 0 or -errno.
 */
int mpy_dataset_load(struct mpy_dataset *set, const char *dir,
		     const char *ordinary, const char *hostile);
void mpy_dataset_free(struct mpy_dataset *set);

/*
 * The distinct buckets with an idf of blocks from..to (exclusive), ascending,
 * in out, which has room for all of them together. Returns how many.
 */
size_t mpy_dataset_union(const struct mpy_dataset *set,
			 const struct mpy_doc *doc, uint32_t from, uint32_t to,
			 uint32_t *out);

uint32_t mpy_dataset_hash(const char *text);

/* For qsort() and bsearch(): uint32_t, ascending. */
int mpy_dataset_by_number(const void *a, const void *b);

#endif
