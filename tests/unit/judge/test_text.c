// SPDX-License-Identifier: GPL-2.0-or-later
/* test_text.c - encodings, marks, cookies, files that are too large. */
#include <stdlib.h>

#include "judge/text.h"
#include "judge/verdict.h"

#include "../test.h"

static char got[512];

/* The text of size bytes, as a string; its encoding in *encoding. */
static const char *read_text(const char *data, size_t size,
			     const char **encoding)
{
	struct mpy_text text;

	if (mpy_text_read((const uint8_t *)data, size, &text))
		return "(error)";
	snprintf(got, sizeof(got), "%.*s", (int)text.size,
		 (const char *)text.bytes);
	*encoding = text.encoding;
	mpy_text_free(&text);
	return got;
}

#define READ(data, want, as)                                              \
	do {                                                              \
		const char *encoding_;                                    \
		CHECK_STR(read_text(data, sizeof(data) - 1, &encoding_), \
			  want);                                          \
		CHECK_STR(encoding_, as);                                 \
	} while (0)

static void test_marks(void)
{
	READ("x = 1", "x = 1", "utf-8");
	READ("\xef\xbb\xbfx", "x", "utf-8");
	READ("\xff\xfex\0=\0", "x=", "utf-16");
	READ("\xfe\xff\0x\0=", "x=", "utf-16");
	READ("\xff\xfe\0\0x\0\0\0", "x", "utf-32");
	READ("\0\0\xfe\xff\0\0\0x", "x", "utf-32");
	READ("p\0a\0s\0s\0 \0#\0", "pass #", "utf-16");
}

static void test_surrogates(void)
{
	READ("\xff\xfe\x3d\xd8\x00\xde!\0", "\xf0\x9f\x98\x80!", "utf-16");
	READ("\xff\xfe\x3d\xd8!\0", "\xef\xbf\xbd!", "utf-16");
}

static void test_cookies(void)
{
	READ("# coding: utf-7\n+AHg-=1+-2", "# coding: utf-7\nx=1+2",
	     "utf-7");
	READ("#!/x\n# -*- coding: UTF_7 -*-\n+AHg-",
	     "#!/x\n# -*- coding: UTF_7 -*-\nx", "utf-7");
	READ("# coding=unicode_escape\n\\x65\\u0078",
	     "# coding=unicode_escape\nex", "unicode_escape");
	READ("# coding=raw_unicode_escape\n\\x65\\u0078",
	     "# coding=raw_unicode_escape\n\\x65x", "raw_unicode_escape");
	READ("# coding: rot13\nrkrp", "# pbqvat: ebg13\nexec", "rot13");
	READ("# coding: latin-1\n\xe9", "# coding: latin-1\n\xe9", "utf-8");
}

static void test_no_cookie(void)
{
	READ("x = 1\n# coding: utf-7\n+AHg-", "x = 1\n# coding: utf-7\n+AHg-",
	     "utf-8");
	READ("\n\n# coding: utf-7\n+AHg-", "\n\n# coding: utf-7\n+AHg-",
	     "utf-8");
	READ("# coding:", "# coding:", "utf-8");
	READ("", "", "utf-8");
}

static void test_too_large(void)
{
	size_t size = 3 * (size_t)MPY_TEXT_MAX, at = 20u << 20;
	char *data = malloc(size);
	struct mpy_text text;

	memset(data, ' ', size);
	memcpy(data, "head", 4);
	memcpy(data + size - 4, "tail", 4);
	memcpy(data + at, "f(a.b(c.d()))", 13);
	CHECK(mpy_text_read((uint8_t *)data, size, &text) == 0);
	CHECK(text.size <= MPY_TEXT_MAX);
	CHECK(text.bounds == MPY_BOUND_TEXT);
	CHECK(!memcmp(text.bytes, "head", 4));
	CHECK(!memcmp(text.bytes + text.size - 5, "tail\n", 5));
	CHECK(memmem(text.bytes, text.size, "f(a.b(c.d()))", 13) != NULL);
	mpy_text_free(&text);
	free(data);
}

static void test_runes(void)
{
	uint32_t value;
	uint8_t out[4];

	CHECK(mpy_text_rune((const uint8_t *)"\xc3\xa9", 2, &value) == 2);
	CHECK(value == 0xe9);
	CHECK(mpy_text_rune((const uint8_t *)"\xc3", 1, &value) == 1);
	CHECK(value == 0xdc00 + 0xc3);
	CHECK(mpy_text_rune((const uint8_t *)"\xed\xa0\x80", 3, &value) == 1);
	CHECK(mpy_text_rune((const uint8_t *)"\xc0\x80", 2, &value) == 1);
	CHECK(mpy_text_put(out, 0x1f600) == 4);
	CHECK(mpy_text_rune(out, 4, &value) == 4 && value == 0x1f600);
}

int main(void)
{
	RUN(test_marks);
	RUN(test_surrogates);
	RUN(test_cookies);
	RUN(test_no_cookie);
	RUN(test_too_large);
	RUN(test_runes);
	return DONE();
}
