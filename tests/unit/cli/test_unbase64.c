// SPDX-License-Identifier: GPL-2.0-or-later
/* Exact bytes out of JSON. */
#include <stdlib.h>

#include "../test.h"
#include "cli/unbase64.h"
#include "core/json.h"

static void check(const char *text, const char *expected, size_t size)
{
	size_t got;
	char *data = mpy_unbase64(text, &got);

	CHECK(got == size && !memcmp(data, expected, size) && !data[size]);
	free(data);
}

static void decodes(void)
{
	check("", "", 0);
	check("YQ==", "a", 1);
	check("YWI=", "ab", 2);
	check("YWJj", "abc", 3);
	check("AP+A", "\0\xff\x80", 3);
	check("YWJj*YWJj", "abc", 3);
	check("Y", "", 0);
}

static void prefers_the_exact_bytes(void)
{
	struct mpy_json *json = mpy_json_object();
	char *argv[] = { "a", "b\xff" };
	size_t size;
	char *data;

	mpy_json_set_bytes(json, "path", "x\xff", 2);
	mpy_json_set_bytes(json, "plain", "xy", 2);
	mpy_json_set_strings(json, "argv", argv, 2);
	data = mpy_unbase64_get(json, "path", &size);
	CHECK(size == 2 && !memcmp(data, "x\xff", 3));
	free(data);
	data = mpy_unbase64_get(json, "plain", &size);
	CHECK(size == 2 && !memcmp(data, "xy", 3));
	free(data);
	CHECK(!mpy_unbase64_get(json, "none", &size));
	data = mpy_unbase64_at(json, "argv", 1, &size);
	CHECK(size == 2 && !memcmp(data, "b\xff", 3));
	free(data);
	CHECK(!mpy_unbase64_at(json, "argv", 2, &size));
	CHECK(!mpy_unbase64_at(NULL, "argv", 0, &size));
	mpy_json_free(json);
}

int main(void)
{
	RUN(decodes);
	RUN(prefers_the_exact_bytes);
	return DONE();
}
