// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * control.c - the socket that mpyctl talks to. Who may connect is decided by
 * the socket's mode and group; nothing that is asked here changes anything.
 */
#include "daemon/control.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "core/json.h"
#include "core/log.h"
#include "core/protocol.h"
#include "daemon/loop.h"
#include "daemon/sync.h"

#define CLIENTS_MAX 64
#define UNREAD_MAX  (2 * MPY_LINE_MAX) /* bytes a client may leave unread */
#define STEP_MS	    10		       /* between two steps of a sync */
#define SYNC_MS	    60000	       /* if the client names no time */

enum stage { ASKING, SYNCING, WATCHING, LEAVING };

struct client {
	struct mpy_handle handle; /* first */
	struct client *next;
	struct mpy_control *control;
	enum stage stage;
	struct mpy_lines lines;
	struct mpy_sync sync;
	uint64_t deadline_ms;
	char *unread;
	size_t unread_size;
};

struct mpy_control {
	struct mpy_handle handle, timer;
	struct mpy_loop *loop;
	const struct mpy_control_ops *ops;
	struct client *clients;
	unsigned int n_clients;
	struct sockaddr_un address;
};

static uint64_t steady_ms(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (uint64_t)at.tv_sec * 1000 + (uint64_t)at.tv_nsec / 1000000;
}

static unsigned int count(const struct mpy_control *control, enum stage stage)
{
	const struct client *client;
	unsigned int n = 0;

	for (client = control->clients; client; client = client->next)
		n += client->stage == stage;
	return n;
}

/* The timer runs only while somebody waits for a sync. */
static void stage_changed(struct mpy_control *control)
{
	unsigned int step = count(control, SYNCING) ? STEP_MS : 0;

	mpy_timer_set(control->timer.fd, step, step);
	control->ops->watchers(control->ops->context, count(control, WATCHING));
}

static void drop(struct client *client)
{
	struct mpy_control *control = client->control;
	struct client **at = &control->clients;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	control->n_clients--;
	mpy_loop_remove(control->loop, &client->handle);
	close(client->handle.fd);
	mpy_lines_free(&client->lines);
	free(client->unread);
	free(client);
	stage_changed(control);
}

/* ---- sending ------------------------------------------------------------------- */

static ssize_t send_some(struct client *client, const char *data, size_t size)
{
	ssize_t r;

	do {
		r = send(client->handle.fd, data, size,
			 MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (r < 0 && errno == EINTR);
	if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	return r;
}

/* Sends what it can and keeps the rest. False: the client is gone. */
static bool send_line(struct client *client, const char *data, size_t size)
{
	ssize_t sent = 0;
	char *grown;

	if (client->unread_size == 0)
		sent = send_some(client, data, size);
	if (sent < 0)
		goto gone;
	data += sent;
	size -= (size_t)sent;
	if (size == 0)
		return true;
	if (size > UNREAD_MAX - client->unread_size)
		goto gone;
	grown = realloc(client->unread, client->unread_size + size);
	if (!grown)
		goto gone;
	client->unread = grown;
	memcpy(grown + client->unread_size, data, size);
	client->unread_size += size;
	mpy_loop_change(client->control->loop, &client->handle,
			EPOLLIN | EPOLLOUT);
	return true;
gone:
	drop(client);
	return false;
}

/* Takes json. False: the client is gone. */
static bool answer(struct client *client, struct mpy_json *json)
{
	size_t size;
	char *text = json ? mpy_json_print(json, 0, &size) : NULL;
	bool good;

	mpy_json_free(json);
	if (!text) {
		drop(client);
		return false;
	}
	text[size] = '\n'; /* over the NUL: it is sent by its size */
	good = send_line(client, text, size + 1);
	free(text);
	return good;
}

static bool answer_ok(struct client *client)
{
	struct mpy_json *json = mpy_json_object();

	if (json)
		mpy_json_set_bool(json, "ok", true);
	return answer(client, json);
}

/* Says why and closes once that is read. */
static void refuse(struct client *client, const char *why)
{
	struct mpy_json *json = mpy_json_object();

	if (json) {
		mpy_json_set_bool(json, "ok", false);
		mpy_json_set_str(json, "error", why);
	}
	client->stage = LEAVING;
	if (answer(client, json) && client->unread_size == 0)
		drop(client);
}

static bool flush(struct client *client)
{
	ssize_t sent = send_some(client, client->unread, client->unread_size);

	if (sent < 0) {
		drop(client);
		return false;
	}
	client->unread_size -= (size_t)sent;
	memmove(client->unread, client->unread + sent, client->unread_size);
	if (client->unread_size)
		return true;
	free(client->unread);
	client->unread = NULL;
	if (client->stage == LEAVING) {
		drop(client);
		return false;
	}
	mpy_loop_change(client->control->loop, &client->handle, EPOLLIN);
	return true;
}

/* ---- requests ------------------------------------------------------------------- */

/* One step; the client may be gone afterwards. */
static void step_sync(struct client *client)
{
	const struct mpy_control_ops *ops = client->control->ops;
	char why[400] = "";
	int r = ops->sync(ops->context, &client->sync, why, sizeof(why));

	if (r == 0 && steady_ms() >= client->deadline_ms) {
		refuse(client, *why ? why : "timed out");
	} else if (r < 0) {
		refuse(client, why);
	} else if (r == 1) {
		client->stage = ASKING;
		stage_changed(client->control);
		answer_ok(client);
	}
}

static void begin_sync(struct client *client, const struct mpy_json *request)
{
	int64_t ms = mpy_json_int(request, "timeout_ms", SYNC_MS);

	if (ms < 0 || ms > 86400000)
		ms = SYNC_MS;
	client->stage = SYNCING;
	client->deadline_ms = steady_ms() + (uint64_t)ms;
	memset(&client->sync, 0, sizeof(client->sync));
	stage_changed(client->control);
	step_sync(client);
}

/* The client may be gone afterwards. */
static void serve(struct client *client, const struct mpy_json *request)
{
	const struct mpy_control_ops *ops = client->control->ops;
	const char *command = mpy_json_str(request, "command", "");

	if (!strcmp(command, "status")) {
		answer(client, ops->status(ops->context));
	} else if (!strcmp(command, "sync")) {
		begin_sync(client, request);
	} else if (!strcmp(command, "watch")) {
		client->stage = WATCHING;
		stage_changed(client->control);
		answer_ok(client);
	} else {
		refuse(client, "unknown command");
	}
}

static void read_request(struct client *client, const char *line, size_t size)
{
	char why[200];
	struct mpy_json *request = mpy_json_parse(line, size, why, sizeof(why));

	if (!request) {
		refuse(client, "the request is no JSON object");
		return;
	}
	serve(client, request);
	mpy_json_free(request);
}

static bool is_alive(const struct mpy_control *control,
		     const struct client *wanted)
{
	const struct client *client = control->clients;

	while (client && client != wanted)
		client = client->next;
	return client != NULL;
}

static void take_lines(struct client *client)
{
	struct mpy_control *control = client->control;
	size_t size;
	char *line;

	while (is_alive(control, client) && client->stage == ASKING &&
	       (line = mpy_lines_next(&client->lines, &size)))
		read_request(client, line, size);
}

static void client_ready(struct mpy_handle *handle, uint32_t events)
{
	struct client *client = (struct client *)handle;
	int r;

	if ((events & EPOLLOUT) && !flush(client))
		return;
	if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		return;
	r = mpy_lines_fill(&client->lines, handle->fd);
	if (r == -EAGAIN)
		return;
	if (r == -EMSGSIZE && client->stage != LEAVING) {
		refuse(client, "the request is too long");
		return;
	}
	if (r <= 0) {
		drop(client);
		return;
	}
	take_lines(client);
}

static void step_all(struct mpy_handle *handle, uint32_t events)
{
	struct mpy_control *control = handle->context;
	struct client *client, *next;

	mpy_timer_clear(handle->fd);
	for (client = control->clients; client; client = next) {
		struct mpy_control *same = client->control;

		next = client->next;
		if (client->stage != SYNCING)
			continue;
		step_sync(client);
		if (is_alive(same, client))
			take_lines(client);
	}
}

void mpy_control_broadcast(struct mpy_control *control, const char *line,
			   size_t size)
{
	struct client *client, *next;

	for (client = control->clients; client; client = next) {
		next = client->next;
		if (client->stage == WATCHING)
			send_line(client, line, size);
	}
}

/* ---- connections ------------------------------------------------------------------ */

static void add_client(struct mpy_control *control, int fd)
{
	struct client *client = calloc(1, sizeof(*client));

	if (!client) {
		close(fd);
		return;
	}
	client->handle = (struct mpy_handle){ fd, client_ready, NULL };
	client->control = control;
	client->lines.limit = MPY_REQUEST_MAX;
	client->next = control->clients;
	control->clients = client;
	control->n_clients++;
	if (mpy_loop_add(control->loop, &client->handle, EPOLLIN) < 0)
		drop(client);
}

static void accept_one(struct mpy_handle *handle, uint32_t events)
{
	static const char full[] = "{\"ok\":false,\"error\":\"too many"
				   " clients\"}\n";
	struct mpy_control *control = handle->context;
	struct ucred peer;
	socklen_t size = sizeof(peer);
	int fd = accept4(handle->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
		mpy_log(MPY_LOG_DEBUG, "control: process %d, user %u", peer.pid,
			peer.uid);
	if (control->n_clients < CLIENTS_MAX) {
		add_client(control, fd);
		return;
	}
	if (send(fd, full, sizeof(full) - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		mpy_log(MPY_LOG_DEBUG, "control: %s", strerror(errno));
	close(fd);
}

static int bind_socket(struct mpy_control *control, gid_t gid)
{
	const char *path = control->address.sun_path;
	struct stat st;
	mode_t mask;
	int r;

	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(path);
	mask = umask(0177); /* nobody connects before the group is set */
	r = bind(control->handle.fd, (struct sockaddr *)&control->address,
		 sizeof(control->address)) < 0 ?
		    -errno :
		    0;
	umask(mask);
	if (r < 0)
		return r;
	if (gid != (gid_t)-1 && chown(path, (uid_t)-1, gid) < 0)
		return -errno;
	if (chmod(path, 0660) < 0 || listen(control->handle.fd, 16) < 0)
		return -errno;
	return 0;
}

static int set_up(struct mpy_control *control, gid_t gid)
{
	int r;

	control->handle.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
						     SOCK_NONBLOCK, 0);
	if (control->handle.fd < 0)
		return -errno;
	r = bind_socket(control, gid);
	if (r < 0)
		return r;
	control->timer.fd = mpy_timer_open();
	if (control->timer.fd < 0)
		return control->timer.fd;
	r = mpy_loop_add(control->loop, &control->handle, EPOLLIN);
	if (r == 0)
		r = mpy_loop_add(control->loop, &control->timer, EPOLLIN);
	return r;
}

int mpy_control_open(struct mpy_loop *loop, const char *path, gid_t gid,
		     const struct mpy_control_ops *ops,
		     struct mpy_control **out)
{
	struct mpy_control *control;
	int r;

	if (strlen(path) >= sizeof(control->address.sun_path))
		return -ENAMETOOLONG;
	control = calloc(1, sizeof(*control));
	if (!control)
		return -ENOMEM;
	control->handle = (struct mpy_handle){ -1, accept_one, control };
	control->timer = (struct mpy_handle){ -1, step_all, control };
	control->loop = loop;
	control->ops = ops;
	control->address.sun_family = AF_UNIX;
	memcpy(control->address.sun_path, path, strlen(path) + 1);
	r = set_up(control, gid);
	if (r < 0) {
		mpy_control_close(control);
		return r;
	}
	*out = control;
	return 0;
}

void mpy_control_close(struct mpy_control *control)
{
	if (!control)
		return;
	while (control->clients)
		drop(control->clients);
	if (control->handle.fd >= 0) {
		mpy_loop_remove(control->loop, &control->handle);
		close(control->handle.fd);
		unlink(control->address.sun_path);
	}
	if (control->timer.fd >= 0) {
		mpy_loop_remove(control->loop, &control->timer);
		close(control->timer.fd);
	}
	free(control);
}
