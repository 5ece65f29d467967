// SPDX-License-Identifier: GPL-2.0-or-later
/* The finding's JSON: every key of the contract, absent when unknown. */

#include "../test.h"

#include <errno.h>

#include "core/json.h"
#include "fixture.h"

/* The member at "a.b.0.c". */
static const struct mpy_json *at(const struct mpy_json *json, const char *path)
{
	char name[64];
	size_t n;

	for (; json && *path; path += n + (path[n] == '.')) {
		n = strcspn(path, ".");
		snprintf(name, sizeof(name), "%.*s", (int)n, path);
		json = mpy_json_kind(json) == MPY_JSON_ARRAY ?
			       mpy_json_at(json, strtoul(name, NULL, 10)) :
			       mpy_json_get(json, name);
	}
	return json;
}

static const char *text_at(const struct mpy_json *json, const char *path)
{
	return mpy_json_as_str(at(json, path), "(absent)");
}

static int64_t int_at(const struct mpy_json *json, const char *path)
{
	return mpy_json_as_int(at(json, path), -1);
}

static void has_every_key(void)
{
	static const char *const keys[] = {
		"incident", "category", "slug", "severity", "state", "time",
		"first_seen", "last_seen", "occurrences", "description",
		"next_steps", "related", "digest", "verdict.label",
		"verdict.probability", "verdict.raw", "verdict.threshold",
		"verdict.model", "reasons.0.text", "reasons.0.line",
		"reasons.0.layer", "reasons.0.contribution",
		"indicators.0.type", "indicators.0.value",
		"indicators.0.layer", "process.pid", "process.start_time",
		"process.ppid", "process.name", "process.uid", "process.euid",
		"process.gid", "process.cwd", "process.argv.1",
		"process.argv_base64.1", "process.argv_truncated",
		"process.ancestors", "binary.path", "binary.sha256",
		"binary.size", "binary.dev", "binary.inode", "script.sight",
		"script.path", "script.deleted", "script.contents",
		"script.contents_encoding", "script.contents_size",
		"script.contents_truncated", "script.sha256",
		"script.file_sha256", "script.file_size", "script.line_count",
		"script.layers.0.index", "script.layers.0.kind",
		"script.layers.0.sha256", "script.layers.0.size",
		"script.layers.0.contents",
		"script.layers.0.contents_encoding",
		"script.layers.0.contents_truncated", "resource.name",
		"resource.type", "resource.project_display_name",
		"links.virustotal", "links.mitre.2", "mitre.tactics.0",
		"mitre.techniques.2", "action.taken", "action.latency_us",
		"timeline.0.time", "timeline.0.what", "runs.0.time",
		"runs.0.pid", "runs.0.argv.0",
	};
	struct mpy_finding *finding = make_finding("print(1)\n", 77, T0);
	struct mpy_json *json = mpy_finding_json(finding);
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!at(json, keys[i]))
			printf("# no %s\n", keys[i]);
		CHECK(at(json, keys[i]));
	}
	CHECK_STR(text_at(json, "category"),
		  "Execution: Malicious Python executed");
	CHECK_STR(text_at(json, "severity"), "critical");
	CHECK_STR(text_at(json, "state"), "active");
	CHECK_STR(text_at(json, "time"), "2023-11-14T22:13:20.123456789Z");
	CHECK(int_at(json, "occurrences") == 1);
	CHECK_STR(text_at(json, "process.argv_base64.1"),
		  "L3RtcC94/y5weQ==");
	CHECK_STR(text_at(json, "mitre.techniques.1"), "T1059.006");
	CHECK_STR(text_at(json, "links.mitre.1"),
		  "https://attack.mitre.org/techniques/T1059/006/");
	CHECK(strstr(text_at(json, "links.virustotal"),
		     finding->script.file_sha256));
	CHECK_STR(text_at(json, "action.taken"), "none");
	CHECK(!at(json, "process.loginuid") && !at(json, "id") &&
	      !at(json, "script.path_base64") && !at(json, "container"));
	mpy_json_free(json);
	mpy_finding_free(finding);
}

static void absent_when_unknown(void)
{
	struct mpy_finding *finding = make_finding("x", 1, T0);
	struct mpy_json *json;
	char *text;

	free(finding->script.path);
	finding->script.path = NULL;
	finding->script.sight = "argv";
	finding->script.file_sha256[0] = '\0';
	finding->script.file_sha256_absent = strdup("not a file");
	finding->script.has_file_size = false;
	finding->binary.has_identity = false;
	finding->binary.sha256[0] = '\0';
	finding->process.has_loginuid = true;
	finding->process.loginuid = 1000;
	json = mpy_finding_json(finding);
	CHECK(!at(json, "script.path") && !at(json, "script.deleted"));
	CHECK(!at(json, "script.file_sha256") && !at(json, "script.file_size"));
	CHECK_STR(text_at(json, "script.file_sha256_absent"), "not a file");
	CHECK(!at(json, "binary.size") && !at(json, "binary.sha256"));
	CHECK(int_at(json, "process.loginuid") == 1000);
	CHECK(strstr(text_at(json, "links.virustotal"),
		     finding->script.sha256));
	text = mpy_json_print(json, 0, NULL);
	CHECK(text && !strstr(text, "null"));
	free(text);
	mpy_json_free(json);
	mpy_finding_free(finding);
}

static void contents_keep_their_bytes(void)
{
	struct mpy_finding *finding = make_finding("\xef\xbb\xbfprint()", 1,
						   T0);
	struct mpy_json *json = mpy_finding_json(finding);

	CHECK_STR(text_at(json, "script.contents"), "\xef\xbb\xbfprint()");
	mpy_json_free(json);
	finding->script.contents[0] = 0xff;
	json = mpy_finding_json(finding);
	CHECK_STR(text_at(json, "script.contents_encoding"), "base64");
	CHECK_STR(text_at(json, "script.contents"), "/7u/cHJpbnQoKQ==");
	CHECK(int_at(json, "script.contents_size") == 10);
	mpy_json_free(json);
	mpy_finding_free(finding);
}

static void unreadable_says_why(void)
{
	struct mpy_finding *finding = make_finding("x", 1, T0);
	struct mpy_verdict *verdict = finding->judgement->verdict;
	struct mpy_json *json;

	verdict->label = MPY_UNREADABLE;
	verdict->unreadable = strdup("the judge died");
	verdict->bounds = MPY_BOUND_STEPS | MPY_BOUND_TEXT;
	json = mpy_finding_json(finding);
	CHECK(!at(json, "verdict.probability"));
	CHECK_STR(text_at(json, "verdict.unreadable"), "the judge died");
	CHECK_STR(text_at(json, "verdict.bounds.1"), "steps");
	CHECK(strstr(text_at(json, "description"), "could not be judged"));
	mpy_json_free(json);
	mpy_finding_free(finding);
}

static int same_key(struct mpy_finding *a, struct mpy_finding *b)
{
	char x[65], y[65];

	CHECK(!mpy_finding_key(a, x) && !mpy_finding_key(b, y));
	return !strcmp(x, y);
}

static void key_is_of_six_parts(void)
{
	struct mpy_finding *a = make_finding("x", 1, T0);
	struct mpy_finding *b = make_finding("x", 2, T0 + 99);

	CHECK(same_key(a, b));
	b->process.uid++;
	CHECK(!same_key(a, b));
	b->process.uid--;
	b->observation = true;
	CHECK(!same_key(a, b));
	b->observation = false;
	b->script.sha256[0] ^= 1;
	CHECK(!same_key(a, b));
	b->script.sha256[0] ^= 1;
	free(b->script.path);
	b->script.path = strdup("");
	CHECK(!same_key(a, b));
	free(a->script.path);
	a->script.path = NULL; /* absent is not empty */
	CHECK(!same_key(a, b));
	mpy_finding_free(a);
	mpy_finding_free(b);
}

static size_t cut(const char *text, size_t limit)
{
	return mpy_contents_cut((const uint8_t *)text, strlen(text), limit);
}

static void cuts_at_a_character(void)
{
	CHECK(cut("abcdef", 9) == 6);
	CHECK(cut("abcdef", 3) == 3);
	CHECK(cut("ab\xc3\xa9z", 3) == 2);
	CHECK(cut("ab\xc3\xa9z", 4) == 4);
	CHECK(cut("a\xf0\x9f\x98\x80z", 2) == 1);
	CHECK(cut("a\xf0\x9f\x98\x80z", 4) == 1);
	CHECK(cut("a\xf0\x9f\x98\x80z", 5) == 5);
	/* no characters: any cut is as good */
	CHECK(cut("\x80\x80\x80\x80\x80\x80", 5) == 5);
	CHECK(cut("ab\xff\xff\xff", 4) == 4);
	CHECK(cut("abc", 0) == 0);
}

static void digest_covers_the_record(void)
{
	struct mpy_finding *finding = make_finding("x", 1, T0);
	struct mpy_json *record, *json;
	char hex[MPY_SHA256_HEX], *text;

	finding->id = strdup("0123456789");
	record = mpy_finding_record(finding);
	text = mpy_json_print(record, 0, NULL);
	CHECK(!mpy_hash_bytes(text, strlen(text), hex));
	json = mpy_finding_json(finding);
	CHECK_STR(text_at(json, "digest"), hex);
	CHECK(!at(record, "occurrences") && !at(record, "script.contents"));
	free(text);
	mpy_json_free(record);
	mpy_json_free(json);
	finding->process.uid++;
	json = mpy_finding_json(finding);
	CHECK(strcmp(text_at(json, "digest"), hex));
	mpy_json_free(json);
	mpy_finding_free(finding);
}

static void tells_google(void)
{
	struct mpy_finding *finding = make_finding("print(1)\n", 77, T0);
	struct mpy_json *json = mpy_finding_json(finding);
	struct mpy_json *scc = mpy_finding_scc(json);

	CHECK_STR(text_at(scc, "finding.category"), MPY_CATEGORY_MAIN);
	CHECK_STR(text_at(scc, "finding.findingClass"), "THREAT");
	CHECK_STR(text_at(scc, "finding.severity"), "CRITICAL");
	CHECK_STR(text_at(scc, "finding.state"), "ACTIVE");
	CHECK_STR(text_at(scc, "finding.moduleName"), "malicious-python");
	CHECK_STR(text_at(scc, "finding.eventTime"),
		  "2023-11-14T22:13:20.123456789Z");
	CHECK_STR(text_at(scc, "finding.resourceName"),
		  "//host/0123456789abcdef");
	CHECK_STR(text_at(scc, "finding.mitreAttack.primaryTactic"),
		  "EXECUTION");
	CHECK_STR(text_at(scc, "finding.processes.0.pid"), "77");
	CHECK_STR(text_at(scc, "finding.processes.0.parentPid"), "1");
	CHECK_STR(text_at(scc, "finding.processes.0.userId"), "1000");
	CHECK_STR(text_at(scc, "finding.processes.0.script.size"), "9");
	CHECK_STR(text_at(scc, "finding.processes.0.script.hashedSize"), "9");
	CHECK_STR(text_at(scc, "finding.processes.0.script.contents"),
		  "print(1)\n");
	CHECK_STR(text_at(scc, "finding.processes.0.args.0"), "python3");
	CHECK(mpy_json_kind(at(scc, "finding.processes.0.argumentsTruncated"))
	      == MPY_JSON_BOOL);
	CHECK_STR(text_at(scc, "finding.indicator.ipAddresses.0"),
		  "192.0.2.7");
	CHECK_STR(text_at(scc, "finding.indicator.uris.0"),
		  "http://example.invalid/x");
	CHECK(at(scc, "finding.sourceProperties.verdict.probability"));
	CHECK(at(scc, "finding.sourceProperties.reasons.1"));
	CHECK(at(scc, "finding.sourceProperties.layers.0.sha256"));
	CHECK(!at(scc, "finding.sourceProperties.layers.0.contents"));
	CHECK(at(scc, "finding.sourceProperties.contextUris"));
	CHECK_STR(text_at(scc, "resource.name"), "//host/0123456789abcdef");
	mpy_json_free(scc);
	mpy_json_free(json);
	/* from anything at all: no crash */
	json = mpy_json_array();
	scc = mpy_finding_scc(json);
	CHECK(scc);
	mpy_json_free(scc);
	mpy_json_free(json);
	mpy_finding_free(finding);
}

static void names_severities(void)
{
	CHECK(mpy_severity_parse("high") == MPY_HIGH);
	CHECK(mpy_severity_parse("HIGH") == -EINVAL);
	CHECK_STR(mpy_severity_name(MPY_LOW), "low");
}

int main(void)
{
	RUN(has_every_key);
	RUN(absent_when_unknown);
	RUN(contents_keep_their_bytes);
	RUN(unreadable_says_why);
	RUN(key_is_of_six_parts);
	RUN(cuts_at_a_character);
	RUN(digest_covers_the_record);
	RUN(tells_google);
	RUN(names_severities);
	return DONE();
}
