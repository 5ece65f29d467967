// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * receive.c - the daemon's end of generic netlink, the only user of libnl.
 * The thread only reads and hands on. Messages that do not come from the
 * kernel itself (any process may send to our port) are refused.
 */
#include "daemon/receive.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include <mpy.h>

#include "core/log.h"
#include "daemon/attr.h"
#include "daemon/stats.h"

#define RECEIVE_BYTES (16 << 20) /* what the socket may hold */
#define MESSAGE_BYTES (64 << 10) /* largest datagram */
#define ANSWER_MS     10000

/* What came of one request. */
struct answer {
	uint32_t seq;
	bool done;
	int error; /* 0 or -errno */
	char why[200];
	uint8_t *attrs;
	size_t size;
};

struct mpy_receiver {
	struct nl_sock *socket;
	struct mpy_receiver_sink sink;
	pthread_t thread;
	int wake; /* eventfd */
	pthread_mutex_t lock;
	pthread_cond_t answered;
	struct answer hello;
	uint64_t fence_wanted, fence_given, refused;
	uint64_t drained; /* bytes; the thread's */
	int family; /* 0: not resolved */
	bool stop;
};

struct mpy_requests {
	struct nl_sock *socket;
	pthread_mutex_t lock;
	struct answer answer;
	int family;
};

static int from_nl(int r)
{
	switch (-r) {
	case NLE_SUCCESS:
		return 0;
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_PERM:
		return -EPERM;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_AGAIN:
		return -EAGAIN;
	case NLE_BUSY:
		return -EBUSY;
	case NLE_NOACCESS:
		return -EACCES;
	default:
		return -EIO;
	}
}

static void set_option(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)) < 0)
		mpy_log(MPY_LOG_DEBUG, "netlink: option %d: %s", option,
			strerror(errno));
}

static struct nl_sock *open_socket(void)
{
	struct nl_sock *socket = nl_socket_alloc();
	int fd;

	if (!socket)
		return NULL;
	nl_socket_disable_seq_check(socket);
	if (genl_connect(socket) < 0) {
		nl_socket_free(socket);
		return NULL;
	}
	fd = nl_socket_get_fd(socket);
	/* No child may inherit it: the gate closes at the last close. */
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	set_option(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
	set_option(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
	nl_socket_set_msg_buf_size(socket, MESSAGE_BYTES);
	return socket;
}

static void reset_answer(struct answer *answer, uint32_t seq)
{
	free(answer->attrs);
	memset(answer, 0, sizeof(*answer));
	answer->seq = seq;
}

/* The kernel's sentence behind an error, if there is one. */
static void read_sentence(const struct nlmsgerr *error, char *out, size_t room)
{
	const struct nlmsghdr *head = (const struct nlmsghdr *)
		((const char *)error - NLMSG_HDRLEN);
	size_t size = head->nlmsg_len - NLMSG_HDRLEN, skip = sizeof(*error);
	struct mpy_attr_walk walk;
	struct mpy_attr_view view;

	out[0] = '\0';
	if (!(head->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(head->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(error->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (skip >= size)
		return;
	mpy_attr_start(&walk, (const char *)error + skip, size - skip);
	while (mpy_attr_next(&walk, &view))
		if (view.type == NLMSGERR_ATTR_MSG)
			mpy_escape(view.data, strnlen((const char *)view.data,
						      view.size),
				   out, room);
}

/* ---- requests -------------------------------------------------------------- */

static int on_answer(struct nl_msg *msg, void *context)
{
	struct answer *answer = context;
	struct nlmsghdr *head = nlmsg_hdr(msg);
	struct genlmsghdr *genl;

	if (nlmsg_get_src(msg)->nl_pid != 0 ||
	    head->nlmsg_seq != answer->seq || !genlmsg_valid_hdr(head, 0))
		return NL_SKIP;
	genl = genlmsg_hdr(head);
	free(answer->attrs);
	answer->size = (size_t)genlmsg_attrlen(genl, 0);
	answer->attrs = malloc(answer->size + 1);
	if (answer->attrs)
		memcpy(answer->attrs, genlmsg_attrdata(genl, 0), answer->size);
	else
		answer->error = -ENOMEM;
	return NL_OK;
}

static int on_ack(struct nl_msg *msg, void *context)
{
	struct answer *answer = context;

	if (nlmsg_get_src(msg)->nl_pid != 0 ||
	    nlmsg_hdr(msg)->nlmsg_seq != answer->seq)
		return NL_SKIP;
	answer->done = true;
	return NL_STOP;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error,
		    void *context)
{
	struct answer *answer = context;

	if (from->nl_pid != 0 || error->msg.nlmsg_seq != answer->seq)
		return NL_SKIP;
	answer->done = true;
	answer->error = error->error < 0 ? error->error : -EIO;
	read_sentence(error, answer->why, sizeof(answer->why));
	return NL_STOP;
}

struct mpy_requests *mpy_requests_open(void)
{
	struct mpy_requests *requests = calloc(1, sizeof(*requests));
	const struct timeval limit = { ANSWER_MS / 1000, 0 };

	if (!requests)
		return NULL;
	requests->socket = open_socket();
	if (!requests->socket) {
		free(requests);
		return NULL;
	}
	setsockopt(nl_socket_get_fd(requests->socket), SOL_SOCKET, SO_RCVTIMEO,
		   &limit, sizeof(limit));
	nl_socket_modify_cb(requests->socket, NL_CB_VALID, NL_CB_CUSTOM,
			    on_answer, &requests->answer);
	nl_socket_modify_cb(requests->socket, NL_CB_ACK, NL_CB_CUSTOM, on_ack,
			    &requests->answer);
	nl_socket_modify_err_cb(requests->socket, NL_CB_CUSTOM, on_error,
				&requests->answer);
	pthread_mutex_init(&requests->lock, NULL);
	return requests;
}

void mpy_requests_close(struct mpy_requests *requests)
{
	if (!requests)
		return;
	reset_answer(&requests->answer, 0);
	pthread_mutex_destroy(&requests->lock);
	nl_socket_free(requests->socket);
	free(requests);
}

/* genl_ctrl_resolve() has its own callbacks: a socket of its own, too. */
static int resolve(int *family)
{
	struct nl_sock *socket;
	int r;

	if (*family > 0)
		return 0;
	socket = open_socket();
	if (!socket)
		return -ENOMEM;
	r = genl_ctrl_resolve(socket, MPY_GENL_NAME);
	nl_socket_free(socket);
	if (r < 0)
		return from_nl(r);
	*family = r;
	return 0;
}

static struct nl_msg *new_message(int family, uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, 0,
				cmd, MPY_GENL_VERSION)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* Sends msg (consumed) and waits for its end; the lock is held. */
static int ask(struct mpy_requests *requests, struct nl_msg *msg)
{
	struct answer *answer = &requests->answer;
	int r;

	reset_answer(answer, 0);
	nl_complete_msg(requests->socket, msg);
	answer->seq = nlmsg_hdr(msg)->nlmsg_seq;
	r = nl_send(requests->socket, msg);
	nlmsg_free(msg);
	if (r < 0)
		return from_nl(r);
	while (!answer->done) {
		r = nl_recvmsgs_default(requests->socket);
		if (r < 0 && !answer->done)
			return r == -NLE_AGAIN ? -ETIMEDOUT : from_nl(r);
	}
	/* The family's number is another one after a reload. */
	if (answer->error == -ENOENT || answer->error == -EOPNOTSUPP)
		requests->family = 0;
	return answer->error;
}

static struct nl_msg *begin(struct mpy_requests *requests, uint8_t cmd, int *r)
{
	struct nl_msg *msg;

	pthread_mutex_lock(&requests->lock);
	*r = resolve(&requests->family);
	msg = *r < 0 ? NULL : new_message(requests->family, cmd);
	if (msg)
		return msg;
	if (*r == 0)
		*r = -ENOMEM;
	pthread_mutex_unlock(&requests->lock);
	return NULL;
}

static int read_fd(const struct answer *answer)
{
	struct mpy_attr_walk walk;
	struct mpy_attr_view view;
	uint32_t value;

	mpy_attr_start(&walk, answer->attrs, answer->size);
	while (mpy_attr_next(&walk, &view))
		if (view.type == MPY_A_FD && mpy_attr_u32(&view, &value) &&
		    value <= INT32_MAX)
			return (int)value;
	return -EBADMSG;
}

int mpy_requests_fd(struct mpy_requests *requests, uint64_t seq, bool script)
{
	int r;
	struct nl_msg *msg = begin(requests, MPY_CMD_FD, &r);

	if (!msg)
		return r;
	nla_put_u64(msg, MPY_A_SEQ, seq);
	if (script)
		nla_put_u8(msg, MPY_A_SCRIPT, 1);
	r = ask(requests, msg);
	if (r == 0)
		r = read_fd(&requests->answer);
	pthread_mutex_unlock(&requests->lock);
	return r;
}

int mpy_requests_classified(struct mpy_requests *requests, uint64_t seq,
			    bool interpreter)
{
	int r;
	struct nl_msg *msg = begin(requests, MPY_CMD_CLASSIFIED, &r);

	if (!msg)
		return r;
	nla_put_u64(msg, MPY_A_SEQ, seq);
	nla_put_u8(msg, MPY_A_INTERPRETER, interpreter);
	r = ask(requests, msg);
	pthread_mutex_unlock(&requests->lock);
	return r;
}

int mpy_requests_stats(struct mpy_requests *requests, bool sync,
		       struct mpy_stats *out)
{
	int r;
	struct nl_msg *msg = begin(requests, MPY_CMD_STATS, &r);

	if (!msg)
		return r;
	if (sync)
		nla_put_u8(msg, MPY_A_SYNC, 1);
	r = ask(requests, msg);
	if (r == 0)
		r = mpy_stats_read(requests->answer.attrs,
				   requests->answer.size, out);
	pthread_mutex_unlock(&requests->lock);
	return r;
}

/* ---- events ---------------------------------------------------------------- */

static void finish_hello(struct mpy_receiver *receiver, int error,
			 const char *why)
{
	struct answer *answer = &receiver->hello;

	answer->done = true;
	answer->error = error;
	snprintf(answer->why, sizeof(answer->why), "%s", why);
	pthread_cond_broadcast(&receiver->answered);
}

static void keep_hello(struct mpy_receiver *receiver, uint32_t seq,
		       const void *attrs, size_t size)
{
	struct answer *answer = &receiver->hello;

	pthread_mutex_lock(&receiver->lock);
	if (seq == answer->seq && !answer->attrs) {
		answer->attrs = malloc(size + 1);
		if (answer->attrs) {
			memcpy(answer->attrs, attrs, size);
			answer->size = size;
		}
		finish_hello(receiver, answer->attrs ? 0 : -ENOMEM, "");
	}
	pthread_mutex_unlock(&receiver->lock);
}

static int on_message(struct nl_msg *msg, void *context)
{
	struct mpy_receiver *receiver = context;
	struct nlmsghdr *head = nlmsg_hdr(msg);
	struct genlmsghdr *genl;

	if (nlmsg_get_src(msg)->nl_pid != 0 || !genlmsg_valid_hdr(head, 0)) {
		__atomic_add_fetch(&receiver->refused, 1, __ATOMIC_RELAXED);
		return NL_SKIP;
	}
	genl = genlmsg_hdr(head);
	receiver->drained += head->nlmsg_len;
	if (genl->cmd == MPY_CMD_HELLO)
		keep_hello(receiver, head->nlmsg_seq, genlmsg_attrdata(genl, 0),
			   (size_t)genlmsg_attrlen(genl, 0));
	else
		receiver->sink.message(receiver->sink.context, genl->cmd,
				       genlmsg_attrdata(genl, 0),
				       (size_t)genlmsg_attrlen(genl, 0));
	return NL_OK;
}

static int on_event_ack(struct nl_msg *msg, void *context)
{
	return NL_OK; /* HELLO's answer has come before it */
}

static int on_event_error(struct sockaddr_nl *from, struct nlmsgerr *error,
			  void *context)
{
	struct mpy_receiver *receiver = context;
	char why[200];

	if (from->nl_pid != 0)
		return NL_SKIP;
	read_sentence(error, why, sizeof(why));
	pthread_mutex_lock(&receiver->lock);
	if (error->msg.nlmsg_seq == receiver->hello.seq)
		finish_hello(receiver, error->error < 0 ? error->error : -EIO,
			     why);
	pthread_mutex_unlock(&receiver->lock);
	return NL_OK;
}

/*
 * Reads until the socket is empty, or until as much was read as it can have
 * held at the beginning.
 */
static void drain(struct mpy_receiver *receiver)
{
	int r;

	receiver->drained = 0;
	do {
		r = nl_recvmsgs_default(receiver->socket);
	} while ((r >= 0 || r == -NLE_DUMP_INTR) &&
		 receiver->drained < 2ull * RECEIVE_BYTES);
	if (r < 0 && r != -NLE_AGAIN && r != -NLE_DUMP_INTR)
		mpy_log(MPY_LOG_WARNING, "netlink: %s", nl_geterror(r));
}

static void *receive(void *context)
{
	struct mpy_receiver *receiver = context;
	struct pollfd fds[2] = {
		{ nl_socket_get_fd(receiver->socket), POLLIN, 0 },
		{ receiver->wake, POLLIN, 0 }
	};
	uint64_t wanted, count;

	pthread_setname_np(pthread_self(), "mpyd-receive");
	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		if (fds[1].revents &&
		    read(receiver->wake, &count, sizeof(count)) < 0 &&
		    errno != EAGAIN)
			break;
		if (__atomic_load_n(&receiver->stop, __ATOMIC_ACQUIRE))
			break;
		/* The fence first: what was sent before it is then read. */
		wanted = __atomic_load_n(&receiver->fence_wanted,
					 __ATOMIC_ACQUIRE);
		drain(receiver);
		if (wanted > receiver->fence_given) {
			receiver->fence_given = wanted;
			receiver->sink.fence(receiver->sink.context, wanted);
		}
	}
	return NULL;
}

static void set_up(struct mpy_receiver *receiver)
{
	int fd = nl_socket_get_fd(receiver->socket);

	/* After one overrun every further send would fail otherwise. */
	set_option(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, 1);
	set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BYTES);
	nl_socket_set_nonblocking(receiver->socket);
	nl_socket_modify_cb(receiver->socket, NL_CB_VALID, NL_CB_CUSTOM,
			    on_message, receiver);
	nl_socket_modify_cb(receiver->socket, NL_CB_ACK, NL_CB_CUSTOM,
			    on_event_ack, receiver);
	nl_socket_modify_err_cb(receiver->socket, NL_CB_CUSTOM, on_event_error,
				receiver);
}

static void init_lock(struct mpy_receiver *receiver)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&receiver->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&receiver->answered, &attr);
	pthread_condattr_destroy(&attr);
}

static void free_receiver(struct mpy_receiver *receiver)
{
	if (receiver->socket)
		nl_socket_free(receiver->socket);
	if (receiver->wake >= 0)
		close(receiver->wake);
	reset_answer(&receiver->hello, 0);
	pthread_cond_destroy(&receiver->answered);
	pthread_mutex_destroy(&receiver->lock);
	free(receiver);
}

int mpy_receiver_open(const struct mpy_receiver_sink *sink,
		      struct mpy_receiver **out, char *why, size_t why_size)
{
	struct mpy_receiver *receiver = calloc(1, sizeof(*receiver));
	int r = -ENOMEM;

	if (!receiver) {
		snprintf(why, why_size, "out of memory");
		return r;
	}
	receiver->sink = *sink;
	receiver->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	init_lock(receiver);
	receiver->socket = open_socket();
	if (receiver->wake < 0 || !receiver->socket) {
		r = errno ? -errno : -ENOMEM;
		goto fail;
	}
	set_up(receiver);
	r = -pthread_create(&receiver->thread, NULL, receive, receiver);
	if (r < 0)
		goto fail;
	*out = receiver;
	return 0;
fail:
	snprintf(why, why_size, "no netlink socket: %s", strerror(-r));
	free_receiver(receiver);
	return r;
}

static void wake(struct mpy_receiver *receiver)
{
	const uint64_t one = 1;

	if (write(receiver->wake, &one, sizeof(one)) < 0)
		mpy_log(MPY_LOG_ERROR, "netlink: cannot wake the receiver: %s",
			strerror(errno));
}

uint64_t mpy_receiver_fence(struct mpy_receiver *receiver)
{
	uint64_t id = __atomic_add_fetch(&receiver->fence_wanted, 1,
					 __ATOMIC_ACQ_REL);

	wake(receiver);
	return id;
}

uint64_t mpy_receiver_refused(struct mpy_receiver *receiver)
{
	return __atomic_load_n(&receiver->refused, __ATOMIC_RELAXED);
}

void mpy_receiver_close(struct mpy_receiver *receiver)
{
	if (!receiver)
		return;
	__atomic_store_n(&receiver->stop, true, __ATOMIC_RELEASE);
	wake(receiver);
	pthread_join(receiver->thread, NULL);
	free_receiver(receiver);
}

static struct nl_msg *hello_message(int family, const struct mpy_hello *hello)
{
	struct nl_msg *msg = new_message(family, MPY_CMD_HELLO);
	unsigned int i;

	if (!msg)
		return NULL;
	nla_put_u32(msg, MPY_A_ABI, MPY_ABI);
	nla_put_u32(msg, MPY_A_SCHEMA, MPY_SCHEMA);
	nla_put_u32(msg, MPY_A_SIGHTS, MPY_SIGHTS_ALL);
	nla_put_u32(msg, MPY_A_QUEUE_BYTES, hello->queue_bytes);
	nla_put_u32(msg, MPY_A_SNAPSHOT_MAX, hello->snapshot_bytes);
	nla_put_u32(msg, MPY_A_CLASSIFY_MS, hello->classify_ms);
	for (i = 0; i < hello->n_ignore; i++)
		nla_put_u32(msg, MPY_A_IGNORE_TGID, hello->ignore[i]);
	return msg;
}

/* The lock is held. */
static int wait_hello(struct mpy_receiver *receiver)
{
	struct timespec until;
	int r = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ANSWER_MS / 1000;
	while (!receiver->hello.done && r == 0)
		r = pthread_cond_timedwait(&receiver->answered, &receiver->lock,
					   &until);
	return receiver->hello.done ? receiver->hello.error : -ETIMEDOUT;
}

int mpy_receiver_hello(struct mpy_receiver *receiver,
		       const struct mpy_hello *hello, struct mpy_stats *answer,
		       char *why, size_t why_size)
{
	struct nl_msg *msg;
	int r;

	why[0] = '\0';
	receiver->family = 0; /* it may be a module loaded anew */
	r = resolve(&receiver->family);
	if (r < 0)
		return r;
	msg = hello_message(receiver->family, hello);
	if (!msg)
		return -ENOMEM;
	pthread_mutex_lock(&receiver->lock);
	nl_complete_msg(receiver->socket, msg);
	reset_answer(&receiver->hello, nlmsg_hdr(msg)->nlmsg_seq);
	r = nl_send(receiver->socket, msg);
	nlmsg_free(msg);
	r = r < 0 ? from_nl(r) : wait_hello(receiver);
	if (r == 0)
		r = mpy_stats_read(receiver->hello.attrs, receiver->hello.size,
				   answer);
	else
		snprintf(why, why_size, "%s", receiver->hello.why);
	pthread_mutex_unlock(&receiver->lock);
	return r;
}
