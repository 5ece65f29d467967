// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern.c - re.findall(), re.sub() and the like of constants: a compiled
 * pattern is a list of its text and its flags, a match a list of its groups.
 */
#include "pattern.h"

#include <string.h>

#include "regexp.h"

/* What a call of re is about. */
struct call {
	struct mpy_fold *f;
	const struct value *pattern, *text;
	unsigned int flags;
	struct mpy_regexp re;
	struct mpy_regexp_match match;
	size_t at; /* where the next search begins */
	bool empty; /* the match that ended there was */
	bool lost;
};

/* The number of a flag; -1: v is none. */
static int flag_of(const struct value *v)
{
	static const struct {
		const char *name;
		int flag;
	} flags[] = { { "re.A", 0 },   { "re.ASCII", 0 },
		      { "re.DOTALL", MPY_RE_DOTALL },
		      { "re.I", MPY_RE_IGNORECASE },
		      { "re.IGNORECASE", MPY_RE_IGNORECASE },
		      { "re.M", MPY_RE_MULTILINE },
		      { "re.MULTILINE", MPY_RE_MULTILINE },
		      { "re.S", MPY_RE_DOTALL },
		      { "re.U", 0 },   { "re.UNICODE", 0 } };

	if (v->kind == V_INT)
		return v->u.i >= 0 && v->u.i < 512 ? (int)v->u.i : -1;
	for (size_t i = 0; v->kind == V_NAME &&
			   i < sizeof(flags) / sizeof(flags[0]); i++)
		if (!strcmp(v->u.name->text, flags[i].name))
			return flags[i].flag;
	return -1;
}

bool mpy_pattern_or(struct value *a, const struct value *b)
{
	int x, y;

	if (a->kind != V_NAME && b->kind != V_NAME)
		return false;
	x = flag_of(a);
	y = flag_of(b);
	if (x < 0 || y < 0)
		return false;
	mpy_value_int(a, x | y, 0);
	return true;
}

/* The next match; c->lost if nobody knows whether there is one. */
static bool find(struct call *c, bool search)
{
	const struct value *text = c->text;
	int found = mpy_regexp_find(&c->re, text->u.s.data, text->u.s.size,
				    c->at,
				    !search  ? MPY_RE_HERE :
				    c->empty ? MPY_RE_NEXT : MPY_RE_SEARCH,
				    c->f->budget, &c->match);

	c->lost = found < 0;
	if (found <= 0)
		return false;
	c->at = c->match.group[0].to;
	c->empty = c->match.group[0].from == c->at;
	return true;
}

static struct value piece(const struct call *c, size_t from, size_t to)
{
	struct value v = *c->text;

	v.grows = false;
	v.key = 0;
	v.how |= MPY_HOW_SLICE;
	v.u.s.data += from;
	v.u.s.size = to - from;
	return v;
}

/* None, or for findall() "", where a group was not found. */
static struct value group(const struct call *c, unsigned int i, bool none)
{
	struct value v = piece(c, 0, 0);

	if (c->match.group[i].from != SIZE_MAX)
		return piece(c, c->match.group[i].from, c->match.group[i].to);
	if (none)
		v.kind = V_NONE;
	return v;
}

static void give_list(const struct call *c, struct list *list,
		      struct value *out)
{
	mpy_value_unknown(out, c->text->marks, c->text->line);
	out->kind = V_LIST;
	out->how = c->text->how;
	out->step = c->text->step;
	out->u.list = list;
}

/* Groups from first on, as a list. */
static bool give_groups(struct call *c, unsigned int first, bool none,
			struct value *out)
{
	struct list *list = mpy_list_new(c->f);

	for (unsigned int i = first; list && i <= c->re.groups; i++) {
		struct value v = group(c, i, none);

		if (!mpy_list_add(c->f, list, &v))
			return false;
	}
	if (list)
		give_list(c, list, out);
	return list;
}

static bool give_match(struct call *c, struct value *out)
{
	if (!give_groups(c, 0, true, out))
		return false;
	out->u.list->match = true;
	return true;
}

/* search(), match(), fullmatch() */
static bool one(struct call *c, enum mpy_re_do what, struct value *out)
{
	if (find(c, what == MPY_RE_DO_SEARCH) &&
	    (what != MPY_RE_DO_FULL || c->match.group[0].to == c->text->u.s.size))
		return give_match(c, out);
	return false; /* None, or nobody knows */
}

static bool all(struct call *c, struct value *out)
{
	struct list *list = mpy_list_new(c->f);
	struct value v;

	while (list && find(c, true)) {
		if (c->re.groups < 2)
			v = group(c, c->re.groups, false);
		else if (!give_groups(c, 1, false, &v))
			return false;
		if (!mpy_list_add(c->f, list, &v))
			return false;
	}
	if (!list || !list->n || c->lost)
		return false;
	give_list(c, list, out);
	return true;
}

static bool split(struct call *c, struct value *out)
{
	struct list *list = mpy_list_new(c->f);
	struct value v;
	size_t from = 0;

	while (list && find(c, true)) {
		v = piece(c, from, c->match.group[0].from);
		if (!mpy_list_add(c->f, list, &v))
			return false;
		for (unsigned int i = 1; i <= c->re.groups; i++) {
			v = group(c, i, true);
			if (!mpy_list_add(c->f, list, &v))
				return false;
		}
		from = c->match.group[0].to;
	}
	v = piece(c, from, c->text->u.s.size);
	if (!list || c->lost || !mpy_list_add(c->f, list, &v))
		return false;
	give_list(c, list, out);
	return true;
}

static bool append(struct call *c, struct value *made, const struct value *v)
{
	return !v->u.s.size || mpy_value_append(c->f, made, v);
}

/* What is put in place of a match, with \1 and \g<1>. */
static bool expand(struct call *c, const struct value *template,
		   struct value *made)
{
	const uint8_t *p = template->u.s.data, *end = p + template->u.s.size;
	struct value v = *template;

	v.grows = false;
	while (p < end) {
		const uint8_t *slash = memchr(p, '\\', (size_t)(end - p));
		unsigned int number = MPY_RE_GROUPS;

		v.u.s.data = p;
		v.u.s.size = (size_t)((slash ? slash : end) - p);
		if (!append(c, made, &v))
			return false;
		if (!slash)
			return true;
		if (end - slash >= 2 && slash[1] >= '1' && slash[1] <= '9' &&
		    /* more digits: a character by its number */
		    !(end - slash > 2 && slash[2] >= '0' && slash[2] <= '9')) {
			number = slash[1] - '0';
			p = slash + 2;
		} else if (end - slash >= 5 && slash[1] == 'g' &&
			   slash[2] == '<' && slash[4] == '>') {
			number = slash[3] - '0';
			p = slash + 5;
		}
		if (number > c->re.groups)
			return false;
		v = group(c, number, false);
		if (!append(c, made, &v))
			return false;
		v.kind = template->kind;
	}
	return true;
}

/* sub(): by a text, or by what a function makes of the match. */
static bool put(struct call *c, const struct value *by, struct value *made)
{
	struct args args;
	struct value v;

	if (mpy_value_is_text(by))
		return expand(c, by, made);
	if (by->kind != V_CODE)
		return false;
	memset(&args, 0, sizeof(args));
	args.n = 1;
	mpy_value_unknown(&v, 0, 0);
	if (!give_match(c, &args.v[0]))
		return false;
	mpy_apply(c->f, by, NULL, NULL, &args, c->f->at, &v);
	return v.kind == made->kind && append(c, made, &v);
}

static bool sub(struct call *c, const struct value *by, struct value *out)
{
	struct value made = piece(c, 0, 0), v;
	size_t from = 0;

	made.u.s.data = c->f->text;
	made.how = c->text->how | MPY_HOW_REPLACE;
	while (find(c, true)) {
		v = piece(c, from, c->match.group[0].from);
		if (!append(c, &made, &v) || !put(c, by, &made))
			return false;
		from = c->match.group[0].to;
	}
	v = piece(c, from, c->text->u.s.size);
	if (c->lost || !append(c, &made, &v))
		return false;
	mpy_value_taint(&made, out);
	*out = made;
	return true;
}

/* The text is args[at]; with sub() what replaces it stands in front of that. */
static bool run(struct call *c, enum mpy_re_do what, const struct args *args,
		unsigned int at, struct value *out)
{
	const struct value *by = &args->v[at];
	bool ok = false;

	at += what == MPY_RE_DO_SUB;
	c->text = mpy_apply_text(args, at);
	if (!c->text || args->word[at] || c->text->kind != c->pattern->kind ||
	    !mpy_budget_step(c->f->budget, 64 + c->text->u.s.size / 64) ||
	    !mpy_regexp_read(&c->re, c->pattern->u.s.data,
			     c->pattern->u.s.size, c->flags,
			     c->text->kind == V_STR))
		return false;
	if (mpy_regexp_fits(&c->re, c->text->u.s.data, c->text->u.s.size))
		ok = what == MPY_RE_DO_SUB   ? sub(c, by, out) :
		     what == MPY_RE_DO_SPLIT ? split(c, out) :
		     what == MPY_RE_DO_ALL   ? all(c, out) :
					       one(c, what, out);
	mpy_regexp_free(&c->re);
	return ok;
}

/*
 * Behind the text stand flags or nothing: what else there may be (a count,
 * with methods a place) is not read.
 */
static bool read_flags(struct call *c, enum mpy_re_do what,
		       const struct args *args)
{
	const unsigned int at = what == MPY_RE_DO_SUB ? 3 : 2;
	int flags;

	if (args->n <= at)
		return true;
	flags = flag_of(&args->v[at]);
	if (args->n > at + 1 || flags < 0 ||
	    (args->word[at] ? args->word[at] != mpy_key("flags", 5) :
	     what == MPY_RE_DO_SUB || what == MPY_RE_DO_SPLIT))
		return false;
	c->flags = (unsigned int)flags;
	return true;
}

/* re.compile() */
static void compile(struct mpy_fold *f, const struct args *args,
		    struct value *out)
{
	struct list *list;
	struct value flags;
	int n = args->n > 1 ? flag_of(&args->v[1]) : 0;

	if (n < 0)
		return;
	list = mpy_list_new(f);
	mpy_value_int(&flags, n, 0);
	if (!list || !mpy_list_add(f, list, &args->v[0]) ||
	    !mpy_list_add(f, list, &flags))
		return;
	list->pattern = true;
	out->kind = V_LIST;
	out->u.list = list;
}

void mpy_pattern_call(struct mpy_fold *f, const struct known *known,
		      const struct args *args, struct value *out)
{
	struct call c = { .f = f, .pattern = mpy_apply_text(args, 0) };

	if (!c.pattern)
		return;
	if (known->arg == MPY_RE_DO_COMPILE)
		compile(f, args, out);
	else if (read_flags(&c, known->arg, args))
		run(&c, known->arg, args, 1, out);
}

/* m.group(), m.group(1) */
static bool give_group(struct mpy_fold *f, const struct list *match,
		       const struct args *args, struct value *out)
{
	int64_t i = 0;

	if (args->n)
		i = args->v[0].kind == V_INT ? args->v[0].u.i : -1;
	if (args->n > 1 || i < 0 || i >= match->n)
		return false;
	mpy_list_get(f, match, (uint32_t)i, out);
	return true;
}

bool mpy_pattern_method(struct mpy_fold *f, const struct known *method,
			const struct list *list, const struct args *args,
			struct value *out)
{
	struct value pattern, flags;
	struct call c = { .f = f, .pattern = &pattern };
	enum mpy_re_do what = method->op == OP_M_SPLIT ? MPY_RE_DO_SPLIT :
							 method->arg;

	if (list->match)
		return method->op == OP_M_GROUP &&
		       give_group(f, list, args, out);
	if ((method->op != OP_M_PATTERN && method->op != OP_M_SPLIT) ||
	    args->n != (what == MPY_RE_DO_SUB ? 2 : 1))
		return false;
	mpy_list_get(f, list, 0, &pattern);
	mpy_list_get(f, list, 1, &flags);
	if (!mpy_value_is_text(&pattern) || flags.kind != V_INT)
		return false; /* it was written to as a list */
	c.flags = (unsigned int)flags.u.i;
	return run(&c, what, args, 0, out);
}
