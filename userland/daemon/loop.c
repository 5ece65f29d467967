// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * loop.c - epoll, signalfd, timerfd. One event is taken at a time, so that a
 * handler may remove any handle without another event of it in the air.
 */
#include "daemon/loop.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct mpy_loop {
	int fd;
	bool quit;
};

struct mpy_loop *mpy_loop_new(void)
{
	struct mpy_loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return NULL;
	loop->fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->fd >= 0)
		return loop;
	free(loop);
	return NULL;
}

void mpy_loop_free(struct mpy_loop *loop)
{
	if (!loop)
		return;
	close(loop->fd);
	free(loop);
}

static int control(struct mpy_loop *loop, int operation,
		   struct mpy_handle *handle, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = handle };

	return epoll_ctl(loop->fd, operation, handle->fd, &event) < 0 ? -errno :
									 0;
}

int mpy_loop_add(struct mpy_loop *loop, struct mpy_handle *handle,
		 uint32_t events)
{
	return control(loop, EPOLL_CTL_ADD, handle, events);
}

int mpy_loop_change(struct mpy_loop *loop, struct mpy_handle *handle,
		    uint32_t events)
{
	return control(loop, EPOLL_CTL_MOD, handle, events);
}

void mpy_loop_remove(struct mpy_loop *loop, struct mpy_handle *handle)
{
	control(loop, EPOLL_CTL_DEL, handle, 0);
}

int mpy_loop_run(struct mpy_loop *loop)
{
	struct epoll_event event;

	while (!loop->quit) {
		int n = epoll_wait(loop->fd, &event, 1, -1);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 1) {
			struct mpy_handle *handle = event.data.ptr;

			handle->ready(handle, event.events);
		}
	}
	return 0;
}

void mpy_loop_quit(struct mpy_loop *loop)
{
	loop->quit = true;
}

int mpy_timer_open(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

static struct timespec from_ms(unsigned int ms)
{
	return (struct timespec){ ms / 1000, (long)(ms % 1000) * 1000000 };
}

void mpy_timer_set(int fd, unsigned int first_ms, unsigned int every_ms)
{
	const struct itimerspec spec = { from_ms(every_ms), from_ms(first_ms) };

	timerfd_settime(fd, 0, &spec, NULL);
}

void mpy_timer_clear(int fd)
{
	uint64_t count;

	while (read(fd, &count, sizeof(count)) == sizeof(count))
		;
}

int mpy_signals_open(const int *signals)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (; *signals; signals++)
		sigaddset(&set, *signals);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int mpy_signals_next(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}
