/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache.h - digests of contents that the model in use judged to be of no
 * interest: harmless, or no program at all in a file that was only opened.
 * Everything else is judged anew each time: it is rare and its reasons are
 * wanted. Emptied when the model changes.
 */
#ifndef MPY_DAEMON_CACHE_H
#define MPY_DAEMON_CACHE_H

#include <stdbool.h>
#include <stdint.h>

struct mpy_cache;

struct mpy_cache *mpy_cache_new(void);
void mpy_cache_free(struct mpy_cache *cache);
/* sha256: 64 hex digits. program: run, not only opened; what was added with
 * opened_only is not there for it. */
bool mpy_cache_has(const struct mpy_cache *cache, const char *sha256,
		   bool program);
void mpy_cache_add(struct mpy_cache *cache, const char *sha256,
		   bool opened_only);
void mpy_cache_clear(struct mpy_cache *cache);

#endif
