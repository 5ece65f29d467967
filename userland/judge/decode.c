// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Text encodings of bytes, as Python's binascii and base64 read them. Each
 * decoder goes forward with its output never ahead of its input, except
 * where mpy_decode_room() says that the output is larger.
 */
#include "decode.h"

#include <string.h>

#include "text.h"

#define BAD  255 /* no character of the alphabet */

static const char base85_alphabet[] =
	"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	"!#$%&()*+-;<=>?@^_`{|}~";
static const char z85_alphabet[] =
	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	".-:+=^!/*?&<>()[]{}@%$#";

size_t mpy_decode_room(enum mpy_coding coding, size_t size)
{
	switch (coding) {
	case MPY_CODE_BASE16:
		return size / 2 + 8;
	case MPY_CODE_BASE32:
	case MPY_CODE_BASE32HEX:
		return size / 8 * 5 + 8;
	case MPY_CODE_BASE64:
		return size / 4 * 3 + 8;
	case MPY_CODE_ASCII85: /* its z gives four bytes for one */
		return size * 4 + 8;
	default:
		return size + 8;
	}
}

static unsigned int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10u : BAD;
}

static int is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* As bytes.fromhex(): white space between bytes is fine. */
static ssize_t decode_hex(const uint8_t *in, size_t size, uint8_t *out)
{
	size_t n = 0, i = 0;

	while (i < size) {
		unsigned int high, low;

		if (is_space(in[i])) {
			i++;
			continue;
		}
		high = hex_value(in[i]);
		low = i + 1 < size ? hex_value(in[i + 1]) : BAD;
		if (high == BAD || low == BAD)
			return -1;
		out[n++] = (uint8_t)(high << 4 | low);
		i += 2;
	}
	return (ssize_t)n;
}

static unsigned int base64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26u;
	if (c >= '0' && c <= '9')
		return c - '0' + 52u;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : BAD;
}

/*
 * As binascii.a2b_base64(): skips what is not in the alphabet, ends at the
 * padding that completes a group. A missing padding is forgiven, since some
 * programs add it themselves.
 */
static ssize_t decode_base64(const uint8_t *in, size_t size, uint8_t *out)
{
	uint32_t bits = 0;
	unsigned int have = 0; /* characters in the group */
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned int v = base64_value(in[i]);

		if (in[i] == '=' && have >= 2)
			break;
		if (v == BAD)
			continue;
		bits = bits << 6 | v;
		if (++have < 4)
			continue;
		out[n++] = (uint8_t)(bits >> 16);
		out[n++] = (uint8_t)(bits >> 8);
		out[n++] = (uint8_t)bits;
		have = 0;
		bits = 0;
	}
	if (have == 1)
		return -1;
	if (have >= 2)
		out[n++] = (uint8_t)(bits >> (have == 2 ? 4 : 10));
	if (have == 3)
		out[n++] = (uint8_t)(bits >> 2);
	return (ssize_t)n;
}

static unsigned int base32_value(uint8_t c, int extended)
{
	if (c >= 'a' && c <= 'z')
		c -= 0x20;
	if (extended) {
		if (c >= '0' && c <= '9')
			return c - '0';
		return c >= 'A' && c <= 'V' ? c - 'A' + 10u : BAD;
	}
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	return c >= '2' && c <= '7' ? c - '2' + 26u : BAD;
}

static ssize_t decode_base32(const uint8_t *in, size_t size, uint8_t *out,
			     int extended)
{
	uint64_t bits = 0;
	unsigned int have = 0; /* bits */
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned int v;

		if (in[i] == '=')
			break;
		if (is_space(in[i]))
			continue;
		v = base32_value(in[i], extended);
		if (v == BAD)
			return -1;
		bits = (bits << 5 | v) & 0xfff;
		have += 5;
		if (have >= 8) {
			have -= 8;
			out[n++] = (uint8_t)(bits >> have);
		}
	}
	return (ssize_t)n;
}

static size_t put_group(uint8_t *out, uint32_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		out[i] = (uint8_t)(value >> (24 - 8 * i));
	return bytes;
}

/* The shared core of base85, ascii85 and z85: five digits, four bytes. */
struct group85 {
	uint64_t value;
	unsigned int have;
	size_t n;
	uint8_t *out;
};

static int add_digit(struct group85 *g, unsigned int digit)
{
	g->value = g->value * 85 + digit;
	if (++g->have < 5)
		return 0;
	if (g->value > UINT32_MAX)
		return -1;
	g->n += put_group(g->out + g->n, (uint32_t)g->value, 4);
	g->value = 0;
	g->have = 0;
	return 0;
}

static ssize_t end_groups(struct group85 *g)
{
	unsigned int have = g->have;

	if (have == 1)
		return -1;
	if (have) {
		for (unsigned int i = have; i < 5; i++)
			g->value = g->value * 85 + 84;
		if (g->value > UINT32_MAX)
			return -1;
		g->n += put_group(g->out + g->n, (uint32_t)g->value, have - 1);
	}
	return (ssize_t)g->n;
}

static ssize_t decode_base85(const uint8_t *in, size_t size, uint8_t *out,
			     const char *alphabet)
{
	struct group85 g = { .out = out };
	uint8_t value[256];

	memset(value, BAD, sizeof(value));
	for (unsigned int i = 0; i < 85; i++)
		value[(uint8_t)alphabet[i]] = (uint8_t)i;
	for (size_t i = 0; i < size; i++) {
		if (value[in[i]] == BAD) {
			if (is_space(in[i]))
				continue;
			return -1;
		}
		if (add_digit(&g, value[in[i]]))
			return -1;
	}
	return end_groups(&g);
}

static ssize_t decode_ascii85(const uint8_t *in, size_t size, uint8_t *out)
{
	struct group85 g = { .out = out };
	size_t i = 0;

	while (size && is_space(in[size - 1]))
		size--;
	while (i < size && is_space(in[i]))
		i++;
	if (size - i >= 2 && in[i] == '<' && in[i + 1] == '~')
		i += 2;
	if (size - i >= 2 && in[size - 2] == '~' && in[size - 1] == '>')
		size -= 2;
	for (; i < size; i++) {
		uint8_t c = in[i];

		if ((c == 'z' || c == 'y') && !g.have) {
			g.n += put_group(out + g.n,
					 c == 'z' ? 0 : 0x20202020, 4);
		} else if (c >= '!' && c <= 'u') {
			if (add_digit(&g, c - '!'))
				return -1;
		} else if (!is_space(c)) {
			return -1;
		}
	}
	return end_groups(&g);
}

/* Whole files with begin and end, or bare lines as binascii.a2b_uu() takes. */
static ssize_t decode_uu(const uint8_t *in, size_t size, uint8_t *out)
{
	size_t n = 0, i = 0;

	while (i < size) {
		size_t line = i, next = i, want;

		while (next < size && in[next] != '\n')
			next++;
		i = next + 1;
		if (next - line >= 6 && !memcmp(in + line, "begin ", 6))
			continue;
		if (next - line >= 3 && !memcmp(in + line, "end", 3))
			break;
		if (next == line || in[line] < ' ' || in[line] > '`')
			continue;
		want = (in[line++] - ' ') & 63u;
		while (want && line < next) {
			uint32_t bits = 0;
			size_t bytes = want < 3 ? want : 3;

			for (int k = 0; k < 4; k++) {
				uint8_t c = line < next ? in[line++] : ' ';

				bits = bits << 6 | ((c - ' ') & 63u);
			}
			n += put_group(out + n, bits << 8, bytes);
			want -= bytes;
		}
	}
	return (ssize_t)n;
}

static ssize_t decode_quopri(const uint8_t *in, size_t size, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned int high, low;

		if (in[i] != '=') {
			out[n++] = in[i];
			continue;
		}
		if (i + 1 < size && in[i + 1] == '\n') {
			i++;
			continue;
		}
		high = i + 1 < size ? hex_value(in[i + 1]) : BAD;
		low = i + 2 < size ? hex_value(in[i + 2]) : BAD;
		if (high == BAD || low == BAD) {
			out[n++] = '=';
			continue;
		}
		out[n++] = (uint8_t)(high << 4 | low);
		i += 2;
	}
	return (ssize_t)n;
}

static ssize_t decode_rot13(const uint8_t *in, size_t size, uint8_t *out)
{
	for (size_t i = 0; i < size; i++) {
		uint8_t c = in[i], letter = c | 0x20;

		if (letter >= 'a' && letter <= 'm')
			c += 13;
		else if (letter >= 'n' && letter <= 'z')
			c -= 13;
		out[i] = c;
	}
	return (ssize_t)size;
}

/* Two digits behind the sign, as in URLs. */
static ssize_t decode_percent(const uint8_t *in, size_t size, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned int high = BAD, low = BAD;

		if (in[i] == '%' && size - i > 2) {
			high = hex_value(in[i + 1]);
			low = hex_value(in[i + 2]);
		}
		if (high == BAD || low == BAD) {
			out[n++] = in[i];
			continue;
		}
		out[n++] = (uint8_t)(high << 4 | low);
		i += 2;
	}
	return (ssize_t)n;
}

/* The entity at in[0], which is '&': its bytes in it, 0 if it is none. */
static size_t read_entity(const uint8_t *in, size_t size, uint32_t *rune)
{
	static const struct {
		const char *name;
		char c;
	} names[] = { { "amp;", '&' }, { "lt;", '<' },	  { "gt;", '>' },
		      { "quot;", '"' }, { "apos;", '\'' } };
	unsigned int base = 10, digit;
	size_t i = 2;

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		size_t n = strlen(names[k].name);

		if (size > n && !memcmp(in + 1, names[k].name, n)) {
			*rune = (uint32_t)names[k].c;
			return n + 1;
		}
	}
	if (size < 4 || in[1] != '#')
		return 0;
	if ((in[2] | 0x20) == 'x') {
		base = 16;
		i++;
	}
	*rune = 0;
	for (; i < size && i < 12; i++) {
		digit = hex_value(in[i]);
		if (digit == BAD || digit >= base)
			break;
		*rune = *rune * base + digit;
	}
	if (*rune > 0x10ffff || i < 3)
		return 0;
	return i < size && in[i] == ';' ? i + 1 : i;
}

static ssize_t decode_html(const uint8_t *in, size_t size, uint8_t *out)
{
	size_t n = 0, i = 0, taken;
	uint32_t rune;

	while (i < size) {
		taken = in[i] == '&' ? read_entity(in + i, size - i, &rune) : 0;
		if (taken)
			n += mpy_text_put(out + n, rune);
		else
			out[n++] = in[i++];
		i += taken;
	}
	return (ssize_t)n;
}

ssize_t mpy_decode(enum mpy_coding coding, const uint8_t *in, size_t size,
		   uint8_t *out)
{
	switch (coding) {
	case MPY_CODE_BASE16:
		return decode_hex(in, size, out);
	case MPY_CODE_BASE32:
		return decode_base32(in, size, out, 0);
	case MPY_CODE_BASE32HEX:
		return decode_base32(in, size, out, 1);
	case MPY_CODE_BASE64:
		return decode_base64(in, size, out);
	case MPY_CODE_BASE85:
		return decode_base85(in, size, out, base85_alphabet);
	case MPY_CODE_ASCII85:
		return decode_ascii85(in, size, out);
	case MPY_CODE_Z85:
		return decode_base85(in, size, out, z85_alphabet);
	case MPY_CODE_UU:
		return decode_uu(in, size, out);
	case MPY_CODE_QUOPRI:
		return decode_quopri(in, size, out);
	case MPY_CODE_ROT13:
		return decode_rot13(in, size, out);
	case MPY_CODE_PERCENT:
		return decode_percent(in, size, out);
	case MPY_CODE_HTML:
		return decode_html(in, size, out);
	}
	return -1;
}
