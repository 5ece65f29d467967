// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Decoders over constants: base64.b64decode('...'), zlib.decompress(...),
 * codecs.decode('...', 'rot13'), '...'.decode('hex'). Each gives a step, the
 * candidate of a layer.
 */
#include "convert.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "text.h"
#include "unpack.h"
#include "verdict.h"
#include "zip.h"

#define SPARE 4096 /* of a fold's memory, that unpacking leaves alone */

static const char *coding_kind(const struct known *known)
{
	switch ((enum mpy_coding)known->arg) {
	case MPY_CODE_BASE16:
		return strcmp(known->path, "base64.b16decode") ? "hex" :
								 "base16";
	case MPY_CODE_BASE32:
	case MPY_CODE_BASE32HEX:
		return "base32";
	case MPY_CODE_BASE64:
		return "base64";
	case MPY_CODE_BASE85:
	case MPY_CODE_Z85:
		return "base85";
	case MPY_CODE_ASCII85:
		return "ascii85";
	case MPY_CODE_UU:
		return "codec:uu";
	case MPY_CODE_QUOPRI:
		return "codec:quopri";
	case MPY_CODE_ROT13:
		return "rot13";
	case MPY_CODE_PERCENT:
		return "codec:percent";
	case MPY_CODE_HTML:
		return "codec:html";
	}
	return "base64";
}

/* out, made from in: its marks, its step. */
static void derive(struct mpy_fold *f, struct value *out,
		   const struct value *in, const char *kind)
{
	mpy_value_taint(out, in);
	out->how |= in->how;
	out->step = in->step;
	if (kind) {
		mpy_fold_step(f, out, in->step, kind);
		f->growth++; /* a loop over decoders is worth its rounds */
	}
}

static bool decode(struct mpy_fold *f, enum mpy_coding coding,
		   const char *kind, enum value_kind result,
		   const struct value *in, struct value *out)
{
	size_t room = mpy_decode_room(coding, in->u.s.size);
	uint8_t *data;
	ssize_t n;

	if (!mpy_budget_step(f->budget, in->u.s.size / 32))
		return false;
	data = mpy_arena_get(&f->arena, room);
	if (!data) {
		f->budget->bounds |= MPY_BOUND_DECODED;
		return false;
	}
	n = mpy_decode(coding, in->u.s.data, in->u.s.size, data);
	mpy_arena_trim(&f->arena, data, room, n > 0 ? (size_t)n : 0);
	if (n < 0 || !mpy_budget_decode(f->budget, (size_t)n))
		return false;
	mpy_value_bytes(out, result, data, (size_t)n, MPY_HOW_DECODE);
	derive(f, out, in, kind);
	return true;
}

bool mpy_codec_decode(struct mpy_fold *f, const struct known *known,
		      const struct value *in, struct value *out)
{
	bool text = (known->arg == MPY_CODE_PERCENT ||
		     known->arg == MPY_CODE_HTML) &&
		    !strstr(known->path, "_to_bytes");

	return decode(f, (enum mpy_coding)known->arg, coding_kind(known),
		      text ? V_STR : V_BYTES, in, out);
}

static enum mpy_packing by_magic(enum mpy_packing packing, const uint8_t *p,
				 size_t size)
{
	if (packing != MPY_PACK_ZLIB || size < 2)
		return packing;
	if (p[0] == 0x1f && p[1] == 0x8b)
		return MPY_PACK_GZIP;
	/* no zlib header: the caller gave negative window bits */
	if ((p[0] & 15) != 8 || (p[0] << 8 | p[1]) % 31)
		return MPY_PACK_DEFLATE;
	return packing;
}

/* So many bytes may be unpacked. */
static size_t unpack_room(const struct mpy_fold *f)
{
	size_t left = f->arena.limit > f->arena.used ?
			      f->arena.limit - f->arena.used : 0;

	left -= left < SPARE ? left : SPARE;
	return f->budget->decoded < left ? f->budget->decoded : left;
}

/* A copy in the arena, NULL if there is no room; frees data. */
static uint8_t *keep_unpacked(struct mpy_fold *f, uint8_t *data, size_t size,
			      size_t max)
{
	uint8_t *copy;

	mpy_budget_step(f->budget, size / 64);
	if (!mpy_budget_decode(f->budget, size) || size >= max)
		f->budget->bounds |= MPY_BOUND_DECODED;
	copy = mpy_arena_copy(&f->arena, data, size);
	free(data);
	if (!copy)
		f->budget->bounds |= MPY_BOUND_DECODED;
	return copy;
}

bool mpy_codec_unpack(struct mpy_fold *f, unsigned int packing,
		      const struct value *in, struct value *out)
{
	static const char *const kinds[] = { "zlib", "zlib", "gzip", "bz2",
					     "lzma" };
	enum mpy_packing real = by_magic((enum mpy_packing)packing,
					 in->u.s.data, in->u.s.size);
	size_t max = unpack_room(f), size;
	uint8_t *data, *copy;
	int r;

	r = mpy_unpack(real, in->u.s.data, in->u.s.size, max, &data, &size);
	if (r == -ENOMEM)
		f->no_memory = true;
	if (r < 0 || r == MPY_UNPACK_BAD)
		return false;
	copy = keep_unpacked(f, data, size, max);
	if (!copy)
		return false;
	mpy_value_bytes(out, V_BYTES, copy, size, MPY_HOW_UNPACK);
	derive(f, out, in, kinds[real]);
	return true;
}

bool mpy_codec_member(struct mpy_fold *f, const struct value *archive,
		      const struct value *name, struct value *out)
{
	struct mpy_zip_member *list;
	size_t size = 0, max = unpack_room(f);
	uint8_t *data = NULL;
	int n, i = 0, result = 0;

	if (archive->kind != V_BYTES || name->kind != V_STR ||
	    !mpy_budget_step(f->budget, archive->u.s.size / 64) ||
	    !mpy_zip_is(archive->u.s.data, archive->u.s.size))
		return false;
	n = mpy_zip_list(archive->u.s.data, archive->u.s.size, &list);
	if (n < 0) {
		f->no_memory = true;
		return false;
	}
	while (i < n && (list[i].name_size != name->u.s.size ||
			 memcmp(list[i].name, name->u.s.data, name->u.s.size)))
		i++;
	if (i < n)
		result = mpy_zip_member(&list[i], max, &data, &size);
	if (result == -ENOMEM)
		f->no_memory = true;
	free(list);
	if (data)
		data = keep_unpacked(f, data, size, max);
	if (!data)
		return false;
	mpy_value_bytes(out, V_BYTES, data, size, MPY_HOW_UNPACK);
	derive(f, out, archive, "zip-member");
	return true;
}

/* Bytes of one each to UTF-8. */
static bool from_latin1(struct mpy_fold *f, const struct value *in,
			struct value *out)
{
	uint8_t *data = mpy_arena_get(&f->arena, in->u.s.size * 2);
	size_t n = 0;

	if (!data)
		return false;
	for (size_t i = 0; i < in->u.s.size; i++)
		n += mpy_text_put(data + n, in->u.s.data[i]);
	mpy_value_bytes(out, V_STR, data, n, in->how);
	derive(f, out, in, NULL);
	return true;
}

static bool to_latin1(struct mpy_fold *f, bool ignore, const struct value *in,
		      struct value *out)
{
	uint8_t *data = mpy_arena_get(&f->arena, in->u.s.size);
	size_t n = 0, at = 0;

	if (!data)
		return false;
	while (at < in->u.s.size) {
		uint32_t rune;

		at += mpy_text_rune(in->u.s.data + at, in->u.s.size - at,
				    &rune);
		if (rune > 255 && !ignore)
			return false;
		if (rune < 256)
			data[n++] = (uint8_t)rune;
	}
	mpy_value_bytes(out, V_BYTES, data, n, in->how);
	derive(f, out, in, NULL);
	return true;
}

/* The other way; mark: a byte order mark goes first, as Python puts it. */
static bool to_wide(struct mpy_fold *f, size_t wide, bool big, bool mark,
		    const struct value *in, struct value *out)
{
	size_t room = (in->u.s.size + 1) * 4, n = 0, at = 0;
	uint8_t *data = mpy_arena_get(&f->arena, room);
	uint32_t rune = 0xfeff;

	if (!data)
		return false;
	for (; mark || at < in->u.s.size; mark = false) {
		uint32_t unit[2] = { 0, 0 };
		size_t units = 1;

		if (!mark)
			at += mpy_text_rune(in->u.s.data + at,
					    in->u.s.size - at, &rune);
		unit[0] = rune;
		if (wide == 2 && rune > 0xffff) {
			unit[0] = 0xd7c0 + (rune >> 10);
			unit[units++] = 0xdc00 + (rune & 0x3ff);
		}
		for (size_t k = 0; k < units * wide; k++)
			data[n++] = (uint8_t)(unit[k / wide] >>
				8 * (big ? wide - 1 - k % wide : k % wide));
	}
	mpy_arena_trim(&f->arena, data, room, n);
	mpy_budget_step(f->budget, n / 32);
	mpy_value_bytes(out, V_BYTES, data, n, in->how);
	/* what is no text in both is hidden */
	derive(f, out, in, n && !memchr(data, 0, n) ? "codec:utf-16" : NULL);
	return true;
}

/* errors="ignore": without what is no ASCII, or no UTF-8. */
static bool without_junk(struct mpy_fold *f, bool ascii,
			 const struct value *in, struct value *out)
{
	const uint8_t *p = in->u.s.data;
	uint8_t *data = mpy_arena_get(&f->arena, in->u.s.size);
	size_t n = 0, size;

	if (!data || !mpy_budget_step(f->budget, in->u.s.size / 32))
		return false;
	for (size_t at = 0; at < in->u.s.size; at += size) {
		uint32_t rune;

		size = mpy_text_rune(p + at, in->u.s.size - at, &rune);
		if (ascii ? rune > 127 : size == 1 && rune > 127)
			continue;
		memcpy(data + n, p + at, size);
		n += size;
	}
	mpy_arena_trim(&f->arena, data, in->u.s.size, n);
	mpy_value_bytes(out, V_STR, data, n, in->how | MPY_HOW_REPLACE);
	derive(f, out, in, NULL);
	return true;
}

/* UTF-16 and UTF-32 to UTF-8; wide is 2 or 4, big the byte order. */
static bool from_wide(struct mpy_fold *f, size_t wide, bool big,
		      const struct value *in, struct value *out)
{
	const uint8_t *p = in->u.s.data;
	uint8_t *data = mpy_arena_get(&f->arena, in->u.s.size * 2 + 4);
	size_t n = 0, at = 0;

	if (!data)
		return false;
	if (in->u.s.size >= 2 && ((p[0] == 0xff && p[1] == 0xfe) ||
				  (p[0] == 0xfe && p[1] == 0xff))) {
		big = p[0] == 0xfe;
		at = wide;
	}
	for (; at + wide <= in->u.s.size; at += wide) {
		uint32_t rune = 0;

		for (size_t k = 0; k < wide; k++)
			rune = rune << 8 | p[at + (big ? k : wide - 1 - k)];
		n += mpy_text_put(data + n, rune > 0x10ffff ? 0xfffd : rune);
	}
	mpy_value_bytes(out, V_STR, data, n, in->how);
	derive(f, out, in, "codec:utf-16");
	return true;
}

static bool from_utf7(struct mpy_fold *f, const struct value *in,
		      struct value *out)
{
	size_t room = in->u.s.size * 2 + 4;
	uint8_t *data = mpy_arena_get(&f->arena, room);
	size_t n;

	if (!data || !mpy_budget_step(f->budget, in->u.s.size / 32))
		return false;
	n = mpy_text_utf7(in->u.s.data, in->u.s.size, data, room);
	mpy_arena_trim(&f->arena, data, room, n);
	mpy_value_bytes(out, V_STR, data, n, MPY_HOW_DECODE);
	derive(f, out, in, "codec:utf-7");
	return true;
}

/*
 * EBCDIC as cp037, only what is ASCII of it. moved: pairs of a byte and what
 * it is in another country.
 */
static bool from_ebcdic(struct mpy_fold *f, const char *moved,
			const struct value *in, struct value *out)
{
	static const char table[192] =
		"           .<(+|&         !$*); -/         ,%_>?"
		"         `:#@'=\" abcdefghi       jklmnopqr      "
		" ~stuvwxyz      ^         []    {ABCDEFGHI      "
		"}JKLMNOPQR      \\ STUVWXYZ      0123456789";
	uint8_t *data = mpy_arena_get(&f->arena, in->u.s.size);

	if (!data || !mpy_budget_step(f->budget, in->u.s.size / 16))
		return false;
	for (size_t i = 0; i < in->u.s.size; i++) {
		uint8_t c = in->u.s.data[i];
		const char *at = moved;

		while (*at && (uint8_t)*at != c)
			at += 2;
		data[i] = *at ? (uint8_t)at[1] : c >= 64 && table[c - 64] ?
			  (uint8_t)table[c - 64] : c == 0x25 ? '\n' :
			  c == 5 ? '\t' : c == 13 ? '\r' : ' ';
	}
	mpy_value_bytes(out, V_STR, data, in->u.s.size, MPY_HOW_DECODE);
	derive(f, out, in, "codec:ebcdic");
	return true;
}

/* codecs.escape_decode(b): bytes and how many were read */
bool mpy_codec_escape(struct mpy_fold *f, const struct value *in,
		      struct value *out)
{
	uint8_t *data = mpy_arena_get(&f->arena, in->u.s.size);
	struct list *list = mpy_list_new(f);
	struct value v;

	if (!data || !list || !mpy_budget_step(f->budget, in->u.s.size / 32))
		return false;
	mpy_value_bytes(&v, V_BYTES, data,
			mpy_lex_unescape(in->u.s.data, in->u.s.size,
					 MPY_STR_BYTES, data),
			MPY_HOW_DECODE);
	derive(f, &v, in, "codec:string_escape");
	out->kind = V_LIST;
	out->u.list = list;
	if (!mpy_list_add(f, list, &v))
		return false;
	mpy_value_int(&v, (int64_t)in->u.s.size, 0);
	return mpy_list_add(f, list, &v);
}

static bool unescape(struct mpy_fold *f, const char *kind,
		     const struct value *in, struct value *out)
{
	uint8_t *data = mpy_arena_get(&f->arena, in->u.s.size);
	size_t n;

	if (!data)
		return false;
	n = mpy_lex_unescape(in->u.s.data, in->u.s.size, 0, data);
	mpy_value_bytes(out, V_STR, data, n, MPY_HOW_DECODE);
	derive(f, out, in, kind);
	return true;
}

/* The codec's name as Python normalises it: lower case, "_" for "-". */
static void normalise(const struct value *name, char *out, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < name->u.s.size && n + 1 < room; i++) {
		uint8_t c = name->u.s.data[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (c == '-' || c == '_' || c == ' ')
			continue;
		out[n++] = (char)c;
	}
	out[n] = '\0';
}

static bool is_any(const char *name, const char *list)
{
	size_t size = strlen(name);
	const char *at = list;

	while (size && (at = strstr(at, name))) {
		if ((at == list || at[-1] == ' ') &&
		    (at[size] == ' ' || !at[size]))
			return true;
		at += size;
	}
	return false;
}

static bool by_name(struct mpy_fold *f, const struct value *name, bool encode,
		    bool ignore, const struct value *in, struct value *out)
{
	char codec[24] = "utf8";

	if (name && !mpy_value_is_text(name))
		return false;
	if (name)
		normalise(name, codec, sizeof(codec));
	if (is_any(codec, "rot13"))
		return decode(f, MPY_CODE_ROT13, "rot13", V_STR, in, out);
	if (is_any(codec, "utf8 u8 utf ascii usascii utf8sig")) {
		if (!ignore)
			*out = *in;
		else if (!without_junk(f, strstr(codec, "ascii"), in, out))
			return false;
		out->kind = encode ? V_BYTES : V_STR;
		return true;
	}
	if (is_any(codec, "latin1 latin iso88591 l1 cp1252 charmap 8859"))
		return encode ? to_latin1(f, ignore, in, out) :
				from_latin1(f, in, out);
	if (encode && (!strncmp(codec, "utf16", 5) || !strcmp(codec, "u16")))
		return to_wide(f, 2, strstr(codec, "be"),
			       !strstr(codec, "e"), in, out);
	if (encode && (!strncmp(codec, "utf32", 5) || !strcmp(codec, "u32")))
		return to_wide(f, 4, strstr(codec, "be"),
			       !strstr(codec, "e"), in, out);
	if (encode)
		return false;
	if (is_any(codec, "base64 base64codec"))
		return decode(f, MPY_CODE_BASE64, "base64", V_BYTES, in, out);
	if (is_any(codec, "hex hexcodec"))
		return decode(f, MPY_CODE_BASE16, "hex", V_BYTES, in, out);
	if (is_any(codec, "uu uucodec"))
		return decode(f, MPY_CODE_UU, "codec:uu", V_BYTES, in, out);
	if (is_any(codec, "quopri quotedprintable quopricodec"))
		return decode(f, MPY_CODE_QUOPRI, "codec:quopri", V_BYTES, in,
			      out);
	if (is_any(codec, "zlib zip zlibcodec"))
		return mpy_codec_unpack(f, MPY_PACK_ZLIB, in, out);
	if (is_any(codec, "bz2 bz2codec"))
		return mpy_codec_unpack(f, MPY_PACK_BZ2, in, out);
	if (is_any(codec, "unicodeescape"))
		return unescape(f, "codec:unicode_escape", in, out);
	if (is_any(codec, "rawunicodeescape"))
		return unescape(f, "codec:raw_unicode_escape", in, out);
	if (is_any(codec, "stringescape"))
		return unescape(f, "codec:string_escape", in, out);
	if (is_any(codec, "utf7 u7"))
		return from_utf7(f, in, out);
	if (is_any(codec, "cp037 ibm037 ibm039 037 cp1140 ibm1140 1140 cp424 "
			  "ibm424 424"))
		return from_ebcdic(f, "", in, out);
	if (is_any(codec, "cp500 ibm500 500"))
		return from_ebcdic(f, "J[O!Z]_^\xbb|", in, out);
	if (is_any(codec, "cp273 ibm273 273"))
		return from_ebcdic(f, "C{O!Y~_^c[\xb5@\xbb|\xdc}\xec\\\xfc]",
				   in, out);
	if (is_any(codec, "cp875"))
		return from_ebcdic(f, "J[O!Z]_^j|", in, out);
	if (is_any(codec, "cp1026 ibm1026 1026"))
		return from_ebcdic(f, "H{O!_^h[\x8c}\x8d`\xac]\xad$\xae@"
				      "\xbb|\xcc~\xdc\\\xec#\xfc\"",
				   in, out);
	if (is_any(codec, "utf16 u16 utf16le"))
		return from_wide(f, 2, false, in, out);
	if (is_any(codec, "utf16be"))
		return from_wide(f, 2, true, in, out);
	if (is_any(codec, "utf32 u32 utf32le"))
		return from_wide(f, 4, false, in, out);
	return false;
}

bool mpy_codec_args(struct mpy_fold *f, const struct args *args,
		    unsigned int from, bool encode, const struct value *in,
		    struct value *out)
{
	static const char *const errors[] = { "errors", NULL };
	const struct value *name = NULL;
	bool ignore = false;

	for (unsigned int i = from; i < args->n; i++) {
		if (args->word[i] ? mpy_args_called(args, i, errors) :
				    i > from)
			ignore = mpy_value_equal(&args->v[i], "ignore");
		else if (!from || mpy_value_is_text(&args->v[i]))
			name = &args->v[i];
	}
	return by_name(f, name, encode, ignore, in, out);
}
