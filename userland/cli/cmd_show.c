// SPDX-License-Identifier: GPL-2.0-or-later
/* mpyctl show: all that is known about one finding. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/evidence.h"
#include "cli/record.h"
#include "cli/report.h"
#include "core/finding.h"
#include "core/json.h"
#include "core/store.h"

#define ARGUMENTS_MAX 1200 /* columns of a command line shown without --full */
#define RUNS_MAX      5
#define REASONS_MAX   16
#define INDENT	      2

enum { FORMAT, FULL };

static const struct mpy_option options[] = {
	[FORMAT] = { "format", 'f', "F", "text (the default), json or scc" },
	[FULL] = { "full", 0, NULL, "contents and arguments uncut" },
	{ 0 }
};

enum format { TEXT, JSON, SCC };

/* One finding on its way to the terminal. */
struct page {
	const struct mpy_output *out;
	const struct mpy_json *finding;
	bool full;
};

/* A field with words of ours. */
static void field(const struct page *page, const char *label, const char *text)
{
	mpy_output_field(page->out, label, text);
}

/* A field with text from outside; nothing if object has no such key. */
static void field_of(const struct page *page, const char *label,
		     const struct mpy_json *object, const char *key)
{
	char *text = mpy_report_text(page->finding, object, key);

	mpy_output_field(page->out, label, text);
	free(text);
}

static void field_time(const struct page *page, const char *label,
		       const char *rfc3339)
{
	char *time;

	if (!rfc3339)
		return;
	time = mpy_output_time_text(rfc3339, true);
	mpy_output_field(page->out, label, time);
	free(time);
}

/* "key number" for each key that object has, into buffer. */
static void numbers(const struct mpy_json *object, const char *const *keys,
		    char *buffer, size_t size)
{
	size_t used = 0;

	*buffer = 0;
	for (; *keys && used < size; keys++) {
		if (!mpy_json_get(object, *keys))
			continue;
		used += snprintf(buffer + used, size - used,
				 "%s%s %" PRId64, used ? ", " : "", *keys,
				 mpy_json_int(object, *keys, 0));
	}
}

/* A command line, cut unless all is wanted. */
static char *command_line(const struct page *page,
			  const struct mpy_json *process)
{
	char *text = mpy_report_command(page->finding, process), *cut;

	if (page->full)
		return text;
	cut = mpy_output_cut(text, ARGUMENTS_MAX, false);
	free(text);
	return cut;
}

static void head(const struct page *page)
{
	const struct mpy_json *finding = page->finding;
	const char *severity = mpy_json_str(finding, "severity", "?");
	const char *first = mpy_json_str(finding, "first_seen", NULL);
	const char *last = mpy_json_str(finding, "last_seen", NULL);
	const char *name = mpy_json_str(finding, "category", "?");
	char *category = mpy_output_safe(name);
	char *word = mpy_output_safe(severity), text[80];
	int64_t runs = mpy_json_int(finding, "occurrences", 1);

	fprintf(page->out->file, "%s%s%s  %s%s%s\n",
		mpy_output_colour(page->out, mpy_output_colour_of(severity)),
		word, mpy_output_colour(page->out, MPY_PLAIN),
		mpy_output_colour(page->out, MPY_BOLD), category,
		mpy_output_colour(page->out, MPY_PLAIN));
	free(category);
	free(word);
	field_of(page, "id", finding, "id");
	field_of(page, "state", finding, "state");
	snprintf(text, sizeof(text), "%" PRId64, runs);
	field(page, "runs", text);
	field_time(page, "first seen", first);
	field_time(page, "last seen", last);
	fputc('\n', page->out->file);
	field_of(page, "summary", finding, "description");
}

/* The strings of an array on one line, wrapped. */
static void strings(const struct page *page, const char *label,
		    const struct mpy_json *array)
{
	size_t i, size;
	char *text, *safe;
	FILE *stream = mpy_cli_must(open_memstream(&text, &size));

	for (i = 0; i < mpy_json_length(array); i++)
		fprintf(stream, "%s%s", i ? " " : "",
			mpy_json_str_at(array, i));
	if (fclose(stream))
		mpy_cli_must(NULL);
	safe = mpy_output_safe(text);
	mpy_output_field(page->out, label, safe);
	free(text);
	free(safe);
}

static void verdict(const struct page *page)
{
	const struct mpy_json *object = mpy_json_get(page->finding, "verdict");
	char text[160], probability[16];

	if (!object)
		return;
	mpy_output_heading(page->out, "Verdict");
	field_of(page, "label", object, "label");
	field_of(page, "why", object, "unreadable");
	if (mpy_json_get(object, "probability")) {
		mpy_report_probability(mpy_json_real(object, "probability", 0),
				       probability, sizeof(probability));
		snprintf(text, sizeof(text),
			 "%s (malicious from %.3f on), sum of reasons %+.3f",
			 probability, mpy_json_real(object, "threshold", 0),
			 mpy_json_real(object, "raw", 0));
		field(page, "probability", text);
	}
	strings(page, "bounds met", mpy_json_get(object, "bounds"));
	field_of(page, "model", object, "model");
	if (mpy_json_length(mpy_json_get(page->finding, "reasons"))) {
		mpy_output_heading(page->out, "Why");
		mpy_report_reasons(page->out, page->finding, MPY_SIDE_BOTH,
				   REASONS_MAX);
	}
}

static void script(const struct page *page)
{
	const struct mpy_json *object = mpy_json_get(page->finding, "script");
	int64_t kept = mpy_json_int(object, "contents_size", 0);
	char text[120];

	if (!object)
		return;
	mpy_output_heading(page->out, "Script");
	field_of(page, "path", object, "path");
	if (mpy_json_bool(object, "deleted", false))
		field(page, "", "(deleted when it was opened)");
	field_of(page, "inside", object, "path_inside");
	field_of(page, "called as", object, "link");
	field_of(page, "sight", object, "sight");
	snprintf(text, sizeof(text),
		 "%" PRId64 " bytes, of which %" PRId64 " were kept; lines: %"
		 PRId64,
		 mpy_json_int(object, "file_size", kept), kept,
		 mpy_json_int(object, "line_count", 0));
	field(page, "size", text);
	field_of(page, "file sha256", object, "file_sha256");
	field_of(page, "no file sha", object, "file_sha256_absent");
	field_of(page, "kept sha256", object, "sha256");
}

static void binary(const struct page *page)
{
	static const char *const sizes[] = { "size", "dev", "inode", NULL };
	const struct mpy_json *object = mpy_json_get(page->finding, "binary");
	char text[120];

	if (!mpy_json_get(object, "path"))
		return;
	mpy_output_heading(page->out, "Program");
	field_of(page, "path", object, "path");
	field_of(page, "inside", object, "path_inside");
	field_of(page, "called as", object, "link");
	field_of(page, "sha256", object, "sha256");
	numbers(object, sizes, text, sizeof(text));
	field(page, "identity", text);
}

/* From the first process down to the one that ran the script. */
static void tree(const struct page *page, const struct mpy_json *process)
{
	const struct mpy_json *ancestors = mpy_json_get(process, "ancestors");
	size_t n = mpy_json_length(ancestors), i;

	for (i = n + 1; i-- > 0;) {
		const struct mpy_json *one =
			i ? mpy_json_at(ancestors, i - 1) : process;
		char *text = command_line(page, one), *cut;
		size_t depth = n - i < 20 ? n - i : 20;
		int used;

		used = fprintf(page->out->file, "  %*s%" PRId64 " ",
			       (int)depth, "", mpy_json_int(one, "pid", 0));
		if (!*text) {
			free(text);
			text = mpy_report_text(page->finding, one, "exe");
		}
		cut = mpy_output_cut(text ? text : "?", page->out->width - used,
				     false);
		fprintf(page->out->file, "%s\n", cut);
		free(text);
		free(cut);
	}
}

static void process(const struct page *page)
{
	static const char *const users[] = { "uid",	 "euid",    "gid",
					     "loginuid", "session", NULL };
	const struct mpy_json *object = mpy_json_get(page->finding, "process");
	const struct mpy_json *container =
		mpy_json_get(page->finding, "container");
	char text[160], *command;

	if (!object)
		return;
	mpy_output_heading(page->out, "Process");
	command = command_line(page, object);
	field(page, "command", command);
	free(command);
	if (mpy_json_bool(object, "argv_truncated", false))
		field(page, "", "(there were more arguments)");
	snprintf(text, sizeof(text), "%" PRId64 ", parent %" PRId64,
		 mpy_json_int(object, "pid", 0),
		 mpy_json_int(object, "ppid", 0));
	field(page, "pid", text);
	field_of(page, "name", object, "name");
	field_time(page, "started", mpy_json_str(object, "start_time", NULL));
	numbers(object, users, text, sizeof(text));
	field(page, "user", text);
	field_of(page, "directory", object, "cwd");
	if (mpy_json_bool(object, "cwd_deleted", false))
		field(page, "", "(deleted)");
	field_of(page, "cgroup", object, "cgroup");
	field_of(page, "container", container, "id");
	field_of(page, "image", container, "image");
	mpy_output_heading(page->out, "Started by");
	tree(page, object);
}

static void contents(const struct page *page)
{
	const struct mpy_json *object = mpy_json_get(page->finding, "script");
	const struct mpy_json *layers = mpy_json_get(object, "layers");
	size_t i;

	if (!object)
		return;
	mpy_output_heading(page->out,
			   "Contents (> is named by a reason; defanged, exact "
			   "with --json)");
	mpy_evidence_print(page->out, page->finding, object, 0, page->full);
	for (i = 0; i < mpy_json_length(layers); i++) {
		const struct mpy_json *layer = mpy_json_at(layers, i);

		mpy_output_heading(page->out, "Layer");
		mpy_report_layer(page->out, layer);
		mpy_evidence_print(page->out, page->finding, layer,
				   mpy_json_int(layer, "index", 0),
				   page->full);
	}
}

static void timeline(const struct page *page)
{
	const struct mpy_json *list = mpy_json_get(page->finding, "timeline");
	const struct mpy_json *runs = mpy_json_get(page->finding, "runs");
	size_t i, n = mpy_json_length(list);

	if (n)
		mpy_output_heading(page->out, "Timeline");
	for (i = 0; i < n; i++) {
		const struct mpy_json *one = mpy_json_at(list, i);

		char *time = mpy_output_time_text(
			mpy_json_str(one, "time", "?"), true);
		char *what = mpy_report_text(page->finding, one, "what");
		int column = fprintf(page->out->file, "  %s  ", time);

		mpy_output_wrap(page->out, what ? what : "", column, column);
		free(time);
		free(what);
	}
	n = mpy_json_length(runs);
	if (n < 2)
		return;
	mpy_output_heading(page->out, "Runs");
	for (i = 0; i < n && (page->full || i < RUNS_MAX); i++) {
		const struct mpy_json *run = mpy_json_at(runs, i);
		char *time = mpy_output_time_text(
			mpy_json_str(run, "time", "?"), true);
		char *command = command_line(page, run);
		char pid[24];

		snprintf(pid, sizeof(pid), "%" PRId64,
			 mpy_json_int(run, "pid", 0));
		mpy_output_field(page->out, pid, time);
		field(page, "", command);
		free(time);
		free(command);
	}
	if (i < n)
		fputs("  ... (all of them: --full)\n", page->out->file);
}

/* Steps are numbered sentences: each begins a line. */
static void next_steps(const struct page *page)
{
	const char *text = mpy_json_str(page->finding, "next_steps", NULL);
	char *safe, *at, *end;

	if (!text)
		return;
	mpy_output_heading(page->out, "Next steps");
	safe = mpy_output_safe(text);
	for (at = safe; *at; at = end) {
		for (end = at + 1; *end; end++) {
			if (end[-1] == ' ' && isdigit((unsigned char)*end) &&
			    end[1] == '.' && end[2] == ' ')
				break;
		}
		fprintf(page->out->file, "%*s", INDENT, "");
		if (*end)
			end[-1] = 0;
		mpy_output_wrap(page->out, at, INDENT, INDENT + 3);
	}
	free(safe);
}

static void links(const struct page *page)
{
	const struct mpy_json *object = mpy_json_get(page->finding, "links");
	const struct mpy_json *mitre = mpy_json_get(page->finding, "mitre");
	const struct mpy_json *resource =
		mpy_json_get(page->finding, "resource");
	const char *virustotal = mpy_json_str(object, "virustotal", NULL);
	char *safe;

	mpy_output_heading(page->out, "Where and what");
	field_of(page, "host", resource, "project_display_name");
	field_of(page, "resource", resource, "name");
	strings(page, "techniques", mpy_json_get(mitre, "techniques"));
	strings(page, "MITRE", mpy_json_get(object, "mitre"));
	if (virustotal) {
		/* Never broken, so that it can be clicked on and copied. */
		safe = mpy_output_safe(virustotal);
		fprintf(page->out->file, "  VirusTotal\n  %s\n", safe);
		free(safe);
	}
}

static void print_text(const struct mpy_cli *cli,
		       const struct mpy_json *finding)
{
	const struct page page = {
		.out = &cli->out,
		.finding = finding,
		.full = cli->options[FULL],
	};

	head(&page);
	verdict(&page);
	script(&page);
	binary(&page);
	process(&page);
	mpy_report_indicators(&cli->out, finding);
	contents(&page);
	timeline(&page);
	links(&page);
	next_steps(&page);
}

static bool parse_format(const struct mpy_cli *cli, enum format *format)
{
	static const char *const names[] = { "text", "json", "scc" };
	size_t i;

	*format = cli->json ? JSON : TEXT;
	if (!cli->options[FORMAT])
		return true;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(cli->options[FORMAT], names[i])) {
			*format = (enum format)i;
			break;
		}
	}
	if (*format == TEXT && cli->json) {
		mpy_cli_error("--format text and --json exclude each other");
		return false;
	}
	if (i < sizeof(names) / sizeof(*names))
		return true;
	mpy_cli_error("--format wants text, json or scc");
	return false;
}

static void print(const struct mpy_cli *cli, enum format format,
		  const struct mpy_json *finding)
{
	int indent = cli->json ? 0 : 2;
	struct mpy_json *scc;

	switch (format) {
	case TEXT:
		print_text(cli, finding);
		break;
	case JSON:
		mpy_cli_print_json(finding, indent);
		break;
	case SCC:
		scc = mpy_cli_must(mpy_finding_scc(finding));
		mpy_cli_print_json(scc, indent);
		mpy_json_free(scc);
		break;
	}
}

static void not_found(const struct mpy_cli *cli, struct mpy_store *store,
		      int err)
{
	char *id = mpy_output_safe(cli->args[0]);

	if (err == -ENOENT)
		mpy_cli_error("no finding has the id %s (give all of it, or "
			      "its first 6 characters or more)", id);
	else if (err == -EEXIST)
		mpy_cli_error("several findings begin with %s: give more of "
			      "the id", id);
	else
		mpy_cli_error("the database cannot be read: %s",
			      mpy_store_error(store));
	free(id);
}

static enum mpy_exit run(struct mpy_cli *cli)
{
	struct mpy_json *finding = NULL;
	struct mpy_store *store;
	enum format format;
	int err;

	if (!parse_format(cli, &format))
		return MPY_EXIT_USAGE;
	store = mpy_record_open(cli);
	if (!store)
		return MPY_EXIT_FAILURE;
	err = mpy_store_get(store, cli->args[0], &finding);
	if (err)
		not_found(cli, store, err);
	else
		print(cli, format, finding);
	mpy_json_free(finding);
	mpy_store_close(store);
	return err ? MPY_EXIT_FAILURE : MPY_EXIT_OK;
}

const struct mpy_command mpy_cmd_show = {
	.name = "show",
	.arguments = "ID",
	.min_args = 1,
	.max_args = 1,
	.need = MPY_NEED_DATABASE,
	.help = "all that is known about one finding",
	.options = options,
	.run = run,
};
