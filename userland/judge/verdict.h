/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict.h - the front door of the judge: bytes of one program in, verdict
 * out. Everything under judge/ is pure: no files, no clock, no locale, no
 * global state; two calls with the same bundle and bytes give the same
 * result on any machine. Bounded by a step budget and by the sizes below,
 * whatever the bytes are. A bundle serves one call at a time: what a text has
 * had is marked among the bundle's weights.
 */
#ifndef MPY_JUDGE_VERDICT_H
#define MPY_JUDGE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mpy_bundle; /* bundle.h */

/* Bounds; what was reached is told in mpy_verdict.bounds. */
#define MPY_TEXT_MAX	  (16u << 20) /* bytes of one text looked at */
#define MPY_LAYERS_MAX	  64
#define MPY_DECODED_MAX	  (64u << 20) /* bytes of all layers together */
#define MPY_ALIVE_MAX	  (24u << 20) /* bytes of layers alive at once */
#define MPY_REASONS_MAX	  16
#define MPY_INDICATORS_MAX 128

enum mpy_label {
	MPY_HARMLESS,
	MPY_SUSPICIOUS,
	MPY_MALICIOUS,
	MPY_UNREADABLE
};

enum mpy_bound {
	MPY_BOUND_TEXT = 1 << 0,    /* only head, tail, densest windows read */
	MPY_BOUND_LAYERS = 1 << 1,  /* more than MPY_LAYERS_MAX layers */
	MPY_BOUND_DECODED = 1 << 2, /* more than MPY_DECODED_MAX decoded */
	MPY_BOUND_STEPS = 1 << 3,   /* step budget used up */
	MPY_BOUND_DEPTH = 1 << 4,   /* nesting too deep to follow */
	MPY_BOUND_INDICATORS = 1 << 5
};

/* One decoded layer, numbered from 1, outermost first. */
struct mpy_layer {
	unsigned int index;
	unsigned int parent; /* 0: the script itself */
	const char *kind;    /* static: base64, zlib, chr, pyc, codec:NAME... */
	const uint8_t *data; /* valid during the call of the sink only */
	size_t size;
};

struct mpy_reason {
	char *text;	     /* a sentence, UTF-8, no control characters */
	unsigned int line;   /* from 1; 0: none */
	unsigned int layer;  /* 0: the script itself */
	double contribution; /* > 0 speaks for malicious */
};

enum mpy_indicator_type {
	MPY_IND_URL,
	MPY_IND_IP,
	MPY_IND_DOMAIN,
	MPY_IND_PATH,
	MPY_IND_EMAIL,
	MPY_IND_WALLET,
	MPY_IND_WEBHOOK
};

struct mpy_indicator {
	enum mpy_indicator_type type;
	char *value; /* UTF-8, exact, not defanged */
	unsigned int layer;
};

struct mpy_verdict {
	enum mpy_label label;
	double probability;  /* calibrated for 2 % malicious files */
	double raw;	     /* sum of all contributions of the deciding window */
	double threshold;    /* probability from which it is malicious */
	unsigned int decider; /* layer that decided; 0: the script itself */
	unsigned int bounds; /* mask of enum mpy_bound */
	char *unreadable;    /* why, for MPY_UNREADABLE; else NULL */
	struct mpy_reason *reasons; /* strongest first, with "bias"; or none */
	size_t n_reasons;
	struct mpy_indicator *indicators;
	size_t n_indicators;
	unsigned int n_layers; /* layers that went to the sink */
};

/* How much of a verdict is wanted: reasons and indicators cost time. */
enum mpy_detail {
	MPY_DETAIL_ALL,	   /* of harmless programs too */
	MPY_DETAIL_FOUND,  /* reasons only of what is not harmless */
	MPY_DETAIL_VERDICT /* neither reasons nor indicators */
};

/*
 * Called for each layer as it is decoded, in the order of the indexes.
 * A negative return value ends the judging; it is passed up.
 */
struct mpy_layer_sink {
	int (*layer)(void *context, const struct mpy_layer *layer);
	void *context;
};

/* Name of a label ("harmless", ...), of an indicator type ("url", ...). */
const char *mpy_label_name(enum mpy_label label);
const char *mpy_indicator_name(enum mpy_indicator_type type);

/*
 * Judges the program in data[0..size). size may be 0 and may exceed
 * MPY_TEXT_MAX. sink may be NULL. *out is the caller's, freed by
 * mpy_verdict_free(). 0, -ENOMEM, or what the sink returned.
 */
int mpy_judge(const struct mpy_bundle *bundle, const uint8_t *data, size_t size,
	      const struct mpy_layer_sink *sink, struct mpy_verdict **out);

/*
 * The same in a room that is used again and again, by one call at a time:
 * getting memory and clearing it costs more than judging a small program. What
 * was judged before in the room changes no result, and detail no verdict.
 */
struct mpy_judge_room;
struct mpy_judge_room *mpy_judge_room_new(void); /* NULL without memory */
void mpy_judge_room_free(struct mpy_judge_room *room);
int mpy_judge_in(struct mpy_judge_room *room, const struct mpy_bundle *bundle,
		 enum mpy_detail detail, const uint8_t *data, size_t size,
		 const struct mpy_layer_sink *sink, struct mpy_verdict **out);

/* Accepts NULL. */
void mpy_verdict_free(struct mpy_verdict *verdict);

#endif
