// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files: what is written where, left for later, opened, deleted. A path to
 * which something foreign was written is remembered for when it is started.
 */
#include "flow.h"

#include <string.h>
#include <strings.h>

#include "guess.h"
#include "special.h"

void mpy_flow_place(struct mpy_fold *f, uint64_t marks, uint32_t line)
{
	static const struct flow_pair places[] = {
		{ M_PROFILE, MPY_BEH_PERSIST_PROFILE },
		{ M_CRON, MPY_BEH_PERSIST_CRON },
		{ M_SYSTEMD, MPY_BEH_PERSIST_SYSTEMD },
		{ M_STARTUP, MPY_BEH_PERSIST_STARTUP },
		{ M_PTH, MPY_BEH_PERSIST_PTH },
		{ M_KEYSFILE, MPY_BEH_PERSIST_KEYS },
		{ M_HOSTS, MPY_BEH_HOSTS_FILE },
	};

	if (f->seen.torch) /* its weights are in .pth files too */
		marks &= ~M_PTH;
	NOTE(f, places, marks, line, 0);
}

void mpy_flow_drop(struct mpy_fold *f, uint64_t key, uint64_t marks,
		   uint32_t line)
{
	struct value *path = mpy_var_find(f, key);

	if (!path)
		return;
	path->marks |= marks;
	path->line = line;
}

void mpy_flow_drop_const(struct mpy_fold *f, const struct value *path)
{
	if (!mpy_value_is_text(path) || path->u.s.size < 4 ||
	    path->u.s.size > 1000 || f->seen.n_dropped == DROPPED)
		return;
	f->seen.dropped[f->seen.n_dropped] = path->u.s.data;
	f->seen.dropped_size[f->seen.n_dropped++] = (uint16_t)path->u.s.size;
}

bool mpy_flow_is_dropped(const struct mpy_fold *f, const struct value *v)
{
	if (!f->seen.n_dropped || !mpy_value_is_text(v) ||
	    !mpy_budget_step(f->budget, v->u.s.size / 64 * f->seen.n_dropped))
		return false;
	for (unsigned int i = 0; i < f->seen.n_dropped; i++)
		if (memmem(v->u.s.data, v->u.s.size, f->seen.dropped[i],
			   f->seen.dropped_size[i]))
			return true;
	return false;
}

/* A temporary file: its path is in x.name. */
static void drop_name(struct mpy_fold *f, uint64_t key, uint64_t marks,
		      uint32_t line)
{
	struct value path;

	mpy_value_unknown(&path, marks, line);
	mpy_var_set(f, mpy_key_join(key, mpy_key("name", 4)), &path);
}

/* ELF or PE, and not merely the two letters */
static bool is_program(const struct value *v)
{
	return mpy_value_is_text(v) && v->u.s.size >= 64 &&
	       (!memcmp(v->u.s.data, "MZ", 2) ||
		!memcmp(v->u.s.data, "\177ELF", 4)) &&
	       memchr(v->u.s.data, '\0', 64);
}

void mpy_flow_write(struct mpy_fold *f, const struct value *self,
		    struct args *args, uint32_t line)
{
	static const struct flow_pair pairs[] = {
		{ T_NET, MPY_BEH_DOWNLOAD_WRITE },
		{ T_DECODE | T_UNPACK, MPY_BEH_DECODE_WRITE },
		{ T_KEYS, MPY_BEH_KEYLOG_SEND },
	};
	uint64_t m = args->marks;

	if (self && (self->marks & T_SOCKET)) {
		/* makefile(), a stream of asyncio */
		mpy_flow_send(f, S_SEND, self, args, line);
		return;
	}
	if (args->n > 1) /* of uinput: write(type, code, value) */
		m &= ~T_KEYS;
	NOTE(f, pairs, m, line, args->line);
	if (!self)
		return;
	if ((m & T_CRYPT) && (self->marks & T_WALK))
		mpy_flow_note(f, MPY_BEH_ENCRYPT_FILES, line, args->line);
	if ((m & T_RANDOM) && (self->marks & T_WALK))
		mpy_flow_note(f, MPY_BEH_DESTROY, line, args->line);
	if (m & T_CRYPT)
		mpy_flow_keep(f, S_ENCRYPT, self->marks);
	/* what was found by walking is not its own file, whatever else the
	   variable was before */
	if ((m & T_SELF) && (m & T_FILE) && (self->marks & T_WRITER) &&
	    (self->marks & (T_SELF | T_WALK)) != T_SELF)
		mpy_flow_note(f, self->marks & T_WALK ? MPY_BEH_INFECT :
							MPY_BEH_SELF_COPY,
			      line, args->line);
	if (m & (T_NET | T_DECODE | T_UNPACK | T_RECV)) {
		uint64_t of = m & (T_NET | T_RECV) ? T_DROPPED : T_CARRIED;

		f->seen.net_write = line;
		if (self->kind == V_UNKNOWN && self->u.origin)
			mpy_flow_drop(f, self->u.origin, of, line);
		else if ((self->marks & T_WRITER) && self->key)
			drop_name(f, self->key, of, line);
	}
	if (args->n && is_program(&args->v[0]))
		mpy_flow_note(f, MPY_BEH_CARRIES, line, args->line);
	if (self->marks & T_MEMFD)
		f->seen.memory_run = line;
	/* a program that is left for later; in a loop it would be a piece */
	if ((self->marks & M_PYTHON_FILE) && !f->unroll && args->n &&
	    mpy_value_is_text(&args->v[0]) &&
	    mpy_budget_step(f->budget, args->v[0].u.s.size / 16) &&
	    mpy_guess_program(args->v[0].u.s.data, args->v[0].u.s.size))
		mpy_flow_left(f, &args->v[0]);
}

/* Is one of the letters in the mode: argument number at, or called so? */
static bool is_mode(const struct args *args, unsigned int at,
		    const char *letters)
{
	uint64_t word = mpy_key("mode", 4);

	for (unsigned int i = at; i < args->n; i++) {
		const struct value *v = &args->v[i];

		if (i > at && args->word[i] != word)
			continue;
		for (const char *p = letters; *p; p++)
			if (mpy_value_is_text(v) && v->u.s.size <= 16 &&
			    memchr(v->u.s.data, *p, v->u.s.size))
				return true;
	}
	return false;
}

/* /dev/sda and the like, whole or in part. */
static bool is_disk(const struct value *path)
{
	static const char *const disks[] = { "/dev/sd", "/dev/hd", "/dev/vd",
					     "/dev/nvme", "/dev/mmcblk",
					     "\\\\.\\physicaldrive",
					     "\\.\\physicaldrive" };

	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
		size_t n = strlen(disks[i]);

		if (mpy_value_is_text(path) && path->u.s.size >= n &&
		    !strncasecmp((const char *)path->u.s.data, disks[i], n))
			return true;
	}
	return false;
}

void mpy_flow_read(struct mpy_fold *f, const struct value *path, uint32_t line)
{
	/* what everybody may read is a secret when it is sent */
	if ((path->marks & T_SECRET) && !mpy_value_equal(path, "/etc/passwd"))
		mpy_flow_note(f, MPY_BEH_SECRET_READ, line, 0);
}

void mpy_flow_open(struct mpy_fold *f, const struct value *path,
		   const struct args *args, unsigned int mode,
		   struct value *out, uint32_t line)
{
	mpy_value_unknown(out, path->marks, path->line);
	out->u.origin = path->key;
	if (is_mode(args, mode, "wax")) {
		out->marks |= T_WRITER;
		mpy_flow_place(f, path->marks, line);
		if ((path->marks & M_LOG) && is_mode(args, mode, "w"))
			mpy_flow_note(f, MPY_BEH_LOG_WIPE, line, 0);
		if (is_disk(path))
			mpy_flow_note(f, MPY_BEH_DESTROY, line, 0);
		if (mpy_value_equal(path, "/etc/passwd") ||
		    mpy_value_equal(path, "/etc/shadow"))
			mpy_flow_note(f, MPY_BEH_PERSIST_KEYS, line, 0);
		mpy_flow_drop_const(f, path);
		return;
	}
	if (!(out->marks & T_SOURCES))
		out->line = line;
	out->marks |= T_FILE;
	mpy_own_open(f, path, is_mode(args, mode, "b"), out);
	mpy_flow_read(f, path, line);
}

static bool is_one_of(const struct value *path, const char *const *paths)
{
	while (*paths && !mpy_value_equal(path, *paths))
		paths++;
	return *paths;
}

/*
 * Is it a file of Windows itself? What its services leave behind there, whoever
 * repairs one deletes: the queue of a printer, logs, tasks.
 */
static bool is_of_windows(const struct value *path)
{
	static const char system[] = "C:\\Windows\\System32\\";
	static const char *const left[] = { "spool\\", "LogFiles\\", "Tasks\\",
					    "winevt\\" };
	const size_t n = sizeof(system) - 1;
	char name[64];
	size_t size;

	if (!mpy_value_is_text(path) || path->u.s.size <= n)
		return false;
	size = path->u.s.size < sizeof(name) - 1 ? path->u.s.size :
						   sizeof(name) - 1;
	for (size_t i = 0; i < size; i++)
		name[i] = path->u.s.data[i] == '/' ? '\\' :
				(char)path->u.s.data[i];
	name[size] = '\0';
	if (strncasecmp(name, system, n))
		return false;
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		if (!strncasecmp(name + n, left[i], strlen(left[i])))
			return false;
	return true;
}

/* Directories that nobody deletes but to do harm: 2 if all is lost with it. */
static unsigned int is_precious(const struct value *path)
{
	static const char *const all[] = { "/",	    "/bin", "/boot",	"/etc",
					   "/home", "/lib", "/root",	"/usr",
					   "/var",  "/sbin", "/usr/bin", "~",
					   "~/",    "C:\\",  "C:/", "C:\\Windows",
					   "C:/Windows",
					   "C:\\Windows\\System32",
					   "C:/Windows/System32", NULL };
	static const char *const many[] = { "/srv", "/var/log", "/var/www",
					    NULL };

	if (is_one_of(path, all))
		return 2;
	return is_one_of(path, many) || is_of_windows(path);
}

void mpy_flow_harm(struct mpy_fold *f, uint64_t marks,
		   const struct value *path, uint32_t line)
{
	unsigned int loss = path ? is_precious(path) : 0;

	if (loss == 2 || ((marks & M_DESTROY) && (marks & M_ALL)))
		mpy_flow_note(f, MPY_BEH_DESTROY_ALL, line, 0);
	else if (loss || (marks & M_DESTROY))
		mpy_flow_note(f, MPY_BEH_DESTROY, line, 0);
}

void mpy_flow_delete(struct mpy_fold *f, uint32_t sinks,
		     const struct value *self, const struct args *args,
		     uint32_t line)
{
	uint64_t m = args->marks;

	if (sinks & S_COPY) {
		if (m & T_SELF)
			mpy_flow_note(f, MPY_BEH_SELF_COPY, line, 0);
		mpy_flow_place(f, m & ~M_HOSTS, line);
		return;
	}
	if ((m | (self ? self->marks : 0)) & T_SELF) /* path.unlink() */
		mpy_flow_note(f, MPY_BEH_SELF_DELETE, line, 0);
	if (m & M_LOG)
		mpy_flow_note(f, MPY_BEH_LOG_WIPE, line, 0);
	mpy_flow_harm(f, m, args->n ? &args->v[0] : NULL, line);
}

/* sys.stdin = connection.makefile(): as dup2() does. */
void mpy_flow_redirect(struct mpy_fold *f, uint64_t key,
		       const struct value *v, uint32_t line)
{
	if ((v->marks & T_SOCKET) && key == f->stdin_key)
		f->seen.dup = line;
}
