// SPDX-License-Identifier: GPL-2.0-or-later
/* Contents of scripts and layers as numbered lines; see evidence.h. */
#include "cli/evidence.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/defang.h"
#include "cli/unbase64.h"
#include "core/json.h"

#define AROUND	    2	 /* lines shown before and after a reason's line */
#define NO_REASON   10	 /* first lines shown if no reason names one */
#define LINES_MAX   40	 /* shown in all, unless full */
#define GUTTER	    9	 /* columns of marker, number, bar */
#define TAB	    4
#define REASON_ROWS 6	 /* rows that a reason's line may take, others 1 */
#define BYTES_MAX   2048 /* of one line looked at, unless full */
#define MARKS_MAX   64

struct excerpt {
	const struct mpy_output *out;
	const struct mpy_json *indicators;
	int64_t marks[MARKS_MAX]; /* lines that reasons name */
	size_t n_marks;
	bool full;
};

/* The exact bytes of unit's contents; the caller's, or NULL. */
static char *contents_of(const struct mpy_json *unit, size_t *size)
{
	const char *text = mpy_json_strn(unit, "contents", size);
	char *copy;

	if (!text)
		return NULL;
	if (!strcmp(mpy_json_str(unit, "contents_encoding", ""), "base64"))
		return mpy_unbase64(text, size);
	copy = mpy_cli_must(malloc(*size + 1));
	memcpy(copy, text, *size);
	return copy;
}

/* Programs and archives have no lines worth a number. */
static bool is_binary(const char *data, size_t size)
{
	return memchr(data, 0, size < 4096 ? size : 4096);
}

static void find_marks(struct excerpt *excerpt, const struct mpy_json *finding,
		       unsigned int index)
{
	const struct mpy_json *reasons = mpy_json_get(finding, "reasons");
	const struct mpy_json *reason;
	size_t i;

	for (i = 0; (reason = mpy_json_at(reasons, i)); i++) {
		int64_t line = mpy_json_int(reason, "line", 0);

		if (line > 0 && excerpt->n_marks < MARKS_MAX &&
		    mpy_json_int(reason, "layer", 0) == index &&
		    mpy_json_real(reason, "contribution", 0) > 0)
			excerpt->marks[excerpt->n_marks++] = line;
	}
}

/* Distance to the nearest line that a reason names. */
static int64_t distance(const struct excerpt *excerpt, int64_t line)
{
	int64_t nearest = INT64_MAX;
	size_t i;

	for (i = 0; i < excerpt->n_marks; i++) {
		int64_t far = llabs(excerpt->marks[i] - line);

		if (far < nearest)
			nearest = far;
	}
	return nearest;
}

static bool is_shown(const struct excerpt *excerpt, int64_t line)
{
	if (excerpt->full)
		return true;
	if (!excerpt->n_marks)
		return line <= NO_REASON;
	return distance(excerpt, line) <= AROUND;
}

/* The line as printable text, tabs as spaces. The caller's. */
static char *printable(const struct excerpt *excerpt, const char *line,
		       size_t size)
{
	char *spread, *defanged, *safe;
	size_t i, room;
	FILE *stream;

	/* Escaped first: afterwards there is no NUL in it. */
	stream = mpy_cli_must(open_memstream(&spread, &room));
	for (i = 0; i < size;) {
		size_t piece = 0;

		while (i + piece < size && line[i + piece] != '\t')
			piece++;
		safe = mpy_output_escape(line + i, piece);
		fputs(safe, stream);
		free(safe);
		i += piece;
		if (i < size) {
			fprintf(stream, "%*s", TAB, "");
			i++;
		}
	}
	if (fclose(stream))
		mpy_cli_must(NULL);
	defanged = mpy_defang_text(spread, excerpt->indicators);
	free(spread);
	return defanged;
}

static void print_line(const struct excerpt *excerpt, int64_t number,
		       const char *line, size_t size)
{
	const struct mpy_output *out = excerpt->out;
	bool marked = !distance(excerpt, number);
	size_t rows = marked ? REASON_ROWS : 1, room = out->width - GUTTER;
	char *text, *cut;

	while (size && line[size - 1] == '\r')
		size--;
	text = printable(excerpt, line,
			 excerpt->full || size < BYTES_MAX ? size : BYTES_MAX);
	fprintf(out->file, "%s%s%5" PRId64 "%s ",
		mpy_output_colour(out, marked ? MPY_RED : MPY_DIM),
		marked ? ">" : " ", number,
		mpy_output_colour(out, MPY_PLAIN));
	fputs("| ", out->file);
	cut = excerpt->full ? mpy_cli_must(strdup(text)) :
			      mpy_output_cut(text, rows * room, false);
	/* Rows break anywhere: this is code, not prose. */
	mpy_output_rows(out, cut, GUTTER);
	free(text);
	free(cut);
}

static void print_lines(const struct excerpt *excerpt, const char *data,
			size_t size)
{
	int64_t number = 1, last = 0;
	size_t printed = 0;

	for (; size; number++) {
		const char *end = memchr(data, '\n', size);
		size_t length = end ? (size_t)(end - data) : size;

		if (is_shown(excerpt, number)) {
			if (!excerpt->full && printed++ == LINES_MAX)
				break;
			if (number != last + 1)
				fprintf(excerpt->out->file, "   ...\n");
			print_line(excerpt, number, data, length);
			last = number;
		}
		data += length + (end != NULL);
		size -= length + (end != NULL);
	}
	if (last != number - 1)
		fprintf(excerpt->out->file, "   ... (all of it: --full)\n");
}

void mpy_evidence_print(const struct mpy_output *out,
			const struct mpy_json *finding,
			const struct mpy_json *unit, unsigned int index,
			bool full)
{
	struct excerpt excerpt = {
		.out = out,
		.indicators = mpy_json_get(finding, "indicators"),
		.full = full,
	};
	size_t size;
	char *data = contents_of(unit, &size);

	if (!data) {
		fputs("  (not kept)\n", out->file);
		return;
	}
	find_marks(&excerpt, finding, index);
	if (!full && is_binary(data, size))
		fprintf(out->file, "  (binary, %zu bytes; exact in JSON, or "
			"escaped with --full)\n", size);
	else
		print_lines(&excerpt, data, size);
	if (mpy_json_bool(unit, "contents_truncated", false))
		fputs("  (cut off: only the beginning was kept)\n", out->file);
	free(data);
}
