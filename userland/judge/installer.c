// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * installer.c - addresses from which everybody installs: their projects tell
 * their users to run what is fetched from there.
 */
#include <string.h>

#include "flow.h"

/* A path that may lead out of where it begins, by ".." or what stands for it. */
static bool leads_out(const uint8_t *path, size_t size)
{
	return memmem(path, size, "..", 2) || memchr(path, '%', size) ||
	       memchr(path, '\\', size);
}

bool mpy_flow_is_installer(const struct args *args)
{
	/* by HTTPS alone; what stands before "/" is theirs as a whole */
	static const char *const addresses[] = {
		"https://astral.sh/uv/",
		"https://bitbucket.org/pypa/",
		"https://bootstrap.pypa.io/",
		"https://bootstrap.saltproject.io/",
		"https://bootstrap.saltstack.com/",
		"https://download.calibre-ebook.com/",
		"https://get.docker.com/",
		"https://get.helm.sh/",
		"https://get.k3s.io/",
		"https://github.com/pypa/",
		"https://install.python-poetry.org/",
		"https://raw.github.com/pypa/",
		"https://raw.githubusercontent.com/Homebrew/",
		"https://raw.githubusercontent.com/ansible/",
		"https://raw.githubusercontent.com/buildout/",
		"https://raw.githubusercontent.com/kovidgoyal/",
		"https://raw.githubusercontent.com/nvm-sh/",
		"https://raw.githubusercontent.com/pdm-project/",
		"https://raw.githubusercontent.com/platformio/",
		"https://raw.githubusercontent.com/pre-commit/",
		"https://raw.githubusercontent.com/pypa/",
		"https://raw.githubusercontent.com/python-poetry/",
		"https://raw.githubusercontent.com/pyenv/",
		"https://raw.githubusercontent.com/saltstack/",
		"https://raw.githubusercontent.com/sdispater/poetry/",
		"https://sh.rustup.rs/",
	};
	const struct value *v = args->n ? &args->v[0] : NULL;

	if (!v || !mpy_value_is_text(v))
		return false;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		size_t n = strlen(addresses[i]);

		/* the host alone is an address too */
		if (v->u.s.size >= n - 1 &&
		    !memcmp(v->u.s.data, addresses[i],
			    v->u.s.size < n ? n - 1 : n))
			return !leads_out(v->u.s.data, v->u.s.size);
	}
	return false;
}
