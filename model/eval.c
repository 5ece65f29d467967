// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * eval.c - mpy-eval: judges a corpus with one bundle or with two side by
 * side, by the whole judge with its layers, as mpyd does. For a corpus that
 * the bundle was trained on the figures show what it has learned, not what it
 * finds; --cut N judges only records of clusters whose number modulo N is 0.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "judge/bundle.h"
#include "judge/verdict.h"

#include "corpus.h"
#include "metrics.h"

static const char usage[] =
	"usage: mpy-eval BUNDLE [BUNDLE2] --corpus DIR [--cut N]\n"
	"Judges DIR/train.jsonl.zst and DIR/train2.jsonl.zst and prints what\n"
	"each bundle finds. With --cut N only every Nth cluster.\n";

#define KINDS 5

static const char *const kinds[KINDS] = { "harmless files", "harmless literals",
					  "malicious files",
					  "malicious literals",
					  "dual-use files" };

/* What one bundle said. */
struct tally {
	struct mpy_bundle *bundle;
	size_t labels[KINDS][4];
	struct mpy_sample *files, *literals;
	size_t n_files, n_literals, room;
	double seconds;
	size_t bytes;
};

struct run {
	struct tally tallies[2];
	unsigned int n;
	unsigned int cut;
	size_t records;
};

static int load(const char *path, struct mpy_bundle **out)
{
	char why[200] = "";
	uint8_t *data = malloc(MPY_BUNDLE_MAX + 1);
	FILE *in = fopen(path, "rb");
	size_t size;
	int result;

	if (!data || !in) {
		fprintf(stderr, "mpy-eval: cannot read %s: %s\n", path,
			strerror(errno));
		free(data);
		return -EIO;
	}
	size = fread(data, 1, MPY_BUNDLE_MAX + 1, in);
	fclose(in);
	result = mpy_bundle_parse(data, size, out, why, sizeof(why));
	if (result)
		fprintf(stderr, "mpy-eval: %s: %s\n", path, why);
	free(data);
	return result;
}

static int make_room(struct tally *t)
{
	struct mpy_sample *more;

	if (t->n_files + t->n_literals < t->room)
		return 0;
	t->room = t->room ? t->room * 2 : 16384;
	more = realloc(t->files, t->room * sizeof(*more));
	if (!more)
		return -ENOMEM;
	t->files = more;
	more = realloc(t->literals, t->room * sizeof(*more));
	if (!more)
		return -ENOMEM;
	t->literals = more;
	return 0;
}

static unsigned int kind_of(const struct mpy_record *record)
{
	if (record->side == MPY_DUALUSE)
		return 4;
	return (record->side == MPY_MALWARE ? 2 : 0) + record->literal;
}

static int judge(struct tally *t, const struct mpy_record *record)
{
	struct timespec from, to;
	struct mpy_verdict *v;
	struct mpy_sample s;
	int result = make_room(t);

	if (result)
		return result;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	result = mpy_judge(t->bundle, record->data, record->size, NULL, &v);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	if (result)
		return result;
	t->seconds += (double)(to.tv_sec - from.tv_sec) +
		      (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	t->bytes += record->size;
	t->labels[kind_of(record)][v->label]++;
	s.score = v->label == MPY_UNREADABLE ? 0 : v->probability;
	s.score += v->raw * 1e-9; /* ties of probability go by raw */
	s.positive = record->side == MPY_MALWARE;
	if (record->side != MPY_DUALUSE && record->literal)
		t->literals[t->n_literals++] = s;
	else if (record->side != MPY_DUALUSE)
		t->files[t->n_files++] = s;
	mpy_verdict_free(v);
	return 0;
}

static int one(void *context, const struct mpy_record *record)
{
	struct run *run = context;
	unsigned int i;
	int result = 0;

	if (run->cut > 1 && record->cluster % run->cut)
		return 0;
	for (i = 0; !result && i < run->n; i++)
		result = judge(&run->tallies[i], record);
	if (++run->records % 1000 == 0)
		fprintf(stderr, "\r%zu programs", run->records);
	return result;
}

static void print_rates(struct run *run)
{
	static const double rates[] = { 0.01, 0.001, 0.0001 };
	unsigned int i, k;

	printf("%-34s", "ROC-AUC of files");
	for (i = 0; i < run->n; i++)
		printf(" %14.4f", mpy_metrics_auc(run->tallies[i].files,
						  run->tallies[i].n_files));
	for (k = 0; k < 3; k++) {
		printf("\nfiles found at %5.2f %% false ones   ",
		       rates[k] * 100);
		for (i = 0; i < run->n; i++) {
			struct tally *t = &run->tallies[i];

			printf(" %14.4f",
			       mpy_metrics_recall(
				       t->files, t->n_files,
				       mpy_metrics_threshold(t->files,
							     t->n_files,
							     rates[k])));
		}
		printf("\nliterals found at the same point  ");
		for (i = 0; i < run->n; i++) {
			struct tally *t = &run->tallies[i];

			printf(" %14.4f",
			       mpy_metrics_recall(
				       t->literals, t->n_literals,
				       mpy_metrics_threshold(t->files,
							     t->n_files,
							     rates[k])));
		}
	}
	printf("\n%-34s", "MB/s");
	for (i = 0; i < run->n; i++)
		printf(" %14.1f", run->tallies[i].bytes / 1e6 /
					  run->tallies[i].seconds);
	printf("\n");
}

static void print_all(struct run *run)
{
	unsigned int kind, label, i;

	printf("%-34s", "");
	for (i = 0; i < run->n; i++)
		printf(" %14.14s", mpy_bundle_name(run->tallies[i].bundle));
	printf("\n");
	for (kind = 0; kind < KINDS; kind++)
		for (label = 0; label < 4; label++) {
			printf("%-20s%-14s", label ? "" : kinds[kind],
			       mpy_label_name(label));
			for (i = 0; i < run->n; i++)
				printf(" %14zu",
				       run->tallies[i].labels[kind][label]);
			printf("\n");
		}
	print_rates(run);
}

static int evaluate(struct run *run, const char *corpus, char **paths)
{
	unsigned int i;
	int result = 0;

	for (i = 0; !result && i < run->n; i++)
		result = load(paths[i], &run->tallies[i].bundle);
	if (!result)
		result = mpy_corpus_each(corpus, one, run);
	fprintf(stderr, "\r");
	if (!result)
		print_all(run);
	else
		fprintf(stderr, "mpy-eval: %s\n", strerror(-result));
	for (i = 0; i < run->n; i++) {
		mpy_bundle_free(run->tallies[i].bundle);
		free(run->tallies[i].files);
		free(run->tallies[i].literals);
	}
	return result ? 1 : 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "corpus", required_argument, NULL, 'c' },
		{ "cut", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	struct run run = { .cut = 1 };
	const char *corpus = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'c')
			corpus = optarg;
		else if (c == 'n')
			run.cut = (unsigned int)strtoul(optarg, NULL, 10);
		else
			return fputs(usage, c == 'h' ? stdout : stderr),
			       c == 'h' ? 0 : 2;
	}
	run.n = (unsigned int)(argc - optind);
	if (!corpus || run.n < 1 || run.n > 2)
		return fputs(usage, stderr), 2;
	return evaluate(&run, corpus, argv + optind);
}
