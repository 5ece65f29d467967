// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Defanging: what a mail program or a terminal would turn into a link must
 * not look like one; see defang.h.
 */
#include "cli/defang.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/cli.h"
#include "core/json.h"

/* Bytes of "scheme://" at text, 0 if there is none that leads anywhere. */
static size_t scheme(const char *text)
{
	static const char *const schemes[] = {
		"http://", "https://", "ftp://", "ftps://", "ws://",
		"wss://",  "sftp://",  "tcp://", "udp://"
	};
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (!strncasecmp(text, schemes[i], strlen(schemes[i])))
			return strlen(schemes[i]);
	}
	return 0;
}

/* http -> hxxp, ftp -> fxp; the others get brackets. */
static void put_scheme(FILE *out, const char *text, size_t length)
{
	if (!strncasecmp(text, "http", 4))
		fprintf(out, "hxxp%.*s", (int)length - 4, text + 4);
	else if (!strncasecmp(text, "ftp", 3))
		fprintf(out, "fxp%.*s", (int)length - 3, text + 3);
	else
		fprintf(out, "%.*s[://]", (int)length - 3, text);
}

/* Dots, and the sign of a mail address. */
static void put_host(FILE *out, const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (text[i] == '.' || text[i] == '@')
			fprintf(out, "[%c]", text[i]);
		else
			fputc(text[i], out);
	}
}

static size_t put_url(FILE *out, const char *text)
{
	size_t length = scheme(text);
	size_t host = strcspn(text + length, "/?#'\"<>()[]{},;\\ \t\r\n");

	put_scheme(out, text, length);
	put_host(out, text + length, host);
	return length + host;
}

static bool has_dots(const char *type)
{
	return !strcmp(type, "ip") || !strcmp(type, "domain") ||
	       !strcmp(type, "email");
}

static void put_value(FILE *out, const char *type, const char *value)
{
	size_t done = 0;

	if (has_dots(type))
		done = strlen(value), put_host(out, value, done);
	else if (scheme(value))
		done = put_url(out, value);
	else if (!strcmp(type, "url") || !strcmp(type, "webhook"))
		done = strcspn(value, "/"), put_host(out, value, done);
	fputs(value + done, out);
}

static char *closed(FILE *out, char **text)
{
	return mpy_cli_must(fclose(out) ? NULL : *text);
}

char *mpy_defang_value(const char *type, const char *value)
{
	char *text;
	size_t size;
	FILE *out = mpy_cli_must(open_memstream(&text, &size));

	put_value(out, type, value);
	return closed(out, &text);
}

/* Addresses that are written without a scheme: as whole words only. */
static size_t put_known(FILE *out, const char *text, char before,
			const struct mpy_json *indicators)
{
	const struct mpy_json *one;
	size_t i;

	if (isalnum((unsigned char)before) || before == '.')
		return 0;
	for (i = 0; (one = mpy_json_at(indicators, i)); i++) {
		const char *type = mpy_json_str(one, "type", "");
		const char *value = mpy_json_str(one, "value", "");
		size_t length = strlen(value);

		if (!has_dots(type) || !length ||
		    strncmp(text, value, length) ||
		    isalnum((unsigned char)text[length]))
			continue;
		put_value(out, type, value);
		return length;
	}
	return 0;
}

char *mpy_defang_text(const char *text, const struct mpy_json *indicators)
{
	char *result, before = 0;
	size_t size;
	FILE *out = mpy_cli_must(open_memstream(&result, &size));

	while (*text) {
		size_t done = 0;

		if (scheme(text))
			done = put_url(out, text);
		else if (isalnum((unsigned char)*text))
			done = put_known(out, text, before, indicators);
		if (!done) {
			fputc(*text, out);
			done = 1;
		}
		before = text[done - 1];
		text += done;
	}
	return closed(out, &result);
}
