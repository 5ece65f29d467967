// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A daemon for tests: speaks the module's protocol over raw generic netlink,
 * answers CLASSIFY, prints one line per event, and is strict about what
 * uapi/mpy.h promises (order of numbers, chunks complete and in order).
 *
 *	client listen [OPTIONS]	until SIGTERM; then SYNC, drain, STATS
 *	client hello [OPTIONS]	one HELLO; prints the answer or the refusal
 *	client stats		one STATS; needs no registration
 *	client steal PORT	bind generic netlink port PORT, then close it
 *	client fuzz SEED COUNT	COUNT messages of random attributes
 *
 * Exit status: 0; 1 refused (the errno and the sentence are printed); 2
 * usage; 3 the module broke the protocol; 4 this program failed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mpy.h" /* -I.../kmod/uapi */

#define MESSAGE_MAX 65536

struct message {
	const struct nlmsghdr *head;
	const struct genlmsghdr *genl;
	const struct nlattr *attrs[MPY_A_MAX + 1];
};

/* The event whose chunks are being collected. */
struct assembly {
	bool open;
	uint64_t seq;
	uint32_t kind;
	uint32_t want;
	uint32_t have;
	unsigned char *data;
	char line[32768];
	const char *fetch;
};

struct options {
	uint32_t abi;
	uint32_t sights;
	uint32_t queue_bytes;
	uint32_t snapshot_max;
	uint32_t classify_ms;
	uint32_t ignore;
	const char *mute;  /* no answer about images so named */
	bool quiet;	  /* prints no events, only the end */
	const char *fetch; /* ask FD for truncated files so named */
};

static int family;
static int events = -1;	 /* registered socket */
static int requests = -1; /* answers come here */
static uint32_t next_number = 1;
static uint64_t last_seq;
static unsigned long counts[MPY_KIND_MAX + 1], classified, broken;
static struct assembly assembly;
static volatile sig_atomic_t stop;

static void __attribute__((noreturn, format(printf, 1, 2)))
die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(errno));
	exit(4);
}

static void __attribute__((format(printf, 1, 2)))
violation(const char *format, ...)
{
	va_list args;

	broken++;
	printf("PROTOCOL ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/* ---- sockets and messages -------------------------------------------------*/

static int open_socket(uint32_t port, int size)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_pid = port };
	int one = 1, fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		die("netlink socket");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &one, sizeof(one));
	if (size)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

static uint32_t port_of(int fd)
{
	struct sockaddr_nl addr;
	socklen_t len = sizeof(addr);

	if (getsockname(fd, (struct sockaddr *)&addr, &len))
		die("getsockname");
	return addr.nl_pid;
}

struct request {
	struct nlmsghdr head;
	struct genlmsghdr genl;
	unsigned char attrs[512];
};

static void begin(struct request *request, int type, int cmd)
{
	memset(request, 0, sizeof(*request));
	request->head.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	request->head.nlmsg_type = type;
	request->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request->head.nlmsg_seq = next_number++;
	request->genl.cmd = cmd;
	request->genl.version = 1;
}

static void add(struct request *request, int type, const void *data, size_t len)
{
	size_t at = NLMSG_ALIGN(request->head.nlmsg_len);
	struct nlattr *attr = (void *)((char *)request + at);

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy((char *)attr + NLA_HDRLEN, data, len);
	request->head.nlmsg_len = at + NLA_ALIGN(attr->nla_len);
}

static void add_u32(struct request *request, int type, uint32_t value)
{
	add(request, type, &value, sizeof(value));
}

static void add_u64(struct request *request, int type, uint64_t value)
{
	add(request, type, &value, sizeof(value));
}

static void add_u8(struct request *request, int type, uint8_t value)
{
	add(request, type, &value, sizeof(value));
}

static void parse_attrs(const void *from, size_t len,
			const struct nlattr **attrs)
{
	const struct nlattr *attr = from;
	size_t step;

	memset(attrs, 0, sizeof(*attrs) * (MPY_A_MAX + 1));
	while (len >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN &&
	       attr->nla_len <= len) {
		if ((attr->nla_type & NLA_TYPE_MASK) <= MPY_A_MAX)
			attrs[attr->nla_type & NLA_TYPE_MASK] = attr;
		step = NLA_ALIGN(attr->nla_len);
		if (step >= len)
			return;
		len -= step;
		attr = (const void *)((const char *)attr + step);
	}
}

static const void *data_of(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

static size_t len_of(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

static uint64_t number(const struct message *message, int type)
{
	const struct nlattr *attr = message->attrs[type];
	uint32_t small;
	uint64_t value = 0;

	if (!attr)
		return 0;
	if (len_of(attr) == sizeof(value)) {
		memcpy(&value, data_of(attr), sizeof(value));
		return value;
	}
	if (len_of(attr) != sizeof(small))
		return *(const uint8_t *)data_of(attr);
	memcpy(&small, data_of(attr), sizeof(small));
	return small;
}

static void parse(const struct nlmsghdr *head, struct message *message)
{
	message->head = head;
	message->genl = NLMSG_DATA(head);
	parse_attrs((const char *)NLMSG_DATA(head) + GENL_HDRLEN,
		    head->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN),
		    message->attrs);
}

/* An acknowledgement: 0, or the errno; the sentence is printed. */
static int refusal(const struct nlmsghdr *head, const char *what)
{
	const struct nlmsgerr *error = NLMSG_DATA(head);
	const struct nlattr *attr;
	size_t at;

	if (!error->error)
		return 0;
	printf("REFUSED %s errno=%d %s", what, -error->error,
	       strerror(-error->error));
	at = sizeof(*error);
	if (!(head->nlmsg_flags & NLM_F_CAPPED))
		at += error->msg.nlmsg_len - sizeof(error->msg);
	attr = (const void *)((const char *)error + NLMSG_ALIGN(at));
	if (head->nlmsg_flags & NLM_F_ACK_TLVS &&
	    attr->nla_type == NLMSGERR_ATTR_MSG)
		printf(": %s", (const char *)data_of(attr));
	printf("\n");
	fflush(stdout);
	return -error->error;
}

static char answer_buffer[MESSAGE_MAX];

/* Events that came before the answer to HELLO, in order. */
static struct early {
	struct early *next;
	char bytes[];
} *early, **early_end = &early;

static void keep_early(const struct nlmsghdr *head)
{
	struct early *kept = malloc(sizeof(*kept) + head->nlmsg_len);

	if (!kept)
		die("memory");
	memcpy(kept->bytes, head, head->nlmsg_len);
	kept->next = NULL;
	*early_end = kept;
	early_end = &kept->next;
}

/*
 * Send on fd and wait for the acknowledgement; the answer before it, if any,
 * is left in *answer (valid until the next call).
 */
static int transact(int fd, struct request *request, const char *what,
		    struct message *answer)
{
	static char spare[MESSAGE_MAX];
	const struct nlmsghdr *head;
	char *to = answer_buffer;
	ssize_t len;

	if (answer)
		memset(answer, 0, sizeof(*answer));
	if (send(fd, request, request->head.nlmsg_len, 0) < 0)
		die("send %s", what);
	for (;;) {
		len = recv(fd, to, MESSAGE_MAX, 0);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			die("receive %s", what);
		for (head = (void *)to; NLMSG_OK(head, len);
		     head = NLMSG_NEXT(head, len)) {
			if (head->nlmsg_type == NLMSG_ERROR)
				return refusal(head, what);
			if (head->nlmsg_seq != request->head.nlmsg_seq) {
				keep_early(head);
			} else if (answer) {
				parse(head, answer);
				to = spare;
			}
		}
	}
}

static void find_family(void)
{
	struct request request;
	struct message answer;
	uint16_t id;

	begin(&request, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	add(&request, CTRL_ATTR_FAMILY_NAME, MPY_GENL_NAME,
	    sizeof(MPY_GENL_NAME));
	if (transact(requests, &request, "family", &answer))
		exit(1);
	if (!answer.attrs[CTRL_ATTR_FAMILY_ID])
		die("no family id");
	memcpy(&id, data_of(answer.attrs[CTRL_ATTR_FAMILY_ID]), sizeof(id));
	family = id;
}

/* ---- printing -------------------------------------------------------------*/

/* Appended to a line: what a shell test can grep, whatever the bytes are. */
static void put(char *line, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void put(char *line, size_t size, const char *format, ...)
{
	size_t used = strlen(line);
	va_list args;

	va_start(args, format);
	vsnprintf(line + used, size - used, format, args);
	va_end(args);
}

static void put_escaped(char *line, size_t size, const void *bytes, size_t len)
{
	const unsigned char *at = bytes, *end = at + len;

	for (; at < end; at++) {
		if (*at > ' ' && *at < 127 && *at != '\\' && *at != '|')
			put(line, size, "%c", *at);
		else
			put(line, size, "\\x%02x", *at);
	}
}

static void put_bytes(char *line, size_t size, const struct message *message,
		      const char *key, int type)
{
	const struct nlattr *attr = message->attrs[type];
	size_t len;

	if (!attr)
		return;
	put(line, size, " %s=", key);
	len = len_of(attr);
	if (type == MPY_A_CGROUP_PATH || type == MPY_A_FILE_FSTYPE ||
	    type == MPY_A_SIGHT_WHY)
		len--; /* strings end in NUL */
	put_escaped(line, size, data_of(attr), len);
}

static void put_number(char *line, size_t size, const struct message *message,
		       const char *key, int type)
{
	if (message->attrs[type])
		put(line, size, " %s=%" PRIu64, key, number(message, type));
}

static const struct field {
	const char *key;
	int type;
	bool is_number;
} fields[] = {
	{ "tgid", MPY_A_TGID, true },
	{ "start", MPY_A_TASK_START_NS, true },
	{ "ppid", MPY_A_PPID, true },
	{ "pstart", MPY_A_PARENT_START_NS, true },
	{ "uid", MPY_A_UID, true },
	{ "euid", MPY_A_EUID, true },
	{ "gid", MPY_A_GID, true },
	{ "loginuid", MPY_A_LOGINUID, true },
	{ "session", MPY_A_SESSION, true },
	{ "boot", MPY_A_BOOT_NS, true },
	{ "real", MPY_A_REAL_NS, true },
	{ "comm", MPY_A_COMM, false },
	{ "cwd", MPY_A_CWD, false },
	{ "cwd_deleted", MPY_A_CWD_DELETED, true },
	{ "cgroup_id", MPY_A_CGROUP_ID, true },
	{ "cgroup", MPY_A_CGROUP_PATH, false },
	{ "ns_mnt", MPY_A_NS_MNT, true },
	{ "ns_pid", MPY_A_NS_PID, true },
	{ "ns_net", MPY_A_NS_NET, true },
	{ "ns_user", MPY_A_NS_USER, true },
	{ "ns_uts", MPY_A_NS_UTS, true },
	{ "ns_ipc", MPY_A_NS_IPC, true },
	{ "ns_cgroup", MPY_A_NS_CGROUP, true },
	{ "exe", MPY_A_EXE_PATH, false },
	{ "exe_dev", MPY_A_EXE_DEV, true },
	{ "exe_ino", MPY_A_EXE_INODE, true },
	{ "exe_size", MPY_A_EXE_SIZE, true },
	{ "exe_mtime", MPY_A_EXE_MTIME_NS, true },
	{ "exe_ctime", MPY_A_EXE_CTIME_NS, true },
	{ "exe_deleted", MPY_A_EXE_DELETED, true },
	{ "filename", MPY_A_FILENAME, false },
	{ "interp", MPY_A_INTERP, false },
	{ "script", MPY_A_SCRIPT_PATH, false },
	{ "script_dev", MPY_A_SCRIPT_DEV, true },
	{ "script_ino", MPY_A_SCRIPT_INODE, true },
	{ "script_size", MPY_A_SCRIPT_SIZE, true },
	{ "script_deleted", MPY_A_SCRIPT_DELETED, true },
	{ "path", MPY_A_FILE_PATH, false },
	{ "dev", MPY_A_FILE_DEV, true },
	{ "ino", MPY_A_FILE_INODE, true },
	{ "size", MPY_A_FILE_SIZE, true },
	{ "mtime", MPY_A_FILE_MTIME_NS, true },
	{ "ctime", MPY_A_FILE_CTIME_NS, true },
	{ "deleted", MPY_A_FILE_DELETED, true },
	{ "fstype", MPY_A_FILE_FSTYPE, false },
	{ "argv_size", MPY_A_ARGV_SIZE, true },
	{ "argv_total", MPY_A_ARGV_TOTAL, true },
	{ "argv_truncated", MPY_A_ARGV_TRUNCATED, true },
	{ "contents", MPY_A_CONTENTS_SIZE, true },
	{ "truncated", MPY_A_CONTENTS_TRUNCATED, true },
};

static void describe(char *line, size_t size, const struct message *message)
{
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (message->attrs[fields[i].type] &&
		    !len_of(message->attrs[fields[i].type]) &&
		    fields[i].is_number)
			put(line, size, " %s=1", fields[i].key); /* a flag */
		else if (fields[i].is_number)
			put_number(line, size, message, fields[i].key,
				   fields[i].type);
		else
			put_bytes(line, size, message, fields[i].key,
				  fields[i].type);
	}
}

static uint32_t sum(const unsigned char *data, size_t len)
{
	uint32_t value = 2166136261u;

	while (len--)
		value = (value ^ *data++) * 16777619u;
	return value;
}

/* ---- CLASSIFY and FD ------------------------------------------------------*/

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

/* ---- events ---------------------------------------------------------------*/

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

static void take_early(const struct options *options)
{
	struct early *kept;

	while ((kept = early)) {
		early = kept->next;
		on_message((const void *)kept->bytes, options);
		free(kept);
	}
}

/* Everything that is there now. Returns false if there was nothing. */
static bool receive(const struct options *options)
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

/* ---- STATS ----------------------------------------------------------------*/

static const char *const lost_names[] = { "no_memory", "queue", "overrun",
					  "fault", "task_gone", "closed",
					  "nmissed" };

static void print_sight(const struct nlattr *nest)
{
	const struct nlattr *attrs[MPY_A_MAX + 1], *lost[MPY_A_MAX + 1], *attr;
	struct message message = { 0 };
	char line[1024] = "SIGHT";
	uint64_t delivered, caused, all_lost = 0, count;
	size_t left = len_of(nest), step;
	uint32_t cause;

	parse_attrs(data_of(nest), left, attrs);
	memcpy(message.attrs, attrs, sizeof(attrs));
	put_number(line, sizeof(line), &message, "id", MPY_A_SIGHT_ID);
	put_number(line, sizeof(line), &message, "state", MPY_A_SIGHT_STATE);
	put_number(line, sizeof(line), &message, "caused", MPY_A_CAUSED);
	put_number(line, sizeof(line), &message, "delivered", MPY_A_DELIVERED);
	for (attr = data_of(nest); left >= NLA_HDRLEN;
	     attr = (const void *)((const char *)attr + step), left -= step) {
		step = NLA_ALIGN(attr->nla_len);
		if (step > left)
			break;
		if ((attr->nla_type & NLA_TYPE_MASK) != MPY_A_LOST)
			continue;
		parse_attrs(data_of(attr), len_of(attr), lost);
		memcpy(&cause, data_of(lost[MPY_A_LOST_CAUSE]), sizeof(cause));
		memcpy(&count, data_of(lost[MPY_A_LOST_COUNT]), sizeof(count));
		all_lost += count;
		put(line, sizeof(line), " lost_%s=%" PRIu64,
		    cause < MPY_LOST_COUNT ? lost_names[cause] : "?", count);
	}
	caused = number(&message, MPY_A_CAUSED);
	delivered = number(&message, MPY_A_DELIVERED);
	if (message.attrs[MPY_A_CAUSED])
		put(line, sizeof(line), " open=%" PRId64,
		    (int64_t)(caused - delivered - all_lost));
	put_bytes(line, sizeof(line), &message, "why", MPY_A_SIGHT_WHY);
	puts(line);
}

static void print_sights(const struct message *answer)
{
	const struct nlattr *attr =
		(const void *)((const char *)answer->genl + GENL_HDRLEN);
	size_t left = answer->head->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), step;

	for (; left >= NLA_HDRLEN;
	     attr = (const void *)((const char *)attr + step), left -= step) {
		step = NLA_ALIGN(attr->nla_len);
		if (step > left || attr->nla_len < NLA_HDRLEN)
			break;
		if ((attr->nla_type & NLA_TYPE_MASK) == MPY_A_SIGHT)
			print_sight(attr);
	}
}

static int ask_stats(bool sync, struct message *answer)
{
	struct request request;

	begin(&request, family, MPY_CMD_STATS);
	if (sync)
		add_u8(&request, MPY_A_SYNC, 1);
	return transact(requests, &request, "STATS", answer);
}

static int print_stats(void)
{
	struct message answer;
	char line[1024] = "STATS";
	int err = ask_stats(false, &answer);

	if (err)
		return 1;
	print_sights(&answer);
	put_number(line, sizeof(line), &answer, "depth", MPY_A_QUEUE_DEPTH);
	put_number(line, sizeof(line), &answer, "max", MPY_A_QUEUE_MAX);
	put_number(line, sizeof(line), &answer, "bytes", MPY_A_QUEUE_BYTES);
	put_number(line, sizeof(line), &answer, "unclassified",
		   MPY_A_STAT_UNCLASSIFIED);
	put_number(line, sizeof(line), &answer, "seq", MPY_A_SEQ);
	put_number(line, sizeof(line), &answer, "pending", MPY_A_SYNC_PENDING);
	puts(line);
	fflush(stdout);
	return 0;
}

/* All that was caused before now has been received after this. */
static void synchronise(const struct options *options)
{
	struct message answer;
	bool started = false;
	uint64_t seq;

	for (;;) {
		while (receive(options))
			;
		if (ask_stats(!started, &answer))
			return;
		if (answer.attrs[MPY_A_SYNC_STARTED])
			started = true;
		if (started && !number(&answer, MPY_A_SYNC_PENDING))
			break;
		usleep(1000);
	}
	seq = number(&answer, MPY_A_SEQ);
	while (receive(options))
		;
	printf("SYNCED seq=%" PRIu64 " last=%" PRIu64 "\n", seq, last_seq);
}

/* ---- commands -------------------------------------------------------------*/

static int hello(const struct options *options)
{
	struct request request;
	struct message answer;
	int err;

	events = open_socket(0, 16 << 20);
	begin(&request, family, MPY_CMD_HELLO);
	add_u32(&request, MPY_A_ABI, options->abi);
	add_u32(&request, MPY_A_SCHEMA, MPY_SCHEMA);
	add_u32(&request, MPY_A_SIGHTS, options->sights);
	if (options->queue_bytes)
		add_u32(&request, MPY_A_QUEUE_BYTES, options->queue_bytes);
	if (options->snapshot_max)
		add_u32(&request, MPY_A_SNAPSHOT_MAX, options->snapshot_max);
	if (options->classify_ms)
		add_u32(&request, MPY_A_CLASSIFY_MS, options->classify_ms);
	if (options->ignore)
		add_u32(&request, MPY_A_IGNORE_TGID, options->ignore);
	err = transact(events, &request, "HELLO", &answer);
	if (err)
		return err;
	if (!answer.head) {
		violation("HELLO without an answer");
		return EPROTO;
	}
	printf("HELLO port=%u abi=%" PRIu64 " schema=%" PRIu64 " version=%s\n",
	       port_of(events), number(&answer, MPY_A_ABI),
	       number(&answer, MPY_A_SCHEMA),
	       answer.attrs[MPY_A_MODULE_VERSION] ?
		       (const char *)data_of(answer.attrs[MPY_A_MODULE_VERSION]) :
		       "?");
	print_sights(&answer);
	fflush(stdout);
	return 0;
}

static void on_signal(int signal)
{
	stop = signal;
}

static int listen_events(const struct options *options)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct pollfd poll_fd;

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	if (hello(options))
		return 1;
	take_early(options);
	poll_fd = (struct pollfd){ .fd = events, .events = POLLIN };
	while (!stop) {
		poll(&poll_fd, 1, 200);
		receive(options);
		fflush(stdout);
	}
	synchronise(options);
	printf("END exec=%lu read=%lu classify=%lu broken=%lu\n",
	       counts[MPY_KIND_EXEC], counts[MPY_KIND_READ], classified,
	       broken);
	print_stats();
	return broken ? 3 : 0;
}

/*
 * Anything but a HELLO that could be accepted: that would be a second daemon
 * whose socket closes at the end.
 */
static int fuzz(unsigned int seed, unsigned long count)
{
	struct request request;
	unsigned char value[40];
	unsigned long accepted = 0;
	unsigned int i, attrs;
	char sink[4096];

	srand(seed);
	while (count--) {
		begin(&request, family, rand() % (MPY_CMD_MAX + 3));
		for (attrs = rand() % 6; attrs; attrs--) {
			for (i = 0; i < sizeof(value); i++)
				value[i] = rand() % 4 ? rand() % 3 : rand();
			add(&request, rand() % (MPY_A_MAX + 3), value,
			    rand() % 2 ? 4u << rand() % 2 :
					 rand() % sizeof(value));
		}
		if (rand() % 8 == 0)
			request.head.nlmsg_len -= rand() % 8;
		if (send(requests, &request, request.head.nlmsg_len, 0) < 0)
			die("send");
		while (recv(requests, sink, sizeof(sink), MSG_DONTWAIT) > 0) {
			const struct nlmsghdr *head = (void *)sink;
			const struct nlmsgerr *error = NLMSG_DATA(head);

			accepted += head->nlmsg_type == NLMSG_ERROR &&
				    !error->error;
		}
	}
	printf("FUZZ seed=%u accepted=%lu\n", seed, accepted);
	return 0;
}

static void usage(void)
{
	fprintf(stderr,
		"usage: client listen|hello [--abi N] [--sights MASK]\n"
		"  [--queue BYTES] [--snapshot BYTES] [--classify MS]\n"
		"  [--ignore PID] [--mute NAME] [--quiet] [--fetch NAME]\n"
		"       client stats\n"
		"       client steal PORT\n"
		"       client fuzz SEED COUNT\n");
	exit(2);
}

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "abi", required_argument, NULL, 'a' },
		{ "sights", required_argument, NULL, 's' },
		{ "queue", required_argument, NULL, 'q' },
		{ "snapshot", required_argument, NULL, 'n' },
		{ "classify", required_argument, NULL, 'c' },
		{ "ignore", required_argument, NULL, 'i' },
		{ "fetch", required_argument, NULL, 'f' },
		{ "mute", required_argument, NULL, 'm' },
		{ "quiet", no_argument, NULL, 'Q' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		uint32_t value = optarg ? strtoul(optarg, NULL, 0) : 0;

		switch (option) {
		case 'a': options->abi = value; break;
		case 's': options->sights = value; break;
		case 'q': options->queue_bytes = value; break;
		case 'n': options->snapshot_max = value; break;
		case 'c': options->classify_ms = value; break;
		case 'i': options->ignore = value; break;
		case 'f': options->fetch = optarg; break;
		case 'm': options->mute = optarg; break;
		case 'Q': options->quiet = true; break;
		default: usage();
		}
	}
}

int main(int argc, char **argv)
{
	struct options options = { .abi = MPY_ABI, .sights = MPY_SIGHTS_ALL };

	if (argc < 2)
		usage();
	read_options(argc - 1, argv + 1, &options);
	if (!strcmp(argv[1], "steal") && argc == 3) {
		close(open_socket(strtoul(argv[2], NULL, 0), 0));
		return 0;
	}
	requests = open_socket(0, 1 << 20);
	find_family();
	if (!strcmp(argv[1], "listen"))
		return listen_events(&options);
	if (!strcmp(argv[1], "hello"))
		return hello(&options) ? 1 : 0;
	if (!strcmp(argv[1], "stats"))
		return print_stats();
	if (!strcmp(argv[1], "fuzz") && argc == 4)
		return fuzz(strtoul(argv[2], NULL, 0),
			    strtoul(argv[3], NULL, 0));
	usage();
}
