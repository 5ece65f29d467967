// SPDX-License-Identifier: GPL-2.0-or-later
/* service.c - sd_notify(3), the only user of libsystemd. */
#include "daemon/service.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

void mpy_service_ready(const char *state)
{
	sd_notifyf(0, "READY=1\nSTATUS=%s", state ? state : "");
}

void mpy_service_status(const char *state)
{
	sd_notifyf(0, "STATUS=%s", state);
}

void mpy_service_reloading(void)
{
	sd_notify(0, "RELOADING=1");
}

void mpy_service_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=draining");
}

void mpy_service_extend(unsigned int ms)
{
	sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%llu", ms * 1000ull);
}

void mpy_service_alive(void)
{
	sd_notify(0, "WATCHDOG=1");
}

unsigned int mpy_service_watchdog_ms(void)
{
	uint64_t us = 0;

	if (sd_watchdog_enabled(0, &us) <= 0)
		return 0;
	return (unsigned int)(us / 2000);
}

bool mpy_service_has_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM"); /* DEVICE:INODE */
	char own[64];
	struct stat st;

	if (!stream || fstat(STDERR_FILENO, &st) < 0)
		return false;
	snprintf(own, sizeof(own), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	return !strcmp(stream, own);
}
