/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * indicators.h - addresses that a responder acts on: URLs, IPs, domains,
 * telling paths, e-mail addresses, wallets, webhooks. Found in bytes, one
 * pass, bounded, each value once.
 */
#ifndef MPY_JUDGE_INDICATORS_H
#define MPY_JUDGE_INDICATORS_H

#include "verdict.h"

/* Filled by scan; zero it before the first use. */
struct mpy_indicators {
	struct mpy_indicator *list; /* in the order found; values malloc'ed */
	size_t n;		    /* at most MPY_INDICATORS_MAX */
	size_t room;
	uint32_t bounds; /* MPY_BOUND_INDICATORS if there were more */
	uint64_t seen[MPY_INDICATORS_MAX]; /* digests, to tell them apart */
};

/*
 * Adds what is in data[0..size), seen in the given layer: a whole text, or a
 * constant that was put together from pieces. 0 or -ENOMEM. The
 * list (with its values) is the caller's, freed by mpy_indicators_free() or
 * passed on.
 */
int mpy_indicators_scan(struct mpy_indicators *all, const uint8_t *data,
			size_t size, unsigned int layer);
void mpy_indicators_free(struct mpy_indicators *all);

/*
 * The value as text that no mail client makes a link of: hxxp://host[.]tld.
 * Writes at most room bytes with the final NUL; returns the length that the
 * whole needs without it. room may be 0.
 */
size_t mpy_indicators_defang(enum mpy_indicator_type type, const char *value,
			     char *out, size_t room);

#endif
