// SPDX-License-Identifier: GPL-2.0-or-later
/* Option tables of mpyctl. */
#include <errno.h>

#include "../test.h"
#include "cli/option.h"

enum { ALL, LIMIT };

static const struct mpy_option table[] = {
	[ALL] = { "all", 'a', NULL, "everything" },
	[LIMIT] = { "limit", 0, "N", "so many" },
	{ 0 }
};

static const char *values[MPY_OPTIONS_MAX];
static int at;

static int take(char *first, char *second)
{
	char *argv[] = { first, second, NULL };

	memset(values, 0, sizeof(values));
	at = 0;
	return mpy_option_take(table, argv, second ? 2 : 1, &at, values);
}

static void takes_flags(void)
{
	CHECK(take("--all", "x") == 1);
	CHECK(at == 1 && values[ALL] && !values[LIMIT]);
	CHECK(take("-a", NULL) == 1);
	CHECK(at == 1 && values[ALL]);
}

static void takes_arguments(void)
{
	CHECK(take("--limit", "5") == 1);
	CHECK(at == 2);
	CHECK_STR(values[LIMIT], "5");
	CHECK(take("--limit=7", "5") == 1);
	CHECK(at == 1);
	CHECK_STR(values[LIMIT], "7");
	CHECK(take("--limit=", NULL) == 1);
	CHECK_STR(values[LIMIT], "");
	/* What looks like an option is its argument all the same. */
	CHECK(take("--limit", "--all") == 1);
	CHECK_STR(values[LIMIT], "--all");
	CHECK(!values[ALL]);
}

static void refuses_wrong_use(void)
{
	CHECK(take("--limit", NULL) == -EINVAL);
	CHECK(take("--all=yes", NULL) == -EINVAL);
}

static void leaves_others_alone(void)
{
	CHECK(take("--al", NULL) == 0);
	CHECK(take("--allx", NULL) == 0);
	CHECK(take("--limits=1", NULL) == 0);
	CHECK(take("-ab", NULL) == 0);
	CHECK(take("-l", NULL) == 0);
	CHECK(at == 0);
}

int main(void)
{
	RUN(takes_flags);
	RUN(takes_arguments);
	RUN(refuses_wrong_use);
	RUN(leaves_others_alone);
	return DONE();
}
