// SPDX-License-Identifier: GPL-2.0-or-later
/* mpyctl findings and show over a database that the store has written. */
#include <errno.h>

#include "../core/fixture.h"
#include "../test.h"
#include "cli/cli.h"
#include "core/json.h"
#include "core/store.h"

#define S 1000000000ll

static const char code[] =
	"import os\nx = 1\ny = 2\n\n\n\nexec(\"http://example.invalid/x\")\n"
	"\033[2Jz = 3\n\n\n\n\n\nlast = 1\n";

static char newest_id[64];

/* Two findings, of which one ran twice, and one observation. */
static void fill(const char *path)
{
	struct mpy_finding *finding;
	struct mpy_store *store;
	char why[256], id[64];
	int i;

	if (mpy_store_open(path, MPY_STORE_WRITE, &store, why, sizeof(why)))
		abort();
	for (i = 0; i < 4; i++) {
		finding = make_finding(i < 2 ? "print(1)" : code, 100 + i,
				       T0 + i * 3600 * S);
		finding->observation = i == 3;
		if (i == 2) {
			free(finding->script.path);
			finding->script.path = NULL;
			finding->script.sight = "argv";
		}
		if (mpy_store_add(store, finding, id, sizeof(id)) < 0)
			abort();
		if (i == 2)
			snprintf(newest_id, sizeof(newest_id), "%s", id);
		mpy_finding_free(finding);
	}
	if (mpy_store_commit(store))
		abort();
	mpy_store_close(store);
}

/* What a command prints; the caller's. options: by index of its table. */
static char *output(const struct mpy_command *command, const char *database,
		    char *arg, const char *const *options, bool json,
		    enum mpy_exit expected)
{
	FILE *file = tmpfile(), *quiet = tmpfile();
	int out = dup(1), err = dup(2);
	struct mpy_cli cli = { .json = json,
			       .database = database,
			       .args = &arg,
			       .n_args = arg != NULL };
	enum mpy_exit status;
	char *text;
	long size;

	memcpy(cli.options, options, sizeof(cli.options));
	fflush(stdout);
	dup2(fileno(file), 1);
	dup2(fileno(quiet), 2);
	mpy_output_init(&cli.out, stdout, false);
	status = command->run(&cli);
	fflush(stdout);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	CHECK(status == expected);
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	text = calloc(1, size + 1);
	CHECK(fread(text, 1, size, file) == (size_t)size);
	fclose(file);
	fclose(quiet);
	return text;
}

static size_t lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static size_t widest(const char *text)
{
	size_t most = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");

		/* The link is never broken. */
		if (length > most && !strstr(text, "virustotal") &&
		    strncmp(text, "  https://www.virustotal.com/", 29))
			most = length;
		text += length + (text[length] == '\n');
	}
	return most;
}

static const char *const none[MPY_OPTIONS_MAX];

static void list_is_a_table(void)
{
	char *text = output(&mpy_cmd_findings, in_scratch("db"), NULL, none,
			    false, MPY_EXIT_OK);
	char *second = strchr(strchr(text, '\n') + 1, '\n') + 1;

	CHECK(lines(text) == 3);
	CHECK(strstr(text, "critical 0.987    2 /tmp/x.py"));
	CHECK(!strncmp(second, newest_id, 12));
	CHECK(strstr(second, "critical 0.987    1 -c import"));
	CHECK(widest(text) <= 80);
	free(text);
}

static void list_json_is_a_line_each(void)
{
	char *text = output(&mpy_cmd_findings, in_scratch("db"), NULL, none,
			    true, MPY_EXIT_OK), *end, why[80];
	struct mpy_json *json;

	CHECK(lines(text) == 2);
	end = strchr(text, '\n');
	json = mpy_json_parse(text, end - text, why, sizeof(why));
	CHECK(json != NULL);
	CHECK(mpy_json_int(json, "occurrences", 0) == 2);
	CHECK_STR(mpy_json_str(mpy_json_get(json, "script"), "contents", ""),
		  "print(1)");
	mpy_json_free(json);
	free(text);
}

static size_t count(const char *since, const char *until, const char *severity,
		    const char *category, const char *limit,
		    const char *observations)
{
	const char *options[MPY_OPTIONS_MAX] = { since,	   until,
						 severity, category,
						 limit,	   observations };
	char *text = output(&mpy_cmd_findings, in_scratch("db"), NULL, options,
			    true, MPY_EXIT_OK);
	size_t n = lines(text);

	free(text);
	return n;
}

static void list_is_filtered(void)
{
	/* T0 is 2023-11-14T22:13:20Z; last seen one and two hours later. */
	CHECK(count("2023-11-14T23:00:00Z", NULL, NULL, NULL, NULL, NULL) == 2);
	CHECK(count("2023-11-15T00:00:00Z", NULL, NULL, NULL, NULL, NULL) == 1);
	CHECK(count(NULL, "2023-11-15T00:00:00Z", NULL, NULL, NULL, NULL) == 1);
	CHECK(count("1h", NULL, NULL, NULL, NULL, NULL) == 0);
	CHECK(count(NULL, NULL, "critical", NULL, NULL, NULL) == 2);
	CHECK(count(NULL, NULL, NULL, "malicious-python", NULL, NULL) == 2);
	CHECK(count(NULL, NULL, NULL, "reverse-shell", NULL, NULL) == 0);
	CHECK(count(NULL, NULL, NULL, NULL, "1", NULL) == 1);
	CHECK(count(NULL, NULL, NULL, NULL, NULL, "") == 1);
}

static void show_has_everything(void)
{
	static const char *const expected[] = {
		"critical  Execution: Malicious Python executed",
		"state        active",
		"decodes base64 and executes the result",
		"sight        argv",
		"/usr/bin/python3.11",
		"command      python3 /tmp/x\\xff.py",
		"uid 1000, euid 1000, gid 1000",
		">    7 | exec(\"hxxp://example[.]invalid/x\")",
		"     8 | \\x1b[2Jz = 3",
		"... (all of it: --full)",
		"1   base64",
		"print(\"layer\")",
		"(cut off: only the beginning was kept)",
		"url          hxxp://example[.]invalid/x",
		"ip           192[.]0[.]2[.]7",
		"T1059 T1059.006 T1105",
		"\n  https://www.virustotal.com/gui/file/",
		"\n  1. Read the reasons",
		"\n  2. Look at process",
		"python3 opened /tmp/x.py",
	};
	char *text = output(&mpy_cmd_show, in_scratch("db"), newest_id, none,
			    false, MPY_EXIT_OK);
	size_t i;

	for (i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		if (!strstr(text, expected[i]))
			printf("# lacks: %s\n", expected[i]);
		CHECK(strstr(text, expected[i]));
	}
	CHECK(!strstr(text, "http://example.invalid"));
	CHECK(!strchr(text, '\033'));
	CHECK(!strstr(text, "last = 1"));
	CHECK(widest(text) <= 80);
	free(text);
}

static void show_full_is_uncut(void)
{
	const char *options[MPY_OPTIONS_MAX] = { NULL, "" };
	char *text = output(&mpy_cmd_show, in_scratch("db"), newest_id, options,
			    false, MPY_EXIT_OK);

	CHECK(strstr(text, "    14 | last = 1"));
	free(text);
}

static void show_formats(void)
{
	const char *scc[MPY_OPTIONS_MAX] = { "scc" };
	const char *json[MPY_OPTIONS_MAX] = { "json" };
	char *text;

	text = output(&mpy_cmd_show, in_scratch("db"), newest_id, scc, true,
		      MPY_EXIT_OK);
	CHECK(lines(text) == 1);
	CHECK(strstr(text, "\"findingClass\":\"THREAT\""));
	free(text);
	text = output(&mpy_cmd_show, in_scratch("db"), newest_id, json, false,
		      MPY_EXIT_OK);
	CHECK(lines(text) > 20);
	CHECK(strstr(text, "http://example.invalid/x"));
	free(text);
	text = output(&mpy_cmd_show, in_scratch("db"), newest_id, none, true,
		      MPY_EXIT_OK);
	CHECK(lines(text) == 1);
	free(text);
}

static void show_takes_a_prefix(void)
{
	char prefix[] = "0123456789abcdefghij";
	char *text;

	snprintf(prefix, sizeof(prefix), "%.12s", newest_id);
	text = output(&mpy_cmd_show, in_scratch("db"), prefix, none, true,
		      MPY_EXIT_OK);
	CHECK(strstr(text, newest_id));
	free(text);
}

static char *page; /* mpyctl.1 */

static bool has_word(const char *text, const char *word)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t length = strlen(word);
	const char *at;

	for (at = strstr(text, word); at; at = strstr(at + 1, word)) {
		if (!strchr(letters, at[length]) && !strchr(letters, at[-1]))
			return true;
	}
	return false;
}

static int check_key(void *context, const char *key,
		     const struct mpy_json *member)
{
	if (key && !has_word(page, key)) {
		printf("# mpyctl.1 lacks %s\n", key);
		CHECK(!"documented");
	}
	if (mpy_json_kind(member) == MPY_JSON_OBJECT ||
	    mpy_json_kind(member) == MPY_JSON_ARRAY)
		mpy_json_each(member, check_key, NULL);
	return 0;
}

static void every_key_is_documented(void)
{
	FILE *file = fopen("userland/man/mpyctl.1", "r");
	struct mpy_json *json;
	char why[80], *text;
	size_t size = 0;

	if (!file)
		SKIP("not started in the top folder");
	CHECK(getdelim(&page, &size, 0, file) > 0);
	fclose(file);
	text = output(&mpy_cmd_show, in_scratch("db"), newest_id, none, true,
		      MPY_EXIT_OK);
	json = mpy_json_parse(text, strlen(text) - 1, why, sizeof(why));
	CHECK(json != NULL);
	check_key(NULL, NULL, json);
	mpy_json_free(json);
	free(text);
	free(page);
}

static void what_is_not_there_is_a_failure(void)
{
	char missing[] = "zzzzzzzzzz", shorter[] = "0";

	free(output(&mpy_cmd_show, in_scratch("db"), missing, none, false,
		    MPY_EXIT_FAILURE));
	free(output(&mpy_cmd_show, in_scratch("db"), shorter, none, false,
		    MPY_EXIT_FAILURE));
	free(output(&mpy_cmd_show, in_scratch("none"), missing, none, false,
		    MPY_EXIT_FAILURE));
	free(output(&mpy_cmd_findings, in_scratch("none"), NULL, none, false,
		    MPY_EXIT_FAILURE));
}

static void damage_is_a_failure(void)
{
	FILE *file = fopen(in_scratch("junk"), "w");

	fputs("this is no database, whatever its name says\n", file);
	fclose(file);
	free(output(&mpy_cmd_findings, in_scratch("junk"), NULL, none, true,
		    MPY_EXIT_FAILURE));
	free(output(&mpy_cmd_findings, scratch, NULL, none, true,
		    MPY_EXIT_FAILURE));
}

static size_t times(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		n++;
	return n;
}

/* Names made by an enemy: escaped once for people, exact for programs. */
static void names_are_escaped_once(void)
{
	static const char name[] = "/tmp/a\\b\033[31m\xff.py";
	struct mpy_finding *finding = make_finding("x", 1, T0);
	const char *database = in_scratch("names");
	char id[64], why[256], *text;
	struct mpy_store *store;
	struct mpy_json *json;

	CHECK(!mpy_store_open(database, MPY_STORE_WRITE, &store, why,
			      sizeof(why)));
	free(finding->script.path);
	finding->script.path = strdup(name);
	CHECK(!mpy_store_add(store, finding, id, sizeof(id)));
	finding->observation = true; /* of the same process: a timeline[] */
	CHECK(!mpy_store_add(store, finding, why, MPY_STORE_ID));
	CHECK(!mpy_store_commit(store));
	mpy_store_close(store);
	mpy_finding_free(finding);
	text = output(&mpy_cmd_show, database, id, none, false, MPY_EXIT_OK);
	/* in the summary, as the path, in the timeline */
	CHECK(times(text, "/tmp/a\\\\b\\x1b[31m\\xff.py") == 3);
	CHECK(!strstr(text, "\\\\\\\\") && !strchr(text, '\033'));
	free(text);
	text = output(&mpy_cmd_findings, database, NULL, none, false,
		      MPY_EXIT_OK);
	CHECK(times(text, "[31m\\xff.py") == 1);
	CHECK(!strstr(text, "\\\\xff"));
	free(text);
	text = output(&mpy_cmd_show, database, id, none, true, MPY_EXIT_OK);
	json = mpy_json_parse(text, strlen(text) - 1, why, sizeof(why));
	CHECK(strstr(mpy_json_str(json, "description", ""),
		     "/tmp/a\\b\033[31m\xef\xbf\xbd.py, run by"));
	CHECK(mpy_json_get(json, "description_base64") != NULL);
	mpy_json_free(json);
	free(text);
}

int main(void)
{
	scratch_make();
	fill(in_scratch("db"));
	RUN(list_is_a_table);
	RUN(list_json_is_a_line_each);
	RUN(list_is_filtered);
	RUN(show_has_everything);
	RUN(show_full_is_uncut);
	RUN(show_formats);
	RUN(show_takes_a_prefix);
	RUN(names_are_escaped_once);
	RUN(every_key_is_documented);
	RUN(what_is_not_there_is_a_failure);
	RUN(damage_is_a_failure);
	return DONE();
}
