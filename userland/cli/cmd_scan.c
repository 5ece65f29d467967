// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mpyctl scan: judges files and trees. Rows go to standard output as they
 * come, everything else (progress, notes, summary) to standard error.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/batch.h"
#include "cli/pyfile.h"
#include "cli/report.h"
#include "cli/walk.h"
#include "core/json.h"

#define PROGRESS_MS 100
#define REASONS_MAX 5 /* below a row, with -v */

enum { ALL, VERBOSE, THRESHOLD };

static const struct mpy_option options[] = {
	[ALL] = { "all", 'a', NULL, "judge every file, not only Python" },
	[VERBOSE] = { "verbose", 'v', NULL,
		      "harmless files too; reasons below the others" },
	[THRESHOLD] = { "threshold", 't', "P",
			"malicious from this probability on (0 to 1)" },
	{ 0 }
};

struct scan {
	struct mpy_cli *cli;
	struct mpy_exam exam;
	struct mpy_batch batch;
	struct mpy_output err;
	bool all, verbose;
	bool failed;	       /* a path could not be opened */
	uint64_t labels[MPY_UNREADABLE + 1], skipped, bytes;
	int64_t began_ms, shown_ms; /* of progress; 0: none on the line */
	bool progress;		    /* standard error is a terminal */
	bool on_line;		    /* progress stands on the line now */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

static void clear_progress(struct scan *scan)
{
	if (scan->on_line)
		fprintf(stderr, "\r%*s\r", (int)scan->err.width - 1, "");
	scan->on_line = false;
}

static uint64_t judged(const struct scan *scan)
{
	uint64_t sum = 0;
	int label;

	for (label = MPY_HARMLESS; label <= MPY_UNREADABLE; label++)
		sum += scan->labels[label];
	return sum;
}

static void show_progress(struct scan *scan, const char *path)
{
	int64_t now = scan->progress ? now_ms() : 0;
	char *safe, *cut, head[80];
	int used;

	if (!scan->progress || now - scan->began_ms < 5 * PROGRESS_MS ||
	    now - scan->shown_ms < PROGRESS_MS)
		return;
	fflush(stdout);
	clear_progress(scan);
	used = snprintf(head, sizeof(head),
			"%" PRIu64 " files, %.1f MB, %" PRIu64 " found  ",
			judged(scan), (double)scan->bytes / 1e6,
			scan->labels[MPY_MALICIOUS] +
				scan->labels[MPY_SUSPICIOUS]);
	safe = mpy_output_safe(path);
	cut = mpy_output_cut(safe, scan->err.width - 1 - used, true);
	fprintf(stderr, "%s%s", head, cut);
	fflush(stderr);
	free(safe);
	free(cut);
	scan->on_line = true;
	scan->shown_ms = now;
}

static void note(struct scan *scan, const char *path, const char *why)
{
	char *safe = mpy_output_safe(path);

	clear_progress(scan);
	mpy_cli_error("%s: %s", safe, why);
	free(safe);
}

static void print_text(struct scan *scan, const struct mpy_result *result)
{
	const struct mpy_output *out = &scan->cli->out;
	const char *label = mpy_label_name(result->label);
	char probability[16] = "-", *safe, *why;
	struct mpy_json *json;

	if (result->label == MPY_HARMLESS && !scan->verbose)
		return;
	if (result->label != MPY_UNREADABLE)
		mpy_report_probability(result->judgement->verdict->probability,
				       probability, sizeof(probability));
	safe = mpy_output_safe(result->path);
	why = mpy_output_safe(result->unreadable);
	printf("%s%-10s%s %5s  %s",
	       mpy_output_colour(out, mpy_output_colour_of(label)), label,
	       mpy_output_colour(out, MPY_PLAIN), probability, safe);
	if (!*why)
		putchar('\n');
	else if (18 + mpy_output_columns(safe) + 2 + mpy_output_columns(why) <=
		 out->width)
		printf(": %s\n", why);
	else
		printf("\n                  %s\n", why);
	free(safe);
	free(why);
	if (!scan->verbose || result->label == MPY_HARMLESS ||
	    result->label == MPY_UNREADABLE)
		return;
	json = mpy_exam_json(result);
	mpy_report_reasons(out, json, MPY_SIDE_MALICIOUS, REASONS_MAX);
	mpy_json_free(json);
}

static void print(void *context, const struct mpy_result *result)
{
	struct scan *scan = context;
	struct mpy_json *json;

	scan->bytes += result->size;
	scan->labels[result->label]++;
	clear_progress(scan);
	if (!scan->cli->json) {
		print_text(scan, result);
		return;
	}
	json = mpy_exam_json(result);
	mpy_cli_print_json(json, 0);
	mpy_json_free(json);
}

/* A file that cannot be opened or read: a row if it is certain that it should
 * have been judged. */
static int print_unread(struct scan *scan, const char *path, bool sure, int err)
{
	struct mpy_result result = { .path = path,
				     .label = MPY_UNREADABLE,
				     .unreadable = strerror(-err) };

	if (!sure) {
		scan->skipped++;
		note(scan, path, result.unreadable);
		return 0;
	}
	err = mpy_batch_settle(&scan->batch);
	if (!err)
		print(scan, &result);
	return err;
}

static int take_file(void *context, int fd, const char *path, bool named)
{
	struct scan *scan = context;
	struct mpy_reader *reader = &scan->exam.reader;
	const char *slash = strrchr(path, '/');
	bool sure = named || scan->all ||
		    mpy_pyfile_named(slash ? slash + 1 : path);
	int err;

	show_progress(scan, path);
	err = fd < 0 ? fd : mpy_reader_start(reader, fd);
	if (err == -ENOMEM)
		return err;
	if (err) {
		if (named) {
			note(scan, path, strerror(-err));
			scan->failed = true;
		}
		return print_unread(scan, path, sure, err);
	}
	if (!sure && !mpy_pyfile_looks(reader->data, reader->kept) &&
	    !mpy_pyfile_zip(fd, reader->data, reader->kept))
		return 0;
	return mpy_batch_add(&scan->batch, path);
}

static void take_skipped(void *context, const char *path, const char *why,
			 bool failure)
{
	struct scan *scan = context;
	char *text;

	if (failure)
		scan->failed = true;
	else
		scan->skipped++;
	if (asprintf(&text, "%s%s", failure ? "" : "skipped, it is ", why) < 0)
		text = mpy_cli_must(NULL);
	note(scan, path, text);
	free(text);
}

static int take_input(struct scan *scan)
{
	int err = mpy_reader_start(&scan->exam.reader, STDIN_FILENO);

	if (err == -ENOMEM)
		return err;
	if (!err)
		return mpy_batch_add(&scan->batch, "-");
	note(scan, "standard input", strerror(-err));
	scan->failed = true;
	return 0;
}

static void summary(struct scan *scan)
{
	double seconds = (double)(now_ms() - scan->began_ms) / 1000;
	static const enum mpy_label order[] = { MPY_MALICIOUS, MPY_SUSPICIOUS,
						MPY_HARMLESS, MPY_UNREADABLE };
	const char *between = ":";
	size_t i;

	clear_progress(scan);
	fflush(stdout);
	fprintf(stderr, "%" PRIu64 " file%s, %.1f MB, %.1f s", judged(scan),
		judged(scan) == 1 ? "" : "s", (double)scan->bytes / 1e6,
		seconds);
	for (i = 0; i < sizeof(order) / sizeof(*order); i++) {
		if (!scan->labels[order[i]])
			continue;
		fprintf(stderr, "%s %" PRIu64 " %s", between,
			scan->labels[order[i]], mpy_label_name(order[i]));
		between = ",";
	}
	if (scan->skipped)
		fprintf(stderr, "; %" PRIu64 " skipped", scan->skipped);
	fputc('\n', stderr);
}

static bool parse_threshold(const char *text, double *threshold)
{
	char *end;

	if (!text)
		return true;
	*threshold = strtod(text, &end);
	if (*text && !*end && *threshold >= 0 && *threshold <= 1)
		return true;
	mpy_cli_error("--threshold wants a number from 0 to 1");
	return false;
}

static int scan_all(struct scan *scan)
{
	const struct mpy_walk walk = { .file = take_file,
				       .skipped = take_skipped,
				       .context = scan };
	size_t i;
	int err = 0, settled;

	for (i = 0; i < scan->cli->n_args && !err; i++) {
		if (!strcmp(scan->cli->args[i], "-"))
			err = take_input(scan);
		else
			err = mpy_walk_path(&walk, scan->cli->args[i]);
	}
	settled = mpy_batch_settle(&scan->batch);
	return err ? err : settled;
}

static enum mpy_exit run(struct mpy_cli *cli)
{
	struct scan scan = { .cli = cli,
			     .all = cli->options[ALL],
			     .verbose = cli->options[VERBOSE],
			     .progress = isatty(STDERR_FILENO) };
	double threshold = -1;
	int err;

	if (!parse_threshold(cli->options[THRESHOLD], &threshold))
		return MPY_EXIT_USAGE;
	/* what is not printed is not worked out */
	if (!mpy_exam_start(&scan.exam, cli,
			    cli->json || scan.verbose ? MPY_DETAIL_ALL :
							MPY_DETAIL_VERDICT))
		return MPY_EXIT_FAILURE;
	scan.batch.exam = &scan.exam;
	scan.batch.take = print;
	scan.batch.context = &scan;
	mpy_output_init(&scan.err, stderr, true);
	scan.exam.threshold = threshold;
	scan.began_ms = now_ms();
	err = scan_all(&scan);
	if (err) {
		clear_progress(&scan);
		mpy_cli_error("the judge cannot go on: %s", strerror(-err));
	}
	summary(&scan);
	mpy_exam_stop(&scan.exam);
	if (err || scan.failed)
		return MPY_EXIT_FAILURE;
	return scan.labels[MPY_MALICIOUS] || scan.labels[MPY_SUSPICIOUS] ?
		       MPY_EXIT_FOUND :
		       MPY_EXIT_OK;
}

const struct mpy_command mpy_cmd_scan = {
	.name = "scan",
	.arguments = "PATH...",
	.min_args = 1,
	.max_args = (size_t)-1,
	.need = MPY_NEED_NOTHING,
	.help = "judge files and folders (- is standard input)",
	.options = options,
	.run = run,
};
