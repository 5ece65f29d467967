// SPDX-License-Identifier: GPL-2.0-or-later
/* Times and spans on the command line; see period.h. */
#include "cli/period.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"

#define SECOND_NS 1e9
#define LONGEST_S (100.0 * 366 * 86400)

static int parse_span(const char *text, int64_t *ns, const char **end)
{
	static const char units[] = "smhdw";
	static const double seconds[] = { 1, 60, 3600, 86400, 604800 };
	const char *unit;
	double value;
	char *rest;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	value = strtod(text, &rest);
	unit = *rest ? strchr(units, *rest) : NULL;
	if (!unit)
		return -EINVAL;
	value *= seconds[unit - units];
	if (!(value <= LONGEST_S))
		return -EINVAL;
	*ns = (int64_t)(value * SECOND_NS);
	*end = rest + 1;
	return 0;
}

int mpy_period_parse(const char *text, int64_t *ns)
{
	const char *end;
	int err = parse_span(text, ns, &end);

	return err ? err : *end ? -EINVAL : 0;
}

int mpy_period_since(const char *text, int64_t now_ns, int64_t *real_ns)
{
	const char *end;
	int64_t ns;

	if (!parse_span(text, &ns, &end)) {
		if (*end && strcmp(end, " ago"))
			return -EINVAL;
		*real_ns = now_ns - ns;
		return 0;
	}
	return mpy_time_parse(text, real_ns) ? -EINVAL : 0;
}
