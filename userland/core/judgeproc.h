/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judgeproc.h - starts and feeds mpy-judge, the sandboxed child that reads
 * hostile bytes: no files, no network, seccomp allow-list, rlimits. Bytes go
 * by a sealed memfd, the verdict and its layers come back over a socket, one
 * message each; bytes of small programs go over the socket too. Used by mpyd
 * and by "mpyctl scan". The child serves one request after the other; a child
 * that dies or outlives its wall-clock limit is replaced, and what it was
 * judging is MPY_UNREADABLE.
 *
 * Not thread-safe: one struct belongs to one thread.
 */
#ifndef MPY_CORE_JUDGEPROC_H
#define MPY_CORE_JUDGEPROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "judge/verdict.h"

struct mpy_judgeproc;
struct mpy_layer_result; /* finding.h */

struct mpy_judgement {
	struct mpy_verdict *verdict;
	struct mpy_layer_result *layers;
	size_t n_layers;
	bool aborted; /* UNREADABLE because the child died or ran out of time */
};

struct mpy_judgeproc_options {
	const char *program;	/* NULL: beside this program, then LIBEXECDIR */
	const char *bundle;	/* path of the bundle */
	unsigned int limit_ms;	/* wall clock per program; 0: 10,000 */
	size_t layer_bytes;	/* contents kept per layer; 0: none. Cut at a
				 * character. */
	enum mpy_detail detail; /* wanted of every program */
};

/*
 * Loads the bundle, starts the child. *out is the caller's. -EINVAL: bad
 * bundle; -ENOENT: no program or bundle; -errno; why holds a sentence.
 */
int mpy_judgeproc_start(const struct mpy_judgeproc_options *options,
			struct mpy_judgeproc **out, char *why, size_t why_size);
/* Ends the child and waits for it. Accepts NULL. */
void mpy_judgeproc_stop(struct mpy_judgeproc *judge);

/*
 * Judges size bytes. Of more than 16 MiB (MPY_TEXT_MAX) head, tail and the
 * densest windows are handed over, of a zip archive the last 24 MiB; then the
 * verdict has MPY_BOUND_TEXT. 0 with *out the caller's (mpy_judgement_free),
 * also when the child died or ran out of time: then the verdict is
 * MPY_UNREADABLE with the reason. -errno: no child can be started.
 */
int mpy_judgeproc_judge(struct mpy_judgeproc *judge, const void *data,
			size_t size, struct mpy_judgement **out);
void mpy_judgement_free(struct mpy_judgement *judgement);

/* Programs for mpy_judgeproc_judge_all(), and bytes of all of them. */
#define MPY_JUDGE_TOGETHER	 32u
#define MPY_JUDGE_TOGETHER_BYTES (79u << 10)

struct mpy_program {
	const void *data;
	size_t size;
};

/*
 * Judges n small programs with one message instead of n. If the child fails or
 * outlives the limit meanwhile they are judged again one by one, so that only
 * the one at fault is MPY_UNREADABLE. 0 with all of out the caller's; -errno,
 * then some of it may be, others are NULL.
 */
int mpy_judgeproc_judge_all(struct mpy_judgeproc *judge,
			    const struct mpy_program *programs, size_t n,
			    struct mpy_judgement **out);

/* "NAME (first 12 hex digits of the bundle's SHA-256)"; owned by judge. */
const char *mpy_judgeproc_model(const struct mpy_judgeproc *judge);
/* The child's process id now; it changes when the child is replaced. 0 while
 * there is none. */
pid_t mpy_judgeproc_pid(const struct mpy_judgeproc *judge);

#endif
