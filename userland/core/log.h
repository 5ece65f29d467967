/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h - messages for the administrator, to standard error; the journal does
 * the rest. A message says what happened, on what, and what mpy does now.
 * Untrusted text is escaped by the caller with mpy_escape().
 */
#ifndef MPY_CORE_LOG_H
#define MPY_CORE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mpy_log_level { /* syslog(3) numbers */
	MPY_LOG_ERROR = 3,
	MPY_LOG_WARNING = 4,
	MPY_LOG_NOTICE = 5,
	MPY_LOG_INFO = 6,
	MPY_LOG_DEBUG = 7
};

/* Messages above level are dropped; with journal true each line begins with
 * the "<N>" of sd-daemon(3). Before the first call: NOTICE, no prefix. */
void mpy_log_setup(const char *program, enum mpy_log_level level, int journal);

/* One line; printf(3) format without newline. Thread-safe; never blocks the
 * caller for longer than one write(2). */
void mpy_log(enum mpy_log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * For messages that something outside can cause as often as it likes: at most
 * burst of them in seconds. True: say it; *dropped = messages not said in the
 * period before. One limit belongs to one thread; fill in seconds and burst,
 * zero the rest.
 */
struct mpy_log_limit {
	int64_t seconds;
	unsigned int burst;
	int64_t since;
	unsigned int used, dropped;
};
bool mpy_log_allowed(struct mpy_log_limit *limit, unsigned int *dropped);

/*
 * Makes size bytes printable: control characters (bidirectional ones too),
 * backslash and invalid UTF-8 become \n, \t, \\, \xHH; longer results than
 * out_size are cut and end in "...". Always ends in NUL. Returns out.
 */
char *mpy_escape(const void *data, size_t size, char *out, size_t out_size);

#endif
