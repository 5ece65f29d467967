// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The smallest expressions: names, numbers, strings, displays in brackets,
 * lambdas.
 */
#include "convert.h"

#include <string.h>

#include "command.h"
#include "special.h"
#include "words.h"

/* ---- names --------------------------------------------------------------- */

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define PUNCT  "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

/* The constants of module string; NULL if the name is none. */
static const char *alphabet(const struct name *name)
{
	static const char *const all[][2] = {
		{ "ascii_letters", LOWER UPPER },
		{ "ascii_lowercase", LOWER },
		{ "ascii_uppercase", UPPER },
		{ "digits", DIGITS },
		{ "hexdigits", DIGITS "abcdefABCDEF" },
		{ "letters", LOWER UPPER },
		{ "lowercase", LOWER },
		{ "printable", DIGITS LOWER UPPER PUNCT " \t\n\r\x0b\x0c" },
		{ "punctuation", PUNCT },
		{ "uppercase", UPPER },
	};

	if (!name->of_string)
		return NULL;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(name->text + 7, all[i][0]))
			return all[i][1];
	return NULL;
}

void mpy_eval_named(struct value *out, const struct name *name)
{
	const char *letters = name ? alphabet(name) : NULL;
	const struct known *known = name ? name->known : NULL;

	mpy_value_unknown(out, 0, 0);
	if (!name)
		return;
	if (letters) {
		mpy_value_bytes(out, V_STR, (const uint8_t *)letters,
				strlen(letters), 0);
		return;
	}
	out->kind = V_NAME;
	out->u.name = name;
	/* a fact rather than a function: os.environ, sys.argv */
	if (known && !known->op && !known->sinks && !known->direct)
		out->marks = known->source;
}

void mpy_eval_root(struct mpy_fold *f, const char *name, size_t size,
		   struct value *out)
{
	uint64_t key = mpy_key(name, size);
	const struct value *v = mpy_var_find(f, key);

	if (v) {
		*out = *v;
		out->key = key;
		return;
	}
	if (mpy_known_find(name, size) || mpy_known_root(name, size)) {
		mpy_eval_named(out, mpy_name_get(f, NULL, name, size));
	} else {
		mpy_value_unknown(out, 0, 0);
		for (unsigned int i = 0; i < f->n_stars; i++) {
			const struct name *n = mpy_name_get(f, f->stars[i],
							    name, size);

			if (n && (n->known || alphabet(n))) {
				mpy_eval_named(out, n);
				break;
			}
		}
	}
	out->key = key;
	mpy_var_set(f, key, out);
}

void mpy_eval_name(struct mpy_fold *f, const struct mpy_token *t,
		   struct value *out)
{
	char wide[256];

	if (t->kind == MPY_TOK_NAME && (t->sub & MPY_NAME_WIDE)) {
		size_t size = mpy_lex_name(f->text, t, wide, sizeof(wide));

		mpy_eval_root(f, wide, size, out);
		return;
	}
	mpy_eval_root(f, (const char *)f->text + t->start, t->length, out);
	if (out->marks && !out->line)
		out->line = t->line;
}

void mpy_eval_assign(struct mpy_fold *f, uint64_t key, bool simple,
		     const struct value *v)
{
	const struct scope *scope = f->n_scopes ? &f->scopes[f->n_scopes - 1] :
						  NULL;
	const struct value *old = mpy_var_find(f, key);
	struct value new = *v;

	if (old)
		mpy_branch_assign(f, scope, old, &new);
	if (!simple || !scope)
		new.marks &= ~T_PARAMS;
	if (scope && scope->is_class && simple) {
		mpy_var_set(f, mpy_key_join(f->self_key, key), &new);
		mpy_var_set(f, mpy_key_join(f->cls_key, key), &new);
		mpy_var_set(f, mpy_key_join(scope->class_name, key), &new);
	}
	if (simple && (f->follow || (scope && !scope->is_class))) {
		for (unsigned int i = 0; scope && i < scope->n_globals; i++)
			if (scope->globals[i] == key)
				simple = false;
		if (simple) {
			mpy_var_assign(f, key, &new);
			return;
		}
	}
	mpy_var_set(f, key, &new);
}

void mpy_eval_attr(struct mpy_fold *f, struct value *v, const char *name,
		   size_t size, uint16_t how)
{
	const struct value *known;
	uint64_t key;

	if (v->kind == V_NAME) {
		const struct name *child = mpy_name_get(f, v->u.name, name,
							size);
		uint64_t marks = v->marks;
		uint32_t line = v->line;

		/* os.environ.copy is no longer a fact, but of one */
		how |= v->how;
		mpy_eval_named(v, child);
		v->marks |= marks & ~T_BUILTINS;
		v->line = line;
		v->how = how;
		return;
	}
	key = v->key ? mpy_key_join(v->key, mpy_key(name, size)) : 0;
	known = mpy_var_find(f, key);
	if (!known && (v->kind == V_CLASS || v->kind == V_OBJECT))
		known = mpy_var_find(f, mpy_key_join(v->u.origin,
						     mpy_key(name, size)));
	if (!known && mpy_special_attr(f, v, name, size)) {
		v->key = key;
		return;
	}
	if (known) {
		uint64_t marks = v->marks & T_SOURCES & ~T_BUILTINS;

		*v = *known;
		v->marks |= marks;
	} else {
		uint64_t marks = v->marks;
		uint32_t line = v->line;

		mpy_value_unknown(v, marks, line);
	}
	v->key = key;
}

const struct known *mpy_eval_method(struct mpy_fold *f,
				       const struct mpy_token *t)
{
	uint64_t key = mpy_key_token(f, t);
	unsigned int slot = key & 255;

	if (f->methods[slot].key != key) {
		const char *name = (const char *)f->text + t->start;
		size_t size = t->length;
		char wide[256];

		if (t->kind == MPY_TOK_NAME && (t->sub & MPY_NAME_WIDE)) {
			size = mpy_lex_name(f->text, t, wide, sizeof(wide));
			name = wide;
		}
		f->methods[slot].key = key;
		f->methods[slot].known = mpy_known_method(name, size);
	}
	return f->methods[slot].known;
}

/* ---- atoms --------------------------------------------------------------- */

static void read_number(struct mpy_fold *f, struct value *out)
{
	const struct mpy_token *t = mpy_eval_peek(f);
	const uint8_t *p = f->text + t->start;
	unsigned int base = 10, i = 0, from;
	uint64_t n = 0;

	mpy_eval_advance(f);
	mpy_value_unknown(out, 0, 0);
	if (t->sub == MPY_NUM_FLOAT)
		return;
	if (t->sub == MPY_NUM_HEX)
		base = 16;
	else if (t->sub == MPY_NUM_OCT)
		base = 8;
	else if (t->sub == MPY_NUM_BIN)
		base = 2;
	if (base != 10)
		i = t->length > 1 && p[1] >= '0' && p[1] <= '9' ? 1 : 2;
	for (from = i; i < t->length; i++) {
		unsigned int digit;

		if (p[i] == '_' || p[i] == 'l' || p[i] == 'L')
			continue;
		digit = p[i] <= '9' ? p[i] - 48u : (p[i] | 32u) - 87u;
		if (digit >= base)
			return;
		if (n > (uint64_t)INT64_MAX / base - 1) {
			mpy_big_read(f, p + from, t->length - from, base, out);
			return;
		}
		n = n * base + digit;
	}
	mpy_value_int(out, (int64_t)n, 0);
}

/* Are three or more plain characters written as escapes? */
static bool is_disguised(const uint8_t *p, size_t size)
{
	unsigned int n = 0;

	for (size_t i = 0; i + 3 < size && n < 3; i++) {
		if (p[i] != '\\')
			continue;
		if (p[i + 1] == 'x' && p[i + 2] >= '2' && p[i + 2] <= '7')
			n++;
		else if (p[i + 1] >= '0' && p[i + 1] <= '1' &&
			 p[i + 2] >= '0' && p[i + 2] <= '7')
			n++;
		i++;
	}
	return n >= 3;
}

static void read_string(struct mpy_fold *f, struct value *out)
{
	const struct mpy_token *t = mpy_eval_peek(f);
	uint32_t start = t->start, size = t->length;
	const uint8_t *body;
	uint16_t how = 0;

	if (t->kind == MPY_TOK_STRING)
		mpy_lex_body(f->text, t, &start, &size);
	mpy_eval_advance(f);
	body = f->text + start;
	if (!(t->sub & MPY_STR_RAW) && memchr(body, '\\', size)) {
		uint8_t *copy = mpy_arena_get(&f->arena, (size_t)size + 1);
		uint32_t plain = size;

		if (!copy) {
			mpy_value_unknown(out, 0, 0);
			return;
		}
		if (is_disguised(body, size))
			how = MPY_HOW_ESCAPE;
		size = (uint32_t)mpy_lex_unescape(body, size, t->sub, copy);
		mpy_arena_trim(&f->arena, copy, (size_t)plain + 1,
			       (size_t)size + 1);
		body = copy;
	}
	mpy_value_bytes(out, t->sub & MPY_STR_BYTES ? V_BYTES : V_STR, body,
			size, how);
	mpy_fold_constant(f, t->length);
	if (size > 2 && !f->unroll && !f->follow) {
		out->marks = mpy_marks_find(f, body, size, t->line);
		out->line = t->line;
		mpy_fold_string(f, out, t->line);
	}
}

/* Doubled braces of an f-string's text. */
static void undouble(struct mpy_fold *f, struct value *v)
{
	uint8_t *copy;
	size_t n = 0;

	if (!memchr(v->u.s.data, '{', v->u.s.size) &&
	    !memchr(v->u.s.data, '}', v->u.s.size))
		return;
	copy = mpy_arena_get(&f->arena, v->u.s.size);
	if (!copy)
		return;
	for (size_t i = 0; i < v->u.s.size; i++) {
		copy[n++] = v->u.s.data[i];
		if ((copy[n - 1] == '{' || copy[n - 1] == '}') &&
		    i + 1 < v->u.s.size && v->u.s.data[i + 1] == copy[n - 1])
			i++;
	}
	v->u.s.data = copy;
	v->u.s.size = n;
}

/* One piece more of a string under construction; an unknown one spoils it. */
static void add_piece(struct mpy_fold *f, struct value *out, struct value *v)
{
	uint16_t how;

	mpy_value_taint(out, v);
	if (out->kind == V_UNKNOWN) {
		out->how = mpy_command_how(out, v);
		return;
	}
	if ((v->kind == V_INT && !mpy_format_value(f, NULL, 0, v)) ||
	    !mpy_value_is_text(v) || !mpy_value_append(f, out, v)) {
		how = mpy_command_how(out, NULL);
		mpy_value_unknown(out, out->marks, out->line);
		out->how = how;
		return;
	}
	out->how |= v->how;
}

/* What is behind a field's value: a plain format or nothing is known. */
static void read_format(struct mpy_fold *f, struct value *v)
{
	const struct mpy_token *t = mpy_eval_peek(f);

	if (t->kind == MPY_TOK_FCLOSE)
		return;
	if (f->at + 3 > f->end || t->kind != MPY_TOK_FSPEC ||
	    t[1].kind != MPY_TOK_FTEXT || t[2].kind != MPY_TOK_FCLOSE ||
	    !mpy_format_value(f, f->text + t[1].start, t[1].length, v))
		mpy_value_unknown(v, v->marks, v->line);
}

static void read_format_string(struct mpy_fold *f, struct value *out)
{
	unsigned int fields = 0;
	bool text = false;

	mpy_eval_advance(f);
	mpy_value_bytes(out, V_STR, f->text, 0, 0);
	while (!mpy_eval_done(f)) {
		const struct mpy_token *t = mpy_eval_peek(f);
		struct value v;

		if (t->kind == MPY_TOK_FTEXT) {
			text = true;
			read_string(f, &v);
			if (mpy_value_is_text(&v))
				undouble(f, &v);
			add_piece(f, out, &v);
		} else if (t->kind == MPY_TOK_FOPEN) {
			mpy_eval_advance(f);
			mpy_eval_list(f, &v);
			if (!fields++)
				out->how |= MPY_HOW_CONCAT;
			read_format(f, &v);
			add_piece(f, out, &v);
			while (!mpy_eval_done(f) &&
			       mpy_eval_peek(f)->depth > t->depth)
				mpy_eval_advance(f);
			if (mpy_eval_peek(f)->kind == MPY_TOK_FCLOSE)
				mpy_eval_advance(f);
		} else {
			if (t->kind == MPY_TOK_FEND)
				mpy_eval_advance(f);
			break;
		}
	}
	if (text && fields)
		mpy_value_beside(out, 0);
}

static void read_strings(struct mpy_fold *f, struct value *out)
{
	uint32_t first = f->at;
	bool many = false;

	mpy_value_bytes(out, V_STR, f->text, 0, 0);
	while (!mpy_eval_done(f)) {
		const struct mpy_token *t = mpy_eval_peek(f);
		struct value v;

		if (t->kind == MPY_TOK_STRING)
			read_string(f, &v);
		else if (t->kind == MPY_TOK_FSTART)
			read_format_string(f, &v);
		else
			break;
		if (!many) {
			*out = v;
		} else {
			out->how |= MPY_HOW_CONCAT;
			add_piece(f, out, &v);
		}
		many = true;
	}
	if (out->how && mpy_value_is_text(out))
		mpy_fold_item(f, first, out);
}

/* A list of numbers, the quick way; false if it is something else. */
static bool read_numbers(struct mpy_fold *f, struct list *list, unsigned int end)
{
	while (mpy_eval_peek(f)->kind == MPY_TOK_NUMBER) {
		const struct mpy_token *next = mpy_eval_peek2(f);
		struct value v;

		if (next->kind != MPY_TOK_OP ||
		    (next->sub != ',' && next->sub != end))
			return false;
		read_number(f, &v);
		if (!mpy_list_add(f, list, &v))
			return false;
		if (!mpy_eval_accept(f, ','))
			break;
	}
	return mpy_eval_op(f, end);
}

/*
 * Elements up to end, the opening bracket being read; have, if not NULL, is
 * the first of them, already read with its comma. Gives a list.
 */
static void read_elements(struct mpy_fold *f, unsigned int end,
			  const struct value *have, struct value *out)
{
	struct list *list = mpy_list_new(f);
	uint64_t marks = have ? have->marks : 0;
	uint32_t line = have ? have->line : 0, n = have ? 1 : 0;
	uint32_t from = f->tokens[f->at ? f->at - 1 : 0].start;
	bool dict = false;

	if (list && have && !mpy_list_add(f, list, have))
		list = NULL;
	if (list && read_numbers(f, list, end))
		goto done;
	while (!mpy_eval_done(f) && !mpy_eval_op(f, end)) {
		uint32_t first = f->at;
		struct value v;

		mpy_eval(f, &v);
		if ((mpy_eval_kw(f, MPY_KW_FOR) ||
		     mpy_eval_kw(f, MPY_KW_ASYNC)) && !n) {
			if (mpy_loop_comprehension(f, first, out)) {
				mpy_eval_accept(f, end);
				return;
			}
			mpy_value_unknown(out, out->marks | v.marks, v.line);
			mpy_eval_accept(f, end);
			return;
		}
		if (v.marks & ~marks & T_SOURCES)
			line = v.line;
		marks |= v.marks;
		if (list && !mpy_list_add(f, list, &v))
			list = NULL;
		n++;
		if (end == '}' && mpy_eval_accept(f, ':')) {
			dict = true;
			mpy_flow_key(f, &v, mpy_eval_peek(f));
		} else if (!mpy_eval_accept(f, ',') && f->at == first) {
			mpy_eval_advance(f); /* no expression: go on */
		}
	}
done:
	mpy_fold_constant(f, f->tokens[f->at ? f->at - 1 : 0].start - from);
	mpy_eval_accept(f, end);
	mpy_value_unknown(out, marks, line);
	if (!list)
		return;
	out->kind = V_LIST;
	out->u.list = list;
	out->how = list->how;
	list->dict = dict || (end == '}' && !list->n);
}

static void read_group(struct mpy_fold *f, struct value *out)
{
	uint32_t first = f->at;
	struct list *list;

	mpy_eval_advance(f);
	if (mpy_eval_accept(f, ')')) {
		mpy_value_unknown(out, 0, 0);
		list = mpy_list_new(f);
		if (list) {
			out->kind = V_LIST;
			out->u.list = list;
		}
		return;
	}
	mpy_eval(f, out);
	if (mpy_eval_kw(f, MPY_KW_FOR) || mpy_eval_kw(f, MPY_KW_ASYNC)) {
		if (!mpy_loop_comprehension(f, first + 1, out))
			mpy_value_unknown(out, out->marks, out->line);
		mpy_eval_accept(f, ')');
		return;
	}
	if (mpy_eval_accept(f, ',')) {
		struct value have = *out;

		read_elements(f, ')', &have, out);
		return;
	}
	while (!mpy_eval_done(f) && !mpy_eval_op(f, ')')) {
		struct value more; /* no expression: what can be read */
		uint32_t before = f->at;

		mpy_eval(f, &more);
		mpy_value_taint(out, &more);
		if (f->at == before)
			mpy_eval_advance(f);
	}
	mpy_eval_accept(f, ')');
	if (out->how && mpy_value_is_text(out))
		mpy_fold_item(f, first, out);
}

static void keep_default(struct mpy_fold *f, struct code *code,
			 const struct value *v)
{
	if (code->n_params >= PARAMS)
		return;
	if (!code->defaults) {
		code->defaults = mpy_arena_get(&f->arena,
					       PARAMS *
					       sizeof(*code->defaults));
		if (!code->defaults)
			return;
		for (unsigned int i = 0; i < PARAMS; i++)
			mpy_value_unknown(&code->defaults[i], 0, 0);
	}
	code->defaults[code->n_params] = *v;
}

void mpy_eval_params(struct mpy_fold *f, struct code *code)
{
	uint16_t depth = mpy_eval_peek(f)->depth;

	while (!mpy_eval_done(f)) {
		const struct mpy_token *t = mpy_eval_peek(f);
		struct value v;
		uint64_t key;

		if (t->depth < depth || t->kind == MPY_TOK_NEWLINE ||
		    (t->kind == MPY_TOK_OP && t->depth == depth &&
		     (t->sub == ':' || t->sub == ')')))
			return;
		mpy_eval_advance(f);
		if (t->kind != MPY_TOK_NAME)
			continue;
		key = mpy_key_token(f, t);
		mpy_value_unknown(&v, 0, t->line);
		if (code->n_params < 4)
			v.marks = T_PARAM(code->n_params);
		mpy_define_param(f, code, t, &v);
		if (mpy_eval_op(f, ':') && !code->lambda) {
			mpy_eval_advance(f); /* annotation */
			mpy_eval_skip(f);
		}
		if (mpy_eval_accept(f, '=')) {
			struct value def;

			mpy_eval(f, &def);
			if (def.kind == V_NAME || mpy_value_is_const(&def)) {
				keep_default(f, code, &def);
				def.marks |= v.marks;
				v = def;
			}
		}
		v.key = key;
		if (!code->n_params)
			code->method = code->inside ||
				       (!code->lambda &&
					(key == f->self_key ||
					 key == f->cls_key));
		if (code->n_params < PARAMS)
			code->params[code->n_params++] = key;
		mpy_var_local(f, key, &v);
		if (!mpy_eval_accept(f, ','))
			continue;
	}
}

static void read_lambda(struct mpy_fold *f, struct value *out)
{
	struct code *code = mpy_arena_get(&f->arena, sizeof(*code));
	struct code *outer = f->lambda;
	uint32_t undo = f->n_undo;
	struct value v;

	mpy_eval_advance(f);
	mpy_value_unknown(out, 0, 0);
	if (!code)
		return;
	memset(code, 0, sizeof(*code));
	f->lambda = code;
	code->lambda = true;
	code->piece = f->piece;
	mpy_eval_params(f, code);
	mpy_eval_accept(f, ':');
	code->first = f->at;
	mpy_eval(f, &v);
	code->last = f->at;
	code->result = v.marks & ~T_PARAMS;
	code->result_line = v.line;
	mpy_var_undo(f, undo);
	f->lambda = outer;
	out->kind = V_CODE;
	out->u.code = code;
	out->marks = v.marks & ~T_PARAMS;
	out->line = v.line;
}

static void read_keyword(struct mpy_fold *f, const struct mpy_token *t,
			 struct value *out)
{
	mpy_value_unknown(out, 0, 0);
	switch (t->sub) {
	case MPY_KW_NONE:
		out->kind = V_NONE;
		break;
	case MPY_KW_TRUE:
	case MPY_KW_FALSE:
		mpy_value_int(out, t->sub == MPY_KW_TRUE, 0);
		break;
	case MPY_KW_LAMBDA:
		read_lambda(f, out);
		return;
	case MPY_KW_YIELD:
		mpy_define_yield(f, out);
		return;
	default:
		return; /* no expression: stands still */
	}
	mpy_eval_advance(f);
}

void mpy_eval_atom(struct mpy_fold *f, struct value *out)
{
	const struct mpy_token *t = mpy_eval_peek(f);

	switch (t->kind) {
	case MPY_TOK_NAME:
		mpy_eval_advance(f);
		if (mpy_eval_accept(f, MPY_OP_WALRUS)) {
			mpy_eval(f, out);
			mpy_eval_assign(f, mpy_key_token(f, t), true, out);
			return;
		}
		mpy_eval_name(f, t, out);
		return;
	case MPY_TOK_NUMBER:
		read_number(f, out);
		return;
	case MPY_TOK_STRING:
	case MPY_TOK_FSTART:
		read_strings(f, out);
		return;
	case MPY_TOK_KEYWORD:
		read_keyword(f, t, out);
		return;
	case MPY_TOK_OP:
		if (t->sub == '(') {
			read_group(f, out);
			return;
		}
		if (t->sub == '[' || t->sub == '{') {
			mpy_eval_advance(f);
			read_elements(f, t->sub == '[' ? ']' : '}', NULL, out);
			return;
		}
		break;
	default:
		break;
	}
	mpy_value_unknown(out, 0, 0);
	if (t->kind == MPY_TOK_ERROR || t->kind == MPY_TOK_FTEXT ||
	    (t->kind == MPY_TOK_OP && t->sub == MPY_OP_ELLIPSIS))
		mpy_eval_advance(f);
}
