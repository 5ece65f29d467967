/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * defang.h - makes addresses in text harmless to click on or to paste:
 * hxxp://host[.]name/path. Only for text; JSON keeps them exact.
 */
#ifndef MPY_CLI_DEFANG_H
#define MPY_CLI_DEFANG_H

struct mpy_json;

/* One indicator; type as in JSON ("url", "ip", ...). Caller frees. */
char *mpy_defang_value(const char *type, const char *value);

/*
 * Any text: every URL in it, and every value that occurs in indicators (the
 * JSON array of a finding or of scan; may be NULL). Caller frees.
 */
char *mpy_defang_text(const char *text, const struct mpy_json *indicators);

#endif
