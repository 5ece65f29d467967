// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines over the control socket: split, joined, too long, cut off. */

#include "../test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/json.h"
#include "core/protocol.h"
#include "fixture.h"

static int pair[2];

static void open_pair(void)
{
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
}

static void say(const char *text)
{
	CHECK(write(pair[1], text, strlen(text)) == (ssize_t)strlen(text));
}

static void splits_lines(void)
{
	struct mpy_lines lines = { .limit = 100 };
	size_t size;

	open_pair();
	say("one\ntwo\n\nthr");
	CHECK(!mpy_lines_next(&lines, &size));
	CHECK(mpy_lines_fill(&lines, pair[0]) == 1);
	CHECK_STR(mpy_lines_next(&lines, &size), "one");
	CHECK(size == 3);
	CHECK_STR(mpy_lines_next(&lines, &size), "two");
	CHECK_STR(mpy_lines_next(&lines, &size), "");
	CHECK(!mpy_lines_next(&lines, &size));
	say("ee\n");
	CHECK(mpy_lines_fill(&lines, pair[0]) == 1);
	CHECK_STR(mpy_lines_next(&lines, &size), "three");
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	CHECK(mpy_lines_fill(&lines, pair[0]) == -EAGAIN);
	close(pair[1]);
	CHECK(mpy_lines_fill(&lines, pair[0]) == 0);
	close(pair[0]);
	mpy_lines_free(&lines);
}

static void bounds_lines(void)
{
	struct mpy_lines lines = { .limit = 10 };
	size_t size;
	int i;

	open_pair();
	say("0123456789\n");
	CHECK(mpy_lines_fill(&lines, pair[0]) == 1);
	CHECK_STR(mpy_lines_next(&lines, &size), "0123456789");
	say("0123456789x\n");
	for (i = 0; i < 3 && mpy_lines_fill(&lines, pair[0]) == 1; i++)
		CHECK(!mpy_lines_next(&lines, &size));
	CHECK(mpy_lines_fill(&lines, pair[0]) == -EMSGSIZE);
	close(pair[0]);
	close(pair[1]);
	mpy_lines_free(&lines);
}

static void *send_large(void *object)
{
	CHECK(!mpy_protocol_send(pair[1], object));
	return NULL;
}

static void carries_objects(void)
{
	struct mpy_json *object = mpy_json_object(), *got = NULL;
	struct mpy_lines lines = { 0 };
	char *large = malloc(1000001);
	pthread_t thread;

	open_pair();
	memset(large, 'x', 1000000);
	large[1000000] = '\0';
	mpy_json_set_str(object, "large", large);
	CHECK(!pthread_create(&thread, NULL, send_large, object));
	CHECK(!mpy_protocol_receive(pair[0], &lines, 10000, &got));
	pthread_join(thread, NULL);
	CHECK_STR(mpy_json_str(got, "large", ""), large);
	mpy_json_free(got);
	mpy_json_free(object);
	free(large);
	CHECK(mpy_protocol_receive(pair[0], &lines, 20, &got) == -ETIMEDOUT);
	say("{\"half\":");
	CHECK(mpy_protocol_receive(pair[0], &lines, 20, &got) == -ETIMEDOUT);
	say("1}\n[1]\nno\n");
	CHECK(!mpy_protocol_receive(pair[0], &lines, 20, &got));
	CHECK(mpy_json_int(got, "half", 0) == 1);
	mpy_json_free(got);
	CHECK(mpy_protocol_receive(pair[0], &lines, 20, &got) == -EBADMSG);
	CHECK(mpy_protocol_receive(pair[0], &lines, 20, &got) == -EBADMSG);
	close(pair[1]);
	CHECK(mpy_protocol_receive(pair[0], &lines, -1, &got) == -ECONNRESET);
	object = mpy_json_object();
	CHECK(mpy_protocol_send(pair[0], object) == -EPIPE);
	mpy_json_free(object);
	close(pair[0]);
	mpy_lines_free(&lines);
}

static void connects(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char longer[300];
	int server, fd;

	CHECK(mpy_protocol_connect(in_scratch("none")) == -ENOENT);
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	CHECK(mpy_protocol_connect(longer) == -ENAMETOOLONG);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s",
		 in_scratch("sock"));
	server = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK(!bind(server, (struct sockaddr *)&address, sizeof(address)));
	CHECK(mpy_protocol_connect(address.sun_path) == -ECONNREFUSED);
	CHECK(!listen(server, 1));
	fd = mpy_protocol_connect(address.sun_path);
	CHECK(fd >= 0);
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	close(server);
}

int main(void)
{
	scratch_make();
	RUN(splits_lines);
	RUN(bounds_lines);
	RUN(carries_objects);
	RUN(connects);
	return DONE();
}
