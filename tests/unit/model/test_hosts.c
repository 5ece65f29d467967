// SPDX-License-Identifier: GPL-2.0-or-later
/* What is reserved for documentation is replaced in our own programs. */
#include "../../../model/train_hosts.h"

#include <stdbool.h>
#include <stdlib.h>

#include "../test.h"

/* text, replaced; the caller's to free(). */
static char *replaced(const char *text)
{
	char *out = NULL;
	size_t size;

	CHECK(!mpy_hosts_replace(text, strlen(text), &out, &size));
	CHECK(out && strlen(out) == size);
	return out;
}

static bool is_kept(const char *text)
{
	char *out = replaced(text);
	bool kept = out && !strcmp(out, text);

	free(out);
	return kept;
}

/* Is what is between before and after replaced by something else? */
static bool is_new(const char *before, const char *reserved, const char *after)
{
	char text[256], *out;
	size_t n;
	bool new;

	snprintf(text, sizeof(text), "%s%s%s", before, reserved, after);
	out = replaced(text);
	n = out ? strlen(out) : 0;
	new = n > strlen(before) + strlen(after) && !strstr(out, reserved) &&
	      !strncmp(out, before, strlen(before)) &&
	      !strcmp(out + n - strlen(after), after);
	free(out);
	return new;
}

static void reserved_is_replaced(void)
{
	CHECK(is_new("get('http://", "203.0.113.9", ":8080/x')"));
	CHECK(is_new("connect(('", "198.51.100.7", "', 1))"));
	CHECK(is_new("'", "192.0.2.", "' + str(i)"));
	CHECK(is_new("https://chat.", "example", "/api"));
	CHECK(is_new("f'{name}.x.", "invalid", "'"));
	CHECK(is_new("www.", "example", ".org"));
	CHECK(is_new("'", "EXAMPLE-TOKEN", "'"));
}

static void the_rest_is_kept(void)
{
	CHECK(is_kept(""));
	CHECK(is_kept("print('an example', 10.0.0.1, '192.168.0.2')\n"));
	CHECK(is_kept("myexample.com, example.py, EXAMPLE_DIR, EXAMPLES\n"));
	CHECK(is_kept("1203.0.113.9 v203.0.113.9\n"));
}

static void same_by_same(void)
{
	char *out = replaced("a.example b a.example");
	size_t half = out ? strlen(out) / 2 : 0;

	CHECK(out && !strncmp(out, out + half + 2, half - 1));
	free(out);
}

int main(void)
{
	RUN(reserved_is_replaced);
	RUN(the_rest_is_kept);
	RUN(same_by_same);
	return DONE();
}
