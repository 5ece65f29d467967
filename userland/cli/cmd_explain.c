// SPDX-License-Identifier: GPL-2.0-or-later
/* mpyctl explain: what speaks for and what against one file, also a harmless
 * one. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/exam.h"
#include "cli/report.h"
#include "core/json.h"

static const struct mpy_option options[] = { { 0 } };

static void side(const struct mpy_output *out, const struct mpy_json *json,
		 enum mpy_side which, const char *heading)
{
	mpy_output_heading(out, heading);
	if (!mpy_report_reasons(out, json, which, MPY_REASONS_MAX))
		fputs("  nothing\n", out->file);
}

static void layers(const struct mpy_output *out, const struct mpy_json *json)
{
	const struct mpy_json *list = mpy_json_get(json, "layers");
	size_t i;

	if (!mpy_json_length(list))
		return;
	mpy_output_heading(out, "Layers decoded from it");
	for (i = 0; i < mpy_json_length(list); i++)
		mpy_report_layer(out, mpy_json_at(list, i));
}

/* Which bounds of the judge left a part of it unread. */
static void bounds(const struct mpy_output *out, const struct mpy_json *json)
{
	const struct mpy_json *list = mpy_json_get(json, "bounds");
	size_t i;

	for (i = 0; i < mpy_json_length(list); i++)
		mpy_output_field(out, i ? "" : "bounds met",
				 mpy_json_str_at(list, i));
}

static void print_text(const struct mpy_cli *cli, const struct mpy_exam *exam,
		       const struct mpy_result *result,
		       const struct mpy_json *json)
{
	const struct mpy_output *out = &cli->out;
	const char *label = mpy_label_name(result->label);
	char text[160], *safe = mpy_output_safe(result->path);
	const struct mpy_verdict *verdict;

	printf("%s%s%s  ", mpy_output_colour(out, mpy_output_colour_of(label)),
	       label, mpy_output_colour(out, MPY_PLAIN));
	mpy_output_wrap(out, safe, strlen(label) + 2, 2);
	free(safe);
	mpy_output_field(out, "sha256", result->sha256);
	snprintf(text, sizeof(text), "%" PRIu64 " bytes", result->size);
	mpy_output_field(out, "size", text);
	mpy_output_field(out, "model", mpy_judgeproc_model(exam->judge));
	if (result->label == MPY_UNREADABLE) {
		safe = mpy_output_safe(result->unreadable);
		mpy_output_field(out, "why", safe);
		free(safe);
		return;
	}
	verdict = result->judgement->verdict;
	snprintf(text, sizeof(text),
		 "%.6f (malicious from %.6f on), sum of all reasons %+.3f",
		 verdict->probability, verdict->threshold, verdict->raw);
	mpy_output_field(out, "probability", text);
	if (verdict->decider) {
		snprintf(text, sizeof(text), "layer %u decided",
			 verdict->decider);
		mpy_output_field(out, "decided by", text);
	}
	bounds(out, json);
	side(out, json, MPY_SIDE_MALICIOUS, "Speaks for malicious");
	side(out, json, MPY_SIDE_HARMLESS, "Speaks for harmless");
	layers(out, json);
	mpy_report_indicators(out, json);
}

static int open_path(const char *path)
{
	int fd;

	if (!strcmp(path, "-"))
		return dup(STDIN_FILENO);
	/* A FIFO without a writer must not block: it reads as empty. One with
	 * a writer (such as <(...) of a shell) is waited for. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0)
		fcntl(fd, F_SETFL, 0);
	return fd;
}

static enum mpy_exit explain(struct mpy_cli *cli, struct mpy_exam *exam, int fd)
{
	struct mpy_result result;
	struct mpy_json *json;
	char *safe;
	int err = mpy_reader_start(&exam->reader, fd);

	if (!err)
		err = mpy_exam_read(exam, cli->args[0], &result);
	if (!err)
		err = mpy_exam_judge(exam, &result);
	if (err) {
		safe = mpy_output_safe(cli->args[0]);
		mpy_cli_error("%s: %s", safe, strerror(-err));
		free(safe);
		return MPY_EXIT_FAILURE;
	}
	json = mpy_exam_json(&result);
	if (cli->json)
		mpy_cli_print_json(json, 0);
	else
		print_text(cli, exam, &result, json);
	mpy_json_free(json);
	mpy_result_free(&result);
	return result.label == MPY_UNREADABLE ? MPY_EXIT_FAILURE : MPY_EXIT_OK;
}

static enum mpy_exit run(struct mpy_cli *cli)
{
	enum mpy_exit status = MPY_EXIT_FAILURE;
	struct mpy_exam exam;
	int fd = open_path(cli->args[0]);
	char *safe;

	if (fd < 0) {
		safe = mpy_output_safe(cli->args[0]);
		mpy_cli_error("%s: %s", safe, strerror(errno));
		free(safe);
		return status;
	}
	if (mpy_exam_start(&exam, cli, MPY_DETAIL_ALL)) {
		status = explain(cli, &exam, fd);
		mpy_exam_stop(&exam);
	}
	close(fd);
	return status;
}

const struct mpy_command mpy_cmd_explain = {
	.name = "explain",
	.arguments = "FILE",
	.min_args = 1,
	.max_args = 1,
	.need = MPY_NEED_NOTHING,
	.help = "why a file is judged as it is, both sides",
	.options = options,
	.run = run,
};
