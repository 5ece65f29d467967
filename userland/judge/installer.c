// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * installer.c - addresses from which everybody installs: their projects tell
 * their users to run what is fetched from there. By HTTPS alone.
 */
#include <string.h>

#include "flow.h"

/* A path that may lead out of where it begins, by ".." or what stands for it. */
static bool leads_out(const uint8_t *path, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (path[i] <= ' ' || path[i] >= 0x7f || path[i] == '%' ||
		    path[i] == '\\')
			return true;
	return memmem(path, size, "..", 2);
}

/*
 * Is it a literal that stands in the call itself? What a variable is given, or
 * the arm of a condition, is a guess: enough to accuse, not to excuse.
 */
static bool is_written(const struct mpy_fold *f, const struct value *v)
{
	const uint8_t *begin = f->text, *end = f->text + f->size;
	const uint8_t *before, *after;

	if (!mpy_value_is_text(v) || v->key || v->u.s.data < begin + 2 ||
	    v->u.s.data + v->u.s.size + 1 >= end)
		return false;
	before = v->u.s.data - 1;
	after = v->u.s.data + v->u.s.size;
	if ((*before != '"' && *before != '\'') || *after != *before)
		return false;
	do
		before--;
	while (before > begin && memchr(" \n\t", *before, 3));
	do
		after++;
	while (after < end - 1 && memchr(" \n\t", *after, 3));
	return *before == '(' && (*after == ')' || *after == ',');
}

/* Arguments that may send it elsewhere, by a proxy or without certificates. */
static bool leads_elsewhere(const struct args *args, uint32_t sinks)
{
	static const char *const fine[] = { "timeout", "headers", "stream",
					    "filename", NULL };

	for (unsigned int i = 1; i < args->n; i++)
		if (!mpy_args_called(args, i, fine) &&
		    (args->word[i] || i > 1 || !(sinks & S_FETCH_TO)))
			return true;
	return false;
}

static bool begins(const struct value *v, const char *text, size_t n)
{
	return v->u.s.size >= n && !memcmp(v->u.s.data, text, n);
}

/*
 * repository/branch/...: what others push to a fork or ask to be pulled is
 * served below the same name, as a commit or as refs/pull/N.
 */
static bool is_own_branch(const uint8_t *path, size_t size)
{
	static const char *const branches[] = { "HEAD/", "main/", "master/",
						"develop/" };
	const uint8_t *slash = memchr(path, '/', size);
	size_t left = slash ? size - (size_t)(slash + 1 - path) : 0;

	for (size_t i = 0; i < sizeof(branches) / sizeof(branches[0]); i++) {
		size_t n = strlen(branches[i]);

		if (left > n && !memcmp(slash + 1, branches[i], n))
			return true;
	}
	return false;
}

bool mpy_flow_is_installer(const struct mpy_fold *f, uint32_t sinks,
			   const struct value *self, const struct args *args)
{
	/* whose hosts, or folders of them, are theirs as a whole */
	static const char *const addresses[] = {
		"https://astral.sh/uv/",
		"https://bootstrap.pypa.io/",
		"https://download.calibre-ebook.com/",
		"https://get.docker.com/",
		"https://get.helm.sh/",
		"https://get.k3s.io/",
		"https://install.python-poetry.org/",
		"https://sh.rustup.rs/",
	};
	static const char raw[] = "https://raw.githubusercontent.com/";
	/* who has repositories there */
	static const char *const owners[] = {
		"Homebrew/",   "ansible/",	 "buildout/",
		"kovidgoyal/", "nvm-sh/",	 "pdm-project/",
		"platformio/", "pre-commit/",	 "pyenv/",
		"pypa/",       "python-poetry/", "saltstack/",
		"sdispater/",
	};
	const size_t n_raw = sizeof(raw) - 1;
	const struct value *v = args->n ? &args->v[0] : NULL;

	/* a method of an object: who knows where that leads */
	if (self && (self->kind != V_NAME || self->u.name->known))
		return false;
	if (!v || !is_written(f, v) || leads_elsewhere(args, sinks) ||
	    leads_out(v->u.s.data, v->u.s.size))
		return false;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		size_t n = strlen(addresses[i]);

		/* the host alone is an address too */
		if (begins(v, addresses[i], v->u.s.size < n ? n - 1 : n))
			return true;
	}
	if (!begins(v, raw, n_raw))
		return false;
	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		size_t n = strlen(owners[i]);

		if (v->u.s.size > n_raw + n &&
		    !memcmp(v->u.s.data + n_raw, owners[i], n))
			return is_own_branch(v->u.s.data + n_raw + n,
					     v->u.s.size - n_raw - n);
	}
	return false;
}
