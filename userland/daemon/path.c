// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * path.c - names of files as text. Links are the kernel's business: what is
 * compared here are names that the kernel has resolved, or names as somebody
 * wrote them.
 */
#include "daemon/path.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Appends the components of name to out, which is "" or "/a/b". */
static void append_clean(char *out, size_t *used, const char *name)
{
	while (*name) {
		size_t length;

		while (*name == '/')
			name++;
		length = strcspn(name, "/");
		if (length == 0)
			break;
		if (length == 2 && name[0] == '.' && name[1] == '.') {
			while (*used > 0 && out[--*used] != '/')
				;
		} else if (length != 1 || name[0] != '.') {
			out[(*used)++] = '/';
			memcpy(out + *used, name, length);
			*used += length;
		}
		name += length;
	}
}

char *mpy_path_clean(const char *cwd, const char *name)
{
	size_t used = 0;
	char *out;

	if (name[0] == '\0')
		return NULL;
	if (name[0] == '/')
		cwd = "";
	else if (!cwd || cwd[0] != '/')
		return NULL;
	out = malloc(strlen(cwd) + strlen(name) + 3);
	if (!out)
		return NULL;
	append_clean(out, &used, cwd);
	append_clean(out, &used, name);
	if (used == 0)
		out[used++] = '/';
	out[used] = '\0';
	return out;
}

const char *mpy_path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool mpy_path_ends(const char *path, const char *ending)
{
	size_t size = strlen(path), tail = strlen(ending);

	return size >= tail && !memcmp(path + size - tail, ending, tail);
}

bool mpy_path_is_python(const char *path)
{
	return mpy_path_ends(path, ".py") || mpy_path_ends(path, ".pyw") ||
	       mpy_path_ends(path, ".pyc") || mpy_path_ends(path, ".pyz");
}

int mpy_path_descriptor(const char *path)
{
	static const char *const prefixes[] = { "/dev/fd/", "/proc/self/fd/",
						"/proc/thread-self/fd/" };
	size_t i;

	if (!strcmp(path, "/dev/stdin"))
		return 0;
	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t length = strlen(prefixes[i]);
		char *end;
		long number;

		if (strncmp(path, prefixes[i], length))
			continue;
		if (!isdigit((unsigned char)path[length]))
			return -1;
		number = strtol(path + length, &end, 10);
		if (*end || number < 0 || number > 1 << 24)
			return -1;
		return (int)number;
	}
	return -1;
}

/*
 * path = PREFIX/stem with one of Python's endings: stem.py, stem.pyc or
 * __pycache__/stem.TAG.pyc (stem's last component is in __pycache__).
 */
static bool is_source_or_compiled(const char *path, const char *stem)
{
	const char *base = mpy_path_base(path), *name = mpy_path_base(stem);
	size_t name_size = strlen(name), dir_size = (size_t)(name - stem);
	size_t left = (size_t)(base - path);

	if (strncmp(base, name, name_size) || base[name_size] != '.')
		return false;
	if (!strcmp(base + name_size, ".py") ||
	    !strcmp(base + name_size, ".pyc")) {
		/* as it is */
	} else if (mpy_path_ends(base, ".pyc") && left >= 12 &&
		   !memcmp(base - 12, "__pycache__/", 12)) {
		left -= 12;
	} else {
		return false;
	}
	return left > dir_size && path[left - dir_size - 1] == '/' &&
	       !memcmp(path + left - dir_size, stem, dir_size);
}

bool mpy_path_is_module(const char *path, const char *name)
{
	size_t size = strlen(name), i;
	char *stem;
	bool yes;

	if (size == 0 || size > 1024)
		return false;
	stem = malloc(size + sizeof("/__main__"));
	if (!stem)
		return false;
	for (i = 0; i <= size; i++)
		stem[i] = name[i] == '.' ? '/' : name[i];
	yes = is_source_or_compiled(path, stem);
	if (!yes) {
		memcpy(stem + size, "/__main__", sizeof("/__main__"));
		yes = is_source_or_compiled(path, stem);
	}
	free(stem);
	return yes;
}

bool mpy_path_is_main_of(const char *path, const char *directory)
{
	size_t size = strlen(directory);

	if (size == 1)
		size = 0; /* "/" */
	return !strncmp(path, directory, size) && path[size] == '/' &&
	       is_source_or_compiled(path, "__main__") &&
	       (!strchr(path + size + 1, '/') ||
		!strncmp(path + size + 1, "__pycache__/", 12)) &&
	       strrchr(path, '/') - (path + size) <= 12;
}
