// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test_control.c - the control socket with polite, rude and slow clients. The
 * server's loop runs in a thread of its own, as it does in mpyd.
 */
#include "daemon/control.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/json.h"
#include "core/protocol.h"
#include "daemon/loop.h"
#include "daemon/sync.h"
#include "../test.h"

struct server {
	char dir[32], path[64];
	struct mpy_loop *loop;
	struct mpy_handle wake;
	struct mpy_control *control;
	struct mpy_control_ops ops;
	pthread_t thread;
	unsigned int watchers;
	int sync_steps; /* until it is done */
	bool stop;
	const char *line; /* to be broadcast at the next wake */
	size_t line_size;
};

static struct mpy_json *status(void *context)
{
	struct mpy_json *json = mpy_json_object();

	mpy_json_set_bool(json, "healthy", true);
	return json;
}

static int sync_step(void *context, struct mpy_sync *sync, char *why,
		     size_t why_size)
{
	struct server *server = context;

	if (server->sync_steps < 0) {
		snprintf(why, why_size, "no module here");
		return -ENOENT;
	}
	return ++sync->fence > (uint64_t)server->sync_steps;
}

static void watchers(void *context, unsigned int n)
{
	struct server *server = context;

	__atomic_store_n(&server->watchers, n, __ATOMIC_RELEASE);
}

static void on_wake(struct mpy_handle *handle, uint32_t events)
{
	struct server *server = handle->context;
	uint64_t count;

	CHECK(read(handle->fd, &count, sizeof(count)) == sizeof(count));
	if (server->stop)
		mpy_loop_quit(server->loop);
	else if (server->line)
		mpy_control_broadcast(server->control, server->line,
				      server->line_size);
}

static void *serve(void *context)
{
	struct server *server = context;

	mpy_loop_run(server->loop);
	mpy_control_close(server->control);
	return NULL;
}

static void poke(struct server *server)
{
	const uint64_t one = 1;

	CHECK(write(server->wake.fd, &one, sizeof(one)) == sizeof(one));
}

static void start(struct server *server)
{
	struct stat st;

	memset(server, 0, sizeof(*server));
	snprintf(server->dir, sizeof(server->dir), "/tmp/mpy-test-XXXXXX");
	CHECK(mkdtemp(server->dir) != NULL);
	snprintf(server->path, sizeof(server->path), "%s/s", server->dir);
	server->loop = mpy_loop_new();
	server->wake = (struct mpy_handle){ eventfd(0, EFD_CLOEXEC), on_wake,
					    server };
	server->ops = (struct mpy_control_ops){ status, sync_step, watchers,
						server };
	CHECK(mpy_loop_add(server->loop, &server->wake, EPOLLIN) == 0);
	CHECK(mpy_control_open(server->loop, server->path, (gid_t)-1,
			       &server->ops, &server->control) == 0);
	CHECK(stat(server->path, &st) == 0 && (st.st_mode & 0777) == 0660);
	CHECK(pthread_create(&server->thread, NULL, serve, server) == 0);
}

static void stop(struct server *server)
{
	server->stop = true;
	poke(server);
	pthread_join(server->thread, NULL);
	close(server->wake.fd);
	mpy_loop_free(server->loop);
	CHECK(access(server->path, F_OK) < 0); /* it cleans up */
	rmdir(server->dir);
}

/* Sends text and gives the first answer, NULL if there is none. */
static struct mpy_json *ask_on(int fd, struct mpy_lines *lines,
			       const char *text)
{
	struct mpy_json *answer = NULL;

	/* who was refused has been answered and left before anything was sent */
	if (text)
		CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) ==
			      (ssize_t)strlen(text) ||
		      errno == EPIPE);
	if (mpy_protocol_receive(fd, lines, 5000, &answer) < 0)
		return NULL;
	return answer;
}

static struct mpy_json *ask(struct server *server, const char *text)
{
	struct mpy_lines lines = { .limit = MPY_LINE_MAX };
	int fd = mpy_protocol_connect(server->path);
	struct mpy_json *answer = ask_on(fd, &lines, text);

	mpy_lines_free(&lines);
	close(fd);
	return answer;
}

static void questions_are_answered(void)
{
	struct server server;
	struct mpy_json *answer;

	start(&server);
	answer = ask(&server, "{\"command\":\"status\"}\n");
	CHECK(mpy_json_bool(answer, "healthy", false));
	mpy_json_free(answer);
	server.sync_steps = 3;
	answer = ask(&server, "{\"command\":\"sync\",\"timeout_ms\":5000}\n");
	CHECK(mpy_json_bool(answer, "ok", false));
	mpy_json_free(answer);
	stop(&server);
}

static void a_sync_may_fail_or_time_out(void)
{
	struct server server;
	struct mpy_json *answer;

	start(&server);
	server.sync_steps = 1000000;
	answer = ask(&server, "{\"command\":\"sync\",\"timeout_ms\":50}\n");
	CHECK(!mpy_json_bool(answer, "ok", true));
	CHECK_STR(mpy_json_str(answer, "error", ""), "timed out");
	mpy_json_free(answer);
	server.sync_steps = -1;
	answer = ask(&server, "{\"command\":\"sync\"}\n");
	CHECK_STR(mpy_json_str(answer, "error", ""), "no module here");
	mpy_json_free(answer);
	stop(&server);
}

static void rude_clients_are_refused(void)
{
	struct server server;
	struct mpy_json *answer;
	char *large = malloc(2 * MPY_REQUEST_MAX);
	static const char *const wrong[] = {
		"nonsense\n", "{\"command\":\"reboot\"}\n", "[]\n", "{}\n",
		"{\"command\":5}\n",
	};
	size_t i;

	start(&server);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		answer = ask(&server, wrong[i]);
		CHECK(answer && !mpy_json_bool(answer, "ok", true));
		mpy_json_free(answer);
	}
	memset(large, 'a', 2 * MPY_REQUEST_MAX);
	large[2 * MPY_REQUEST_MAX - 1] = '\0';
	answer = ask(&server, large); /* no newline ever */
	CHECK(answer && !mpy_json_bool(answer, "ok", true));
	mpy_json_free(answer);
	free(large);
	answer = ask(&server, "{\"command\":\"status\"}\n");
	CHECK(mpy_json_bool(answer, "healthy", false));
	mpy_json_free(answer);
	stop(&server);
}

static void wait_for_watchers(struct server *server, unsigned int n)
{
	int i;

	for (i = 0; i < 500 && __atomic_load_n(&server->watchers,
					       __ATOMIC_ACQUIRE) != n; i++)
		usleep(10000);
	CHECK(server->watchers == n);
}

static void watchers_see_what_is_broadcast(void)
{
	static const char line[] = "{\"id\":\"x\"}\n";
	struct mpy_lines lines = { .limit = MPY_LINE_MAX };
	struct server server;
	struct mpy_json *answer;
	int fd;

	start(&server);
	fd = mpy_protocol_connect(server.path);
	answer = ask_on(fd, &lines, "{\"command\":\"watch\"}\n");
	CHECK(mpy_json_bool(answer, "ok", false));
	mpy_json_free(answer);
	wait_for_watchers(&server, 1);
	server.line = line;
	server.line_size = sizeof(line) - 1;
	poke(&server);
	answer = ask_on(fd, &lines, NULL);
	CHECK_STR(mpy_json_str(answer, "id", ""), "x");
	mpy_json_free(answer);
	close(fd);
	wait_for_watchers(&server, 0);
	mpy_lines_free(&lines);
	stop(&server);
}

static void a_watcher_that_does_not_read_is_dropped(void)
{
	struct server server;
	struct mpy_json *answer;
	struct mpy_lines lines = { .limit = MPY_LINE_MAX };
	const size_t size = 4u << 20;
	char *line = malloc(size);
	int fd, i;

	memset(line, 'x', size);
	line[size - 1] = '\n';
	start(&server);
	fd = mpy_protocol_connect(server.path);
	answer = ask_on(fd, &lines, "{\"command\":\"watch\"}\n");
	mpy_json_free(answer);
	wait_for_watchers(&server, 1);
	server.line = line;
	server.line_size = size;
	/* pokes that come too fast are one: as many as it takes */
	for (i = 0; i < 200 && __atomic_load_n(&server.watchers,
					       __ATOMIC_ACQUIRE); i++) {
		poke(&server);
		usleep(20000);
	}
	wait_for_watchers(&server, 0);
	answer = ask(&server, "{\"command\":\"status\"}\n");
	CHECK(mpy_json_bool(answer, "healthy", false));
	mpy_json_free(answer);
	close(fd);
	mpy_lines_free(&lines);
	stop(&server);
	free(line);
}

static void clients_are_bounded(void)
{
	struct server server;
	struct mpy_json *answer;
	int fds[80], i;

	start(&server);
	for (i = 0; i < 80; i++)
		fds[i] = mpy_protocol_connect(server.path);
	answer = ask(&server, "{\"command\":\"status\"}\n");
	CHECK_STR(mpy_json_str(answer, "error", ""), "too many clients");
	mpy_json_free(answer);
	for (i = 0; i < 80; i++)
		close(fds[i]);
	for (i = 0; i < 100; i++) {
		answer = ask(&server, "{\"command\":\"status\"}\n");
		if (mpy_json_bool(answer, "healthy", false))
			break;
		mpy_json_free(answer);
		usleep(10000);
	}
	CHECK(mpy_json_bool(answer, "healthy", false));
	mpy_json_free(answer);
	stop(&server);
}

int main(void)
{
	RUN(questions_are_answered);
	RUN(a_sync_may_fail_or_time_out);
	RUN(rude_clients_are_refused);
	RUN(watchers_see_what_is_broadcast);
	RUN(a_watcher_that_does_not_read_is_dropped);
	RUN(clients_are_bounded);
	return DONE();
}
