/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unbase64.h - exact bytes out of JSON: where a string had bytes that are no
 * UTF-8, a key beside it with the suffix "_base64" has them all. What is
 * returned is the caller's, of *size bytes and a NUL behind them.
 */
#ifndef MPY_CLI_UNBASE64_H
#define MPY_CLI_UNBASE64_H

#include <stddef.h>

struct mpy_json;

/* Base64 as mpy writes it, up to the first character that is none. */
char *mpy_unbase64(const char *text, size_t *size);

/* The exact bytes of a string of object; NULL if there is no such key. */
char *mpy_unbase64_get(const struct mpy_json *object, const char *key,
		       size_t *size);
/* The same of an element of an array of strings. */
char *mpy_unbase64_at(const struct mpy_json *object, const char *key, size_t i,
		      size_t *size);

#endif
