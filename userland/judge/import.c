// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * import and from: what names stand for that come from modules.
 */
#include "eval.h"

/* a.b.c; the first part alone in *root. */
static const struct name *read_dotted(struct mpy_fold *f,
				      const struct name **root)
{
	const struct name *name = NULL;
	char wide[256];

	*root = NULL;
	while (mpy_eval_peek(f)->kind == MPY_TOK_NAME) {
		const struct mpy_token *t = mpy_eval_peek(f);
		size_t size = mpy_lex_name(f->text, t, wide, sizeof(wide));

		name = mpy_name_get(f, name, wide, size);
		if (!*root)
			*root = name;
		mpy_eval_advance(f);
		if (!name || !mpy_eval_accept(f, '.'))
			break;
	}
	return name;
}

static void set_name(struct mpy_fold *f, uint64_t key, const struct name *name)
{
	struct value v;

	mpy_eval_named(&v, name);
	mpy_eval_assign(f, key, true, &v);
}

/* "as x" if it is there: the key of x, else 0. */
static uint64_t read_as(struct mpy_fold *f)
{
	uint64_t key = 0;

	if (!mpy_eval_kw(f, MPY_KW_AS))
		return 0;
	mpy_eval_advance(f);
	if (mpy_eval_peek(f)->kind == MPY_TOK_NAME) {
		key = mpy_key_token(f, mpy_eval_peek(f));
		mpy_eval_advance(f);
	}
	return key;
}

void mpy_import_read(struct mpy_fold *f)
{
	mpy_eval_advance(f);
	do {
		const struct name *root, *name = read_dotted(f, &root);
		uint64_t key = read_as(f);

		mpy_flow_import(f, name, mpy_eval_peek(f)->line);
		if (key)
			set_name(f, key, name);
		else if (root)
			set_name(f, mpy_key(root->text, root->size), root);
	} while (mpy_eval_accept(f, ','));
}

void mpy_import_from(struct mpy_fold *f)
{
	const struct name *root, *module;
	bool relative = false;

	mpy_eval_advance(f);
	while (mpy_eval_accept(f, '.') ||
	       mpy_eval_accept(f, MPY_OP_ELLIPSIS))
		relative = true;
	module = read_dotted(f, &root);
	if (relative)
		module = NULL;
	mpy_flow_import(f, module, mpy_eval_peek(f)->line);
	if (!mpy_eval_kw(f, MPY_KW_IMPORT))
		return;
	mpy_eval_advance(f);
	if (mpy_eval_accept(f, '*')) {
		if (module && f->n_stars < 8)
			f->stars[f->n_stars++] = module;
		return;
	}
	mpy_eval_accept(f, '(');
	while (mpy_eval_peek(f)->kind == MPY_TOK_NAME) {
		const struct mpy_token *t = mpy_eval_peek(f);
		uint64_t plain = mpy_key_token(f, t), key;
		char wide[256];
		size_t size = mpy_lex_name(f->text, t, wide, sizeof(wide));

		mpy_eval_advance(f);
		key = read_as(f);
		set_name(f, key ? key : plain, module ?
			 mpy_name_get(f, module, wide, size) : NULL);
		if (!mpy_eval_accept(f, ','))
			break;
	}
	mpy_eval_accept(f, ')');
}
