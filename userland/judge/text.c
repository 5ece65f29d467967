// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * text.c - from bytes to the text that Python would read. Encodings that hide
 * ASCII code (utf-7, unicode_escape, rot13, UTF-16) are undone; those that
 * leave ASCII alone (latin-1, cp1252, ...) are left as they are, since what
 * matters to the judge is ASCII in them.
 */
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lex.h"
#include "verdict.h"

#define WINDOW (64u << 10)
#define HEAD   (6u << 20)
#define TAIL   (2u << 20)

unsigned int mpy_text_rune(const uint8_t *p, size_t size, uint32_t *value)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned int length, i;
	uint32_t v;

	*value = p[0];
	if (p[0] < 0x80)
		return 1;
	length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	v = p[0] & (0x7f >> length);
	*value = 0xdc00 + p[0];
	if (p[0] < 0xc2 || p[0] > 0xf4 || length > size)
		return 1;
	for (i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 1;
		v = v << 6 | (p[i] & 0x3f);
	}
	if (v < least[length] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
		return 1;
	*value = v;
	return length;
}

unsigned int mpy_text_put(uint8_t *p, uint32_t value)
{
	if (value < 0x80) {
		p[0] = (uint8_t)value;
		return 1;
	}
	if (value < 0x800) {
		p[0] = (uint8_t)(0xc0 | value >> 6);
		p[1] = (uint8_t)(0x80 | (value & 0x3f));
		return 2;
	}
	if (value < 0x10000) {
		p[0] = (uint8_t)(0xe0 | value >> 12);
		p[1] = (uint8_t)(0x80 | (value >> 6 & 0x3f));
		p[2] = (uint8_t)(0x80 | (value & 0x3f));
		return 3;
	}
	p[0] = (uint8_t)(0xf0 | (value >> 18 & 7));
	p[1] = (uint8_t)(0x80 | (value >> 12 & 0x3f));
	p[2] = (uint8_t)(0x80 | (value >> 6 & 0x3f));
	p[3] = (uint8_t)(0x80 | (value & 0x3f));
	return 4;
}

/* A growing output that stops at MPY_TEXT_MAX. */
struct output {
	uint8_t *bytes;
	size_t size;
	size_t room; /* at least 4 more than size may reach */
	bool full;
};

static bool output_start(struct output *out, size_t want)
{
	out->room = want < MPY_TEXT_MAX ? want : MPY_TEXT_MAX;
	out->bytes = malloc(out->room + 4);
	out->size = 0;
	out->full = false;
	return out->bytes != NULL;
}

static void output_put(struct output *out, uint32_t value)
{
	if (out->size >= out->room) {
		out->full = true;
		return;
	}
	out->size += mpy_text_put(out->bytes + out->size, value);
}

/* One UTF-16 unit; a high surrogate waits in *high for its other half. */
static void put_unit(struct output *out, uint32_t unit, uint32_t *high)
{
	if (*high && unit >= 0xdc00 && unit < 0xe000) {
		output_put(out, 0x10000 + ((*high - 0xd800) << 10) +
					(unit - 0xdc00));
		*high = 0;
		return;
	}
	if (*high)
		output_put(out, 0xfffd);
	*high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
	if (!*high)
		output_put(out, unit);
}

static bool from_utf16(const uint8_t *p, size_t size, bool big,
		       struct output *out)
{
	uint32_t high = 0;
	size_t i;

	if (!output_start(out, size / 2 * 3 + 4))
		return false;
	for (i = 0; i + 1 < size; i += 2)
		put_unit(out, big ? (uint32_t)p[i] << 8 | p[i + 1]
				  : (uint32_t)p[i + 1] << 8 | p[i],
			 &high);
	return true;
}

static bool from_utf32(const uint8_t *p, size_t size, bool big,
		       struct output *out)
{
	size_t i;

	if (!output_start(out, size))
		return false;
	for (i = 0; i + 3 < size; i += 4) {
		uint32_t value = 0;
		unsigned int k;

		for (k = 0; k < 4; k++)
			value = value << 8 | p[i + (big ? k : 3 - k)];
		output_put(out, value > 0x10ffff ? 0xfffd : value);
	}
	return true;
}

static int base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void put_utf7(const uint8_t *p, size_t size, struct output *out)
{
	size_t i = 0;

	while (i < size) {
		uint32_t bits = 0, high = 0;
		unsigned int held = 0;

		if (p[i] != '+') {
			if (out->size < out->room)
				out->bytes[out->size++] = p[i];
			i++;
			continue;
		}
		i++;
		if (i < size && p[i] == '-')
			output_put(out, '+');
		for (; i < size && base64_digit(p[i]) >= 0; i++) {
			bits = bits << 6 | (uint32_t)base64_digit(p[i]);
			held += 6;
			if (held >= 16) {
				held -= 16;
				put_unit(out, bits >> held & 0xffff, &high);
			}
		}
		if (i < size && p[i] == '-')
			i++;
	}
}

static bool from_utf7(const uint8_t *p, size_t size, struct output *out)
{
	if (!output_start(out, size * 2))
		return false;
	put_utf7(p, size, out);
	return true;
}

size_t mpy_text_utf7(const uint8_t *p, size_t size, uint8_t *out, size_t room)
{
	struct output o = { .bytes = out, .room = room - 4 };

	put_utf7(p, size, &o);
	return o.size;
}

static bool from_escapes(const uint8_t *p, size_t size, bool raw,
			 struct output *out)
{
	size_t i;

	if (!output_start(out, size))
		return false;
	if (!raw) {
		out->size = mpy_lex_unescape(p, size, 0, out->bytes);
		return true;
	}
	for (i = 0; i < size;) {
		size_t n = i + 1 < size && p[i] == '\\'
				   ? (p[i + 1] == 'u' ? 6 : p[i + 1] == 'U' ? 10 : 0)
				   : 0;

		if (n && n <= size - i) {
			out->size += mpy_lex_unescape(p + i, n, 0,
						      out->bytes + out->size);
			i += n;
		} else {
			out->bytes[out->size++] = p[i++];
		}
	}
	return true;
}

static bool from_rot13(const uint8_t *p, size_t size, struct output *out)
{
	size_t i;

	if (!output_start(out, size))
		return false;
	for (i = 0; i < size; i++) {
		uint8_t c = p[i], low = c | 0x20;

		if (low >= 'a' && low <= 'z')
			c = (uint8_t)(low < 'n' ? c + 13 : c - 13);
		out->bytes[i] = c;
	}
	out->size = size;
	return true;
}

static bool cookie_letter(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

/*
 * The coding named in one line, lower case with _ for -, as a string in
 * name[0..room). False if the line is no comment with a cookie; *code is set
 * if it is neither blank nor a comment.
 */
static bool read_cookie(const uint8_t *p, size_t size, char *name, size_t room,
			bool *code)
{
	size_t i = 0, n = 0;

	while (i < size && (p[i] == ' ' || p[i] == '\t' || p[i] == '\f'))
		i++;
	*code = i < size && p[i] != '#';
	if (i >= size || *code)
		return false;
	for (; i + 7 < size; i++) {
		if (memcmp(p + i, "coding", 6) ||
		    (p[i + 6] != ':' && p[i + 6] != '='))
			continue;
		i += 7;
		while (i < size && (p[i] == ' ' || p[i] == '\t'))
			i++;
		for (; i < size && cookie_letter(p[i]) && n + 1 < room; i++) {
			uint8_t c = p[i] == '-' ? '_' : p[i];

			name[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
		}
		name[n] = '\0';
		return n > 0;
	}
	return false;
}

static bool find_cookie(const uint8_t *p, size_t size, char *name, size_t room)
{
	unsigned int line;
	size_t at = 0, end;
	bool code;

	for (line = 0; line < 2 && at < size; line++) {
		end = at;
		while (end < size && end - at < 4096 && p[end] != '\n' &&
		       p[end] != '\r')
			end++;
		if (read_cookie(p + at, end - at, name, room, &code))
			return true;
		if (code)
			return false;
		at = end;
		if (at < size && p[at] == '\r')
			at++;
		if (at < size && p[at] == '\n')
			at++;
	}
	return false;
}

/* Is every other byte of the beginning NUL, as in UTF-16 without a mark? */
static bool looks_utf16(const uint8_t *p, size_t size, bool big)
{
	size_t i, n = size < 64 ? size : 64;

	if (n < 8)
		return false;
	for (i = 0; i + 1 < n; i += 2)
		if (p[i + (big ? 0 : 1)] || !p[i + (big ? 1 : 0)])
			return false;
	return true;
}

/* Decodes by mark or shape; NULL if there is none, else the name. */
static const char *decode_marked(const uint8_t *p, size_t size,
				 struct output *out, bool *ok)
{
	if (size >= 4 && !memcmp(p, "\xff\xfe\0\0", 4)) {
		*ok = from_utf32(p + 4, size - 4, false, out);
		return "utf-32";
	}
	if (size >= 4 && !memcmp(p, "\0\0\xfe\xff", 4)) {
		*ok = from_utf32(p + 4, size - 4, true, out);
		return "utf-32";
	}
	if (size >= 2 && !memcmp(p, "\xff\xfe", 2)) {
		*ok = from_utf16(p + 2, size - 2, false, out);
		return "utf-16";
	}
	if (size >= 2 && !memcmp(p, "\xfe\xff", 2)) {
		*ok = from_utf16(p + 2, size - 2, true, out);
		return "utf-16";
	}
	if (looks_utf16(p, size, false) || looks_utf16(p, size, true)) {
		*ok = from_utf16(p, size, looks_utf16(p, size, true), out);
		return "utf-16";
	}
	return NULL;
}

static bool one_of(const char *name, const char *a, const char *b,
		   const char *c)
{
	return !strcmp(name, a) || !strcmp(name, b) || !strcmp(name, c);
}

static const char *decode_cookie(const char *name, const uint8_t *p,
				 size_t size, struct output *out, bool *ok)
{
	if (one_of(name, "utf_7", "utf7", "u7")) {
		*ok = from_utf7(p, size, out);
		return "utf-7";
	}
	if (one_of(name, "unicode_escape", "unicodeescape", "string_escape")) {
		*ok = from_escapes(p, size, false, out);
		return "unicode_escape";
	}
	if (one_of(name, "raw_unicode_escape", "rawunicodeescape", "")) {
		*ok = from_escapes(p, size, true, out);
		return "raw_unicode_escape";
	}
	if (one_of(name, "rot13", "rot_13", "")) {
		*ok = from_rot13(p, size, out);
		return "rot13";
	}
	return NULL;
}

/* How much a window looks like code rather than padding. */
static uint32_t density(const uint8_t *p, size_t size)
{
	uint32_t count = 0;
	size_t i;

	for (i = 0; i < size; i++)
		count += (p[i] == '(') + (p[i] == '.');
	return count;
}

static int by_density(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

static int by_place(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a & 0xffffffff;
	uint64_t y = *(const uint64_t *)b & 0xffffffff;

	return x < y ? -1 : x > y ? 1 : 0;
}

static void copy_piece(uint8_t *out, size_t *n, const uint8_t *p, size_t size)
{
	memcpy(out + *n, p, size);
	*n += size;
	out[(*n)++] = '\n';
}

int mpy_text_choose(const uint8_t *data, size_t size, uint8_t *out,
		    size_t *used)
{
	size_t n = (size - HEAD - TAIL) / WINDOW, i;
	size_t keep = (MPY_TEXT_MAX - HEAD - TAIL - 2) / (WINDOW + 1);
	uint64_t *windows = malloc((n + 1) * sizeof(*windows));

	if (!windows)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		windows[i] = (uint64_t)density(data + HEAD + i * WINDOW, WINDOW)
				     << 32 |
			     (uint32_t)i;
	qsort(windows, n, sizeof(*windows), by_density);
	if (keep > n)
		keep = n;
	qsort(windows, keep, sizeof(*windows), by_place);
	*used = 0;
	copy_piece(out, used, data, HEAD);
	for (i = 0; i < keep; i++)
		copy_piece(out, used,
			   data + HEAD + (windows[i] & 0xffffffff) * WINDOW,
			   WINDOW);
	copy_piece(out, used, data + size - TAIL, TAIL);
	free(windows);
	return 0;
}

static void skip_mark(struct mpy_text *text)
{
	if (text->size >= 3 && !memcmp(text->bytes, "\xef\xbb\xbf", 3)) {
		text->bytes += 3;
		text->size -= 3;
	}
}

int mpy_text_read(const uint8_t *data, size_t size, struct mpy_text *text)
{
	struct output out = { 0 };
	const char *encoding;
	char cookie[32];
	bool ok = true;

	memset(text, 0, sizeof(*text));
	text->bytes = data;
	text->size = size;
	text->encoding = "utf-8";
	if (size > MPY_TEXT_MAX) {
		text->bounds = MPY_BOUND_TEXT;
		text->owned = malloc(MPY_TEXT_MAX);
		if (!text->owned ||
		    mpy_text_choose(data, size, text->owned, &text->size)) {
			mpy_text_free(text);
			return -ENOMEM;
		}
		text->bytes = text->owned;
	}
	encoding = decode_marked(text->bytes, text->size, &out, &ok);
	if (!encoding && find_cookie(text->bytes, text->size, cookie,
				     sizeof(cookie)))
		encoding = decode_cookie(cookie, text->bytes, text->size, &out,
					 &ok);
	if (encoding) {
		mpy_text_free(text);
		if (!ok)
			return -ENOMEM;
		text->bytes = text->owned = out.bytes;
		text->size = out.size;
		text->encoding = encoding;
		if (out.full)
			text->bounds |= MPY_BOUND_TEXT;
	}
	skip_mark(text);
	return 0;
}

void mpy_text_free(struct mpy_text *text)
{
	free(text->owned);
	text->owned = NULL;
	text->bytes = NULL;
	text->size = 0;
}
