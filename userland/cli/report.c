// SPDX-License-Identifier: GPL-2.0-or-later
/* Text that several commands print; see report.h. */
#include "cli/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/defang.h"
#include "cli/unbase64.h"
#include "core/json.h"

#define ID_COLUMNS   12 /* ids begin with the time in milliseconds */
#define ROW_COLUMNS  (ID_COLUMNS + MPY_TIME_COLUMNS - 3 + 8 + 5 + 5 + 5)
#define CODE_COLUMNS 200 /* of code in a subject; rows cut it further */
#define SPECIAL	     " \t\n'\"\\$`;&|<>()*?#" /* to a shell */

void mpy_report_probability(double probability, char *buffer, size_t size)
{
	snprintf(buffer, size, "%.3f", floor(probability * 1000) / 1000);
}

/* Bytes from outside, printable and defanged. Escaped first: afterwards there
 * is no NUL in them. */
static char *shown(const char *data, size_t size,
		   const struct mpy_json *indicators)
{
	char *safe = mpy_output_escape(data, size);
	char *defanged = mpy_defang_text(safe, indicators);

	free(safe);
	return defanged;
}

char *mpy_report_text(const struct mpy_json *finding,
		      const struct mpy_json *object, const char *key)
{
	size_t size;
	char *data = mpy_unbase64_get(object, key, &size), *text;

	if (!data)
		return NULL;
	text = shown(data, size, mpy_json_get(finding, "indicators"));
	free(data);
	return text;
}

char *mpy_report_command(const struct mpy_json *finding,
			 const struct mpy_json *process)
{
	const struct mpy_json *indicators = mpy_json_get(finding, "indicators");
	char *data, *text, *word;
	size_t size, length, i;
	FILE *stream = mpy_cli_must(open_memstream(&text, &size));
	bool plain;

	for (i = 0;; i++) {
		data = mpy_unbase64_at(process, "argv", i, &length);
		if (!data)
			break;
		plain = length && strcspn(data, SPECIAL) == length;
		word = shown(data, length, indicators);
		fprintf(stream, "%s%s%s%s", i ? " " : "", plain ? "" : "'",
			word, plain ? "" : "'");
		free(word);
		free(data);
	}
	if (fclose(stream))
		mpy_cli_must(NULL);
	return text;
}

/* The argument of -c, or the first one if it cannot be told. */
static const char *code_of(const struct mpy_json *finding)
{
	const struct mpy_json *argv =
		mpy_json_get(mpy_json_get(finding, "process"), "argv");
	const char *contents = mpy_json_str(mpy_json_get(finding, "script"),
					    "contents", NULL);
	size_t i;

	for (i = 0; contents && i < mpy_json_length(argv); i++) {
		const char *arg = mpy_json_str_at(argv, i);

		if (arg && !strcmp(arg, contents))
			return arg;
	}
	return contents;
}

char *mpy_report_subject(const struct mpy_json *finding)
{
	const struct mpy_json *script = mpy_json_get(finding, "script");
	const struct mpy_json *indicators = mpy_json_get(finding, "indicators");
	const char *sight = mpy_json_str(script, "sight", NULL), *code;
	char *text = mpy_report_text(finding, sight ? script :
				     mpy_json_get(finding, "binary"), "path");
	char *safe;
	int err = 0;

	if (text || !sight)
		return text ? text : mpy_output_safe("?");
	code = !strcmp(sight, "argv") ? code_of(finding) : NULL;
	if (code)
		err = asprintf(&text, "-c %.*s", CODE_COLUMNS, code);
	else
		err = asprintf(&text, "(%s)", sight);
	mpy_cli_must(err < 0 ? NULL : text);
	safe = shown(text, strlen(text), indicators);
	free(text);
	return safe;
}

void mpy_report_head(const struct mpy_output *out)
{
	fprintf(out->file, "%s%-*s %-*s %-8s %-5s %4s %s%s\n",
		mpy_output_colour(out, MPY_BOLD), ID_COLUMNS, "ID",
		MPY_TIME_COLUMNS - 3, "LAST SEEN", "SEVERITY", "PROB", "RUNS",
		"SCRIPT", mpy_output_colour(out, MPY_PLAIN));
}

void mpy_report_row(const struct mpy_output *out,
		    const struct mpy_json *finding)
{
	const struct mpy_json *verdict = mpy_json_get(finding, "verdict");
	const char *word = mpy_json_str(finding, "severity", "?");
	double probability = mpy_json_real(verdict, "probability", -1);
	char *time = mpy_output_time_text(
		mpy_json_str(finding, "last_seen",
			     mpy_json_str(finding, "time", "?")),
		false);
	char *id = mpy_output_safe(mpy_json_str(finding, "id", "?"));
	char *what = mpy_report_subject(finding), *cut, prob[16] = "-";
	const char *label = mpy_json_str(verdict, "label", "");

	/* Of an observation the label says more than the severity. */
	if (!strcmp(label, "suspicious"))
		word = "suspect";
	else if (!strcmp(label, "unreadable"))
		word = "unread";
	if (probability >= 0)
		mpy_report_probability(probability, prob, sizeof(prob));
	cut = mpy_output_cut(what, out->width - ROW_COLUMNS,
			     mpy_json_get(mpy_json_get(finding, "script"),
					  "path") != NULL);
	fprintf(out->file, "%-*.*s %s %s%-8s%s %-5s %4" PRId64 " %s\n",
		ID_COLUMNS, ID_COLUMNS, id, time,
		mpy_output_colour(out, mpy_output_colour_of(word)), word,
		mpy_output_colour(out, MPY_PLAIN), prob,
		mpy_json_int(finding, "occurrences", 1), cut);
	free(time);
	free(id);
	free(what);
	free(cut);
}

static bool on_side(double contribution, enum mpy_side side)
{
	switch (side) {
	case MPY_SIDE_MALICIOUS:
		return contribution > 0;
	case MPY_SIDE_HARMLESS:
		return contribution < 0;
	case MPY_SIDE_BOTH:
		break;
	}
	return true;
}

/* "line 7", "layer 2 line 3", ""; returns its length. */
static int place(const struct mpy_json *reason, char *buffer, size_t size)
{
	int64_t line = mpy_json_int(reason, "line", 0);
	int64_t layer = mpy_json_int(reason, "layer", 0);
	int used = 0;

	*buffer = 0;
	if (layer)
		used = snprintf(buffer, size, "layer %" PRId64 "%s", layer,
				line ? " " : "");
	if (line)
		used += snprintf(buffer + used, size - used, "line %" PRId64,
				 line);
	return used;
}

size_t mpy_report_reasons(const struct mpy_output *out,
			  const struct mpy_json *object, enum mpy_side side,
			  size_t max)
{
	const struct mpy_json *reasons = mpy_json_get(object, "reasons");
	const struct mpy_json *indicators = mpy_json_get(object, "indicators");
	const struct mpy_json *reason;
	size_t i, printed = 0;
	int width = 0;
	char where[48];

	for (i = 0; (reason = mpy_json_at(reasons, i)); i++) {
		int length = place(reason, where, sizeof(where));

		width = length > width ? length : width;
	}
	for (i = 0; printed < max && (reason = mpy_json_at(reasons, i)); i++) {
		double weight = mpy_json_real(reason, "contribution", 0);
		const char *said = mpy_json_str(reason, "text", "");
		char *text;
		int column;

		/* What shows as 0.000 is noise; the sum stays in JSON. */
		if (!on_side(weight, side) || fabs(weight) < 0.0005)
			continue;
		place(reason, where, sizeof(where));
		text = shown(said, strlen(said), indicators);
		column = fprintf(out->file, "  %+7.3f  %-*s  ", weight, width,
				 where);
		mpy_output_wrap(out, text, column, column);
		free(text);
		printed++;
	}
	return printed;
}

void mpy_report_indicators(const struct mpy_output *out,
			   const struct mpy_json *object)
{
	const struct mpy_json *indicators = mpy_json_get(object, "indicators");
	const struct mpy_json *one;
	size_t i;

	if (!mpy_json_length(indicators))
		return;
	mpy_output_heading(out, "Indicators (defanged; exact with --json)");
	for (i = 0; (one = mpy_json_at(indicators, i)); i++) {
		const char *type = mpy_json_str(one, "type", "?");
		char *value = mpy_defang_value(type,
					       mpy_json_str(one, "value", ""));
		char *safe = mpy_output_safe(value);
		char *label = mpy_output_safe(type);

		mpy_output_field(out, label, safe);
		free(value);
		free(safe);
		free(label);
	}
}

void mpy_report_layer(const struct mpy_output *out,
		      const struct mpy_json *layer)
{
	char *kind = mpy_output_safe(mpy_json_str(layer, "kind", "?"));
	char *hash = mpy_output_safe(mpy_json_str(layer, "sha256", "?"));

	fprintf(out->file, "  %-3" PRId64 " %-14s %10" PRId64
		" bytes  sha256 %.16s...\n",
		mpy_json_int(layer, "index", 0), kind,
		mpy_json_int(layer, "size", 0), hash);
	free(kind);
	free(hash);
}
