/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judgeproc_answer.h - reads what mpy-judge answers, frame by frame, into a
 * judgement. The child may be in the attacker's hands: every count, size,
 * index and text is checked against verdict.h's bounds, and memory is in
 * proportion to what has come.
 */
#ifndef MPY_CORE_JUDGEPROC_ANSWER_H
#define MPY_CORE_JUDGEPROC_ANSWER_H

#include <stddef.h>
#include <stdint.h>

struct mpy_answer;
struct mpy_judgement;

/* An empty answer; layers keep layer_bytes of contents. NULL: no memory. */
struct mpy_answer *mpy_answer_new(size_t layer_bytes);
void mpy_answer_free(struct mpy_answer *answer);

/*
 * Takes frames of *size bytes at *data up to the end of the answer, and moves
 * both behind them. 0: *size is 0 and more must come, 1: the answer is whole,
 * -EPROTO, -ENOMEM, -EIO (libcrypto).
 */
int mpy_answer_take(struct mpy_answer *answer, const uint8_t **data,
		    size_t *size);

/*
 * The judgement, the caller's. With a reason in why, or if the child itself
 * failed, the verdict is MPY_UNREADABLE and only whole layers are in it. NULL
 * without memory.
 */
struct mpy_judgement *mpy_answer_finish(struct mpy_answer *answer,
					const char *why);

#endif
