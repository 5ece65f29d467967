// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Decompression with a bound on what comes out: three libraries behind one
 * loop. The output grows as data arrives, so a bomb costs what it is
 * allowed to give and nothing that it claims.
 */
#include "unpack.h"

#include <bzlib.h>
#include <errno.h>
#include <limits.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define LZMA_MEMORY	((uint64_t)68 << 20) /* virtual; of preset 9 */
#define LZMA_DICTIONARY (8u << 20)	     /* of LZMA2 without header: preset 6 */

struct stream {
	enum mpy_packing packing;
	bool raw; /* LZMA2 without a header */
	union {
		z_stream z;
		bz_stream bz;
		lzma_stream lzma;
	} u;
};

struct output {
	uint8_t *data;
	size_t size;
	size_t room;
	size_t max;
};

static int zlib_bits(enum mpy_packing packing)
{
	if (packing == MPY_PACK_GZIP)
		return 15 + 16;
	return packing == MPY_PACK_DEFLATE ? -15 : 15;
}

static bool start_lzma(struct stream *s)
{
	const lzma_stream none = LZMA_STREAM_INIT;
	lzma_options_lzma options = { .dict_size = LZMA_DICTIONARY };
	const lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &options },
					{ LZMA_VLI_UNKNOWN, NULL } };

	s->u.lzma = none;
	if (s->raw)
		return lzma_raw_decoder(&s->u.lzma, filters) == LZMA_OK;
	return lzma_auto_decoder(&s->u.lzma, LZMA_MEMORY, LZMA_CONCATENATED) ==
	       LZMA_OK;
}

static bool start(struct stream *s)
{
	memset(&s->u, 0, sizeof(s->u));
	switch (s->packing) {
	case MPY_PACK_BZ2:
		return BZ2_bzDecompressInit(&s->u.bz, 0, 0) == BZ_OK;
	case MPY_PACK_LZMA:
		return start_lzma(s);
	case MPY_PACK_ZLIB:
	case MPY_PACK_DEFLATE:
	case MPY_PACK_GZIP:
		break;
	}
	return inflateInit2(&s->u.z, zlib_bits(s->packing)) == Z_OK;
}

static void end(struct stream *s)
{
	switch (s->packing) {
	case MPY_PACK_BZ2:
		BZ2_bzDecompressEnd(&s->u.bz);
		return;
	case MPY_PACK_LZMA:
		lzma_end(&s->u.lzma);
		return;
	case MPY_PACK_ZLIB:
	case MPY_PACK_DEFLATE:
	case MPY_PACK_GZIP:
		break;
	}
	inflateEnd(&s->u.z);
}

enum progress { GOING, FINISHED, STUCK };

/* One call of the library: takes from *in, gives to out[0..*room). */
static enum progress step(struct stream *s, const uint8_t **in, size_t *size,
			  uint8_t *out, size_t *room)
{
	unsigned int give = *size > UINT_MAX ? UINT_MAX : (unsigned int)*size;
	unsigned int take = *room > UINT_MAX ? UINT_MAX : (unsigned int)*room;
	unsigned int left_in, left_out;
	enum progress progress;
	int r;

	switch (s->packing) {
	case MPY_PACK_BZ2:
		s->u.bz.next_in = (char *)(uintptr_t)*in;
		s->u.bz.avail_in = give;
		s->u.bz.next_out = (char *)out;
		s->u.bz.avail_out = take;
		r = BZ2_bzDecompress(&s->u.bz);
		progress = r == BZ_STREAM_END ? FINISHED
			   : r == BZ_OK	      ? GOING
					      : STUCK;
		left_in = s->u.bz.avail_in;
		left_out = s->u.bz.avail_out;
		break;
	case MPY_PACK_LZMA:
		s->u.lzma.next_in = *in;
		s->u.lzma.avail_in = give;
		s->u.lzma.next_out = out;
		s->u.lzma.avail_out = take;
		r = lzma_code(&s->u.lzma,
			      give == *size ? LZMA_FINISH : LZMA_RUN);
		progress = r == LZMA_STREAM_END ? FINISHED
			   : r == LZMA_OK	? GOING
						: STUCK;
		left_in = (unsigned int)s->u.lzma.avail_in;
		left_out = (unsigned int)s->u.lzma.avail_out;
		break;
	default:
		s->u.z.next_in = (Bytef *)(uintptr_t)*in;
		s->u.z.avail_in = give;
		s->u.z.next_out = out;
		s->u.z.avail_out = take;
		r = inflate(&s->u.z, Z_NO_FLUSH);
		progress = r == Z_STREAM_END ? FINISHED
			   : r == Z_OK	     ? GOING
					     : STUCK;
		left_in = s->u.z.avail_in;
		left_out = s->u.z.avail_out;
		break;
	}
	*in += give - left_in;
	*size -= give - left_in;
	*room = take - left_out;
	/* nothing moved: the input ended early */
	if (progress == GOING && left_in == give && left_out == take)
		return STUCK;
	return progress;
}

static int grow(struct output *o)
{
	size_t room = o->room ? o->room * 2 : 4096;
	uint8_t *more;

	if (room > o->max)
		room = o->max;
	more = realloc(o->data, room ? room : 1);
	if (!more)
		return -ENOMEM;
	o->data = more;
	o->room = room;
	return 0;
}

static int run(struct stream *s, const uint8_t *in, size_t size,
	       struct output *o)
{
	for (;;) {
		enum progress progress;
		uint8_t past; /* finds out whether there is more than max */
		bool full = o->size == o->max;
		size_t room;

		if (!full && o->size == o->room && grow(o))
			return -ENOMEM;
		room = full ? 1 : o->room - o->size;
		progress = step(s, &in, &size,
				full ? &past : o->data + o->size, &room);
		if (full && room)
			return MPY_UNPACK_CUT;
		o->size += room;
		if (progress == FINISHED)
			return 0;
		if (progress == STUCK)
			return MPY_UNPACK_CUT;
	}
}

static int unpack(struct stream *s, const uint8_t *in, size_t size,
		  struct output *o)
{
	int r;

	if (!start(s))
		return -ENOMEM;
	r = run(s, in, size, o);
	end(s);
	return r;
}

/* A first chunk of LZMA2: all is reset, packed or not. */
static bool begins_lzma2(const uint8_t *in)
{
	return *in >= 0xe0 || *in == 1;
}

int mpy_unpack(enum mpy_packing packing, const uint8_t *in, size_t size,
	       size_t max, uint8_t **out, size_t *out_size)
{
	struct output o = { .max = max };
	struct stream s = { .packing = packing };
	uint8_t *fit;
	int r;

	*out = NULL;
	*out_size = 0;
	if (!size)
		return MPY_UNPACK_BAD;
	r = unpack(&s, in, size, &o);
	if (r == MPY_UNPACK_CUT && !o.size && packing == MPY_PACK_LZMA &&
	    begins_lzma2(in)) {
		s.raw = true;
		r = unpack(&s, in, size, &o);
	}
	if (r < 0 || (r == MPY_UNPACK_CUT && !o.size)) {
		free(o.data);
		return r < 0 ? r : MPY_UNPACK_BAD;
	}
	fit = realloc(o.data, o.size ? o.size : 1);
	*out = fit ? fit : o.data;
	*out_size = o.size;
	/* cppcheck-suppress memleak ; fit went into *out */
	return r;
}
