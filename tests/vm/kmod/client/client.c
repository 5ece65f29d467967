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
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"

int events = -1;
uint64_t last_seq;
unsigned long counts[MPY_KIND_MAX + 1], classified;

static unsigned long broken;
static volatile sig_atomic_t stop;

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(errno));
	exit(4);
}

void violation(const char *format, ...)
{
	va_list args;

	broken++;
	printf("PROTOCOL ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/* ---- commands ------------------------------------------------------------ */

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

/* ---- options ------------------------------------------------------------- */

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
