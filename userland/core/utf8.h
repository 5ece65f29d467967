/* SPDX-License-Identifier: GPL-2.0-or-later */
/* utf8.h - reads UTF-8 of unknown quality, one character at a time. */
#ifndef MPY_CORE_UTF8_H
#define MPY_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Length in bytes (1 to 4) of the character at data[0..size), its code point
 * in *point. 0: the first byte begins no whole valid character (overlong,
 * surrogate, above U+10FFFF, cut off), or size is 0.
 */
size_t mpy_utf8_step(const void *data, size_t size, uint32_t *point);

/* True if the bytes are valid UTF-8. NUL is a character like others. */
bool mpy_utf8_valid(const void *data, size_t size);

/*
 * True for what may not reach a terminal or a log raw: control characters
 * (C0, DEL, C1), line and paragraph separators, bidirectional controls,
 * tag characters.
 */
bool mpy_utf8_unsafe(uint32_t point);

#endif
