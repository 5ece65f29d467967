/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path.h - names of files as text: nothing here looks at the disk. */
#ifndef MPY_DAEMON_PATH_H
#define MPY_DAEMON_PATH_H

#include <stdbool.h>

/*
 * name made absolute against cwd (NULL: unknown) and lexically cleaned: no
 * ".", "..", doubled or trailing slashes. The caller's to free(). NULL if it
 * cannot be told (relative without cwd) or without memory.
 */
char *mpy_path_clean(const char *cwd, const char *name);

/* The part behind the last slash. */
const char *mpy_path_base(const char *path);

/* Ends in .py, .pyw, .pyc or .pyz. */
bool mpy_path_is_python(const char *path);
bool mpy_path_ends(const char *path, const char *ending);

/*
 * /dev/fd/N, /proc/self/fd/N, /proc/thread-self/fd/N, /dev/stdin: the number
 * of the descriptor, else -1. path is cleaned.
 */
int mpy_path_descriptor(const char *path);

/*
 * Does the file at path hold the module with this dotted name, as "python -m
 * name" finds it: NAME.py, NAME/__main__.py or their compiled forms?
 */
bool mpy_path_is_module(const char *path, const char *name);

/* Is path the __main__ (source or compiled) of directory? */
bool mpy_path_is_main_of(const char *path, const char *directory);

#endif
