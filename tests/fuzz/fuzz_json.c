// SPDX-License-Identifier: GPL-2.0-or-later
/* Text that parses must print to text that parses to the same text. */

#include <stdlib.h>
#include <string.h>

#include "core/finding.h"
#include "core/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_time(const struct mpy_json *value)
{
	char text[40];
	int64_t ns, again;

	if (mpy_time_parse(mpy_json_as_str(value, ""), &ns))
		return;
	mpy_time_format(ns, text, sizeof(text));
	if (mpy_time_parse(text, &again) || again != ns)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpy_json *value, *again, *scc;
	char why[100], *text, *second;
	size_t length;

	value = mpy_json_parse((const char *)data, size, why, sizeof(why));
	if (!value)
		return 0;
	text = mpy_json_print(value, 0, &length);
	if (!text || strlen(text) != length || strchr(text, '\n'))
		abort();
	again = mpy_json_parse(text, length, why, sizeof(why));
	if (!again)
		abort();
	second = mpy_json_print(again, 0, NULL);
	if (!second || strcmp(text, second))
		abort();
	check_time(value);
	/* what the store and --format scc make of a record that somebody
	 * wrote into the database */
	mpy_finding_set_state(value, "active", 0, 1, 2, "x");
	mpy_finding_set_contents(mpy_json_get_mutable(value, "script"),
				 (const uint8_t *)"\xff", 1);
	mpy_json_append_str(mpy_json_get_mutable(value, "related"), "x");
	if (mpy_json_failed(value))
		abort();
	scc = mpy_finding_scc(value);
	if (!scc)
		abort();
	mpy_json_free(scc);
	mpy_json_free(value);
	mpy_json_free(again);
	free(text);
	free(second);
	return 0;
}
