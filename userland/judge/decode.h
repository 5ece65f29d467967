/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode.h - bytes to bytes without compression: base-N, hex, rot13, xor,
 * reversal, and the escapes of Python's string literals. Tolerant as
 * Python's own functions are: foreign characters are skipped where Python
 * skips them.
 */
#ifndef MPY_JUDGE_DECODE_H
#define MPY_JUDGE_DECODE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum mpy_coding {
	MPY_CODE_BASE16,
	MPY_CODE_BASE32,
	MPY_CODE_BASE32HEX,
	MPY_CODE_BASE64, /* both alphabets */
	MPY_CODE_BASE85, /* base64.b85decode */
	MPY_CODE_ASCII85,
	MPY_CODE_Z85,
	MPY_CODE_UU,
	MPY_CODE_QUOPRI,
	MPY_CODE_ROT13
};

/* Bytes that out must hold for size bytes of input. */
size_t mpy_decode_room(enum mpy_coding coding, size_t size);

/*
 * Decodes in[0..size) into out, which has mpy_decode_room() bytes; out may
 * be in for BASE16, BASE32, BASE64 and ROT13. The number of bytes, or -1 if
 * Python would have refused it.
 */
ssize_t mpy_decode(enum mpy_coding coding, const uint8_t *in, size_t size,
		   uint8_t *out);

/*
 * The value of a string literal's body in[0..size) (between its quotes):
 * escapes replaced, text as UTF-8 (lone surrogates as their three bytes),
 * bytes literals as they are. out holds size bytes and may be in. Returns
 * the number of bytes.
 */
size_t mpy_decode_escapes(const uint8_t *in, size_t size, int is_bytes,
			  uint8_t *out);

/* Code point to UTF-8 in out[0..4); the number of bytes. */
size_t mpy_decode_utf8(uint32_t point, uint8_t *out);

/*
 * Next code point of in[*at..size), *at moved on; an invalid byte is its
 * own value.
 */
uint32_t mpy_decode_point(const uint8_t *in, size_t size, size_t *at);

#endif
