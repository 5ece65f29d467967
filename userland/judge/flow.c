// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From where to where: each call of something with a meaning is looked at
 * with the marks of what it is given, and the pairs that mean something
 * become behaviours. Marks of parameters are kept with the function, so that
 * its callers are told what happens to their arguments. Files are looked at in
 * flow_file.c, what leaves the machine in flow_send.c.
 */
#include "command.h"
#include "flow.h"
#include "words.h"

#include <string.h>

#define POD	 24 /* lines of what a pod is to be */

void mpy_flow_note(struct mpy_fold *f, enum mpy_behaviour id, uint32_t line,
		   uint32_t other)
{
	struct mpy_behaviour_seen *seen = &f->behaviours.seen[id];
	uint64_t key = mpy_key_join(id + 1, line);
	uint64_t bit = 1ull << (key & 63);

	/* each line counts once, however often it is read */
	key = (key >> 6) & 63;
	if (seen->count && (f->noted[key] & bit))
		return;
	f->noted[key] |= bit;
	if (!seen->count++) {
		seen->line = line;
		seen->other = other == line ? 0 : other;
	}
}

void mpy_flow_pairs(struct mpy_fold *f, const struct flow_pair *pairs,
		    size_t n, uint64_t marks, uint32_t line, uint32_t other)
{
	for (size_t i = 0; i < n; i++)
		if (marks & pairs[i].mark)
			mpy_flow_note(f, pairs[i].id, line,
				      pairs[i].mark & T_SOURCES ? other : 0);
}

/* ---- execution ----------------------------------------------------------- */

/* The constant v is run as Python, or left for that: it becomes a layer. */
void mpy_flow_left(struct mpy_fold *f, struct value *v)
{
	const char *kind = "compile";

	if (!mpy_value_is_text(v) || !v->u.s.size)
		return;
	if (v->how & MPY_HOW_XOR)
		kind = "xor";
	else if (v->how & MPY_HOW_CHR)
		kind = "chr";
	else if (v->how & MPY_HOW_REVERSE)
		kind = "reversed";
	else if (v->how & (MPY_HOW_CONCAT | MPY_HOW_JOIN | MPY_HOW_SLICE |
			   MPY_HOW_REPLACE))
		kind = "joined";
	/* changed since it was decoded: b64decode(x).replace(...) */
	if (!v->step || f->steps[v->step - 1].data != v->u.s.data ||
	    f->steps[v->step - 1].size != v->u.s.size)
		mpy_fold_step(f, v, v->step, kind);
	if (v->step)
		f->steps[v->step - 1].run = true;
}

/* Is it a text that something was put into? */
static bool is_put_together(const struct args *args)
{
	return args->n && args->v[0].kind == V_UNKNOWN &&
	       (args->v[0].how & (MPY_HOW_CONCAT | MPY_HOW_JOIN));
}

/* A whole command or program, not a word that is put into one. */
static void flow_web(struct mpy_fold *f, const struct args *args,
		     uint64_t command, uint32_t line)
{
	if (args->n && (args->v[0].marks & command & T_WEB) &&
	    !is_put_together(args))
		mpy_flow_note(f, MPY_BEH_WEB_COMMAND, line, args->v[0].line);
}

static void flow_exec(struct mpy_fold *f, struct args *args, uint32_t line)
{
	static const struct flow_pair pairs[] = {
		{ T_DECODE, MPY_BEH_DECODE_EXEC },
		{ T_UNPACK, MPY_BEH_UNPACK_EXEC },
		{ T_MARSHAL, MPY_BEH_MARSHAL_EXEC },
		{ T_NET, MPY_BEH_NETWORK_EXEC },
		{ T_RECV, MPY_BEH_RECV_EXEC },
		{ T_FILE, MPY_BEH_FILE_EXEC },
		{ T_INPUT | T_CHAT, MPY_BEH_INPUT_EXEC },
		{ T_DROPPED | T_CARRIED, MPY_BEH_DROP_START },
	};
	struct value *v = &args->v[0];
	uint64_t from = v->marks;

	if (!args->n)
		return;
	if (mpy_value_is_text(v) && (v->marks & T_SELF))
		from &= ~T_FILE; /* the own file: what it holds was read here */
	NOTE(f, pairs, from, line, v->line);
	flow_web(f, args, v->marks, line);
	if (mpy_value_is_text(v)) {
		mpy_flow_note(f, v->how & (MPY_HOW_DECODE | MPY_HOW_XOR |
					   MPY_HOW_CHR | MPY_HOW_REVERSE) ?
				 MPY_BEH_DECODE_EXEC : MPY_BEH_PLAIN_EXEC,
			      line, 0);
		mpy_flow_left(f, v);
	} else if (v->marks & M_MADE) {
		mpy_flow_note(f, MPY_BEH_MADE_EXEC, line, v->line);
	}
}

/* [sys.executable, '-c', code]: the code is run as Python. */
static void flow_python(struct mpy_fold *f, const struct value *list,
			uint32_t line)
{
	struct value code;

	if (!mpy_command_python(f, list, &code))
		return;
	mpy_flow_note(f, MPY_BEH_PYTHON_C, line, 0);
	mpy_flow_left(f, &code);
}

static void flow_shell(struct mpy_fold *f, uint64_t marks, uint32_t line)
{
	if (!f->seen.shell)
		f->seen.shell = line;
	if (f->seen.dup)
		mpy_flow_note(f, MPY_BEH_REVERSE_SHELL, line, f->seen.dup);
	else if (f->seen.connect)
		mpy_flow_note(f, MPY_BEH_SOCKET_SHELL, line, f->seen.connect);
	if (f->seen.uid)
		mpy_flow_note(f, MPY_BEH_PRIVILEGE, line, f->seen.uid);
	if ((marks & M_SHELL_PIPE) && (marks & M_SHELL_GET))
		mpy_flow_note(f, MPY_BEH_SHELL_PIPE, line, 0);
}

static void flow_run(struct mpy_fold *f, struct args *args, uint32_t line)
{
	static const struct flow_pair pairs[] = {
		{ T_MEMFD, MPY_BEH_MEMFD_START },
		{ M_POWERSHELL, MPY_BEH_POWERSHELL },
		{ M_PIP, MPY_BEH_PIP_INSTALL },
		{ M_CRON, MPY_BEH_PERSIST_CRON },
		{ M_SYSTEMD, MPY_BEH_PERSIST_SYSTEMD },
		{ M_RUNKEY, MPY_BEH_PERSIST_REGISTRY },
		{ M_STARTUP, MPY_BEH_PERSIST_STARTUP },
		{ M_PROFILE, MPY_BEH_PERSIST_PROFILE },
		{ M_KEYSFILE, MPY_BEH_PERSIST_KEYS },
		{ M_LOG, MPY_BEH_LOG_WIPE },
		{ M_PYTHON, MPY_BEH_PYTHON_C },
	};
	static const struct flow_pair commands[] = {
		{ T_DECODE | T_UNPACK, MPY_BEH_DECODE_RUN },
		{ T_DROPPED, MPY_BEH_DOWNLOAD_START },
		{ T_CARRIED, MPY_BEH_DROP_START },
		{ T_RECV | T_SOCKET, MPY_BEH_RECV_RUN },
		{ T_CHAT, MPY_BEH_CHAT_CONTROL },
	};
	uint64_t m = args->marks | mpy_command_line(f, args, line);
	uint64_t command = mpy_command_marks(f, args);
	bool tool = mpy_command_tool(f, args);

	if (tool) /* unzip is given what was fetched, and does not start it */
		command &= ~(T_DROPPED | T_CARRIED);
	for (unsigned int i = 0; i < args->n; i++)
		if (args->v[i].kind == V_LIST && !args->v[i].u.list->dict &&
		    mpy_command_pip(f, &args->v[i]))
			m |= M_PIP;
	NOTE(f, pairs, m, line, args->line);
	mpy_flow_harm(f, m, NULL, line);
	NOTE(f, commands, command, line, args->line);
	/* a version that was asked for, put into a command, is no command */
	if ((command & T_NET) && ((command & (M_SHELL | M_POWERSHELL)) ||
				  !is_put_together(args)))
		mpy_flow_note(f, MPY_BEH_NETWORK_RUN, line, args->line);
	flow_web(f, args, command, line);
	if (mpy_command_streams(args) & T_SOCKET)
		mpy_flow_note(f, MPY_BEH_REVERSE_SHELL, line, 0);
	if (!tool && !mpy_command_fixed(f, args))
		f->seen.run = line;
	mpy_flow_tools(f, args, line);
	if ((m & M_POWERSHELL) && (m & M_PS_HIDDEN))
		mpy_flow_note(f, MPY_BEH_POWERSHELL_HIDDEN, line, 0);
	if ((m & M_PIP) && (m & M_INDEX))
		mpy_flow_note(f, MPY_BEH_PIP_INDEX, line, 0);
	if ((m & M_SHELL_GET) && (m & M_SHELL_START))
		mpy_flow_note(f, MPY_BEH_SHELL_PIPE, line, 0);
	if ((m & M_SHELL_CODE) && (m & (M_SHELL_PIPE | M_SHELL)))
		mpy_flow_note(f, MPY_BEH_SHELL_DECODE, line, 0);
	if (m & (M_SHELL | M_SHELL_PIPE | M_SHELL_NET))
		flow_shell(f, m, line);
	if (mpy_command_hidden(args))
		mpy_flow_note(f, MPY_BEH_HIDDEN_WINDOW, line, 0);
	for (unsigned int i = 0; i < args->n; i++) {
		if (args->v[i].kind == V_LIST && !args->v[i].u.list->dict) {
			struct value first;

			flow_python(f, &args->v[i], line);
			if (args->v[i].u.list->n) {
				mpy_list_get(f, args->v[i].u.list, 0, &first);
				if (mpy_flow_is_dropped(f, &first))
					mpy_flow_note(f, MPY_BEH_DROP_START,
						      line, 0);
			}
		} else if (!tool && mpy_flow_is_dropped(f, &args->v[i])) {
			mpy_flow_note(f, MPY_BEH_DROP_START, line, 0);
		}
		if (args->v[i].step)
			f->steps[args->v[i].step - 1].run = true;
	}
}

/* What a shell reads, it runs. */
static void flow_feed(struct mpy_fold *f, const struct value *self,
		      const struct args *args, uint32_t line)
{
	static const struct flow_pair pairs[] = {
		{ T_DECODE | T_UNPACK, MPY_BEH_DECODE_RUN },
		{ T_NET, MPY_BEH_NETWORK_RUN },
		{ T_RECV | T_SOCKET, MPY_BEH_RECV_RUN },
		{ T_CHAT, MPY_BEH_CHAT_CONTROL },
	};

	/* a file whose name a shell has printed is no shell */
	if (!self || (self->marks & T_WRITER) || !(self->marks & T_PROC) ||
	    !(self->marks & M_EXECUTES))
		return;
	NOTE(f, pairs, args->marks, line, args->line);
	mpy_flow_keep(f, S_RUN, args->marks);
}

/* ---- the rest ------------------------------------------------------------ */

static void flow_memory(struct mpy_fold *f, uint32_t sinks,
			const struct known *known, uint32_t line)
{
	if (sinks & S_MEMORY)
		f->seen.memory = line;
	if ((sinks & S_THREAD) && f->seen.memory)
		mpy_flow_note(f, MPY_BEH_SHELLCODE, line, f->seen.memory);
	if (!(sinks & S_REMOTE))
		return;
	if (f->seen.remote_call && f->seen.remote_call != known)
		mpy_flow_note(f, MPY_BEH_INJECTION, line, f->seen.remote);
	f->seen.remote_call = known;
	f->seen.remote = line;
}

/* dup2(s.fileno(), 0): is s a socket, or what else than a file? */
static bool to_stdio(const struct args *args)
{
	if (args->marks & T_SOCKET)
		return true;
	return args->n == 2 && (args->v[0].marks & M_FILENO) &&
	       !(args->v[0].marks & (T_FILE | T_WRITER)) &&
	       !(args->v[0].marks & T_RECV) && /* a server's self.rfile */
	       args->v[1].kind == V_INT && !args->v[1].u.i;
}

/*
 * connect(host, port, user, password), login(user, password): is it another
 * password from a file each time, and the host the same? Who visits the hosts
 * of a list has both from it.
 */
static bool tries_words(const struct mpy_fold *f, const struct args *args,
			uint32_t line)
{
	static const char *const hosts[] = { "host", "hostname", NULL };
	static const char *const words[] = { "password", "passwd", NULL };
	bool word = false;

	if (!f->seen.lines || line - f->seen.lines > 24)
		return false;
	for (unsigned int i = 0; i < args->n; i++) {
		bool by_place = !args->word[i];

		if (!(args->v[i].marks & T_FILE))
			continue;
		if ((by_place && !i && args->n > 2) ||
		    mpy_args_called(args, i, hosts))
			return false;
		word |= (by_place && i) || mpy_args_called(args, i, words);
	}
	return word;
}

/* connect(("198.51.100.7", 4444)), Client("198.51.100.7") */
static void flow_address(struct mpy_fold *f, const struct args *args,
			 uint32_t line)
{
	struct value host = args->n ? args->v[0] : (struct value){ 0 };

	if (host.kind == V_LIST && host.u.list->n)
		mpy_list_get(f, host.u.list, 0, &host);
	if (mpy_value_is_text(&host) &&
	    mpy_marks_is_server(host.u.s.data, host.u.s.size))
		mpy_flow_note(f, MPY_BEH_BARE_ADDRESS, line, 0);
}

static void flow_socket(struct mpy_fold *f, uint32_t sinks,
			const struct args *args, uint32_t line)
{
	if (sinks & S_CONNECT) {
		f->seen.connect = line;
		flow_address(f, args, line);
	}
	if ((sinks & S_DUP) && to_stdio(args)) {
		f->seen.dup = line;
		mpy_flow_note(f, MPY_BEH_SOCKET_STDIO, line, args->line);
		if (f->seen.shell)
			mpy_flow_note(f, MPY_BEH_REVERSE_SHELL,
				      f->seen.shell, line);
	}
	if (sinks & S_SPAWN) {
		if (args->marks & M_SHELL)
			mpy_flow_note(f, MPY_BEH_PTY_SHELL, line, 0);
		if (f->seen.dup || f->seen.connect)
			mpy_flow_note(f, MPY_BEH_REVERSE_SHELL, line,
				      f->seen.dup ? f->seen.dup :
						    f->seen.connect);
		else if (f->seen.uid)
			mpy_flow_note(f, MPY_BEH_PRIVILEGE, line, f->seen.uid);
	}
	if ((sinks & S_CONSOLE) && f->seen.dup)
		mpy_flow_note(f, MPY_BEH_REVERSE_SHELL, line, f->seen.dup);
	if ((sinks & S_RESOLVE) && args->n && args->v[0].kind == V_UNKNOWN &&
	    ((args->marks & (T_ENV | T_SECRET | T_FILE | T_PROC)) ||
	     /* one's own name is looked up for one's own address */
	     ((args->marks & T_HOST) &&
	      (args->v[0].how & (MPY_HOW_CONCAT | MPY_HOW_JOIN)))))
		mpy_flow_note(f, MPY_BEH_DNS_SEND, line, args->line);
	if ((sinks & S_LOGIN) && tries_words(f, args, line))
		mpy_flow_note(f, MPY_BEH_BRUTE_FORCE, line, args->line);
}

/* chmod(2), for one of the bits */
static bool gives_rights(const struct args *args, int64_t bits)
{
	for (unsigned int i = 0; i < args->n && i < 2; i++)
		if (args->v[i].kind == V_INT && (args->v[i].u.i & bits))
			return true;
	return false;
}

static void flow_other(struct mpy_fold *f, uint32_t sinks,
		       const struct args *args, uint32_t line)
{
	if ((sinks & S_REGISTRY) && (args->marks & M_RUNKEY))
		mpy_flow_note(f, MPY_BEH_PERSIST_REGISTRY, line, 0);
	if (sinks & S_SETUP)
		f->seen.setup = line;
	if ((sinks & S_FORK) && f->seen.while_true &&
	    line - f->seen.while_true < 4)
		mpy_flow_note(f, MPY_BEH_FORK_BOMB, line, f->seen.while_true);
	if ((sinks & S_UID) && args->n && args->v[0].kind == V_INT &&
	    !args->v[0].u.i)
		f->seen.uid = line;
	if ((sinks & S_CHMOD) &&
	    (gives_rights(args, 04000) || (args->marks & M_MODE_S)))
		mpy_flow_note(f, MPY_BEH_SET_UID, line, 0);
	if ((sinks & S_CHMOD) &&
	    (gives_rights(args, 0111) || (args->marks & M_MODE_X)) &&
	    ((args->marks & (T_DROPPED | T_CARRIED)) ||
	     (f->seen.net_write && args->n &&
	      mpy_flow_is_dropped(f, &args->v[0]))))
		mpy_flow_note(f, MPY_BEH_DROP_CHMOD, line, args->line);
	/* mmap(2): PROT_EXEC is 4 */
	if ((sinks & S_MAP) && (args->marks & T_MEMORY))
		f->seen.memory = line;
	if (sinks & S_CLIP)
		f->seen.clip_set = line;
	if ((sinks & S_CLIP) && f->behaviours.seen[MPY_BEH_CLIPBOARD].count)
		mpy_flow_note(f, MPY_BEH_CLIPBOARD_SWAP, line,
			      f->behaviours.seen[MPY_BEH_CLIPBOARD].line);
	if ((sinks & S_QUIET) && args->n > 1 && args->v[1].kind == V_INT &&
	    !args->v[1].u.i)
		mpy_flow_note(f, MPY_BEH_HIDDEN_WINDOW, line, 0);
	if (sinks & S_FETCH_TO) {
		f->seen.net_write = line;
		/* the third of URLDownloadToFile() */
		for (unsigned int i = 1; i < args->n && i < 3; i++) {
			mpy_flow_drop(f, args->v[i].key, T_DROPPED, line);
			mpy_flow_drop_const(f, &args->v[i]);
		}
	}
}

struct code *mpy_flow_code(const struct mpy_fold *f)
{
	if (f->lambda)
		return f->lambda;
	if (f->pending)
		return f->pending;
	return f->n_scopes ? f->scopes[f->n_scopes - 1].own : NULL;
}

void mpy_flow_keep(struct mpy_fold *f, uint32_t sinks, uint64_t marks)
{
	struct code *code = mpy_flow_code(f);

	if (!code || f->follow)
		return;
	for (unsigned int i = 0; i < 4; i++)
		if (marks & T_PARAM(i))
			code->param[i] |= sinks;
}

void mpy_flow_sinks(struct mpy_fold *f, uint32_t sinks,
		    const struct value *self, struct args *args,
		    uint32_t line)
{
	if ((args->marks & T_PARAMS) && mpy_flow_is_addressed(sinks, args))
		sinks |= S_TELL;
	if (args->marks & T_PARAMS)
		mpy_flow_keep(f,
			      sinks & (S_EXEC | S_SEND | S_GET | S_RESOLVE |
				       S_DELETE | S_COPY | S_ENCRYPT | S_TELL),
			      args->marks);
	/* a program that is named is told no command by its input */
	if ((args->marks & T_PARAMS) && (sinks & S_RUN) &&
	    !mpy_command_tool(f, args))
		mpy_flow_keep(f, S_RUN, mpy_command_fixed(f, args) ?
						mpy_command_marks(f, args) :
						args->marks);
	if (sinks & S_EXEC)
		flow_exec(f, args, line);
	if (sinks & S_RUN)
		flow_run(f, args, line);
	if (sinks & (S_SEND | S_GET))
		mpy_flow_send(f, sinks, self, args, line);
	if (sinks & (S_WRITE | S_FEED))
		flow_feed(f, self, args, line);
	if (sinks & S_WRITE)
		mpy_flow_write(f, self, args, line);
	if (sinks & (S_DELETE | S_COPY))
		mpy_flow_delete(f, sinks, self, args, line);
	if ((sinks & S_ENCRYPT) && (args->marks & T_WALK))
		mpy_flow_note(f, MPY_BEH_ENCRYPT_FILES, line, args->line);
	if (sinks & (S_CONNECT | S_DUP | S_SPAWN | S_RESOLVE | S_LOGIN |
		     S_CONSOLE))
		flow_socket(f, sinks, args, line);
	flow_other(f, sinks, args, line);
	if ((sinks & S_RUN) && mpy_command_builds(f, args))
		sinks &= ~S_RUN; /* what an installation is for */
	mpy_flow_inner(f, sinks, line);
}

void mpy_flow_inner(struct mpy_fold *f, uint32_t sinks, uint32_t line)
{
	const struct scope *scope = f->n_scopes ? &f->scopes[f->n_scopes - 1] :
						  NULL;

	if (!sinks)
		return;
	for (unsigned int i = 0; i < f->n_scopes; i++)
		if (f->scopes[i].own)
			f->scopes[i].own->does |= sinks;
	if (f->pending)
		f->pending->does |= sinks;
	/* setup.py itself, or a command class of it */
	if (scope ? !scope->is_hook : !f->seen.setup)
		return;
	if (scope && (sinks & (S_RUN | S_EXEC)))
		mpy_flow_note(f, MPY_BEH_INSTALL_HOOK, line, 0);
	if (sinks & (S_SEND | S_GET | S_CONNECT))
		mpy_flow_note(f, MPY_BEH_INSTALL_NETWORK, line, 0);
}

/* Of a Path's open(), not of an archive's or a browser's. */
static bool is_mode_only(const struct value *v)
{
	if (!mpy_value_is_text(v) || !v->u.s.size || v->u.s.size > 3)
		return false;
	for (size_t i = 0; i < v->u.s.size; i++)
		if (!memchr("rwaxbt+", v->u.s.data[i], 7))
			return false;
	return true;
}

/* Does what it starts go on, and can be told something later? */
static bool goes_on(const struct known *known)
{
	return strstr(known->path, "open") || strstr(known->path, "spawn") ||
	       strstr(known->path, "create_subprocess");
}

void mpy_flow_call(struct mpy_fold *f, const struct known *known,
		   const struct value *self, struct args *args,
		   struct value *out, uint32_t line)
{
	bool installer;

	if (!known)
		return;
	if (known->direct)
		mpy_flow_note(f, (enum mpy_behaviour)(known->direct - 1), line,
			      0);
	if (known->op == OP_OPEN) {
		if (args->n)
			mpy_flow_open(f, &args->v[0], args, 1, out, line);
		return;
	}
	if (known->op == OP_M_OPEN && self && self->kind != V_NAME &&
	    (!args->n || is_mode_only(&args->v[0]))) {
		mpy_flow_open(f, self, args, 0, out, line);
		return;
	}
	if (known->op == OP_M_WRITE && self && !(self->marks & T_WRITER))
		mpy_flow_place(f, self->marks, line); /* Path.write_text() */
	if (known->op == OP_M_READ && self && !(self->marks & T_FILE))
		mpy_flow_read(f, self, line); /* Path.read_text() */
	if (known->op == OP_M_READ && self && (self->marks & T_SELF))
		out->marks |= T_FILE; /* Path(__file__).read_text() */
	/* queue.put(x), and session.put(url, x) */
	installer = (known->sinks & (S_GET | S_FETCH_TO)) &&
		    mpy_flow_is_installer(f, known->sinks, self, args);
	if (known->sinks && (known->op != OP_NONE || args->n >= known->arg)) {
		flow_memory(f, known->sinks, known, line);
		mpy_flow_sinks(f,
			       installer ? known->sinks & ~S_FETCH_TO :
					   known->sinks,
			       self, args, line);
	}
	if (known->source & ~out->marks & T_SOURCES)
		out->line = line;
	if (known->source & T_HOST)
		mpy_flow_note(f, MPY_BEH_HOST_FACTS, line, 0);
	out->marks |= known->source & ~M_MADE;
	if (installer) {
		mpy_flow_note(f, MPY_BEH_INSTALLER, line, 0);
		out->marks &= ~(T_NET | T_DROPPED);
	}
	if (known->direct == MPY_BEH_BROWSER_COOKIES + 1 &&
	    out->kind == V_UNKNOWN)
		out->u.origin = MPY_FLOW_JAR;
	/* bytes(text, 'utf-8') makes nothing */
	if (out->kind == V_UNKNOWN && (known->op != OP_BYTES || args->n == 1))
		out->marks |= known->source & M_MADE;
	if (known->sinks & S_RUN)
		out->marks &= ~mpy_command_environment(args);
	if ((known->sinks & S_RUN) && (args->marks & M_SHELL_GET))
		out->marks |= T_NET; /* what curl prints */
	if ((known->sinks & S_RUN) && goes_on(known) && mpy_command_told(f, args))
		out->marks |= M_EXECUTES; /* what flow_feed() asks for */
	if (known->op == OP_MAP && args->n && args->v[0].kind == V_NAME &&
	    args->v[0].u.name->known)
		out->marks |= args->v[0].u.name->known->source & M_MADE;
}

uint64_t mpy_flow_param(struct mpy_fold *f, const struct mpy_token *t,
			unsigned int index)
{
	static const char *const chat[] = { "ctx", "message", "msg", "update",
					    "interaction", "inter" };

	for (size_t i = 0; f->seen.chat && i < sizeof(chat) / sizeof(chat[0]);
	     i++)
		if (mpy_lex_is(f->text, t, chat[i]))
			return T_CHAT;
	if (f->seen.web && (mpy_lex_is(f->text, t, "request") ||
			    mpy_lex_is(f->text, t, "req")))
		return T_WEB;
	/* on_message(client, userdata, msg) */
	if (f->seen.bus && index && (mpy_lex_is(f->text, t, "message") ||
				     mpy_lex_is(f->text, t, "msg") ||
				     mpy_lex_is(f->text, t, "payload")))
		return T_RECV;
	if (f->seen.keyboard && (mpy_lex_is(f->text, t, "key") ||
				 mpy_lex_is(f->text, t, "event")))
		return T_KEYS;
	return 0;
}

/* The module, or one in it. */
static bool is_module(const struct name *name, const char *module)
{
	size_t size = strlen(module);

	return !strncmp(name->text, module, size) &&
	       (!name->text[size] || name->text[size] == '.');
}

/*
 * What the methods of a BaseHTTPRequestHandler are asked for. What a class of
 * the program has by these names already is its own.
 */
static void request_handler(struct mpy_fold *f)
{
	static const char *const names[] = { "path", "headers", "rfile" };
	struct value v;

	mpy_value_unknown(&v, T_WEB, 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint64_t key = mpy_key_join(f->self_key,
					    mpy_key(names[i],
						    strlen(names[i])));

		if (!mpy_var_find(f, key))
			mpy_var_set(f, key, &v);
	}
}

void mpy_flow_import(struct mpy_fold *f, const struct name *name,
		     uint32_t line)
{
	static const char *const chats[] = { "discord", "disnake", "nextcord",
					     "telebot", "telegram", "telepot",
					     "aiogram", "pyrogram", "telethon",
					     "slack_bolt", "nio", "vk_api" };
	static const char *const buses[] = { "websocket", "socketio", "paho",
					     "irc", "pika", "stomp", "nats" };
	static const char *const webs[] = { "django", "fastapi", "starlette",
					    "aiohttp", "sanic", "falcon",
					    "pyramid", "werkzeug", "webob" };

	if (!name)
		return;
	for (size_t i = 0; i < sizeof(chats) / sizeof(chats[0]); i++)
		if (is_module(name, chats[i]))
			f->seen.chat = line;
	for (size_t i = 0; i < sizeof(buses) / sizeof(buses[0]); i++)
		if (is_module(name, buses[i]))
			f->seen.bus = line;
	for (size_t i = 0; i < sizeof(webs) / sizeof(webs[0]); i++)
		if (is_module(name, webs[i]))
			f->seen.web = line;
	if (!strncmp(name->text, "pynput", 6) ||
	    !strcmp(name->text, "keyboard") ||
	    !strcmp(name->text, "pyHook") || !strcmp(name->text, "pyxhook"))
		f->seen.keyboard = line;
	if (!strncmp(name->text, "setuptools", 10) ||
	    !strncmp(name->text, "distutils", 9))
		f->seen.setup = line;
	if (is_module(name, "torch"))
		f->seen.torch = line;
	if (is_module(name, "http.server") ||
	    is_module(name, "BaseHTTPServer") ||
	    is_module(name, "SimpleHTTPServer"))
		request_handler(f);
}

void mpy_flow_key(struct mpy_fold *f, const struct value *key,
		  const struct mpy_token *value)
{
	/* volumes={'/': {'bind': '/host'}} */
	if (mpy_value_equal(key, "bind") && f->seen.whole)
		mpy_flow_note(f, MPY_BEH_ESCAPE, value->line, f->seen.whole);
	f->seen.whole = mpy_value_equal(key, "/") &&
			value->kind == MPY_TOK_OP && value->sub == '{' ?
				value->line : 0;
	if (value->kind != MPY_TOK_KEYWORD || value->sub != MPY_KW_TRUE)
		return;
	if (mpy_value_equal(key, "privileged"))
		f->seen.privileged = value->line;
	else if (mpy_value_equal(key, "hostPID"))
		f->seen.host_pid = value->line;
}

/* Pairs that are told by nothing but their neighbourhood. */
void mpy_flow_end(struct mpy_fold *f)
{
	const struct mpy_behaviour_seen *all = f->behaviours.seen;
	const struct seen *seen = &f->seen;
	uint32_t gap = seen->run > seen->net_write ?
			       seen->run - seen->net_write :
			       seen->net_write - seen->run;

	if (seen->run && seen->net_write && gap <= 12)
		mpy_flow_note(f, MPY_BEH_DROP_START, seen->run,
			      seen->net_write);
	gap = seen->privileged > seen->host_pid ?
		      seen->privileged - seen->host_pid :
		      seen->host_pid - seen->privileged;
	if (seen->privileged && seen->host_pid && gap <= POD)
		mpy_flow_note(f, MPY_BEH_ESCAPE, seen->host_pid,
			      seen->privileged);
	if (seen->clip_set && all[MPY_BEH_CLIPBOARD].count &&
	    all[MPY_BEH_WALLET_FORM].count)
		mpy_flow_note(f, MPY_BEH_WALLET_SWAP, seen->clip_set,
			      all[MPY_BEH_WALLET_FORM].line);
	if (seen->memory_run && seen->run)
		mpy_flow_note(f, MPY_BEH_MEMFD_START, seen->run,
			      seen->memory_run);
}
