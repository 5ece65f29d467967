// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report.c - from what was seen and judged to a finding or an observation.
 * Everything is copied: the run and its events live on without it.
 */
#include "daemon/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/finding.h"
#include "core/judgeproc.h"
#include "core/log.h"
#include "daemon/event.h"
#include "daemon/facts.h"
#include "daemon/path.h"
#include "daemon/subject.h"

/* Set when a copy fails: one check at the end instead of one per copy. */
struct draft {
	struct mpy_finding *finding;
	bool failed;
};

static char *copy(struct draft *draft, const char *text)
{
	char *out = text ? strdup(text) : NULL;

	if (text && !out)
		draft->failed = true;
	return out;
}

/* Arguments ended by NUL as a vector; *n receives their number. */
static char **split(struct draft *draft, const uint8_t *argv, size_t size,
		    size_t *n)
{
	const char *at = (const char *)argv, *end = at + size;
	size_t room = 0;
	char **out;

	*n = 0;
	for (; at < end; at += strnlen(at, (size_t)(end - at)) + 1)
		room++;
	out = calloc(room + 1, sizeof(*out));
	if (!out) {
		draft->failed = true;
		return NULL;
	}
	for (at = (const char *)argv; at < end && *n < room;
	     at += strnlen(at, (size_t)(end - at)) + 1) {
		out[*n] = strndup(at, (size_t)(end - at));
		if (!out[*n]) {
			draft->failed = true;
			break;
		}
		++*n;
	}
	return out;
}

static void set_category(struct mpy_finding *finding,
			 const struct mpy_unit *unit, const struct mpy_run *run)
{
	enum mpy_label label = finding->judgement->verdict->label;

	finding->slug = MPY_SLUG_MAIN;
	finding->category = MPY_CATEGORY_MAIN;
	finding->severity = MPY_CRITICAL;
	if (label == MPY_MALICIOUS && unit->role == MPY_ROLE_PROGRAM &&
	    !run->has_finding)
		return;
	finding->observation = true;
	finding->severity = label == MPY_MALICIOUS ? MPY_HIGH : MPY_MEDIUM;
	if (label == MPY_UNREADABLE) {
		finding->severity = MPY_LOW;
		finding->slug = "unreadable-python";
		finding->category = "Observation: Python that could not be"
				    " judged";
	} else if (unit->role == MPY_ROLE_OPENED) {
		finding->slug = "opened-python";
		finding->category = "Observation: Suspicious Python opened by"
				    " an interpreter";
	} else {
		finding->slug = "suspicious-python";
		finding->category = "Observation: Suspicious Python executed";
	}
}

static void set_ancestors(struct draft *draft, struct mpy_process *process,
			  const struct mpy_exec_facts *facts)
{
	size_t i;

	if (!facts || facts->n_ancestors == 0)
		return;
	process->ancestors =
		calloc(facts->n_ancestors, sizeof(*process->ancestors));
	if (!process->ancestors) {
		draft->failed = true;
		return;
	}
	process->n_ancestors = facts->n_ancestors;
	for (i = 0; i < facts->n_ancestors; i++) {
		const struct mpy_ancestor_fact *from = &facts->ancestors[i];
		struct mpy_ancestor *to = &process->ancestors[i];

		to->pid = from->pid;
		to->exe = copy(draft, from->exe);
		if (from->argv)
			to->argv = split(draft, from->argv, from->argv_size,
					 &to->argc);
	}
}

/* The parent is gone from /proc, but it was seen when it was started. */
static void set_known_parent(struct draft *draft, struct mpy_process *process,
			     const struct mpy_run *parent)
{
	const struct mpy_event *exec = parent->exec;

	process->ancestors = calloc(1, sizeof(*process->ancestors));
	if (!process->ancestors) {
		draft->failed = true;
		return;
	}
	process->n_ancestors = 1;
	process->ancestors->pid = parent->tgid;
	process->ancestors->exe = copy(draft, exec->task.exe_path);
	process->ancestors->argv = split(draft, exec->argv, exec->argv_size,
					 &process->ancestors->argc);
}

static void set_process(struct draft *draft, const struct mpy_event *event,
			struct mpy_run *run, struct mpy_subjects *subjects,
			const struct mpy_outside *outside)
{
	struct mpy_process *process = &draft->finding->process;
	const struct mpy_task *task = &event->task;
	struct mpy_run *parent;

	process->pid = task->tgid;
	process->ppid = task->ppid;
	process->start_boot_ns = task->start_ns;
	process->start_real_ns = (int64_t)((uint64_t)event->real_ns -
					   event->boot_ns + task->start_ns);
	process->name = copy(draft, task->comm);
	process->uid = task->uid;
	process->euid = task->euid;
	process->gid = task->gid;
	process->has_loginuid = task->has_loginuid;
	process->loginuid = task->loginuid;
	process->has_session = task->has_session;
	process->session = task->session;
	process->cwd = copy(draft, task->cwd);
	process->cwd_deleted = task->cwd_deleted;
	process->cgroup = copy(draft, task->cgroup);
	if (run->exec) {
		process->argv = split(draft, run->exec->argv,
				      run->exec->argv_size, &process->argc);
		process->argv_truncated = run->exec->argv_truncated;
	}
	set_ancestors(draft, process, mpy_run_facts(run, outside));
	parent = mpy_subjects_find(subjects, task->ppid, task->parent_start_ns,
				   0);
	if (process->n_ancestors == 0 && parent && parent->exec)
		set_known_parent(draft, process, parent);
}

static void set_binary(struct draft *draft, const struct mpy_unit *unit,
		       struct mpy_run *run, const struct mpy_outside *outside)
{
	struct mpy_file *binary = &draft->finding->binary;
	const struct mpy_event *from = run->exec ? run->exec : unit->event;
	struct mpy_image_facts facts;

	binary->path = copy(draft, from->task.exe_path);
	binary->link = mpy_program_binary_link(run, from->task.exe_path);
	if (!run->exec || !from->exe.present)
		return;
	binary->has_identity = true;
	binary->size = from->exe.size;
	binary->dev = from->exe.dev;
	binary->inode = from->exe.inode;
	outside->image(outside->context, from, true, &facts);
	memcpy(binary->sha256, facts.sha256, sizeof(binary->sha256));
}

static uint64_t count_lines(const uint8_t *data, size_t size)
{
	const uint8_t *at = data, *end = data + size;
	uint64_t n = 0;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		n++;
		at++;
	}
	return n + (size > 0 && end[-1] != '\n');
}

static void set_script(struct draft *draft, const struct mpy_unit *unit,
		       const struct mpy_run *run, size_t limit)
{
	struct mpy_script *script = &draft->finding->script;
	const char *path = unit->event->file_path;

	script->sight = unit->sight ? unit->sight :
				      mpy_program_sight(run, unit->event,
							unit->role);
	if (!strcmp(script->sight, "memfd"))
		path = NULL; /* a name, but not one on disk */
	script->path = copy(draft, path);
	if (unit->role == MPY_ROLE_PROGRAM)
		script->link = mpy_program_link(run, path);
	script->deleted = unit->event->file.deleted;
	script->contents_size =
		mpy_contents_cut(unit->bytes, unit->size, limit);
	script->contents_truncated =
		unit->truncated || script->contents_size < unit->size;
	script->contents = malloc(script->contents_size + 1);
	if (!script->contents ||
	    mpy_hash_bytes(unit->bytes, script->contents_size, script->sha256))
		draft->failed = true;
	else
		memcpy(script->contents, unit->bytes, script->contents_size);
	memcpy(script->file_sha256, unit->file_sha256,
	       sizeof(script->file_sha256));
	if (!unit->file_sha256[0])
		script->file_sha256_absent = copy(draft, unit->absent);
	script->has_file_size = unit->event->kind == MPY_EVENT_READ;
	script->file_size = unit->file_size;
	script->line_count = count_lines(unit->bytes, unit->size);
}

static void add_entry(struct draft *draft, int64_t real_ns, const char *what)
{
	struct mpy_finding *finding = draft->finding;
	struct mpy_timeline_entry *entry =
		&finding->timeline[finding->n_timeline];

	entry->real_ns = real_ns;
	entry->what = copy(draft, what);
	if (entry->what)
		finding->n_timeline++;
}

static void set_timeline(struct draft *draft, const struct mpy_unit *unit,
			 const struct mpy_run *run, int64_t judged_ns)
{
	const struct mpy_judgement *judgement = draft->finding->judgement;
	char escaped[512], text[640];

	draft->finding->timeline = calloc(4, sizeof(struct mpy_timeline_entry));
	if (!draft->finding->timeline) {
		draft->failed = true;
		return;
	}
	if (run->exec) {
		const char *exe = run->exec->task.exe_path;

		mpy_escape(exe ? exe : "", exe ? strlen(exe) : 0, escaped,
			   sizeof(escaped));
		snprintf(text, sizeof(text), "process %u executed %s",
			 run->tgid, escaped);
		add_entry(draft, run->exec->real_ns, text);
	}
	if (unit->event->kind == MPY_EVENT_READ) {
		const char *path = unit->event->file_path;

		mpy_escape(path ? path : "", path ? strlen(path) : 0, escaped,
			   sizeof(escaped));
		snprintf(text, sizeof(text), "process %u opened %s",
			 unit->event->task.tgid, escaped);
		add_entry(draft, unit->event->real_ns, text);
	}
	if (unit->changed)
		add_entry(draft, judged_ns, "the file was changed after it"
			  " was opened; the bytes opened were judged");
	snprintf(text, sizeof(text), "judged %s",
		 mpy_label_name(judgement->verdict->label));
	add_entry(draft, judged_ns, text);
}

static void set_resource(struct draft *draft, const struct mpy_host *host,
			 const char *project)
{
	char name[128];

	snprintf(name, sizeof(name), "//host/%s", host->machine_id);
	draft->finding->resource_name = copy(draft, name);
	draft->finding->resource_type = copy(draft, "host");
	draft->finding->project =
		copy(draft, project && *project ? project : host->name);
}

struct mpy_finding *mpy_report_new(const struct mpy_report_settings *settings,
				   const struct mpy_unit *unit,
				   struct mpy_run *run,
				   struct mpy_subjects *subjects,
				   const struct mpy_outside *outside,
				   struct mpy_judgement *judgement)
{
	struct draft draft = { mpy_finding_new(), false };
	int64_t now = outside->now(outside->context, unit->event);

	if (!draft.finding) {
		mpy_judgement_free(judgement);
		return NULL;
	}
	draft.finding->judgement = judgement;
	draft.finding->real_ns = unit->event->real_ns;
	if (now > unit->event->real_ns)
		draft.finding->latency_us =
			(uint64_t)(now - unit->event->real_ns) / 1000;
	set_category(draft.finding, unit, run);
	draft.finding->model = copy(&draft, settings->model);
	draft.finding->incident =
		copy(&draft, mpy_run_incident(run, subjects, outside));
	set_process(&draft, unit->event, run, subjects, outside);
	set_binary(&draft, unit, run, outside);
	set_script(&draft, unit, run, settings->contents_bytes);
	set_timeline(&draft, unit, run, now);
	set_resource(&draft, outside->host, settings->project);
	if (!draft.failed)
		return draft.finding;
	mpy_finding_free(draft.finding);
	return NULL;
}
