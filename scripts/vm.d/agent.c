// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * agent.c - the harness's hand inside the guest.
 *
 * It sits on one virtio-serial port and does what the host asks, one request
 * after the other. A message is a letter, a 32 bit little-endian length and
 * that many bytes (at most FRAME_MAX), both ways. The host sends
 *
 *	T "sec nsec"	set the clock (a restored guest lives in the past)
 *	S bytes		stir them into the kernel's random numbers
 *	P bytes		a piece of a tar archive for /root; an empty P ends it
 *	A bytes		one more argument of the command to come
 *	R		run the command
 *	G path		send back what lies there
 *	K		send what the kernel log has gained
 *
 * and the agent H once at its start, o and e for the command's stdout and
 * stderr, k for records of the kernel log, g for what G asked for, and d with
 * a 32 bit status at the end of each request. Bytes pass unchanged.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT "/dev/virtio-ports/mpy.vm"
#define FRAME_MAX 65536
#define ARGS_MAX 131072

static int port, kmsg;
static char *args[ARGS_MAX + 1];
static int nargs;
static unsigned char frame[FRAME_MAX + 1];

static void fail(const char *what)
{
	fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void read_all(void *to, size_t len)
{
	char *p = to;

	while (len > 0) {
		ssize_t n = read(port, p, len);

		if (n > 0) {
			p += n;
			len -= n;
		} else if (n == 0) {
			usleep(50000);	/* nobody at the host's end */
		} else if (errno != EINTR && errno != EAGAIN) {
			fail("read");
		}
	}
}

static void write_all(int fd, const void *from, size_t len)
{
	const char *p = from;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n > 0) {
			p += n;
			len -= n;
		} else if (errno != EINTR && errno != EAGAIN) {
			return;		/* a child that reads no further */
		}
	}
}

static void send_frame(char type, const void *from, uint32_t len)
{
	unsigned char head[5] = { type };
	uint32_t size = htole32(len);

	memcpy(head + 1, &size, sizeof(size));
	write_all(port, head, sizeof(head));
	write_all(port, from, len);
}

static void send_status(int status)
{
	uint32_t wire = htole32(status);

	send_frame('d', &wire, sizeof(wire));
}

/* /dev/kmsg gives one record per read and EPIPE where it was overrun. */
static void send_kernel_log(void)
{
	char record[8192];

	for (;;) {
		ssize_t n = read(kmsg, record, sizeof(record));

		if (n > 0)
			send_frame('k', record, n);
		else if (n == 0 || (errno != EPIPE && errno != EINTR))
			return;
	}
}

static int set_clock(void)
{
	long long sec, nsec;
	struct timespec now;

	if (sscanf((char *)frame, "%lld %lld", &sec, &nsec) != 2)
		return 1;
	now.tv_sec = sec;
	now.tv_nsec = nsec;
	return clock_settime(CLOCK_REALTIME, &now) ? 1 : 0;
}

static int stir_random(uint32_t len)
{
	struct {
		struct rand_pool_info info;
		unsigned char bytes[256];
	} pool = { .info.entropy_count = 256, .info.buf_size = 256 };
	int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);
	int rc;

	if (fd < 0 || len != 256)
		return 1;
	memcpy(pool.bytes, frame, 256);
	rc = ioctl(fd, RNDADDENTROPY, &pool) || ioctl(fd, RNDRESEEDCRNG);
	close(fd);
	return rc;
}

static int status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 126;
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 128 + WTERMSIG(status);
}

/* Start a helper with one end of a pipe as its fd @end (0 or 1). */
static pid_t start_helper(char *const argv[], int end, int *fd)
{
	int p[2];
	pid_t pid;

	if (pipe2(p, O_CLOEXEC))
		fail("pipe");
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		dup2(p[end], end);
		signal(SIGPIPE, SIG_DFL);
		execv(argv[0], argv);
		_exit(127);
	}
	close(p[end]);
	*fd = p[!end];
	return pid;
}

static void take_archive(uint32_t len)
{
	static char *tar[] = { "/usr/bin/tar", "-x", "-p", "-f", "-", "-C",
			       "/root", "--no-same-owner", NULL };
	static pid_t pid;
	static int fd;

	if (!pid)
		pid = start_helper(tar, 0, &fd);
	if (len > 0) {
		write_all(fd, frame, len);
		return;
	}
	close(fd);
	send_status(status_of(pid));
	pid = 0;
}

static void send_stream(int fd)
{
	static char buf[FRAME_MAX];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		send_frame('g', buf, n);
}

/* A file goes as it is (status 0), a folder as a tar archive (status 1). */
static void send_back(const char *path)
{
	char *tar[] = { "/usr/bin/tar", "-c", "-f", "-", "-C", (char *)path,
			".", NULL };
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	pid_t pid;

	if (fd < 0 || fstat(fd, &st)) {
		send_status(-errno);
		if (fd >= 0)
			close(fd);
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		send_stream(fd);
		close(fd);
		send_status(0);
		return;
	}
	close(fd);
	pid = start_helper(tar, 1, &fd);
	send_stream(fd);
	close(fd);
	send_status(status_of(pid) ? -EIO : 1);
}

static void become_command(int out, int err)
{
	int null = open("/dev/null", O_RDONLY);
	int oom = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	write_all(oom, "0", 1);		/* only the agent is spared */
	setsid();
	dup2(null, 0);
	dup2(out, 1);
	dup2(err, 2);
	if (null > 2)
		close(null);
	signal(SIGPIPE, SIG_DFL);
	execvp(args[0], args);
	dprintf(2, "scripts/vm: %s: %s\n", args[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* Pass on what the pipe holds now, and no more: a writer may never end. */
static void drain(int fd, char type)
{
	static char buf[FRAME_MAX];
	int left;
	ssize_t n;

	if (ioctl(fd, FIONREAD, &left))
		return;
	for (; left > 0; left -= n) {
		n = read(fd, buf, left < FRAME_MAX ? left : FRAME_MAX);
		if (n <= 0)
			return;
		send_frame(type, buf, n);
	}
}

/*
 * The end of the command is the end of its process. What it wrote lies in the
 * pipes by then; somebody whom it left behind may hold them open for ever.
 */
static void run(void)
{
	int out[2], err[2], status = -1;
	pid_t pid;
	int gone = 0;

	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		fail("pipe");
	args[nargs] = NULL;
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid == 0)
		become_command(out[1], err[1]);
	close(out[1]);
	close(err[1]);
	while (!gone) {
		struct pollfd fds[3] = {
			{ .fd = out[0], .events = POLLIN },
			{ .fd = err[0], .events = POLLIN },
			{ .fd = kmsg, .events = POLLIN },
		};

		gone = waitpid(pid, &status, WNOHANG) == pid;
		if (!gone)
			poll(fds, 3, 50);
		drain(out[0], 'o');
		drain(err[0], 'e');
		send_kernel_log();
		if (!gone && (fds[0].revents | fds[1].revents) & POLLHUP)
			usleep(10000);	/* a pipe closed early: no spinning */
	}
	close(out[0]);
	close(err[0]);
	while (nargs > 0)
		free(args[--nargs]);
	send_status(WIFEXITED(status) ? WEXITSTATUS(status)
				      : 128 + WTERMSIG(status));
}

static void serve(char type, uint32_t len)
{
	switch (type) {
	case 'T':
		send_status(set_clock());
		break;
	case 'S':
		send_status(stir_random(len));
		break;
	case 'P':
		take_archive(len);
		break;
	case 'A':
		if (nargs == ARGS_MAX)
			fail("too many arguments");
		args[nargs++] = strndup((char *)frame, len);
		break;
	case 'R':
		run();
		break;
	case 'G':
		send_back((char *)frame);
		break;
	case 'K':
		send_kernel_log();
		send_status(0);
		break;
	default:
		errno = EPROTO;
		fail("request");
	}
}

/* A guest that is shut down must not look like a command that ended. */
static void leave(int sig)
{
	(void)sig;
	_exit(1);
}

int main(void)
{
	unsigned char head[5];
	uint32_t len;
	int i;

	signal(SIGTERM, leave);
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < 600; i++) {
		port = open(PORT, O_RDWR | O_CLOEXEC);
		if (port >= 0)
			break;
		usleep(50000);
	}
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (port < 0 || kmsg < 0)
		fail(PORT " or /dev/kmsg");
	send_frame('H', "", 0);
	for (;;) {
		read_all(head, sizeof(head));
		memcpy(&len, head + 1, sizeof(len));
		len = le32toh(len);
		if (len > FRAME_MAX) {
			errno = EPROTO;
			fail("length");
		}
		read_all(frame, len);
		frame[len] = '\0';
		serve(head[0], len);
	}
}
