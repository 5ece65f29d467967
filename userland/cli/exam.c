// SPDX-License-Identifier: GPL-2.0-or-later
/* Files before the judge; see exam.h. */
#include "cli/exam.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/finding.h"
#include "core/json.h"

bool mpy_exam_start(struct mpy_exam *exam, const struct mpy_cli *cli,
		    enum mpy_detail detail)
{
	struct mpy_judgeproc_options options = {
		.limit_ms = (unsigned int)(cli->config.judge_ms *
					   cli->config.deadline_multiplier),
		.detail = detail,
	};
	char path[PATH_MAX], why[1024];

	memset(exam, 0, sizeof(*exam));
	exam->threshold = -1;
	exam->reader.unhashed = detail == MPY_DETAIL_VERDICT;
	if (mpy_bundle_find(cli->bundle, cli->config.bundle, path,
			    sizeof(path), why, sizeof(why))) {
		mpy_cli_error("%s", why);
		return false;
	}
	options.bundle = path;
	if (mpy_judgeproc_start(&options, &exam->judge, why, sizeof(why))) {
		mpy_cli_error("%s", why);
		return false;
	}
	return true;
}

void mpy_exam_stop(struct mpy_exam *exam)
{
	mpy_judgeproc_stop(exam->judge);
	mpy_reader_free(&exam->reader);
}

/*
 * The label under another threshold. What the model holds back although it
 * is above its own threshold (tools of two uses) stays held back.
 */
static enum mpy_label relabel(const struct mpy_verdict *verdict, double limit)
{
	bool held_back = verdict->label == MPY_SUSPICIOUS &&
			 verdict->probability >= verdict->threshold;

	if (limit < 0 || verdict->label == MPY_UNREADABLE || held_back)
		return verdict->label;
	if (verdict->probability >= limit)
		return MPY_MALICIOUS;
	return verdict->label == MPY_MALICIOUS ? MPY_SUSPICIOUS :
						 verdict->label;
}

void mpy_exam_conclude(const struct mpy_exam *exam, struct mpy_result *result)
{
	struct mpy_verdict *verdict = result->judgement->verdict;

	verdict->label = relabel(verdict, exam->threshold);
	if (exam->threshold >= 0)
		verdict->threshold = exam->threshold;
	result->label = verdict->label;
	result->unreadable = verdict->unreadable;
}

int mpy_exam_read(struct mpy_exam *exam, const char *path,
		  struct mpy_result *result)
{
	const struct mpy_reader *reader = &exam->reader;
	int err = mpy_reader_finish(&exam->reader);

	*result = (struct mpy_result){ .path = path };
	if (err == -ENOMEM)
		return err;
	if (err) {
		result->label = MPY_UNREADABLE;
		result->unreadable = strerror(-err);
		return 0;
	}
	result->size = reader->size;
	memcpy(result->sha256, reader->sha256, sizeof(result->sha256));
	return 0;
}

int mpy_exam_judge(struct mpy_exam *exam, struct mpy_result *result)
{
	const struct mpy_reader *reader = &exam->reader;
	int err;

	if (result->unreadable)
		return 0;
	err = mpy_judgeproc_judge(exam->judge, reader->data, reader->kept,
				  &result->judgement);
	if (err)
		return err;
	if (reader->size > reader->kept)
		result->judgement->verdict->bounds |= MPY_BOUND_TEXT;
	mpy_exam_conclude(exam, result);
	return 0;
}

void mpy_result_free(struct mpy_result *result)
{
	mpy_judgement_free(result->judgement);
	result->judgement = NULL;
}

/* The reason why there is no verdict stands where reasons stand. */
static struct mpy_json *no_verdict(const char *why)
{
	struct mpy_json *reasons = mpy_json_array();
	struct mpy_json *reason = mpy_json_object();

	mpy_json_set_str(reason, "text", why);
	mpy_json_set_int(reason, "layer", 0);
	mpy_json_set_real(reason, "contribution", 0);
	mpy_json_append(reasons, reason);
	return reasons;
}

struct mpy_json *mpy_exam_json(const struct mpy_result *result)
{
	const struct mpy_judgement *judgement = result->judgement;
	struct mpy_json *json = mpy_json_object();
	bool judged = judgement && result->label != MPY_UNREADABLE;

	mpy_json_set_bytes(json, "path", result->path, strlen(result->path));
	mpy_json_set_str(json, "verdict", mpy_label_name(result->label));
	if (judged) {
		mpy_json_set_real(json, "probability",
				  judgement->verdict->probability);
		mpy_json_set_real(json, "raw", judgement->verdict->raw);
		mpy_json_set_real(json, "threshold",
				  judgement->verdict->threshold);
		mpy_bounds_json(json, judgement->verdict->bounds);
	}
	if (result->sha256[0]) {
		mpy_json_set_str(json, "sha256", result->sha256);
		mpy_json_set_int(json, "size", (int64_t)result->size);
	}
	mpy_json_set(json, "layers",
		     judgement ? mpy_layers_json(judgement, false) :
				 mpy_json_array());
	if (judgement)
		mpy_judgement_json(json, judgement);
	else
		mpy_json_set(json, "indicators", mpy_json_array());
	if (!judged)
		mpy_json_set(json, "reasons", no_verdict(result->unreadable));
	return mpy_cli_must(json);
}
