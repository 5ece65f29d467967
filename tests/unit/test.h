/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test.h - all that a unit test needs. A test program is a list of
 * RUN(function) in main() that ends with return DONE(); each function checks
 * with CHECK(). Every RUN prints "ok name" or "not ok name"; the runner
 * counts these lines. A test that cannot run here says SKIP("why").
 */
#ifndef MPY_TEST_H
#define MPY_TEST_H

#include <stdio.h>
#include <string.h>

static int test_failures, test_all_failures;
static const char *test_skipped;

#define CHECK(condition)                                                   \
	do {                                                               \
		if (!(condition)) {                                        \
			printf("# %s:%d: %s\n", __FILE__, __LINE__,        \
			       #condition);                                \
			test_failures++;                                   \
		}                                                          \
	} while (0)

#define CHECK_STR(a, b)                                                    \
	do {                                                               \
		const char *a_ = (a), *b_ = (b);                           \
		if (!a_ || !b_ || strcmp(a_, b_)) {                        \
			printf("# %s:%d: \"%s\" is not \"%s\"\n", __FILE__, \
			       __LINE__, a_ ? a_ : "(null)",               \
			       b_ ? b_ : "(null)");                        \
			test_failures++;                                   \
		}                                                          \
	} while (0)

#define SKIP(why)                                                          \
	do {                                                               \
		test_skipped = (why);                                      \
		return;                                                    \
	} while (0)

#define RUN(function)                                                      \
	do {                                                               \
		test_failures = 0;                                         \
		test_skipped = NULL;                                       \
		function();                                                \
		test_all_failures += test_failures;                        \
		if (test_skipped)                                          \
			printf("ok %s # SKIP %s\n", #function,             \
			       test_skipped);                              \
		else                                                       \
			printf("%s %s\n", test_failures ? "not ok" : "ok", \
			       #function);                                 \
		fflush(stdout);                                            \
	} while (0)

#define DONE() (test_all_failures != 0)

#endif
