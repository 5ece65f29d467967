/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client.h - what the files of the client share.
 *
 *   client.c   commands: the options, listen, hello, fuzz
 *   netlink.c  sockets, messages, transactions
 *   event.c    what the module sends by itself
 *   stats.c    SIGHT and STATS lines, SYNC
 *   print.c    lines that a shell test can grep
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mpy.h" /* -I.../kmod/uapi */

#define MESSAGE_MAX 65536

struct message {
	const struct nlmsghdr *head;
	const struct genlmsghdr *genl;
	const struct nlattr *attrs[MPY_A_MAX + 1];
};

struct request {
	struct nlmsghdr head;
	struct genlmsghdr genl;
	unsigned char attrs[512];
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

/* ---- client.c: the books ------------------------------------------------- */

extern int events;	  /* registered socket, -1 before */
extern uint64_t last_seq; /* number of the event that came last */
extern unsigned long counts[MPY_KIND_MAX + 1], classified;

/* Ends the program: it failed by itself, errno says why. */
void die(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
/* Prints how the module broke the protocol, and counts it. */
void violation(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- netlink.c ----------------------------------------------------------- */

extern int family;   /* of the module, once found */
extern int requests; /* socket whose answers come at once */

/* A bound generic netlink socket; port, size of its buffer: 0 for any. */
int open_socket(uint32_t port, int size);
uint32_t port_of(int fd);
/* Fills in requests and family; exits if there is no module. */
void find_family(void);

/* A message under construction. */
void begin(struct request *request, int type, int cmd);
void add(struct request *request, int type, const void *data, size_t len);
void add_u32(struct request *request, int type, uint32_t value);
void add_u64(struct request *request, int type, uint64_t value);
void add_u8(struct request *request, int type, uint8_t value);

/* A message that came, or a nest in it: attrs[0..MPY_A_MAX] by type. */
void parse(const struct nlmsghdr *head, struct message *message);
void parse_attrs(const void *from, size_t len, const struct nlattr **attrs);
const void *data_of(const struct nlattr *attr);
size_t len_of(const struct nlattr *attr);
/* A number of any width; 0 if the attribute is missing. */
uint64_t number(const struct message *message, int type);

/*
 * Send on fd and wait for the acknowledgement; the answer before it, if any,
 * is left in *answer (valid until the next call). 0, or the errno of the
 * refusal, which is printed.
 */
int transact(int fd, struct request *request, const char *what,
	     struct message *answer);

/* Events that came before the answer to HELLO, in order. */
struct early {
	struct early *next;
	char bytes[];
};

/* The next of them, to free(); NULL: no more. */
struct early *next_early(void);

/* ---- event.c ------------------------------------------------------------- */

/* Takes the events that came before the answer to HELLO. */
void take_early(const struct options *options);
/* Everything that is there now. Returns false if there was nothing. */
bool receive(const struct options *options);

/* ---- stats.c ------------------------------------------------------------- */

/* The SIGHT lines of an answer to HELLO or STATS. */
void print_sights(const struct message *answer);
/* Exit status of the command. */
int print_stats(void);
/* All that was caused before now has been received after this. */
void synchronise(const struct options *options);

/* ---- print.c ------------------------------------------------------------- */

/* Appended to a line: what a shell test can grep, whatever the bytes are. */
void put(char *line, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void put_escaped(char *line, size_t size, const void *bytes, size_t len);
/* " KEY=VALUE" of an attribute, if the message has it. */
void put_bytes(char *line, size_t size, const struct message *message,
	       const char *key, int type);
void put_number(char *line, size_t size, const struct message *message,
		const char *key, int type);
/* All that an event says of its task and files. */
void describe(char *line, size_t size, const struct message *message);

#endif
