// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses in text that must not be clickable. */
#include <stdlib.h>

#include "../test.h"
#include "cli/defang.h"
#include "core/json.h"

static void check_value(const char *type, const char *value,
			const char *expected)
{
	char *text = mpy_defang_value(type, value);

	CHECK_STR(text, expected);
	free(text);
}

static void check_text(const char *text, const struct mpy_json *indicators,
		       const char *expected)
{
	char *defanged = mpy_defang_text(text, indicators);

	CHECK_STR(defanged, expected);
	free(defanged);
}

static void values_by_type(void)
{
	check_value("url", "https://evil.example.invalid/a.b?c=d.e",
		    "hxxps://evil[.]example[.]invalid/a.b?c=d.e");
	check_value("url", "ftp://192.0.2.1/x", "fxp://192[.]0[.]2[.]1/x");
	check_value("url", "evil.example.invalid/a.b",
		    "evil[.]example[.]invalid/a.b");
	check_value("url", "tcp://192.0.2.1:4444",
		    "tcp[://]192[.]0[.]2[.]1:4444");
	check_value("ip", "192.0.2.1", "192[.]0[.]2[.]1");
	check_value("domain", "example.invalid", "example[.]invalid");
	check_value("email", "a@example.invalid", "a[@]example[.]invalid");
	check_value("webhook", "https://example.invalid/hook",
		    "hxxps://example[.]invalid/hook");
	check_value("path", "/etc/a.conf", "/etc/a.conf");
	check_value("wallet", "bc1qexample", "bc1qexample");
}

static void urls_in_prose(void)
{
	check_text("sends it to HTTP://a.b/c.d, and http://e.f", NULL,
		   "sends it to hxxp://a[.]b/c.d, and hxxp://e[.]f");
	check_text("get(\"http://a.b\").text", NULL,
		   "get(\"hxxp://a[.]b\").text");
	check_text("file.py has no address", NULL, "file.py has no address");
	check_text("", NULL, "");
	check_text("http://", NULL, "hxxp://");
}

static void known_addresses_as_whole_words(void)
{
	struct mpy_json *list = mpy_json_array(), *one = mpy_json_object();

	mpy_json_set_str(one, "type", "ip");
	mpy_json_set_str(one, "value", "192.0.2.1");
	mpy_json_append(list, one);
	one = mpy_json_object();
	mpy_json_set_str(one, "type", "path");
	mpy_json_set_str(one, "value", "a.b");
	mpy_json_append(list, one);
	check_text("connect((\"192.0.2.1\", 4444)) a.b", list,
		   "connect((\"192[.]0[.]2[.]1\", 4444)) a.b");
	check_text("192.0.2.10 1192.0.2.1 1.192.0.2.1", list,
		   "192.0.2.10 1192.0.2.1 1.192.0.2.1");
	check_text("192.0.2.1", list, "192[.]0[.]2[.]1");
	mpy_json_free(list);
}

int main(void)
{
	RUN(values_by_type);
	RUN(urls_in_prose);
	RUN(known_addresses_as_whole_words);
	return DONE();
}
