// SPDX-License-Identifier: GPL-2.0-or-later
/* train_report.c - what is printed, and what model/plot draws. */
#include "train_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t mpy_report_collect(const struct mpy_dataset *set, const double *raw,
			  const uint8_t *test, int kind,
			  struct mpy_sample *out)
{
	size_t i, n = 0;

	for (i = 0; i < set->n; i++) {
		const struct mpy_doc *doc = &set->docs[i];

		if (doc->owner != i || doc->side == MPY_DUALUSE ||
		    (test && !test[i]) || doc->cut ||
		    doc->made != (kind == 2) ||
		    doc->own != (kind == 3) ||
		    (kind >= 0 && kind < 2 && doc->literal != (kind > 0)))
			continue;
		out[n++] = (struct mpy_sample){ raw[i],
						doc->side == MPY_MALWARE };
	}
	return n;
}

static void print_recall(const char *what, const struct mpy_sample *samples,
			 size_t n, double threshold)
{
	size_t good = 0, bad = 0, hits = 0, alarms = 0, i;
	double low, high;

	for (i = 0; i < n; i++) {
		*(samples[i].positive ? &bad : &good) += 1;
		if (samples[i].score < threshold)
			continue;
		*(samples[i].positive ? &hits : &alarms) += 1;
	}
	mpy_metrics_interval(hits, bad, &low, &high);
	printf("    %-8s recall %.3f (%.3f-%.3f)  false positives %zu of "
	       "%zu\n",
	       what, bad ? (double)hits / (double)bad : 0, low, high, alarms,
	       good);
}

void mpy_report_print(const char *title, const struct mpy_dataset *set,
		      const double *raw, const uint8_t *test)
{
	static const double rates[] = { 0.01, 0.001, 0.0003, 0.0001 };
	static const char *const kinds[] = { "files", "literals", "twisted",
					     "own" };
	struct mpy_sample *samples[4] = { NULL };
	size_t n[4] = { 0 }, i;
	int kind, result = 0;

	for (kind = 0; kind < 4; kind++) {
		samples[kind] = calloc(set->n + 1, sizeof(**samples));
		if (!samples[kind])
			result = -ENOMEM;
		else
			n[kind] = mpy_report_collect(set, raw, test, kind,
						     samples[kind]);
	}
	if (!result)
		printf("%s\n  ROC-AUC: files %.4f, literals %.4f\n", title,
		       mpy_metrics_auc(samples[0], n[0]),
		       mpy_metrics_auc(samples[1], n[1]));
	for (i = 0; !result && i < sizeof(rates) / sizeof(rates[0]); i++) {
		double t = mpy_metrics_threshold(samples[0], n[0], rates[i]);

		printf("  at %g %% false positives of files (raw %.3f):\n",
		       rates[i] * 100, t);
		for (kind = 0; kind < 4; kind++)
			if (n[kind])
				print_recall(kinds[kind], samples[kind],
					     n[kind], t);
	}
	fflush(stdout);
	for (kind = 0; kind < 4; kind++)
		free(samples[kind]);
}

int mpy_report_tables(const char *dir, const struct mpy_dataset *set,
		      const double *linear, const double *raw)
{
	static const char *const sides[] = { "harmless", "dual-use",
					     "malicious" };
	char path[4096];
	FILE *out;
	size_t i;

	snprintf(path, sizeof(path), "%s/scores.tsv", dir);
	out = fopen(path, "w");
	if (!out) {
		fprintf(stderr, "mpy-train: cannot write %s: %s\n", path,
			strerror(errno));
		return -errno;
	}
	fprintf(out, "side\tkind\tlinear\traw\n");
	for (i = 0; i < set->n; i++)
		if (set->docs[i].owner == i && !set->docs[i].made &&
		    !set->docs[i].own)
			fprintf(out, "%s\t%s\t%.6f\t%.6f\n",
				sides[set->docs[i].side],
				set->docs[i].literal ? "literal" : "file",
				linear[i], raw[i]);
	return fclose(out) ? -EIO : 0;
}
