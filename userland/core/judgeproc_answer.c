// SPDX-License-Identifier: GPL-2.0-or-later
/* judgeproc_answer.c - reads what mpy-judge answers, trusting none of it. */

#include "core/judgeproc_answer.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/finding.h"
#include "core/hash.h"
#include "core/judgeproc.h"
#include "core/judgeproc_wire.h"
#include "core/utf8.h"

struct mpy_answer {
	size_t layer_bytes;
	struct mpy_judgement *judgement;
	struct mpy_hash *hash; /* of the layer that is coming */
	uint64_t left;	       /* bytes of it still to come */
	uint64_t decoded;      /* bytes of all layers announced */
	bool has_verdict, ended;
	int status;	       /* of END */
	uint32_t n_reasons, n_indicators; /* announced */
};

struct mpy_answer *mpy_answer_new(size_t layer_bytes)
{
	struct mpy_answer *answer = calloc(1, sizeof(*answer));

	if (!answer)
		return NULL;
	answer->layer_bytes = layer_bytes;
	answer->judgement = calloc(1, sizeof(*answer->judgement));
	if (answer->judgement)
		answer->judgement->verdict =
			calloc(1, sizeof(struct mpy_verdict));
	if (!answer->judgement || !answer->judgement->verdict) {
		mpy_answer_free(answer);
		return NULL;
	}
	return answer;
}

static void drop_hash(struct mpy_answer *answer)
{
	char hex[MPY_SHA256_HEX];

	if (answer->hash)
		mpy_hash_end(answer->hash, hex);
	answer->hash = NULL;
}

void mpy_answer_free(struct mpy_answer *answer)
{
	if (!answer)
		return;
	drop_hash(answer);
	mpy_judgement_free(answer->judgement);
	free(answer);
}

static void clear_layer(struct mpy_layer_result *layer)
{
	free(layer->kind);
	free(layer->contents);
	memset(layer, 0, sizeof(*layer));
}

void mpy_judgement_free(struct mpy_judgement *judgement)
{
	size_t i;

	if (!judgement)
		return;
	mpy_verdict_free(judgement->verdict);
	for (i = 0; i < judgement->n_layers; i++)
		clear_layer(&judgement->layers[i]);
	free(judgement->layers);
	free(judgement);
}

/* ---- texts -------------------------------------------------------------- */

/* A copy in which whatever is no clean UTF-8 has become "?". */
static char *clean_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	size_t used = 0, step;
	uint32_t point;

	if (!text)
		return NULL;
	for (; size; data += step, size -= step) {
		step = mpy_utf8_step(data, size, &point);
		if (step && !mpy_utf8_unsafe(point)) {
			memcpy(text + used, data, step);
			used += step;
		} else {
			text[used++] = '?';
			step = step ? step : 1;
		}
	}
	text[used] = '\0';
	return text;
}

/* "base64", "codec:NAME", ... */
static bool clean_kind(const char *kind, size_t size)
{
	size_t i, length = strnlen(kind, size);

	if (!length || length == size)
		return false;
	for (i = 0; i < length; i++)
		if (!(kind[i] >= 'a' && kind[i] <= 'z') &&
		    !(kind[i] >= 'A' && kind[i] <= 'Z') &&
		    !(kind[i] >= '0' && kind[i] <= '9') &&
		    !strchr("-_.:", kind[i]))
			return false;
	return true;
}

/* ---- layers ------------------------------------------------------------- */

static int end_layer(struct mpy_answer *answer)
{
	struct mpy_judgement *judgement = answer->judgement;
	struct mpy_layer_result *layer =
		&judgement->layers[judgement->n_layers - 1];
	int r = mpy_hash_end(answer->hash, layer->sha256);

	answer->hash = NULL;
	if (layer->size > layer->contents_size) {
		layer->contents_truncated = true;
		/* what was kept for it may end within a character */
		layer->contents_size = mpy_contents_cut(
			layer->contents, layer->contents_size,
			answer->layer_bytes);
	}
	return r;
}

static int take_layer(struct mpy_answer *answer, const uint8_t *payload,
		      size_t size)
{
	struct mpy_judgement *judgement = answer->judgement;
	struct mpy_layer_result *layers, *layer;
	struct mpy_wire_layer wire;
	size_t n = judgement->n_layers;

	if (size != sizeof(wire) || answer->hash || answer->has_verdict ||
	    n >= MPY_LAYERS_MAX)
		return -EPROTO;
	memcpy(&wire, payload, sizeof(wire));
	if (wire.index != n + 1 || wire.parent > n ||
	    wire.size > MPY_DECODED_MAX - answer->decoded ||
	    !clean_kind(wire.kind, sizeof(wire.kind)))
		return -EPROTO;
	layers = realloc(judgement->layers, (n + 1) * sizeof(*layers));
	if (!layers)
		return -ENOMEM;
	judgement->layers = layers;
	layer = &layers[n];
	memset(layer, 0, sizeof(*layer));
	layer->index = wire.index;
	layer->parent = wire.parent;
	layer->size = wire.size;
	layer->kind = strdup(wire.kind);
	answer->hash = mpy_hash_begin();
	judgement->n_layers = n + 1;
	if (!layer->kind || !answer->hash)
		return -ENOMEM;
	answer->left = wire.size;
	answer->decoded += wire.size;
	return wire.size ? 0 : end_layer(answer);
}

/* Keeps the first bytes, and a character more to see where to cut. */
static int keep_contents(struct mpy_answer *answer,
			 struct mpy_layer_result *layer,
			 const uint8_t *data, size_t size)
{
	size_t room = answer->layer_bytes ? answer->layer_bytes + 4 : 0;
	uint8_t *contents;

	if (size > room - layer->contents_size)
		size = room - layer->contents_size;
	if (!size)
		return 0;
	contents = realloc(layer->contents, layer->contents_size + size);
	if (!contents)
		return -ENOMEM;
	memcpy(contents + layer->contents_size, data, size);
	layer->contents = contents;
	layer->contents_size += size;
	return 0;
}

static int take_data(struct mpy_answer *answer, const uint8_t *payload,
		     size_t size)
{
	struct mpy_judgement *judgement = answer->judgement;
	int r;

	if (!answer->hash || !size || size > answer->left)
		return -EPROTO;
	r = mpy_hash_add(answer->hash, payload, size);
	if (!r)
		r = keep_contents(answer,
				  &judgement->layers[judgement->n_layers - 1],
				  payload, size);
	answer->left -= size;
	if (!r && !answer->left)
		r = end_layer(answer);
	return r;
}

/* ---- the verdict -------------------------------------------------------- */

static bool sound(const struct mpy_answer *answer,
		  const struct mpy_wire_verdict *wire)
{
	return wire->label <= MPY_UNREADABLE && isfinite(wire->probability) &&
	       wire->probability >= 0 && wire->probability <= 1 &&
	       isfinite(wire->raw) && isfinite(wire->threshold) &&
	       wire->n_layers == answer->judgement->n_layers &&
	       wire->decider <= wire->n_layers &&
	       wire->n_reasons <= MPY_REASONS_MAX &&
	       wire->n_indicators <= MPY_INDICATORS_MAX;
}

static int take_verdict(struct mpy_answer *answer, const uint8_t *payload,
			size_t size)
{
	struct mpy_verdict *verdict = answer->judgement->verdict;
	struct mpy_wire_verdict wire;

	if (size < sizeof(wire) || size - sizeof(wire) > MPY_WIRE_TEXT ||
	    answer->hash || answer->has_verdict)
		return -EPROTO;
	memcpy(&wire, payload, sizeof(wire));
	if (!sound(answer, &wire))
		return -EPROTO;
	answer->has_verdict = true;
	answer->n_reasons = wire.n_reasons;
	answer->n_indicators = wire.n_indicators;
	verdict->label = (enum mpy_label)wire.label;
	verdict->probability = wire.probability;
	verdict->raw = wire.raw;
	verdict->threshold = wire.threshold;
	verdict->decider = wire.decider;
	verdict->bounds = wire.bounds;
	verdict->n_layers = wire.n_layers;
	verdict->reasons = calloc(wire.n_reasons + 1,
				  sizeof(*verdict->reasons));
	verdict->indicators = calloc(wire.n_indicators + 1,
				     sizeof(*verdict->indicators));
	if (verdict->label == MPY_UNREADABLE)
		verdict->unreadable = clean_text(payload + sizeof(wire),
						 size - sizeof(wire));
	if (!verdict->reasons || !verdict->indicators ||
	    (verdict->label == MPY_UNREADABLE && !verdict->unreadable))
		return -ENOMEM;
	return 0;
}

static int take_reason(struct mpy_answer *answer, const uint8_t *payload,
		       size_t size)
{
	struct mpy_verdict *verdict = answer->judgement->verdict;
	struct mpy_wire_reason wire;
	struct mpy_reason *reason;

	if (size < sizeof(wire) || size - sizeof(wire) > MPY_WIRE_TEXT ||
	    verdict->n_reasons >= answer->n_reasons)
		return -EPROTO;
	memcpy(&wire, payload, sizeof(wire));
	if (!isfinite(wire.contribution) || wire.layer > verdict->n_layers)
		return -EPROTO;
	reason = &verdict->reasons[verdict->n_reasons];
	reason->contribution = wire.contribution;
	reason->line = wire.line;
	reason->layer = wire.layer;
	reason->text = clean_text(payload + sizeof(wire), size - sizeof(wire));
	if (!reason->text)
		return -ENOMEM;
	verdict->n_reasons++;
	return 0;
}

static int take_indicator(struct mpy_answer *answer, const uint8_t *payload,
			  size_t size)
{
	struct mpy_verdict *verdict = answer->judgement->verdict;
	struct mpy_wire_indicator wire;
	struct mpy_indicator *indicator;

	if (size < sizeof(wire) || size - sizeof(wire) > MPY_WIRE_TEXT ||
	    verdict->n_indicators >= answer->n_indicators)
		return -EPROTO;
	memcpy(&wire, payload, sizeof(wire));
	if (wire.type > MPY_IND_WEBHOOK || wire.layer > verdict->n_layers)
		return -EPROTO;
	indicator = &verdict->indicators[verdict->n_indicators];
	indicator->type = (enum mpy_indicator_type)wire.type;
	indicator->layer = wire.layer;
	indicator->value = clean_text(payload + sizeof(wire),
				      size - sizeof(wire));
	if (!indicator->value)
		return -ENOMEM;
	verdict->n_indicators++;
	return 0;
}

static int take_end(struct mpy_answer *answer, const uint8_t *payload,
		    size_t size)
{
	const struct mpy_verdict *verdict = answer->judgement->verdict;
	struct mpy_wire_end wire;

	if (size != sizeof(wire))
		return -EPROTO;
	memcpy(&wire, payload, sizeof(wire));
	if (wire.status > 0)
		return -EPROTO;
	if (!wire.status && (!answer->has_verdict ||
			     verdict->n_reasons != answer->n_reasons ||
			     verdict->n_indicators != answer->n_indicators))
		return -EPROTO;
	answer->status = wire.status;
	answer->ended = true;
	return 0;
}

static int take_frame(struct mpy_answer *answer, uint32_t type,
		      const uint8_t *payload, size_t size)
{
	switch (type) {
	case MPY_WIRE_LAYER:
		return take_layer(answer, payload, size);
	case MPY_WIRE_DATA:
		return take_data(answer, payload, size);
	case MPY_WIRE_VERDICT:
		return take_verdict(answer, payload, size);
	case MPY_WIRE_REASON:
		return take_reason(answer, payload, size);
	case MPY_WIRE_INDICATOR:
		return take_indicator(answer, payload, size);
	case MPY_WIRE_END:
		return take_end(answer, payload, size);
	}
	return -EPROTO;
}

int mpy_answer_take(struct mpy_answer *answer, const uint8_t **data,
		    size_t *size)
{
	struct mpy_wire_frame frame;
	const uint8_t *payload;
	int r;

	while (*size && !answer->ended) {
		if (*size < sizeof(frame))
			return -EPROTO;
		memcpy(&frame, *data, sizeof(frame));
		payload = *data + sizeof(frame);
		if (frame.size > *size - sizeof(frame))
			return -EPROTO;
		r = take_frame(answer, frame.type, payload, frame.size);
		if (r)
			return r;
		*data += sizeof(frame) + frame.size;
		*size -= sizeof(frame) + frame.size;
	}
	return answer->ended;
}

struct mpy_judgement *mpy_answer_finish(struct mpy_answer *answer,
					const char *why)
{
	struct mpy_judgement *judgement = answer->judgement;
	struct mpy_verdict *empty;

	if (!why && answer->status)
		why = answer->status == -ENOMEM ?
			      "the judge ran out of memory" :
			      "the judge failed";
	if (why) {
		empty = calloc(1, sizeof(*empty));
		if (!empty)
			return NULL;
		empty->label = MPY_UNREADABLE;
		empty->unreadable = strdup(why);
		if (answer->hash) {
			clear_layer(&judgement->layers[--judgement->n_layers]);
			drop_hash(answer);
		}
		empty->n_layers = (unsigned int)judgement->n_layers;
		mpy_verdict_free(judgement->verdict);
		judgement->verdict = empty;
		judgement->aborted = true;
		if (!empty->unreadable)
			return NULL;
	}
	answer->judgement = NULL;
	return judgement;
}
