/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config.h - /etc/mpy/mpy.conf: "key = value" lines, "#" comments. One table
 * in config.c names every key with its type, range, default and meaning; the
 * man page mpy.conf(5) is checked against it.
 */
#ifndef MPY_CORE_CONFIG_H
#define MPY_CORE_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#define MPY_CONFIG_PATH "/etc/mpy/mpy.conf"

struct mpy_config {
	char *database;	   /* /var/lib/mpy/mpy.db */
	char *control;	   /* /run/mpy/control.sock */
	char *bundle;	   /* empty: searched, see mpy_bundle_find() */
	char *project;	   /* project display name; empty: host name */
	char *group;	   /* owner of database and socket: mpy */
	uint64_t queue_bytes;	 /* kernel queue; 1 MiB..256 MiB */
	uint64_t snapshot_bytes; /* contents per read; 64 KiB..1 MiB */
	uint64_t contents_bytes; /* kept per finding; 64 KiB..1 MiB */
	unsigned int classify_ms;   /* before the multiplier */
	unsigned int judge_ms;	    /* wall clock for one program */
	unsigned int drain_ms;	    /* after SIGTERM */
	double deadline_multiplier; /* 1..100; on all deadlines */
	unsigned int log_level;	    /* syslog number, by name in the file */
};

/* Fills in the defaults. -ENOMEM. */
int mpy_config_defaults(struct mpy_config *config);

/*
 * Reads path: what the file does not name gets its default. config must be
 * zeroed or hold an earlier result, which is freed and replaced as a whole
 * or, after any error, left untouched. A missing file is -ENOENT (a zeroed
 * config then holds the defaults). -EINVAL: why names file, line, key and the
 * valid range.
 */
int mpy_config_load(struct mpy_config *config, const char *path, char *why,
		    size_t why_size);
/* The same from text in memory; name is used in messages. */
int mpy_config_parse(struct mpy_config *config, const char *text, size_t size,
		     const char *name, char *why, size_t why_size);
/* Frees the strings and zeroes config. */
void mpy_config_free(struct mpy_config *config);

/* Calls each for every key of the table, in order (for man page checks and
 * mpyd --print-config). */
void mpy_config_each(void (*each)(void *context, const char *key,
				  const char *value_text, const char *meaning),
		     const struct mpy_config *config, void *context);

/*
 * Finds the bundle: option (may be NULL), configured (may be NULL or empty),
 * PREFIX/share/mpy/default.bundle, ../../model/default.bundle relative to the
 * executable. Writes the path to out. -ENOENT with a sentence that lists what
 * was tried. A path that was named explicitly is not replaced by a fallback.
 */
int mpy_bundle_find(const char *option, const char *configured, char *out,
		    size_t out_size, char *why, size_t why_size);

#endif
