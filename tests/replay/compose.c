// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compose.c - writes a recording to standard output, for the bench and the
 * tests of mpyd: EVENTS / 2 processes, each an EXEC and a READ of its script,
 * an ordinary one of 2 kB or what is in FILE. "same": all have the same
 * script; "new": no two.
 */
#include "compose.h"

#include <stdio.h>
#include <unistd.h>

#include "daemon/facts.h"

#define SCRIPT_SIZE 2048
#define FILE_MAX    16384 /* of a given script */

static void keep_host(struct mpy_recorder *recorder)
{
	const struct mpy_host host = { (char *)"00000000000000000000000000000001",
				       (char *)"bench", (char *)"0" };
	struct mpy_blob blob = { NULL, 0, 0, false };

	mpy_host_put(&blob, &host);
	mpy_recorder_add(recorder, MPY_RECORD_HOST, 0, blob.data, blob.size);
	mpy_blob_free(&blob);
}

/* An ordinary program that differs from others by its number. */
static void make_script(char script[SCRIPT_SIZE], unsigned long number)
{
	int used = snprintf(script, SCRIPT_SIZE,
			    "import json\n\n\ndef main(value=%lu):\n", number);
	int line;

	for (line = 0; used < SCRIPT_SIZE - 80; line++)
		used += snprintf(script + used, (size_t)(SCRIPT_SIZE - used),
				 "    value_%d = json.dumps({'n': %lu})\n",
				 line, number + (unsigned long)line);
	memset(script + used, '\n', (size_t)(SCRIPT_SIZE - used));
}

/* FILE, if there is one; a last line with the number is added if number. */
static size_t take_script(const char *path, char script[FILE_MAX],
			  unsigned long number)
{
	FILE *file;
	size_t size;

	if (!path) {
		make_script(script, number);
		return SCRIPT_SIZE;
	}
	file = fopen(path, "re");
	if (!file)
		return 0;
	size = fread(script, 1, FILE_MAX - 40, file);
	fclose(file);
	if (number)
		size += (size_t)sprintf(script + size, "# %lu\n", number);
	return size;
}

static int keep_process(struct mpy_recorder *recorder, unsigned long i,
			const char *path, unsigned long number)
{
	static const char argv[] = "python3\0/root/job.py";
	const struct actor who = { (uint32_t)(1000 + i), 1, "/root",
				   "/usr/bin/python3.11" };
	const uint64_t seq = 2 * i + 1;
	char script[FILE_MAX];
	size_t size = take_script(path, script, number);

	if (!size)
		return -1;
	keep(recorder, new_exec(seq, who, "/usr/bin/python3", sizeof(argv)));
	keep_field(recorder, seq, MPY_FIELD_ARGV, argv, sizeof(argv));
	keep(recorder, new_read(seq + 1, who, "/root/job.py", 5, size));
	keep_field(recorder, seq + 1, MPY_FIELD_CONTENTS, script, size);
	return 0;
}

int main(int argc, char **argv)
{
	struct mpy_recorder *recorder;
	unsigned long i, n;
	int fresh, bad = 0;

	if ((argc != 3 && argc != 4) ||
	    (strcmp(argv[1], "same") && strcmp(argv[1], "new"))) {
		fprintf(stderr, "usage: compose same|new EVENTS [FILE]\n");
		return 2;
	}
	fresh = !strcmp(argv[1], "new");
	n = strtoul(argv[2], NULL, 10) / 2; /* two events each */
	if (mpy_recorder_begin(dup(STDOUT_FILENO), &recorder) < 0)
		return 1;
	keep_host(recorder);
	for (i = 0; i < n && !bad; i++)
		bad = keep_process(recorder, i, argv[3], fresh ? i : 0);
	return mpy_recorder_close(recorder) < 0 || bad;
}
