// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Asking mpy-judge: the real child with real programs, and a false child
 * (this program, started under its name) that does what the program it is
 * given tells it to: die, hang, lie.
 */

#include "../test.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/judgeproc_wire.h"
#include "fixture.h"

#define BUNDLE "model/default.bundle"
#define CHILD  "build/bin/mpy-judge"

static char self[4096], why[512];

/* ---- the false child ---------------------------------------------------- */

static uint8_t message[MPY_WIRE_MESSAGE];
static size_t used;

static void put(uint32_t type, const void *fixed, size_t size,
		const char *text)
{
	struct mpy_wire_frame frame = { type, (uint32_t)(size +
							 strlen(text)) };

	memcpy(message + used, &frame, sizeof(frame));
	memcpy(message + used + sizeof(frame), fixed, size);
	memcpy(message + used + sizeof(frame) + size, text, strlen(text));
	used += sizeof(frame) + frame.size;
}

static void flush(void)
{
	if (send(MPY_WIRE_SOCKET, message, used, MSG_NOSIGNAL) < 0)
		_exit(3);
	used = 0;
}

static void put_layer(uint32_t index, uint64_t size, const char *kind,
		      const char *data)
{
	struct mpy_wire_layer layer = { .index = index, .size = size };

	memcpy(layer.kind, kind, strlen(kind));
	put(MPY_WIRE_LAYER, &layer, sizeof(layer), "");
	if (*data)
		put(MPY_WIRE_DATA, "", 0, data);
}

static void put_end(int status)
{
	struct mpy_wire_end end = { .status = status };

	put(MPY_WIRE_END, &end, sizeof(end), "");
}

/* Misbehaves as the program says. */
static void misbehave(const char *order)
{
	struct mpy_wire_verdict verdict = { .probability = 0.5,
					    .threshold = 0.9 };
	struct mpy_wire_reason reason = { .contribution = 1 };
	struct mpy_wire_indicator indicator = { .type = MPY_IND_URL };

	if (!strcmp(order, "crash")) {
		signal(SIGSEGV, SIG_DFL); /* not the sanitizer's */
		raise(SIGSEGV);
	}
	if (!strcmp(order, "exit"))
		_exit(5);
	if (!strcmp(order, "hang"))
		pause();
	if (!strcmp(order, "close")) {
		close(MPY_WIRE_SOCKET);
		pause();
	}
	if (!strcmp(order, "flood"))
		for (;;) {
			put_layer(1, 1 << 20, "base64", "x");
			flush();
		}
	if (!strcmp(order, "noise"))
		used = sizeof(message);
	if (!strcmp(order, "short"))
		used = 3;
	if (!strcmp(order, "index"))
		put_layer(2, 1, "base64", "x");
	if (!strcmp(order, "kind"))
		put_layer(1, 1, "ba\x1bse", "x");
	if (!strcmp(order, "huge"))
		put_layer(1, MPY_DECODED_MAX + 1ull, "base64", "x");
	if (!strcmp(order, "more"))
		put_layer(1, 1, "base64", "xyz");
	if (!strcmp(order, "unfinished")) {
		put_layer(1, 10, "base64", "x");
		put(MPY_WIRE_VERDICT, &verdict, sizeof(verdict), "");
		put_end(0);
	}
	if (!strcmp(order, "nan")) {
		verdict.raw = NAN;
		put(MPY_WIRE_VERDICT, &verdict, sizeof(verdict), "");
	}
	if (!strcmp(order, "label")) {
		verdict.label = 9;
		put(MPY_WIRE_VERDICT, &verdict, sizeof(verdict), "");
	}
	if (!strcmp(order, "count")) {
		verdict.n_reasons = 1u << 30;
		put(MPY_WIRE_VERDICT, &verdict, sizeof(verdict), "");
	}
	if (!strcmp(order, "early"))
		put_end(0);
	if (!strcmp(order, "fewer")) {
		verdict.n_reasons = 2;
		put(MPY_WIRE_VERDICT, &verdict, sizeof(verdict), "");
		put(MPY_WIRE_REASON, &reason, sizeof(reason), "one");
		put_end(0);
	}
	if (!strcmp(order, "type")) {
		verdict.n_indicators = 1;
		indicator.type = 99;
		put(MPY_WIRE_VERDICT, &verdict, sizeof(verdict), "");
		put(MPY_WIRE_INDICATOR, &indicator, sizeof(indicator), "x");
	}
	if (!strcmp(order, "memory"))
		put_end(-ENOMEM);
	if (!strcmp(order, "fine")) {
		put(MPY_WIRE_VERDICT, &verdict, sizeof(verdict), "");
		put_end(0);
	}
	if (!strcmp(order, "twice")) {
		misbehave("fine");
		misbehave("fine");
	}
	if (!strcmp(order, "dirty")) {
		verdict.n_reasons = 1;
		verdict.n_layers = 2;
		put_layer(1, 6, "codec:x", "abc");
		flush();
		put(MPY_WIRE_DATA, "", 0, "\xc3\xa9z");
		put_layer(2, 0, "hex", "");
		put(MPY_WIRE_VERDICT, &verdict, sizeof(verdict), "");
		put(MPY_WIRE_REASON, &reason, sizeof(reason),
		    "a\x1b[31m\xff\xe2\x80\xae");
		put_end(0);
	}
}

/* The program that came in a memfd, whose seals must hold. */
static const char *mapped(const struct cmsghdr *head)
{
	const char *data;
	int fd;

	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	data = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED || ftruncate(fd, 0) == 0 ||
	    write(fd, "x", 1) == 1)
		_exit(9);
	close(fd);
	return data;
}

static void obey(const char *data)
{
	char order[32];

	snprintf(order, sizeof(order), "%.*s", (int)strcspn(data, "\n"), data);
	misbehave(order);
}

/* Programs behind their requests, each in its turn. */
static void obey_all(const uint8_t *at, size_t left)
{
	static char small[MPY_WIRE_SMALL + 1];
	struct mpy_wire_request request;

	while (left) {
		if (left < sizeof(request))
			_exit(7);
		memcpy(&request, at, sizeof(request));
		at += sizeof(request);
		left -= sizeof(request);
		if (request.size > left)
			_exit(8);
		memcpy(small, at, request.size);
		small[request.size] = '\0';
		obey(small);
		at += request.size;
		left -= request.size;
	}
}

/* Does what the first line of each program says. */
static int false_child(void)
{
	static uint8_t bytes[MPY_WIRE_ASK];

	put(MPY_WIRE_READY, "", 0, "");
	flush();
	for (;;) {
		char control[CMSG_SPACE(sizeof(int))]
			__attribute__((aligned(8)));
		struct iovec piece = { bytes, sizeof(bytes) };
		struct msghdr head = { .msg_iov = &piece,
				       .msg_iovlen = 1,
				       .msg_control = control,
				       .msg_controllen = sizeof(control) };
		ssize_t n = recvmsg(MPY_WIRE_SOCKET, &head, 0);

		if (n < (ssize_t)sizeof(struct mpy_wire_request))
			_exit(0);
		if (CMSG_FIRSTHDR(&head))
			obey(mapped(CMSG_FIRSTHDR(&head)));
		else
			obey_all(bytes, (size_t)n);
		flush();
	}
}

/* ---- the tests ---------------------------------------------------------- */

static struct mpy_judgeproc *start(const char *program, unsigned int limit_ms,
				   size_t layer_bytes)
{
	struct mpy_judgeproc_options options = { .program = program,
						 .bundle = BUNDLE,
						 .limit_ms = limit_ms,
						 .layer_bytes = layer_bytes };
	struct mpy_judgeproc *judge = NULL;

	if (mpy_judgeproc_start(&options, &judge, why, sizeof(why)))
		printf("# %s\n", why);
	CHECK(judge);
	return judge;
}

/* The judgement of text; the caller's. */
static struct mpy_judgement *ask(struct mpy_judgeproc *judge, const char *text)
{
	struct mpy_judgement *judgement = NULL;

	CHECK(!mpy_judgeproc_judge(judge, text, strlen(text), &judgement));
	CHECK(judgement && judgement->verdict);
	return judgement;
}

/* Of programs judged together only the one at fault has no verdict. */
static void one_of_many_is_at_fault(void)
{
	static const struct {
		const char *order, *message;
	} cases[] = {
		{ "crash", "died of signal 11" },
		{ "hang", "longer than" },
		{ "twice", "broke its protocol" },
		{ "memory", "ran out of memory" },
		{ "fine", NULL },
	};
	struct mpy_program programs[] = { { "fine", 4 },
					  { NULL, 0 },
					  { "fine\nx", 6 } };
	struct mpy_judgeproc *judge = start(self, 300, 0);
	struct mpy_judgement *out[3];
	size_t i, j;

	for (i = 0; judge && i < sizeof(cases) / sizeof(cases[0]); i++) {
		programs[1].data = cases[i].order;
		programs[1].size = strlen(cases[i].order);
		CHECK(!mpy_judgeproc_judge_all(judge, programs, 3, out));
		CHECK(out[0]->verdict->label == MPY_HARMLESS);
		CHECK(out[2]->verdict->label == MPY_HARMLESS);
		CHECK(out[1]->aborted == !!cases[i].message);
		if (cases[i].message)
			CHECK(strstr(out[1]->verdict->unreadable,
				     cases[i].message));
		for (j = 0; j < 3; j++)
			mpy_judgement_free(out[j]);
	}
	mpy_judgeproc_stop(judge);
}

static void a_bad_child_is_unreadable(void)
{
	static const struct {
		const char *order, *message;
	} cases[] = {
		{ "crash", "died of signal 11" },
		{ "exit", "ended with status 5" },
		{ "close", "died of signal 9" },
		{ "noise", "broke its protocol" },
		{ "short", "broke its protocol" },
		{ "flood", "broke its protocol" },
		{ "index", "broke its protocol" },
		{ "kind", "broke its protocol" },
		{ "huge", "broke its protocol" },
		{ "more", "broke its protocol" },
		{ "unfinished", "broke its protocol" },
		{ "nan", "broke its protocol" },
		{ "label", "broke its protocol" },
		{ "count", "broke its protocol" },
		{ "early", "broke its protocol" },
		{ "fewer", "broke its protocol" },
		{ "type", "broke its protocol" },
		{ "twice", "broke its protocol" },
		{ "memory", "ran out of memory" },
		{ "nothing", "ended with status 0" }, /* an empty message */
	};
	struct mpy_judgeproc *judge = start(self, 60000, 100);
	struct mpy_judgement *judgement;
	size_t i;

	for (i = 0; judge && i < sizeof(cases) / sizeof(cases[0]); i++) {
		judgement = ask(judge, cases[i].order);
		CHECK(judgement->verdict->label == MPY_UNREADABLE);
		if (!strstr(judgement->verdict->unreadable, cases[i].message))
			printf("# %s: %s\n", cases[i].order,
			       judgement->verdict->unreadable);
		CHECK(strstr(judgement->verdict->unreadable,
			     cases[i].message));
		mpy_judgement_free(judgement);
	}
	mpy_judgeproc_stop(judge);
}

static void a_slow_child_is_replaced(void)
{
	struct mpy_judgeproc *judge = start(self, 100, 0);
	struct mpy_judgement *judgement = ask(judge, "hang");

	CHECK(judgement->verdict->label == MPY_UNREADABLE);
	CHECK_STR(judgement->verdict->unreadable,
		  "the judge took longer than 100 ms");
	CHECK(mpy_judgeproc_pid(judge) > 0);
	mpy_judgement_free(judgement);
	mpy_judgeproc_stop(judge);
}

static void cleans_what_it_keeps(void)
{
	struct mpy_judgeproc *judge = start(self, 60000, 4);
	struct mpy_judgement *judgement = ask(judge, "dirty");
	struct mpy_layer_result *layer = judgement->layers;
	char hex[MPY_SHA256_HEX];

	CHECK(judgement->verdict->label == MPY_HARMLESS);
	CHECK_STR(judgement->verdict->reasons[0].text, "a?[31m??");
	CHECK(judgement->n_layers == 2);
	mpy_hash_bytes("abc\xc3\xa9z", 6, hex);
	CHECK_STR(layer[0].sha256, hex);
	CHECK_STR(layer[0].kind, "codec:x");
	CHECK(layer[0].size == 6);
	CHECK(layer[1].size == 0 && !layer[1].contents_truncated);
	mpy_hash_bytes("", 0, hex);
	CHECK_STR(layer[1].sha256, hex);
	mpy_judgement_free(judgement);
	mpy_judgeproc_stop(judge);
}

/* Small ones come within the request, others in a sealed memfd. */
static void programs_of_any_size(void)
{
	static const size_t sizes[] = { 6, MPY_WIRE_SMALL - 1, MPY_WIRE_SMALL,
					MPY_WIRE_SMALL + 1, 1 << 20 };
	struct mpy_judgeproc *judge = start(self, 60000, 4);
	char *text = malloc((1 << 20) + 1);
	size_t i;

	for (i = 0; judge && text && i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct mpy_judgement *judgement;

		memset(text, '#', sizes[i]);
		memcpy(text, "dirty\n", 6);
		text[sizes[i]] = '\0';
		judgement = ask(judge, text);
		CHECK(judgement->verdict->label == MPY_HARMLESS);
		mpy_judgement_free(judgement);
	}
	free(text);
	mpy_judgeproc_stop(judge);
}

static void a_killed_child_is_replaced(void)
{
	struct mpy_judgeproc *judge = start(self, 60000, 0);
	struct mpy_judgement *judgement;
	pid_t first = mpy_judgeproc_pid(judge);

	CHECK(first > 0);
	kill(first, SIGKILL);
	usleep(100000);
	judgement = ask(judge, "dirty");
	CHECK(judgement->verdict->label == MPY_HARMLESS);
	CHECK(mpy_judgeproc_pid(judge) != first);
	CHECK(!judgement->layers[0].contents);
	mpy_judgement_free(judgement);
	first = mpy_judgeproc_pid(judge);
	mpy_judgeproc_stop(judge);
	CHECK(kill(first, 0) && errno == ESRCH);
}

static void refuses_to_start(void)
{
	struct mpy_judgeproc_options options = { .program = "/none/judge",
						 .bundle = BUNDLE };
	struct mpy_judgeproc *judge;

	CHECK(mpy_judgeproc_start(&options, &judge, why, sizeof(why)) ==
	      -ENOENT);
	CHECK(strstr(why, "/none/judge"));
	options.program = "/bin/true";
	CHECK(mpy_judgeproc_start(&options, &judge, why, sizeof(why)) < 0);
	CHECK(strstr(why, "/bin/true"));
	options.program = self;
	options.bundle = "/none/bundle";
	CHECK(mpy_judgeproc_start(&options, &judge, why, sizeof(why)) ==
	      -ENOENT);
	CHECK(strstr(why, "/none/bundle"));
	options.bundle = self; /* no bundle, and far too large */
	CHECK(mpy_judgeproc_start(&options, &judge, why, sizeof(why)) ==
	      -EINVAL);
	options.bundle = "/etc/passwd";
	CHECK(mpy_judgeproc_start(&options, &judge, why, sizeof(why)) ==
	      -EINVAL);
	CHECK(strstr(why, "/etc/passwd"));
	CHECK(!judge);
}

static void the_real_child_judges(void)
{
	static char large[20 << 20];
	struct mpy_judgeproc *judge;
	struct mpy_judgement *judgement = NULL;
	pid_t pid;
	int i;

	if (access(CHILD, X_OK))
		SKIP("build/bin/mpy-judge is not built");
	judge = start(CHILD, 60000, 1000);
	if (!judge)
		return;
	pid = mpy_judgeproc_pid(judge);
	CHECK(strchr(mpy_judgeproc_model(judge), '('));
	for (i = 0; i < 100; i++) {
		judgement = ask(judge, "print('hello')\n");
		CHECK(judgement->verdict->label == MPY_HARMLESS);
		CHECK(judgement->verdict->probability < 0.5);
		mpy_judgement_free(judgement);
	}
	judgement = ask(judge, "");
	CHECK(judgement->verdict->label != MPY_UNREADABLE);
	mpy_judgement_free(judgement);
	memset(large, '(', sizeof(large));
	CHECK(!mpy_judgeproc_judge(judge, large, sizeof(large), &judgement));
	CHECK(judgement->verdict->bounds & MPY_BOUND_TEXT);
	mpy_judgement_free(judgement);
	/* none of this made it necessary to replace the child */
	CHECK(mpy_judgeproc_pid(judge) == pid);
	mpy_judgeproc_stop(judge);
}

static void put16(uint8_t *p, unsigned int value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *p, uint32_t value)
{
	put16(p, value & 0xffff);
	put16(p + 2, value >> 16);
}

/* An archive of 40 MiB whose one stored member is at its end: the directory
 * counts from the beginning, which is not handed over. */
static void a_large_zip_keeps_its_places(void)
{
	static const char text[] = "print('member')\n";
	const size_t size = 40 << 20, n = sizeof(text) - 1;
	uint8_t *zip = calloc(1, size), *entry, *end = zip + size - 22;
	struct mpy_judgement *judgement = NULL;
	struct mpy_judgeproc *judge;
	uint8_t *member;

	if (access(CHILD, X_OK))
		SKIP("build/bin/mpy-judge is not built");
	entry = end - 46 - 4;
	member = entry - 30 - 4 - n;
	memcpy(member, "PK\3\4", 4);
	put32(member + 18, (uint32_t)n);
	put32(member + 22, (uint32_t)n);
	put16(member + 26, 4);
	memcpy(member + 30, "a.py", 4);
	memcpy(member + 34, text, n);
	memcpy(entry, "PK\1\2", 4);
	put32(entry + 20, (uint32_t)n);
	put32(entry + 24, (uint32_t)n);
	put16(entry + 28, 4);
	put32(entry + 42, (uint32_t)(member - zip));
	memcpy(entry + 46, "a.py", 4);
	memcpy(end, "PK\5\6", 4);
	put16(end + 8, 1);
	put16(end + 10, 1);
	put32(end + 12, 50);
	put32(end + 16, (uint32_t)(entry - zip));
	judge = start(CHILD, 60000, 1000);
	CHECK(!mpy_judgeproc_judge(judge, zip, size, &judgement));
	CHECK(judgement && judgement->n_layers == 1);
	if (judgement && judgement->n_layers) {
		CHECK_STR(judgement->layers[0].kind, "zip-member");
		CHECK(judgement->layers[0].contents_size == n &&
		      !memcmp(judgement->layers[0].contents, text, n));
	}
	CHECK(judgement->verdict->bounds & MPY_BOUND_TEXT);
	mpy_judgement_free(judgement);
	mpy_judgeproc_stop(judge);
	free(zip);
}

int main(int argc, char **argv)
{
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (argc == 1 && !strcmp(argv[0], "mpy-judge"))
		return false_child();
	self[n > 0 ? n : 0] = '\0';
	if (access(BUNDLE, R_OK)) {
		printf("not ok bundle # %s is not here\n", BUNDLE);
		return 1;
	}
	RUN(a_bad_child_is_unreadable);
	RUN(one_of_many_is_at_fault);
	RUN(a_slow_child_is_replaced);
	RUN(cleans_what_it_keeps);
	RUN(programs_of_any_size);
	RUN(a_killed_child_is_replaced);
	RUN(refuses_to_start);
	RUN(the_real_child_judges);
	RUN(a_large_zip_keeps_its_places);
	return DONE();
}
