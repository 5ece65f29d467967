/* SPDX-License-Identifier: GPL-2.0-or-later */
/* service.h - what mpyd tells systemd; without systemd it tells nobody. */
#ifndef MPY_DAEMON_SERVICE_H
#define MPY_DAEMON_SERVICE_H

#include <stdbool.h>

/* state: one line for "systemctl status"; may be NULL. */
void mpy_service_ready(const char *state);
void mpy_service_status(const char *state);
void mpy_service_reloading(void);
void mpy_service_stopping(void);
/* More time to stop, in milliseconds from now. */
void mpy_service_extend(unsigned int ms);
void mpy_service_alive(void);
/* Half of the watchdog's period in ms; 0: there is none. */
unsigned int mpy_service_watchdog_ms(void);
/* Is standard error the journal? */
bool mpy_service_has_journal(void);

#endif
