// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any pattern on any text: flags, the pattern, a line feed, the text. Matches
 * lie within the text, one behind the other, and the search ends.
 */
#include <stdlib.h>
#include <string.h>

#include "judge/regexp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void search(const struct mpy_regexp *re, const uint8_t *p, size_t size)
{
	struct mpy_regexp_match m;
	struct mpy_budget budget;
	enum mpy_regexp_how how = MPY_RE_SEARCH;
	size_t at = 0;

	mpy_budget_init(&budget);
	budget.steps = 1u << 16;
	while (mpy_regexp_find(re, p, size, at, how, &budget, &m) > 0) {
		must(m.group[0].from >= at && m.group[0].to <= size);
		for (unsigned int i = 0; i <= re->groups; i++)
			must(m.group[i].from == SIZE_MAX ||
			     (m.group[i].from <= m.group[i].to &&
			      m.group[i].from >= m.group[0].from &&
			      m.group[i].to <= m.group[0].to));
		must(how != MPY_RE_NEXT || m.group[0].to > at);
		at = m.group[0].to;
		how = m.group[0].from == at ? MPY_RE_NEXT : MPY_RE_SEARCH;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	struct mpy_regexp re;

	if (!end || end == data)
		return 0;
	if (!mpy_regexp_read(&re, data + 1, (size_t)(end - data) - 1,
			     data[0] & 26, data[0] & 1))
		return 0;
	search(&re, end + 1, (size_t)(data + size - end) - 1);
	mpy_regexp_free(&re);
	return 0;
}
