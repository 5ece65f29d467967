// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * finding.c - the finding and its JSON form. Keys are absent when a fact is
 * unknown; bytes that are no UTF-8 have their exact form beside them.
 */

#include "core/finding.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/json.h"
#include "core/judgeproc.h"

/* ---- ownership ---------------------------------------------------------- */

struct mpy_finding *mpy_finding_new(void)
{
	return calloc(1, sizeof(struct mpy_finding));
}

static void free_strings(char **strings, size_t n)
{
	size_t i;

	for (i = 0; strings && i < n; i++)
		free(strings[i]);
	free(strings);
}

static void free_process(struct mpy_process *process)
{
	size_t i;

	free(process->name);
	free(process->cwd);
	free(process->cgroup);
	free_strings(process->argv, process->argc);
	for (i = 0; i < process->n_ancestors; i++) {
		free(process->ancestors[i].exe);
		free_strings(process->ancestors[i].argv,
			     process->ancestors[i].argc);
	}
	free(process->ancestors);
}

static void free_script(struct mpy_script *script)
{
	free(script->path);
	free(script->path_inside);
	free(script->link);
	free(script->contents);
	free(script->file_sha256_absent);
}

void mpy_finding_free(struct mpy_finding *finding)
{
	size_t i;

	if (!finding)
		return;
	free(finding->id);
	free(finding->incident);
	free(finding->description);
	free(finding->next_steps);
	mpy_judgement_free(finding->judgement);
	free(finding->model);
	free_process(&finding->process);
	free(finding->binary.path);
	free(finding->binary.path_inside);
	free(finding->binary.link);
	free_script(&finding->script);
	free(finding->resource_name);
	free(finding->resource_type);
	free(finding->project);
	for (i = 0; i < finding->n_timeline; i++)
		free(finding->timeline[i].what);
	free(finding->timeline);
	free(finding);
}

/* ---- small things ------------------------------------------------------- */

static const char *const severities[] = { "low", "medium", "high",
					  "critical" };

const char *mpy_severity_name(enum mpy_severity severity)
{
	return severities[severity];
}

int mpy_severity_parse(const char *name)
{
	int i;

	for (i = MPY_LOW; i <= MPY_CRITICAL; i++)
		if (!strcmp(name, severities[i]))
			return i;
	return -EINVAL;
}

size_t mpy_contents_cut(const uint8_t *data, size_t size, size_t limit)
{
	size_t back;
	uint32_t point;

	if (size <= limit)
		return size;
	/* a character that straddles the limit begins at most 3 before it */
	for (back = 1; back <= 3 && back <= limit; back++) {
		const uint8_t *p = data + limit - back;

		if ((*p & 0xc0) == 0x80)
			continue;
		if (mpy_utf8_step(p, size - (limit - back), &point) > back)
			return limit - back;
		break;
	}
	return limit;
}

/* A field of the key: its length keeps neighbours apart. */
static int add_field(struct mpy_hash *hash, const char *text)
{
	uint64_t size = text ? strlen(text) : UINT64_MAX;
	uint8_t length[8];
	int i, r;

	for (i = 0; i < 8; i++)
		length[i] = (uint8_t)(size >> (8 * i));
	r = mpy_hash_add(hash, length, sizeof(length));
	if (!r && text)
		r = mpy_hash_add(hash, text, size);
	return r;
}

int mpy_finding_key(const struct mpy_finding *finding, char hex[65])
{
	struct mpy_hash *hash = mpy_hash_begin();
	char uid[16];
	int r, end;

	if (!hash)
		return -ENOMEM;
	snprintf(uid, sizeof(uid), "%u", finding->process.uid);
	r = add_field(hash, finding->observation ? "observation" : "finding");
	if (!r)
		r = add_field(hash, finding->slug);
	if (!r)
		r = add_field(hash, finding->script.sha256);
	if (!r)
		r = add_field(hash, finding->script.path);
	if (!r)
		r = add_field(hash, finding->binary.path);
	if (!r)
		r = add_field(hash, NULL); /* container */
	if (!r)
		r = add_field(hash, uid);
	end = mpy_hash_end(hash, hex);
	return r ? r : end;
}

/* ---- verdict ------------------------------------------------------------ */

static struct mpy_json *reason_json(const struct mpy_reason *reason)
{
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_str(json, "text", reason->text);
	if (reason->line)
		mpy_json_set_int(json, "line", reason->line);
	mpy_json_set_int(json, "layer", reason->layer);
	mpy_json_set_real(json, "contribution", reason->contribution);
	return json;
}

static struct mpy_json *indicator_json(const struct mpy_indicator *indicator)
{
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_str(json, "type", mpy_indicator_name(indicator->type));
	mpy_json_set_str(json, "value", indicator->value);
	mpy_json_set_int(json, "layer", indicator->layer);
	return json;
}

void mpy_judgement_json(struct mpy_json *object,
			const struct mpy_judgement *judgement)
{
	const struct mpy_verdict *verdict = judgement->verdict;
	struct mpy_json *reasons = mpy_json_array();
	struct mpy_json *indicators = mpy_json_array();
	size_t i;

	for (i = 0; i < verdict->n_reasons; i++)
		mpy_json_append(reasons, reason_json(&verdict->reasons[i]));
	for (i = 0; i < verdict->n_indicators; i++)
		mpy_json_append(indicators,
				indicator_json(&verdict->indicators[i]));
	mpy_json_set(object, "reasons", reasons);
	mpy_json_set(object, "indicators", indicators);
}

void mpy_finding_set_contents(struct mpy_json *script_or_layer,
			      const uint8_t *data, size_t size)
{
	bool text = mpy_utf8_valid(data, size);

	if (text)
		mpy_json_set_bytes(script_or_layer, "contents",
				   size ? (const void *)data : "", size);
	else
		mpy_json_set_base64(script_or_layer, "contents", data, size);
	mpy_json_set_str(script_or_layer, "contents_encoding",
			 text ? "utf-8" : "base64");
}

struct mpy_json *mpy_layers_json(const struct mpy_judgement *judgement,
				 bool with_contents)
{
	struct mpy_json *layers = mpy_json_array();
	size_t i;

	for (i = 0; i < judgement->n_layers; i++) {
		const struct mpy_layer_result *layer = &judgement->layers[i];
		struct mpy_json *json = mpy_json_object();

		mpy_json_set_int(json, "index", layer->index);
		mpy_json_set_str(json, "kind", layer->kind);
		mpy_json_set_str(json, "sha256", layer->sha256);
		mpy_json_set_uint(json, "size", layer->size);
		if (with_contents) {
			mpy_finding_set_contents(json, layer->contents,
						 layer->contents_size);
			mpy_json_set_bool(json, "contents_truncated",
					  layer->contents_truncated);
		}
		mpy_json_append(layers, json);
	}
	return layers;
}

void mpy_bounds_json(struct mpy_json *json, unsigned int bounds)
{
	static const struct {
		unsigned int bound;
		const char *name;
	} names[] = {
		{ MPY_BOUND_TEXT, "text" },
		{ MPY_BOUND_LAYERS, "layers" },
		{ MPY_BOUND_DECODED, "decoded" },
		{ MPY_BOUND_STEPS, "steps" },
		{ MPY_BOUND_DEPTH, "depth" },
		{ MPY_BOUND_INDICATORS, "indicators" },
	};
	struct mpy_json *list;
	size_t i;

	if (!bounds)
		return;
	list = mpy_json_array();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (bounds & names[i].bound)
			mpy_json_append_str(list, names[i].name);
	mpy_json_set(json, "bounds", list);
}

static struct mpy_json *verdict_json(const struct mpy_finding *finding)
{
	const struct mpy_verdict *verdict = finding->judgement->verdict;
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_str(json, "label", mpy_label_name(verdict->label));
	if (verdict->label == MPY_UNREADABLE) {
		mpy_json_set_str(json, "unreadable", verdict->unreadable);
	} else {
		mpy_json_set_real(json, "probability", verdict->probability);
		mpy_json_set_real(json, "raw", verdict->raw);
		mpy_json_set_real(json, "threshold", verdict->threshold);
	}
	mpy_json_set_str(json, "model", finding->model);
	mpy_bounds_json(json, verdict->bounds);
	return json;
}

/* ---- who and what ------------------------------------------------------- */

static struct mpy_json *ancestors_json(const struct mpy_process *process)
{
	struct mpy_json *list = mpy_json_array();
	size_t i;

	for (i = 0; i < process->n_ancestors; i++) {
		const struct mpy_ancestor *ancestor = &process->ancestors[i];
		struct mpy_json *json = mpy_json_object();

		mpy_json_set_uint(json, "pid", ancestor->pid);
		mpy_json_set_str(json, "exe", ancestor->exe);
		if (ancestor->argv)
			mpy_json_set_strings(json, "argv", ancestor->argv,
					     ancestor->argc);
		mpy_json_append(list, json);
	}
	return list;
}

static struct mpy_json *process_json(const struct mpy_process *process)
{
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_uint(json, "pid", process->pid);
	if (process->start_real_ns)
		mpy_json_set_time(json, "start_time", process->start_real_ns);
	mpy_json_set_uint(json, "ppid", process->ppid);
	mpy_json_set_str(json, "name", process->name);
	mpy_json_set_uint(json, "uid", process->uid);
	mpy_json_set_uint(json, "euid", process->euid);
	mpy_json_set_uint(json, "gid", process->gid);
	if (process->has_loginuid)
		mpy_json_set_uint(json, "loginuid", process->loginuid);
	if (process->has_session)
		mpy_json_set_uint(json, "session", process->session);
	if (process->cwd) {
		mpy_json_set_str(json, "cwd", process->cwd);
		mpy_json_set_bool(json, "cwd_deleted", process->cwd_deleted);
	}
	if (process->argv) {
		mpy_json_set_strings(json, "argv", process->argv,
				     process->argc);
		mpy_json_set_bool(json, "argv_truncated",
				  process->argv_truncated);
	}
	mpy_json_set_str(json, "cgroup", process->cgroup);
	mpy_json_set(json, "ancestors", ancestors_json(process));
	return json;
}

static void set_digest(struct mpy_json *json, const char *key,
		       const char *hex)
{
	if (*hex)
		mpy_json_set_str(json, key, hex);
}

static struct mpy_json *binary_json(const struct mpy_file *file)
{
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_str(json, "path", file->path);
	mpy_json_set_str(json, "path_inside", file->path_inside);
	mpy_json_set_str(json, "link", file->link);
	set_digest(json, "sha256", file->sha256);
	if (file->has_identity) {
		mpy_json_set_uint(json, "size", file->size);
		mpy_json_set_uint(json, "dev", file->dev);
		mpy_json_set_uint(json, "inode", file->inode);
	}
	return json;
}

static struct mpy_json *script_json(const struct mpy_finding *finding)
{
	const struct mpy_script *script = &finding->script;
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_str(json, "sight", script->sight);
	mpy_json_set_str(json, "path", script->path);
	mpy_json_set_str(json, "path_inside", script->path_inside);
	mpy_json_set_str(json, "link", script->link);
	if (script->path || script->deleted)
		mpy_json_set_bool(json, "deleted", script->deleted);
	mpy_json_set_uint(json, "contents_size", script->contents_size);
	mpy_json_set_bool(json, "contents_truncated",
			  script->contents_truncated);
	set_digest(json, "sha256", script->sha256);
	set_digest(json, "file_sha256", script->file_sha256);
	if (!*script->file_sha256)
		mpy_json_set_str(json, "file_sha256_absent",
				 script->file_sha256_absent);
	if (script->has_file_size)
		mpy_json_set_uint(json, "file_size", script->file_size);
	mpy_json_set_uint(json, "line_count", script->line_count);
	if (finding->judgement)
		mpy_json_set(json, "layers",
			     mpy_layers_json(finding->judgement, false));
	return json;
}

/* ---- what it means ------------------------------------------------------ */

const char *mpy_finding_subject(const struct mpy_finding *finding)
{
	const struct mpy_script *script = &finding->script;

	if (script->path)
		return script->path;
	if (script->sight && !strcmp(script->sight, "argv"))
		return "code given on the command line (-c)";
	return "code that is not in a file";
}

static void set_description(struct mpy_json *json,
			    const struct mpy_finding *finding)
{
	const struct mpy_judgement *judgement = finding->judgement;
	const char *binary = finding->binary.path;
	char text[2 * PATH_MAX + 512];
	int used;

	if (finding->description || !judgement) {
		mpy_json_set_str(json, "description", finding->description);
		return;
	}
	used = snprintf(text, sizeof(text),
			"%.*s, %s by %.*s (process %u, user %u), ",
			PATH_MAX, mpy_finding_subject(finding),
			finding->slug && strstr(finding->slug, "opened") ?
				"opened" : "run",
			PATH_MAX, binary ? binary : "an interpreter",
			finding->process.pid, finding->process.uid);
	if (judgement->verdict->label == MPY_UNREADABLE)
		snprintf(text + used, sizeof(text) - (size_t)used,
			 "could not be judged: %s.",
			 judgement->verdict->unreadable ?
				 judgement->verdict->unreadable : "unknown");
	else
		snprintf(text + used, sizeof(text) - (size_t)used,
			 "was judged %s with a probability of %.4g%%.",
			 mpy_label_name(judgement->verdict->label),
			 judgement->verdict->probability * 100);
	mpy_json_set_str(json, "description", text);
}

static void set_next_steps(struct mpy_json *json,
			   const struct mpy_finding *finding)
{
	static const char steps[] =
		"1. Read the reasons and the contents in this finding: the "
		"bytes are kept here even if the file is gone. "
		"2. Look at process, ancestors and timeline: who started it, "
		"and is it still running? Stop the process if it is not "
		"yours. "
		"3. Look for the indicators (addresses, paths) in network and "
		"file logs, and for other runs of the same SHA-256. "
		"4. If the code is hostile: isolate the host, keep the file "
		"and memory as evidence, change the credentials that this "
		"user could read. "
		"5. If it is yours and harmless: report it as a false "
		"positive with its SHA-256.";

	if (finding->next_steps)
		mpy_json_set_str(json, "next_steps", finding->next_steps);
	else if (finding->judgement)
		mpy_json_set_str(json, "next_steps", steps);
}

static struct mpy_json *list(const char *const *words, size_t n)
{
	struct mpy_json *json = mpy_json_array();
	size_t i;

	for (i = 0; i < n; i++)
		mpy_json_append_str(json, words[i]);
	return json;
}

/* Links and MITRE ATT&CK classes: Python run, tools brought in. */
static void set_links(struct mpy_json *json, const struct mpy_finding *finding)
{
	static const char *const pages[] = {
		"https://attack.mitre.org/techniques/T1059/",
		"https://attack.mitre.org/techniques/T1059/006/",
		"https://attack.mitre.org/techniques/T1105/",
	};
	static const char *const tactics[] = { "TA0002", "TA0011" };
	static const char *const techniques[] = { "T1059", "T1059.006",
						  "T1105" };
	const struct mpy_script *script = &finding->script;
	const char *hex = finding->binary.sha256;
	struct mpy_json *links = mpy_json_object();
	struct mpy_json *mitre;
	char url[160];

	if (script->sight)
		hex = *script->file_sha256 ? script->file_sha256 :
					     script->sha256;
	if (*hex) {
		snprintf(url, sizeof(url), "https://www.virustotal.com/gui/"
			 "file/%s/detection", hex);
		mpy_json_set_str(links, "virustotal", url);
	}
	if (finding->slug && !strcmp(finding->slug, MPY_SLUG_MAIN)) {
		mitre = mpy_json_object();
		mpy_json_set(links, "mitre", list(pages, 3));
		mpy_json_set(mitre, "tactics", list(tactics, 2));
		mpy_json_set(mitre, "techniques", list(techniques, 3));
		mpy_json_set(json, "mitre", mitre);
	}
	mpy_json_set(json, "links", links);
}

static struct mpy_json *timeline_json(const struct mpy_finding *finding)
{
	struct mpy_json *entries = mpy_json_array();
	size_t i;

	for (i = 0; i < finding->n_timeline; i++) {
		struct mpy_json *json = mpy_json_object();

		mpy_json_set_time(json, "time", finding->timeline[i].real_ns);
		mpy_json_set_str(json, "what", finding->timeline[i].what);
		mpy_json_append(entries, json);
	}
	return entries;
}

static struct mpy_json *resource_json(const struct mpy_finding *finding)
{
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_str(json, "name", finding->resource_name);
	mpy_json_set_str(json, "type", finding->resource_type);
	mpy_json_set_str(json, "project_display_name", finding->project);
	return json;
}

static struct mpy_json *action_json(const struct mpy_finding *finding)
{
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_str(json, "taken", "none");
	mpy_json_set_uint(json, "latency_us", finding->latency_us);
	return json;
}

/* ---- the whole ---------------------------------------------------------- */

struct mpy_json *mpy_finding_record(const struct mpy_finding *finding)
{
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_str(json, "id", finding->id);
	mpy_json_set_str(json, "incident", finding->incident);
	mpy_json_set_str(json, "category", finding->category);
	mpy_json_set_str(json, "slug", finding->slug);
	mpy_json_set_str(json, "severity",
			 mpy_severity_name(finding->severity));
	mpy_json_set_time(json, "time", finding->real_ns);
	set_description(json, finding);
	set_next_steps(json, finding);
	mpy_json_set(json, "related", mpy_json_array());
	if (finding->judgement) {
		mpy_json_set(json, "verdict", verdict_json(finding));
		mpy_judgement_json(json, finding->judgement);
	}
	mpy_json_set(json, "process", process_json(&finding->process));
	mpy_json_set(json, "binary", binary_json(&finding->binary));
	if (finding->script.sight)
		mpy_json_set(json, "script", script_json(finding));
	mpy_json_set(json, "resource", resource_json(finding));
	set_links(json, finding);
	mpy_json_set(json, "action", action_json(finding));
	mpy_json_set(json, "timeline", timeline_json(finding));
	return json;
}

void mpy_finding_set_state(struct mpy_json *json, const char *state,
			   int64_t first_ns, int64_t last_ns,
			   uint64_t occurrences, const char *digest)
{
	mpy_json_set_str(json, "state", state);
	mpy_json_set_time(json, "first_seen", first_ns);
	mpy_json_set_time(json, "last_seen", last_ns);
	mpy_json_set_uint(json, "occurrences", occurrences);
	mpy_json_set_str(json, "digest", digest);
}

struct mpy_json *mpy_finding_run(const struct mpy_finding *finding)
{
	struct mpy_json *run = mpy_json_object();

	mpy_json_set_time(run, "time", finding->real_ns);
	mpy_json_set_uint(run, "pid", finding->process.pid);
	if (finding->process.argv)
		mpy_json_set_strings(run, "argv", finding->process.argv,
				     finding->process.argc);
	return run;
}

static void set_all_contents(struct mpy_json *json,
			     const struct mpy_finding *finding)
{
	struct mpy_json *script = mpy_json_get_mutable(json, "script");

	if (!script)
		return;
	mpy_finding_set_contents(script, finding->script.contents,
				 finding->script.contents_size);
	if (finding->judgement)
		mpy_json_set(script, "layers",
			     mpy_layers_json(finding->judgement, true));
}

struct mpy_json *mpy_finding_json(const struct mpy_finding *finding)
{
	struct mpy_json *json = mpy_finding_record(finding);
	struct mpy_json *runs = mpy_json_array();
	char digest[MPY_SHA256_HEX];
	size_t size;
	char *text;

	text = mpy_json_print(json, 0, &size);
	if (!text || mpy_hash_bytes(text, size, digest))
		goto fail;
	mpy_finding_set_state(json, "active", finding->real_ns,
			      finding->real_ns, 1, digest);
	set_all_contents(json, finding);
	mpy_json_append(runs, mpy_finding_run(finding));
	mpy_json_set(json, "runs", runs);
	runs = NULL;
	if (mpy_json_failed(json))
		goto fail;
	free(text);
	return json;
fail:
	free(text);
	mpy_json_free(runs);
	mpy_json_free(json);
	return NULL;
}
