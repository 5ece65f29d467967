/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * eval.h - inside of fold: values, what is known of names, and how the files
 * of the fold call each other. Nobody else includes it.
 *
 *   fold.c     statements, the public functions; import.c and assign.c two
 *		kinds of them, define.c functions, classes and scopes
 *   eval.c     expressions; atom.c their smallest parts, operate.c
 *		operators, indexes and slices
 *   value.c    values, variables, names, items and steps; list.c sequences
 *   apply.c    calls over constants; sequence.c and convert.c builtins,
 *		method.c methods, format.c values as text, codec.c decoders,
 *		translate.c characters for others, bigint.c long numbers,
 *		shown.c what Python prints of its builtins: convert.h
 *   loops.c    comprehensions, loops and functions that are followed;
 *		branch.c which of their blocks are executed
 *   known.c    table of names with a meaning
 *   marks.c    words in strings with a meaning, words.c their table
 *   flow.c     what goes where: behaviours; flow_file.c of files, flow_send.c
 *		of what leaves the machine, flow_patch.c of libraries;
 *		command.c what of a call is the command
 *   special.c  objects of the text's classes, own.c its own file: special.h
 */
#ifndef MPY_JUDGE_EVAL_H
#define MPY_JUDGE_EVAL_H

#include "arena.h"
#include "branch.h"
#include "fold.h"
#include "marks.h"
#include "sinks.h"
#include "verdict.h"

enum value_kind {
	V_UNKNOWN,
	V_NONE,
	V_INT,
	V_STR,
	V_BYTES,
	V_LIST,	 /* list, tuple, set, dict (pairs) */
	V_NAME,	 /* something known by its dotted name */
	V_CODE,	 /* a lambda or function of this text */
	V_BOUND, /* a method of a constant: ''.join */
	V_BIG,	 /* a number beyond 64 bits, by its bytes */
	V_CLASS, /* a class of this text */
	V_OBJECT /* an object of one */
};

struct value {
	uint8_t kind;
	bool grows; /* V_STR, V_BYTES: made by mpy_value_append() */
	uint16_t how; /* enum mpy_how */
	uint32_t line; /* of the source that its marks come from */
	uint32_t step; /* of decoding, index + 1; 0: none */
	uint64_t marks;
	uint64_t key; /* of the variable that it is or was read from; 0 */
	union {
		int64_t i;
		struct {
			const uint8_t *data;
			size_t size;
		} s;
		struct list *list;
		const struct name *name;
		struct code *code;
		const struct bound *bound;
		uint64_t origin; /* V_UNKNOWN: key of a file's path;
				    V_CLASS, V_OBJECT: key of the
				    class's name */
	} u;
};

struct list {
	uint32_t n;
	uint32_t room;
	bool dict; /* pairs, key then value */
	bool chars; /* the numbers are characters of text */
	bool cycle; /* endless: itertools.cycle */
	bool pattern; /* re.compile(): text, flags */
	bool match; /* of a pattern: the groups */
	int32_t *ints;	     /* small numbers or characters, or */
	struct value *items; /* values, or */
	struct zip *zip;     /* pairs made when asked for, or */
	bool span;	     /* numbers from first on by step */
	int64_t first, step;
	uint16_t how;	     /* of the numbers, all together */
	uint32_t line;
	uint64_t marks;
};

struct name {
	const char *text; /* dotted */
	uint32_t size;
	bool builtins;  /* it stands for the module of that name */
	bool of_string; /* in module string */
	const struct known *known; /* or NULL */
	uint64_t key;
};

#define ZIPPED 4 /* sequences in a zip() */
#define PARAMS 6

struct code {
	uint64_t params[PARAMS];
	struct value *defaults; /* PARAMS of them, or NULL: none is known */
	uint32_t n_params;
	uint32_t piece; /* serial number of the piece of tokens */
	uint32_t first, last; /* body: tokens first..last-1 */
	bool lambda;
	bool open; /* still being read: not to be followed */
	bool method; /* its first parameter is self */
	bool inside; /* of a class, and not static */
	bool types; /* is told of keys that are pressed */
	bool handler; /* a chat calls it with a message */
	uint8_t active; /* times that it is being followed now */
	uint8_t fruitless; /* points for calls that gave nothing */
	uint32_t statement; /* in which they did */
	uint32_t does; /* S_* of all calls in it */
	uint64_t result; /* marks of what it returns */
	uint32_t result_line;
	uint64_t name; /* key */
	uint32_t param[4]; /* S_* that each argument reaches */
};

struct bound {
	struct value self;
	const struct known *method; /* of the table of methods */
};

/* What it computes, for apply.c. */
enum op {
	OP_NONE,
	OP_EXEC,
	OP_EVAL,
	OP_COMPILE,
	OP_IMPORT,
	OP_GETATTR,
	OP_NAMESPACE, /* globals(), vars(x), x.__dict__ */
	OP_ONE_OF, /* one variable of the environment */
	OP_CHR, OP_ORD,
	OP_BYTES,
	OP_STR,
	OP_SHOW,
	OP_INT, /* arg: 1 for float(), if it is a whole number */
	OP_LEN,
	OP_RANGE, OP_MAP, OP_FILTER, OP_ZIP, OP_ENUMERATE,
	OP_REVERSED, OP_LIST, OP_SORTED,
	OP_CYCLE,
	OP_CHAIN, OP_SUM, OP_COMPRESS, OP_LONGEST, /* zip_longest */
	OP_XOR,
	OP_SAME,    /* gives its first argument */
	OP_MAX, OP_MIN,
	OP_OPEN,
	OP_DECODE,  /* arg: enum mpy_coding */
	OP_UNPACK,  /* arg: enum mpy_packing */
	OP_CODEC,   /* codecs.decode(x, name) */
	OP_ESCAPE,  /* codecs.escape_decode(x) */
	OP_MARSHAL,
	OP_PICKLE,
	OP_REDUCE,
	OP_STRUCT,  /* constructs a file-like: BytesIO */
	OP_LATER, /* arg: 1 if the arguments are given as one list */
	OP_PARTIAL,
	OP_MAKETRANS,
	OP_DICT,
	OP_LITERAL, /* as eval(): json.loads() */
	OP_OBJECT,  /* gives itself: zlib.decompressobj() */
	OP_PACK,    /* arg: where in the arguments the numbers begin */
	OP_HEX,
	OP_FORMAT,
	OP_PATTERN, /* arg: enum mpy_re_do of pattern.h */
	OP_FROM_BYTES, /* int.from_bytes() */
	OP_BESIDE, /* arg: least arguments. A path beside its first argument */
	OP_JOIN_PATH, /* the same, and its pieces are words */
	OP_OWN_LINES, /* linecache.getlines() */
	OP_PATH, /* the same path in another form */
	OP_HOME, /* Path.home(), or expanduser() of nothing more: "~" */
	OP_ZIP_FILE, /* of bytes: they are the archive */
	OP_MEMBER, /* arg: the argument that names one of the own archive */
	OP_ALIASED, /* arg: nothing; the row's sentence is its other name */
	/* methods of strings, bytes, lists */
	OP_M_JOIN = 64,
	OP_M_DECODE,
	OP_M_ENCODE,
	OP_M_REPLACE,
	OP_M_LINES,
	OP_M_STRIP,
	OP_M_LSTRIP,
	OP_M_RSTRIP,
	OP_M_SPLIT, OP_M_PARTITION, OP_M_ADD,
	OP_M_FORMAT,
	OP_M_LOWER,
	OP_M_UPPER,
	OP_M_SWAPCASE,
	OP_M_TITLE,
	OP_M_TRANSLATE,
	OP_M_APPEND,
	OP_M_KEEP, /* of a list or dictionary: what is given is in it then */
	OP_M_EXTEND,
	OP_M_REVERSE,
	OP_M_GET,
	OP_M_FROMHEX,
	OP_M_HEX,
	OP_M_INDEX,
	OP_M_OPEN, /* Path.open() */
	OP_M_PATH, /* Path.resolve() */
	OP_M_PATTERN, /* of re.compile(), arg as of OP_PATTERN */
	OP_M_GROUP,
	OP_M_READ,
	OP_M_SEEK,
	OP_M_WRITE,
	OP_M_ITEMS,
	OP_M_POP,
	OP_M_PAD, /* arg: 0 zfill, 1 ljust, 2 rjust, 3 center */
	OP_M_GETATTR,
	OP_M_TO_BYTES,
	OP_M_FROM_BYTES,
	OP_M_STARTSWITH,
	OP_M_CALL,
	OP_M_BIT_LENGTH,
	OP_M_IS /* arg: the letter that stands for what: 'l' islower() ... */
};

struct known {
	const char *path;
	uint8_t op;
	uint8_t arg; /* OP_NONE: least arguments for it to do what it does */
	uint8_t direct; /* behaviour of merely calling it, + 1 */
	uint32_t sinks;
	uint64_t source; /* marks of what it gives */
};

#define ARGS 24

struct args {
	unsigned int n;
	struct value v[ARGS];
	uint64_t word[ARGS]; /* key of the keyword; 0: by position */
	uint64_t marks;	     /* of all, those beyond ARGS too */
	uint32_t line;	     /* of the newest source in marks */
	bool all;	     /* those beyond ARGS are wanted too: */
	struct list *more;   /* those of them by position, or NULL */
};

struct variable {
	uint64_t key;
	struct value value;
};

struct scope {
	const struct code *code; /* NULL: class, or not worth it */
	struct code *own;
	uint32_t indent; /* level of its block */
	uint32_t undo;	 /* length of the undo list before it */
	bool is_class;
	uint64_t class_name; /* key */
	bool is_hook; /* class of an installer's command */
	uint64_t globals[8];
	unsigned int n_globals;
};

#define OWN_HANDLES 16

#define SCOPES	32
#define DROPPED 16

/* Lines where things were seen that no value connects; 0: not seen. */
struct seen {
	uint32_t connect, dup, shell, recv, net_write, memory, remote;
	uint32_t clipboard, keyboard, chat, bus, web, torch, setup, uid, run;
	uint32_t while_true, network, memory_run, encrypt, walk;
	uint32_t clip_set, privileged, host_pid, whole;
	uint32_t lines; /* newest "for" over what a file holds */
	uint32_t hidden; /* texts that may be: how many, no line */
	const struct known *remote_call;
	const uint8_t *dropped[DROPPED]; /* constant paths written to */
	uint16_t dropped_size[DROPPED];
	unsigned int n_dropped;
};

#define KNOWN_TEXTS 8

/* A text and its characters; NULL: each is a byte. */
struct known_text {
	const uint8_t *data;
	size_t size;
	struct list *list;
};

struct mpy_fold {
	const uint8_t *text;
	size_t size;
	struct mpy_budget *budget;
	struct mpy_arena arena;
	bool no_memory, asks_doc; /* the text has a __doc__ */

	const struct mpy_token *tokens;
	uint32_t n;
	uint32_t at; /* changed by mpy_eval_go() and mpy_eval_advance() */
	uint32_t end; /* of what is being read: n, or the end of a body */
	const struct mpy_token *next; /* the token at, or mpy_eval_end */
	uint32_t piece;
	unsigned int depth;  /* of expressions */
	unsigned int follow; /* depth of followed functions */
	uint32_t follow_undo; /* length of undo before the innermost one */
	unsigned int evals; /* depth of eval() that is read */
	unsigned int pickles; /* depth of pickles that are read */
	uint32_t evals_made;
	unsigned int unroll; /* > 0: tokens are read again, not first time */
	uint64_t unroll_left; /* of this statement, tokens */
	uint64_t unroll_kept; /* of the text, for when more is granted */
	uint64_t largest;     /* constants of one statement so far, bytes */
	uint64_t here;	      /* those of this one */
	uint32_t statement;   /* how many have been read */
	unsigned int in_vain; /* statements in a row that used up theirs */
	uint32_t steps_before; /* n_steps when the statement began */
	bool returned;
	bool may_return; /* result is of a return that may be executed */
	struct list *yielded; /* by the function that is followed, or NULL */
	bool broken; /* break in a loop that is read in rounds */
	bool skipping; /* continue: to the end of the round */
	bool again; /* a comprehension's element is read once more */
	struct value result;
	uint32_t growth; /* constants that grew, shows that a loop pays */
	uint32_t hollow; /* how many of them grew by what nobody knows */

	uint32_t indent;
	struct scope scopes[SCOPES];
	unsigned int n_scopes;
	unsigned int lost_scopes;
	struct code *pending; /* def whose block has not begun */
	bool pending_class;
	uint64_t pending_name; /* of the class: key */
	bool pending_hook;
	uint32_t pending_undo;
	/* end of the block of a loop after its rounds: it is read once more,
	 * for what is in it, and what the rounds built stays */
	uint32_t kept_to;
	struct branch branch;
	uint32_t endless; /* rounds of "while True" and "while x" so far */
	uint32_t decided; /* conditions so far whose truth was known */
	struct variable *undo;
	uint32_t n_undo, undo_room;

	struct known_text text_of[KNOWN_TEXTS];
	unsigned int slices; /* of long text, counted out */
	unsigned int texts_read; /* into text_of, one slot after the other */
	const struct name *stars[8]; /* from x import * */
	unsigned int n_stars;
	struct {
		uint64_t key;
		const struct known *known;
	} methods[256]; /* cache */
	uint64_t *var_keys; /* 0: free; vars_room of them */
	struct value *vars; /* the same, filled where there is a key */
	uint32_t vars_used, vars_room;
	const struct name **names;
	uint32_t names_used, names_room;

	struct mpy_fold_item *items;
	size_t n_items, items_room;
	struct mpy_fold_step *steps;
	size_t n_steps, steps_room;
	struct mpy_fold_string *strings;
	size_t n_strings, strings_room;
	struct code *lambda; /* being read */
	uint64_t self_key, cls_key, reduce_key, init_key; /* of these words */
	uint64_t stdin_key; /* sys.stdin */
	struct {
		const uint8_t *text; /* NULL: not to be read */
		size_t size;
		bool raw; /* the text is the file byte for byte */
		unsigned int opened; /* so many times */
		size_t at[OWN_HANDLES + 1]; /* where each is read next */
		const uint8_t *archive; /* that it is in, or NULL */
		size_t archive_size;
	} own; /* the program's file */
	bool early; /* something is kept by mpy_define_early() */

	struct mpy_behaviours behaviours;
	struct seen seen;
	uint64_t noted[64]; /* bits: behaviour and line, to count each once */
	uint8_t heads[8192]; /* marks.c: how words begin */
};

/* value.c */
void mpy_value_unknown(struct value *v, uint64_t marks, uint32_t line);
void mpy_value_int(struct value *v, int64_t i, uint16_t how);
void mpy_value_bytes(struct value *v, enum value_kind kind,
		     const uint8_t *data, size_t size, uint16_t how);
bool mpy_value_is_text(const struct value *v); /* V_STR or V_BYTES */
bool mpy_value_is_const(const struct value *v);
bool mpy_value_equal(const struct value *v, const char *text);
/* 1, 0, or -1 if it cannot be known. */
int mpy_value_truth(const struct value *v);
/* Adds b's marks to a. */
void mpy_value_taint(struct value *a, const struct value *b);
/* A path of this program that is changed is another file's (T_SELF goes), unless
 * it was read, or what it is changed with has the marks others, of it too. */
void mpy_value_beside(struct value *v, uint64_t others);
/* a + b into a, which may grow in place. False: memory. */
bool mpy_value_append(struct mpy_fold *f, struct value *a,
		      const struct value *b);
/*
 * a[i] = b, for a list or bytes that are the variable's own. False: it cannot
 * be known.
 */
bool mpy_value_put(struct mpy_fold *f, struct value *a, int64_t i,
		   const struct value *b);
struct list *mpy_list_new(struct mpy_fold *f);
bool mpy_list_add(struct mpy_fold *f, struct list *list,
		  const struct value *v);
/* Makes room for n values of any kind in a new list. */
bool mpy_list_room(struct mpy_fold *f, struct list *list, uint32_t n);
void mpy_list_get(struct mpy_fold *f, const struct list *list, uint32_t i,
		  struct value *v);
/* size tuples of n sequences made ready, V_NONE among them the index. */
struct list *mpy_list_zip(struct mpy_fold *f, const struct value *seq,
			  unsigned int n, int64_t size, int64_t start);
/* A string of one character. */
void mpy_value_char(struct mpy_fold *f, uint32_t point, uint16_t how,
		    struct value *out);
/*
 * v as a sequence: first made ready (text beyond ASCII becomes a list), then
 * its length and elements: bytes give numbers, text gives characters. False
 * if it is none.
 */
bool mpy_seq_start(struct mpy_fold *f, struct value *v);
int64_t mpy_seq_size(const struct value *v);
void mpy_seq_get(struct mpy_fold *f, const struct value *v, int64_t i,
		 struct value *out);
uint64_t mpy_key(const void *data, size_t size);
uint64_t mpy_key_token(struct mpy_fold *f, const struct mpy_token *t);
uint64_t mpy_key_join(uint64_t parent, uint64_t key);
struct value *mpy_var_find(struct mpy_fold *f, uint64_t key);
void mpy_var_set(struct mpy_fold *f, uint64_t key, const struct value *v);
/* Something with these marks went into what the variable holds. */
void mpy_var_taint(struct mpy_fold *f, uint64_t key, uint64_t marks,
		   uint32_t line);
/* As set, but undone when the current function ends. */
void mpy_var_local(struct mpy_fold *f, uint64_t key, const struct value *v);
/* The same for a variable that may be local already. */
void mpy_var_assign(struct mpy_fold *f, uint64_t key, const struct value *v);
void mpy_var_undo(struct mpy_fold *f, uint32_t to);
/* The name parent.text, parent may be NULL. NULL when memory is used up. */
const struct name *mpy_name_get(struct mpy_fold *f, const struct name *parent,
				const char *text, size_t size);
/* The same for several names with dots between them. */
const struct name *mpy_name_dotted(struct mpy_fold *f,
				   const struct name *parent, const char *text,
				   size_t size);
/* mpy_name_get() if it has been asked for before, else NULL. */
const struct name *mpy_name_known(const struct mpy_fold *f,
				  const struct name *parent, const char *text,
				  size_t size);
/* A literal that may be a layer by itself. */
void mpy_fold_string(struct mpy_fold *f, const struct value *v, uint32_t line);
void mpy_fold_item(struct mpy_fold *f, uint32_t first, const struct value *v);
/* v was made by decoding from the step before; notes it in v->step. */
void mpy_fold_step(struct mpy_fold *f, struct value *v, uint32_t parent,
		   const char *kind);

/* known.c */
const struct known *mpy_known_find(const char *path, size_t size);
const struct known *mpy_known_method(const char *name, size_t size);
bool mpy_known_root(const char *name, size_t size); /* a module's name */

/* eval.c */
void mpy_eval(struct mpy_fold *f, struct value *out); /* one expression */
void mpy_eval_list(struct mpy_fold *f, struct value *out); /* a, b, c */

/* Every token comes by here several times, so these are inline. */
extern const struct mpy_token mpy_eval_end;

/* At the end, or no steps left. */
static inline bool mpy_eval_done(const struct mpy_fold *f)
{
	return f->at >= f->end || !f->budget->steps || f->no_memory;
}

static inline const struct mpy_token *mpy_eval_peek(const struct mpy_fold *f)
{
	return f->next;
}

static inline const struct mpy_token *mpy_eval_peek2(const struct mpy_fold *f)
{
	return f->at + 1 < f->end ? &f->tokens[f->at + 1] : &mpy_eval_end;
}

static inline bool mpy_eval_op(const struct mpy_fold *f, unsigned int op)
{
	const struct mpy_token *t = mpy_eval_peek(f);

	return t->kind == MPY_TOK_OP && t->sub == op;
}

static inline bool mpy_eval_kw(const struct mpy_fold *f, enum mpy_kw kw)
{
	const struct mpy_token *t = mpy_eval_peek(f);

	return t->kind == MPY_TOK_KEYWORD && t->sub == kw;
}

/* On with another token. */
static inline void mpy_eval_go(struct mpy_fold *f, uint32_t at)
{
	f->at = at;
	f->next = at < f->end ? &f->tokens[at] : &mpy_eval_end;
}

/* On with the tokens at..end-1. */
static inline void mpy_eval_range(struct mpy_fold *f, uint32_t at,
				  uint32_t end)
{
	f->end = end;
	mpy_eval_go(f, at);
}

/* One token on: it costs a step, and in a loop one of the loop's. */
static inline void mpy_eval_advance(struct mpy_fold *f)
{
	mpy_eval_go(f, f->at + 1);
	if (f->budget->steps)
		f->budget->steps--;
	else
		f->budget->bounds |= MPY_BOUND_STEPS;
	if ((f->unroll || f->follow) && f->unroll_left)
		f->unroll_left--;
}

/* Past the operator, if it is next. */
static inline bool mpy_eval_accept(struct mpy_fold *f, unsigned int op)
{
	if (!mpy_eval_op(f, op))
		return false;
	mpy_eval_advance(f);
	return true;
}

/* Past an expression without reading it. */
void mpy_eval_skip(struct mpy_fold *f);
/* simple: a plain name, local to its function; else a path such as self.x */
void mpy_eval_assign(struct mpy_fold *f, uint64_t key, bool simple,
		     const struct value *v);
void mpy_eval_name(struct mpy_fold *f, const struct mpy_token *t,
		   struct value *out);
void mpy_eval_root(struct mpy_fold *f, const char *name, size_t size,
		   struct value *out);
/* Parameters of a def or lambda, up to ")" or ":", made local. */
void mpy_eval_params(struct mpy_fold *f, struct code *code);
void mpy_eval_skip_group(struct mpy_fold *f);
void mpy_eval_binary(struct mpy_fold *f, unsigned int op, struct value *a,
		     const struct value *b, uint32_t first);
void mpy_eval_index(struct mpy_fold *f, struct value *v,
		    const struct value *index);
bool mpy_eval_slice(struct mpy_fold *f, struct value *v,
		    const struct value *from, const struct value *to,
		    const struct value *by);
void mpy_eval_attr(struct mpy_fold *f, struct value *v, const char *name,
		   size_t size, uint16_t how);

/* atom.c */
/* What a dotted name stands for; NULL: nobody knows. */
void mpy_eval_named(struct value *out, const struct name *name);
void mpy_eval_atom(struct mpy_fold *f, struct value *out);
const struct known *mpy_eval_method(struct mpy_fold *f,
				    const struct mpy_token *t);

/* apply.c */
void mpy_apply(struct mpy_fold *f, const struct value *callee,
	       const struct value *self, const struct known *method,
	       struct args *args, uint32_t first, struct value *out);

/* eval.c: is the keyword of argument i one of the words (NULL at the end)? */
bool mpy_args_called(const struct args *args, unsigned int i,
		     const char *const *words);
/* eval.c: marks of v, v by keyword or position (0), each element of list */
void mpy_args_mark(struct args *args, const struct value *v);
void mpy_args_add(struct mpy_fold *f, struct args *args,
		  const struct value *v, uint64_t word);
void mpy_args_each(struct mpy_fold *f, struct args *args,
		   const struct value *list);
/* Const text in args[i], or NULL. */
const struct value *mpy_apply_text(const struct args *args, unsigned int i);
/* A string made of single characters becomes a layer if it is long. */
void mpy_apply_made(struct mpy_fold *f, struct value *v, uint32_t parent);
/* One argument's call of something that may be a name or a lambda. */
void mpy_apply_one(struct mpy_fold *f, const struct value *callee,
		   const struct value *a, const struct value *b,
		   struct value *out);

/* sequence.c, convert.c: true if the function is one of theirs */
bool mpy_sequence_apply(struct mpy_fold *f, const struct known *known,
			const struct args *args, struct value *out);
bool mpy_convert_apply(struct mpy_fold *f, const struct known *known,
		       const struct args *args, struct value *out);

/* method.c: true if it gave a value */
bool mpy_method_apply(struct mpy_fold *f, const struct known *method,
		      const struct value *self, struct args *args,
		      struct value *out);

/* loops.c */
void mpy_loop_call(struct mpy_fold *f, struct code *code,
		   struct args *args, struct value *out);
/* An object of a class is made: what __init__() keeps of constants. */
void mpy_loop_init(struct mpy_fold *f, struct code *code,
		   struct args *args);
bool mpy_loop_comprehension(struct mpy_fold *f, uint32_t first,
			    struct value *out);
void mpy_loop_for(struct mpy_fold *f);
void mpy_loop_while(struct mpy_fold *f);

/* fold.c */
/* A constant of this size was made: statements may do more for it. */
void mpy_fold_grant(struct mpy_fold *f, uint64_t size);
/* One was read, one of several perhaps. */
void mpy_fold_constant(struct mpy_fold *f, uint64_t size);
void mpy_fold_statement(struct mpy_fold *f);

/* import.c: f->at is at the word */
void mpy_import_read(struct mpy_fold *f);
void mpy_import_from(struct mpy_fold *f);

/* assign.c */
/*
 * "a = b, c.d = value", "x: T = value", "x += value". False, and f->at as it
 * was, if the statement is none of them.
 */
bool mpy_assign_read(struct mpy_fold *f);
/* What stands behind "as" is given v. */
void mpy_assign_as(struct mpy_fold *f, const struct value *v);

/* define.c: f->at is at the word, at the token of layout t */
/* A call of what is not known yet: see define.c. */
void mpy_define_early(struct mpy_fold *f, uint64_t name,
		      const struct args *args);
/* What may be in the next parameter of code: by its name, by earlier calls. */
void mpy_define_param(struct mpy_fold *f, const struct code *code,
		      const struct mpy_token *t, struct value *v);
void mpy_define_def(struct mpy_fold *f);
void mpy_define_class(struct mpy_fold *f);

/* At "yield": what the function gives; out is what it is sent. */
void mpy_define_yield(struct mpy_fold *f, struct value *out);
void mpy_define_return(struct mpy_fold *f);
void mpy_define_global(struct mpy_fold *f);
/* An indentation opens a scope, its end closes it. */
void mpy_define_layout(struct mpy_fold *f, const struct mpy_token *t);
/* def f(x): return x ends with its line. */
void mpy_define_line(struct mpy_fold *f);

/* flow.c */
void mpy_flow_note(struct mpy_fold *f, enum mpy_behaviour id, uint32_t line,
		   uint32_t other);
void mpy_flow_call(struct mpy_fold *f, const struct known *known,
		   const struct value *self, struct args *args,
		   struct value *out, uint32_t line);
void mpy_flow_sinks(struct mpy_fold *f, uint32_t sinks,
		    const struct value *self, struct args *args,
		    uint32_t line);
/* The call of a function of this text that does such things. */
void mpy_flow_inner(struct mpy_fold *f, uint32_t sinks, uint32_t line);
/* v goes into the variable: sys.stdin tells something. */
void mpy_flow_redirect(struct mpy_fold *f, uint64_t key,
		       const struct value *v, uint32_t line);
/* A parameter whose name tells what it is given. */
uint64_t mpy_flow_param(struct mpy_fold *f, const struct mpy_token *t,
			unsigned int index);
/* A key of a dictionary and the token that its value begins with. */
void mpy_flow_key(struct mpy_fold *f, const struct value *key,
		  const struct mpy_token *value);
void mpy_flow_import(struct mpy_fold *f, const struct name *name,
		     uint32_t line);
void mpy_flow_end(struct mpy_fold *f);

#endif
