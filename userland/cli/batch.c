// SPDX-License-Identifier: GPL-2.0-or-later
/* Small files wait until they fill a message to the judge; see batch.h. */
#include "cli/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int mpy_batch_settle(struct mpy_batch *batch)
{
	struct mpy_judgement *judgements[MPY_JUDGE_TOGETHER];
	size_t n = batch->n, i;
	int err;

	batch->n = batch->used = 0;
	err = mpy_judgeproc_judge_all(batch->exam->judge, batch->programs, n,
				      judgements);
	for (i = 0; i < n; i++) {
		struct mpy_result *result = &batch->results[i];

		result->judgement = judgements[i];
		if (result->judgement) {
			mpy_exam_conclude(batch->exam, result);
			batch->take(batch->context, result);
		}
		mpy_result_free(result);
		free((char *)(uintptr_t)result->path);
	}
	return err;
}

/* The file in the reader, after those that wait. */
static int judge_alone(struct mpy_batch *batch, struct mpy_result *result)
{
	int err = mpy_batch_settle(batch);

	if (!err)
		err = mpy_exam_judge(batch->exam, result);
	if (!err)
		batch->take(batch->context, result);
	mpy_result_free(result);
	return err;
}

static int put_by(struct mpy_batch *batch, struct mpy_result *result)
{
	const struct mpy_reader *reader = &batch->exam->reader;
	unsigned char *bytes;
	int err = 0;

	if (batch->n == MPY_JUDGE_TOGETHER ||
	    reader->kept > sizeof(batch->bytes) - batch->used)
		err = mpy_batch_settle(batch);
	if (err)
		return err;
	result->path = strdup(result->path);
	if (!result->path)
		return -ENOMEM;
	bytes = batch->bytes + batch->used;
	memcpy(bytes, reader->data, reader->kept);
	batch->results[batch->n] = *result;
	batch->programs[batch->n] = (struct mpy_program){ bytes, reader->kept };
	batch->used += reader->kept;
	batch->n++;
	return 0;
}

int mpy_batch_add(struct mpy_batch *batch, const char *path)
{
	struct mpy_result result;
	int err = mpy_exam_read(batch->exam, path, &result);

	if (err)
		return err;
	if (result.unreadable ||
	    batch->exam->reader.kept > sizeof(batch->bytes))
		return judge_alone(batch, &result);
	return put_by(batch, &result);
}
