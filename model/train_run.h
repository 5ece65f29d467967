/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_run.h - one run of the trainer: the data set, the options it is
 * trained with, and folds. The steps that training itself and the studies
 * around it have in common.
 */
#ifndef MPY_MODEL_TRAIN_RUN_H
#define MPY_MODEL_TRAIN_RUN_H

#include "train_data.h"
#include "train_linear.h"
#include "train_second.h"

#define MPY_RUN_FOLDS 5

extern const struct mpy_second_options mpy_run_second_options;

/* What one run works on. */
struct mpy_run {
	struct mpy_dataset set;
	struct mpy_linear_scores *scores; /* by models that did not see it */
	struct mpy_linear_scores *strict; /* nor its family: train_strict.h */
	double *linear;			  /* of programs, by linear stage */
	double *raw;			  /* of programs, by both stages */
	uint8_t *test, *use;
};

/* Number that says in which fold a group is. */
unsigned int mpy_run_fold(const struct mpy_doc *doc);

/*
 * Sets run->test to the fold, or to the second edition if fold is negative;
 * run->use to all else that may be trained on, dual use by one view alone.
 */
void mpy_run_split(struct mpy_run *run, int fold);

/*
 * Trains one view of the linear stage, or both, on run->use and scores
 * run->test. 0 or -ENOMEM.
 */
int mpy_run_view(struct mpy_run *run, enum mpy_view view,
		 struct mpy_linear_scores *scores);
int mpy_run_linear(struct mpy_run *run, struct mpy_linear_scores *scores);

/*
 * Trains the second stage on run->use, whose linear scores are in
 * run->strict, without the dense numbers marked in without (or NULL), and
 * judges run->test by scores. A program is as bad as its worst unit.
 */
int mpy_run_second(struct mpy_run *run, const struct mpy_linear_scores *scores,
		   const uint8_t *without, double *raw);

/*
 * Marks the malicious programs as doubted in which machines that have not seen
 * them (run->raw) find nothing at all: helper modules, fragments and copies of
 * harmless libraries that came with malware. What is learned from them is
 * wrong, see Northcutt et al., "Confident Learning" (JAIR 2021). They stay in
 * what is reported. Returns how many programs.
 */
size_t mpy_run_doubt(struct mpy_run *run);

/* Linear score of each program: that of its worst unit. */
void mpy_run_programs(const struct mpy_dataset *set,
		      const struct mpy_linear_scores *scores, double *linear);

#endif
