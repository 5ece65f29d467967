// SPDX-License-Identifier: GPL-2.0-or-later
/* mpyctl status: is the sensor there, does it see, did it lose anything? */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/talk.h"
#include "core/json.h"

#define ANSWER_MS 10000

static const struct mpy_option options[] = { { 0 } };

/* Members of an object joined to one line of text. */
struct joined {
	FILE *stream;
	size_t n;
	bool nonzero; /* counts of 0 are left out */
};

static int join(void *context, const char *key, const struct mpy_json *member)
{
	struct joined *joined = context;
	const char *text = mpy_json_as_str(member, NULL);

	if (joined->nonzero && !mpy_json_as_int(member, 0))
		return 0;
	fprintf(joined->stream, "%s%s ", joined->n++ ? ", " : "", key);
	if (text)
		fputs(text, joined->stream);
	else
		fprintf(joined->stream, "%" PRId64, mpy_json_as_int(member, 0));
	return 0;
}

/* "key value, key value" of an object, escaped. The caller's. */
static char *join_members(const struct mpy_json *object, bool nonzero)
{
	struct joined joined = { .nonzero = nonzero };
	char *text, *safe;
	size_t size;

	joined.stream = mpy_cli_must(open_memstream(&text, &size));
	if (object)
		mpy_json_each(object, join, &joined);
	if (fclose(joined.stream))
		mpy_cli_must(NULL);
	safe = mpy_output_safe(text);
	free(text);
	return safe;
}

static void field(const struct mpy_output *out, const char *label,
		  const char *text)
{
	char *safe = mpy_output_safe(text);

	mpy_output_field(out, label, safe);
	free(safe);
}

struct loss {
	const struct mpy_output *out;
};

/* One line for each sight that lost something: which, how much, why. */
static int print_loss(void *context, const char *sight,
		      const struct mpy_json *counts)
{
	const struct loss *loss = context;
	char *causes = join_members(mpy_json_get(counts, "lost"), true);
	char *text;

	if (asprintf(&text, "%s: %s", sight, causes) < 0)
		mpy_cli_must(NULL);
	if (*causes)
		mpy_output_field(loss->out, "lost", text);
	free(causes);
	free(text);
	return 0;
}

static void events(const struct mpy_output *out, const struct mpy_json *status)
{
	const struct mpy_json *counts = mpy_json_get(status, "events");
	const struct mpy_json *by_sight = mpy_json_get(counts, "by_sight");
	const struct mpy_json *queue = mpy_json_get(status, "queue");
	struct loss loss = { out };
	char text[160];

	snprintf(text, sizeof(text),
		 "%" PRId64 " caused, %" PRId64 " delivered, %" PRId64 " lost",
		 mpy_json_int(counts, "caused", 0),
		 mpy_json_int(counts, "delivered", 0),
		 mpy_json_int(counts, "lost", 0));
	mpy_output_field(out, "events", text);
	if (by_sight)
		mpy_json_each(by_sight, print_loss, &loss);
	snprintf(text, sizeof(text),
		 "%" PRId64 " now, %" PRId64 " at most, limit %.1f MiB",
		 mpy_json_int(queue, "depth", 0), mpy_json_int(queue, "max", 0),
		 mpy_json_real(queue, "limit", 0) / (1 << 20));
	mpy_output_field(out, "queue", text);
}

/* What mpyd did with the events; older ones do not tell. */
static void work(const struct mpy_output *out, const struct mpy_json *status)
{
	static const char *const unusual[] = {
		"unjudged", "lost_findings", "unclassified",
		"refused_messages", "missing_messages"
	};
	const struct mpy_json *counts = mpy_json_get(status, "work");
	char text[160];
	size_t i;

	if (mpy_json_kind(counts) != MPY_JSON_OBJECT)
		return;
	snprintf(text, sizeof(text),
		 "%" PRId64 " judged, %" PRId64 " known, %" PRId64 " waiting",
		 mpy_json_int(counts, "judged", 0),
		 mpy_json_int(counts, "cache_hits", 0),
		 mpy_json_int(counts, "queued", 0) +
			 mpy_json_int(counts, "waiting", 0));
	mpy_output_field(out, "programs", text);
	for (i = 0; i < sizeof(unusual) / sizeof(*unusual); i++) {
		int64_t n = mpy_json_int(counts, unusual[i], 0);

		if (!n)
			continue;
		snprintf(text, sizeof(text), "%s: %" PRId64, unusual[i], n);
		mpy_output_field(out, "note", text);
	}
}

static void found(const struct mpy_output *out, const struct mpy_json *status)
{
	const char *last = mpy_json_str(status, "last_finding", NULL);
	char text[160], *time = mpy_output_time_text(last, true);

	snprintf(text, sizeof(text), "%" PRId64 ", and %" PRId64
		 " observations", mpy_json_int(status, "findings", 0),
		 mpy_json_int(status, "observations", 0));
	if (mpy_json_get(status, "findings"))
		mpy_output_field(out, "findings", text);
	mpy_output_field(out, "last found", last ? time : "nothing yet");
	free(time);
}

static void print_text(const struct mpy_output *out,
		       const struct mpy_json *status)
{
	bool healthy = mpy_json_bool(status, "healthy", false);
	char *sights = join_members(mpy_json_get(status, "sights"), false);

	fprintf(out->file, "%smpy is %s%s\n",
		mpy_output_colour(out, healthy ? MPY_GREEN : MPY_RED),
		healthy ? "healthy" : "degraded",
		mpy_output_colour(out, MPY_PLAIN));
	field(out, "problem", mpy_json_str(status, "problem", NULL));
	mpy_output_field(out, "sights", sights);
	events(out, status);
	work(out, status);
	field(out, "version", mpy_json_str(status, "version", "?"));
	field(out, "kernel", mpy_json_str(status, "kernel", "?"));
	field(out, "module", mpy_json_str(status, "module", "not loaded"));
	field(out, "model", mpy_json_str(status, "model", "none"));
	field(out, "database", mpy_json_str(status, "database", "?"));
	found(out, status);
	free(sights);
}

static enum mpy_exit print(const struct mpy_cli *cli,
			   const struct mpy_json *status)
{
	const char *module = mpy_json_str(status, "module", "");

	if (mpy_json_kind(mpy_json_get(status, "healthy")) != MPY_JSON_BOOL)
		return mpy_talk_failed(-EBADMSG);
	if (cli->json)
		mpy_cli_print_json(status, 0);
	else
		print_text(&cli->out, status);
	if (!*module) {
		mpy_cli_error("mpyd runs, but the module mpy is not loaded: "
			      "modprobe mpy");
		return MPY_EXIT_NO_DAEMON;
	}
	return mpy_json_bool(status, "healthy", false) ? MPY_EXIT_OK :
							 MPY_EXIT_DEGRADED;
}

static enum mpy_exit run(struct mpy_cli *cli)
{
	struct mpy_json *request = mpy_json_object(), *answer = NULL;
	enum mpy_exit status;
	struct mpy_talk talk;
	int err;

	mpy_json_set_str(request, "command", "status");
	status = mpy_talk_open(&talk, cli, request);
	if (!status) {
		err = mpy_talk_next(&talk, ANSWER_MS, &answer);
		status = err ? mpy_talk_failed(err) : print(cli, answer);
		mpy_json_free(answer);
	}
	mpy_talk_close(&talk);
	return status;
}

const struct mpy_command mpy_cmd_status = {
	.name = "status",
	.arguments = "",
	.need = MPY_NEED_DAEMON,
	.help = "is the sensor at work? what did it see and lose?",
	.options = options,
	.run = run,
};
