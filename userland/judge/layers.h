/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layers.h - programs inside a program: what a text decodes and runs, long
 * strings that decode to something that looks like Python, members of zips,
 * code objects of .pyc files. One level of work per call: the caller
 * (verdict) keeps a queue, gives each layer a number and hands the layer's
 * own bytes back to these functions.
 *
 * For the bytes of a unit (the script itself or a layer):
 *   mpy_layers_open()  1: it was an archive or compiled code. Its members
 *			went to the callback; what is to be judged of itself,
 *			if anything, is the text returned.
 *			0: it is text (also one with a zip behind it, whose
 *			members went to the callback): read, lex, fold, judge,
 *			and then
 *   mpy_layers_find()  with the fold of the whole text.
 */
#ifndef MPY_JUDGE_LAYERS_H
#define MPY_JUDGE_LAYERS_H

#include "budget.h"
#include "fold.h"

/* One program found. */
struct mpy_found {
	unsigned int index;  /* within this call, from 1 */
	unsigned int parent; /* index of the found it was made from, or 0 */
	const char *kind;    /* static: a name of the finding's layers.kind */
	const uint8_t *data; /* valid during the callback */
	size_t size;
	uint32_t line; /* of the parent text; 0: none */
	bool judge;    /* to be queued: false if it is only a step on the way
			  to another one (base64 around zlib) */
	bool run;      /* the text executes it, seen by following the call */
	bool pieces;   /* other layers, one behind the other */
};

/*
 * Called in the order of index, a parent before what was made from it. A
 * negative value ends the search and is passed up.
 */
typedef int (*mpy_found_fn)(void *context, const struct mpy_found *found);

/*
 * Takes the layers of a text from its fold, when all of it is fed: calls
 * that decode and run, and strings that decode speculatively. Each found
 * costs one of budget->layers; when they are used up it ends with the bound
 * noted. 0, -ENOMEM, or what the callback returned. With pieces the statements
 * that the text runs one by one are given as one layer too; without where this
 * was done above, for else what is in them would be doubled time and again.
 */
int mpy_layers_find(const struct mpy_fold *fold, struct mpy_budget *budget,
		    bool pieces, mpy_found_fn found, void *context);

/*
 * Looks at the bytes of a unit. 0: it may be text. 1: it is an archive (zip,
 * gzip, bzip2, xz), a .pyc or marshal data: members were given to found. If
 * *text is not NULL it holds *text_size bytes to be judged like source: they
 * stand for the code in it (imports, names called, strings, as Python
 * statements), or before an archive (then 0 is returned) they are the text in
 * front of it. It is the caller's, to free(). -ENOMEM, or what the callback
 * returned.
 */
int mpy_layers_open(const uint8_t *data, size_t size,
		    struct mpy_budget *budget, mpy_found_fn found,
		    void *context, uint8_t **text, size_t *text_size);

#endif
