// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Command lines as subprocess and the like are given them: which part of the
 * arguments is the command, and what its process is connected to.
 */
#include "command.h"

#include <string.h>

#include "flow.h"
#include "words.h"

#define TOOL_MAX   256	/* bytes of a program's path that are looked at */
#define WORDS_MAX  1024 /* bytes of a command line put together */
#define LINE_WORDS 64	/* and its words */

/* They read from their input, or from a file, what to do. */
static const char *const readers[] = {
	"sh", "bash", "dash", "zsh", "ash", "ksh", "cmd", "powershell", "pwsh",
	"python", "python2", "python3", "perl", "ruby", "node", "php", NULL
};

/* Is the last part of the path, without .exe, one of the names? */
static bool is_tool(const struct value *v, const char *const *names)
{
	const uint8_t *p, *slash;
	size_t size;

	if (!mpy_value_is_text(v) || v->u.s.size > TOOL_MAX)
		return false;
	p = v->u.s.data;
	size = v->u.s.size;
	while ((slash = memchr(p, '/', size)) ||
	       (slash = memchr(p, '\\', size))) {
		size -= (size_t)(slash + 1 - p);
		p = slash + 1;
	}
	if (size > 4 && !memcmp(p + size - 4, ".exe", 4))
		size -= 4;
	for (; *names; names++)
		if (strlen(*names) == size && !memcmp(*names, p, size))
			return true;
	return false;
}

/* A program that runs what it is given: its arguments are commands too. */
static bool is_interpreter(const struct value *v)
{
	static const char *const names[] = {
		"busybox", "pythonw", "java", "env", "sudo", "su", "nohup",
		"setsid", "nice", "xargs", "timeout", "wscript", "cscript",
		"mshta", "rundll32", "osascript", "start", "docker", "chroot",
		"unshare", "systemd-run", "-c", "-e", "/c", "/C", "/k", NULL
	};

	/* nobody knows: it may be one */
	return !mpy_value_is_text(v) || v->u.s.size > TOOL_MAX ||
	       is_tool(v, readers) || is_tool(v, names);
}

/* What has the shell do more than one thing. */
static bool has_operator(const struct value *v)
{
	for (size_t i = 0; i < v->u.s.size; i++)
		if (memchr(";&|`$(\n", v->u.s.data[i], 7))
			return true;
	return false;
}

/* "unzip -q " starts unzip, whatever comes behind it: *first. */
static bool is_tool_line(const struct value *v, struct value *first)
{
	static const char *const opens[] = { "open", "xdg-open", "explorer",
					     "msiexec", "regsvr32", "exec",
					     "call", ".", "source", NULL };
	const uint8_t *end;

	if (!mpy_value_is_text(v) || v->u.s.size > WORDS_MAX)
		return false;
	end = memchr(v->u.s.data, ' ', v->u.s.size);
	if (!end || end == v->u.s.data || has_operator(v))
		return false;
	*first = *v;
	first->u.s.size = (size_t)(end - v->u.s.data);
	return !is_interpreter(first) && !is_tool(first, opens) &&
	       !memchr(first->u.s.data, '%', first->u.s.size) &&
	       !memchr(first->u.s.data, '{', first->u.s.size);
}

uint16_t mpy_command_how(const struct value *a, const struct value *b)
{
	struct value first;
	bool tool = mpy_value_is_text(a) ? is_tool_line(a, &first)
					 : a->how & MPY_HOW_TOOL;

	if (b && mpy_value_is_text(b) && has_operator(b))
		tool = false;
	return tool ? MPY_HOW_CONCAT | MPY_HOW_TOOL : MPY_HOW_CONCAT;
}

bool mpy_command_tool(const struct mpy_fold *f, const struct args *args)
{
	const struct value *v = &args->v[0];
	struct value first;

	if (!args->n)
		return false;
	if (!mpy_value_is_text(v))
		return v->how & MPY_HOW_TOOL;
	return is_tool_line(v, &first) && !mpy_flow_is_dropped(f, &first);
}

/* One command of a line: p[0..size) without the spaces around it. */
static bool is_build(const uint8_t *p, size_t size)
{
	static const char *const names[] = {
		"make", "gmake", "cmake", "ninja", "meson", "scons",
		"autoconf", "automake", "autoreconf", "gcc", "g++", "cc", "c++",
		"clang", "clang++", "gfortran", "nvcc", "ld", "ar", "strip",
		"pkg-config", "ldconfig", "swig", "cython", "protoc", "bison",
		"flex", "gperf", "tsc", "sass", "lessc", "msgfmt", "lrelease",
		"pyrcc5", "pyuic5", "sphinx-build", "doxygen",
		"update-desktop-database", "gtk-update-icon-cache",
		"glib-compile-schemas", "glib-compile-resources", NULL
	};
	/* with what may follow: others of theirs run what they fetch */
	static const char *const whole[] = {
		"cd ", "mkdir ", "./configure", "npm ci", "npm run ",
		"npm install", "git submodule ", "git describe", "git rev-parse"
	};
	const uint8_t *end = memchr(p, ' ', size);
	struct value word = { .kind = V_STR };

	word.u.s.data = p;
	word.u.s.size = end ? (size_t)(end - p) : size;
	if (is_tool(&word, names))
		return !memchr(p, '/', word.u.s.size) ||
		       (word.u.s.size > 9 && !memcmp(p, "/usr/bin/", 9));
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		size_t n = strlen(whole[i]);

		if (size >= n && !memcmp(p, whole[i], n) &&
		    (size == n || whole[i][n - 1] == ' ' ||
		     (p[n] == ' ' && strcmp(whole[i], "npm install") != 0)))
			return true;
	}
	return false;
}

/* Other places, other makefiles, other shells: it may run anything. */
static bool is_odd(const uint8_t *line, size_t size)
{
	static const char *const odd[] = { "://", "SHELL=", "exec", " -f",
					   " -C /", " /tmp", ">", "<", "`",
					   "$(" };

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if (memmem(line, size, odd[i], strlen(odd[i])))
			return true;
	return false;
}

/* "cd src && make; make install", each of it */
static bool builds(const uint8_t *p, size_t size)
{
	const uint8_t *end = p + size, *to;

	if (is_odd(p, size))
		return false;
	for (;; p = to) {
		while (p < end && memchr(";&|\n ", *p, 5))
			p++;
		if (p == end)
			return size;
		for (to = p; to < end && !memchr(";&|\n", *to, 4); to++)
			;
		if (!is_build(p, (size_t)(to - p)))
			return false;
	}
}

bool mpy_command_builds(struct mpy_fold *f, const struct args *args)
{
	static const char *const other[] = { "executable", NULL };
	const struct value *v = &args->v[0];
	uint8_t line[WORDS_MAX];
	struct value word;
	size_t n = 0;

	for (unsigned int i = 0; i < args->n && i < ARGS; i++)
		if (mpy_args_called(args, i, other))
			return false;
	if (!args->n || v->kind != V_LIST)
		return args->n && mpy_value_is_text(v) &&
		       v->u.s.size <= WORDS_MAX &&
		       builds(v->u.s.data, v->u.s.size);
	/* as one line; what is not known is a word like any other */
	for (uint32_t i = 0; i < v->u.list->n; i++) {
		mpy_list_get(f, v->u.list, i, &word);
		if (!mpy_value_is_text(&word)) {
			if (!i || (word.marks & T_SOURCES))
				return false;
			mpy_value_bytes(&word, V_STR, (const uint8_t *)"x", 1,
					0);
		}
		if (word.u.s.size >= sizeof(line) - n)
			return false;
		if (n)
			line[n++] = ' ';
		memcpy(line + n, word.u.s.data, word.u.s.size);
		n += word.u.s.size;
	}
	return builds(line, n);
}

/* Does the list start a program that is named in it, and nothing else? */
static bool is_fixed(struct mpy_fold *f, const struct list *l)
{
	struct value v;

	for (uint32_t i = 0; i < l->n && i < 8; i++) {
		mpy_list_get(f, l, i, &v);
		if (is_interpreter(&v) && (!i || mpy_value_is_text(&v)))
			return false;
	}
	return true;
}

/* Marks of a list: of all of it if it runs its arguments. */
static uint64_t list_marks(struct mpy_fold *f, const struct value *list)
{
	struct value first;

	if (!is_fixed(f, list->u.list))
		return list->marks;
	mpy_list_get(f, list->u.list, 0, &first);
	return first.marks;
}

/* The last argument of os.execve(path, [...], env). */
static bool is_environment(const struct args *args, unsigned int i)
{
	return i == 2 && args->n == 3 && !args->word[1] && !args->word[2] &&
	       !mpy_value_is_text(&args->v[1]);
}

struct line {
	uint8_t text[WORDS_MAX];
	size_t size;
	unsigned int words;
};

/* One more word; of what nobody knows, a question mark. False: no room. */
static bool add_word(struct mpy_fold *f, struct line *line,
		     const struct value *v)
{
	bool known = mpy_value_is_text(v);
	const uint8_t *word = known ? v->u.s.data : (const uint8_t *)"?";
	size_t size = known ? v->u.s.size : 1;

	if (line->words == LINE_WORDS || !mpy_budget_step(f->budget, 1) ||
	    size >= sizeof(line->text) - line->size)
		return false;
	if (line->words++)
		line->text[line->size++] = ' ';
	if (size)
		memcpy(line->text + line->size, word, size);
	line->size += size;
	return true;
}

static bool add_words(struct mpy_fold *f, struct line *line,
		      const struct value *v)
{
	struct value word;

	if (v->kind != V_LIST || v->u.list->dict)
		return add_word(f, line, v);
	for (uint32_t i = 0; i < v->u.list->n; i++) {
		mpy_list_get(f, v->u.list, i, &word);
		if (!add_word(f, line, &word))
			return false;
	}
	return true;
}

/* Does the command act elsewhere, or not at all? */
static bool is_elsewhere(const struct line *line)
{
	static const char *const names[] = { "docker ", "podman ", "lxc ",
					     "kubectl ", "chroot ", "ssh ",
					     "echo ", "printf " };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t n = strlen(names[i]);

		if (line->size >= n && !memcmp(line->text, names[i], n))
			return true;
	}
	return false;
}

/*
 * The program that sudo, nohup and the like start, without its path: their
 * options, and variables that are set for it, are passed over.
 */
static const uint8_t *behind_wrappers(const uint8_t *p, const uint8_t *end)
{
	static const char *const names[] = { "sudo",  "nohup",	"exec", "setsid",
					     "doas",  "busybox", "env",
					     "timeout", "nice" };

	for (bool wrapper = false;;) {
		const uint8_t *space = memchr(p, ' ', (size_t)(end - p)), *slash;
		size_t n, i = 0;

		if (!space)
			return p;
		slash = memrchr(p, '/', (size_t)(space - p));
		if (slash)
			p = slash + 1;
		n = (size_t)(space - p);
		while (i < sizeof(names) / sizeof(names[0]) &&
		       (strlen(names[i]) != n || memcmp(p, names[i], n)))
			i++;
		if (i == sizeof(names) / sizeof(names[0]) &&
		    !(wrapper && (!n || *p == '-' || memchr(p, '=', n) ||
				  (*p >= '0' && *p <= '9'))))
			return p;
		wrapper = true;
		p = space + 1;
	}
}

/* nc host port -e /bin/sh: does netcat give away a program, in any order? */
static bool is_netcat_shell(const struct line *line)
{
	static const char *const names[] = { "nc ", "ncat ", "netcat " };
	static const char *const options[] = { " -e ", " -e/", " --exec ",
					       " --sh-exec ", " -c /bin/",
					       " -c sh", " -c bash" };
	const uint8_t *p = line->text;
	size_t size = 0, n;
	bool named = false;

	while (size < line->size && !strchr(";|&<>\n", p[size]))
		size++;
	p = behind_wrappers(p, p + size);
	size -= (size_t)(p - line->text);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		n = strlen(names[i]);
		named |= size > n && !memcmp(p, names[i], n);
	}
	for (size_t i = 0; named && i < sizeof(options) / sizeof(*options); i++)
		if (memmem(p, size, options[i], strlen(options[i])))
			return true;
	return false;
}

uint64_t mpy_command_line(struct mpy_fold *f, const struct args *args,
			  uint32_t at)
{
	static const char *const command[] = { "args", NULL };
	struct line line;

	line.size = 0;
	line.words = 0;
	for (unsigned int i = 0; i < args->n; i++)
		if ((!args->word[i] || mpy_args_called(args, i, command)) &&
		    !add_words(f, &line, &args->v[i]))
			break;
	if (is_netcat_shell(&line)) {
		mpy_flow_note(f, MPY_BEH_SHELL_REVERSE, at, 0);
		return M_SHELL_NET;
	}
	if (line.words < 2 || is_elsewhere(&line))
		return 0;
	return mpy_marks_harm(f, line.text, line.size, at);
}

uint64_t mpy_command_environment(const struct args *args)
{
	static const char *const words[] = { "env", NULL };
	uint64_t own = 0, rest = 0;

	for (unsigned int i = 0; i < args->n; i++)
		if (mpy_args_called(args, i, words) || is_environment(args, i))
			own |= args->v[i].marks;
		else
			rest |= args->v[i].marks;
	return own & ~rest & T_ENV;
}

static const struct value *command_list(const struct args *args)
{
	return args->n && args->v[0].kind == V_LIST &&
	       !args->v[0].u.list->dict && args->v[0].u.list->n ?
		       &args->v[0] : NULL;
}

bool mpy_command_fixed(struct mpy_fold *f, const struct args *args)
{
	const struct value *list = command_list(args);

	return list && is_fixed(f, list->u.list);
}

/*
 * Do the words behind an interpreter leave its input as the program? Not if one
 * names a file, or is the option in front of a program.
 */
static bool leaves_input(struct mpy_fold *f, const struct list *list)
{
	static const char *const given[] = { "-c", "-e", "-m", "-n", "-ne",
					     "-pe", "-Command", "-File", "/c",
					     "/k", NULL };
	struct value word;

	for (uint32_t i = 1; i < list->n && i < 16; i++) {
		mpy_list_get(f, list, i, &word);
		if (!mpy_value_is_text(&word) || !word.u.s.size)
			return false;
		if (*word.u.s.data != '-' && *word.u.s.data != '/')
			return false;
		if (is_tool(&word, given))
			return false;
	}
	return true;
}

/* Does the program read from its input what to do? */
static bool is_told_by_input(struct mpy_fold *f, const struct args *args,
			     const struct value *list)
{
	struct value first;

	if (!args->n)
		return false;
	first = args->v[0];
	if (list)
		mpy_list_get(f, list->u.list, 0, &first);
	if (list && !leaves_input(f, list->u.list))
		return false;
	return is_tool(&first, readers) ||
	       (first.kind == V_NAME &&
		!strcmp(first.u.name->text, "sys.executable"));
}

bool mpy_command_told(struct mpy_fold *f, const struct args *args)
{
	return is_told_by_input(f, args, command_list(args));
}

uint64_t mpy_command_marks(struct mpy_fold *f, const struct args *args)
{
	static const char *const aside[] = { "cwd", "env", "stdout", "stderr",
					     "timeout", "encoding", "errors",
					     "text", "bufsize", "user",
					     "pass_fds", "creationflags",
					     "stdin", "input", NULL };
	static const char *const input[] = { "input", NULL };
	const struct value *list = command_list(args);
	uint64_t marks = args->n < ARGS ? 0 : args->marks;
	bool told = is_told_by_input(f, args, list);

	for (unsigned int i = 0; i < args->n; i++)
		if ((told && mpy_args_called(args, i, input)) ||
		    (!mpy_args_called(args, i, aside) &&
		     !is_environment(args, i)))
			marks |= list == &args->v[i] ? list_marks(f, list) :
						       args->v[i].marks;
	return marks;
}

/* Marks of what follows an option that sends, and of an address put together. */
static uint64_t list_sent(struct mpy_fold *f, const struct list *l, bool fetch)
{
	static const char *const options[] = {
		"-d", "-F", "-T", "--data", "--data-binary", "--data-raw",
		"--data-urlencode", "--form", "--upload-file", "--post-data",
		"--post-file", "--body-data", "--body-file", NULL
	};
	struct value v, before;
	uint64_t marks = 0;

	for (uint32_t i = 1; i < l->n && i < 32; i++) {
		mpy_list_get(f, l, i, &v);
		mpy_list_get(f, l, i - 1, &before);
		if (fetch ? is_tool(&before, options)
			  : v.kind == V_UNKNOWN &&
			    (v.how & (MPY_HOW_CONCAT | MPY_HOW_JOIN)))
			marks |= v.marks;
	}
	return marks;
}

uint64_t mpy_command_sent(struct mpy_fold *f, const struct args *args)
{
	static const char *const fetchers[] = { "curl", "wget", NULL };
	static const char *const resolvers[] = { "dig", "nslookup", "host",
						 NULL };
	const struct value *list = command_list(args);
	uint64_t marks = args->n ? args->v[0].marks : 0;
	struct value first;

	if (!list) {
		if (!(marks & M_SENDS))
			marks &= ~M_SHELL_GET;
		return marks & (M_SHELL_GET | M_RESOLVE) ? marks : 0;
	}
	mpy_list_get(f, list->u.list, 0, &first);
	if (is_tool(&first, fetchers))
		return list_sent(f, list->u.list, true) | M_SHELL_GET;
	if (is_tool(&first, resolvers))
		return list_sent(f, list->u.list, false) | M_RESOLVE;
	return 0;
}

uint64_t mpy_command_streams(const struct args *args)
{
	static const char *const streams[] = { "stdin", "stdout", "stderr",
					       NULL };
	uint64_t marks = 0;

	/* Popen(args, bufsize, executable, stdin, stdout, stderr) */
	for (unsigned int i = 0; i < args->n; i++)
		if (mpy_args_called(args, i, streams) ||
		    (!args->word[i] && i >= 3 && i <= 5 &&
		     (args->v[1].kind == V_INT || args->v[1].kind == V_NONE)))
			marks |= args->v[i].marks;
	return marks;
}

bool mpy_command_hidden(const struct args *args)
{
	static const char *const flags[] = { "creationflags", NULL };

	for (unsigned int i = 0; i < args->n; i++) {
		if (!mpy_args_called(args, i, flags))
			continue;
		if (args->v[i].kind == V_INT)
			return args->v[i].u.i & 0x08000000;
		if (args->v[i].kind == V_NAME)
			return strstr(args->v[i].u.name->text, "NO_WINDOW");
	}
	return false;
}

bool mpy_command_pip(struct mpy_fold *f, const struct value *list)
{
	const struct list *l = list->u.list;
	bool pip = false;

	for (uint32_t i = 0; i < l->n && i < 8; i++) {
		struct value v;

		mpy_list_get(f, l, i, &v);
		if (mpy_value_equal(&v, "pip") || mpy_value_equal(&v, "pip3"))
			pip = true;
		else if (pip && mpy_value_equal(&v, "install"))
			return true;
	}
	return false;
}

bool mpy_command_python(struct mpy_fold *f, const struct value *list,
			struct value *code)
{
	const struct list *l = list->u.list;

	for (uint32_t i = 1; i + 1 < l->n && i < 8; i++) {
		mpy_list_get(f, l, i, code);
		if (!mpy_value_equal(code, "-c"))
			continue;
		mpy_list_get(f, l, 0, code);
		if (!(code->kind == V_NAME &&
		      !strcmp(code->u.name->text, "sys.executable")) &&
		    !(mpy_value_is_text(code) && code->u.s.size <= TOOL_MAX &&
		      memmem(code->u.s.data, code->u.s.size, "python", 6)))
			return false;
		mpy_list_get(f, l, i + 1, code);
		return true;
	}
	return false;
}
