// SPDX-License-Identifier: GPL-2.0-or-later
/* Exact bytes out of JSON; see unbase64.h. */
#include "cli/unbase64.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "core/json.h"

static int value_of(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

char *mpy_unbase64(const char *text, size_t *size)
{
	char *data = mpy_cli_must(malloc(strlen(text) + 1));
	unsigned int bits = 0, n = 0;

	*size = 0;
	for (; value_of(*text) >= 0; text++) {
		bits = bits << 6 | (unsigned int)value_of(*text);
		n += 6;
		if (n >= 8) {
			n -= 8;
			data[(*size)++] = (char)(bits >> n);
		}
	}
	data[*size] = 0;
	return data;
}

static char *copy(const char *text, size_t size)
{
	char *data = mpy_cli_must(malloc(size + 1));

	memcpy(data, text, size);
	data[size] = 0;
	return data;
}

static const struct mpy_json *exact(const struct mpy_json *object,
				    const char *key)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_base64", key);
	return mpy_json_get(object, name);
}

char *mpy_unbase64_get(const struct mpy_json *object, const char *key,
		       size_t *size)
{
	const char *text = mpy_json_as_str(exact(object, key), NULL);

	if (text)
		return mpy_unbase64(text, size);
	text = mpy_json_strn(object, key, size);
	return text ? copy(text, *size) : NULL;
}

char *mpy_unbase64_at(const struct mpy_json *object, const char *key, size_t i,
		      size_t *size)
{
	const char *text = mpy_json_str_at(exact(object, key), i);

	if (text)
		return mpy_unbase64(text, size);
	text = mpy_json_str_at(mpy_json_get(object, key), i);
	*size = text ? strlen(text) : 0;
	return text ? copy(text, *size) : NULL;
}
