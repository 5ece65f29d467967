/* SPDX-License-Identifier: GPL-2.0-or-later */
/* install.h - short texts that do nothing but fetch and run an installer. */
#ifndef MPY_JUDGE_INSTALL_H
#define MPY_JUDGE_INSTALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Is the text of at most 64 tokens made of one address, one call that runs
 * something, and the few names that fetch it? Whose address it is, is not
 * asked here: MPY_BEH_INSTALLER tells.
 */
bool mpy_install_only(const uint8_t *text, size_t size);

#endif
