/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finding.h - what mpy reports: who ran what, the contents, the verdict and
 * why. The struct is filled by the daemon; its JSON form is the public
 * contract (README, mpyctl(1)): keys in snake_case, absent when unknown,
 * times RFC 3339 UTC, sizes in bytes.
 *
 * Ownership: every pointer is owned by the finding and freed by
 * mpy_finding_free(); NULL = unknown. Text is as it came (bytes); the JSON
 * form escapes.
 */
#ifndef MPY_CORE_FINDING_H
#define MPY_CORE_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mpy_json;
struct mpy_judgement; /* judgeproc.h */

#define MPY_SLUG_MAIN	  "malicious-python"
#define MPY_CATEGORY_MAIN "Execution: Malicious Python executed"

enum mpy_severity { MPY_LOW, MPY_MEDIUM, MPY_HIGH, MPY_CRITICAL };

struct mpy_ancestor {
	uint32_t pid;
	char *exe;
	char **argv;
	size_t argc;
};

struct mpy_process {
	uint32_t pid, ppid;
	int64_t start_real_ns;
	uint64_t start_boot_ns; /* exact: with pid, who it is; 0: unknown */
	char *name;		/* comm */
	uint32_t uid, euid, gid;
	bool has_loginuid, has_session;
	uint32_t loginuid, session;
	char *cwd;
	bool cwd_deleted;
	char **argv;
	size_t argc;
	bool argv_truncated;
	char *cgroup;
	struct mpy_ancestor *ancestors; /* nearest first */
	size_t n_ancestors;
};

struct mpy_file { /* the program binary */
	char *path;
	char *path_inside;
	char *link; /* name as invoked, if it differs */
	char sha256[65]; /* empty: unknown */
	bool has_identity;
	uint64_t size, dev, inode;
};

struct mpy_layer_result { /* one decoded layer */
	unsigned int index, parent;
	char *kind;
	uint64_t size;
	char sha256[65];
	uint8_t *contents; /* prefix */
	size_t contents_size;
	bool contents_truncated;
};

struct mpy_script {
	const char *sight; /* static: file, zip, pyc, argv, deleted, memfd... */
	char *path;	   /* NULL: the code is not on disk */
	char *path_inside;
	char *link;
	bool deleted;
	uint8_t *contents; /* prefix, cut at a character */
	size_t contents_size;
	bool contents_truncated;
	char sha256[65];      /* of contents */
	char file_sha256[65]; /* of the whole file; empty: see below */
	char *file_sha256_absent; /* why */
	bool has_file_size;
	uint64_t file_size;
	uint64_t line_count;
};

struct mpy_timeline_entry {
	int64_t real_ns;
	char *what;
};

struct mpy_finding {
	char *id;	/* set by the store when it is new */
	char *incident; /* the run's incident id */
	const char *category, *slug; /* static */
	enum mpy_severity severity;
	bool observation; /* kept, never notified nor listed by default */
	int64_t real_ns;  /* when it happened */
	char *description, *next_steps;
	struct mpy_judgement *judgement; /* verdict, reasons, layers */
	char *model;
	struct mpy_process process;
	struct mpy_file binary;
	struct mpy_script script;
	char *resource_name, *resource_type, *project;
	struct mpy_timeline_entry *timeline;
	size_t n_timeline;
	uint64_t latency_us; /* from the open or exec to the verdict */
};

/* A zeroed finding; NULL without memory. */
struct mpy_finding *mpy_finding_new(void);
void mpy_finding_free(struct mpy_finding *finding);

/*
 * The whole finding as JSON, with state "active", occurrences 1 and one
 * entry in runs[]; the store changes these when it merges. A missing
 * description or next_steps is written here. NULL without memory. The value
 * is the caller's.
 */
struct mpy_json *mpy_finding_json(const struct mpy_finding *finding);

/*
 * For the store. record: what never changes and holds no contents; digest is
 * the SHA-256 of its text on one line. The other three add to it what does
 * change, the bytes, and the run that the finding describes.
 */
struct mpy_json *mpy_finding_record(const struct mpy_finding *finding);
void mpy_finding_set_state(struct mpy_json *json, const char *state,
			   int64_t first_ns, int64_t last_ns,
			   uint64_t occurrences, const char *digest);
void mpy_finding_set_contents(struct mpy_json *script_or_layer,
			      const uint8_t *data, size_t size);
struct mpy_json *mpy_finding_run(const struct mpy_finding *finding);

/* What ran: the path as it is, not escaped, or in words how the code came. */
const char *mpy_finding_subject(const struct mpy_finding *finding);

/* Name of a severity; the severity of a name, -EINVAL. */
const char *mpy_severity_name(enum mpy_severity severity);
int mpy_severity_parse(const char *name);

/* Verdict parts shared with "mpyctl scan": adds reasons[] and indicators[]
 * to object; layers[] as in a finding, with or without contents. */
void mpy_judgement_json(struct mpy_json *object,
			const struct mpy_judgement *judgement);
struct mpy_json *mpy_layers_json(const struct mpy_judgement *judgement,
				 bool with_contents);
/* Adds bounds[], the names of enum mpy_bound's bits; absent if none is set. */
void mpy_bounds_json(struct mpy_json *json, unsigned int bounds);

/* Security Command Center v2 notification {finding, resource} of a finding
 * in JSON form (scc.c). NULL without memory. */
struct mpy_json *mpy_finding_scc(const struct mpy_json *finding);

/*
 * The key by which the store merges: slug, script sha256, script.path,
 * binary.path, container, uid; observations apart from findings. hex
 * receives its SHA-256.
 */
int mpy_finding_key(const struct mpy_finding *finding, char hex[65]);

/* Largest cut <= size that does not split a UTF-8 character. */
size_t mpy_contents_cut(const uint8_t *data, size_t size, size_t limit);

#endif
