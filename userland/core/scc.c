// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scc.c - a finding as a notification of Google's Security Command Center,
 * API v2: names in camelCase, 64-bit integers as strings (the JSON mapping of
 * protocol buffers), values of enums by their published names.
 */

#include <stdio.h>
#include <string.h>

#include "core/finding.h"
#include "core/json.h"

/* Copies the string at key of from to name of to, if there is one. */
static void copy_str(struct mpy_json *to, const char *name,
		     const struct mpy_json *from, const char *key)
{
	size_t size;
	const char *text = mpy_json_strn(from, key, &size);

	if (text)
		mpy_json_set_bytes(to, name, text, size);
}

static void copy_value(struct mpy_json *to, const char *name,
		       const struct mpy_json *from, const char *key)
{
	const struct mpy_json *value = mpy_json_get(from, key);

	if (value)
		mpy_json_set(to, name, mpy_json_copy(value));
}

/* An integer as the string that protocol buffers want for 64 bits. */
static void copy_int64(struct mpy_json *to, const char *name,
		       const struct mpy_json *from, const char *key)
{
	char text[24];

	if (!mpy_json_get(from, key))
		return;
	snprintf(text, sizeof(text), "%lld",
		 (long long)mpy_json_int(from, key, 0));
	mpy_json_set_str(to, name, text);
}

static void copy_upper(struct mpy_json *to, const char *name,
		       const struct mpy_json *from, const char *key)
{
	const char *text = mpy_json_str(from, key, "");
	char upper[16];
	size_t i;

	for (i = 0; i < sizeof(upper) - 1 && text[i]; i++)
		upper[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ?
					  text[i] - 'a' + 'A' : text[i]);
	upper[i] = '\0';
	mpy_json_set_str(to, name, upper);
}

static struct mpy_json *words(const char *const *values, size_t n)
{
	struct mpy_json *array = mpy_json_array();
	size_t i;

	for (i = 0; i < n; i++)
		mpy_json_append_str(array, values[i]);
	return array;
}

static struct mpy_json *mitre(void)
{
	static const char *const primary[] = {
		"COMMAND_AND_SCRIPTING_INTERPRETER", "PYTHON",
	};
	static const char *const tactics[] = { "COMMAND_AND_CONTROL" };
	static const char *const additional[] = { "INGRESS_TOOL_TRANSFER" };
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_str(json, "primaryTactic", "EXECUTION");
	mpy_json_set(json, "primaryTechniques", words(primary, 2));
	mpy_json_set(json, "additionalTactics", words(tactics, 1));
	mpy_json_set(json, "additionalTechniques", words(additional, 1));
	return json;
}

static struct mpy_json *binary(const struct mpy_json *file)
{
	struct mpy_json *json = mpy_json_object();

	copy_str(json, "path", file, "path");
	copy_int64(json, "size", file, "size");
	if (mpy_json_get(file, "sha256")) {
		copy_str(json, "sha256", file, "sha256");
		copy_int64(json, "hashedSize", file, "size");
		mpy_json_set_bool(json, "partiallyHashed", false);
	}
	return json;
}

/* The digest of the whole file if it is known, else that of its prefix. */
static struct mpy_json *script(const struct mpy_json *from)
{
	struct mpy_json *json = mpy_json_object();
	bool whole = mpy_json_get(from, "file_sha256") != NULL;

	copy_str(json, "path", from, "path");
	copy_int64(json, "size", from,
		   mpy_json_get(from, "file_size") ? "file_size" :
						     "contents_size");
	copy_str(json, "sha256", from, whole ? "file_sha256" : "sha256");
	copy_int64(json, "hashedSize", from,
		   whole ? "file_size" : "contents_size");
	mpy_json_set_bool(json, "partiallyHashed",
			  !whole && mpy_json_bool(from, "contents_truncated",
						  false));
	copy_str(json, "contents", from, "contents");
	return json;
}

static struct mpy_json *processes(const struct mpy_json *finding)
{
	const struct mpy_json *process = mpy_json_get(finding, "process");
	const struct mpy_json *file = mpy_json_get(finding, "script");
	struct mpy_json *json = mpy_json_object();
	struct mpy_json *array = mpy_json_array();

	copy_str(json, "name", process, "name");
	mpy_json_set(json, "binary", binary(mpy_json_get(finding, "binary")));
	if (file)
		mpy_json_set(json, "script", script(file));
	copy_value(json, "args", process, "argv");
	copy_value(json, "argumentsTruncated", process, "argv_truncated");
	copy_int64(json, "pid", process, "pid");
	copy_int64(json, "parentPid", process, "ppid");
	copy_int64(json, "userId", process, "uid");
	mpy_json_append(array, json);
	return array;
}

/* Values of the indicators of one type (or of two). */
static struct mpy_json *values(const struct mpy_json *finding,
			       const char *type, const char *other)
{
	const struct mpy_json *all = mpy_json_get(finding, "indicators");
	struct mpy_json *array = mpy_json_array();
	size_t i;

	for (i = 0; i < mpy_json_length(all); i++) {
		const struct mpy_json *indicator = mpy_json_at(all, i);
		const char *its = mpy_json_str(indicator, "type", "");

		if (!strcmp(its, type) || !strcmp(its, other))
			mpy_json_append_str(array, mpy_json_str(indicator,
								"value", NULL));
	}
	return array;
}

static struct mpy_json *indicator(const struct mpy_json *finding)
{
	struct mpy_json *json = mpy_json_object();

	mpy_json_set(json, "ipAddresses", values(finding, "ip", "ip"));
	mpy_json_set(json, "domains", values(finding, "domain", "domain"));
	mpy_json_set(json, "uris", values(finding, "url", "webhook"));
	return json;
}

static struct mpy_json *context_link(const char *name, const char *url)
{
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_str(json, "displayName", name);
	mpy_json_set_str(json, "url", url);
	return json;
}

static struct mpy_json *context_uris(const struct mpy_json *finding)
{
	const struct mpy_json *links = mpy_json_get(finding, "links");
	const struct mpy_json *pages = mpy_json_get(links, "mitre");
	const char *virustotal = mpy_json_str(links, "virustotal", NULL);
	struct mpy_json *json = mpy_json_object();
	struct mpy_json *array;

	if (mpy_json_length(pages)) /* one link, to the first technique */
		mpy_json_set(json, "mitreUri",
			     context_link("MITRE ATT&CK",
					  mpy_json_str_at(pages, 0)));
	if (virustotal) {
		array = mpy_json_array();
		mpy_json_append(array, context_link("VirusTotal", virustotal));
		mpy_json_set(json, "virustotalIndicatorQueryUri", array);
	}
	return json;
}

/* Layers without their contents: the message has a bound. */
static struct mpy_json *layers(const struct mpy_json *finding)
{
	const struct mpy_json *all =
		mpy_json_get(mpy_json_get(finding, "script"), "layers");
	struct mpy_json *array = mpy_json_array();
	size_t i;

	for (i = 0; i < mpy_json_length(all); i++) {
		struct mpy_json *layer = mpy_json_copy(mpy_json_at(all, i));

		if (layer) {
			mpy_json_remove(layer, "contents");
			mpy_json_remove(layer, "contents_encoding");
			mpy_json_remove(layer, "contents_truncated");
		}
		mpy_json_append(array, layer);
	}
	return array;
}

static struct mpy_json *source_properties(const struct mpy_json *finding)
{
	const struct mpy_json *file = mpy_json_get(finding, "script");
	struct mpy_json *json = mpy_json_object();

	copy_str(json, "id", finding, "id");
	copy_str(json, "incident", finding, "incident");
	copy_value(json, "verdict", finding, "verdict");
	copy_value(json, "reasons", finding, "reasons");
	mpy_json_set(json, "layers", layers(finding));
	copy_str(json, "scriptSight", file, "sight");
	copy_str(json, "scriptContentsEncoding", file, "contents_encoding");
	copy_value(json, "occurrences", finding, "occurrences");
	mpy_json_set(json, "contextUris", context_uris(finding));
	return json;
}

static struct mpy_json *finding_part(const struct mpy_json *finding)
{
	const char *state = mpy_json_str(finding, "state", "active");
	const char *label = mpy_json_str(mpy_json_get(finding, "verdict"),
					 "label", "malicious");
	struct mpy_json *json = mpy_json_object();

	copy_str(json, "category", finding, "category");
	mpy_json_set_str(json, "parentDisplayName", "mpy");
	copy_str(json, "moduleName", finding, "slug");
	mpy_json_set_str(json, "findingClass",
			 strcmp(label, "malicious") ? "OBSERVATION" : "THREAT");
	copy_upper(json, "severity", finding, "severity");
	mpy_json_set_str(json, "state",
			 strcmp(state, "resolved") ? "ACTIVE" : "INACTIVE");
	mpy_json_set_str(json, "mute",
			 strcmp(state, "muted") ? "UNDEFINED" : "MUTED");
	copy_str(json, "eventTime", finding, "last_seen");
	copy_str(json, "createTime", finding, "first_seen");
	copy_str(json, "resourceName", mpy_json_get(finding, "resource"),
		 "name");
	copy_str(json, "description", finding, "description");
	copy_str(json, "nextSteps", finding, "next_steps");
	if (mpy_json_get(finding, "mitre"))
		mpy_json_set(json, "mitreAttack", mitre());
	mpy_json_set(json, "processes", processes(finding));
	mpy_json_set(json, "indicator", indicator(finding));
	mpy_json_set(json, "sourceProperties", source_properties(finding));
	return json;
}

static struct mpy_json *resource_part(const struct mpy_json *finding)
{
	const struct mpy_json *from = mpy_json_get(finding, "resource");
	struct mpy_json *json = mpy_json_object();
	struct mpy_json *project = mpy_json_object();

	copy_str(json, "name", from, "name");
	copy_str(json, "displayName", from, "project_display_name");
	copy_str(json, "type", from, "type");
	copy_str(project, "projectDisplayName", from, "project_display_name");
	mpy_json_set(json, "gcpMetadata", project);
	return json;
}

struct mpy_json *mpy_finding_scc(const struct mpy_json *finding)
{
	struct mpy_json *json = mpy_json_object();

	mpy_json_set(json, "finding", finding_part(finding));
	mpy_json_set(json, "resource", resource_part(finding));
	if (mpy_json_failed(json)) {
		mpy_json_free(json);
		return NULL;
	}
	return json;
}
