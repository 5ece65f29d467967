// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench_judge - CPU time of the judge alone, one core: reads the named files
 * into memory first, judges each, prints MB/s and the median and 99th
 * percentile per file, over all and for the size classes that the aims name.
 *
 * usage: bench_judge BUNDLE ROUNDS < list of paths, one a line
 */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "judge/bundle.h"
#include "judge/verdict.h"

struct sample {
	char *path;
	unsigned char *data;
	size_t size;
	double ms; /* best of the rounds: the least disturbed one */
};

static unsigned char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	unsigned char *data = NULL;
	size_t room = 0, used = 0, got;

	if (!file)
		return NULL;
	do {
		if (used == room) {
			unsigned char *more;

			room = room ? room * 2 : 65536;
			more = realloc(data, room);
			if (!more)
				break;
			data = more;
		}
		got = fread(data + used, 1, room - used, file);
		used += got;
	} while (got);
	fclose(file);
	*size = used;
	return data;
}

static double cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static int by_ms(const void *a, const void *b)
{
	double x = ((const struct sample *)a)->ms;
	double y = ((const struct sample *)b)->ms;

	return x < y ? -1 : x > y;
}

/* samples are sorted by time; low <= size < high */
static void row(const char *name, const struct sample *samples, size_t n,
		size_t low, size_t high)
{
	double total = 0, median = 0, p99 = 0;
	size_t count = 0, bytes = 0, seen = 0, i;

	for (i = 0; i < n; i++)
		if (samples[i].size >= low && samples[i].size < high)
			count++;
	if (!count)
		return;
	for (i = 0; i < n; i++) {
		if (samples[i].size < low || samples[i].size >= high)
			continue;
		bytes += samples[i].size;
		total += samples[i].ms;
		if (seen == count / 2)
			median = samples[i].ms;
		if (seen == (count * 99) / 100)
			p99 = samples[i].ms;
		seen++;
	}
	printf("%-22s %7zu %9.1f %9.1f %10.3f %10.3f\n", name, count,
	       bytes / 1e6, bytes / 1e3 / total, median, p99);
}

int main(int argc, char **argv)
{
	struct mpy_bundle *bundle;
	struct mpy_judge_room *judge = mpy_judge_room_new();
	struct sample *samples = NULL;
	size_t n = 0, room = 0, size, i;
	unsigned char *data;
	char why[256], line[4096];
	int rounds, round;

	/* as mpy-judge does; without, pages coming and going are measured */
	mallopt(M_MMAP_THRESHOLD, 4 << 20);
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	mallopt(M_TOP_PAD, 1 << 20);
	if (argc != 3) {
		fprintf(stderr, "usage: bench_judge BUNDLE ROUNDS <list\n");
		return 2;
	}
	rounds = (int)strtol(argv[2], NULL, 10);
	data = read_file(argv[1], &size);
	if (!data || mpy_bundle_parse(data, size, &bundle, why, sizeof(why))) {
		fprintf(stderr, "bench_judge: %s: %s\n", argv[1],
			data ? why : strerror(errno));
		return 1;
	}
	free(data);
	if (!judge)
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		data = read_file(line, &size);
		if (!data)
			continue;
		if (n == room) {
			room = room ? room * 2 : 1024;
			samples = realloc(samples, room * sizeof(*samples));
			if (!samples)
				return 1;
		}
		samples[n++] = (struct sample){ strdup(line), data, size, 1e30 };
	}
	for (round = 0; round < rounds; round++) {
		for (i = 0; i < n; i++) {
			struct mpy_verdict *verdict;
			double start = cpu_ms();

			if (mpy_judge_in(judge, bundle, MPY_DETAIL_FOUND,
					 samples[i].data, samples[i].size, NULL,
					 &verdict))
				return 1;
			start = cpu_ms() - start;
			if (start < samples[i].ms)
				samples[i].ms = start;
			mpy_verdict_free(verdict);
		}
	}
	qsort(samples, n, sizeof(*samples), by_ms);
	printf("%-22s %7s %9s %9s %10s %10s\n", "judge, one core", "files",
	       "MB", "MB/s", "median ms", "p99 ms");
	row("all files", samples, n, 1, (size_t)-1);
	row("8-12 kB", samples, n, 8000, 12000);
	row("0.9-1.1 MiB", samples, n, 943718, 1153434);
	if (n)
		printf("slowest: %.2f ms, %zu bytes: %s\n", samples[n - 1].ms,
		       samples[n - 1].size, samples[n - 1].path);
	for (i = 0; i < n; i++) {
		free(samples[i].path);
		free(samples[i].data);
	}
	free(samples);
	mpy_bundle_free(bundle);
	return 0;
}
