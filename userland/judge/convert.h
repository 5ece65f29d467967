/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * convert.h - inside of fold: text and numbers that are made of others.
 */
#ifndef MPY_JUDGE_CONVERT_H
#define MPY_JUDGE_CONVERT_H

#include "eval.h"

/*
 * format.c: v as the specification, "c" or "02x", makes text of it; a method
 * str.format(). False: it cannot be known.
 */
bool mpy_format_value(struct mpy_fold *f, const uint8_t *spec, size_t size,
		      struct value *v);
bool mpy_format_method(struct mpy_fold *f, const struct value *self,
		       const struct args *args, struct value *out);

/* codec.c: true if it gave a value */
bool mpy_codec_decode(struct mpy_fold *f, const struct known *known,
		      const struct value *in, struct value *out);
/* The member of that name of an archive in memory. */
bool mpy_codec_member(struct mpy_fold *f, const struct value *archive,
		      const struct value *name, struct value *out);
bool mpy_codec_unpack(struct mpy_fold *f, unsigned int packing,
		      const struct value *in, struct value *out);
bool mpy_codec_escape(struct mpy_fold *f, const struct value *in,
		      struct value *out);
/* The codec and errors= are in args, behind the first ones. */
bool mpy_codec_args(struct mpy_fold *f, const struct args *args,
		    unsigned int from, bool encode, const struct value *in,
		    struct value *out);

/* bigint.c: true if it gave a value */
bool mpy_big_read(struct mpy_fold *f, const uint8_t *digits, size_t size,
		  unsigned int base, struct value *out);
bool mpy_big_to_bytes(struct mpy_fold *f, const struct value *self,
		      const struct args *args, struct value *out);
bool mpy_big_bit_length(const struct value *self, struct value *out);
bool mpy_big_from_bytes(const struct args *args, struct value *out);
bool mpy_big_hex(struct mpy_fold *f, const struct value *v, const char *before,
		 struct value *out);

/* operate.c: below, at or above 0 as text a is before, like or behind text b */
int mpy_text_order(const struct value *a, const struct value *b);

/* shown.c: what str() and repr() make of a name of builtins, or false */
bool mpy_shown(struct mpy_fold *f, const struct value *v, struct value *out);

/* translate.c: x.translate(), maketrans() */
bool mpy_translate(struct mpy_fold *f, const struct value *self,
		   const struct args *args, struct value *out);
void mpy_translate_make(struct mpy_fold *f, const struct args *args,
			struct value *out);

#endif
