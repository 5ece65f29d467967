/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * receive.h - the daemon's end of generic netlink. One socket and one thread
 * for what the kernel sends by itself, further sockets for requests. What
 * comes is handed on as plain buffers; nobody else knows of netlink.
 */
#ifndef MPY_DAEMON_RECEIVE_H
#define MPY_DAEMON_RECEIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mpy_stats;

/* Called by the receiver's thread. message: command and attributes of one
 * kernel message, valid during the call. fence: all that the kernel had sent
 * before mpy_receiver_fence() has been handed on. */
struct mpy_receiver_sink {
	void (*message)(void *context, unsigned int cmd, const void *attrs,
			size_t size);
	void (*fence)(void *context, uint64_t id);
	void *context;
};

#define MPY_IGNORE_MAX 4

struct mpy_hello {
	uint32_t queue_bytes, snapshot_bytes, classify_ms;
	uint32_t ignore[MPY_IGNORE_MAX]; /* process ids besides our own */
	unsigned int n_ignore;
};

struct mpy_receiver;
struct mpy_requests;

/* Opens the event socket and starts the thread; nothing comes before a
 * HELLO. sink outlives the receiver. -errno with a sentence in why. */
int mpy_receiver_open(const struct mpy_receiver_sink *sink,
		      struct mpy_receiver **out, char *why, size_t why_size);

/*
 * Says HELLO and waits for the answer. May be repeated to change what it
 * says or to register with a module that was loaded anew. Any thread but the
 * receiver's. -ENOENT: no module; -EBUSY: there is another daemon; -EPROTO:
 * another ABI; -EPERM; -ETIMEDOUT; -errno. why holds the kernel's own
 * sentence where it gave one.
 */
int mpy_receiver_hello(struct mpy_receiver *receiver,
		       const struct mpy_hello *hello, struct mpy_stats *answer,
		       char *why, size_t why_size);

/* Asks for a fence; see sink. Returns its id, ascending from 1. */
uint64_t mpy_receiver_fence(struct mpy_receiver *receiver);

/* Messages that the socket dropped or that were not the kernel's. */
uint64_t mpy_receiver_refused(struct mpy_receiver *receiver);

/* Ends the thread and closes the socket: the kernel's gate closes with it.
 * Accepts NULL. */
void mpy_receiver_close(struct mpy_receiver *receiver);

/* A socket for requests, shared by threads, one request at a time. It needs
 * no module when it is opened. NULL without memory or sockets. */
struct mpy_requests *mpy_requests_open(void);
void mpy_requests_close(struct mpy_requests *requests);

/* The file of event seq: a descriptor that is the caller's, or -errno
 * (-ENOENT: not kept any more, or no module). script: the "#!" file. */
int mpy_requests_fd(struct mpy_requests *requests, uint64_t seq, bool script);
int mpy_requests_classified(struct mpy_requests *requests, uint64_t seq,
			    bool interpreter);
int mpy_requests_stats(struct mpy_requests *requests, bool sync,
		       struct mpy_stats *out);

#endif
