/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unpack.h - bounded decompression: the only door to zlib, bzip2 and lzma.
 */
#ifndef MPY_JUDGE_UNPACK_H
#define MPY_JUDGE_UNPACK_H

#include <stddef.h>
#include <stdint.h>

enum mpy_packing {
	MPY_PACK_ZLIB,
	MPY_PACK_DEFLATE, /* without header: zip members, zlib wbits -15 */
	MPY_PACK_GZIP,
	MPY_PACK_BZ2,
	MPY_PACK_LZMA /* .xz, .lzma, or LZMA2 without header */
};

enum mpy_unpack_outcome {
	MPY_UNPACK_CUT = 1, /* max bytes reached, or input ended early */
	MPY_UNPACK_BAD	    /* no such data: nothing came out */
};

/*
 * Decompresses in[0..size) into at most max bytes. *out is the caller's, to
 * free(); its size is *out_size, its memory in proportion to what came out
 * and not to max. 0, MPY_UNPACK_CUT with what there is, MPY_UNPACK_BAD with
 * *out NULL, or -ENOMEM.
 */
int mpy_unpack(enum mpy_packing packing, const uint8_t *in, size_t size,
	       size_t max, uint8_t **out, size_t *out_size);

#endif
