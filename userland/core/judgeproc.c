// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judgeproc.c - starts mpy-judge, hands it programs, watches the clock, and
 * replaces it when it fails. What it answers is read by judgeproc_answer.c.
 */

#include "core/judgeproc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/finding.h"
#include "core/hash.h"
#include "core/judgeproc_answer.h"
#include "core/judgeproc_memfd.h"
#include "core/judgeproc_wire.h"
#include "core/log.h"
#include "judge/bundle.h"
#include "judge/text.h"

#define DEFAULT_LIMIT_MS 10000u
#define START_LIMIT_MS	 30000u /* for the child to come up */
#define DYING_MS	 500	/* for one that has closed its socket */
#define HIGH_FD		 10	/* above those that the child gets */

struct mpy_judgeproc {
	char *program;
	int bundle; /* sealed memfd, inherited by each child */
	char *model;
	unsigned int limit_ms;
	size_t layer_bytes;
	enum mpy_detail detail;
	pid_t pid; /* 0: no child */
	int socket;
	uint8_t message[MPY_WIRE_MESSAGE]; /* the last that came */
	const uint8_t *rest;		   /* what is not read yet of it */
	size_t n_rest;
};

__attribute__((format(printf, 4, 5)))
static int explain(int r, char *why, size_t why_size, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, why_size, format, arguments);
	va_end(arguments);
	return r;
}

/* ---- the bundle --------------------------------------------------------- */

static int read_whole(int fd, uint8_t *data, size_t size)
{
	size_t at = 0;
	ssize_t n;

	while (at < size) {
		n = read(fd, data + at, size - at);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			return -EIO;
		if (n > 0)
			at += (size_t)n;
	}
	return 0;
}

/* Reads the file at path. *data is the caller's. */
static int read_bundle(const char *path, uint8_t **data, size_t *size,
		       char *why, size_t why_size)
{
	struct stat st;
	int fd, r = 0;

	*data = NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return explain(-errno, why, why_size, "bundle %s: %s", path,
			       strerror(errno));
	if (fstat(fd, &st))
		r = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size > MPY_BUNDLE_MAX ||
		 st.st_size <= 0)
		r = -EINVAL;
	if (!r) {
		*size = (size_t)st.st_size;
		*data = malloc(*size);
		r = *data ? read_whole(fd, *data, *size) : -ENOMEM;
	}
	close(fd);
	if (!r)
		return 0;
	free(*data);
	*data = NULL;
	return explain(r, why, why_size, "bundle %s: %s", path,
		       r == -EINVAL ? "not a regular file of 1 byte to 4 MiB" :
				      strerror(-r));
}

/* Moves fd out of the way of those that the child gets. */
static int move_up(int fd)
{
	int high;

	if (fd < 0)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);
	if (high < 0)
		high = -errno;
	close(fd);
	return high;
}

static int load_bundle(struct mpy_judgeproc *judge, const char *path,
		       char *why, size_t why_size)
{
	struct mpy_bundle *bundle = NULL;
	char hex[MPY_SHA256_HEX], sentence[160] = "";
	size_t size = 0;
	uint8_t *data;
	int r;

	r = read_bundle(path, &data, &size, why, why_size);
	if (r)
		return r;
	r = mpy_bundle_parse(data, size, &bundle, sentence, sizeof(sentence));
	if (r) {
		free(data);
		return explain(r, why, why_size, "bundle %s: %s", path,
			       *sentence ? sentence : strerror(-r));
	}
	r = mpy_hash_bytes(data, size, hex);
	if (!r && asprintf(&judge->model, "%s (%.12s)",
			   mpy_bundle_name(bundle), hex) < 0) {
		judge->model = NULL;
		r = -ENOMEM;
	}
	if (!r)
		r = judge->bundle = move_up(mpy_memfd_sealed("mpy-bundle", data,
							 size, 0));
	mpy_bundle_free(bundle);
	free(data);
	if (r >= 0)
		return 0;
	return explain(r, why, why_size, "bundle %s: %s", path, strerror(-r));
}

/* ---- the child ---------------------------------------------------------- */

/* Path of the program: beside our own, else where it is installed. */
static char *find_program(void)
{
	char own[4096], *slash, *path = NULL;
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);

	if (n > 0) {
		own[n] = '\0';
		slash = strrchr(own, '/');
		if (slash)
			*slash = '\0';
		if (asprintf(&path, "%s/mpy-judge", own) < 0)
			return NULL;
		if (!access(path, X_OK))
			return path;
		free(path);
	}
	return strdup(MPY_LIBEXECDIR "/mpy-judge");
}

/* Descriptors 0 to 4 and no others, default signals, no environment. */
static int spawn(struct mpy_judgeproc *judge, int socket)
{
	static char name[] = "mpy-judge";
	char *argv[] = { name, NULL }, *environment[] = { NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int r;

	sigemptyset(&none);
	sigfillset(&all);
	r = posix_spawn_file_actions_init(&files);
	if (r)
		return -r;
	r = posix_spawnattr_init(&attributes);
	if (!r) {
		posix_spawnattr_setsigmask(&attributes, &none);
		posix_spawnattr_setsigdefault(&attributes, &all);
		posix_spawnattr_setflags(&attributes,
					 POSIX_SPAWN_SETSIGMASK |
						 POSIX_SPAWN_SETSIGDEF);
		r = posix_spawn_file_actions_addopen(&files, 0, "/dev/null",
						     O_RDWR, 0);
		if (!r)
			r = posix_spawn_file_actions_adddup2(&files, 0, 1);
		if (!r)
			r = posix_spawn_file_actions_adddup2(&files, socket,
							     MPY_WIRE_SOCKET);
		if (!r)
			r = posix_spawn_file_actions_adddup2(
				&files, judge->bundle, MPY_WIRE_BUNDLE);
		if (!r)
			r = posix_spawn(&judge->pid, judge->program, &files,
					&attributes, argv, environment);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&files);
	if (r)
		judge->pid = 0;
	return -r;
}

/*
 * Ends the child; its wait status, or -1 if there was none. One that has
 * closed its socket is about to die and gets a moment for it: the status then
 * tells why. But it may be the attacker's, and wait for ever.
 */
static int end_child(struct mpy_judgeproc *judge, bool at_once)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	int status = -1, tries = at_once ? 0 : DYING_MS;
	pid_t gone = 0;

	if (judge->socket >= 0)
		close(judge->socket);
	judge->socket = -1;
	judge->n_rest = 0;
	if (!judge->pid)
		return -1;
	while (tries-- && !(gone = waitpid(judge->pid, &status, WNOHANG)))
		nanosleep(&moment, NULL);
	if (!gone) {
		kill(judge->pid, SIGKILL);
		while (waitpid(judge->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	judge->pid = 0;
	return status;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

/* One message from the child. Its size; 0: it has gone; -ETIMEDOUT. */
static ssize_t receive(struct mpy_judgeproc *judge, int64_t end)
{
	struct pollfd watched = { .fd = judge->socket, .events = POLLIN };
	int64_t left;
	ssize_t n;
	int ready;

	do {
		left = end - now_ms();
		ready = poll(&watched, 1, left > 0 ? (int)left : 0);
		if (!ready)
			return -ETIMEDOUT;
		n = ready < 0 ? -1 :
				recv(judge->socket, judge->message,
				     sizeof(judge->message),
				     MSG_DONTWAIT | MSG_TRUNC);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n > (ssize_t)sizeof(judge->message))
		return -EPROTO;
	if (n < 0 && errno == ECONNRESET)
		return 0;
	return n < 0 ? -errno : n;
}

/* Waits for READY. */
static int greet(struct mpy_judgeproc *judge, char *why, size_t why_size)
{
	struct mpy_wire_frame frame;
	ssize_t n = receive(judge, now_ms() + START_LIMIT_MS);
	char text[200];

	if (n < (ssize_t)sizeof(frame))
		return explain(n < 0 ? (int)n : -EPROTO, why, why_size,
			       "%s did not start", judge->program);
	memcpy(&frame, judge->message, sizeof(frame));
	if (frame.type == MPY_WIRE_READY)
		return 0;
	return explain(-EPROTO, why, why_size, "%s: %s", judge->program,
		       mpy_escape(judge->message + sizeof(frame),
				  (size_t)n - sizeof(frame), text,
				  sizeof(text)));
}

static int start_child(struct mpy_judgeproc *judge, char *why, size_t why_size)
{
	int pair[2], theirs, r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return explain(-errno, why, why_size, "no socket: %s",
			       strerror(errno));
	judge->socket = pair[0];
	theirs = move_up(pair[1]);
	r = theirs < 0 ? theirs : spawn(judge, theirs);
	if (theirs >= 0)
		close(theirs);
	if (r)
		explain(r, why, why_size, "cannot start %s: %s",
			judge->program, strerror(-r));
	else
		r = greet(judge, why, why_size);
	if (r)
		end_child(judge, true);
	return r;
}

int mpy_judgeproc_start(const struct mpy_judgeproc_options *options,
			struct mpy_judgeproc **out, char *why, size_t why_size)
{
	struct mpy_judgeproc *judge = calloc(1, sizeof(*judge));
	int r;

	*out = NULL;
	if (!judge)
		return explain(-ENOMEM, why, why_size, "out of memory");
	judge->bundle = judge->socket = -1;
	judge->limit_ms = options->limit_ms ? options->limit_ms :
					      DEFAULT_LIMIT_MS;
	judge->layer_bytes = options->layer_bytes;
	judge->detail = options->detail;
	judge->program = options->program ? strdup(options->program) :
					    find_program();
	r = judge->program ? load_bundle(judge, options->bundle, why,
					 why_size) :
			     explain(-ENOMEM, why, why_size, "out of memory");
	if (!r)
		r = start_child(judge, why, why_size);
	if (r)
		mpy_judgeproc_stop(judge);
	else
		*out = judge;
	return r;
}

void mpy_judgeproc_stop(struct mpy_judgeproc *judge)
{
	if (!judge)
		return;
	end_child(judge, true);
	if (judge->bundle >= 0)
		close(judge->bundle);
	free(judge->program);
	free(judge->model);
	free(judge);
}

const char *mpy_judgeproc_model(const struct mpy_judgeproc *judge)
{
	return judge->model;
}

pid_t mpy_judgeproc_pid(const struct mpy_judgeproc *judge)
{
	return judge->pid;
}

/* ---- judging ------------------------------------------------------------ */

_Static_assert(MPY_JUDGE_TOGETHER_BYTES +
		       MPY_JUDGE_TOGETHER * sizeof(struct mpy_wire_request) <=
		       MPY_WIRE_ASK, "programs together fit in a message");

/* Programs on their way: bytes behind their requests, or one in a memfd. */
struct parcel {
	struct mpy_wire_request requests[MPY_JUDGE_TOGETHER];
	struct iovec pieces[2 * MPY_JUDGE_TOGETHER];
	size_t n_pieces;
	int fd; /* the memfd, or -1 */
};

static void pack(struct mpy_judgeproc *judge, struct parcel *parcel,
		 const struct mpy_program *programs, size_t n)
{
	struct mpy_wire_request *request = parcel->requests;
	struct iovec *piece = parcel->pieces;

	for (; n--; programs++, request++) {
		*request = (struct mpy_wire_request){
			.version = MPY_WIRE_VERSION,
			.detail = judge->detail,
			.size = programs->size,
		};
		*piece++ = (struct iovec){ request, sizeof(*request) };
		if (parcel->fd < 0)
			*piece++ = (struct iovec){
				(void *)(uintptr_t)programs->data,
				programs->size
			};
	}
	parcel->n_pieces = (size_t)(piece - parcel->pieces);
}

static int send_parcel(struct mpy_judgeproc *judge, struct parcel *parcel)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = parcel->pieces,
				  .msg_iovlen = parcel->n_pieces };
	ssize_t n;

	if (parcel->fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.head), &parcel->fd, sizeof(int));
	}
	do {
		n = sendmsg(judge->socket, &message,
			    MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* Sends the parcel; a child that died between two of them (it was killed by
 * somebody) is replaced first. */
static int hand_over(struct mpy_judgeproc *judge, struct parcel *parcel)
{
	char why[300];
	int r = judge->pid ? send_parcel(judge, parcel) : -EPIPE;

	if (r != -EPIPE && r != -ECONNRESET && r != -ENOTCONN)
		return r;
	end_child(judge, true);
	r = start_child(judge, why, sizeof(why));
	if (r) {
		mpy_log(MPY_LOG_ERROR, "no judge: %s", why);
		return r;
	}
	return send_parcel(judge, parcel);
}

/* Why there is no verdict, from what receiving said and how it died. */
static void obituary(int r, int status, unsigned int limit_ms, char *why,
		     size_t size)
{
	int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (r == -ETIMEDOUT)
		snprintf(why, size, "the judge took longer than %u ms",
			 limit_ms);
	else if (r == -EPROTO)
		snprintf(why, size, "the judge broke its protocol");
	else if (r)
		snprintf(why, size, "no answer from the judge: %s",
			 strerror(-r));
	else if (number == SIGSYS)
		snprintf(why, size, "the judge was stopped by its sandbox");
	else if (number)
		snprintf(why, size, "the judge died of signal %d (%s)", number,
			 strsignal(number));
	else
		snprintf(why, size, "the judge ended with status %d",
			 WEXITSTATUS(status));
}

/* Collects messages until the answer is whole. */
static int collect(struct mpy_judgeproc *judge, struct mpy_answer *answer,
		   int64_t end)
{
	ssize_t n;
	int r;

	do {
		if (!judge->n_rest) {
			n = receive(judge, end);
			if (n <= 0)
				return n ? (int)n : -EPIPE;
			judge->rest = judge->message;
			judge->n_rest = (size_t)n;
		}
		r = mpy_answer_take(answer, &judge->rest, &judge->n_rest);
	} while (!r);
	return r < 0 ? r : 0;
}

/* The last answer must be all of its message. */
static int collect_last(struct mpy_judgeproc *judge, struct mpy_answer *answer,
			int64_t end)
{
	int r = collect(judge, answer, end);

	return !r && judge->n_rest ? -EPROTO : r;
}

int mpy_judgeproc_judge(struct mpy_judgeproc *judge, const void *data,
			size_t size, struct mpy_judgement **out)
{
	struct mpy_program program = { data, size };
	struct parcel parcel = { .fd = -1 };
	struct mpy_answer *answer;
	char why[128];
	bool cut = false;
	int r = 0, status;

	*out = NULL;
	answer = mpy_answer_new(judge->layer_bytes);
	if (!answer)
		return -ENOMEM;
	if (size > MPY_WIRE_SMALL)
		r = parcel.fd = mpy_memfd_program(data, &program.size, &cut);
	if (r >= 0) {
		pack(judge, &parcel, &program, 1);
		r = hand_over(judge, &parcel);
	}
	if (parcel.fd >= 0)
		close(parcel.fd);
	if (r) {
		mpy_answer_free(answer);
		return r;
	}
	r = collect_last(judge, answer, now_ms() + judge->limit_ms);
	if (!r) {
		*out = mpy_answer_finish(answer, NULL);
	} else {
		status = end_child(judge, r != -EPIPE);
		obituary(r == -EPIPE ? 0 : r, status, judge->limit_ms, why,
			 sizeof(why));
		mpy_log(MPY_LOG_WARNING, "%s; it is replaced", why);
		*out = mpy_answer_finish(answer, why);
		if (start_child(judge, why, sizeof(why)))
			mpy_log(MPY_LOG_ERROR, "no judge: %s", why);
	}
	mpy_answer_free(answer);
	if (!*out)
		return -ENOMEM;
	if (cut)
		(*out)->verdict->bounds |= MPY_BOUND_TEXT;
	return 0;
}

/* ---- several together --------------------------------------------------- */

static int take_answer(struct mpy_judgeproc *judge, int64_t end, bool last,
		       struct mpy_judgement **out)
{
	struct mpy_answer *answer = mpy_answer_new(judge->layer_bytes);
	int r;

	if (!answer)
		return -ENOMEM;
	r = last ? collect_last(judge, answer, end) :
		   collect(judge, answer, end);
	if (!r)
		*out = mpy_answer_finish(answer, NULL);
	mpy_answer_free(answer);
	return r || *out ? r : -ENOMEM;
}

/* All or none: what the child said before it failed is worth nothing. */
static int judge_together(struct mpy_judgeproc *judge,
			  const struct mpy_program *programs, size_t n,
			  struct mpy_judgement **out)
{
	struct parcel parcel = { .fd = -1 };
	int64_t end = now_ms() + judge->limit_ms;
	size_t i = 0;
	int r;

	pack(judge, &parcel, programs, n);
	r = hand_over(judge, &parcel);
	while (!r && i < n) {
		r = take_answer(judge, end, i + 1 == n, &out[i]);
		i++;
	}
	if (!r)
		return 0;
	end_child(judge, true);
	while (i--) {
		mpy_judgement_free(out[i]);
		out[i] = NULL;
	}
	return r;
}

int mpy_judgeproc_judge_all(struct mpy_judgeproc *judge,
			    const struct mpy_program *programs, size_t n,
			    struct mpy_judgement **out)
{
	size_t i;
	int r = 0;

	memset(out, 0, n * sizeof(*out));
	if (n > 1 && !judge_together(judge, programs, n, out))
		return 0;
	for (i = 0; !r && i < n; i++)
		r = mpy_judgeproc_judge(judge, programs[i].data,
					programs[i].size, &out[i]);
	return r;
}
