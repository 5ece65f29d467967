// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * config.c - reads "key = value" lines by one table. A file is taken as a
 * whole or not at all, so that a reload with a mistake in it changes nothing.
 */

#include "core/config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "core/utf8.h"

#define FILE_MAX  (64u << 10)
#define VALUE_MAX 4095u
#define QUOTED_MAX 64 /* of a wrong value, in a message */

enum type { PATH, OPTIONAL_PATH, TEXT, GROUP, BYTES, MILLISECONDS, FACTOR,
	    LEVEL };

struct key {
	const char *name;
	enum type type;
	size_t offset;
	const char *standard; /* as it would be written in the file */
	double min, max;
	const char *meaning;
};

#define AT(field) offsetof(struct mpy_config, field)

static const struct key keys[] = {
	{ "database", PATH, AT(database), "/var/lib/mpy/mpy.db", 0, 0,
	  "where findings are kept" },
	{ "control", PATH, AT(control), "/run/mpy/control.sock", 0, 0,
	  "socket on which mpyctl talks to mpyd" },
	{ "bundle", OPTIONAL_PATH, AT(bundle), "", 0, 0,
	  "the model; empty: the one that was installed" },
	{ "project", TEXT, AT(project), "", 0, 0,
	  "project display name in findings; empty: the host name" },
	{ "group", GROUP, AT(group), "mpy", 0, 0,
	  "group that may read the database and use the socket" },
	{ "queue_bytes", BYTES, AT(queue_bytes), "33554432", 1 << 20, 256 << 20,
	  "bound on events waiting in the kernel" },
	{ "snapshot_bytes", BYTES, AT(snapshot_bytes), "262144", 64 << 10,
	  1 << 20, "bytes of an opened script that the kernel sends" },
	{ "contents_bytes", BYTES, AT(contents_bytes), "262144", 64 << 10,
	  1 << 20, "bytes of contents kept in a finding" },
	{ "classify_ms", MILLISECONDS, AT(classify_ms), "2000", 10, 60000,
	  "longest wait of a program never seen before" },
	{ "judge_ms", MILLISECONDS, AT(judge_ms), "10000", 100, 60000,
	  "wall clock that the judge has for one program" },
	{ "drain_ms", MILLISECONDS, AT(drain_ms), "10000", 100, 60000,
	  "time to finish queued work after SIGTERM" },
	{ "deadline_multiplier", FACTOR, AT(deadline_multiplier), "1", 1, 100,
	  "factor on all three times above, for slow machines" },
	{ "log_level", LEVEL, AT(log_level), "notice", 0, 0,
	  "error, warning, notice, info or debug" },
};
#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

static const struct {
	const char *name;
	unsigned int number;
} levels[] = {
	{ "error", MPY_LOG_ERROR },   { "warning", MPY_LOG_WARNING },
	{ "notice", MPY_LOG_NOTICE }, { "info", MPY_LOG_INFO },
	{ "debug", MPY_LOG_DEBUG },
};
#define N_LEVELS (sizeof(levels) / sizeof(levels[0]))

static void *field(struct mpy_config *config, const struct key *key)
{
	return (char *)config + key->offset;
}

static bool is_string(const struct key *key)
{
	return key->type <= GROUP;
}

/* What would be right, for messages and for the manual. */
static void describe(const struct key *key, char *out, size_t size)
{
	switch (key->type) {
	case PATH:
		snprintf(out, size, "an absolute path");
		break;
	case OPTIONAL_PATH:
		snprintf(out, size, "an absolute path or nothing");
		break;
	case TEXT:
		snprintf(out, size, "at most 255 bytes of printable UTF-8");
		break;
	case GROUP:
		snprintf(out, size, "a group name of 1..31 letters, digits, "
				    "_ and -");
		break;
	case BYTES:
		snprintf(out, size, "a whole number of bytes, %.0f..%.0f",
			 key->min, key->max);
		break;
	case MILLISECONDS:
		snprintf(out, size, "a whole number of milliseconds, "
				    "%.0f..%.0f", key->min, key->max);
		break;
	case FACTOR:
		snprintf(out, size, "a number, %.0f..%.0f", key->min, key->max);
		break;
	case LEVEL:
		snprintf(out, size, "%s", key->meaning);
		break;
	}
}

/* ---- values ------------------------------------------------------------- */

static bool printable(const char *value)
{
	size_t size = strlen(value), step;
	uint32_t point;

	for (; size; value += step, size -= step) {
		step = mpy_utf8_step(value, size, &point);
		if (!step || mpy_utf8_unsafe(point))
			return false;
	}
	return true;
}

static bool group_name(const char *value)
{
	size_t i, size = strlen(value);

	if (size < 1 || size > 31 || value[0] == '-')
		return false;
	for (i = 0; i < size; i++)
		if (!isalnum((unsigned char)value[i]) && value[i] != '_' &&
		    value[i] != '-')
			return false;
	return true;
}

static bool right_text(const struct key *key, const char *value)
{
	switch (key->type) {
	case PATH:
		return value[0] == '/' && value[1] && printable(value);
	case OPTIONAL_PATH:
		return !value[0] || (value[0] == '/' && printable(value));
	case TEXT:
		return strlen(value) <= 255 && printable(value);
	case GROUP:
		return group_name(value);
	default:
		return false;
	}
}

/* Digits with at most one point between them: no sign, exponent, hex. */
static bool parse_number(const char *value, bool whole, double *number)
{
	bool point = false;
	double scale = 1;
	const char *p;

	*number = 0;
	if (strlen(value) > 20)
		return false;
	for (p = value; *p; p++) {
		if (*p == '.' && !whole && !point && p > value && p[1]) {
			point = true;
			continue;
		}
		if (*p < '0' || *p > '9')
			return false;
		*number = *number * 10 + (*p - '0');
		if (point)
			scale *= 10;
	}
	*number /= scale;
	return p > value;
}

static bool parse_level(const char *value, unsigned int *number)
{
	size_t i;

	for (i = 0; i < N_LEVELS; i++) {
		if (!strcmp(value, levels[i].name)) {
			*number = levels[i].number;
			return true;
		}
	}
	return false;
}

/* Sets the field. 0, -EINVAL if the value is wrong, -ENOMEM. */
static int assign(struct mpy_config *config, const struct key *key,
		  const char *value)
{
	void *target = field(config, key);
	double number;
	char *copy;

	if (is_string(key)) {
		if (!right_text(key, value))
			return -EINVAL;
		copy = strdup(value);
		if (!copy)
			return -ENOMEM;
		free(*(char **)target);
		*(char **)target = copy;
		return 0;
	}
	if (key->type == LEVEL)
		return parse_level(value, target) ? 0 : -EINVAL;
	if (!parse_number(value, key->type != FACTOR, &number) ||
	    number < key->min || number > key->max)
		return -EINVAL;
	if (key->type == FACTOR)
		*(double *)target = number;
	else if (key->type == BYTES)
		*(uint64_t *)target = (uint64_t)number;
	else
		*(unsigned int *)target = (unsigned int)number;
	return 0;
}

int mpy_config_defaults(struct mpy_config *config)
{
	size_t i;
	int r;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < N_KEYS; i++) {
		r = assign(config, &keys[i], keys[i].standard);
		if (r) {
			mpy_config_free(config);
			return r;
		}
	}
	return 0;
}

void mpy_config_free(struct mpy_config *config)
{
	size_t i;

	for (i = 0; i < N_KEYS; i++)
		if (is_string(&keys[i]))
			free(*(char **)field(config, &keys[i]));
	memset(config, 0, sizeof(*config));
}

/* ---- lines -------------------------------------------------------------- */

struct reader {
	struct mpy_config config; /* what is being built */
	unsigned int seen[N_KEYS]; /* line of each key, 0: not yet */
	const char *name;
	unsigned int line;
	char *why;
	size_t why_size;
};

__attribute__((format(printf, 2, 3)))
static int fail(struct reader *reader, const char *format, ...)
{
	va_list arguments;
	int used;

	used = snprintf(reader->why, reader->why_size, "%s:%u: ",
			reader->name, reader->line);
	if (used < 0 || (size_t)used >= reader->why_size)
		return -EINVAL;
	va_start(arguments, format);
	vsnprintf(reader->why + used, reader->why_size - (size_t)used, format,
		  arguments);
	va_end(arguments);
	return -EINVAL;
}

static char *trim(char *text)
{
	char *end;

	while (*text == ' ' || *text == '\t')
		text++;
	end = text + strlen(text);
	while (end > text && (end[-1] == ' ' || end[-1] == '\t' ||
			      end[-1] == '\r'))
		*--end = '\0';
	return text;
}

static const struct key *find_key(const char *name)
{
	size_t i;

	for (i = 0; i < N_KEYS; i++)
		if (!strcmp(name, keys[i].name))
			return &keys[i];
	return NULL;
}

static int take_value(struct reader *reader, const char *name,
		      const char *value)
{
	char shown[QUOTED_MAX], right[128];
	const struct key *key = find_key(name);
	unsigned int *seen;
	int r;

	mpy_escape(name, strlen(name), shown, sizeof(shown));
	if (!key)
		return fail(reader, "%s: no such key, see mpy.conf(5)", shown);
	seen = &reader->seen[key - keys];
	if (*seen)
		return fail(reader, "%s: given again, first in line %u", name,
			    *seen);
	*seen = reader->line;
	r = assign(&reader->config, key, value);
	if (r != -EINVAL)
		return r;
	mpy_escape(value, strlen(value), shown, sizeof(shown));
	describe(key, right, sizeof(right));
	return fail(reader, "%s: \"%s\" is not %s%s", name, shown,
		    key->type == LEVEL ? "one of: " : "", right);
}

static int take_line(struct reader *reader, const char *start, size_t size)
{
	char line[VALUE_MAX + 1], *text, *equals;

	if (size > VALUE_MAX)
		return fail(reader, "line is longer than %u bytes", VALUE_MAX);
	if (memchr(start, '\0', size))
		return fail(reader, "line holds a NUL byte");
	memcpy(line, start, size);
	line[size] = '\0';
	text = trim(line);
	if (!*text || *text == '#')
		return 0;
	equals = strchr(text, '=');
	if (!equals || equals == text)
		return fail(reader, "not of the form \"key = value\"");
	*equals = '\0';
	return take_value(reader, trim(text), trim(equals + 1));
}

int mpy_config_parse(struct mpy_config *config, const char *text, size_t size,
		     const char *name, char *why, size_t why_size)
{
	struct reader reader = { .name = name, .why = why,
				 .why_size = why_size };
	const char *end = text + size, *stop;
	int r;

	r = mpy_config_defaults(&reader.config);
	while (!r && text < end) {
		stop = memchr(text, '\n', (size_t)(end - text));
		if (!stop)
			stop = end;
		reader.line++;
		r = take_line(&reader, text, (size_t)(stop - text));
		text = stop + 1;
	}
	if (r) {
		mpy_config_free(&reader.config);
		if (r == -ENOMEM)
			snprintf(why, why_size, "%s: out of memory", name);
		return r;
	}
	mpy_config_free(config);
	*config = reader.config;
	return 0;
}

/* ---- files -------------------------------------------------------------- */

/* Reads the whole file into buffer; its size or -errno. */
static ssize_t read_file(const char *path, char *buffer, size_t room)
{
	size_t used = 0;
	struct stat st;
	ssize_t n;
	int fd, r = 0;

	/* non-blocking: a FIFO at this place must not hang us */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		r = -errno;
	else if (S_ISDIR(st.st_mode))
		r = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	while (!r && used < room) {
		n = read(fd, buffer + used, room - used);
		if (n < 0 && errno != EINTR)
			r = -errno;
		if (n == 0)
			break;
		if (n > 0)
			used += (size_t)n;
	}
	close(fd);
	if (!r && used == room)
		r = -EFBIG;
	return r ? r : (ssize_t)used;
}

int mpy_config_load(struct mpy_config *config, const char *path, char *why,
		    size_t why_size)
{
	char *text = malloc(FILE_MAX + 1);
	ssize_t size;
	int r;

	if (!text) {
		snprintf(why, why_size, "%s: out of memory", path);
		return -ENOMEM;
	}
	size = read_file(path, text, FILE_MAX + 1);
	if (size >= 0) {
		r = mpy_config_parse(config, text, (size_t)size, path, why,
				     why_size);
	} else {
		r = (int)size;
		snprintf(why, why_size, "%s: %s", path,
			 r == -EINVAL ? "not a regular file" : strerror(-r));
		if (r == -ENOENT && !config->database &&
		    mpy_config_defaults(config))
			r = -ENOMEM;
	}
	free(text);
	return r;
}

void mpy_config_each(void (*each)(void *context, const char *key,
				  const char *value_text, const char *meaning),
		     const struct mpy_config *config, void *context)
{
	struct mpy_config *c = (struct mpy_config *)config;
	char number[32];
	size_t i, l;

	for (i = 0; i < N_KEYS; i++) {
		const struct key *key = &keys[i];
		const char *text = number;
		void *value = field(c, key);

		if (is_string(key))
			text = *(char **)value;
		else if (key->type == BYTES)
			snprintf(number, sizeof(number), "%llu",
				 (unsigned long long)*(uint64_t *)value);
		else if (key->type == MILLISECONDS)
			snprintf(number, sizeof(number), "%u",
				 *(unsigned int *)value);
		else if (key->type == FACTOR)
			snprintf(number, sizeof(number), "%g",
				 *(double *)value);
		else
			for (l = 0; l < N_LEVELS; l++)
				if (levels[l].number == *(unsigned int *)value)
					text = levels[l].name;
		each(context, key->name, text, key->meaning);
	}
}

/* ---- the bundle --------------------------------------------------------- */

/* Directory of this program's file, with a "/" at its end. */
static int own_directory(char *out, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", out, size);
	char *slash;

	if (n < 0)
		return -errno;
	if ((size_t)n >= size)
		return -ENAMETOOLONG;
	out[n] = '\0';
	slash = strrchr(out, '/');
	if (!slash)
		return -ENOENT;
	slash[1] = '\0';
	return 0;
}

static int named_bundle(const char *path, char *out, size_t out_size,
			char *why, size_t why_size)
{
	int r = 0;

	if ((size_t)snprintf(out, out_size, "%s", path) >= out_size)
		r = -ENAMETOOLONG;
	else if (access(path, R_OK))
		r = -errno;
	if (r)
		snprintf(why, why_size, "bundle %s: %s", path, strerror(-r));
	return r;
}

int mpy_bundle_find(const char *option, const char *configured, char *out,
		    size_t out_size, char *why, size_t why_size)
{
	static const char installed[] = MPY_DATADIR "/default.bundle";
	char directory[4096], built[4096 + 64];

	if (option)
		return named_bundle(option, out, out_size, why, why_size);
	if (configured && *configured)
		return named_bundle(configured, out, out_size, why, why_size);
	if (!access(installed, R_OK))
		return named_bundle(installed, out, out_size, why, why_size);
	built[0] = '\0';
	if (!own_directory(directory, sizeof(directory)))
		snprintf(built, sizeof(built), "%s../../model/default.bundle",
			 directory);
	if (built[0] && !access(built, R_OK))
		return named_bundle(built, out, out_size, why, why_size);
	snprintf(why, why_size, "no bundle found: tried %s%s%s; name one by "
		 "--bundle FILE or in mpy.conf", installed,
		 built[0] ? " and " : "", built);
	return -ENOENT;
}
