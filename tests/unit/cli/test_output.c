// SPDX-License-Identifier: GPL-2.0-or-later
/* Escaping, cutting, wrapping, times and colours of mpyctl's text. */
#include <locale.h>
#include <stdlib.h>
#include <time.h>

#include "../test.h"
#include "cli/output.h"

static void check_escaped(const char *data, size_t size, const char *expected)
{
	char *text = mpy_output_escape(data, size);

	CHECK_STR(text, expected);
	free(text);
}

static void escapes_what_a_terminal_obeys(void)
{
	check_escaped("a\033[2Jb", 6, "a\\x1b[2Jb");
	check_escaped("n\nt\tb\\", 6, "n\\nt\\tb\\\\");
	check_escaped("a\0b", 3, "a\\x00b");
	check_escaped("\xc2\x9b", 2, "\\xc2\\x9b");
	check_escaped("\xe2\x80\xae", 3, "\\xe2\\x80\\xae");
	check_escaped("\xff\xfe", 2, "\\xff\\xfe");
	check_escaped("gr\xc3\xbc\xc3\x9f", 6, "gr\xc3\xbc\xc3\x9f");
	check_escaped("", 0, "");
}

static void safe_takes_null(void)
{
	char *text = mpy_output_safe(NULL);

	CHECK_STR(text, "");
	free(text);
}

static void check_cut(const char *text, size_t columns, bool keep_end,
		      const char *expected)
{
	char *cut = mpy_output_cut(text, columns, keep_end);

	CHECK_STR(cut, expected);
	CHECK(mpy_output_columns(cut) <= columns);
	free(cut);
}

static void cuts_to_columns(void)
{
	check_cut("short", 10, false, "short");
	check_cut("0123456789", 10, false, "0123456789");
	check_cut("0123456789a", 10, false, "0123456...");
	check_cut("0123456789a", 10, true, "...456789a");
	/* Two columns each: seven columns hold three of them. */
	check_cut("\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
		  "\xe4\xb8\xad\xe4\xb8\xad",
		  10, true, "...\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad");
}

static void check_wrapped(const char *text, size_t column, size_t indent,
			  const char *expected)
{
	char *printed;
	size_t size;
	struct mpy_output out = { .file = open_memstream(&printed, &size),
				  .width = 20 };

	mpy_output_wrap(&out, text, column, indent);
	fclose(out.file);
	CHECK_STR(printed, expected);
	free(printed);
}

static void wraps_at_words(void)
{
	check_wrapped("one two", 0, 4, "one two\n");
	check_wrapped("one two three four five", 4, 4,
		      "one two three\n    four five\n");
	check_wrapped("word", 18, 4, "\n    word\n");
	check_wrapped("", 4, 4, "\n");
}

static void wraps_inside_long_words(void)
{
	check_wrapped("0123456789012345678901234", 4, 4,
		      "0123456789012345\n    678901234\n");
	check_wrapped("a 0123456789012345678", 4, 4,
		      "a\n    0123456789012345\n    678\n");
}

static void rows_keep_spaces(void)
{
	char *printed;
	size_t size;
	struct mpy_output out = { .file = open_memstream(&printed, &size),
				  .width = 12 };

	mpy_output_rows(&out, "if  x:  return 1", 4);
	fclose(out.file);
	CHECK_STR(printed, "if  x:  \n    return 1\n");
	free(printed);
}

static void local_times_have_an_offset(void)
{
	char buffer[64], *text;

	setenv("TZ", "XYZ-5:30", 1);
	tzset();
	mpy_output_time(1000000000000000000, true, buffer, sizeof(buffer));
	CHECK_STR(buffer, "2001-09-09 07:16:40+05:30");
	CHECK(strlen(buffer) == MPY_TIME_COLUMNS);
	setenv("TZ", "ABC3:30", 1);
	tzset();
	mpy_output_time(1000000000000000000, false, buffer, sizeof(buffer));
	CHECK_STR(buffer, "2001-09-08 22:16-03:30");
	text = mpy_output_time_text("2001-09-09T01:46:40.5Z", true);
	CHECK_STR(text, "2001-09-08 22:16:40-03:30");
	free(text);
	text = mpy_output_time_text("no\033time", true);
	CHECK_STR(text, "no\\x1btime");
	free(text);
}

static void no_colour_in_a_pipe(void)
{
	struct mpy_output out;

	mpy_output_init(&out, tmpfile(), false);
	CHECK(!out.colour);
	CHECK(out.width == 80);
	CHECK_STR(mpy_output_colour(&out, MPY_RED), "");
	CHECK(mpy_output_colour_of("critical") == MPY_RED);
	CHECK(mpy_output_colour_of("something") == MPY_PLAIN);
	fclose(out.file);
}

int main(void)
{
	/* Widths of characters as mpyctl's main() has them. */
	setlocale(LC_CTYPE, "C.UTF-8");
	RUN(escapes_what_a_terminal_obeys);
	RUN(safe_takes_null);
	RUN(cuts_to_columns);
	RUN(wraps_at_words);
	RUN(wraps_inside_long_words);
	RUN(rows_keep_spaces);
	RUN(local_times_have_an_offset);
	RUN(no_colour_in_a_pipe);
	return DONE();
}
