/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon.h - mpyd as a whole: what is opened in which order, and closed. */
#ifndef MPY_DAEMON_DAEMON_H
#define MPY_DAEMON_DAEMON_H

struct mpy_config;

/* Exit statuses; mpyd(8) documents them. */
enum mpyd_exit {
	MPYD_OK = 0,
	MPYD_USAGE = 2,	     /* options or configuration */
	MPYD_NO_MODULE = 3,  /* the kernel module is not loaded */
	MPYD_FORBIDDEN = 4,  /* not root, or capabilities are missing */
	MPYD_FAILURE = 5,    /* input or output, database, bundle, judge */
	MPYD_REFUSED = 6     /* by the module: another daemon, another ABI */
};

struct mpyd_options {
	const char *config_path;
	const char *record;   /* NULL: nothing is recorded */
	const char *replay;   /* NULL: a live kernel */
	const char *database; /* NULL: as configured */
	const char *bundle;   /* NULL: as configured */
};

/* Runs until SIGTERM. config is the daemon's afterwards. */
enum mpyd_exit mpyd_run(const struct mpyd_options *options,
			struct mpy_config *config);

/* Replays options->replay and ends. */
enum mpyd_exit mpyd_replay(const struct mpyd_options *options,
			   const struct mpy_config *config);

#endif
