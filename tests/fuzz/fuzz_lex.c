// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_lex.c - the lexer over any bytes: tokens are in order, inside of the
 * text, and the same however small the pieces; what is made of names and
 * strings stays in its room.
 */
#include <stdlib.h>
#include <string.h>

#include "judge/lex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const uint8_t *data, size_t size, const struct mpy_token *t,
		  size_t n)
{
	uint32_t at = 0, start, length;
	uint8_t *out = malloc(size + 1);
	char name[16];
	size_t i;

	for (i = 0; i < n; i++) {
		if (t[i].start < at || t[i].start + t[i].length > size)
			abort();
		at = t[i].start + t[i].length;
		mpy_lex_body(data, &t[i], &start, &length);
		if (start + length > size)
			abort();
		if (t[i].kind == MPY_TOK_STRING &&
		    mpy_lex_unescape(data + start, length, t[i].sub, out) >
			    length)
			abort();
		if (t[i].kind == MPY_TOK_NAME &&
		    mpy_lex_name(data, &t[i], name, sizeof(name)) >
			    sizeof(name))
			abort();
	}
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t room = size * 2 + 300, n, m = 0, k;
	struct mpy_token *all = malloc(room * sizeof(*all));
	struct mpy_token piece[3];
	struct mpy_lex lex;

	mpy_lex_start(&lex, data, size);
	n = mpy_lex_next(&lex, all, room);
	if (n == room || !n || all[n - 1].kind != MPY_TOK_END)
		abort();
	check(data, size, all, n);
	mpy_lex_start(&lex, data, size);
	while ((k = mpy_lex_next(&lex, piece, 3))) {
		if (m + k > n || memcmp(all + m, piece, k * sizeof(*piece)))
			abort();
		m += k;
	}
	if (m != n)
		abort();
	free(all);
	return 0;
}
