// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cache.c - a set of digests of fixed size. A digest has four places, found
 * by its first digits; the places of one group are replaced in turn. Whole
 * digests are compared, so a crowded group costs a judging and no mistake.
 */
#include "daemon/cache.h"

#include <stdlib.h>
#include <string.h>

#define GROUPS 4096u /* of 4: a system's Python library fits */
#define WAYS   4u
#define DIGITS 64u

struct group {
	char digests[WAYS][DIGITS];
	bool opened_only[WAYS];
	unsigned int next;
};

struct mpy_cache {
	struct group groups[GROUPS];
};

struct mpy_cache *mpy_cache_new(void)
{
	return calloc(1, sizeof(struct mpy_cache));
}

void mpy_cache_free(struct mpy_cache *cache)
{
	free(cache);
}

static unsigned int group_of(const char *sha256)
{
	unsigned int value = 0, i;

	for (i = 0; i < 3; i++) {
		char c = sha256[i];

		value = value << 4 |
			(unsigned int)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return value % GROUPS;
}

bool mpy_cache_has(const struct mpy_cache *cache, const char *sha256,
		   bool program)
{
	const struct group *group = &cache->groups[group_of(sha256)];
	unsigned int i;

	for (i = 0; i < WAYS; i++)
		if (!memcmp(group->digests[i], sha256, DIGITS) &&
		    !(program && group->opened_only[i]))
			return true;
	return false;
}

void mpy_cache_add(struct mpy_cache *cache, const char *sha256,
		   bool opened_only)
{
	struct group *group = &cache->groups[group_of(sha256)];

	memcpy(group->digests[group->next % WAYS], sha256, DIGITS);
	group->opened_only[group->next % WAYS] = opened_only;
	group->next++;
}

void mpy_cache_clear(struct mpy_cache *cache)
{
	memset(cache, 0, sizeof(*cache));
}
