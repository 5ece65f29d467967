// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Raw generic netlink: sockets, messages and their attributes, transactions
 * with their acknowledgements.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "client.h"

int family;
int requests = -1;

static uint32_t next_number = 1;

/* ---- sockets ------------------------------------------------------------- */

int open_socket(uint32_t port, int size)
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

uint32_t port_of(int fd)
{
	struct sockaddr_nl addr;
	socklen_t len = sizeof(addr);

	if (getsockname(fd, (struct sockaddr *)&addr, &len))
		die("getsockname");
	return addr.nl_pid;
}

/* ---- messages that go out ------------------------------------------------ */

void begin(struct request *request, int type, int cmd)
{
	memset(request, 0, sizeof(*request));
	request->head.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	request->head.nlmsg_type = type;
	request->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request->head.nlmsg_seq = next_number++;
	request->genl.cmd = cmd;
	request->genl.version = 1;
}

void add(struct request *request, int type, const void *data, size_t len)
{
	size_t at = NLMSG_ALIGN(request->head.nlmsg_len);
	struct nlattr *attr = (void *)((char *)request + at);

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy((char *)attr + NLA_HDRLEN, data, len);
	request->head.nlmsg_len = at + NLA_ALIGN(attr->nla_len);
}

void add_u32(struct request *request, int type, uint32_t value)
{
	add(request, type, &value, sizeof(value));
}

void add_u64(struct request *request, int type, uint64_t value)
{
	add(request, type, &value, sizeof(value));
}

void add_u8(struct request *request, int type, uint8_t value)
{
	add(request, type, &value, sizeof(value));
}

/* ---- messages that come in ----------------------------------------------- */

void parse_attrs(const void *from, size_t len, const struct nlattr **attrs)
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

const void *data_of(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

size_t len_of(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

uint64_t number(const struct message *message, int type)
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

void parse(const struct nlmsghdr *head, struct message *message)
{
	message->head = head;
	message->genl = NLMSG_DATA(head);
	parse_attrs((const char *)NLMSG_DATA(head) + GENL_HDRLEN,
		    head->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN),
		    message->attrs);
}

/* ---- transactions -------------------------------------------------------- */

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

static struct early *early, **early_end = &early;

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

struct early *next_early(void)
{
	struct early *kept = early;

	if (kept)
		early = kept->next;
	return kept;
}

int transact(int fd, struct request *request, const char *what,
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

void find_family(void)
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
