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
	return memmem(path, size, "..", 2) || memchr(path, '%', size) ||
	       memchr(path, '\\', size);
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

bool mpy_flow_is_installer(const struct args *args)
{
	/* whose hosts, or folders of them, are theirs as a whole */
	static const char *const addresses[] = {
		"https://astral.sh/uv/",
		"https://bootstrap.pypa.io/",
		"https://bootstrap.saltproject.io/",
		"https://bootstrap.saltstack.com/",
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

	if (!v || !mpy_value_is_text(v) || leads_out(v->u.s.data, v->u.s.size))
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
