// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * escape.c - what is written in names and strings to what Python sees:
 * backslash escapes, and the wide letters that PEP 3131 treats as plain ones.
 */
#include "lex.h"

#include <string.h>

#include "text.h"

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Up to max hex digits at p; how many there were. */
static size_t read_hex(const uint8_t *p, size_t size, size_t max,
		       uint32_t *value)
{
	size_t n = 0;

	*value = 0;
	while (n < max && n < size && hex_digit(p[n]) >= 0)
		*value = *value * 16 + (uint32_t)hex_digit(p[n++]);
	return n;
}

static size_t put(uint8_t *out, uint32_t value, bool bytes)
{
	if (bytes) {
		*out = (uint8_t)value;
		return 1;
	}
	return mpy_text_put(out, value > 0x10ffff ? 0xfffd : value);
}

/* \x \u \U; 0 if malformed. Else the bytes read. */
static size_t hex_escape(const uint8_t *p, size_t size, bool bytes,
			 uint32_t *value)
{
	size_t want = p[1] == 'x' ? 2 : p[1] == 'u' ? 4 : 8;

	if (bytes && want != 2)
		return 0;
	if (read_hex(p + 2, size - 2, want, value) != want)
		return 0;
	return want + 2;
}

static size_t octal_escape(const uint8_t *p, size_t size, uint32_t *value)
{
	size_t n = 1;

	*value = 0;
	while (n < 4 && n < size && p[n] >= '0' && p[n] <= '7')
		*value = *value * 8 + (uint32_t)(p[n++] - '0');
	return n;
}

/*
 * One escape at p (a backslash with at least one byte behind it): bytes read,
 * *wrote written to out, which has room for as many.
 */
static size_t escape(const uint8_t *p, size_t size, bool bytes, uint8_t *out,
		     size_t *wrote)
{
	static const char from[] = "abfnrtv\\'\"";
	static const char to[] = "\a\b\f\n\r\t\v\\'\"";
	const char *at;
	uint32_t value;
	size_t n;

	*wrote = 0;
	if (p[1] == '\n')
		return 2;
	if (p[1] == '\r')
		return size > 2 && p[2] == '\n' ? 3 : 2;
	at = p[1] ? strchr(from, p[1]) : NULL;
	if (at) {
		out[0] = (uint8_t)to[at - from];
		*wrote = 1;
		return 2;
	}
	n = 0;
	if (p[1] == 'x' || p[1] == 'u' || p[1] == 'U')
		n = hex_escape(p, size, bytes, &value);
	else if (p[1] >= '0' && p[1] <= '7')
		n = octal_escape(p, size, &value);
	if (n) {
		*wrote = put(out, value, bytes);
		return n;
	}
	out[0] = '\\';
	*wrote = 1;
	return 1;
}

size_t mpy_lex_unescape(const uint8_t *text, size_t size, unsigned int flags,
			uint8_t *out)
{
	size_t in = 0, n = 0, wrote;

	if (flags & MPY_STR_RAW) {
		memmove(out, text, size);
		return size;
	}
	while (in < size) {
		const uint8_t *next = memchr(text + in, '\\', size - in);
		size_t plain = next ? (size_t)(next - text) - in : size - in;

		memmove(out + n, text + in, plain);
		n += plain;
		in += plain;
		if (!next)
			break;
		if (in + 1 == size) {
			out[n++] = '\\';
			break;
		}
		in += escape(text + in, size - in, flags & MPY_STR_BYTES,
			     out + n, &wrote);
		n += wrote;
	}
	return n;
}

/* Letter-like symbols that are not in the mathematical block. */
static const struct {
	uint16_t value;
	char plain;
} letters[] = {
	{ 0x00aa, 'a' }, { 0x00ba, 'o' }, { 0x017f, 's' }, { 0x02b0, 'h' },
	{ 0x02b2, 'j' }, { 0x02b3, 'r' }, { 0x02b7, 'w' }, { 0x02b8, 'y' },
	{ 0x02e1, 'l' }, { 0x02e2, 's' }, { 0x02e3, 'x' }, { 0x1d43, 'a' },
	{ 0x1d47, 'b' }, { 0x1d48, 'd' }, { 0x1d49, 'e' }, { 0x1d4d, 'g' },
	{ 0x1d4f, 'k' }, { 0x1d50, 'm' }, { 0x1d52, 'o' }, { 0x1d56, 'p' },
	{ 0x1d57, 't' }, { 0x1d58, 'u' }, { 0x1d5b, 'v' }, { 0x1d62, 'i' },
	{ 0x1d63, 'r' }, { 0x1d64, 'u' }, { 0x1d65, 'v' }, { 0x1d9c, 'c' },
	{ 0x1da0, 'f' }, { 0x1dbb, 'z' }, { 0x2071, 'i' }, { 0x207f, 'n' },
	{ 0x2090, 'a' }, { 0x2091, 'e' }, { 0x2092, 'o' }, { 0x2093, 'x' },
	{ 0x2095, 'h' }, { 0x2096, 'k' }, { 0x2097, 'l' }, { 0x2098, 'm' },
	{ 0x2099, 'n' }, { 0x209a, 'p' }, { 0x209b, 's' }, { 0x209c, 't' },
	{ 0x2102, 'C' }, { 0x210a, 'g' }, { 0x210b, 'H' }, { 0x210c, 'H' },
	{ 0x210d, 'H' }, { 0x210e, 'h' }, { 0x2110, 'I' }, { 0x2111, 'I' },
	{ 0x2112, 'L' }, { 0x2113, 'l' }, { 0x2115, 'N' }, { 0x2119, 'P' },
	{ 0x211a, 'Q' }, { 0x211b, 'R' }, { 0x211c, 'R' }, { 0x211d, 'R' },
	{ 0x2124, 'Z' }, { 0x2128, 'Z' }, { 0x212a, 'K' }, { 0x212c, 'B' },
	{ 0x212d, 'C' }, { 0x212f, 'e' }, { 0x2130, 'E' }, { 0x2131, 'F' },
	{ 0x2133, 'M' }, { 0x2134, 'o' }, { 0x2139, 'i' }, { 0x2145, 'D' },
	{ 0x2146, 'd' }, { 0x2147, 'e' }, { 0x2148, 'i' }, { 0x2149, 'j' },
	{ 0x2160, 'I' }, { 0x2164, 'V' }, { 0x2169, 'X' }, { 0x216c, 'L' },
	{ 0x216d, 'C' }, { 0x216e, 'D' }, { 0x216f, 'M' }, { 0x2170, 'i' },
	{ 0x2174, 'v' }, { 0x2179, 'x' }, { 0x217c, 'l' }, { 0x217d, 'c' },
	{ 0x217e, 'd' }, { 0x217f, 'm' }, { 0x2c7c, 'j' }, { 0x2c7d, 'V' },
};

static uint32_t plain_letter(uint32_t value)
{
	size_t low = 0, high = sizeof(letters) / sizeof(letters[0]);

	if (value >= 0x1d400 && value <= 0x1d6a3) {
		uint32_t i = (value - 0x1d400) % 52;

		return i < 26 ? 'A' + i : 'a' + i - 26;
	}
	if (value >= 0x1d7ce && value <= 0x1d7ff)
		return '0' + (value - 0x1d7ce) % 10;
	if (value >= 0xff10 && value <= 0xff5a)
		return value - 0xff10 + '0';
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (letters[middle].value == value)
			return (uint8_t)letters[middle].plain;
		if (letters[middle].value < value)
			low = middle + 1;
		else
			high = middle;
	}
	return value;
}

size_t mpy_lex_name(const uint8_t *text, const struct mpy_token *token,
		    char *out, size_t room)
{
	const uint8_t *p = text + token->start;
	size_t left = token->length, n = 0;

	if (!(token->sub & MPY_NAME_WIDE) || token->kind != MPY_TOK_NAME) {
		n = left < room ? left : room;
		memcpy(out, p, n);
		return n;
	}
	while (left && n < room) {
		uint8_t wide[4];
		uint32_t value, plain;
		unsigned int length = mpy_text_rune(p, left, &value), i;
		unsigned int size = length;

		plain = plain_letter(value);
		if (plain == value)
			memcpy(wide, p, length);
		else
			size = mpy_text_put(wide, plain);
		for (i = 0; i < size && n < room; i++)
			out[n++] = (char)wide[i];
		p += length;
		left -= length;
	}
	return n;
}
