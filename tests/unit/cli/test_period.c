// SPDX-License-Identifier: GPL-2.0-or-later
/* Times and spans on mpyctl's command line. */
#include "../test.h"
#include "cli/period.h"

#define S 1000000000ll

static int64_t span(const char *text)
{
	int64_t ns = -1;

	return mpy_period_parse(text, &ns) ? -1 : ns;
}

static int64_t since(const char *text)
{
	int64_t ns = -1;

	return mpy_period_since(text, 1000000 * S, &ns) ? -1 : ns;
}

static void spans_have_units(void)
{
	CHECK(span("90s") == 90 * S);
	CHECK(span("10m") == 600 * S);
	CHECK(span("2h") == 7200 * S);
	CHECK(span("3d") == 3 * 86400 * S);
	CHECK(span("1w") == 7 * 86400 * S);
	CHECK(span("1.5h") == 5400 * S);
}

static void nonsense_is_no_span(void)
{
	static const char *const bad[] = { "",	   "s",	    "5",   "5x",
					   "-5s",  "5s ",   "5ss", "nans",
					   "infs", "1e99d", "0x",  " 5s" };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(span(bad[i]) == -1);
}

static void since_counts_back_or_is_a_time(void)
{
	CHECK(since("1h") == (1000000 - 3600) * S);
	CHECK(since("1h ago") == (1000000 - 3600) * S);
	CHECK(since("1970-01-01T00:01:00Z") == 60 * S);
	CHECK(since("1970-01-01T01:01:00+01:00") == 60 * S);
	CHECK(since("yesterday") == -1);
	CHECK(since("1h agoo") == -1);
}

int main(void)
{
	RUN(spans_have_units);
	RUN(nonsense_is_no_span);
	RUN(since_counts_back_or_is_a_time);
	return DONE();
}
