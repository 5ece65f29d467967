// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON values, times, base64 and UTF-8. */

#include "../test.h"

#include <errno.h>
#include <stdlib.h>

#include "core/json.h"

static char why[200];

static struct mpy_json *parse(const char *text)
{
	return mpy_json_parse(text, strlen(text), why, sizeof(why));
}

/* The text of value, which is freed. */
static const char *printed(struct mpy_json *value)
{
	static char *text;

	free(text);
	text = mpy_json_print(value, 0, NULL);
	mpy_json_free(value);
	return text;
}

static void prints_in_order(void)
{
	struct mpy_json *object = mpy_json_object();
	struct mpy_json *array = mpy_json_array();

	mpy_json_set_str(object, "z", "a\"\n");
	mpy_json_set_int(object, "a", -5);
	mpy_json_set_bool(object, "m", true);
	mpy_json_append_str(array, "x");
	mpy_json_set(object, "list", array);
	/* what was handed over can still be filled */
	mpy_json_append_str(array, "y");
	mpy_json_set_str(object, "absent", NULL);
	CHECK_STR(printed(object), "{\"z\":\"a\\\"\\n\",\"a\":-5,\"m\":true,"
				   "\"list\":[\"x\",\"y\"]}");
}

static void keeps_exact_bytes(void)
{
	static char first[] = "ok", second[] = "a\xffz";
	char *argv[] = { first, second };
	struct mpy_json *object = mpy_json_object();

	mpy_json_set_str(object, "p", "\xe2\x82x");
	CHECK_STR(printed(object), "{\"p\":\"\xef\xbf\xbd\xef\xbf\xbdx\","
				   "\"p_base64\":\"4oJ4\"}");
	object = mpy_json_object();
	mpy_json_set_strings(object, "argv", argv, 2);
	CHECK_STR(printed(object), "{\"argv\":[\"ok\",\"a\xef\xbf\xbdz\"],"
				   "\"argv_base64\":[\"b2s=\",\"Yf96\"]}");
	object = mpy_json_object();
	mpy_json_set_strings(object, "argv", argv, 1);
	CHECK_STR(printed(object), "{\"argv\":[\"ok\"]}");
	object = mpy_json_object();
	mpy_json_set_bytes(object, "c", "a\0b", 3);
	CHECK_STR(printed(object), "{\"c\":\"a\\u0000b\"}");
}

static void numbers_survive(void)
{
	struct mpy_json *object = mpy_json_object(), *back;
	char *text;

	mpy_json_set_real(object, "r", 0.1 + 0.2);
	mpy_json_set_real(object, "nan", 0.0 / 0.0);
	mpy_json_set_real(object, "inf", 1e308 * 10);
	mpy_json_set_int(object, "min", INT64_MIN);
	mpy_json_set_uint(object, "max", INT64_MAX);
	mpy_json_set_uint(object, "huge", UINT64_MAX);
	text = mpy_json_print(object, 0, NULL);
	back = parse(text);
	CHECK(mpy_json_real(back, "r", 0) == 0.1 + 0.2);
	CHECK(!mpy_json_get(back, "nan") && !mpy_json_get(back, "inf"));
	CHECK(mpy_json_int(back, "min", 0) == INT64_MIN);
	CHECK(mpy_json_int(back, "max", 0) == INT64_MAX);
	CHECK(mpy_json_real(back, "huge", 0) == 18446744073709551615.0);
	free(text);
	mpy_json_free(object);
	mpy_json_free(back);
}

static void refuses_bad_text(void)
{
	static const char *const bad[] = {
		"", "{", "{\"a\":1,\"a\":2}", "[1,]", "nul", "\"\xff\"",
		"{\"a\":1} x", "'a'", "[1e999]", "99999999999999999999",
	};
	char deep[100];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why[0] = '\0';
		CHECK(!parse(bad[i]));
		CHECK(why[0]);
	}
	memset(deep, '[', 32);
	memset(deep + 32, ']', 32);
	deep[64] = '\0';
	mpy_json_free(parse(deep));
	CHECK(mpy_json_kind(NULL) == MPY_JSON_NONE);
	memset(deep, '[', 33);
	memset(deep + 33, ']', 33);
	deep[66] = '\0';
	CHECK(!parse(deep) && strstr(why, "32"));
	/* brackets in strings are not depth */
	memset(deep, '[', 80);
	deep[0] = deep[79] = '"';
	deep[80] = '\0';
	mpy_json_free(parse(deep));
}

static void getters_take_anything(void)
{
	struct mpy_json *object = parse("{\"s\":\"x\",\"n\":3,\"l\":[\"a\",2],"
					"\"z\":null}");

	CHECK_STR(mpy_json_str(object, "s", "d"), "x");
	CHECK_STR(mpy_json_str(object, "n", "d"), "d");
	CHECK_STR(mpy_json_str(NULL, "n", "d"), "d");
	CHECK(mpy_json_int(object, "s", 9) == 9);
	CHECK(mpy_json_real(object, "n", 9) == 3);
	CHECK(mpy_json_bool(object, "n", true));
	CHECK(mpy_json_length(mpy_json_get(object, "l")) == 2);
	CHECK_STR(mpy_json_str_at(mpy_json_get(object, "l"), 0), "a");
	CHECK(!mpy_json_str_at(mpy_json_get(object, "l"), 1));
	CHECK(!mpy_json_str_at(mpy_json_get(object, "l"), 2));
	CHECK(mpy_json_kind(mpy_json_get(object, "z")) == MPY_JSON_NULL);
	CHECK(!mpy_json_get(mpy_json_get(object, "s"), "x"));
	mpy_json_free(object);
}

static int stop_at_two(void *context, const char *key,
		       const struct mpy_json *member)
{
	int *calls = context;

	return ++*calls == 2 ? 42 : 0;
}

static void visits_members(void)
{
	struct mpy_json *object = parse("{\"a\":1,\"b\":2,\"c\":3}");
	int calls = 0;

	CHECK(mpy_json_each(object, stop_at_two, &calls) == 42);
	CHECK(calls == 2);
	mpy_json_free(object);
}

static void remembers_lost_memory(void)
{
	struct mpy_json *object = mpy_json_object(), *copy;
	struct mpy_json *inside = mpy_json_object();

	mpy_json_set(object, "inside", inside);
	copy = mpy_json_copy(object);
	CHECK(!mpy_json_failed(object));
	mpy_json_set(inside, "x", NULL); /* what a failed maker returns */
	CHECK(mpy_json_failed(object));
	CHECK(!mpy_json_print(object, 0, NULL));
	CHECK(!mpy_json_copy(object));
	CHECK(!mpy_json_failed(copy));
	mpy_json_free(object);
	mpy_json_free(copy);
	CHECK(mpy_json_failed(NULL));
}

static int64_t time_of(const char *text)
{
	int64_t ns = -1;

	return mpy_time_parse(text, &ns) ? -1 : ns;
}

static void times_both_ways(void)
{
	static const char *const bad[] = {
		"", "2023", "2023-02-30T00:00:00Z", "2023-01-01T24:00:00Z",
		"2023-01-01T00:00:60Z", "2023-01-01T00:00:00", "yesterday",
		"2023-01-01T00:00:00.Z", "2023-01-01T00:00:00+1:00",
		"2023-01-01T00:00:00Zx", "9999-01-01T00:00:00Z",
		"0000-01-01T00:00:00Z", "2023-00-01T00:00:00Z",
	};
	char text[40];
	size_t i;

	mpy_time_format(1700000000123456789LL, text, sizeof(text));
	CHECK_STR(text, "2023-11-14T22:13:20.123456789Z");
	CHECK(time_of(text) == 1700000000123456789LL);
	mpy_time_format(-1, text, sizeof(text));
	CHECK_STR(text, "1969-12-31T23:59:59.999999999Z");
	CHECK(time_of("2023-11-15T00:13:20.5+02:00") == 1700000000500000000LL);
	CHECK(time_of("2023-11-14t20:13:20-02:00") == 1700000000000000000LL);
	CHECK(time_of("2023-11-14 22:13:20z") == 1700000000000000000LL);
	CHECK(time_of("2023-11-14T22:13:20.12345678999Z") ==
	      1700000000123456789LL);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(time_of(bad[i]) == -1);
	mpy_time_format(INT64_MIN, text, sizeof(text));
	CHECK(strlen(text) == 30);
	mpy_time_format(INT64_MAX, text, sizeof(text));
	CHECK_STR(text, "2262-04-11T23:47:16.854775807Z");
}

static void base64_pads(void)
{
	static const struct {
		const char *plain, *coded;
	} pairs[] = {
		{ "", "" },	   { "a", "YQ==" },	 { "ab", "YWI=" },
		{ "abc", "YWJj" }, { "abcd", "YWJjZA==" },
		{ "\xfb\xff", "+/8=" },
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char *text = mpy_base64(pairs[i].plain,
					strlen(pairs[i].plain));

		CHECK_STR(text, pairs[i].coded);
		free(text);
	}
}

static void utf8_is_strict(void)
{
	static const char *const good[] = { "", "a", "\xc3\xa9",
					    "\xe2\x82\xac", "\xf0\x9f\x98\x80",
					    "\xf4\x8f\xbf\xbf" };
	static const char *const bad[] = { "\x80", "\xc0\x80", "\xc1\xbf",
					   "\xed\xa0\x80", "\xf4\x90\x80\x80",
					   "\xe2\x82", "\xf8\x88\x80\x80\x80",
					   "\xff", "\xe0\x80\x80",
					   "\xf0\x80\x80\x80" };
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(mpy_utf8_valid(good[i], strlen(good[i])));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!mpy_utf8_valid(bad[i], strlen(bad[i])));
	CHECK(mpy_utf8_valid("\0", 1));
	CHECK(mpy_utf8_unsafe(0x1b) && mpy_utf8_unsafe(0x202e) &&
	      mpy_utf8_unsafe(0x9b) && mpy_utf8_unsafe(0x7f));
	CHECK(!mpy_utf8_unsafe('a') && !mpy_utf8_unsafe(0xe9) &&
	      !mpy_utf8_unsafe(0x4e2d));
}

int main(void)
{
	RUN(prints_in_order);
	RUN(keeps_exact_bytes);
	RUN(numbers_survive);
	RUN(refuses_bad_text);
	RUN(getters_take_anything);
	RUN(visits_members);
	RUN(remembers_lost_memory);
	RUN(times_both_ways);
	RUN(base64_pads);
	RUN(utf8_is_strict);
	return DONE();
}
