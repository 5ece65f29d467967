/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fixture.h - a scratch directory and findings to fill a store with. */
#ifndef MPY_TESTS_CORE_FIXTURE_H
#define MPY_TESTS_CORE_FIXTURE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/finding.h"
#include "core/hash.h"
#include "core/judgeproc.h"

#define T0 1700000000123456789LL

static char scratch[64];

__attribute__((unused)) static int remove_one(const char *path,
					      const struct stat *st, int flag,
					      struct FTW *ftw)
{
	return remove(path);
}

__attribute__((unused)) static void scratch_remove(void)
{
	nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

__attribute__((unused)) static void scratch_make(void)
{
	snprintf(scratch, sizeof(scratch), "/tmp/mpy-test-XXXXXX");
	if (!mkdtemp(scratch))
		abort();
	atexit(scratch_remove);
}

/* Path of a file in the scratch directory, in one of four buffers. */
__attribute__((unused)) static const char *in_scratch(const char *name)
{
	static char buffers[4][128];
	static int turn;
	char *buffer = buffers[turn++ % 4];

	snprintf(buffer, sizeof(buffers[0]), "%s/%s", scratch, name);
	return buffer;
}

__attribute__((unused)) static char **make_argv(const char *a, const char *b)
{
	char **argv = calloc(2, sizeof(*argv));

	argv[0] = strdup(a);
	argv[1] = strdup(b);
	return argv;
}

static struct mpy_judgement *make_judgement(void)
{
	struct mpy_judgement *judgement = calloc(1, sizeof(*judgement));
	struct mpy_verdict *verdict = calloc(1, sizeof(*verdict));
	struct mpy_layer_result *layer = calloc(1, sizeof(*layer));

	verdict->label = MPY_MALICIOUS;
	verdict->probability = 0.987654321;
	verdict->raw = 4.25;
	verdict->threshold = 0.9;
	verdict->n_layers = 1;
	verdict->reasons = calloc(2, sizeof(*verdict->reasons));
	verdict->n_reasons = 2;
	verdict->reasons[0] = (struct mpy_reason){
		strdup("decodes base64 and executes the result"), 7, 0, 5.5
	};
	verdict->reasons[1] = (struct mpy_reason){ strdup("bias"), 0, 0,
						   -1.25 };
	verdict->indicators = calloc(2, sizeof(*verdict->indicators));
	verdict->n_indicators = 2;
	verdict->indicators[0] = (struct mpy_indicator){
		MPY_IND_URL, strdup("http://example.invalid/x"), 1
	};
	verdict->indicators[1] = (struct mpy_indicator){
		MPY_IND_IP, strdup("192.0.2.7"), 1
	};
	layer->index = 1;
	layer->kind = strdup("base64");
	layer->size = 40;
	layer->contents = (uint8_t *)strdup("print(\"layer\")\n");
	layer->contents_size = 15;
	layer->contents_truncated = true;
	memset(layer->sha256, 'b', 64);
	judgement->verdict = verdict;
	judgement->layers = layer;
	judgement->n_layers = 1;
	return judgement;
}

/* A main finding of process pid about this text. */
__attribute__((unused)) static struct mpy_finding *
make_finding(const char *text, unsigned int pid, int64_t real_ns)
{
	struct mpy_finding *finding = mpy_finding_new();
	struct mpy_script *script = &finding->script;

	finding->incident = strdup("incident-1");
	finding->category = MPY_CATEGORY_MAIN;
	finding->slug = MPY_SLUG_MAIN;
	finding->severity = MPY_CRITICAL;
	finding->real_ns = real_ns;
	finding->model = strdup("test (000000000000)");
	finding->judgement = make_judgement();
	finding->process.pid = pid;
	finding->process.ppid = 1;
	finding->process.start_real_ns = real_ns - 1000;
	finding->process.name = strdup("python3");
	finding->process.uid = 1000;
	finding->process.euid = 1000;
	finding->process.gid = 1000;
	finding->process.cwd = strdup("/tmp");
	finding->process.argv = make_argv("python3", "/tmp/x\xff.py");
	finding->process.argc = 2;
	finding->binary.path = strdup("/usr/bin/python3.11");
	memset(finding->binary.sha256, 'c', 64);
	finding->binary.has_identity = true;
	finding->binary.size = 6800000;
	finding->binary.dev = 2049;
	finding->binary.inode = 131;
	script->sight = "file";
	script->path = strdup("/tmp/x.py");
	script->contents = (uint8_t *)strdup(text);
	script->contents_size = strlen(text);
	script->line_count = 1;
	script->has_file_size = true;
	script->file_size = strlen(text);
	mpy_hash_bytes(text, strlen(text), script->sha256);
	memcpy(script->file_sha256, script->sha256, sizeof(script->sha256));
	finding->resource_name = strdup("//host/0123456789abcdef");
	finding->resource_type = strdup("host");
	finding->project = strdup("unit");
	finding->timeline = calloc(1, sizeof(*finding->timeline));
	finding->timeline[0].real_ns = real_ns;
	finding->timeline[0].what = strdup("python3 opened /tmp/x.py");
	finding->n_timeline = 1;
	finding->latency_us = 1234;
	return finding;
}

#endif
