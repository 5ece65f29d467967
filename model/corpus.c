// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * corpus.c - one JSON line at a time out of a zstd child, so that the corpus
 * is never on disk or in memory as a whole.
 */
#include "corpus.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/json.h"

static FILE *start_zstd(const char *path, pid_t *pid)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return NULL;
	*pid = fork();
	if (!*pid) {
		dup2(ends[1], STDOUT_FILENO);
		execlp("zstd", "zstd", "-dcq", "--", path, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	if (*pid < 0) {
		close(ends[0]);
		return NULL;
	}
	return fdopen(ends[0], "r");
}

static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static size_t from_base64(const char *text, size_t size, uint8_t *out)
{
	uint32_t bits = 0;
	unsigned int held = 0;
	size_t i, n = 0;

	for (i = 0; i < size && digit(text[i]) >= 0; i++) {
		bits = bits << 6 | (uint32_t)digit(text[i]);
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[n++] = (uint8_t)(bits >> held);
		}
	}
	return n;
}

static void read_fields(const struct mpy_json *json, struct mpy_record *record)
{
	const char *label = mpy_json_str(json, "label", "");

	record->side = !strcmp(label, "malicious") ? MPY_MALWARE
		       : !strcmp(label, "dualuse") ? MPY_DUALUSE
						   : MPY_BENIGN;
	record->literal = !strcmp(mpy_json_str(json, "kind", ""), "literal");
	record->id = mpy_json_str(json, "id", "");
	record->source = mpy_json_str(json, "source", "");
	record->package = mpy_json_str(json, "package", "");
	record->cluster = mpy_json_int(json, "cluster", 0);
	record->slice = mpy_json_str(json, "slice", "");
	record->evidence = mpy_json_str(json, "evidence", "");
}

static int one_line(const char *line, size_t size, unsigned int edition,
		    int (*each)(void *context, const struct mpy_record *record),
		    void *context)
{
	struct mpy_record record = { .edition = edition };
	const char *text, *packed = NULL;
	uint8_t *raw = NULL;
	struct mpy_json *json;
	char why[160];
	int result;

	json = mpy_json_parse(line, size, why, sizeof(why));
	if (!json) {
		fprintf(stderr, "corpus: a line is no JSON: %s\n", why);
		return -EINVAL;
	}
	read_fields(json, &record);
	text = mpy_json_strn(json, "text", &record.size);
	if (!text) {
		packed = mpy_json_strn(json, "b64", &record.size);
		raw = malloc(record.size + 1);
		if (raw && packed)
			record.size = from_base64(packed, record.size, raw);
	}
	record.data = text ? (const uint8_t *)text : raw;
	result = record.data && (text || packed) ? each(context, &record)
						 : -EINVAL;
	free(raw);
	mpy_json_free(json);
	return result;
}

static int one_file(const char *path, unsigned int edition,
		    int (*each)(void *context, const struct mpy_record *record),
		    void *context)
{
	int result = 0, status = 0;
	char *line = NULL;
	size_t room = 0;
	ssize_t size;
	pid_t pid;
	FILE *in = start_zstd(path, &pid);

	if (!in)
		return -errno;
	while (!result && (size = getline(&line, &room, in)) > 0)
		result = one_line(line, (size_t)size, edition, each, context);
	free(line);
	fclose(in);
	if (waitpid(pid, &status, 0) < 0 || (!result && status)) {
		fprintf(stderr, "corpus: zstd could not unpack %s\n", path);
		return -EIO;
	}
	return result;
}

int mpy_corpus_each(const char *dir,
		    int (*each)(void *context, const struct mpy_record *record),
		    void *context)
{
	char path[4096];
	int result;

	snprintf(path, sizeof(path), "%s/train.jsonl.zst", dir);
	if (access(path, R_OK)) {
		result = -errno;
		fprintf(stderr, "corpus: cannot read %s: %s\n", path,
			strerror(errno));
		return result;
	}
	result = one_file(path, 1, each, context);
	if (result)
		return result;
	snprintf(path, sizeof(path), "%s/train2.jsonl.zst", dir);
	return access(path, R_OK) ? 0 : one_file(path, 2, each, context);
}
