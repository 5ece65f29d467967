/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * train_hosts.h - our own programs name nothing but what is reserved for
 * documentation: addresses of RFC 5737, names of RFC 2606, tokens that begin
 * with EXAMPLE. No other program does, so the machines would learn those as
 * signs of what our programs are. For training, and in memory alone, they are
 * replaced by made-up ones.
 */
#ifndef MPY_MODEL_TRAIN_HOSTS_H
#define MPY_MODEL_TRAIN_HOSTS_H

#include <stddef.h>

/*
 * text[0..size) with those replaced, the same by the same throughout the text;
 * the text itself decides by what. *out is the caller's, to free(). 0 or
 * -ENOMEM.
 */
int mpy_hosts_replace(const char *text, size_t size, char **out,
		      size_t *out_size);

#endif
