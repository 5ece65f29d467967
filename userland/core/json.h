/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - JSON values for everything that leaves or enters mpy as text.
 * The only user of the JSON library; its types do not leave json.c.
 *
 * Strings in JSON must be UTF-8, but paths, arguments and contents are bytes:
 * the *_bytes functions put a readable form (each invalid byte becomes
 * U+FFFD) and, only if something was replaced, a sibling key with the suffix
 * "_base64" that holds the exact bytes.
 *
 * Setters return nothing: out of memory is remembered in the document and
 * reported once by mpy_json_print() or mpy_json_failed().
 */
#ifndef MPY_CORE_JSON_H
#define MPY_CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/utf8.h"

#define MPY_JSON_DEPTH 32 /* deeper text is refused */

struct mpy_json; /* one value: object, array, string, ... */

/* A new empty object or array; NULL without memory. */
struct mpy_json *mpy_json_object(void);
struct mpy_json *mpy_json_array(void);
/* Frees a value that no container owns. Accepts NULL. */
void mpy_json_free(struct mpy_json *value);

/*
 * Parses size bytes of text, at most MPY_JSON_DEPTH deep. NULL if it is no
 * JSON, with a sentence in why. Duplicate keys are refused.
 */
struct mpy_json *mpy_json_parse(const char *text, size_t size, char *why,
				size_t why_size);

/* Setters on an object; on anything else they do nothing. Strings must be
 * NUL-terminated; invalid UTF-8 is replaced as described above. A NULL string
 * sets nothing. */
void mpy_json_set_str(struct mpy_json *object, const char *key,
		      const char *value);
void mpy_json_set_bytes(struct mpy_json *object, const char *key,
			const void *data, size_t size);
/* Plain base64 of the bytes, no readable form. */
void mpy_json_set_base64(struct mpy_json *object, const char *key,
			 const void *data, size_t size);
void mpy_json_set_int(struct mpy_json *object, const char *key, int64_t value);
/* Above INT64_MAX the nearest real, which readers of JSON do anyway. */
void mpy_json_set_uint(struct mpy_json *object, const char *key,
		       uint64_t value);
/* Not a number and infinities have no JSON form: they set nothing. */
void mpy_json_set_real(struct mpy_json *object, const char *key, double value);
void mpy_json_set_bool(struct mpy_json *object, const char *key, bool value);
/* argv-like: key[] readable, and key_base64[] of all if any was replaced. */
void mpy_json_set_strings(struct mpy_json *object, const char *key,
			  char *const *values, size_t n);
/* Time as RFC 3339 UTC with nanoseconds. */
void mpy_json_set_time(struct mpy_json *object, const char *key,
		       int64_t real_ns);
/* Takes ownership of child (NULL counts as out of memory). */
void mpy_json_set(struct mpy_json *object, const char *key,
		  struct mpy_json *child);
void mpy_json_append(struct mpy_json *array, struct mpy_json *child);
void mpy_json_append_str(struct mpy_json *array, const char *value);
void mpy_json_remove(struct mpy_json *object, const char *key);

/* Getters; they accept NULL and the wrong type and answer the default. What
 * they return belongs to the document. */
const struct mpy_json *mpy_json_get(const struct mpy_json *object,
				    const char *key);
const struct mpy_json *mpy_json_at(const struct mpy_json *array, size_t i);
/* The same to change what is found, as long as its owner lives. */
struct mpy_json *mpy_json_get_mutable(struct mpy_json *object, const char *key);
struct mpy_json *mpy_json_at_mutable(struct mpy_json *array, size_t i);
size_t mpy_json_length(const struct mpy_json *array);
const char *mpy_json_str(const struct mpy_json *object, const char *key,
			 const char *otherwise);
/* The same with its length: a JSON string may hold NUL. NULL: no string. */
const char *mpy_json_strn(const struct mpy_json *object, const char *key,
			  size_t *size);
int64_t mpy_json_int(const struct mpy_json *object, const char *key,
		     int64_t otherwise);
double mpy_json_real(const struct mpy_json *object, const char *key,
		     double otherwise);
bool mpy_json_bool(const struct mpy_json *object, const char *key,
		   bool otherwise);
/* The string of an array element or NULL. */
const char *mpy_json_str_at(const struct mpy_json *array, size_t i);
/* Calls each for every member of an object in order, or element of an array
 * (key NULL), until it returns non-zero, which is returned. */
int mpy_json_each(const struct mpy_json *value,
		  int (*each)(void *context, const char *key,
			      const struct mpy_json *member),
		  void *context);
/* A deep copy; NULL without memory. */
struct mpy_json *mpy_json_copy(const struct mpy_json *value);

enum mpy_json_kind {
	MPY_JSON_NONE, /* value is NULL */
	MPY_JSON_OBJECT,
	MPY_JSON_ARRAY,
	MPY_JSON_STRING,
	MPY_JSON_NUMBER,
	MPY_JSON_BOOL,
	MPY_JSON_NULL
};
enum mpy_json_kind mpy_json_kind(const struct mpy_json *value);
/* What a value itself holds, for mpy_json_each(); defaults as above. */
const char *mpy_json_as_str(const struct mpy_json *value,
			    const char *otherwise);
int64_t mpy_json_as_int(const struct mpy_json *value, int64_t otherwise);
double mpy_json_as_real(const struct mpy_json *value, double otherwise);

/* True if memory ran out while value, or a part of it, was made. */
bool mpy_json_failed(const struct mpy_json *value);
/*
 * The value as text on one line (indent 0) or indented; reals with 17
 * significant digits; keys in the order they were set. The string is the
 * caller's, freed by free(); NULL without memory. *size may be NULL.
 */
char *mpy_json_print(const struct mpy_json *value, int indent, size_t *size);

/* RFC 3339 both ways; buffer of 40 bytes is enough. parse: -EINVAL. */
void mpy_time_format(int64_t real_ns, char *buffer, size_t size);
int mpy_time_parse(const char *text, int64_t *real_ns);

/* Base64 with padding; the string is the caller's (free). NULL: no memory. */
char *mpy_base64(const void *data, size_t size);

#endif
