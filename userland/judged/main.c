// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mpy-judge - the sandboxed child that looks at hostile bytes. Started by
 * judgeproc.c with a socket and the bundle as inherited descriptors; people
 * have no use for it. Once the bundle is read it gives up every right but to
 * receive programs and to answer.
 */

#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/judgeproc_wire.h"
#include "core/sandbox.h"
#include "judge/bundle.h"
#include "judge/verdict.h"

#define MEMORY	  ((size_t)256 << 20) /* address space */
#define MAX_FDS	  (MPY_WIRE_SOCKET + 2) /* the socket and one memfd */
#define CHUNK_MAX (32u << 10)		/* of a layer, per frame */
#define POPULATE_MAX (1u << 20)

struct output {
	int socket;
	size_t used;
	uint8_t message[MPY_WIRE_MESSAGE];
};

/* ---- answering ---------------------------------------------------------- */

static int flush(struct output *out)
{
	struct iovec piece = { out->message, out->used };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
	ssize_t n;

	if (!out->used)
		return 0;
	do {
		n = sendmsg(out->socket, &message, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	out->used = 0;
	return n < 0 ? -errno : 0;
}

/* Adds a frame of a fixed part and bytes behind it. */
static int put(struct output *out, enum mpy_wire_type type, const void *fixed,
	       size_t fixed_size, const void *data, size_t size)
{
	struct mpy_wire_frame frame = { type, (uint32_t)(fixed_size + size) };
	size_t whole = sizeof(frame) + fixed_size + size;
	uint8_t *p;
	int r = 0;

	if (out->used + whole > sizeof(out->message))
		r = flush(out);
	if (r)
		return r;
	p = out->message + out->used;
	memcpy(p, &frame, sizeof(frame));
	p += sizeof(frame);
	if (fixed_size)
		memcpy(p, fixed, fixed_size);
	if (size)
		memcpy(p + fixed_size, data, size);
	out->used += whole;
	return 0;
}

static int put_text(struct output *out, enum mpy_wire_type type,
		    const void *fixed, size_t fixed_size, const char *text)
{
	size_t size = text ? strlen(text) : 0;

	if (size > MPY_WIRE_TEXT)
		size = MPY_WIRE_TEXT;
	return put(out, type, fixed, fixed_size, text, size);
}

static int send_layer(void *context, const struct mpy_layer *layer)
{
	struct mpy_wire_layer head = { .index = layer->index,
				       .parent = layer->parent,
				       .size = layer->size };
	struct output *out = context;
	size_t at, piece;
	int r;

	snprintf(head.kind, sizeof(head.kind), "%s", layer->kind);
	r = put(out, MPY_WIRE_LAYER, &head, sizeof(head), NULL, 0);
	for (at = 0; !r && at < layer->size; at += piece) {
		piece = layer->size - at;
		if (piece > CHUNK_MAX)
			piece = CHUNK_MAX;
		r = put(out, MPY_WIRE_DATA, NULL, 0, layer->data + at, piece);
	}
	return r;
}

static int send_verdict(struct output *out, const struct mpy_verdict *verdict)
{
	struct mpy_wire_verdict head = {
		.probability = verdict->probability,
		.raw = verdict->raw,
		.threshold = verdict->threshold,
		.label = verdict->label,
		.decider = verdict->decider,
		.bounds = verdict->bounds,
		.n_layers = verdict->n_layers,
		.n_reasons = (uint32_t)verdict->n_reasons,
		.n_indicators = (uint32_t)verdict->n_indicators,
	};
	size_t i;
	int r;

	r = put_text(out, MPY_WIRE_VERDICT, &head, sizeof(head),
		     verdict->unreadable);
	for (i = 0; !r && i < verdict->n_reasons; i++) {
		const struct mpy_reason *reason = &verdict->reasons[i];
		struct mpy_wire_reason fixed = { reason->contribution,
						 reason->line, reason->layer };

		r = put_text(out, MPY_WIRE_REASON, &fixed, sizeof(fixed),
			     reason->text);
	}
	for (i = 0; !r && i < verdict->n_indicators; i++) {
		const struct mpy_indicator *indicator =
			&verdict->indicators[i];
		struct mpy_wire_indicator fixed = { indicator->type,
						    indicator->layer };

		r = put_text(out, MPY_WIRE_INDICATOR, &fixed, sizeof(fixed),
			     indicator->value);
	}
	return r;
}

static int answer(struct output *out, struct mpy_judge_room *room,
		  const struct mpy_bundle *bundle, enum mpy_detail detail,
		  const uint8_t *data, size_t size)
{
	const struct mpy_layer_sink sink = { send_layer, out };
	struct mpy_verdict *verdict = NULL;
	struct mpy_wire_end end = { 0 };
	int r = 0;

	end.status = mpy_judge_in(room, bundle, detail, data, size, &sink,
				  &verdict);
	if (!end.status)
		r = send_verdict(out, verdict);
	mpy_verdict_free(verdict);
	return r ? r : put(out, MPY_WIRE_END, &end, sizeof(end), NULL, 0);
}

/* ---- being asked -------------------------------------------------------- */

/* A message: requests with their programs, or one with a memfd. */
struct input {
	uint8_t bytes[MPY_WIRE_ASK];
	size_t size;
	int fd; /* the memfd, or -1 */
};

/* Receives a message. in->fd is the caller's. -ECONNRESET: no more. */
static int receive(int socket, struct input *in)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec piece = { in->bytes, sizeof(in->bytes) };
	struct msghdr message = { .msg_iov = &piece,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *head;
	ssize_t n;

	do {
		n = recvmsg(socket, &message, 0);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n ? -errno : -ECONNRESET;
	in->size = (size_t)n;
	in->fd = -1;
	head = CMSG_FIRSTHDR(&message);
	if (!head)
		return 0;
	if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS ||
	    head->cmsg_len != CMSG_LEN(sizeof(int)))
		return -EPROTO;
	memcpy(&in->fd, CMSG_DATA(head), sizeof(int));
	return 0;
}

/* The request at data. */
static int read_request(const uint8_t *data, size_t size,
			struct mpy_wire_request *request)
{
	if (size < sizeof(*request))
		return -EPROTO;
	memcpy(request, data, sizeof(*request));
	return request->version == MPY_WIRE_VERSION &&
			       request->detail <= MPY_DETAIL_VERDICT ?
		       0 :
		       -EPROTO;
}

/* Programs behind their requests. */
static int answer_small(struct output *out, struct mpy_judge_room *room,
			const struct mpy_bundle *bundle, const uint8_t *data,
			size_t size)
{
	struct mpy_wire_request request;
	int r;

	do {
		r = read_request(data, size, &request);
		if (r)
			return r;
		data += sizeof(request);
		size -= sizeof(request);
		if (request.size > size)
			return -EPROTO;
		r = answer(out, room, bundle, request.detail, data,
			   request.size);
		data += request.size;
		size -= request.size;
	} while (!r && size);
	return r;
}

/* All pages of smaller programs at once: cheaper than a fault each. Of large
 * ones only what is looked at shall count as this process's memory. */
static int map_flags(uint64_t size)
{
	return size > POPULATE_MAX ? MAP_SHARED : MAP_SHARED | MAP_POPULATE;
}

static int answer_mapped(struct output *out, struct mpy_judge_room *room,
			 const struct mpy_bundle *bundle,
			 const struct input *in)
{
	struct mpy_wire_request request = { 0 };
	int r = read_request(in->bytes, in->size, &request);
	uint64_t size = request.size;
	void *data = MAP_FAILED;

	if (!r && (in->size != sizeof(request) || !size ||
		   size > MPY_WIRE_PROGRAM))
		r = -EPROTO;
	if (!r) {
		data = mmap(NULL, size, PROT_READ, map_flags(size), in->fd, 0);
		r = data == MAP_FAILED ? -errno : 0;
	}
	close(in->fd);
	if (r)
		return r;
	r = answer(out, room, bundle, request.detail, data, size);
	munmap(data, size);
	return r;
}

static int serve(struct output *out, struct mpy_judge_room *room,
		 const struct mpy_bundle *bundle)
{
	static struct input in;
	int r;

	do {
		r = receive(out->socket, &in);
		if (!r && in.fd < 0)
			r = answer_small(out, room, bundle, in.bytes, in.size);
		else if (!r)
			r = answer_mapped(out, room, bundle, &in);
		if (!r)
			r = flush(out);
	} while (!r);
	return r;
}

/* ---- starting ----------------------------------------------------------- */

static int read_bundle(struct mpy_bundle **bundle, char *why, size_t why_size)
{
	struct stat st;
	void *data;
	int r;

	if (fstat(MPY_WIRE_BUNDLE, &st) || st.st_size > MPY_BUNDLE_MAX) {
		snprintf(why, why_size, "no bundle was handed over");
		return -EINVAL;
	}
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED,
		    MPY_WIRE_BUNDLE, 0);
	if (data == MAP_FAILED) {
		snprintf(why, why_size, "bundle: %s", strerror(errno));
		return -errno;
	}
	r = mpy_bundle_parse(data, (size_t)st.st_size, bundle, why, why_size);
	munmap(data, (size_t)st.st_size);
	close(MPY_WIRE_BUNDLE);
	return r;
}

/*
 * Memory that one program has had is kept for the next, up to a bound: to give
 * it back and to get it again, page by page, costs more than a small program.
 */
static void keep_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, 4 << 20);
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	mallopt(M_TOP_PAD, 1 << 20);
}

/* Whatever the parent left open by mistake. */
static void close_others(void)
{
	int fd;

#ifdef SYS_close_range
	if (!syscall(SYS_close_range, MPY_WIRE_BUNDLE + 1, ~0u, 0))
		return;
#endif
	for (fd = MPY_WIRE_BUNDLE + 1; fd < sysconf(_SC_OPEN_MAX); fd++)
		close(fd);
}

static int fail(struct output *out, const char *why)
{
	put_text(out, MPY_WIRE_FAILED, NULL, 0, why);
	flush(out);
	return 1;
}

static bool is_socket(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISSOCK(st.st_mode);
}

int main(int argc, char **argv)
{
	static struct output out = { .socket = MPY_WIRE_SOCKET };
	struct mpy_bundle *bundle = NULL;
	struct mpy_judge_room *room;
	char why[256] = "";
	int r;

	if (argc != 1 || !is_socket(MPY_WIRE_SOCKET)) {
		fprintf(stderr, "mpy-judge is started by mpyd and mpyctl; "
				"to judge files: mpyctl scan PATH...\n");
		return 2;
	}
	close_others();
	keep_memory();
	if (read_bundle(&bundle, why, sizeof(why)))
		return fail(&out, why);
	room = mpy_judge_room_new();
	if (!room)
		return fail(&out, "out of memory");
	r = mpy_sandbox_enter(MEMORY, MAX_FDS);
	if (r) {
		snprintf(why, sizeof(why), "no sandbox: %s", strerror(-r));
		return fail(&out, why);
	}
	r = put(&out, MPY_WIRE_READY, NULL, 0, NULL, 0);
	if (!r)
		r = flush(&out);
	if (!r)
		r = serve(&out, room, bundle);
	/* not exit(): its handlers may want calls that are gone */
	_exit(r == -ECONNRESET || r == -EPIPE ? 0 : 1);
}
