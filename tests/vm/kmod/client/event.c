// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the module sends by itself: events with their chunks, whose order is
 * checked, and questions, which are answered.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"

/* The event whose chunks are being collected. */
static struct assembly {
	bool open;
	uint64_t seq;
	uint32_t kind;
	uint32_t want;
	uint32_t have;
	unsigned char *data;
	char line[32768];
	const char *fetch;
} assembly;

static uint32_t sum(const unsigned char *data, size_t len)
{
	uint32_t value = 2166136261u;

	while (len--)
		value = (value ^ *data++) * 16777619u;
	return value;
}

/* ---- CLASSIFY and FD ----------------------------------------------------- */

/* A descriptor for seq, or -1. */
static int ask_fd(uint64_t seq, bool script)
{
	struct request request;
	struct message answer;

	begin(&request, family, MPY_CMD_FD);
	add_u64(&request, MPY_A_SEQ, seq);
	if (script)
		add_u8(&request, MPY_A_SCRIPT, 1);
	if (transact(requests, &request, "FD", &answer))
		return -1;
	if (!answer.attrs[MPY_A_FD]) {
		violation("FD %" PRIu64 " answered without a descriptor", seq);
		return -1;
	}
	return number(&answer, MPY_A_FD);
}

static bool is_interpreter(int fd)
{
	static const char *const signs[] = { "Py_BytesMain", "PySys_Audit",
					     "libpython3" };
	struct stat st;
	bool found = false;
	size_t i;
	char *bytes;

	if (fd < 0 || fstat(fd, &st) || !st.st_size)
		return false;
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	for (i = 0; i < sizeof(signs) / sizeof(signs[0]) && !found; i++)
		found = memmem(bytes, st.st_size, signs[i], strlen(signs[i]));
	munmap(bytes, st.st_size);
	return found;
}

static void answer_classify(const struct message *message)
{
	uint64_t seq = number(message, MPY_A_SEQ);
	struct request request;
	int fd = ask_fd(seq, false);
	bool interpreter = is_interpreter(fd);

	if (fd >= 0)
		close(fd);
	begin(&request, family, MPY_CMD_CLASSIFIED);
	add_u64(&request, MPY_A_SEQ, seq);
	add_u8(&request, MPY_A_INTERPRETER, interpreter);
	transact(requests, &request, "CLASSIFIED", NULL);
}

static void fetch(uint64_t seq)
{
	static unsigned char buffer[1 << 20];
	uint64_t size = 0;
	uint32_t value = 0;
	ssize_t got;
	int fd = ask_fd(seq, false);

	if (fd < 0)
		return;
	while ((got = read(fd, buffer, sizeof(buffer))) > 0) {
		size += got;
		value ^= sum(buffer, got);
	}
	printf("FD seq=%" PRIu64 " size=%" PRIu64 " flags=%#x cloexec=%d\n",
	       seq, size, fcntl(fd, F_GETFL), fcntl(fd, F_GETFD));
	close(fd);
}

/* ---- events -------------------------------------------------------------- */

static void finish_event(const struct options *options)
{
	char *line = assembly.line;
	size_t shown, size = sizeof(assembly.line);

	assembly.open = false;
	counts[assembly.kind]++;
	if (options->quiet)
		return;
	shown = assembly.have < 400 ? assembly.have : 400;
	put(line, size, " sum=%08x data=", sum(assembly.data, assembly.have));
	put_escaped(line, size, assembly.data, shown);
	puts(line);
	if (assembly.fetch)
		fetch(assembly.seq);
}

static void check_seq(uint64_t seq)
{
	if (seq <= last_seq)
		violation("SEQ %" PRIu64 " after %" PRIu64, seq, last_seq);
	last_seq = seq;
	assembly.open = false; /* what was not whole is lost */
}

static void on_event(const struct message *message,
		     const struct options *options)
{
	const struct nlattr *path = message->attrs[MPY_A_FILE_PATH];
	uint32_t kind = number(message, MPY_A_KIND);

	check_seq(number(message, MPY_A_SEQ));
	if (kind > MPY_KIND_MAX) {
		violation("KIND %u", kind);
		return;
	}
	assembly.open = true;
	assembly.seq = last_seq;
	assembly.kind = kind;
	assembly.have = 0;
	assembly.want = number(message, kind == MPY_KIND_EXEC ?
						MPY_A_ARGV_SIZE :
						MPY_A_CONTENTS_SIZE);
	assembly.data = realloc(assembly.data, assembly.want + 1);
	if (!assembly.data)
		die("memory");
	assembly.fetch = NULL;
	if (options->fetch && path &&
	    message->attrs[MPY_A_CONTENTS_TRUNCATED] &&
	    memmem(data_of(path), len_of(path), options->fetch,
		   strlen(options->fetch)))
		assembly.fetch = options->fetch;
	if (!options->quiet) {
		snprintf(assembly.line, sizeof(assembly.line),
			 "%s seq=%" PRIu64,
			 kind == MPY_KIND_EXEC ? "EXEC" : "READ", last_seq);
		describe(assembly.line, sizeof(assembly.line), message);
	}
	if (!assembly.want)
		finish_event(options);
}

static void on_chunk(const struct message *message,
		     const struct options *options)
{
	const struct nlattr *data = message->attrs[MPY_A_DATA];
	uint64_t seq = number(message, MPY_A_SEQ);
	uint32_t field = number(message, MPY_A_FIELD);

	if (!assembly.open || seq != assembly.seq) {
		violation("CHUNK of %" PRIu64 " without its head", seq);
		return;
	}
	if (!data || number(message, MPY_A_OFFSET) != assembly.have ||
	    len_of(data) < 1 || len_of(data) > MPY_CHUNK_MAX ||
	    assembly.have + len_of(data) > assembly.want ||
	    field != (assembly.kind == MPY_KIND_EXEC ? MPY_FIELD_ARGV :
						       MPY_FIELD_CONTENTS)) {
		violation("CHUNK of %" PRIu64 " out of order", seq);
		return;
	}
	memcpy(assembly.data + assembly.have, data_of(data), len_of(data));
	assembly.have += len_of(data);
	if (assembly.have == assembly.want)
		finish_event(options);
}

static void on_classify(const struct message *message,
			const struct options *options)
{
	const struct nlattr *exe = message->attrs[MPY_A_EXE_PATH];
	char line[16384] = "";

	check_seq(number(message, MPY_A_SEQ));
	classified++;
	describe(line, sizeof(line), message);
	if (!options->quiet)
		printf("CLASSIFY seq=%" PRIu64 "%s\n", last_seq, line);
	if (!options->mute || !exe ||
	    !memmem(data_of(exe), len_of(exe), options->mute,
		    strlen(options->mute)))
		answer_classify(message);
}

static void on_message(const struct nlmsghdr *head,
		       const struct options *options)
{
	struct message message;

	if (head->nlmsg_type != family)
		return;
	parse(head, &message);
	switch (message.genl->cmd) {
	case MPY_CMD_EVENT:
		on_event(&message, options);
		break;
	case MPY_CMD_CHUNK:
		on_chunk(&message, options);
		break;
	case MPY_CMD_CLASSIFY:
		on_classify(&message, options);
		break;
	}
}

void take_early(const struct options *options)
{
	struct early *kept;

	while ((kept = next_early())) {
		on_message((const void *)kept->bytes, options);
		free(kept);
	}
}

bool receive(const struct options *options)
{
	static char buffer[MESSAGE_MAX];
	const struct nlmsghdr *head;
	struct sockaddr_nl from;
	struct iovec iov = { buffer, sizeof(buffer) };
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof(from),
			      .msg_iov = &iov, .msg_iovlen = 1 };
	bool any = false;
	ssize_t len;

	while ((len = recvmsg(events, &msg, MSG_DONTWAIT)) >= 0) {
		any = true;
		if (from.nl_pid) /* not from the kernel */
			continue;
		if (msg.msg_flags & MSG_TRUNC)
			violation("a message larger than %d", MESSAGE_MAX);
		if (len > 32000 + 100)
			violation("a message of %zd bytes", len);
		for (head = (void *)buffer; NLMSG_OK(head, len);
		     head = NLMSG_NEXT(head, len))
			on_message(head, options);
		msg.msg_namelen = sizeof(from);
	}
	return any;
}
