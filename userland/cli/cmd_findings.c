// SPDX-License-Identifier: GPL-2.0-or-later
/* mpyctl findings: the list of what was found, oldest first. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/period.h"
#include "cli/record.h"
#include "cli/report.h"
#include "core/finding.h"
#include "core/json.h"
#include "core/store.h"

enum { SINCE, UNTIL, SEVERITY, CATEGORY, LIMIT, OBSERVATIONS };

static const struct mpy_option options[] = {
	[SINCE] = { "since", 0, "T", "last seen at T or later" },
	[UNTIL] = { "until", 0, "T",
		    "last seen at T or before (T: 90s, 2h, 3d or RFC 3339)" },
	[SEVERITY] = { "severity", 0, "S",
		       "at least low, medium, high or critical" },
	[CATEGORY] = { "category", 0, "SLUG", "such as malicious-python" },
	[LIMIT] = { "limit", 'n', "N", "the newest N" },
	[OBSERVATIONS] = { "observations", 0, NULL,
			   "what was suspicious or unreadable instead" },
	{ 0 }
};

struct list {
	const struct mpy_cli *cli;
	size_t n;
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * (int64_t)1000000000 + now.tv_nsec;
}

static int parse_time(const char *name, const char *text, int64_t *ns)
{
	if (!text || !mpy_period_since(text, now_ns(), ns))
		return 0;
	mpy_cli_error("--%s wants a time: 90s, 2h, 3d (ago), or "
		      "2026-01-31T08:00:00Z", name);
	return -EINVAL;
}

static int parse_limit(const char *text, unsigned int *limit)
{
	unsigned long value;
	char *end;

	if (!text)
		return 0;
	value = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && value > 0 &&
	    value <= 1000000000) {
		*limit = (unsigned int)value;
		return 0;
	}
	mpy_cli_error("--limit wants a number from 1 on");
	return -EINVAL;
}

static int parse_severity(const char *text, int *severity)
{
	if (!text)
		return 0;
	*severity = mpy_severity_parse(text);
	if (*severity >= 0)
		return 0;
	mpy_cli_error("--severity wants low, medium, high or critical");
	return -EINVAL;
}

static int parse(const struct mpy_cli *cli, struct mpy_store_query *query)
{
	query->slug = cli->options[CATEGORY];
	query->observations = cli->options[OBSERVATIONS];
	return parse_time("since", cli->options[SINCE], &query->since_ns) ||
	       parse_time("until", cli->options[UNTIL], &query->until_ns) ||
	       parse_severity(cli->options[SEVERITY], &query->min_severity) ||
	       parse_limit(cli->options[LIMIT], &query->limit);
}

static int print(void *context, const struct mpy_json *finding)
{
	struct list *list = context;

	if (list->cli->json) {
		mpy_cli_print_json(finding, 0);
	} else {
		if (!list->n)
			mpy_report_head(&list->cli->out);
		mpy_report_row(&list->cli->out, finding);
	}
	list->n++;
	/* No use in reading on for nobody. */
	return ferror(stdout) ? -EPIPE : 0;
}

static void end_text(const struct list *list, bool observations)
{
	const char *what = observations ? "observation" : "finding";

	fflush(stdout);
	if (!list->n)
		fprintf(stderr, "no %ss\n", what);
	else
		fprintf(stderr, "%zu %s%s; details: mpyctl show ID\n", list->n,
			what, list->n == 1 ? "" : "s");
}

static enum mpy_exit run(struct mpy_cli *cli)
{
	struct mpy_store_query query = { 0 };
	struct list list = { .cli = cli };
	struct mpy_store *store;
	int err;

	if (parse(cli, &query))
		return MPY_EXIT_USAGE;
	store = mpy_record_open(cli);
	if (!store)
		return MPY_EXIT_FAILURE;
	err = mpy_store_list(store, &query, print, &list);
	if (err && !ferror(stdout))
		mpy_cli_error("the database cannot be read on: %s",
			      mpy_store_error(store));
	else if (!cli->json)
		end_text(&list, query.observations);
	mpy_store_close(store);
	return err ? MPY_EXIT_FAILURE : MPY_EXIT_OK;
}

const struct mpy_command mpy_cmd_findings = {
	.name = "findings",
	.arguments = "",
	.need = MPY_NEED_DATABASE,
	.help = "list what was found, oldest first",
	.options = options,
	.run = run,
};
