/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loop.h - the main thread's event loop: descriptors, and nothing else. */
#ifndef MPY_DAEMON_LOOP_H
#define MPY_DAEMON_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/* One descriptor; owned, like the struct, by whoever opened it. */
struct mpy_handle {
	int fd;
	void (*ready)(struct mpy_handle *handle, uint32_t events);
	void *context;
};

struct mpy_loop;

struct mpy_loop *mpy_loop_new(void);
void mpy_loop_free(struct mpy_loop *loop);

/* events: EPOLLIN, EPOLLOUT. 0 or -errno. */
int mpy_loop_add(struct mpy_loop *loop, struct mpy_handle *handle,
		 uint32_t events);
int mpy_loop_change(struct mpy_loop *loop, struct mpy_handle *handle,
		    uint32_t events);
/* May be called from any handler, also for another handle. */
void mpy_loop_remove(struct mpy_loop *loop, struct mpy_handle *handle);

/* Runs handlers until mpy_loop_quit(). 0 or -errno. */
int mpy_loop_run(struct mpy_loop *loop);
void mpy_loop_quit(struct mpy_loop *loop);

/* A timer as a descriptor; ms 0 stops it. read it in the handler by clear. */
int mpy_timer_open(void);
void mpy_timer_set(int fd, unsigned int first_ms, unsigned int every_ms);
void mpy_timer_clear(int fd);
/* The given signals, blocked in this thread and all made after, as a
 * descriptor, ended by 0. next: the next signal's number or 0. */
int mpy_signals_open(const int *signals);
int mpy_signals_next(int fd);

#endif
