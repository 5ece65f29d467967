/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * look.h - what a string looks like by its bytes: a number, 0 for none, URL,
 * digits, hex, escapes, base64, word, path, foreign letters, text, format ...
 * Hashes are made of it: what a number means must not change.
 */
#ifndef MPY_JUDGE_LOOK_H
#define MPY_JUDGE_LOOK_H

#include <stddef.h>
#include <stdint.h>

enum mpy_look {
	MPY_LOOK_URL = 1,
	MPY_LOOK_HEX = 3,
	MPY_LOOK_ESCAPED = 4,
	MPY_LOOK_BASE64 = 5
};

/* Of p[0..size). */
unsigned int mpy_look(const uint8_t *p, size_t size);

/*
 * How many bytes the string written as p[0..size) can hold at most: as many
 * bits a character as tell apart those that it has in it. An escape is one.
 */
size_t mpy_look_holds(const uint8_t *p, size_t size);

#endif
