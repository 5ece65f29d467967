// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * program.c - which bytes are a program. A name proves little: the operand
 * is compared by identity with what was opened wherever that is known, by
 * name where it is not. What an interpreter opens besides is only looked at
 * if it is named like Python.
 */
#include "daemon/program.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/path.h"
#include "daemon/subject.h"

static bool is_elf(const struct mpy_event *event)
{
	return event->contents_size >= 4 &&
	       !memcmp(event->contents, "\177ELF", 4);
}

/* A process that cannot be looked at any more: the name is all there is. */
static bool matches_by_name(const struct mpy_run *run, const char *path)
{
	return !strcmp(mpy_path_base(run->operand), mpy_path_base(path)) ||
	       mpy_path_is_main_of(path, run->operand);
}

static bool matches_operand(struct mpy_run *run, const struct mpy_event *event,
			    const struct mpy_outside *outside)
{
	const struct mpy_event *exec = run->exec;
	const struct mpy_exec_facts *facts;
	const char *path = event->file_path ? event->file_path : "";

	/* "#!": the kernel itself opened it and knows which one it was. */
	if (exec->script.present &&
	    mpy_file_id_same(&exec->script, &event->file))
		return true;
	if (!run->operand)
		return false;
	if (!strcmp(run->operand, path))
		return true;
	if (is_elf(event))
		return false;
	facts = mpy_run_facts(run, outside);
	if (!facts || facts->operand == MPY_OPERAND_UNKNOWN)
		return matches_by_name(run, path);
	if (facts->operand == MPY_OPERAND_FILE)
		return event->file.dev == facts->dev &&
		       event->file.inode == facts->inode;
	return mpy_path_is_main_of(path, run->operand) ||
	       (facts->resolved &&
		mpy_path_is_main_of(path, facts->resolved));
}

/* Size of the folder's part of path, without __pycache__. */
static size_t folder_size(const char *path)
{
	size_t size = (size_t)(mpy_path_base(path) - path);

	if (size >= 13 && !memcmp(path + size - 13, "/__pycache__/", 13))
		size -= 12;
	return size;
}

/* The first file of that name settles the folder: later ones of the same
 * name elsewhere are something else. */
static bool matches_module(struct mpy_run *run, const char *path)
{
	size_t size;

	if (!mpy_path_is_module(path, run->program.text))
		return false;
	size = folder_size(path);
	if (!run->module_dir)
		run->module_dir = strndup(path, size);
	return run->module_dir && strlen(run->module_dir) == size &&
	       !memcmp(run->module_dir, path, size);
}

static bool is_program(struct mpy_run *run, const struct mpy_event *event,
		       const struct mpy_outside *outside)
{
	if (!run->exec || run->class == MPY_IMAGE_EMBEDS)
		return false;
	switch (run->program.kind) {
	case MPY_PROGRAM_FILE:
		return matches_operand(run, event, outside);
	case MPY_PROGRAM_MODULE:
		return event->file_path &&
		       matches_module(run, event->file_path);
	case MPY_PROGRAM_COMMAND:
	case MPY_PROGRAM_STDIN:
	case MPY_PROGRAM_NONE:
		return false;
	}
	return false;
}

enum mpy_role mpy_program_role(struct mpy_run *run,
			       const struct mpy_event *event,
			       const struct mpy_outside *outside)
{
	if (is_program(run, event, outside))
		return MPY_ROLE_PROGRAM;
	if (event->file_path && mpy_path_is_python(event->file_path))
		return MPY_ROLE_OPENED;
	return MPY_ROLE_DATA;
}

/* The end of a zip's directory is in its last 64 KiB. Of a file with cut
 * contents the end is not here: then its beginning must do. */
static bool is_zip(const struct mpy_event *event)
{
	const uint8_t *data = event->contents;
	size_t size = event->contents_size, tail;

	if (size >= 4 && !memcmp(data, "PK\003\004", 4))
		return true;
	if (event->contents_truncated)
		return event->file_path &&
		       mpy_path_ends(event->file_path, ".pyz");
	tail = size < 65557 ? size : 65557;
	return tail > 0 && memmem(data + size - tail, tail, "PK\005\006", 4);
}

static bool is_pyc(const struct mpy_event *event)
{
	if (event->file_path && mpy_path_ends(event->file_path, ".pyc"))
		return true;
	return event->contents_size >= 16 &&
	       !memcmp(event->contents + 2, "\r\n", 2) &&
	       event->contents[1] <= 0x0f && event->contents[1] > 0;
}

const char *mpy_program_sight(const struct mpy_run *run,
			      const struct mpy_event *event, enum mpy_role role)
{
	if (event->file.deleted)
		return event->file_path &&
				       !strncmp(event->file_path, "/memfd:", 7) ?
			       "memfd" :
			       "deleted";
	if (is_zip(event))
		return "zip";
	if (is_pyc(event))
		return "pyc";
	if (role == MPY_ROLE_OPENED ||
	    run->program.kind == MPY_PROGRAM_MODULE)
		return "module";
	return "file";
}

static char *cleaned_unless(const char *cwd, const char *name, const char *path)
{
	char *link = mpy_path_clean(cwd, name);

	if (link && path && !strcmp(link, path)) {
		free(link);
		return NULL;
	}
	return link;
}

char *mpy_program_link(const struct mpy_run *run, const char *path)
{
	if (!run->exec || run->program.kind != MPY_PROGRAM_FILE)
		return NULL;
	return cleaned_unless(run->exec->task.cwd, run->program.text, path);
}

char *mpy_program_binary_link(const struct mpy_run *run, const char *path)
{
	const struct mpy_event *exec = run->exec;
	const char *name;
	char *link;

	if (!exec)
		return NULL;
	name = exec->script.present ? exec->interp : exec->filename;
	if (!name)
		return NULL;
	link = cleaned_unless(exec->task.cwd, name, path);
	if (link && !strncmp(link, "/dev/fd/", 8)) { /* fexecve(3) */
		free(link);
		link = NULL;
	}
	return link;
}
