/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * special.h - what a text can say of itself: its own file as data (own.c), and
 * what its classes say that Python is to do with their objects (special.c).
 */
#ifndef MPY_JUDGE_SPECIAL_H
#define MPY_JUDGE_SPECIAL_H

#include "eval.h"

/*
 * own.c: is v the program's own file? Then *out is its text, or *v the list of
 * its lines. Lines of any text, with the line feed at their ends if keep.
 */
bool mpy_own_text(struct mpy_fold *f, const struct value *v, bool bytes,
		  struct value *out);
bool mpy_own_lines(struct mpy_fold *f, struct value *v);
bool mpy_text_lines(struct mpy_fold *f, const struct value *text, bool keep,
		    struct value *out);

/* Is v the path of the own file? Then *out is too: a Path of it, resolved. */
bool mpy_own_path(const struct value *v, struct value *out);

/* The path is opened for reading: *out is the file if it is the own one. */
void mpy_own_open(struct mpy_fold *f, const struct value *path, bool bytes,
		  struct value *out);

/*
 * The archive that the program is in, if that is what the path is; the member
 * of that name of it.
 */
bool mpy_own_archive(const struct mpy_fold *f, const struct value *path,
		     struct value *out);
bool mpy_own_member(struct mpy_fold *f, const struct value *name,
		    struct value *out);

/*
 * Is v the own file, open? It is read on from the place in args then, or, if
 * that is not known or NULL, not any more.
 */
bool mpy_own_move(struct mpy_fold *f, const struct value *v,
		  const struct args *args);

/*
 * What a class of the text says its objects do when they are called, indexed,
 * asked for an attribute that they have not got (special.c). Is it an object
 * whose class says so? Then it was done: out, or *v, is what that gives.
 */
bool mpy_special_call(struct mpy_fold *f, const struct value *object,
		      struct args *args, struct value *out);
bool mpy_special_index(struct mpy_fold *f, struct value *v,
		       const struct value *index);
bool mpy_special_attr(struct mpy_fold *f, struct value *v, const char *name,
		      size_t size);

#endif
