/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * branch.h - inside of fold: which blocks are executed in code that is read
 * again, with constants: functions that are followed, loops in rounds.
 */
#ifndef MPY_JUDGE_BRANCH_H
#define MPY_JUDGE_BRANCH_H

#include <stdbool.h>
#include <stdint.h>

struct mpy_fold;
struct scope;
struct value;

/* A block in such code. */
struct branch {
	unsigned int depth; /* blocks that it is in */
	bool maybe;	    /* nobody knows whether it is executed */
	bool within;	    /* the loop that it is in stands in such a one */
	bool left;	    /* such a one: break, continue or return was met */
	uint32_t growth;    /* mpy_fold.growth when such a one began */
	/* of the if read last in it: */
	bool taken;  /* a branch is */
	bool unsure; /* an earlier branch may be */
};

/*
 * Where the block ends that begins at f->at, behind a ":": behind its DEDENT,
 * or at the NEWLINE of the line that it is on; at most limit tokens away.
 */
uint32_t mpy_branch_end(const struct mpy_fold *f, uint32_t limit);
/* Past the block, or line, behind a ":". */
void mpy_branch_skip(struct mpy_fold *f);
/* At "if", "elif" or "else". */
void mpy_branch_if(struct mpy_fold *f);
/* An "else" that comes next is of a loop or a "try": it may be executed. */
void mpy_branch_unsure(struct mpy_fold *f);
/* In front of a block that may be executed; read here if it is read again. */
void mpy_branch_maybe(struct mpy_fold *f);
/* break, continue: if it may be executed it ends the block alone, true. */
bool mpy_branch_leave(struct mpy_fold *f);
/* The same of return, with what it gives. */
bool mpy_branch_return(struct mpy_fold *f, const struct value *v);
/* Behind a loop's rounds: is what is known to stay as it is? */
bool mpy_branch_is_kept(const struct mpy_fold *f);
/* What v, assigned where old was, becomes. */
void mpy_branch_assign(const struct mpy_fold *f, const struct scope *scope,
		       const struct value *old, struct value *v);

#endif
