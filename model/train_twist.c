// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * train_twist.c - the obfuscator of the training side. Deterministic: the
 * seed decides everything.
 */
#include "train_twist.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/lex.h"

#define TOKENS_MAX (64u << 10)

struct buffer {
	uint8_t *p;
	size_t size, room;
	bool failed;
};

static void put(struct buffer *b, const void *data, size_t size)
{
	if (b->failed || !size)
		return;
	if (b->size + size > b->room) {
		size_t room = (b->size + size) * 2 + 1024;
		uint8_t *p = realloc(b->p, room);

		if (!p) {
			b->failed = true;
			return;
		}
		b->p = p;
		b->room = room;
	}
	memcpy(b->p + b->size, data, size);
	b->size += size;
}

static void __attribute__((format(printf, 2, 3)))
say(struct buffer *b, const char *format, ...)
{
	char text[256];
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	put(b, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

static int give(struct buffer *b, uint8_t **out, size_t *size)
{
	if (b->failed) {
		free(b->p);
		return -ENOMEM;
	}
	*out = b->p;
	*size = b->size;
	return 0;
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* ---- packing ------------------------------------------------------------- */

static void put_base64(struct buffer *b, const uint8_t *p, size_t size)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs"
				  "tuvwxyz0123456789+/";
	size_t i;

	for (i = 0; i < size; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;
		char four[4];

		if (i + 1 < size)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < size)
			v |= p[i + 2];
		four[0] = set[v >> 18];
		four[1] = set[v >> 12 & 63];
		four[2] = i + 1 < size ? set[v >> 6 & 63] : '=';
		four[3] = i + 2 < size ? set[v & 63] : '=';
		put(b, four, 4);
	}
}

static void put_digits(struct buffer *b, const char *before, const uint8_t *p,
		       size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		say(b, "%s%02x", before, p[i]);
}

static void put_hex(struct buffer *b, const uint8_t *p, size_t size)
{
	put_digits(b, "", p, size);
}

static void put_escapes(struct buffer *b, const uint8_t *p, size_t size)
{
	put_digits(b, "\\x", p, size);
}

static void put_numbers(struct buffer *b, const uint8_t *p, size_t size,
			unsigned int key)
{
	size_t i;

	for (i = 0; i < size; i++)
		say(b, i ? ",%u" : "%u", p[i] ^ key);
}

static void put_codes(struct buffer *b, const uint8_t *p, size_t size)
{
	put_numbers(b, p, size, 0);
}

static void put_text(struct buffer *b, const uint8_t *p, size_t size)
{
	put(b, p, size);
}

static void reverse(struct buffer *b, size_t from)
{
	size_t to = b->size;

	while (from + 1 < to) {
		uint8_t c = b->p[from];

		b->p[from++] = b->p[--to];
		b->p[to] = c;
	}
}

static void put_reversed(struct buffer *b, const uint8_t *p, size_t size)
{
	size_t from = b->size;

	put(b, p, size);
	reverse(b, from);
}

static void put_base64_reversed(struct buffer *b, const uint8_t *p, size_t size)
{
	size_t from = b->size;

	put_base64(b, p, size);
	reverse(b, from);
}

/* A zlib stream without compression: stored blocks. */
static void put_zlib(struct buffer *b, const uint8_t *p, size_t size)
{
	uint32_t low = 1, high = 0;
	size_t i, n;
	uint8_t head[5];

	put(b, "\x78\x01", 2);
	for (i = 0; i < size; i++) {
		low = (low + p[i]) % 65521;
		high = (high + low) % 65521;
	}
	for (i = 0; i < size || !i; i += n) {
		n = size - i < 65535 ? size - i : 65535;
		head[0] = i + n == size;
		head[1] = (uint8_t)n;
		head[2] = (uint8_t)(n >> 8);
		head[3] = (uint8_t)~head[1];
		head[4] = (uint8_t)~head[2];
		put(b, head, 5);
		put(b, p + i, n);
		if (!n)
			break;
	}
	head[0] = (uint8_t)(high >> 8);
	head[1] = (uint8_t)high;
	head[2] = (uint8_t)(low >> 8);
	head[3] = (uint8_t)low;
	put(b, head, 4);
}

static void put_zlib_base64(struct buffer *b, const uint8_t *p, size_t size)
{
	struct buffer z = { 0 };

	put_zlib(&z, p, size);
	if (z.failed)
		b->failed = true;
	else
		put_base64(b, z.p, z.size);
	free(z.p);
}

static void put_zlib_base64_reversed(struct buffer *b, const uint8_t *p,
				     size_t size)
{
	size_t from = b->size;

	put_zlib_base64(b, p, size);
	reverse(b, from);
}

/* Bytes written in some way, in the code that makes them what they were. */
struct form {
	const char *before;
	void (*put)(struct buffer *b, const uint8_t *p, size_t size);
	const char *after;
};

static void put_form(struct buffer *b, const struct form *form,
		     const uint8_t *p, size_t size)
{
	say(b, "%s", form->before);
	form->put(b, p, size);
	say(b, "%s", form->after);
}

static const struct form packings[] = {
	{ "import base64\nexec(base64.b64decode('", put_base64, "'))\n" },
	{ "import base64, zlib\n"
	  "exec(zlib.decompress(base64.b64decode(b'",
	  put_zlib_base64, "')))\n" },
	{ "exec(bytes.fromhex('", put_hex, "').decode())\n" },
	{ "exec(__import__('base64').b64decode('", put_base64_reversed,
	  "'[::-1]).decode('utf-8'))\n" },
	{ "_ = lambda __ : __import__('zlib').decompress("
	  "__import__('base64').b64decode(__[::-1]));exec((_)(b'",
	  put_zlib_base64_reversed, "'))\n" },
	{ "exec(''.join(chr(c) for c in [", put_codes, "]))\n" },
	{ "from base64 import b64decode as d\ne = exec\ne(compile(d('",
	  put_base64, "'), '<string>', 'exec'))\n" },
	{ NULL, NULL, NULL }, /* with a key: mpy_twist_pack() writes it */
	{ "exec(\"", put_escapes, "\")\n" },
	{ "#!/usr/bin/env python\nimport sys, base64, zlib\n"
	  "source = \"\"\"",
	  put_zlib_base64,
	  "\"\"\"\nif __name__ == '__main__':\n"
	  "    source = zlib.decompress(base64.b64decode(source.encode()))\n"
	  "    exec(compile(source, 'packed', 'exec'))\n" },
};

#define PACKINGS (sizeof(packings) / sizeof(packings[0]))

int mpy_twist_pack(const uint8_t *data, size_t size, uint32_t seed,
		   uint8_t **out, size_t *out_size)
{
	struct buffer b = { 0 };
	unsigned int key = next(&seed) % 200 + 1;
	const struct form *form = &packings[next(&seed) % PACKINGS];

	if (form->put) {
		put_form(&b, form, data, size);
	} else {
		say(&b, "k = %u\ndata = [", key);
		put_numbers(&b, data, size, key);
		say(&b, "]\nexec(bytes([c ^ k for c in data]).decode())\n");
	}
	return give(&b, out, out_size);
}

/* ---- blurring ------------------------------------------------------------ */

/* Names that a renamer leaves alone: keywords apart, what is built in. */
static bool is_builtin(const uint8_t *text, const struct mpy_token *t)
{
	static const char *const names[] = {
		"abs",	  "all",    "any",     "bool",	  "bytes",   "bytearray",
		"chr",	  "compile", "delattr", "dict",	  "dir",     "enumerate",
		"eval",	  "exec",   "exit",    "filter",  "float",   "format",
		"getattr", "globals", "hasattr", "hash",  "hex",     "id",
		"input",  "int",    "isinstance", "iter", "len",     "list",
		"locals", "map",    "max",     "min",	  "next",    "object",
		"open",	  "ord",    "print",   "property", "range",  "repr",
		"reversed", "round", "set",    "setattr", "sorted",  "staticmethod",
		"str",	  "sum",    "super",   "tuple",	  "type",    "vars",
		"zip",	  "self",   "Exception", "__import__", "__name__",
		"__file__", "ValueError", "KeyError", "OSError", "unicode",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (mpy_lex_is(text, t, names[i]))
			return true;
	return false;
}

struct blur {
	const uint8_t *text;
	struct mpy_token *tokens;
	size_t n;
	uint32_t seed;
	uint32_t salt;
	unsigned int style;
	bool in_import;
	bool attributes; /* getattr() for calls */
	bool imports;	 /* __import__() for import */
	unsigned int form; /* of all strings */
};

static bool is_op(const struct blur *b, size_t i, uint8_t op)
{
	return i < b->n && b->tokens[i].kind == MPY_TOK_OP &&
	       b->tokens[i].sub == op;
}

/* A name of the program's own: no attribute, keyword argument or import. */
static bool may_rename(const struct blur *b, size_t i)
{
	if (b->in_import || b->style == 4 || (i && is_op(b, i - 1, '.')) ||
	    is_builtin(b->text, &b->tokens[i]))
		return false;
	if (is_op(b, i + 1, '=') && b->tokens[i].depth)
		return false;
	return !is_op(b, i + 1, '.'); /* most likely a module */
}

static void put_name(struct buffer *out, const struct blur *b,
		     const struct mpy_token *t)
{
	uint32_t h = b->salt;
	unsigned int i;

	for (i = 0; i < t->length; i++)
		h = (h ^ b->text[t->start + i]) * 0x01000193u;
	switch (b->style) {
	case 0:
		say(out, "_0x%06x", h & 0xffffff);
		break;
	case 1:
		for (i = 0; i < 12; i++)
			say(out, "%c", "IlO1"[i ? h >> i * 2 & 3 : h & 1]);
		break;
	case 2:
		for (i = 0; i < 8; i++, h = h * 1664525u + 12345)
			say(out, "%c", 'a' + (int)((h >> 20) % 26));
		break;
	default:
		say(out, "v%u", h % 1000);
		break;
	}
}

static bool is_plain_string(const struct blur *b, const struct mpy_token *t,
			    uint32_t *start, uint32_t *length)
{
	uint32_t i;

	mpy_lex_body(b->text, t, start, length);
	if (!*length || *length > 200 || t->sub)
		return false;
	for (i = 0; i < *length; i++)
		if (b->text[*start + i] < 0x20 || b->text[*start + i] > 0x7e ||
		    b->text[*start + i] == '\\' ||
		    b->text[*start + i] == '\'' || b->text[*start + i] == '"')
			return false;
	return true;
}

/* ''.join(['ab', 'cd', ...]) */
static void put_list(struct buffer *out, const uint8_t *p, size_t length)
{
	size_t i, n = length / 8 + 1;

	say(out, "''.join([");
	for (i = 0; i < length; i += n) {
		say(out, i ? ", '" : "'");
		put(out, p + i, length - i < n ? length - i : n);
		say(out, "'");
	}
	say(out, "])");
}

static void put_rot13(struct buffer *out, const uint8_t *p, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		uint8_t low = p[i] | 0x20;
		int by = low < 'a' || low > 'z' ? 0 : low <= 'm' ? 13 : -13;
		uint8_t c = (uint8_t)(p[i] + by);

		put(out, &c, 1);
	}
}

/* 'ab' + 'cd' */
static void put_split(struct buffer *out, const uint8_t *p, size_t length)
{
	size_t half = length / 2;

	say(out, "'");
	put(out, p, half);
	say(out, "' + '");
	put(out, p + half, length - half);
	say(out, "'");
}

/* With something in the middle that is taken out again. */
static void put_marked(struct buffer *out, const uint8_t *p, size_t length)
{
	size_t half = length / 2;

	put(out, p, half);
	say(out, "QZ");
	put(out, p + half, length - half);
}

static const struct form spellings[] = {
	{ "'", put_escapes, "'" },
	{ "(", put_split, ")" },
	{ "''.join(map(chr, [", put_codes, "]))" },
	{ "'", put_reversed, "'[::-1]" },
	{ "bytes.fromhex('", put_hex, "').decode()" },
	{ "__import__('base64').b64decode('", put_base64, "').decode()" },
	{ NULL, NULL, NULL }, /* with a key: put_string() writes it */
	{ "", put_list, "" },
	{ "'", put_marked, "'.replace('QZ', '')" },
	{ "(lambda: '", put_text, "')()" },
	{ "_d('", put_base64, "')" },
	{ "bytes([", put_codes, "]).decode()" },
	{ "__import__('codecs').decode('", put_rot13, "', 'rot13')" },
};

#define SPELLINGS (sizeof(spellings) / sizeof(spellings[0]))
/* The strings of a program are all written in one form, or each in any: */
#define PLAIN	  SPELLINGS /* as it was */
#define ANY	  (SPELLINGS + 1)

static void put_string(struct buffer *out, struct blur *b,
		       const struct mpy_token *t)
{
	unsigned int form = b->form, key;
	uint32_t start, length;

	if (!is_plain_string(b, t, &start, &length)) {
		put(out, b->text + t->start, t->length);
		return;
	}
	if (form >= ANY)
		form = next(&b->seed) % ANY;
	if (form == PLAIN) {
		put(out, b->text + t->start, t->length);
	} else if (spellings[form].put) {
		put_form(out, &spellings[form], b->text + start, length);
	} else {
		key = next(&b->seed) % 31 + 1;
		say(out, "''.join(chr(c ^ %u) for c in [", key);
		put_numbers(out, b->text + start, length, key);
		say(out, "])");
	}
}

static bool is_name(const struct blur *b, size_t i)
{
	return i < b->n && b->tokens[i].kind == MPY_TOK_NAME;
}

/*
 * os.system(x) as getattr(os, 'sys' + 'tem')(x), os.path.join(x) the same
 * way. How many tokens were taken; 0: it is none.
 */
static size_t put_attribute(struct buffer *out, struct blur *b, size_t i)
{
	const struct mpy_token *t = &b->tokens[i], *last;
	size_t end = i;

	if (!b->attributes || b->in_import || !is_name(b, i) ||
	    (i && is_op(b, i - 1, '.')))
		return 0;
	while (is_op(b, end + 1, '.') && is_name(b, end + 2))
		end += 2;
	if (end == i || !is_op(b, end + 1, '('))
		return 0;
	last = &b->tokens[end];
	say(out, "getattr(");
	put(out, b->text + t->start,
	    b->tokens[end - 2].start + b->tokens[end - 2].length - t->start);
	say(out, ", ");
	put_split(out, b->text + last->start, last->length);
	say(out, ")");
	return end - i + 1;
}

/* "import os" as "os = __import__('o' + 's')" */
static size_t put_import(struct buffer *out, struct blur *b, size_t i)
{
	const struct mpy_token *name = &b->tokens[i + 1];

	if (!b->imports || b->tokens[i].kind != MPY_TOK_KEYWORD ||
	    b->tokens[i].sub != MPY_KW_IMPORT || !is_name(b, i + 1) ||
	    i + 2 >= b->n || b->tokens[i + 2].kind != MPY_TOK_NEWLINE ||
	    (i && b->tokens[i - 1].kind != MPY_TOK_NEWLINE))
		return 0;
	put(out, b->text + name->start, name->length);
	say(out, " = __import__(");
	put_split(out, b->text + name->start, name->length);
	say(out, ")");
	return 2;
}

static void blur_token(struct buffer *out, struct blur *b, size_t i)
{
	const struct mpy_token *t = &b->tokens[i];

	if (t->kind == MPY_TOK_NEWLINE || (t->kind == MPY_TOK_OP &&
					   t->sub == ';'))
		b->in_import = false;
	if (t->kind == MPY_TOK_KEYWORD &&
	    (t->sub == MPY_KW_IMPORT || t->sub == MPY_KW_FROM))
		b->in_import = true;
	if (t->kind == MPY_TOK_NAME && may_rename(b, i))
		put_name(out, b, t);
	else if (t->kind == MPY_TOK_STRING && !b->in_import)
		put_string(out, b, t);
	else
		put(out, b->text + t->start, t->length);
}

int mpy_twist_blur(const uint8_t *data, size_t size, uint32_t seed,
		   uint8_t **out, size_t *out_size)
{
	struct blur b = { .text = data, .seed = seed };
	struct buffer buffer = { 0 };
	struct mpy_lex lex;
	size_t i, at = 0, taken;

	b.tokens = malloc(TOKENS_MAX * sizeof(*b.tokens));
	if (!b.tokens)
		return -ENOMEM;
	b.salt = next(&b.seed);
	say(&buffer, "import base64\n_d = lambda s: base64.b64decode(s)"
		     ".decode()\n");
	b.style = next(&b.seed) % 5;
	b.attributes = next(&b.seed) % 2;
	b.imports = next(&b.seed) % 2;
	b.form = next(&b.seed) % (2 * ANY);
	mpy_lex_start(&lex, data, size);
	b.n = mpy_lex_next(&lex, b.tokens, TOKENS_MAX);
	for (i = 0; i < b.n; i++) {
		const struct mpy_token *t = &b.tokens[i];

		/* white space and comments between tokens stay */
		put(&buffer, data + at, t->start - at);
		taken = put_import(&buffer, &b, i);
		if (!taken)
			taken = put_attribute(&buffer, &b, i);
		if (taken) {
			i += taken - 1;
			t = &b.tokens[i];
		} else {
			blur_token(&buffer, &b, i);
		}
		at = t->start + t->length;
	}
	free(b.tokens);
	return give(&buffer, out, out_size);
}
