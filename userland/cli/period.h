/* SPDX-License-Identifier: GPL-2.0-or-later */
/* period.h - times and spans as people write them on the command line. */
#ifndef MPY_CLI_PERIOD_H
#define MPY_CLI_PERIOD_H

#include <stdint.h>

/* "90s", "10m", "2h", "3d", "1w", with a fraction if need be, up to 100 years,
 * in nanoseconds. -EINVAL. */
int mpy_period_parse(const char *text, int64_t *ns);

/* RFC 3339, or a span before now_ns ("2h", "2h ago"). -EINVAL. */
int mpy_period_since(const char *text, int64_t now_ns, int64_t *real_ns);

#endif
