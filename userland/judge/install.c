// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * install.c - the form of what a manual tells people to type. Whatever else is
 * called or reached may be what is really run, so all names are known here.
 */
#include "install.h"

#include <string.h>

#include "lex.h"

#define INSTALL_TOKENS 64

static bool is_among(const uint8_t *text, const struct mpy_token *t,
		     const char *const *names)
{
	while (*names && !mpy_lex_is(text, t, *names))
		names++;
	return *names;
}

static bool is_op(const struct mpy_token *t, unsigned int op)
{
	return t->kind == MPY_TOK_OP && t->sub == op;
}

bool mpy_install_only(const uint8_t *text, size_t size)
{
	static const char *const runs[] = { "exec", "eval", "run", "call",
					    "check_call", "system", NULL };
	static const char *const fetches[] = {
		"Request", "content", "decode", "executable", "get", "os",
		"read", "request", "requests", "subprocess", "sys", "text",
		"urllib", "urllib2", "urlopen", "urlretrieve", NULL
	};
	struct mpy_token tokens[INSTALL_TOKENS + 2];
	unsigned int addresses = 0, calls = 0;
	bool imports = false;
	struct mpy_lex lex;
	size_t n;

	mpy_lex_start(&lex, text, size);
	n = mpy_lex_next(&lex, tokens, INSTALL_TOKENS + 2);
	for (size_t i = 0; i < n && n < INSTALL_TOKENS + 2; i++) {
		const struct mpy_token *t = &tokens[i];

		switch ((enum mpy_tok)t->kind) {
		case MPY_TOK_NEWLINE:
			imports = false;
			break;
		case MPY_TOK_KEYWORD:
			if (t->sub != MPY_KW_IMPORT && t->sub != MPY_KW_FROM &&
			    t->sub != MPY_KW_AS)
				return false;
			imports = true;
			break;
		case MPY_TOK_OP:
			imports = imports && t->sub != ';';
			break;
		case MPY_TOK_NAME:
			if (is_among(text, t, runs)) {
				calls++;
				break;
			}
			/* a variable may be called anything */
			if (i && t[-1].kind == MPY_TOK_KEYWORD &&
			    t[-1].sub == MPY_KW_AS)
				break;
			if ((imports || (i && is_op(t - 1, '.')) ||
			     (i + 1 < n && is_op(t + 1, '('))) &&
			    !is_among(text, t, fetches))
				return false;
			break;
		case MPY_TOK_NUMBER:
			break;
		case MPY_TOK_STRING:
			addresses += memmem(text + t->start, t->length, "://",
					    3) != NULL;
			break;
		case MPY_TOK_END:
			return addresses == 1 && calls <= 1;
		default:
			if (t->kind != MPY_TOK_INDENT &&
			    t->kind != MPY_TOK_DEDENT)
				return false;
		}
	}
	return false;
}
