// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls: what is called, what it computes from constants, and what remains
 * known of the result if it cannot be computed.
 */
#include "convert.h"
#include "later.h"

#include <string.h>

#include "pattern.h"
#include "pickle.h"
#include "special.h"
#include "verdict.h"
#include "words.h"

#define EVAL_FEW    64	 /* tokens of a constant that eval() is given, mostly */
#define EVAL_TOKENS 4096 /* at most */
#define EVALS 3 /* eval() in eval() */
#define MODULE_MAX 600 /* bytes of a module's name */
#define PATH_ROOM 256 /* bytes of joined paths that are looked at */

const struct value *mpy_apply_text(const struct args *args, unsigned int i)
{
	if (i >= args->n || !mpy_value_is_text(&args->v[i]))
		return NULL;
	return &args->v[i];
}

void mpy_apply_one(struct mpy_fold *f, const struct value *callee,
		   const struct value *a, const struct value *b,
		   struct value *out)
{
	struct args args; /* large: only what is used is set */

	args.n = 1;
	args.marks = a->marks;
	args.line = a->line;
	args.all = false;
	args.more = NULL;
	args.v[0] = *a;
	args.word[0] = 0;
	if (b) {
		args.v[1] = *b;
		args.word[1] = 0;
		args.marks |= b->marks;
		args.n = 2;
	}
	/* callees may be nested in data */
	if (f->depth >= MPY_FOLD_DEPTH) {
		f->budget->bounds |= MPY_BOUND_DEPTH;
		mpy_value_unknown(out, args.marks, args.line);
		return;
	}
	f->depth++;
	f->unroll++;
	mpy_apply(f, callee, NULL, NULL, &args, f->at, out);
	f->unroll--;
	f->depth--;
}

/* "chr", "xor"... for a string made of single characters. */
void mpy_apply_made(struct mpy_fold *f, struct value *v, uint32_t parent)
{
	const char *kind = NULL;

	v->step = parent;
	if (f->unroll || v->u.s.size < 16)
		return;
	if (v->how & MPY_HOW_XOR)
		kind = "xor";
	else if (v->how & MPY_HOW_CHR)
		kind = "chr";
	else if (v->how & MPY_HOW_REVERSE)
		kind = "reversed";
	if (kind)
		mpy_fold_step(f, v, parent, kind);
}

static void apply_getattr(struct mpy_fold *f, const struct args *args,
			  struct value *out)
{
	const struct value *name = mpy_apply_text(args, 1);
	struct bound *bound;

	if (!name || name->u.s.size > 200)
		return;
	*out = args->v[0];
	mpy_eval_attr(f, out, (const char *)name->u.s.data, name->u.s.size,
		      MPY_HOW_GETATTR);
	out->how |= name->how | MPY_HOW_GETATTR;
	if (out->kind != V_UNKNOWN)
		return;
	bound = mpy_arena_get(&f->arena, sizeof(*bound));
	if (!bound)
		return;
	bound->self = args->v[0];
	bound->method = mpy_known_method((const char *)name->u.s.data,
					 name->u.s.size);
	if (!bound->method)
		return;
	out->kind = V_BOUND;
	out->u.bound = bound;
}

static void apply_import(struct mpy_fold *f, const struct known *known,
			 const struct args *args, struct value *out)
{
	const struct value *name = mpy_apply_text(args, 0);
	const struct name *at;
	const char *p, *dot;
	size_t size, first;

	if (!name || name->u.s.size > MODULE_MAX)
		return;
	p = (const char *)name->u.s.data;
	size = name->u.s.size;
	dot = memchr(p, '.', size);
	first = dot ? (size_t)(dot - p) : size;
	/* __import__('a.b') gives a unless there is a fromlist */
	at = mpy_name_dotted(f, NULL, p,
			     *known->path == '_' && args->n < 4 ? first : size);
	if (!at)
		return;
	mpy_flow_import(f, at, f->tokens[f->at - 1].line);
	mpy_value_unknown(out, 0, 0);
	out->kind = V_NAME;
	out->u.name = at;
	out->how = name->how | MPY_HOW_IMPORT;
	/* 'plugin_' + name is no secret; 'o' + 's' is one */
	if (!f->unroll && ((name->how & ~MPY_HOW_CONCAT) ||
			   (name->how && mpy_known_root(p, first))))
		mpy_flow_note(f, MPY_BEH_HIDDEN_IMPORT,
			      f->tokens[f->at - 1].line, 0);
}

/*
 * eval() of a short constant, and json.loads() and the like, whose syntax is
 * nearly the same: read where it stands, with the names that are known there.
 */
static void apply_eval(struct mpy_fold *f, const struct value *text,
		       struct value *out)
{
	const struct mpy_token *tokens = f->tokens;
	struct mpy_token few[EVAL_FEW], *inner = few;
	/* of text[0..size) come at most size tokens, the end of a line, the end */
	size_t room = text->u.s.size + 3 < EVAL_FEW	 ? EVAL_FEW
		      : text->u.s.size + 3 < EVAL_TOKENS ? text->u.s.size + 3
							 : EVAL_TOKENS;
	const uint8_t *outer = f->text;
	uint32_t at = f->at, end = f->end, n = f->n, piece = f->piece;
	size_t size = f->size;
	struct mpy_lex lex;
	bool whole = true;

	if (f->evals >= EVALS ||
	    !mpy_budget_step(f->budget, text->u.s.size / 64))
		return;
	if (room > EVAL_FEW)
		inner = mpy_arena_get(&f->arena, room * sizeof(*inner));
	if (!inner)
		return;
	f->text = text->u.s.data;
	f->size = text->u.s.size;
	mpy_lex_start(&lex, f->text, f->size);
	f->n = (uint32_t)mpy_lex_next(&lex, inner, room);
	if (inner != few)
		mpy_arena_trim(&f->arena, (uint8_t *)inner,
			       room * sizeof(*inner), f->n * sizeof(*inner));
	for (uint32_t i = 0; i < f->n; i++)
		inner[i].line = tokens[at ? at - 1 : 0].line;
	f->tokens = inner;
	mpy_eval_range(f, 0, f->n);
	f->piece = UINT32_MAX - f->evals_made++; /* its code ends with it */
	f->evals++;
	f->unroll++;
	if (f->n && f->n < room)
		mpy_eval(f, out);
	for (uint32_t i = 0; i < f->n; i++)
		whole &= inner[i].kind != MPY_TOK_STRING ||
			 !(inner[i].sub & MPY_STR_OPEN);
	if (!whole ||
	    (f->at < f->n && f->tokens[f->at].kind != MPY_TOK_NEWLINE &&
	     f->tokens[f->at].kind != MPY_TOK_END))
		mpy_value_unknown(out, out->marks, out->line);
	f->unroll--;
	f->evals--;
	f->text = outer;
	f->size = size;
	f->tokens = tokens;
	f->n = n;
	mpy_eval_range(f, at, end);
	f->piece = piece;
	out->key = 0;
	if (mpy_value_is_text(out))
		out->how |= text->how | MPY_HOW_DECODE;
}

/* A folder that only Windows has: its paths have backslashes. */
static bool of_windows(const struct value *piece)
{
	static const char *const names[] = { "AppData", "Roaming", "User Data",
					     "Start Menu", "Microsoft" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (mpy_value_equal(piece, names[i]))
			return true;
	return false;
}

/* Words in a path's known part; n bytes of room for it are changed. */
static uint64_t mark_part(struct mpy_fold *f, uint8_t *path, size_t n,
			  bool windows, uint32_t line)
{
	uint64_t marks = mpy_marks_find(f, path, n, line);

	for (size_t i = 0; windows && i < n; i++)
		if (path[i] == '/')
			path[i] = '\\';
	return windows ? marks | mpy_marks_find(f, path, n, line) : marks;
}

/*
 * Words in what os.path.join() puts together: ".config", "autostart". Behind
 * what nobody knows "etc" is not "/etc".
 */
static void mark_path(struct mpy_fold *f, const struct args *args,
		      struct value *out)
{
	uint8_t path[PATH_ROOM];
	size_t n = 0;
	uint32_t line = f->tokens[f->at ? f->at - 1 : 0].line;
	bool windows = false;

	if (f->unroll || f->follow || args->n < 2 ||
	    !mpy_budget_step(f->budget, 32))
		return;
	for (unsigned int i = 0; i <= args->n; i++) {
		const struct value *v = mpy_apply_text(args, i);
		size_t size = v ? v->u.s.size : 0;

		if (!v || n + size + 1 > sizeof(path)) {
			out->marks |= mark_part(f, path, n, windows, line);
			n = 0;
			continue;
		}
		if ((n && path[n - 1] != '/') ||
		    (!n && i && size && v->u.s.data[0] == '.'))
			path[n++] = '/';
		memcpy(path + n, v->u.s.data, size);
		n += size;
		windows = windows || of_windows(v);
	}
}

/* Builtins and functions of modules over what is known. */
static void apply_known(struct mpy_fold *f, const struct known *known,
			const struct value *callee, struct args *args,
			struct value *out)
{
	const struct value *text = mpy_apply_text(args, 0);

	if (mpy_convert_apply(f, known, args, out) ||
	    mpy_sequence_apply(f, known, args, out))
		return;
	switch ((enum op)known->op) {
	case OP_IMPORT:
		apply_import(f, known, args, out);
		break;
	case OP_GETATTR:
		apply_getattr(f, args, out);
		break;
	case OP_NAMESPACE:
		if (args->n)
			*out = args->v[0];
		out->marks |= T_BUILTINS;
		break;
	case OP_ONE_OF:
		out->marks &= ~T_ENV;
		break;
	case OP_XOR:
		if (args->n == 2) {
			*out = args->v[0];
			mpy_eval_binary(f, '^', out, &args->v[1], f->at);
		}
		break;
	case OP_SAME:
		if (args->n)
			*out = args->v[0];
		break;
	case OP_JOIN_PATH:
		mark_path(f, args, out);
		/* a member of the archive that the program is in */
		if (f->own.archive && args->n == 2 &&
		    (args->v[0].marks & T_SELF) &&
		    mpy_value_is_text(&args->v[1])) {
			uint64_t marks = out->marks;

			*out = args->v[1];
			out->marks |= marks;
		}
		/* fall through */
	case OP_BESIDE: /* of this program: another file than itself */
		if (args->n >= known->arg && (args->v[0].marks & T_SELF))
			out->marks &= ~T_SELF;
		break;
	case OP_EVAL:
	case OP_LITERAL:
		if (text)
			apply_eval(f, text, out);
		break;
	case OP_OWN_LINES:
		if (args->n) {
			struct value lines = args->v[0];

			if (mpy_own_lines(f, &lines))
				*out = lines;
		}
		break;
	case OP_PATH:
		if (args->n == 1)
			mpy_own_path(&args->v[0], out);
		break;
	case OP_HOME:
		if (!args->n || mpy_value_equal(&args->v[0], "~"))
			mpy_value_bytes(out, V_STR, (const uint8_t *)"~", 1, 0);
		break;
	case OP_ZIP_FILE:
		if (text && text->kind == V_BYTES)
			*out = *text;
		else if (args->n)
			mpy_own_archive(f, &args->v[0], out);
		break;
	case OP_MEMBER:
		if (args->n > known->arg)
			mpy_own_member(f, &args->v[known->arg], out);
		break;
	case OP_OBJECT:
		*out = *callee;
		out->marks |= args->marks;
		break;
	case OP_PARTIAL:
		if (args->n && (args->v[0].kind == V_NAME ||
				args->v[0].kind == V_CODE))
			*out = args->v[0];
		break;
	case OP_DECODE:
		if (text)
			mpy_codec_decode(f, known, text, out);
		break;
	case OP_UNPACK:
		if (text)
			mpy_codec_unpack(f, known->arg, text, out);
		break;
	case OP_CODEC:
		if (text)
			mpy_codec_args(f, args, 1, known->arg, text, out);
		break;
	case OP_PATTERN:
		mpy_pattern_call(f, known, args, out);
		break;
	case OP_ESCAPE:
		if (text && !mpy_codec_escape(f, text, out))
			mpy_value_unknown(out, out->marks, out->line);
		break;
	case OP_MARSHAL:
		if (text) {
			*out = *text;
			out->how |= MPY_HOW_UNPACK;
			mpy_fold_step(f, out, text->step, "marshal");
		}
		break;
	case OP_PICKLE:
		if (text)
			mpy_pickle_load(f, text, out);
		break;
	case OP_COMPILE:
		if (text)
			*out = *text;
		break;
	default:
		break;
	}
}

/* What the arguments carry stays with the text that they become part of. */
static void apply_method(struct mpy_fold *f, const struct known *method,
			 const struct value *self, struct args *args,
			 struct value *out)
{
	struct value before = *out;

	if (!mpy_method_apply(f, method, self, args, out)) {
		*out = before; /* what was begun came to nothing */
		return;
	}
	mpy_value_taint(out, self);
	if (mpy_value_is_text(out))
		mpy_value_taint(out, &before);
}

/* What methods make of the path of this program. */
static void leave_path(const struct known *method, const struct value *self,
		       const struct args *args, struct value *out)
{
	if (method->op == OP_BESIDE || method->op == OP_M_REPLACE)
		mpy_value_beside(out, args->marks);
	else if (method->op == OP_M_FORMAT && mpy_value_is_text(self) &&
		 self->u.s.size > 2) /* not "{}" */
		mpy_value_beside(out, 0);
}

/* Something that is known by its name alone: a program may have its own. */
static bool is_idle(const struct known *known)
{
	return !known->sinks && !known->source && !known->direct &&
	       (known->op == OP_BESIDE || known->op == OP_SHOW);
}

/* found.append(secret): found is secret too. */
static void keep_marks(struct mpy_fold *f, const struct known *method,
		       const struct value *self, const struct args *args)
{
	if (method->op == OP_M_APPEND || method->op == OP_M_EXTEND ||
	    (method->op == OP_M_KEEP && self->kind == V_LIST))
		mpy_var_taint(f, self->key, args->marks, args->line);
}

void mpy_apply(struct mpy_fold *f, const struct value *callee,
	       const struct value *self, const struct known *method,
	       struct args *args, uint32_t first, struct value *out)
{
	const struct known *known = method;
	uint32_t line = f->tokens[first < f->n ? first : f->n - 1].line;
	struct value bound_self;
	bool named = false;

	if (callee->kind == V_CODE) {
		mpy_loop_call(f, callee->u.code, args, out);
		return;
	}
	if (callee->kind == V_OBJECT && mpy_special_call(f, callee, args, out))
		return;
	if (callee->kind == V_CLASS) {
		const struct value *init = mpy_var_find(
			f, mpy_key_join(callee->u.origin, f->init_key));

		if (init && init->kind == V_CODE)
			mpy_loop_init(f, init->u.code, args);
	}
	if (callee->kind == V_BOUND) {
		bound_self = callee->u.bound->self;
		self = &bound_self;
		known = callee->u.bound->method;
	} else if (callee->kind == V_NAME) {
		named = callee->u.name->known != NULL;
		if (named)
			known = callee->u.name->known;
	}
	if ((!known || is_idle(known)) && callee->kind == V_UNKNOWN &&
	    callee->key)
		mpy_define_early(f, callee->key, args);
	mpy_value_unknown(out, args->marks | callee->marks, args->line);
	if (self) {
		mpy_value_taint(out, self);
		if (!(args->marks & T_SOURCES))
			out->line = self->line;
	}
	if (known && named)
		apply_known(f, known, callee, args, out);
	else if (known && self)
		apply_method(f, known, self, args, out);
	if (known && self && !named)
		leave_path(known, self, args, out);
	if (named && (callee->how & (MPY_HOW_GETATTR | MPY_HOW_IMPORT)) &&
	    (known->sinks & (S_EXEC | S_RUN | S_CONNECT)))
		mpy_flow_note(f, MPY_BEH_HIDDEN_NAME, line, 0);
	if (named && (callee->how & MPY_HOW_ESCAPE))
		mpy_flow_note(f, MPY_BEH_ESCAPED_NAME, line, 0);
	if (known && self && !named)
		keep_marks(f, known, self, args);
	mpy_flow_call(f, known, self, args, out, line);
	if (known && (known->op == OP_LATER || known->op == OP_PARTIAL))
		mpy_later_apply(f, known, args, out, line);
	if (callee->kind == V_CLASS && out->kind == V_UNKNOWN) {
		out->kind = V_OBJECT;
		out->u.origin = callee->u.origin;
	}
}
