/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode.h - base-N, uuencode, quoted-printable, rot13 and the like to bytes. Tolerant
 * as Python's own functions are: foreign characters are skipped where Python
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
	MPY_CODE_ROT13,
	MPY_CODE_PERCENT, /* %41 of URLs */
	MPY_CODE_HTML	  /* &#65; &#x41; &amp; */
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

#endif
