// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a mpy-judge in the attacker's hands may answer: whatever it is, the
 * judgement stays within the bounds of verdict.h and makes valid JSON.
 */

#include <stdlib.h>
#include <string.h>

#include "core/finding.h"
#include "core/json.h"
#include "core/judgeproc.h"
#include "core/judgeproc_answer.h"
#include "core/judgeproc_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct mpy_judgement *judgement)
{
	const struct mpy_verdict *verdict = judgement->verdict;
	struct mpy_json *json = mpy_json_object();
	char *text;

	if (judgement->n_layers > MPY_LAYERS_MAX ||
	    verdict->n_reasons > MPY_REASONS_MAX ||
	    verdict->n_indicators > MPY_INDICATORS_MAX ||
	    verdict->probability < 0 || verdict->probability > 1 ||
	    (verdict->label == MPY_UNREADABLE) != !!verdict->unreadable)
		abort();
	mpy_judgement_json(json, judgement);
	mpy_json_set(json, "layers", mpy_layers_json(judgement, true));
	text = mpy_json_print(json, 0, NULL);
	if (!text || !mpy_utf8_valid(text, strlen(text)))
		abort();
	free(text);
	mpy_json_free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpy_answer *answer = mpy_answer_new(16);
	struct mpy_judgement *judgement;
	const uint8_t *message;
	size_t piece, left;
	int r = 0;

	while (!r && size > 2) {
		piece = data[0] | (size_t)data[1] << 8;
		data += 2;
		size -= 2;
		if (piece > size)
			piece = size;
		message = data;
		left = piece;
		r = mpy_answer_take(answer, &message, &left);
		if (message + left != data + piece || (!r && left))
			abort();
		data += piece;
		size -= piece;
	}
	judgement = mpy_answer_finish(answer, r == 1 ? NULL : "unfinished");
	check(judgement);
	mpy_judgement_free(judgement);
	mpy_answer_free(answer);
	return 0;
}
