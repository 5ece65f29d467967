// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guesses about bytes. A wrong guess costs some decoding and nothing else:
 * what comes out is only kept if it looks like a program.
 */
#include "guess.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "pyc.h"
#include "unpack.h"
#include "verdict.h"
#include "zip.h"

#define HEAD	  4096	     /* bytes that are looked at */
#define LINES_MAX (4u << 20) /* bytes in lines that are copied into one */

static bool starts(const uint8_t *data, size_t size, const char *with, size_t n)
{
	return size >= n && !memcmp(data, with, n);
}

/* Text: hardly a control character in it. */
static bool is_text(const uint8_t *data, size_t size)
{
	size_t n = size < HEAD ? size : HEAD, odd = 0;

	for (size_t i = 0; i < n; i++)
		odd += (data[i] < 32 && data[i] != '\n' && data[i] != '\r' &&
			data[i] != '\t' && data[i] != '\f') ||
		       data[i] == 127;
	return n && odd * 100 <= n;
}

static bool has(const uint8_t *data, size_t size, const char *word)
{
	return memmem(data, size < HEAD ? size : HEAD, word, strlen(word));
}

static bool has_python(const uint8_t *data, size_t size)
{
	static const char *const words[] = {
		"import ", "exec(", "eval(", "def ", "print(", "lambda ",
		"__import__", "subprocess.", "os.system", "print \"",
		"print '", "exec ", "getattr(", "compile("
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has(data, size, words[i]))
			return true;
	return false;
}

bool mpy_guess_program(const uint8_t *data, size_t size)
{
	size_t offset;

	if (size < 6)
		return false;
	if (starts(data, size, "PK\3\4", 4))
		return mpy_zip_is(data, size);
	if (mpy_pyc_version(data, size, &offset))
		return true;
	if (mpy_pyc_is_marshal(data, size))
		return true;
	return is_text(data, size) && has_python(data, size);
}

static int packing_of(const uint8_t *data, size_t size, const char **kind)
{
	if (starts(data, size, "\x1f\x8b\x08", 3)) {
		*kind = "gzip";
		return MPY_PACK_GZIP;
	}
	if (starts(data, size, "BZh", 3) && size > 14 &&
	    !memcmp(data + 4, "1AY&SY", 6)) {
		*kind = "bz2";
		return MPY_PACK_BZ2;
	}
	if (starts(data, size, "\xfd" "7zXZ\0", 6) ||
	    starts(data, size, "]\0\0", 3)) {
		*kind = "lzma";
		return MPY_PACK_LZMA;
	}
	if (size > 8 && data[0] == 0x78 &&
	    (data[1] == 0x01 || data[1] == 0x5e || data[1] == 0x9c ||
	     data[1] == 0xda)) {
		*kind = "zlib";
		return MPY_PACK_ZLIB;
	}
	return -1;
}

bool mpy_guess_is_packed(const uint8_t *data, size_t size)
{
	const char *kind;

	return packing_of(data, size, &kind) >= 0;
}

int mpy_guess_unpack(struct mpy_budget *budget, const uint8_t *data,
		     size_t size, const char **kind, uint8_t **out,
		     size_t *out_size)
{
	int packing = packing_of(data, size, kind), result;
	size_t max = budget->decoded;

	if (max > MPY_TEXT_MAX)
		max = MPY_TEXT_MAX;
	if (packing < 0 || !max)
		return 1;
	result = mpy_unpack((enum mpy_packing)packing, data, size, max, out,
			    out_size);
	if (result < 0)
		return result;
	if (result == MPY_UNPACK_BAD)
		return 1;
	if (result == MPY_UNPACK_CUT && *out_size == max)
		budget->bounds |= MPY_BOUND_DECODED;
	mpy_budget_decode(budget, *out_size);
	mpy_budget_step(budget, *out_size / 64);
	return 0;
}

/* ---- base-N by alphabet -------------------------------------------------- */

/* Which alphabets hold all of the text. */
#define A_HEX	 0x01
#define A_BASE32 0x02
#define A_BASE64 0x04
#define A_BASE85 0x08
#define A_ASCII85 0x10
#define A_ALL	 0x1f

static unsigned int alphabets_of(uint8_t c)
{
	unsigned int set = 0;

	if (c == '\n' || c == '\r' || c == '=')
		return A_ALL;
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	    (c >= 'A' && c <= 'F'))
		set |= A_HEX;
	if ((c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'))
		set |= A_BASE32;
	if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '-' ||
	    c == '_')
		set |= A_BASE64;
	if (c > ' ' && c < 127 && !strchr("\"',./:[\\]", c))
		set |= A_BASE85;
	if ((c >= '!' && c <= 'u') || c == 'z' || c == '~')
		set |= A_ASCII85;
	return set;
}

static unsigned int alphabets(const uint8_t *data, size_t size)
{
	unsigned int set = A_ALL;
	bool seen[256] = { false };

	for (size_t i = 0; i < size && set; i++) {
		if (seen[data[i]])
			continue;
		seen[data[i]] = true;
		set &= alphabets_of(data[i]);
	}
	return set;
}

/* A copy without the ends of lines, the caller's to free(); NULL: no memory. */
static uint8_t *in_one_line(const uint8_t *data, size_t *size)
{
	uint8_t *copy = malloc(*size + 1);
	size_t n = 0;

	for (size_t i = 0; copy && i < *size; i++)
		if (data[i] != '\n' && data[i] != '\r')
			copy[n++] = data[i];
	*size = n;
	return copy;
}

static int decode(struct mpy_budget *budget, enum mpy_coding coding,
		  const uint8_t *data, size_t size, uint8_t **out,
		  size_t *out_size)
{
	uint8_t *line = NULL;
	ssize_t n;

	if (!mpy_budget_step(budget, size / 32))
		return 1;
	*out = malloc(mpy_decode_room(coding, size));
	if (!*out)
		return -ENOMEM;
	/* the others pass over the ends of lines */
	if (coding == MPY_CODE_BASE85 && size <= LINES_MAX &&
	    memchr(data, '\n', size)) {
		line = in_one_line(data, &size);
		if (!line) {
			free(*out);
			return -ENOMEM;
		}
		data = line;
	}
	n = mpy_decode(coding, data, size, *out);
	free(line);
	if (n <= 0 || !mpy_budget_decode(budget, (size_t)n)) {
		free(*out);
		return 1;
	}
	*out_size = (size_t)n;
	return 0;
}

/* Is it worth going on with? */
static bool makes_sense(const uint8_t *data, size_t size)
{
	const char *kind;

	return mpy_guess_program(data, size) ||
	       packing_of(data, size, &kind) >= 0 ||
	       (size >= 24 && is_text(data, size) &&
		(alphabets(data, size) & (A_HEX | A_BASE32 | A_BASE64)));
}

static int try_coding(struct mpy_budget *budget, enum mpy_coding coding,
		      const uint8_t *data, size_t size, uint8_t **out,
		      size_t *out_size)
{
	int result = decode(budget, coding, data, size, out, out_size);

	if (result)
		return result;
	if (makes_sense(*out, *out_size))
		return 0;
	free(*out);
	return 1;
}

static int reverse(struct mpy_budget *budget, const uint8_t *data, size_t size,
		   uint8_t **out, size_t *out_size)
{
	if (!mpy_budget_step(budget, size / 64) ||
	    !mpy_budget_decode(budget, size))
		return 1;
	*out = malloc(size ? size : 1);
	if (!*out)
		return -ENOMEM;
	for (size_t i = 0; i < size; i++)
		(*out)[i] = data[size - 1 - i];
	*out_size = size;
	return 0;
}

struct guess {
	unsigned int alphabet;
	enum mpy_coding coding;
	const char *kind;
};

int mpy_guess_decode(struct mpy_budget *budget, const uint8_t *data,
		     size_t size, const char **kind, uint8_t **out,
		     size_t *out_size)
{
	static const struct guess guesses[] = {
		{ A_HEX, MPY_CODE_BASE16, "hex" },
		{ A_BASE32, MPY_CODE_BASE32, "base32" },
		{ A_BASE64, MPY_CODE_BASE64, "base64" },
		{ A_BASE85, MPY_CODE_BASE85, "base85" },
		{ A_ASCII85, MPY_CODE_ASCII85, "ascii85" },
	};
	unsigned int set;
	int result;

	if (size < 16)
		return 1;
	if (mpy_guess_is_packed(data, size))
		return mpy_guess_unpack(budget, data, size, kind, out,
					out_size);
	if (!is_text(data, size))
		return 1;
	/* the padding of base64 in front: it is written backwards */
	if (data[0] == '=' || has(data, size, " tropmi") ||
	    has(data, size, "(cexe")) {
		*kind = "reversed";
		return reverse(budget, data, size, out, out_size);
	}
	if (has(data, size, "vzcbeg ") || has(data, size, "rkrp(")) {
		*kind = "rot13";
		return decode(budget, MPY_CODE_ROT13, data, size, out,
			      out_size);
	}
	set = alphabets(data, size);
	for (size_t i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++) {
		if (!(set & guesses[i].alphabet))
			continue;
		*kind = guesses[i].kind;
		result = try_coding(budget, guesses[i].coding, data, size, out,
				    out_size);
		if (result <= 0)
			return result;
	}
	return 1;
}
