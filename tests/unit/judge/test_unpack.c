// SPDX-License-Identifier: GPL-2.0-or-later
/* Bounded decompression and the decoders of base-N. */
#include "../test.h"

#include <stdlib.h>

#include "judge/decode.h"
#include "judge/unpack.h"

/* bz2.compress(b'a' * 1000000) */
static const uint8_t bomb[] = {
	0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x97, 0xbe,
	0xdc, 0x38, 0x00, 0x07, 0xa8, 0x81, 0x40, 0xa0, 0x00, 0x00, 0x02, 0x00,
	0x08, 0x20, 0x00, 0x30, 0xcc, 0x09, 0xaa, 0x69, 0x95, 0x24, 0x36, 0xa9,
	0x49, 0x0f, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0x97, 0xbe, 0xdc, 0x38
};
/* zlib.compress(b'import os\n') */
static const uint8_t small[] = {
	0x78, 0x9c, 0xcb, 0xcc, 0x2d, 0xc8, 0x2f, 0x2a, 0x51, 0xc8, 0x2f, 0xe6,
	0x02, 0x00, 0x16, 0x2f, 0x03, 0xa8
};

static void zlib_whole(void)
{
	uint8_t *out;
	size_t size;

	CHECK(mpy_unpack(MPY_PACK_ZLIB, small, sizeof(small), 1000, &out,
			 &size) == 0);
	CHECK(size == 10 && out && !memcmp(out, "import os\n", 10));
	free(out);
	/* without header and check sum */
	CHECK(mpy_unpack(MPY_PACK_DEFLATE, small + 2, sizeof(small) - 6, 1000,
			 &out, &size) == 0);
	CHECK(size == 10 && out && !memcmp(out, "import os\n", 10));
	free(out);
}

/* b'print(1)\n' * 20 by Python's lzma.compress() */
static const uint8_t xz[] = {
	0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x00, 0xff,
	0x12, 0xd9, 0x41, 0x02, 0x00, 0x21, 0x01, 0x16, 0x00,
	0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0xe0, 0x00, 0xb3,
	0x00, 0x10, 0x5d, 0x00, 0x38, 0x1c, 0x89, 0x56, 0x8c,
	0x0b, 0x99, 0x93, 0x8a, 0x4a, 0x53, 0x0f, 0xcb, 0xae,
	0x00, 0x00, 0x00, 0x00, 0x01, 0x24, 0xb4, 0x01, 0x00,
	0x00, 0x00, 0x4c, 0x5a, 0x93, 0x02, 0xa8, 0x00, 0x0a,
	0xfc, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x59, 0x5a
};
static const uint8_t alone[] = { /* FORMAT_ALONE */
	0x5d, 0x00, 0x00, 0x80, 0x00, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0x00, 0x38, 0x1c, 0x89, 0x56,
	0x8c, 0x0b, 0x99, 0x93, 0x8a, 0x4a, 0x53, 0x0f, 0xd3,
	0xe3, 0x5e, 0xff, 0xff, 0xfc, 0x24, 0x10, 0x00
};
static const uint8_t raw[] = { /* FORMAT_RAW with FILTER_LZMA2 */
	0xe0, 0x00, 0xb3, 0x00, 0x10, 0x5d, 0x00, 0x38, 0x1c,
	0x89, 0x56, 0x8c, 0x0b, 0x99, 0x93, 0x8a, 0x4a, 0x53,
	0x0f, 0xcb, 0xae, 0x00, 0x00, 0x00
};

static void lzma(void)
{
	static const struct {
		const uint8_t *data;
		size_t size;
	} all[] = { { xz, sizeof(xz) }, { alone, sizeof(alone) },
		    { raw, sizeof(raw) } };
	uint8_t *out;
	size_t size;

	for (size_t i = 0; i < 3; i++) {
		CHECK(mpy_unpack(MPY_PACK_LZMA, all[i].data, all[i].size, 1000,
				 &out, &size) == 0);
		CHECK(size == 180 && out &&
		      !memcmp(out, "print(1)\nprint(1)", 17));
		free(out);
		CHECK(mpy_unpack(MPY_PACK_LZMA, all[i].data, 10, 1000, &out,
				 &size) != 0);
		free(out);
	}
}

static void cut_at_the_bound(void)
{
	uint8_t *out;
	size_t size;

	CHECK(mpy_unpack(MPY_PACK_ZLIB, small, sizeof(small), 4, &out, &size) ==
	      MPY_UNPACK_CUT);
	CHECK(size == 4 && out && !memcmp(out, "impo", 4));
	free(out);
	/* exactly as much as there is, is not cut */
	CHECK(mpy_unpack(MPY_PACK_DEFLATE, small + 2, sizeof(small) - 6, 10,
			 &out, &size) == 0);
	CHECK(size == 10);
	free(out);
	CHECK(mpy_unpack(MPY_PACK_BZ2, bomb, sizeof(bomb), 5000, &out,
			 &size) == MPY_UNPACK_CUT);
	CHECK(size == 5000);
	free(out);
}

static void damaged(void)
{
	uint8_t *out = NULL;
	size_t size = 1;

	for (int packing = 0; packing <= MPY_PACK_LZMA; packing++) {
		CHECK(mpy_unpack((enum mpy_packing)packing,
				 (const uint8_t *)"not packed at all", 17, 100,
				 &out, &size) == MPY_UNPACK_BAD);
		CHECK(!out && !size);
		CHECK(mpy_unpack((enum mpy_packing)packing, NULL, 0, 100, &out,
				 &size) == MPY_UNPACK_BAD);
	}
	/* what came out before the damage is kept */
	CHECK(mpy_unpack(MPY_PACK_ZLIB, small, 10, 100, &out, &size) ==
	      MPY_UNPACK_CUT);
	CHECK(size > 0 && size < 10);
	free(out);
}

static void decodes_to(enum mpy_coding coding, const char *in,
		       const char *want)
{
	uint8_t *out = malloc(mpy_decode_room(coding, strlen(in)) + 1);
	ssize_t n = mpy_decode(coding, (const uint8_t *)in, strlen(in), out);

	CHECK(n >= 0);
	out[n < 0 ? 0 : n] = '\0';
	CHECK_STR((char *)out, want);
	free(out);
}

static void refuses(enum mpy_coding coding, const char *in)
{
	uint8_t out[100];

	CHECK(mpy_decode(coding, (const uint8_t *)in, strlen(in), out) < 0);
}

static void base_n(void)
{
	decodes_to(MPY_CODE_BASE16, "696D 706f7274", "import");
	refuses(MPY_CODE_BASE16, "696d7");
	refuses(MPY_CODE_BASE16, "zz");
	decodes_to(MPY_CODE_BASE32, "NFWXA33SOQ======", "import");
	decodes_to(MPY_CODE_BASE32HEX, "D5MN0RRIEG======", "import");
	refuses(MPY_CODE_BASE32, "1!");
	decodes_to(MPY_CODE_BASE64, "aW1wb3J0", "import");
	decodes_to(MPY_CODE_BASE64, "aW1w\nb3J0\nIG9z", "import os");
	decodes_to(MPY_CODE_BASE64, "aW1wb3J0IG9zOw==", "import os;");
	decodes_to(MPY_CODE_BASE64, "aW1wb3J0IG9zOw", "import os;");
	refuses(MPY_CODE_BASE64, "aW1wb");
	decodes_to(MPY_CODE_BASE85, "X>D+Ca&!s", "import\n");
	decodes_to(MPY_CODE_ASCII85, "<~Bl.g-Ec_~>", "import");
	decodes_to(MPY_CODE_ASCII85, "Bl.g-Ec_", "import");
	decodes_to(MPY_CODE_UU, "&:6UP;W)T\n", "import");
	decodes_to(MPY_CODE_QUOPRI, "im=70ort=\n os", "import os");
	decodes_to(MPY_CODE_ROT13, "vzcbeg", "import");
	decodes_to(MPY_CODE_PERCENT, "%61b%zz%", "ab%zz%");
	decodes_to(MPY_CODE_HTML, "&#97;&#x62;&lt;&#;&#1114112;&",
		   "ab<&#;&#1114112;&");
}

int main(void)
{
	RUN(zlib_whole);
	RUN(lzma);
	RUN(cut_at_the_bound);
	RUN(damaged);
	RUN(base_n);
	return DONE();
}
