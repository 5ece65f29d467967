// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Text for people, on a terminal of 80 columns or in a pipe; see output.h.
 */
#include "cli/output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "cli/cli.h"
#include "core/json.h"
#include "core/log.h"
#include "core/utf8.h"

#define WIDTH	  80
#define WIDTH_MAX 200
#define LABEL	  15 /* columns of a field's label, with the indent */

void mpy_output_init(struct mpy_output *out, FILE *file, bool no_colour)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	struct winsize size;
	int fd = fileno(file);

	out->file = file;
	out->width = WIDTH;
	out->colour = false;
	if (!isatty(fd))
		return;
	out->colour = !no_colour && !(no_color && *no_color) && term &&
		      strcmp(term, "dumb");
	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col > WIDTH)
		out->width = size.ws_col < WIDTH_MAX ? size.ws_col : WIDTH_MAX;
}

const char *mpy_output_colour(const struct mpy_output *out,
			      enum mpy_colour colour)
{
	static const char *const sequences[] = {
		[MPY_PLAIN] = "\033[0m",  [MPY_BOLD] = "\033[1m",
		[MPY_DIM] = "\033[2m",	  [MPY_RED] = "\033[31m",
		[MPY_YELLOW] = "\033[33m", [MPY_GREEN] = "\033[32m",
	};

	return out->colour ? sequences[colour] : "";
}

enum mpy_colour mpy_output_colour_of(const char *word)
{
	static const struct {
		const char *word;
		enum mpy_colour colour;
	} colours[] = {
		{ "critical", MPY_RED },      { "malicious", MPY_RED },
		{ "high", MPY_RED },	      { "medium", MPY_YELLOW },
		{ "suspicious", MPY_YELLOW }, { "unreadable", MPY_YELLOW },
		{ "harmless", MPY_GREEN },
	};
	size_t i;

	for (i = 0; i < sizeof(colours) / sizeof(*colours); i++) {
		if (!strcmp(colours[i].word, word))
			return colours[i].colour;
	}
	return MPY_PLAIN;
}

char *mpy_output_escape(const char *data, size_t size)
{
	size_t room = size * 4 + 1; /* at worst each byte becomes \xHH */

	return mpy_escape(data, size, mpy_cli_must(malloc(room)), room);
}

char *mpy_output_safe(const char *text)
{
	return mpy_output_escape(text ? text : "", text ? strlen(text) : 0);
}

/* Bytes and columns of the character at text. */
static size_t step(const char *text, size_t *columns)
{
	uint32_t c;
	size_t length = mpy_utf8_step(text, strnlen(text, 4), &c);
	int width = length ? wcwidth((wchar_t)c) : 1;

	*columns = width < 0 ? 1 : (size_t)width;
	return length ? length : 1;
}

size_t mpy_output_columns(const char *text)
{
	size_t sum = 0, columns;

	while (*text) {
		text += step(text, &columns);
		sum += columns;
	}
	return sum;
}

/* Bytes of the longest start of text within so many columns. */
static size_t fit(const char *text, size_t room)
{
	size_t at = 0, columns;

	while (text[at]) {
		size_t length = step(text + at, &columns);

		if (columns > room)
			break;
		room -= columns;
		at += length;
	}
	return at;
}

char *mpy_output_cut(const char *text, size_t columns, bool keep_end)
{
	static const char dots[] = "...";
	size_t all = mpy_output_columns(text), skip;
	char *cut;
	int err;

	if (all <= columns)
		return mpy_cli_must(strdup(text));
	if (!keep_end) {
		skip = fit(text, columns - 3);
		err = asprintf(&cut, "%.*s%s", (int)skip, text, dots);
	} else {
		skip = fit(text, all - (columns - 3));
		while (mpy_output_columns(text + skip) > columns - 3)
			skip += step(text + skip, &all);
		err = asprintf(&cut, "%s%s", dots, text + skip);
	}
	return mpy_cli_must(err < 0 ? NULL : cut);
}

static void line_end(const struct mpy_output *out, size_t indent)
{
	fprintf(out->file, "\n%*s", (int)indent, "");
}

void mpy_output_wrap(const struct mpy_output *out, const char *text,
		     size_t column, size_t indent)
{
	while (*text) {
		size_t spaces = strspn(text, " ");
		size_t word = strcspn(text + spaces, " ");
		char *piece = mpy_cli_must(strndup(text + spaces, word));
		size_t columns = mpy_output_columns(piece);

		if (column > indent && column + spaces + columns > out->width) {
			line_end(out, indent);
			column = indent;
			spaces = 0;
		}
		text += spaces ? spaces : strspn(text, " ");
		if (column + spaces + columns > out->width) {
			/* Longer than a line: as much as there is room for. */
			spaces = 0;
			word = fit(text, out->width - column);
			columns = out->width - column;
		}
		fprintf(out->file, "%*s%.*s", (int)spaces, "", (int)word, text);
		column += spaces + columns;
		text += word;
		free(piece);
	}
	fputc('\n', out->file);
}

void mpy_output_rows(const struct mpy_output *out, const char *text,
		     size_t indent)
{
	size_t row = fit(text, out->width - indent);

	fprintf(out->file, "%.*s", (int)row, text);
	for (text += row; *text; text += row) {
		line_end(out, indent);
		row = fit(text, out->width - indent);
		fprintf(out->file, "%.*s", (int)row, text);
	}
	fputc('\n', out->file);
}

void mpy_output_field(const struct mpy_output *out, const char *label,
		      const char *text)
{
	if (!text || !*text)
		return;
	fprintf(out->file, "  %s%-*s%s", mpy_output_colour(out, MPY_DIM),
		LABEL - 2, label, mpy_output_colour(out, MPY_PLAIN));
	mpy_output_wrap(out, text, LABEL, LABEL);
}

void mpy_output_heading(const struct mpy_output *out, const char *text)
{
	fprintf(out->file, "\n%s%s%s\n", mpy_output_colour(out, MPY_BOLD), text,
		mpy_output_colour(out, MPY_PLAIN));
}

void mpy_output_time(int64_t real_ns, bool seconds, char *buffer, size_t size)
{
	time_t t = real_ns / 1000000000;
	long offset, minutes;
	struct tm tm;
	char date[40];

	if (!localtime_r(&t, &tm)) {
		snprintf(buffer, size, "?");
		return;
	}
	strftime(date, sizeof(date), seconds ? "%F %T" : "%F %H:%M", &tm);
	offset = tm.tm_gmtoff / 60;
	minutes = offset < 0 ? -offset : offset;
	snprintf(buffer, size, "%s%c%02ld:%02ld", date, offset < 0 ? '-' : '+',
		 minutes / 60, minutes % 60);
}

char *mpy_output_time_text(const char *rfc3339, bool seconds)
{
	char buffer[64];
	int64_t ns;

	if (!rfc3339 || mpy_time_parse(rfc3339, &ns))
		return mpy_output_safe(rfc3339);
	mpy_output_time(ns, seconds, buffer, sizeof(buffer));
	return mpy_cli_must(strdup(buffer));
}
