// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages are whole lines; what is not ours is escaped. */

#include "../test.h"

#include <errno.h>
#include <unistd.h>

#include "core/log.h"

static char caught[8192];

/* Standard error goes to a pipe while say() runs. */
static const char *catch(void (*say)(void))
{
	int pair[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	CHECK(!pipe(pair));
	fflush(stderr);
	dup2(pair[1], STDERR_FILENO);
	say();
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(pair[1]);
	n = read(pair[0], caught, sizeof(caught) - 1);
	caught[n > 0 ? n : 0] = '\0';
	close(pair[0]);
	return caught;
}

static void say_some(void)
{
	errno = EXDEV;
	mpy_log(MPY_LOG_INFO, "info %d", 1);
	mpy_log(MPY_LOG_NOTICE, "notice %s", "a\nb");
	mpy_log(MPY_LOG_ERROR, "error");
	CHECK(errno == EXDEV);
}

static void say_much(void)
{
	mpy_log(MPY_LOG_ERROR, "%05000d", 7);
}

static void one_line_each(void)
{
	mpy_log_setup("test", MPY_LOG_NOTICE, 0);
	CHECK_STR(catch(say_some), "test: notice a b\ntest: error\n");
	mpy_log_setup("test", MPY_LOG_INFO, 1);
	CHECK_STR(catch(say_some), "<6>info 1\n<5>notice a b\n<3>error\n");
	catch(say_much);
	CHECK(strlen(caught) == 2047);
	CHECK(strchr(caught, '\n') == caught + 2046);
	CHECK(!strcmp(caught + 2043, "...\n"));
}

static const char *escaped(const char *text, size_t size, size_t room)
{
	static char out[256];

	return mpy_escape(text, size, out, room);
}

static void escapes_what_is_not_ours(void)
{
	CHECK_STR(escaped("plain \xc3\xa9", 8, 256), "plain \xc3\xa9");
	CHECK_STR(escaped("a\n\t\\\x1b[31m\0", 10, 256),
		  "a\\n\\t\\\\\\x1b[31m\\x00");
	CHECK_STR(escaped("\xff\xc3", 2, 256), "\\xff\\xc3");
	/* right-to-left override, next line */
	CHECK_STR(escaped("\xe2\x80\xae\xc2\x85", 5, 256),
		  "\\xe2\\x80\\xae\\xc2\\x85");
	CHECK_STR(escaped("", 0, 256), "");
	CHECK_STR(escaped("abcdefgh", 8, 9), "abcdefgh");
	CHECK_STR(escaped("abcdefghi", 9, 9), "abcde...");
	CHECK_STR(escaped("abc\xff\xff", 5, 9), "abc...");
	CHECK_STR(escaped("abcdef", 6, 4), "...");
	CHECK_STR(escaped("abcdef", 6, 3), "..");
	CHECK_STR(escaped("abcdef", 6, 1), "");
}

static void limits_repetition(void)
{
	struct mpy_log_limit limit = { .seconds = 1000, .burst = 3 };
	unsigned int dropped, said = 0;
	int i;

	for (i = 0; i < 10; i++)
		said += mpy_log_allowed(&limit, &dropped);
	CHECK(said == 3);
	limit.since -= 2000;
	CHECK(mpy_log_allowed(&limit, &dropped));
	CHECK(dropped == 7);
	CHECK(mpy_log_allowed(&limit, &dropped));
	CHECK(dropped == 0);
}

int main(void)
{
	RUN(one_line_each);
	RUN(escapes_what_is_not_ours);
	RUN(limits_repetition);
	return DONE();
}
