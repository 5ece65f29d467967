// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pickle.c - what a constant pickle makes and calls. Unpickling is a program
 * for a machine with a stack (Python's Lib/pickletools.py is its manual):
 * GLOBAL names a function, REDUCE calls it. The calls are treated as if they
 * were written in the text, so that what is executed becomes a layer.
 *
 * It stops at what it does not know: what came before stays seen.
 */
#include "pickle.h"

#include <string.h>

#include "convert.h"
#include "words.h"

#define STACK 64
#define MARKS 16
#define MEMO  64
#define PICKLES 4 /* within one another */
#define NAME_SIZE 100

struct machine {
	struct mpy_fold *f;
	uint32_t line, step; /* where it stands, how it was decoded before */
	const uint8_t *p, *end;
	struct value stack[STACK], memo[MEMO];
	unsigned int n, marks[MARKS], n_marks, n_memo;
	bool starts; /* it calls what starts or executes something */
	bool stopped; /* it came to its end */
};

static bool push(struct machine *m, const struct value *v)
{
	if (m->n == STACK)
		return false;
	m->stack[m->n++] = *v;
	return true;
}

static bool push_unknown(struct machine *m)
{
	struct value v;

	mpy_value_unknown(&v, T_MARSHAL, m->line);
	return push(m, &v);
}

/* With the words in it, as if it stood in the text. */
static bool push_text(struct machine *m, enum value_kind kind,
		      const uint8_t *data, size_t size)
{
	struct value v;

	mpy_value_bytes(&v, kind, data, size, MPY_HOW_UNPACK);
	v.marks = mpy_marks_find(m->f, data, size, m->line);
	return push(m, &v);
}

static bool push_int(struct machine *m, int64_t i)
{
	struct value v;

	mpy_value_int(&v, i, 0);
	return push(m, &v);
}

/* A little-endian number of n bytes, 8 at most. */
static bool read_number(struct machine *m, unsigned int n, uint64_t *out)
{
	*out = 0;
	if ((size_t)(m->end - m->p) < n)
		return false;
	for (unsigned int i = 0; i < n; i++)
		*out |= (uint64_t)m->p[i] << (8 * i);
	m->p += n;
	return true;
}

/* The rest of a line, without its end. */
static bool read_line(struct machine *m, struct value *out)
{
	const uint8_t *end = memchr(m->p, '\n', (size_t)(m->end - m->p));

	if (!end)
		return false;
	mpy_value_bytes(out, V_STR, m->p, (size_t)(end - m->p), 0);
	m->p = end + 1;
	return true;
}

/* Text behind its size in n bytes. */
static bool counted(struct machine *m, unsigned int n, enum value_kind kind)
{
	uint64_t size;

	if (!read_number(m, n, &size) || size > (size_t)(m->end - m->p))
		return false;
	m->p += size;
	return push_text(m, kind, m->p - size, (size_t)size);
}

/* A line of text, its escapes read as codec says. */
static bool escaped(struct machine *m, struct value *v, const char *codec)
{
	struct args args = { .n = 1 };
	struct value out;

	if (memchr(v->u.s.data, '\\', v->u.s.size)) {
		v->kind = V_BYTES;
		mpy_value_bytes(&args.v[0], V_STR, (const uint8_t *)codec,
				strlen(codec), 0);
		mpy_value_unknown(&out, 0, m->line);
		if (!mpy_codec_args(m->f, &args, 0, false, v, &out) ||
		    !mpy_value_is_text(&out))
			return push_unknown(m);
		*v = out;
	}
	return push_text(m, V_STR, v->u.s.data, v->u.s.size);
}

static bool text_line(struct machine *m)
{
	struct value v;

	return read_line(m, &v) && escaped(m, &v, "raw_unicode_escape");
}

/* 'text' or "text", as repr() writes it */
static bool quoted(struct machine *m)
{
	struct value v;

	if (!read_line(m, &v))
		return false;
	if (v.u.s.size >= 2 && (*v.u.s.data == '\'' || *v.u.s.data == '"')) {
		v.u.s.data++;
		v.u.s.size -= 2;
	}
	return escaped(m, &v, "unicode_escape");
}

/* The function that module and name stand for. */
static bool global(struct machine *m, const struct value *module,
		   const struct value *name)
{
	const struct value *parts[] = { module, name };
	const struct name *at = NULL;
	struct value v;

	for (size_t i = 0; i < 2; i++) {
		if (!mpy_value_is_text(parts[i]) ||
		    parts[i]->u.s.size > NAME_SIZE)
			return push_unknown(m);
		at = mpy_name_dotted(m->f, at,
				     (const char *)parts[i]->u.s.data,
				     parts[i]->u.s.size);
		if (!at)
			return push_unknown(m);
	}
	mpy_eval_named(&v, at);
	return push(m, &v);
}

static bool global_lines(struct machine *m)
{
	struct value module, name;

	return read_line(m, &module) && read_line(m, &name) && global(m, &module, &name);
}

/* Both are on the stack. */
static bool global_stacked(struct machine *m)
{
	struct value module, name;

	if (m->n < 2)
		return false;
	name = m->stack[--m->n];
	module = m->stack[--m->n];
	return global(m, &module, &name);
}

/* What lies above stack[from] becomes one tuple. */
static bool tuple(struct machine *m, unsigned int from)
{
	struct list *list = mpy_list_new(m->f);
	struct value v;

	if (!list || from > m->n)
		return false;
	for (unsigned int i = from; i < m->n; i++)
		if (!mpy_list_add(m->f, list, &m->stack[i]))
			return false;
	m->n = from;
	mpy_value_unknown(&v, T_MARSHAL, m->line);
	v.kind = V_LIST;
	v.u.list = list;
	return push(m, &v);
}

static bool last_mark(struct machine *m, unsigned int *from)
{
	if (!m->n_marks)
		return false;
	*from = m->marks[--m->n_marks];
	return *from <= m->n;
}

/* Things that were put into what is below them. */
static bool drop_marked(struct machine *m)
{
	unsigned int from;

	if (!last_mark(m, &from))
		return false;
	m->n = from;
	return true;
}

/* function, tuple of arguments -> what the call gives */
static bool call(struct machine *m)
{
	const struct known *known;
	struct value callee, list, out;
	struct args args = { 0 };

	if (m->n < 2)
		return false;
	list = m->stack[--m->n];
	callee = m->stack[--m->n];
	if (list.kind != V_LIST || callee.kind != V_NAME)
		return push_unknown(m);
	known = callee.u.name->known;
	m->starts |= known && (known->sinks & (S_EXEC | S_RUN | S_SPAWN));
	args.line = m->line;
	mpy_args_each(m->f, &args, &list);
	if (args.n && mpy_value_is_text(&args.v[0]))
		mpy_fold_step(m->f, &args.v[0], m->step, "pickle");
	mpy_apply(m->f, &callee, NULL, NULL, &args,
		  m->f->at ? m->f->at - 1 : 0, &out);
	return push(m, &out);
}

/* (MARK arguments INST module name), and (MARK function arguments OBJ) */
static bool call_marked(struct machine *m, bool named)
{
	unsigned int from;

	if (!last_mark(m, &from) || !tuple(m, named ? from : from + 1))
		return false;
	if (named) {
		struct value list = m->stack[--m->n];

		if (!global_lines(m) || !push(m, &list))
			return false;
	}
	return call(m);
}

static bool remember(struct machine *m, uint64_t at)
{
	if (m->n && at < MEMO) {
		m->memo[at] = m->stack[m->n - 1];
		if (at >= m->n_memo)
			m->n_memo = (unsigned int)at + 1;
	}
	return m->n;
}

static bool recall(struct machine *m, uint64_t at)
{
	return at < m->n_memo ? push(m, &m->memo[at]) : push_unknown(m);
}

/* Numbers written out, as protocol 0 has them. */
static bool read_number_line(struct machine *m, uint64_t *out)
{
	struct value v;

	*out = 0;
	if (!read_line(m, &v) || !v.u.s.size || v.u.s.size > 9)
		return false;
	for (size_t i = 0; i < v.u.s.size; i++) {
		if (v.u.s.data[i] < '0' || v.u.s.data[i] > '9')
			return false;
		*out = *out * 10 + (v.u.s.data[i] - '0');
	}
	return true;
}

static bool skip(struct machine *m, unsigned int n)
{
	if ((size_t)(m->end - m->p) < n)
		return false;
	m->p += n;
	return true;
}

static bool pop(struct machine *m, unsigned int n)
{
	if (m->n < n)
		return false;
	m->n -= n;
	return true;
}

/* One instruction; false: the end, or nobody knows what comes. */
static bool step(struct machine *m)
{
	struct value v;
	uint64_t i;
	unsigned int from;

	switch (*m->p++) {
	case 0x80: /* PROTO */
		return skip(m, 1);
	case 0x95: /* FRAME */
		return skip(m, 8);
	case 'c':
		return global_lines(m);
	case 0x93: /* STACK_GLOBAL */
		return global_stacked(m);
	case 'S':
		return quoted(m);
	case 'V':
		return text_line(m);
	case 0x8c: /* SHORT_BINUNICODE */
		return counted(m, 1, V_STR);
	case 'X':
		return counted(m, 4, V_STR);
	case 0x8d: /* BINUNICODE8 */
		return counted(m, 8, V_STR);
	case 'U':
		return counted(m, 1, V_STR);
	case 'T':
		return counted(m, 4, V_STR);
	case 'C':
		return counted(m, 1, V_BYTES);
	case 'B':
		return counted(m, 4, V_BYTES);
	case 0x8e: /* BINBYTES8 */
		return counted(m, 8, V_BYTES);
	case 'I':
		return read_number_line(m, &i) && push_int(m, (int64_t)i);
	case 'K':
		return read_number(m, 1, &i) && push_int(m, (int64_t)i);
	case 'M':
		return read_number(m, 2, &i) && push_int(m, (int64_t)i);
	case 'J':
		return read_number(m, 4, &i) && push_int(m, (int32_t)(uint32_t)i);
	case 'G':
		return skip(m, 8) && push_unknown(m);
	case 'F':
	case 'L':
		return read_line(m, &v) && push_unknown(m);
	case 0x8a: /* LONG1 */
		return read_number(m, 1, &i) && skip(m, (unsigned int)i) &&
		       push_unknown(m);
	case 'N':
	case 0x88: /* NEWTRUE */
	case 0x89: /* NEWFALSE */
	case '}':
		return push_unknown(m);
	case ')':
	case ']':
		return tuple(m, m->n);
	case 0x85: /* TUPLE1, 2, 3 */
	case 0x86:
	case 0x87:
		from = m->p[-1] - 0x84u;
		return m->n >= from && tuple(m, m->n - from);
	case '(':
		if (m->n_marks == MARKS)
			return false;
		m->marks[m->n_marks++] = m->n;
		return true;
	case 't':
	case 'l':
		return last_mark(m, &from) && tuple(m, from);
	case 'd':
		return drop_marked(m) && push_unknown(m);
	case 'e':
	case 'u':
	case '1':
		return drop_marked(m);
	case 'a':
	case 'b':
	case '0':
		return pop(m, 1);
	case 's':
		return pop(m, 2);
	case '2':
		return m->n && push(m, &m->stack[m->n - 1]);
	case 'R':
	case 0x81: /* NEWOBJ */
		return call(m);
	case 'i':
		return call_marked(m, true);
	case 'o':
		return call_marked(m, false);
	case 'p':
		return read_number_line(m, &i) && remember(m, i);
	case 'q':
		return read_number(m, 1, &i) && remember(m, i);
	case 'r':
		return read_number(m, 4, &i) && remember(m, i);
	case 0x94: /* MEMOIZE */
		return remember(m, m->n_memo);
	case 'g':
		return read_number_line(m, &i) && recall(m, i);
	case 'h':
		return read_number(m, 1, &i) && recall(m, i);
	case 'j':
		return read_number(m, 4, &i) && recall(m, i);
	case '.':
		m->stopped = true;
		return false;
	default:
		return false;
	}
}

void mpy_pickle_load(struct mpy_fold *f, const struct value *data,
		     struct value *out)
{
	struct machine m;

	if (f->pickles == PICKLES)
		return;
	m.f = f;
	m.line = f->tokens[f->at ? f->at - 1 : 0].line;
	m.step = data->step;
	m.p = data->u.s.data;
	m.end = m.p + data->u.s.size;
	m.n = m.n_marks = m.n_memo = 0;
	m.starts = m.stopped = false;
	f->pickles++;
	while (m.p < m.end && mpy_budget_step(f->budget, 1) && step(&m))
		;
	f->pickles--;
	if (m.starts)
		mpy_flow_note(f, MPY_BEH_PICKLE_COMMAND, m.line, 0);
	if (m.stopped && m.n) {
		*out = m.stack[m.n - 1];
		out->marks |= data->marks;
		out->how |= data->how;
		if (mpy_value_is_text(out))
			mpy_fold_step(f, out, data->step, "pickle");
	}
}
