// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lex.c - Python text to tokens, in one pass and without allocating. All the
 * tolerance lives here: brackets that are never closed, strings that are
 * never ended, bytes that are no Python. Every call of step() either gives a
 * token or ends the text, and always moves on.
 */
#include "lex.h"

#include <string.h>

#include "bytes.h"
#include "text.h"

enum {
	C_BAD,	 /* starts nothing */
	C_SPACE, /* space, tab, form feed */
	C_LINE,	 /* \n \r */
	C_HASH,
	C_SLASH, /* backslash; those behind it start a token */
	C_QUOTE,
	C_OPEN,
	C_CLOSE,
	C_OP,
	C_DOT,
	C_NAME, /* letter, _, or byte >= 0x80; this and C_DIGIT make a name */
	C_DIGIT
};

/* clang-format off */
static const uint8_t class_of[256] = {
	['\t'] = C_SPACE, [' '] = C_SPACE, ['\f'] = C_SPACE,
	['\n'] = C_LINE, ['\r'] = C_LINE,
	['"'] = C_QUOTE, ['\''] = C_QUOTE,
	['('] = C_OPEN, ['['] = C_OPEN, ['{'] = C_OPEN,
	[')'] = C_CLOSE, [']'] = C_CLOSE, ['}'] = C_CLOSE,
	['#'] = C_HASH, ['\\'] = C_SLASH, ['.'] = C_DOT,
	['+'] = C_OP, ['-'] = C_OP, ['*'] = C_OP, ['/'] = C_OP, ['%'] = C_OP,
	['@'] = C_OP, ['&'] = C_OP, ['|'] = C_OP, ['^'] = C_OP, ['~'] = C_OP,
	['<'] = C_OP, ['>'] = C_OP, ['='] = C_OP, ['!'] = C_OP, [':'] = C_OP,
	[','] = C_OP, [';'] = C_OP, ['`'] = C_OP,
	['0' ... '9'] = C_DIGIT,
	['a' ... 'z'] = C_NAME, ['A' ... 'Z'] = C_NAME, ['_'] = C_NAME,
	[0x80 ... 0xff] = C_NAME,
};
/* clang-format on */

/* Filled up with NULs to one length, to be compared as numbers. */
static const char keywords[MPY_KW_COUNT][8] = {
	"and",	  "as",	    "assert", "async",	"await",    "break", "class",
	"continue", "def",  "del",    "elif",	"else",	    "except", "False",
	"finally", "for",   "from",   "global", "if",	    "import", "in",
	"is",	  "lambda", "None",   "nonlocal", "not",    "or",    "pass",
	"raise",  "return", "True",   "try",	"while",    "with",  "yield"
};

/* First keyword with this initial (0: none, the table starts at 1). */
static const uint8_t initials[128] = {
	['a'] = 1 + MPY_KW_AND,	  ['b'] = 1 + MPY_KW_BREAK,
	['c'] = 1 + MPY_KW_CLASS, ['d'] = 1 + MPY_KW_DEF,
	['e'] = 1 + MPY_KW_ELIF,  ['F'] = 1 + MPY_KW_FALSE,
	['f'] = 1 + MPY_KW_FINALLY, ['g'] = 1 + MPY_KW_GLOBAL,
	['i'] = 1 + MPY_KW_IF,	  ['l'] = 1 + MPY_KW_LAMBDA,
	['N'] = 1 + MPY_KW_NONE,  ['n'] = 1 + MPY_KW_NONLOCAL,
	['o'] = 1 + MPY_KW_OR,	  ['p'] = 1 + MPY_KW_PASS,
	['r'] = 1 + MPY_KW_RAISE, ['T'] = 1 + MPY_KW_TRUE,
	['t'] = 1 + MPY_KW_TRY,	  ['w'] = 1 + MPY_KW_WHILE,
	['y'] = 1 + MPY_KW_YIELD,
};

static inline int keyword(const uint8_t *p, size_t length)
{
	uint64_t word;
	unsigned int k;

	if (length < 2 || length > 8 || p[0] >= 128 || !initials[p[0]])
		return -1;
	word = mpy_load_part(p, length);
	for (k = initials[p[0]] - 1; k < MPY_KW_COUNT; k++) {
		if (keywords[k][0] != p[0])
			return -1;
		if (mpy_load64((const uint8_t *)keywords[k]) == word)
			return (int)k;
	}
	return -1;
}

void mpy_lex_start(struct mpy_lex *lex, const uint8_t *text, size_t size)
{
	memset(lex, 0, sizeof(*lex));
	lex->text = text;
	lex->size = size;
	lex->line = 1;
	lex->line_start = true;
	lex->blank = true;
}

static bool emit(struct mpy_lex *lex, struct mpy_token *t, uint8_t kind,
		 uint8_t sub, size_t start)
{
	t->start = (uint32_t)start;
	t->length = (uint32_t)(lex->at - start);
	t->line = lex->line;
	t->depth = lex->depth > UINT16_MAX ? UINT16_MAX : (uint16_t)lex->depth;
	t->kind = kind;
	t->sub = sub;
	lex->blank = kind == MPY_TOK_NEWLINE;
	return true;
}

static uint8_t peek(const struct mpy_lex *lex, size_t ahead)
{
	return lex->at + ahead < lex->size ? lex->text[lex->at + ahead] : 0;
}

/* Steps over one end of line: \n, \r or \r\n. */
static void skip_line(struct mpy_lex *lex)
{
	if (peek(lex, 0) == '\r' && peek(lex, 1) == '\n')
		lex->at++;
	lex->at++;
	lex->line++;
}

static void skip_comment(struct mpy_lex *lex)
{
	const uint8_t *text = lex->text;
	size_t at = lex->at, size = lex->size;

	while (at < size && class_of[text[at]] != C_LINE)
		at++;
	lex->at = at;
}

static bool at_quotes(const struct mpy_lex *lex, uint8_t quote, bool triple)
{
	if (peek(lex, 0) != quote)
		return false;
	return !triple || (peek(lex, 1) == quote && peek(lex, 2) == quote);
}

/* Steps over a backslash and what it escapes. */
static void skip_escape(struct mpy_lex *lex)
{
	lex->at++;
	if (lex->at >= lex->size)
		return;
	if (class_of[lex->text[lex->at]] == C_LINE)
		skip_line(lex);
	else
		lex->at++;
}

/* Where a run of a string's plain characters may end. */
static const uint8_t ends_run[256] = {
	['\''] = 1, ['"'] = 1, ['\\'] = 1, ['\n'] = 1, ['\r'] = 1
};

/* A whole string; lex->at is behind the opening quotes. */
static bool plain_string(struct mpy_lex *lex, struct mpy_token *t,
			 size_t start, uint8_t quote, uint8_t flags)
{
	bool triple = flags & MPY_STR_TRIPLE;
	uint32_t line = lex->line;
	const uint8_t *text = lex->text;
	const size_t size = lex->size;

	for (;;) {
		size_t at = lex->at;

		while (at < size && (!ends_run[text[at]] ||
				     (class_of[text[at]] == C_QUOTE &&
				      text[at] != quote)))
			at++;
		lex->at = at;
		if (at >= size) {
			flags |= MPY_STR_OPEN;
			break;
		}
		if (text[lex->at] == '\\') {
			skip_escape(lex);
		} else if (text[lex->at] != quote) {
			if (!triple) {
				flags |= MPY_STR_OPEN;
				break;
			}
			skip_line(lex);
		} else if (!triple || at_quotes(lex, quote, true)) {
			lex->at += triple ? 3 : 1;
			break;
		} else {
			lex->at++;
		}
	}
	emit(lex, t, MPY_TOK_STRING, flags, start);
	t->line = line;
	return true;
}

/* lex->at is at the quote behind a prefix that starts at start. */
static bool start_string(struct mpy_lex *lex, struct mpy_token *t,
			 size_t start, uint8_t flags)
{
	uint8_t quote = lex->text[lex->at];
	unsigned int n = lex->fstrings;

	if (at_quotes(lex, quote, true))
		flags |= MPY_STR_TRIPLE;
	lex->at += flags & MPY_STR_TRIPLE ? 3 : 1;
	if (!(flags & (MPY_STR_FORMAT | MPY_STR_TEMPLATE)) ||
	    n == MPY_LEX_FSTRINGS)
		return plain_string(lex, t, start, quote, flags);
	emit(lex, t, MPY_TOK_FSTART, flags, start);
	lex->fstring[n].depth = lex->depth;
	lex->fstring[n].level = 0;
	lex->fstring[n].quote = quote;
	lex->fstring[n].flags = flags;
	lex->fstring[n].text = true;
	lex->fstrings++;
	return true;
}

static bool end_fstring(struct mpy_lex *lex, struct mpy_token *t, size_t start)
{
	uint8_t flags = lex->fstring[lex->fstrings - 1].flags;

	lex->fstrings--;
	lex->depth = lex->fstring[lex->fstrings].depth;
	return emit(lex, t, MPY_TOK_FEND, flags, start);
}

/* Moves to where the text of the innermost f-string stops. */
static void skip_ftext(struct mpy_lex *lex)
{
	const uint8_t quote = lex->fstring[lex->fstrings - 1].quote;
	const uint8_t flags = lex->fstring[lex->fstrings - 1].flags;
	const bool triple = flags & MPY_STR_TRIPLE;
	const bool spec = lex->fstring[lex->fstrings - 1].level > 0;

	while (lex->at < lex->size) {
		uint8_t c = lex->text[lex->at];

		if (at_quotes(lex, quote, triple))
			return;
		if (c == '{' && !spec && peek(lex, 1) == '{') {
			lex->at += 2;
		} else if (c == '{' || (c == '}' && spec)) {
			return;
		} else if (c == '\\' && peek(lex, 1) == '{') {
			lex->at++;
		} else if (c == '\\' && peek(lex, 1) == 'N' &&
			   peek(lex, 2) == '{' && !(flags & MPY_STR_RAW)) {
			lex->at += 3;
		} else if (c == '\\') {
			skip_escape(lex);
		} else if (class_of[c] == C_LINE) {
			if (!triple)
				return;
			skip_line(lex);
		} else {
			lex->at++;
		}
	}
}

/* In the text of an f-string. */
static bool step_ftext(struct mpy_lex *lex, struct mpy_token *t)
{
	unsigned int n = lex->fstrings - 1;
	size_t start = lex->at;
	uint32_t line = lex->line;

	skip_ftext(lex);
	if (lex->at > start) {
		emit(lex, t, MPY_TOK_FTEXT, lex->fstring[n].flags, start);
		t->line = line;
		return true;
	}
	switch (peek(lex, 0)) {
	case '{':
		lex->at++;
		emit(lex, t, MPY_TOK_FOPEN, 0, start);
		lex->depth++;
		lex->fstring[n].level++;
		lex->fstring[n].text = false;
		return true;
	case '}':
		if (lex->at == lex->size)
			break;
		lex->at++;
		lex->depth--;
		lex->fstring[n].level--;
		return emit(lex, t, MPY_TOK_FCLOSE, 0, start);
	case '"':
	case '\'':
		lex->at += lex->fstring[n].flags & MPY_STR_TRIPLE ? 3 : 1;
		return end_fstring(lex, t, start);
	default:
		break;
	}
	return end_fstring(lex, t, start); /* never closed */
}

static int prefix_flags(const uint8_t *p, size_t length)
{
	int flags = 0;
	size_t i;

	if (length > 2)
		return -1;
	for (i = 0; i < length; i++) {
		switch (p[i] | 0x20) {
		case 'b':
			flags |= MPY_STR_BYTES;
			break;
		case 'r':
			flags |= MPY_STR_RAW;
			break;
		case 'u':
			flags |= MPY_STR_UNICODE;
			break;
		case 'f':
			flags |= MPY_STR_FORMAT;
			break;
		case 't':
			flags |= MPY_STR_TEMPLATE;
			break;
		default:
			return -1;
		}
	}
	return flags;
}

static bool step_name(struct mpy_lex *lex, struct mpy_token *t)
{
	const size_t start = lex->at, room = lex->size - start;
	const uint8_t *p = lex->text + start;
	uint8_t wide = 0;
	size_t length;
	int found;

	for (length = 0; length < room; length++) {
		uint8_t c = p[length];

		if (class_of[c] < C_NAME)
			break;
		wide |= c;
	}
	lex->at = start + length;
	if (class_of[peek(lex, 0)] == C_QUOTE) {
		found = prefix_flags(p, length);
		if (found >= 0)
			return start_string(lex, t, start, (uint8_t)found);
	}
	found = keyword(p, length);
	if (found >= 0)
		return emit(lex, t, MPY_TOK_KEYWORD, (uint8_t)found, start);
	return emit(lex, t, MPY_TOK_NAME, wide & 0x80 ? MPY_NAME_WIDE : 0,
		    start);
}

static void skip_digits(struct mpy_lex *lex)
{
	while (class_of[peek(lex, 0)] == C_DIGIT || peek(lex, 0) == '_')
		lex->at++;
}

static void skip_hex(struct mpy_lex *lex)
{
	for (;;) {
		uint8_t c = peek(lex, 0), low = c | 0x20;

		if (class_of[c] != C_DIGIT && c != '_' &&
		    (low < 'a' || low > 'f'))
			return;
		lex->at++;
	}
}

static bool step_number(struct mpy_lex *lex, struct mpy_token *t)
{
	size_t start = lex->at;
	uint8_t sub = MPY_NUM_INT, mark = peek(lex, 1) | 0x20;

	if (peek(lex, 0) == '0' && (mark == 'x' || mark == 'o' || mark == 'b')) {
		lex->at += 2;
		sub = mark == 'x'   ? MPY_NUM_HEX
		      : mark == 'o' ? MPY_NUM_OCT
				    : MPY_NUM_BIN;
		skip_hex(lex);
	} else {
		skip_digits(lex);
		if (peek(lex, 0) == '.') {
			sub = MPY_NUM_FLOAT;
			lex->at++;
			skip_digits(lex);
		}
		if ((peek(lex, 0) | 0x20) == 'e') {
			bool sign = peek(lex, 1) == '+' || peek(lex, 1) == '-';

			if (class_of[peek(lex, sign ? 2 : 1)] == C_DIGIT) {
				sub = MPY_NUM_FLOAT;
				lex->at += sign ? 2 : 1;
				skip_digits(lex);
			}
		}
	}
	if ((peek(lex, 0) | 0x20) == 'j') {
		sub = MPY_NUM_FLOAT;
		lex->at++;
	} else if ((peek(lex, 0) | 0x20) == 'l') {
		lex->at++;
	}
	return emit(lex, t, MPY_TOK_NUMBER, sub, start);
}

/* Operators of two and three characters; 0 if it is a single one. */
static unsigned int long_operator(const struct mpy_lex *lex, uint8_t *sub)
{
	uint8_t a = peek(lex, 0), b = peek(lex, 1), c = peek(lex, 2);

	*sub = MPY_OP_AUG;
	if (a == b && (a == '*' || a == '/' || a == '<' || a == '>')) {
		if (c == '=')
			return 3;
		*sub = a == '*'	  ? MPY_OP_POW
		       : a == '/' ? MPY_OP_FLOORDIV
		       : a == '<' ? MPY_OP_LSHIFT
				  : MPY_OP_RSHIFT;
		return 2;
	}
	if (a == '<' && b == '>') {
		*sub = MPY_OP_NE;
		return 2;
	}
	if (a == '-' && b == '>') {
		*sub = MPY_OP_ARROW;
		return 2;
	}
	if (b != '=')
		return 0;
	switch (a) {
	case '=':
		*sub = MPY_OP_EQ;
		return 2;
	case '!':
		*sub = MPY_OP_NE;
		return 2;
	case '<':
		*sub = MPY_OP_LE;
		return 2;
	case '>':
		*sub = MPY_OP_GE;
		return 2;
	case ':':
		*sub = MPY_OP_WALRUS;
		return 2;
	case '+':
	case '-':
	case '*':
	case '/':
	case '%':
	case '@':
	case '&':
	case '|':
	case '^':
		return 2;
	default:
		return 0;
	}
}

/* Is the lexer in a field of an f-string, outside of brackets in it? */
static bool at_field(const struct mpy_lex *lex)
{
	unsigned int n = lex->fstrings;

	return n && lex->depth == lex->fstring[n - 1].depth +
					  lex->fstring[n - 1].level;
}

static bool step_operator(struct mpy_lex *lex, struct mpy_token *t)
{
	size_t start = lex->at;
	uint8_t c = lex->text[start], sub;
	unsigned int length;

	if (c == ':' && at_field(lex)) {
		lex->at++;
		lex->fstring[lex->fstrings - 1].text = true;
		return emit(lex, t, MPY_TOK_FSPEC, 0, start);
	}
	length = long_operator(lex, &sub);
	if (length) {
		lex->at += length;
		return emit(lex, t, MPY_TOK_OP, sub, start);
	}
	lex->at++;
	return emit(lex, t, c == '!' && !at_field(lex) ? MPY_TOK_ERROR
						       : MPY_TOK_OP,
		    c, start);
}

static inline bool step_bracket(struct mpy_lex *lex, struct mpy_token *t,
				bool open)
{
	size_t start = lex->at++;
	uint8_t c = lex->text[start];

	if (open) {
		emit(lex, t, MPY_TOK_OP, c, start);
		lex->depth++;
		return true;
	}
	if (at_field(lex)) {
		unsigned int n = lex->fstrings - 1;

		if (c != '}')
			return emit(lex, t, MPY_TOK_OP, c, start);
		lex->depth--;
		lex->fstring[n].level--;
		lex->fstring[n].text = true;
		return emit(lex, t, MPY_TOK_FCLOSE, 0, start);
	}
	if (lex->depth)
		lex->depth--;
	return emit(lex, t, MPY_TOK_OP, c, start);
}

static bool step_dot(struct mpy_lex *lex, struct mpy_token *t)
{
	size_t start = lex->at;

	if (class_of[peek(lex, 1)] == C_DIGIT)
		return step_number(lex, t);
	if (peek(lex, 1) == '.' && peek(lex, 2) == '.') {
		lex->at += 3;
		return emit(lex, t, MPY_TOK_OP, MPY_OP_ELLIPSIS, start);
	}
	lex->at++;
	return emit(lex, t, MPY_TOK_OP, '.', start);
}

/* A run of bytes that start nothing is one token. */
static bool step_error(struct mpy_lex *lex, struct mpy_token *t)
{
	size_t start = lex->at++;

	while (lex->at < lex->size && class_of[lex->text[lex->at]] == C_BAD)
		lex->at++;
	return emit(lex, t, MPY_TOK_ERROR, lex->text[start], start);
}

/* White space at the start of a line; returns its width. */
static uint32_t indentation(struct mpy_lex *lex)
{
	uint32_t column = 0;

	for (; lex->at < lex->size; lex->at++) {
		uint8_t c = lex->text[lex->at];

		if (c == ' ')
			column++;
		else if (c == '\t')
			column = (column / 8 + 1) * 8;
		else if (c == '\f')
			column = 0;
		else
			break;
	}
	return column;
}

/*
 * Does the line start with a keyword that no bracket may hold? Then an
 * earlier bracket was never closed, and the statement starts here.
 */
static bool at_statement(const struct mpy_lex *lex)
{
	size_t length = 0;

	while (length < 9 && class_of[peek(lex, length)] == C_NAME)
		length++;
	if (class_of[peek(lex, length)] != C_SPACE &&
	    class_of[peek(lex, length)] != C_LINE)
		return false;
	switch (keyword(lex->text + lex->at, length)) {
	case MPY_KW_BREAK:
	case MPY_KW_CLASS:
	case MPY_KW_CONTINUE:
	case MPY_KW_DEF:
	case MPY_KW_DEL:
	case MPY_KW_GLOBAL:
	case MPY_KW_IMPORT:
	case MPY_KW_PASS:
	case MPY_KW_RAISE:
	case MPY_KW_RETURN:
	case MPY_KW_WHILE:
	case MPY_KW_WITH:
		return true;
	default:
		return false;
	}
}

/* At the start of a line; false if no token comes of it. */
static bool step_line_start(struct mpy_lex *lex, struct mpy_token *t)
{
	uint32_t column = indentation(lex), top;
	uint8_t c = peek(lex, 0);

	if (lex->at >= lex->size || class_of[c] == C_LINE || c == '#')
		return false;
	lex->line_start = false;
	if (lex->depth && !lex->fstrings && at_statement(lex)) {
		lex->depth = 0;
		lex->line_start = true; /* indentation comes next */
		while (lex->at && lex->text[lex->at - 1] != '\n' &&
		       lex->text[lex->at - 1] != '\r')
			lex->at--;
		return emit(lex, t, MPY_TOK_NEWLINE, 0, lex->at);
	}
	if (lex->depth || lex->fstrings)
		return false;
	top = lex->indents ? lex->indent[lex->indents - 1] : 0;
	if (column > top && lex->indents < MPY_LEX_INDENTS) {
		lex->indent[lex->indents++] = column;
		return emit(lex, t, MPY_TOK_INDENT, 0, lex->at);
	}
	while (lex->indents && column < lex->indent[lex->indents - 1]) {
		lex->indents--;
		lex->dedents++;
	}
	return false;
}

static bool step_end(struct mpy_lex *lex, struct mpy_token *t)
{
	if (lex->ended)
		return false;
	if (lex->fstrings)
		return end_fstring(lex, t, lex->at);
	if (!lex->blank) {
		lex->dedents = lex->indents;
		lex->indents = 0;
		lex->depth = 0;
		return emit(lex, t, MPY_TOK_NEWLINE, 0, lex->at);
	}
	lex->dedents += lex->indents;
	lex->indents = 0;
	if (lex->dedents) {
		lex->dedents--;
		emit(lex, t, MPY_TOK_DEDENT, 0, lex->at);
		lex->blank = true;
		return true;
	}
	lex->ended = true;
	return emit(lex, t, MPY_TOK_END, 0, lex->at);
}

/* What needs no token: spaces, comments, ends of line. */
static bool step_blank(struct mpy_lex *lex, struct mpy_token *t)
{
	while (lex->at < lex->size) {
		uint8_t c;

		if (lex->line_start) {
			if (step_line_start(lex, t))
				return true;
			if (lex->at >= lex->size)
				return false;
		}
		if (lex->dedents) {
			lex->dedents--;
			emit(lex, t, MPY_TOK_DEDENT, 0, lex->at);
			lex->blank = true;
			return true;
		}
		c = lex->text[lex->at];
		if (class_of[c] > C_SLASH)
			return false;
		if (class_of[c] == C_SPACE) {
			lex->at++;
		} else if (c == '#') {
			skip_comment(lex);
		} else if (class_of[c] == C_LINE) {
			size_t start = lex->at;
			uint32_t line = lex->line;

			skip_line(lex);
			lex->line_start = true;
			if (!lex->blank && !lex->depth) {
				emit(lex, t, MPY_TOK_NEWLINE, 0, start);
				t->line = line;
				return true;
			}
		} else if (c == '\\' && class_of[peek(lex, 1)] == C_LINE) {
			lex->at++;
			skip_line(lex);
		} else {
			return false;
		}
	}
	return false;
}

static bool step(struct mpy_lex *lex, struct mpy_token *t)
{
	if (lex->fstrings && lex->fstring[lex->fstrings - 1].text &&
	    lex->at < lex->size)
		return step_ftext(lex, t);
	if (step_blank(lex, t))
		return true;
	if (lex->at >= lex->size)
		return step_end(lex, t);
	switch (class_of[lex->text[lex->at]]) {
	case C_NAME:
		return step_name(lex, t);
	case C_DIGIT:
		return step_number(lex, t);
	case C_DOT:
		return step_dot(lex, t);
	case C_QUOTE:
		return start_string(lex, t, lex->at, 0);
	case C_OPEN:
		return step_bracket(lex, t, true);
	case C_CLOSE:
		return step_bracket(lex, t, false);
	case C_OP:
		return step_operator(lex, t);
	default:
		return step_error(lex, t);
	}
}

size_t mpy_lex_next(struct mpy_lex *lex, struct mpy_token *tokens, size_t room)
{
	size_t n = 0;

	while (n < room && step(lex, &tokens[n]))
		n++;
	return n;
}

bool mpy_lex_is(const uint8_t *text, const struct mpy_token *token,
		const char *spelling)
{
	return strlen(spelling) == token->length &&
	       !memcmp(text + token->start, spelling, token->length);
}

void mpy_lex_body(const uint8_t *text, const struct mpy_token *token,
		  uint32_t *start, uint32_t *length)
{
	uint32_t from = token->start, to = token->start + token->length;
	uint32_t quotes = token->sub & MPY_STR_TRIPLE ? 3 : 1;

	if (token->kind == MPY_TOK_STRING) {
		while (from < to && class_of[text[from]] != C_QUOTE)
			from++;
		from = to - from < quotes ? to : from + quotes;
		if (!(token->sub & MPY_STR_OPEN))
			to = to - from < quotes ? from : to - quotes;
	}
	*start = from;
	*length = to - from;
}
