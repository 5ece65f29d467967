// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * event.c - from messages to events. One table says which attribute goes
 * where and how large it may be; what is not in it is skipped, as the
 * protocol demands. The kernel is trusted to be our module, not to be free of
 * errors, and recordings come from anywhere: everything is checked.
 */
#include "daemon/event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mpy.h>

#include "daemon/attr.h"

enum form { FORM_NONE, FORM_FLAG, FORM_U32, FORM_U64, FORM_TEXT };

/* What came of the head of a message; sizes are needed before the chunks. */
struct head {
	struct mpy_event event;
	uint32_t kind, argv_size, contents_size, field, offset;
	const uint8_t *data;
	size_t data_size;
	uint64_t seen[(MPY_A_MAX + 64) / 64];
};

struct place {
	uint8_t form;
	uint16_t max; /* longest text */
	size_t offset;
};

#define AT(member) offsetof(struct head, member)
#define EV(member) offsetof(struct head, event.member)
#define PATH (MPY_PATH_MAX)

static const struct place places[MPY_A_MAX + 1] = {
	[MPY_A_SEQ] = { FORM_U64, 0, EV(seq) },
	[MPY_A_KIND] = { FORM_U32, 0, AT(kind) },
	[MPY_A_BOOT_NS] = { FORM_U64, 0, EV(boot_ns) },
	[MPY_A_REAL_NS] = { FORM_U64, 0, EV(real_ns) },
	[MPY_A_TGID] = { FORM_U32, 0, EV(task.tgid) },
	[MPY_A_TASK_START_NS] = { FORM_U64, 0, EV(task.start_ns) },
	[MPY_A_PPID] = { FORM_U32, 0, EV(task.ppid) },
	[MPY_A_PARENT_START_NS] = { FORM_U64, 0, EV(task.parent_start_ns) },
	[MPY_A_UID] = { FORM_U32, 0, EV(task.uid) },
	[MPY_A_EUID] = { FORM_U32, 0, EV(task.euid) },
	[MPY_A_GID] = { FORM_U32, 0, EV(task.gid) },
	[MPY_A_LOGINUID] = { FORM_U32, 0, EV(task.loginuid) },
	[MPY_A_SESSION] = { FORM_U32, 0, EV(task.session) },
	[MPY_A_CGROUP_ID] = { FORM_U64, 0, EV(task.cgroup_id) },
	[MPY_A_CGROUP_PATH] = { FORM_TEXT, PATH, EV(task.cgroup) },
	[MPY_A_NS_MNT] = { FORM_U32, 0, EV(task.ns[MPY_NS_MNT]) },
	[MPY_A_NS_PID] = { FORM_U32, 0, EV(task.ns[MPY_NS_PID]) },
	[MPY_A_NS_NET] = { FORM_U32, 0, EV(task.ns[MPY_NS_NET]) },
	[MPY_A_NS_USER] = { FORM_U32, 0, EV(task.ns[MPY_NS_USER]) },
	[MPY_A_NS_UTS] = { FORM_U32, 0, EV(task.ns[MPY_NS_UTS]) },
	[MPY_A_NS_IPC] = { FORM_U32, 0, EV(task.ns[MPY_NS_IPC]) },
	[MPY_A_NS_CGROUP] = { FORM_U32, 0, EV(task.ns[MPY_NS_CGROUP]) },
	[MPY_A_COMM] = { FORM_TEXT, 16, EV(task.comm) },
	[MPY_A_CWD] = { FORM_TEXT, PATH, EV(task.cwd) },
	[MPY_A_CWD_DELETED] = { FORM_FLAG, 0, EV(task.cwd_deleted) },
	[MPY_A_FILENAME] = { FORM_TEXT, PATH, EV(filename) },
	[MPY_A_INTERP] = { FORM_TEXT, PATH, EV(interp) },
	[MPY_A_ARGV_SIZE] = { FORM_U32, 0, AT(argv_size) },
	[MPY_A_ARGV_TOTAL] = { FORM_U32, 0, EV(argv_total) },
	[MPY_A_ARGV_TRUNCATED] = { FORM_FLAG, 0, EV(argv_truncated) },
	[MPY_A_EXE_PATH] = { FORM_TEXT, PATH, EV(task.exe_path) },
	[MPY_A_EXE_DEV] = { FORM_U64, 0, EV(exe.dev) },
	[MPY_A_EXE_INODE] = { FORM_U64, 0, EV(exe.inode) },
	[MPY_A_EXE_SIZE] = { FORM_U64, 0, EV(exe.size) },
	[MPY_A_EXE_MTIME_NS] = { FORM_U64, 0, EV(exe.mtime_ns) },
	[MPY_A_EXE_CTIME_NS] = { FORM_U64, 0, EV(exe.ctime_ns) },
	[MPY_A_EXE_DELETED] = { FORM_FLAG, 0, EV(exe.deleted) },
	[MPY_A_SCRIPT_PATH] = { FORM_TEXT, PATH, EV(script_path) },
	[MPY_A_SCRIPT_DEV] = { FORM_U64, 0, EV(script.dev) },
	[MPY_A_SCRIPT_INODE] = { FORM_U64, 0, EV(script.inode) },
	[MPY_A_SCRIPT_SIZE] = { FORM_U64, 0, EV(script.size) },
	[MPY_A_SCRIPT_MTIME_NS] = { FORM_U64, 0, EV(script.mtime_ns) },
	[MPY_A_SCRIPT_CTIME_NS] = { FORM_U64, 0, EV(script.ctime_ns) },
	[MPY_A_SCRIPT_DELETED] = { FORM_FLAG, 0, EV(script.deleted) },
	[MPY_A_FILE_PATH] = { FORM_TEXT, PATH, EV(file_path) },
	[MPY_A_FILE_DEV] = { FORM_U64, 0, EV(file.dev) },
	[MPY_A_FILE_INODE] = { FORM_U64, 0, EV(file.inode) },
	[MPY_A_FILE_SIZE] = { FORM_U64, 0, EV(file.size) },
	[MPY_A_FILE_MTIME_NS] = { FORM_U64, 0, EV(file.mtime_ns) },
	[MPY_A_FILE_CTIME_NS] = { FORM_U64, 0, EV(file.ctime_ns) },
	[MPY_A_FILE_DELETED] = { FORM_FLAG, 0, EV(file.deleted) },
	[MPY_A_FILE_FSTYPE] = { FORM_TEXT, 64, EV(fstype) },
	[MPY_A_CONTENTS_SIZE] = { FORM_U32, 0, AT(contents_size) },
	[MPY_A_CONTENTS_TRUNCATED] = { FORM_FLAG, 0, EV(contents_truncated) },
	[MPY_A_FIELD] = { FORM_U32, 0, AT(field) },
	[MPY_A_OFFSET] = { FORM_U32, 0, AT(offset) },
};

static bool seen(const struct head *head, unsigned int attr)
{
	return head->seen[attr / 64] >> (attr % 64) & 1;
}

/* Strings may or may not come with their NUL; none may be inside. */
static int store_text(char **slot, const struct mpy_attr_view *view,
		      size_t max)
{
	size_t size = view->size;
	char *copy;

	if (size > 0 && view->data[size - 1] == '\0')
		size--;
	if (size > max || memchr(view->data, '\0', size))
		return -EBADMSG;
	copy = malloc(size + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, view->data, size);
	copy[size] = '\0';
	free(*slot);
	*slot = copy;
	return 0;
}

static int store_value(struct head *head, const struct place *place,
		       const struct mpy_attr_view *view)
{
	void *slot = (uint8_t *)head + place->offset;

	switch ((enum form)place->form) {
	case FORM_NONE:
		break;
	case FORM_FLAG:
		if (view->size != 0)
			return -EBADMSG;
		*(uint8_t *)slot = 1;
		return 0;
	case FORM_U32:
		return mpy_attr_u32(view, slot) ? 0 : -EBADMSG;
	case FORM_U64:
		return mpy_attr_u64(view, slot) ? 0 : -EBADMSG;
	case FORM_TEXT:
		return store_text(slot, view, place->max);
	}
	return -EBADMSG;
}

static int read_head(struct head *head, const void *attrs, size_t size)
{
	struct mpy_attr_walk walk;
	struct mpy_attr_view view;
	int r;

	mpy_attr_start(&walk, attrs, size);
	while (mpy_attr_next(&walk, &view)) {
		const struct place *place;

		if (view.type > MPY_A_MAX)
			continue;
		if (view.type == MPY_A_DATA) {
			head->data = view.data;
			head->data_size = view.size;
		} else {
			place = &places[view.type];
			if (place->form == FORM_NONE)
				continue;
			r = store_value(head, place, &view);
			if (r < 0)
				return r;
		}
		head->seen[view.type / 64] |= 1ull << (view.type % 64);
	}
	return walk.bad ? -EBADMSG : 0;
}

static void free_members(struct mpy_event *event)
{
	free(event->task.cgroup);
	free(event->task.comm);
	free(event->task.cwd);
	free(event->task.exe_path);
	free(event->filename);
	free(event->interp);
	free(event->script_path);
	free(event->argv);
	free(event->file_path);
	free(event->fstype);
	free(event->contents);
	if (event->fd >= 0)
		close(event->fd);
	if (event->probe)
		event->probe->release(event->probe);
}

void mpy_event_free(struct mpy_event *event)
{
	if (!event)
		return;
	free_members(event);
	free(event);
}

static size_t text_weight(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

size_t mpy_event_weight(const struct mpy_event *event)
{
	return sizeof(*event) + event->argv_size + event->contents_size +
	       text_weight(event->task.cgroup) + text_weight(event->task.cwd) +
	       text_weight(event->task.exe_path) +
	       text_weight(event->filename) + text_weight(event->script_path) +
	       text_weight(event->file_path);
}

static void drop_partial(struct mpy_assembler *assembler)
{
	mpy_event_free(assembler->partial);
	assembler->partial = NULL;
}

void mpy_assembler_reset(struct mpy_assembler *assembler)
{
	drop_partial(assembler);
	assembler->last_seq = 0;
}

/* Is everything there that this kind of event must have? */
static bool is_complete(const struct head *head, unsigned int cmd)
{
	if (!seen(head, MPY_A_SEQ) || head->event.seq == 0)
		return false;
	if (cmd == MPY_CMD_CLASSIFY)
		return seen(head, MPY_A_EXE_DEV) &&
		       seen(head, MPY_A_EXE_INODE);
	if (!seen(head, MPY_A_KIND) || !seen(head, MPY_A_BOOT_NS) ||
	    !seen(head, MPY_A_REAL_NS) || !seen(head, MPY_A_TGID) ||
	    !seen(head, MPY_A_TASK_START_NS))
		return false;
	if (head->kind == MPY_KIND_EXEC)
		return seen(head, MPY_A_ARGV_SIZE) &&
		       head->argv_size <= MPY_ARGV_MAX;
	return seen(head, MPY_A_CONTENTS_SIZE) && seen(head, MPY_A_FILE_DEV) &&
	       seen(head, MPY_A_FILE_INODE) &&
	       head->contents_size <= MPY_SNAPSHOT_LIMIT;
}

static void note_presence(struct head *head)
{
	struct mpy_event *event = &head->event;

	event->exe.present = seen(head, MPY_A_EXE_DEV) &&
			     seen(head, MPY_A_EXE_INODE);
	event->script.present = seen(head, MPY_A_SCRIPT_DEV) &&
				seen(head, MPY_A_SCRIPT_INODE);
	event->file.present = seen(head, MPY_A_FILE_DEV) &&
			      seen(head, MPY_A_FILE_INODE);
	event->task.has_loginuid = seen(head, MPY_A_LOGINUID);
	event->task.has_session = seen(head, MPY_A_SESSION);
}

/* Room for the long fields; one byte more so that argv always ends in NUL. */
static int take_room(struct mpy_event *event, const struct head *head)
{
	if (event->kind == MPY_EVENT_EXEC) {
		event->argv_size = head->argv_size;
		event->argv = calloc(1, event->argv_size + 1);
		return event->argv ? 0 : -ENOMEM;
	}
	if (event->kind == MPY_EVENT_READ) {
		event->contents_size = head->contents_size;
		event->contents = calloc(1, event->contents_size + 1);
		return event->contents ? 0 : -ENOMEM;
	}
	return 0;
}

static void note_seq(struct mpy_assembler *assembler, uint64_t seq)
{
	if (assembler->last_seq && seq > assembler->last_seq + 1)
		assembler->holes += seq - assembler->last_seq - 1;
	assembler->last_seq = seq;
}

/* An argument may lack its NUL where the kernel cut: then add one. */
static void end_argv(struct mpy_event *event)
{
	if (event->argv_size && event->argv[event->argv_size - 1] != '\0')
		event->argv_size++; /* the byte that take_room() added */
}

static int finish(struct mpy_assembler *assembler, struct mpy_event **out)
{
	struct mpy_event *event = assembler->partial;

	if (assembler->argv_got < event->argv_size ||
	    assembler->contents_got < event->contents_size)
		return 0;
	if (event->kind == MPY_EVENT_EXEC)
		end_argv(event);
	assembler->partial = NULL;
	*out = event;
	return 1;
}

static int begin(struct mpy_assembler *assembler, unsigned int cmd,
		 struct head *head, struct mpy_event **out)
{
	struct mpy_event *event;
	int r;

	if (!is_complete(head, cmd))
		return -EBADMSG;
	if (cmd == MPY_CMD_CLASSIFY)
		head->event.kind = MPY_EVENT_CLASSIFY;
	else if (head->kind == MPY_KIND_EXEC)
		head->event.kind = MPY_EVENT_EXEC;
	else if (head->kind == MPY_KIND_READ)
		head->event.kind = MPY_EVENT_READ;
	else
		return 0; /* of a newer schema: not for us */
	note_presence(head);
	event = malloc(sizeof(*event));
	if (!event)
		return -ENOMEM;
	if (assembler->partial) {
		assembler->cut_off++;
		drop_partial(assembler);
	}
	*event = head->event;
	memset(&head->event, 0, sizeof(head->event));
	head->event.fd = -1;
	note_seq(assembler, event->seq);
	r = take_room(event, head);
	if (r < 0) {
		mpy_event_free(event);
		return r;
	}
	assembler->partial = event;
	assembler->argv_got = assembler->contents_got = 0;
	return finish(assembler, out);
}

static int add_chunk(struct mpy_assembler *assembler, const struct head *head,
		     struct mpy_event **out)
{
	struct mpy_event *event = assembler->partial;
	size_t *got, size;
	uint8_t *to;

	if (!seen(head, MPY_A_SEQ) || !seen(head, MPY_A_FIELD) ||
	    !seen(head, MPY_A_OFFSET) || head->data_size == 0 ||
	    head->data_size > MPY_CHUNK_MAX)
		return -EBADMSG;
	if (!event || head->event.seq != event->seq)
		return 0; /* the rest of an event that was dropped */
	if (head->field == MPY_FIELD_ARGV) {
		got = &assembler->argv_got;
		size = event->argv_size;
		to = event->argv;
	} else if (head->field == MPY_FIELD_CONTENTS) {
		got = &assembler->contents_got;
		size = event->contents_size;
		to = event->contents;
	} else {
		return 0;
	}
	if (head->offset != *got || head->data_size > size - *got)
		return -EBADMSG;
	memcpy(to + *got, head->data, head->data_size);
	*got += head->data_size;
	return finish(assembler, out);
}

int mpy_event_feed(struct mpy_assembler *assembler, unsigned int cmd,
		   const void *attrs, size_t size, struct mpy_event **out)
{
	struct head head = { .event.fd = -1 };
	int r;

	*out = NULL;
	if (cmd != MPY_CMD_EVENT && cmd != MPY_CMD_CHUNK &&
	    cmd != MPY_CMD_CLASSIFY)
		return 0;
	r = read_head(&head, attrs, size);
	if (r == 0)
		r = cmd == MPY_CMD_CHUNK ?
			    add_chunk(assembler, &head, out) :
			    begin(assembler, cmd, &head, out);
	free_members(&head.event);
	if (r == -EBADMSG) {
		assembler->invalid++;
		if (cmd == MPY_CMD_CHUNK)
			drop_partial(assembler);
	}
	return r;
}

const char *mpy_event_arg(const struct mpy_event *event, size_t i)
{
	size_t at = 0;

	while (at < event->argv_size) {
		if (i-- == 0)
			return (const char *)event->argv + at;
		at += strlen((const char *)event->argv + at) + 1;
	}
	return NULL;
}

bool mpy_file_id_same(const struct mpy_file_id *a, const struct mpy_file_id *b)
{
	return a->present && b->present && a->dev == b->dev &&
	       a->inode == b->inode;
}
