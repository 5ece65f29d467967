/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lex.h - one pass over Python text of any age (2.7 to 3.14) into flat
 * tokens. It never fails: what is no Python becomes MPY_TOK_ERROR or an
 * unended string. It never allocates: the state is a fixed struct and the
 * tokens go to the caller's array, piece by piece if need be.
 */
#ifndef MPY_JUDGE_LEX_H
#define MPY_JUDGE_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Comments and blank lines give no tokens. An f-string f"a{b!r:>{w}}c" is
 *   FSTART f"  FTEXT a  FOPEN {  NAME b  OP !  NAME r  FSPEC :  FTEXT >
 *   FOPEN {  NAME w  FCLOSE }  FCLOSE }  FTEXT c  FEND "
 * (t-strings likewise). FTEXT is raw: doubled braces and escapes are as
 * written. Every other string literal is one STRING, prefix and quotes
 * included; neighbouring literals are separate tokens.
 */
enum mpy_tok {
	MPY_TOK_END, /* one at the end of the text, length 0 */
	MPY_TOK_NEWLINE,
	MPY_TOK_INDENT, /* length 0, before the first token of a block */
	MPY_TOK_DEDENT, /* length 0, one for each block that ends */
	MPY_TOK_NAME,
	MPY_TOK_KEYWORD, /* sub: enum mpy_kw */
	MPY_TOK_NUMBER,	 /* sub: enum mpy_num */
	MPY_TOK_STRING,	 /* sub: MPY_STR_* flags */
	MPY_TOK_FSTART,	 /* sub: MPY_STR_* flags; prefix and quotes */
	MPY_TOK_FTEXT,	 /* sub: the flags of its FSTART */
	MPY_TOK_FOPEN,
	MPY_TOK_FSPEC,
	MPY_TOK_FCLOSE,
	MPY_TOK_FEND, /* length 0 if the string is not ended */
	MPY_TOK_OP,   /* sub: the character, or enum mpy_op if longer */
	MPY_TOK_ERROR /* a byte that starts no token: $ ? NUL ... */
};

/* Flags of strings. */
#define MPY_STR_BYTES	0x01
#define MPY_STR_RAW	0x02
#define MPY_STR_FORMAT	0x04 /* f */
#define MPY_STR_TEMPLATE 0x08 /* t */
#define MPY_STR_UNICODE 0x10 /* u */
#define MPY_STR_TRIPLE	0x20
#define MPY_STR_OPEN	0x40 /* not ended */

/* Flag of MPY_TOK_NAME: has bytes >= 0x80, read it by mpy_lex_name(). */
#define MPY_NAME_WIDE 0x01

enum mpy_num { MPY_NUM_INT, MPY_NUM_HEX, MPY_NUM_OCT, MPY_NUM_BIN, MPY_NUM_FLOAT };

/* Operators longer than one character. */
enum mpy_op {
	MPY_OP_POW = 128, /* ** */
	MPY_OP_FLOORDIV,  /* // */
	MPY_OP_LSHIFT,	  /* << */
	MPY_OP_RSHIFT,	  /* >> */
	MPY_OP_EQ,	  /* == */
	MPY_OP_NE,	  /* != and <> */
	MPY_OP_LE,	  /* <= */
	MPY_OP_GE,	  /* >= */
	MPY_OP_ARROW,	  /* -> */
	MPY_OP_WALRUS,	  /* := */
	MPY_OP_ELLIPSIS,  /* ... */
	MPY_OP_AUG	  /* += -= *= /= //= %= @= &= |= ^= >>= <<= **= */
};

/* match, case, type, print, exec, async's kin are plain names: they may be. */
enum mpy_kw {
	MPY_KW_AND,
	MPY_KW_AS,
	MPY_KW_ASSERT,
	MPY_KW_ASYNC,
	MPY_KW_AWAIT,
	MPY_KW_BREAK,
	MPY_KW_CLASS,
	MPY_KW_CONTINUE,
	MPY_KW_DEF,
	MPY_KW_DEL,
	MPY_KW_ELIF,
	MPY_KW_ELSE,
	MPY_KW_EXCEPT,
	MPY_KW_FALSE,
	MPY_KW_FINALLY,
	MPY_KW_FOR,
	MPY_KW_FROM,
	MPY_KW_GLOBAL,
	MPY_KW_IF,
	MPY_KW_IMPORT,
	MPY_KW_IN,
	MPY_KW_IS,
	MPY_KW_LAMBDA,
	MPY_KW_NONE,
	MPY_KW_NONLOCAL,
	MPY_KW_NOT,
	MPY_KW_OR,
	MPY_KW_PASS,
	MPY_KW_RAISE,
	MPY_KW_RETURN,
	MPY_KW_TRUE,
	MPY_KW_TRY,
	MPY_KW_WHILE,
	MPY_KW_WITH,
	MPY_KW_YIELD,
	MPY_KW_COUNT
};

struct mpy_token {
	uint32_t start; /* offset of the first byte in the text */
	uint32_t length;
	uint32_t line;	/* of the first byte, from 1 */
	uint16_t depth; /* open ( [ { around it, an opener not counted */
	uint8_t kind;	/* enum mpy_tok */
	uint8_t sub;
};

#define MPY_LEX_INDENTS 100 /* deeper blocks are not told apart */
#define MPY_LEX_FSTRINGS 32 /* deeper f-strings are plain strings */

/* The lexer's state; only lex.c looks inside. */
struct mpy_lex {
	const uint8_t *text;
	size_t size;
	size_t at;
	uint32_t line;
	uint32_t depth;
	unsigned int indents;
	unsigned int dedents; /* DEDENT tokens still to give */
	unsigned int fstrings;
	bool line_start;
	bool blank; /* no token since the last NEWLINE */
	bool ended;
	uint32_t indent[MPY_LEX_INDENTS];
	struct {
		uint32_t depth; /* around the f-string */
		uint32_t level; /* fields open in it */
		uint8_t quote;
		uint8_t flags;
		bool text; /* in text or a format specification */
	} fstring[MPY_LEX_FSTRINGS];
};

/* size is at most MPY_TEXT_MAX. text must outlive lex. */
void mpy_lex_start(struct mpy_lex *lex, const uint8_t *text, size_t size);

/*
 * Gives up to room tokens; the next call goes on behind them. The last one
 * of all is MPY_TOK_END, after it 0 is returned. room > 0.
 */
size_t mpy_lex_next(struct mpy_lex *lex, struct mpy_token *tokens, size_t room);

/* Is the token spelled exactly so? */
bool mpy_lex_is(const uint8_t *text, const struct mpy_token *token,
		const char *spelling);

/*
 * The name as Python compares it (PEP 3131: wide and mathematical letters are
 * the plain ones) into out[0..room), not NUL-terminated; returns its length,
 * cut at room.
 */
size_t mpy_lex_name(const uint8_t *text, const struct mpy_token *token,
		    char *out, size_t room);

/* Span of a string's contents, without prefix and quotes. */
void mpy_lex_body(const uint8_t *text, const struct mpy_token *token,
		  uint32_t *start, uint32_t *length);

/*
 * Decodes the escapes of a string's contents from text[0..size) to out, which
 * has room for size bytes (the result is never longer, \N{...} stays as it
 * is). flags are MPY_STR_*; a bytes literal gives bytes, any other UTF-8.
 * Returns the length.
 */
size_t mpy_lex_unescape(const uint8_t *text, size_t size, unsigned int flags,
			uint8_t *out);

#endif
