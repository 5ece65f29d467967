/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache.h - digests of contents that were judged harmless by the model in
 * use. Everything else is judged anew each time: it is rare and its reasons
 * are wanted. Emptied when the model changes.
 */
#ifndef MPY_DAEMON_CACHE_H
#define MPY_DAEMON_CACHE_H

#include <stdbool.h>
#include <stdint.h>

struct mpy_cache;

struct mpy_cache *mpy_cache_new(void);
void mpy_cache_free(struct mpy_cache *cache);
/* sha256: 64 hex digits. */
bool mpy_cache_has(const struct mpy_cache *cache, const char *sha256);
void mpy_cache_add(struct mpy_cache *cache, const char *sha256);
void mpy_cache_clear(struct mpy_cache *cache);

#endif
