// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json.c - JSON values by jansson. A struct mpy_json is a json_t seen from
 * outside; the cast happens in outer() and inner() alone.
 */

#include "core/json.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * Setters return nothing, so a container that lost a member must carry the
 * mark itself, without needing memory for it: the top bit of its reference
 * count, which no count reaches. any_lost spares the search for marks as long
 * as memory never ran out.
 */
#define LOST_MARK (~(SIZE_MAX >> 1))
static atomic_bool any_lost;

static struct mpy_json *outer(const json_t *json)
{
	return (struct mpy_json *)json;
}

static json_t *inner(const struct mpy_json *value)
{
	return (json_t *)value;
}

static void mark_lost(json_t *container)
{
	container->refcount |= LOST_MARK;
	atomic_store(&any_lost, true);
}

/* Looks for marks below json and takes them away if asked to. */
static bool find_lost(json_t *json, bool clear)
{
	bool lost = (json->refcount & LOST_MARK) != 0;
	const char *key;
	json_t *member;
	size_t i;

	/* true, false and null are static: their count is SIZE_MAX */
	if (json_is_object(json)) {
		json_object_foreach(json, key, member)
			lost |= find_lost(member, clear);
	} else if (json_is_array(json)) {
		json_array_foreach(json, i, member)
			lost |= find_lost(member, clear);
	} else {
		return false;
	}
	if (clear)
		json->refcount &= ~LOST_MARK;
	return lost;
}

bool mpy_json_failed(const struct mpy_json *value)
{
	if (!value)
		return true;
	return atomic_load(&any_lost) && find_lost(inner(value), false);
}

struct mpy_json *mpy_json_object(void)
{
	return outer(json_object());
}

struct mpy_json *mpy_json_array(void)
{
	return outer(json_array());
}

void mpy_json_free(struct mpy_json *value)
{
	if (value && atomic_load(&any_lost))
		find_lost(inner(value), true);
	json_decref(inner(value));
}

struct mpy_json *mpy_json_copy(const struct mpy_json *value)
{
	if (mpy_json_failed(value))
		return NULL;
	return outer(json_deep_copy(inner(value)));
}

/* ---- reading text ------------------------------------------------------- */

/* jansson recurses up to 2,048 levels; ours is a tighter, cheaper test. */
static bool too_deep(const char *text, size_t size)
{
	unsigned int depth = 0;
	bool quoted = false;
	size_t i;

	for (i = 0; i < size; i++) {
		char c = text[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			if (++depth > MPY_JSON_DEPTH)
				return true;
		} else if ((c == '}' || c == ']') && depth) {
			depth--;
		}
	}
	return false;
}

struct mpy_json *mpy_json_parse(const char *text, size_t size, char *why,
				size_t why_size)
{
	json_error_t error;
	json_t *json;

	if (too_deep(text, size)) {
		snprintf(why, why_size, "nested deeper than %d levels",
			 MPY_JSON_DEPTH);
		return NULL;
	}
	json = json_loadb(text, size,
			  JSON_REJECT_DUPLICATES | JSON_DECODE_ANY |
				  JSON_ALLOW_NUL,
			  &error);
	if (!json)
		snprintf(why, why_size, "line %d, column %d: %s", error.line,
			 error.column, error.text);
	return outer(json);
}

/* ---- setters ------------------------------------------------------------ */

/* Puts a new reference into object; NULL is memory that ran out. */
static void put(json_t *object, const char *key, json_t *value)
{
	/* text from outside may hold anything where an object should be */
	if (!json_is_object(object)) {
		json_decref(value);
		return;
	}
	if (json_object_set_new_nocheck(object, key, value))
		mark_lost(object);
}

void mpy_json_set(struct mpy_json *object, const char *key,
		  struct mpy_json *child)
{
	put(inner(object), key, inner(child));
}

void mpy_json_append(struct mpy_json *array, struct mpy_json *child)
{
	if (!json_is_array(inner(array))) {
		mpy_json_free(child);
		return;
	}
	if (json_array_append_new(inner(array), inner(child)))
		mark_lost(inner(array));
}

void mpy_json_remove(struct mpy_json *object, const char *key)
{
	json_object_del(inner(object), key);
}

/* A JSON string in which each invalid byte is U+FFFD. */
static json_t *readable(const void *data, size_t size)
{
	const char *p = data;
	size_t i, used = 0, step;
	uint32_t point;
	json_t *string;
	char *text;

	if (size > SIZE_MAX / 3)
		return NULL;
	text = malloc(size * 3 + 1);
	if (!text)
		return NULL;
	for (i = 0; i < size; i += step) {
		step = mpy_utf8_step(p + i, size - i, &point);
		if (step) {
			memcpy(text + used, p + i, step);
			used += step;
		} else {
			memcpy(text + used, "\xef\xbf\xbd", 3);
			used += 3;
			step = 1;
		}
	}
	string = json_stringn_nocheck(text, used);
	free(text);
	return string;
}

static json_t *base64(const void *data, size_t size)
{
	char *text = mpy_base64(data, size);
	json_t *string = text ? json_string_nocheck(text) : NULL;

	free(text);
	return string;
}

/* The key of the exact bytes beside the readable form. */
static char *exact_key(const char *key, char *buffer, size_t size)
{
	snprintf(buffer, size, "%s_base64", key);
	return buffer;
}

void mpy_json_set_bytes(struct mpy_json *object, const char *key,
			const void *data, size_t size)
{
	char exact[80];

	if (!data)
		return;
	if (mpy_utf8_valid(data, size)) {
		put(inner(object), key, json_stringn_nocheck(data, size));
		return;
	}
	put(inner(object), key, readable(data, size));
	put(inner(object), exact_key(key, exact, sizeof(exact)),
	    base64(data, size));
}

void mpy_json_set_str(struct mpy_json *object, const char *key,
		      const char *value)
{
	if (value)
		mpy_json_set_bytes(object, key, value, strlen(value));
}

void mpy_json_set_base64(struct mpy_json *object, const char *key,
			 const void *data, size_t size)
{
	put(inner(object), key, base64(data, size));
}

void mpy_json_set_int(struct mpy_json *object, const char *key, int64_t value)
{
	put(inner(object), key, json_integer(value));
}

void mpy_json_set_uint(struct mpy_json *object, const char *key,
		       uint64_t value)
{
	if (value <= INT64_MAX)
		mpy_json_set_int(object, key, (int64_t)value);
	else
		mpy_json_set_real(object, key, (double)value);
}

void mpy_json_set_real(struct mpy_json *object, const char *key, double value)
{
	if (isfinite(value))
		put(inner(object), key, json_real(value));
}

void mpy_json_set_bool(struct mpy_json *object, const char *key, bool value)
{
	put(inner(object), key, json_boolean(value));
}

void mpy_json_set_strings(struct mpy_json *object, const char *key,
			  char *const *values, size_t n)
{
	struct mpy_json *shown = mpy_json_array();
	struct mpy_json *exact;
	bool replaced = false;
	char name[80];
	size_t i;

	for (i = 0; i < n; i++) {
		size_t size = strlen(values[i]);

		replaced |= !mpy_utf8_valid(values[i], size);
		mpy_json_append(shown, outer(readable(values[i], size)));
	}
	mpy_json_set(object, key, shown);
	if (!replaced)
		return;
	exact = mpy_json_array();
	for (i = 0; i < n; i++)
		mpy_json_append(exact,
				outer(base64(values[i], strlen(values[i]))));
	mpy_json_set(object, exact_key(key, name, sizeof(name)), exact);
}

void mpy_json_append_str(struct mpy_json *array, const char *value)
{
	if (value)
		mpy_json_append(array, outer(readable(value, strlen(value))));
}

void mpy_json_set_time(struct mpy_json *object, const char *key,
		       int64_t real_ns)
{
	char text[40];

	mpy_time_format(real_ns, text, sizeof(text));
	mpy_json_set_str(object, key, text);
}

/* ---- getters ------------------------------------------------------------ */

const struct mpy_json *mpy_json_get(const struct mpy_json *object,
				    const char *key)
{
	return outer(json_object_get(inner(object), key));
}

const struct mpy_json *mpy_json_at(const struct mpy_json *array, size_t i)
{
	return outer(json_array_get(inner(array), i));
}

struct mpy_json *mpy_json_get_mutable(struct mpy_json *object, const char *key)
{
	return outer(json_object_get(inner(object), key));
}

struct mpy_json *mpy_json_at_mutable(struct mpy_json *array, size_t i)
{
	return outer(json_array_get(inner(array), i));
}

size_t mpy_json_length(const struct mpy_json *array)
{
	return json_array_size(inner(array));
}

enum mpy_json_kind mpy_json_kind(const struct mpy_json *value)
{
	if (!value)
		return MPY_JSON_NONE;
	switch (json_typeof(inner(value))) {
	case JSON_OBJECT:
		return MPY_JSON_OBJECT;
	case JSON_ARRAY:
		return MPY_JSON_ARRAY;
	case JSON_STRING:
		return MPY_JSON_STRING;
	case JSON_INTEGER:
	case JSON_REAL:
		return MPY_JSON_NUMBER;
	case JSON_TRUE:
	case JSON_FALSE:
		return MPY_JSON_BOOL;
	case JSON_NULL:
		return MPY_JSON_NULL;
	}
	return MPY_JSON_NONE;
}

const char *mpy_json_as_str(const struct mpy_json *value,
			    const char *otherwise)
{
	const char *text = json_string_value(inner(value));

	return text ? text : otherwise;
}

int64_t mpy_json_as_int(const struct mpy_json *value, int64_t otherwise)
{
	const json_t *json = inner(value);

	return json_is_integer(json) ? json_integer_value(json) : otherwise;
}

double mpy_json_as_real(const struct mpy_json *value, double otherwise)
{
	const json_t *json = inner(value);

	return json_is_number(json) ? json_number_value(json) : otherwise;
}

const char *mpy_json_str(const struct mpy_json *object, const char *key,
			 const char *otherwise)
{
	return mpy_json_as_str(mpy_json_get(object, key), otherwise);
}

const char *mpy_json_strn(const struct mpy_json *object, const char *key,
			  size_t *size)
{
	const json_t *json = inner(mpy_json_get(object, key));

	*size = json_string_length(json);
	return json_string_value(json);
}

int64_t mpy_json_int(const struct mpy_json *object, const char *key,
		     int64_t otherwise)
{
	return mpy_json_as_int(mpy_json_get(object, key), otherwise);
}

double mpy_json_real(const struct mpy_json *object, const char *key,
		     double otherwise)
{
	return mpy_json_as_real(mpy_json_get(object, key), otherwise);
}

bool mpy_json_bool(const struct mpy_json *object, const char *key,
		   bool otherwise)
{
	const json_t *json = inner(mpy_json_get(object, key));

	return json_is_boolean(json) ? json_is_true(json) : otherwise;
}

const char *mpy_json_str_at(const struct mpy_json *array, size_t i)
{
	return mpy_json_as_str(mpy_json_at(array, i), NULL);
}

int mpy_json_each(const struct mpy_json *value,
		  int (*each)(void *context, const char *key,
			      const struct mpy_json *member),
		  void *context)
{
	json_t *json = inner(value), *member;
	const char *key;
	size_t i;
	int r = 0;

	if (json_is_object(json)) {
		json_object_foreach(json, key, member) {
			r = each(context, key, outer(member));
			if (r)
				break;
		}
	} else if (json_is_array(json)) {
		json_array_foreach(json, i, member) {
			r = each(context, NULL, outer(member));
			if (r)
				break;
		}
	}
	return r;
}

/* ---- writing ------------------------------------------------------------ */

char *mpy_json_print(const struct mpy_json *value, int indent, size_t *size)
{
	size_t flags = JSON_ENCODE_ANY | JSON_REAL_PRECISION(17);
	char *text;

	if (mpy_json_failed(value))
		return NULL;
	flags |= indent > 0 ? JSON_INDENT((size_t)indent) : JSON_COMPACT;
	text = json_dumps(inner(value), flags);
	if (text && size)
		*size = strlen(text);
	return text;
}

char *mpy_base64(const void *data, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *p = data;
	size_t i, used = 0;
	char *text;

	if (size > SIZE_MAX / 2)
		return NULL;
	text = malloc((size + 2) / 3 * 4 + 1);
	if (!text)
		return NULL;
	for (i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t bits = (uint32_t)p[i] << 16;

		if (left > 1)
			bits |= (uint32_t)p[i + 1] << 8;
		if (left > 2)
			bits |= p[i + 2];
		text[used++] = digits[bits >> 18];
		text[used++] = digits[bits >> 12 & 63];
		text[used++] = left > 1 ? digits[bits >> 6 & 63] : '=';
		text[used++] = left > 2 ? digits[bits & 63] : '=';
	}
	text[used] = '\0';
	return text;
}

/* ---- times -------------------------------------------------------------- */

#define NS_PER_S 1000000000

void mpy_time_format(int64_t real_ns, char *buffer, size_t size)
{
	time_t seconds = (time_t)(real_ns / NS_PER_S);
	long ns = (long)(real_ns % NS_PER_S);
	struct tm tm;

	if (ns < 0) {
		ns += NS_PER_S;
		seconds--;
	}
	gmtime_r(&seconds, &tm);
	snprintf(buffer, size, "%04d-%02d-%02dT%02d:%02d:%02d.%09ldZ",
		 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		 tm.tm_min, tm.tm_sec, ns);
}

/* Exactly n digits at *p, which moves on; -1 if there are others. */
static int number(const char **p, int n)
{
	int value = 0;

	for (; n; n--, (*p)++) {
		if (**p < '0' || **p > '9')
			return -1;
		value = value * 10 + (**p - '0');
	}
	return value;
}

/* One of two characters at *p, which moves on. */
static bool one_of(const char **p, char a, char b)
{
	if (**p != a && **p != b)
		return false;
	(*p)++;
	return true;
}

/* ".123" as nanoseconds; digits behind the ninth are dropped. */
static long fraction(const char **p)
{
	long ns = 0, weight = NS_PER_S / 10;
	const char *first;

	if (**p != '.')
		return 0;
	first = ++*p;
	for (; **p >= '0' && **p <= '9'; (*p)++) {
		ns += (**p - '0') * weight;
		weight /= 10;
	}
	return *p == first ? -1 : ns;
}

/* "Z" or "+02:00" as seconds east of Greenwich. */
static bool offset(const char **p, long *seconds)
{
	char sign = **p;
	int hours, minutes;

	*seconds = 0;
	if (one_of(p, 'Z', 'z'))
		return true;
	if (!one_of(p, '+', '-'))
		return false;
	hours = number(p, 2);
	if (hours < 0 || hours > 23 || !one_of(p, ':', ':'))
		return false;
	minutes = number(p, 2);
	if (minutes < 0 || minutes > 59)
		return false;
	*seconds = (hours * 60L + minutes) * 60;
	if (sign == '-')
		*seconds = -*seconds;
	return true;
}

int mpy_time_parse(const char *text, int64_t *real_ns)
{
	struct tm tm = { 0 }, normal;
	const char *p = text;
	long ns, east;
	time_t seconds;

	tm.tm_year = number(&p, 4) - 1900;
	if (tm.tm_year < -1900 || !one_of(&p, '-', '-'))
		return -EINVAL;
	tm.tm_mon = number(&p, 2) - 1;
	if (tm.tm_mon < 0 || !one_of(&p, '-', '-'))
		return -EINVAL;
	tm.tm_mday = number(&p, 2);
	if (tm.tm_mday < 1 || (!one_of(&p, 'T', 't') && !one_of(&p, ' ', ' ')))
		return -EINVAL;
	tm.tm_hour = number(&p, 2);
	if (tm.tm_hour < 0 || !one_of(&p, ':', ':'))
		return -EINVAL;
	tm.tm_min = number(&p, 2);
	if (tm.tm_min < 0 || !one_of(&p, ':', ':'))
		return -EINVAL;
	tm.tm_sec = number(&p, 2);
	if (tm.tm_sec < 0)
		return -EINVAL;
	ns = fraction(&p);
	if (ns < 0 || !offset(&p, &east) || *p)
		return -EINVAL;
	normal = tm;
	seconds = timegm(&normal);
	/* timegm() carries over: 30 February becomes 2 March */
	if (normal.tm_mon != tm.tm_mon || normal.tm_mday != tm.tm_mday ||
	    normal.tm_hour != tm.tm_hour || normal.tm_min != tm.tm_min ||
	    normal.tm_sec != tm.tm_sec)
		return -EINVAL;
	seconds -= east;
	if (seconds <= INT64_MIN / NS_PER_S || seconds >= INT64_MAX / NS_PER_S)
		return -EINVAL;
	*real_ns = seconds * (int64_t)NS_PER_S + ns;
	return 0;
}
