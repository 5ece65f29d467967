// SPDX-License-Identifier: GPL-2.0-or-later
/* utf8.c - reads UTF-8 of unknown quality, one character at a time. */

#include "core/utf8.h"

/* Length by the first byte; 0 = never begins a character. */
static size_t announced(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

size_t mpy_utf8_step(const void *data, size_t size, uint32_t *point)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *p = data;
	size_t length, i;
	uint32_t value;

	if (!size)
		return 0;
	length = announced(p[0]);
	if (!length || length > size)
		return 0;
	if (length == 1) {
		*point = p[0];
		return 1;
	}
	value = p[0] & (0x7f >> length);
	for (i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (p[i] & 0x3f);
	}
	if (value < smallest[length] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*point = value;
	return length;
}

bool mpy_utf8_valid(const void *data, size_t size)
{
	const uint8_t *p = data;
	uint32_t point;
	size_t i = 0, step;

	while (i < size) {
		if (p[i] < 0x80) {
			i++;
			continue;
		}
		step = mpy_utf8_step(p + i, size - i, &point);
		if (!step)
			return false;
		i += step;
	}
	return true;
}

bool mpy_utf8_unsafe(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
	       point == 0x61c || point == 0x200e || point == 0x200f ||
	       (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2066 && point <= 0x2069) || point == 0xfeff ||
	       (point >= 0xe0000 && point <= 0xe007f);
}
