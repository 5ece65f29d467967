// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The values that fold computes with, and where they are kept: constants,
 * sequences, variables with the undo list that makes them local, dotted
 * names, and the two lists of results.
 */
#include "eval.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "guess.h"
#include "text.h"
#include "verdict.h"

#define VARS_MAX  (1u << 15)
#define NAMES_MAX (1u << 14)
#define ITEMS_MAX (1u << 17)
#define STEPS_MAX 512
#define STRINGS_MAX 4096

void mpy_value_unknown(struct value *v, uint64_t marks, uint32_t line)
{
	memset(v, 0, sizeof(*v));
	v->marks = marks;
	v->line = line;
}

void mpy_value_int(struct value *v, int64_t i, uint16_t how)
{
	memset(v, 0, sizeof(*v));
	v->kind = V_INT;
	v->how = how;
	v->u.i = i;
}

void mpy_value_bytes(struct value *v, enum value_kind kind,
		     const uint8_t *data, size_t size, uint16_t how)
{
	memset(v, 0, sizeof(*v));
	v->kind = (uint8_t)kind;
	v->how = how;
	v->u.s.data = data;
	v->u.s.size = size;
}

bool mpy_value_is_text(const struct value *v)
{
	return v->kind == V_STR || v->kind == V_BYTES;
}

bool mpy_value_is_const(const struct value *v)
{
	return mpy_value_is_text(v) || v->kind == V_INT || v->kind == V_NONE;
}

bool mpy_value_equal(const struct value *v, const char *text)
{
	return mpy_value_is_text(v) && v->u.s.size == strlen(text) &&
	       !memcmp(v->u.s.data, text, v->u.s.size);
}

int mpy_value_truth(const struct value *v)
{
	switch (v->kind) {
	case V_NONE:
		return 0;
	case V_INT:
		return v->u.i != 0;
	case V_STR:
	case V_BYTES:
		return v->u.s.size != 0;
	case V_LIST:
		return v->u.list->n != 0;
	default:
		return -1;
	}
}

void mpy_value_taint(struct value *a, const struct value *b)
{
	if (b->marks & ~a->marks & T_SOURCES)
		a->line = b->line;
	a->marks |= b->marks;
}

void mpy_value_beside(struct value *v, uint64_t others)
{
	if (!(v->marks & T_FILE))
		v->marks &= ~T_SELF | others;
}

void mpy_var_taint(struct mpy_fold *f, uint64_t key, uint64_t marks,
		   uint32_t line)
{
	struct value *var = mpy_var_find(f, key);

	marks &= T_SOURCES & ~T_BUILTINS;
	if (!var || !marks)
		return;
	if (marks & ~var->marks)
		var->line = line;
	var->marks |= marks;
}

/*
 * Constants that are built up piece by piece get room to grow: this header
 * stands before their bytes.
 */
struct growing {
	uint64_t magic;
	size_t used;
	size_t room;
	uint8_t data[];
};

#define GROWING 0x6d70792d67726f77ull

/* Is v the whole of a growing constant with room for more? */
static struct growing *growing(const struct value *v, size_t more)
{
	struct growing *g;

	/* only then was its memory made by append() */
	if (!v->grows)
		return NULL;
	g = (struct growing *)(uintptr_t)(v->u.s.data -
					  offsetof(struct growing, data));
	if (g->magic != GROWING || g->used != v->u.s.size ||
	    g->room - g->used < more)
		return NULL;
	return g;
}

bool mpy_value_append(struct mpy_fold *f, struct value *a,
		      const struct value *b)
{
	size_t size = a->u.s.size, more = b->u.s.size, room;
	struct growing *g = growing(a, more + 1);

	if (!g) {
		room = size + more + 1;
		if (size > 32 && a->grows)
			room += room / 2;
		g = mpy_arena_get(&f->arena, sizeof(*g) + room);
		if (!g)
			return false;
		g->magic = GROWING;
		g->room = room;
		if (size)
			memcpy(g->data, a->u.s.data, size);
	}
	if (more)
		memcpy(g->data + size, b->u.s.data, more);
	g->used = size + more;
	g->data[g->used] = '\0';
	a->u.s.data = g->data;
	a->u.s.size = g->used;
	a->grows = true;
	f->growth++;
	mpy_fold_grant(f, g->used);
	return true;
}

/* ---- variables and names ------------------------------------------------- */

uint64_t mpy_key_join(uint64_t parent, uint64_t key)
{
	uint64_t h = (parent ^ (key + 0x9e3779b97f4a7c15ull)) *
		     0xff51afd7ed558ccdull;

	h ^= h >> 29;
	return h ? h : 1;
}

uint64_t mpy_key(const void *data, size_t size)
{
	const uint8_t *p = data;
	uint64_t h = size * 0x9e3779b97f4a7c15ull + 1;

	for (; size >= 8; p += 8, size -= 8)
		h = mpy_key_join(h, mpy_load64(p));
	return mpy_key_join(h, mpy_load_part(p, size));
}

uint64_t mpy_key_token(struct mpy_fold *f, const struct mpy_token *t)
{
	char name[256];

	if (t->kind == MPY_TOK_NAME && (t->sub & MPY_NAME_WIDE))
		return mpy_key(name, mpy_lex_name(f->text, t, name,
						  sizeof(name)));
	return mpy_key(f->text + t->start, t->length);
}

/* Where key is, or where it belongs. */
static uint32_t var_slot(const uint64_t *keys, uint32_t room, uint64_t key)
{
	uint32_t at = key & (room - 1);

	while (keys[at] && keys[at] != key)
		at = (at + 1) & (room - 1);
	return at;
}

static bool grow_vars(struct mpy_fold *f)
{
	uint32_t room = f->vars_room ? f->vars_room * 2 : 256;
	uint64_t *keys;
	struct value *vars;

	if (room > VARS_MAX)
		return false;
	keys = calloc(room, sizeof(*keys));
	vars = malloc(room * sizeof(*vars));
	if (!keys || !vars) {
		free(keys);
		free(vars);
		f->no_memory = true;
		return false;
	}
	for (uint32_t i = 0; i < f->vars_room; i++) {
		uint32_t at;

		if (!f->var_keys[i])
			continue;
		at = var_slot(keys, room, f->var_keys[i]);
		keys[at] = f->var_keys[i];
		vars[at] = f->vars[i];
	}
	free(f->var_keys);
	free(f->vars);
	f->var_keys = keys;
	f->vars = vars;
	f->vars_room = room;
	return true;
}

struct value *mpy_var_find(struct mpy_fold *f, uint64_t key)
{
	uint32_t at;

	if (!f->vars_room || !key)
		return NULL;
	at = var_slot(f->var_keys, f->vars_room, key);
	return f->var_keys[at] ? &f->vars[at] : NULL;
}

void mpy_var_set(struct mpy_fold *f, uint64_t key, const struct value *v)
{
	struct value *old = mpy_var_find(f, key);
	uint32_t at;

	if (!key)
		return;
	if (old) {
		*old = *v;
		return;
	}
	if (f->vars_used >= f->vars_room / 4 * 3 && !grow_vars(f))
		return;
	at = var_slot(f->var_keys, f->vars_room, key);
	f->var_keys[at] = key;
	f->vars[at] = *v;
	f->vars_used++;
}

static bool note_undo(struct mpy_fold *f, uint64_t key)
{
	const struct value *old = mpy_var_find(f, key);
	struct variable *more;

	if (f->n_undo == f->undo_room) {
		uint32_t room = f->undo_room ? f->undo_room * 2 : 64;

		if (room > VARS_MAX)
			return false;
		more = realloc(f->undo, room * sizeof(*more));
		if (!more) {
			f->no_memory = true;
			return false;
		}
		f->undo = more;
		f->undo_room = room;
	}
	f->undo[f->n_undo].key = key;
	if (old)
		f->undo[f->n_undo].value = *old;
	else
		mpy_value_unknown(&f->undo[f->n_undo].value, 0, 0);
	if (!old)
		f->undo[f->n_undo].value.key = key;
	f->n_undo++;
	return true;
}

void mpy_var_local(struct mpy_fold *f, uint64_t key, const struct value *v)
{
	if (key && note_undo(f, key))
		mpy_var_set(f, key, v);
}

/* Is the value that the variable had outside already kept? */
static bool is_local(const struct mpy_fold *f, uint64_t key)
{
	uint32_t base = 0;

	if (f->follow)
		base = f->follow_undo;
	else if (f->pending)
		base = f->pending_undo;
	else if (f->n_scopes)
		base = f->scopes[f->n_scopes - 1].undo;
	for (uint32_t i = f->n_undo; i > base && f->n_undo - i < 64; i--)
		if (f->undo[i - 1].key == key)
			return true;
	return false;
}

void mpy_var_assign(struct mpy_fold *f, uint64_t key, const struct value *v)
{
	if (key && (is_local(f, key) || note_undo(f, key)))
		mpy_var_set(f, key, v);
}

void mpy_var_undo(struct mpy_fold *f, uint32_t to)
{
	while (f->n_undo > to) {
		f->n_undo--;
		mpy_var_set(f, f->undo[f->n_undo].key,
			    &f->undo[f->n_undo].value);
	}
}

static bool grow_names(struct mpy_fold *f)
{
	uint32_t room = f->names_room ? f->names_room * 2 : 128;
	const struct name **more;

	if (room > NAMES_MAX)
		return false;
	more = calloc(room, sizeof(*more));
	if (!more) {
		f->no_memory = true;
		return false;
	}
	for (uint32_t i = 0; i < f->names_room; i++) {
		uint32_t at;

		if (!f->names[i])
			continue;
		at = f->names[i]->key & (room - 1);
		while (more[at])
			at = (at + 1) & (room - 1);
		more[at] = f->names[i];
	}
	free(f->names);
	f->names = more;
	f->names_room = room;
	return true;
}

/* builtins.exec is exec, however it is reached. */
static bool is_builtins(const char *t)
{
	return !strcmp(t, "builtins") || !strcmp(t, "__builtins__") ||
	       !strcmp(t, "__builtin__") || !strcmp(t, "six.moves.builtins");
}

static const struct name *make_name(struct mpy_fold *f,
				    const struct name *parent,
				    const char *text, size_t size, uint64_t key)
{
	struct name *name = mpy_arena_get(&f->arena, sizeof(*name));
	size_t head = parent ? parent->size + 1 : 0;
	char *full = mpy_arena_get(&f->arena, head + size + 1);

	if (!name || !full)
		return NULL;
	if (parent) {
		memcpy(full, parent->text, parent->size);
		full[parent->size] = '.';
	}
	memcpy(full + head, text, size);
	full[head + size] = '\0';
	name->text = full;
	name->size = (uint32_t)(head + size);
	name->key = key;
	name->builtins = is_builtins(full);
	name->of_string = !strncmp(full, "string.", 7);
	name->known = mpy_known_find(full, name->size);
	return name;
}

static uint64_t name_key(const struct name *parent, const char *text,
			 size_t size)
{
	return mpy_key_join(parent ? parent->key : 7, mpy_key(text, size));
}

static const struct name *find_name(const struct mpy_fold *f, uint64_t key)
{
	uint32_t at = key & (f->names_room - 1);

	while (f->names_room && f->names[at]) {
		if (f->names[at]->key == key)
			return f->names[at];
		at = (at + 1) & (f->names_room - 1);
	}
	return NULL;
}

const struct name *mpy_name_known(const struct mpy_fold *f,
				  const struct name *parent, const char *text,
				  size_t size)
{
	return find_name(f, name_key(parent->builtins ? NULL : parent, text,
				     size));
}

const struct name *mpy_name_get(struct mpy_fold *f, const struct name *parent,
				const char *text, size_t size)
{
	const struct name *name;
	uint64_t key;
	uint32_t at;

	if (parent && parent->builtins)
		parent = NULL;
	if (!size || size > 200 || (parent && parent->size > 400))
		return NULL;
	key = name_key(parent, text, size);
	name = find_name(f, key);
	if (name)
		return name;
	if (f->names_used >= f->names_room / 4 * 3 && !grow_names(f))
		return NULL;
	name = make_name(f, parent, text, size, key);
	if (!name)
		return NULL;
	at = key & (f->names_room - 1);
	while (f->names[at])
		at = (at + 1) & (f->names_room - 1);
	f->names[at] = name;
	f->names_used++;
	return name;
}

const struct name *mpy_name_dotted(struct mpy_fold *f,
				   const struct name *parent, const char *text,
				   size_t size)
{
	const struct name *at = parent;

	for (;;) {
		const char *dot = memchr(text, '.', size);
		size_t part = dot ? (size_t)(dot - text) : size;

		at = mpy_name_get(f, at, text, part);
		if (!at || !dot)
			return at;
		text += part + 1;
		size -= part + 1;
	}
}

/* ---- results ------------------------------------------------------------- */

/* Room for one more element of size each; the array or NULL. */
static void *make_room(struct mpy_fold *f, void *array, size_t n, size_t *room,
		       size_t each, size_t max)
{
	size_t more = *room ? *room * 2 : 16;
	void *grown;

	if (n < *room)
		return array;
	if (n >= max)
		return NULL;
	grown = realloc(array, more * each);
	if (!grown) {
		f->no_memory = true;
		return NULL;
	}
	*room = more;
	return grown;
}

void mpy_fold_item(struct mpy_fold *f, uint32_t first, const struct value *v)
{
	struct mpy_fold_item *item;
	void *array;

	if (f->unroll || f->follow || !f->at || first >= f->at)
		return;
	if (mpy_value_is_text(v))
		mpy_fold_string(f, v, f->tokens[first].line);
	/* the larger expression takes the place of what is inside it */
	while (f->n_items && f->items[f->n_items - 1].first >= first)
		f->n_items--;
	/* read once more, inside of one that is there */
	if (f->n_items && f->items[f->n_items - 1].last >= first)
		return;
	array = make_room(f, f->items, f->n_items, &f->items_room,
			  sizeof(*f->items), ITEMS_MAX);
	if (!array)
		return;
	f->items = array;
	item = &f->items[f->n_items++];
	memset(item, 0, sizeof(*item));
	item->first = first;
	item->last = f->at - 1;
	item->line = f->tokens[first].line;
	item->how = v->how;
	if (v->kind == V_NAME) {
		item->kind = MPY_FOLD_NAME;
		item->data = (const uint8_t *)v->u.name->text;
		item->size = v->u.name->size;
	} else {
		item->kind = v->kind == V_STR ? MPY_FOLD_TEXT :
						MPY_FOLD_BYTES_;
		item->data = v->u.s.data;
		item->size = v->u.s.size;
	}
}

void mpy_fold_step(struct mpy_fold *f, struct value *v, uint32_t parent,
		   const char *kind)
{
	struct mpy_fold_step *step;
	void *array;

	if (!mpy_value_is_text(v) || !v->u.s.size)
		return;
	mpy_fold_grant(f, v->u.s.size);
	array = make_room(f, f->steps, f->n_steps, &f->steps_room,
			  sizeof(*f->steps), STEPS_MAX);
	if (!array) {
		f->budget->bounds |= MPY_BOUND_LAYERS;
		return;
	}
	f->steps = array;
	step = &f->steps[f->n_steps++];
	memset(step, 0, sizeof(*step));
	step->parent = parent;
	step->line = f->tokens[f->at ? f->at - 1 : 0].line;
	step->kind = kind;
	step->data = v->u.s.data;
	step->size = v->u.s.size;
	if (parent)
		f->steps[parent - 1].used = true;
	v->step = (uint32_t)f->n_steps;
}

/* Base-N has no spaces in its first bytes, text has; bytes are packed. */
static bool is_dense(const struct value *v)
{
	const uint8_t *p = v->u.s.data;

	if (v->u.s.size < 25)
		return false;
	if (v->kind == V_BYTES && mpy_guess_is_packed(p, v->u.s.size))
		return true;
	p += *p == '\n'; /* """ and a line feed */
	for (size_t i = 0; i < 24; i++)
		if (p[i] <= ' ' || p[i] == '<' || p[i] == '.')
			return false;
	return true;
}

/* Written backwards or by rot13. */
static bool is_turned(const struct value *v)
{
	size_t n = v->u.s.size < 4096 ? v->u.s.size : 4096;

	return n >= 24 && (memmem(v->u.s.data, n, "tropmi", 6) ||
			   memmem(v->u.s.data, n, "vzcbeg ", 7));
}

void mpy_fold_string(struct mpy_fold *f, const struct value *v, uint32_t line)
{
	struct mpy_fold_string *s;
	void *array;

	if (f->unroll || f->follow || (!is_dense(v) && !is_turned(v)))
		return;
	/* a longer piece of the string seen last */
	if (f->n_strings &&
	    f->strings[f->n_strings - 1].data == v->u.s.data) {
		f->strings[f->n_strings - 1].size = v->u.s.size;
		return;
	}
	array = make_room(f, f->strings, f->n_strings, &f->strings_room,
			  sizeof(*f->strings), STRINGS_MAX);
	if (!array)
		return;
	f->strings = array;
	s = &f->strings[f->n_strings++];
	s->line = line;
	s->data = v->u.s.data;
	s->size = v->u.s.size;
}
