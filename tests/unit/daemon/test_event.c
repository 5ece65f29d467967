// SPDX-License-Identifier: GPL-2.0-or-later
/* test_event.c - kernel messages, whole, in pieces, out of order, wrong. */
#include "daemon/event.h"

#include <errno.h>

#include "../../replay/compose.h"
#include "../test.h"

static const struct actor who = { 100, 1, "/root", "/usr/bin/python3.11" };

static void an_exec_in_pieces(void)
{
	struct mpy_assembler assembler = { NULL, 0, 0, 0, 0, 0, 0 };
	struct mpy_event *event;
	static const char argv[] = "python3\0-c\0print(1)";

	CHECK(feed(&assembler,
		   new_exec(1, who, "/usr/bin/python3", sizeof(argv)),
		   &event) == 0);
	CHECK(feed(&assembler, new_chunk(1, MPY_FIELD_ARGV, 0, argv, 4),
		   &event) == 0);
	CHECK(feed(&assembler,
		   new_chunk(1, MPY_FIELD_ARGV, 4, argv + 4, sizeof(argv) - 4),
		   &event) == 1);
	CHECK(event->kind == MPY_EVENT_EXEC);
	CHECK(event->task.tgid == 100 && event->task.ppid == 1);
	CHECK_STR(event->task.cwd, "/root");
	CHECK_STR(event->filename, "/usr/bin/python3");
	CHECK_STR(mpy_event_arg(event, 0), "python3");
	CHECK_STR(mpy_event_arg(event, 2), "print(1)");
	CHECK(mpy_event_arg(event, 3) == NULL);
	CHECK(event->exe.present && event->exe.inode == PYTHON_INODE);
	CHECK(!event->script.present && !event->task.has_loginuid);
	mpy_event_free(event);
	mpy_assembler_reset(&assembler);
}

static void an_empty_file_is_complete_at_once(void)
{
	struct mpy_assembler assembler = { NULL, 0, 0, 0, 0, 0, 0 };
	struct mpy_event *event;

	CHECK(feed(&assembler, new_read(1, who, "/root/a.py", 5, 0), &event) ==
	      1);
	CHECK(event->kind == MPY_EVENT_READ && event->contents_size == 0);
	CHECK(event->contents != NULL);
	mpy_event_free(event);
}

static void argv_without_its_last_nul(void)
{
	struct mpy_assembler assembler = { NULL, 0, 0, 0, 0, 0, 0 };
	struct mpy_event *event;

	feed(&assembler, new_exec(1, who, "/p", 5), &event);
	CHECK(feed(&assembler, new_chunk(1, MPY_FIELD_ARGV, 0, "py\0-c", 5),
		   &event) == 1);
	CHECK_STR(mpy_event_arg(event, 1), "-c");
	CHECK(event->argv_size == 6);
	mpy_event_free(event);
}

static void a_half_event_gives_way_to_the_next(void)
{
	struct mpy_assembler assembler = { NULL, 0, 0, 0, 0, 0, 0 };
	struct mpy_event *event;

	CHECK(feed(&assembler, new_read(1, who, "/a.py", 5, 10), &event) == 0);
	CHECK(feed(&assembler, new_chunk(1, MPY_FIELD_CONTENTS, 0, "12345", 5),
		   &event) == 0);
	CHECK(feed(&assembler, new_read(4, who, "/b.py", 6, 0), &event) == 1);
	CHECK(event->seq == 4);
	CHECK(assembler.cut_off == 1 && assembler.holes == 2);
	mpy_event_free(event);
	/* what is left of the first is of no interest */
	CHECK(feed(&assembler, new_chunk(1, MPY_FIELD_CONTENTS, 5, "12345", 5),
		   &event) == 0);
	CHECK(assembler.invalid == 0);
}

static void wrong_messages_are_refused(void)
{
	struct mpy_assembler assembler = { NULL, 0, 0, 0, 0, 0, 0 };
	struct mpy_event *event;
	struct message *m;

	m = new_read(1, who, "/a.py", 5, 0);
	m->size = 6; /* cut in the middle of the first attribute */
	CHECK(feed(&assembler, m, &event) == -EBADMSG);
	m = calloc(1, sizeof(*m)); /* nothing that must be there */
	m->cmd = MPY_CMD_EVENT;
	CHECK(feed(&assembler, m, &event) == -EBADMSG);
	m = new_read(1, who, "/a.py", 5, 0);
	add_u64(m, MPY_A_TGID, 5); /* wrong width */
	CHECK(feed(&assembler, m, &event) == -EBADMSG);
	m = new_read(1, who, "/a.py", 5, 0);
	add(m, MPY_A_CWD, "a\0b", 3); /* NUL inside */
	CHECK(feed(&assembler, m, &event) == -EBADMSG);
	m = new_read(1, who, "/a.py", 5, MPY_SNAPSHOT_LIMIT + 1);
	CHECK(feed(&assembler, m, &event) == -EBADMSG);
	m = new_exec(1, who, "/p", MPY_ARGV_MAX + 1);
	CHECK(feed(&assembler, m, &event) == -EBADMSG);
	CHECK(assembler.invalid == 6);
}

static void wrong_chunks_drop_their_event(void)
{
	struct mpy_assembler assembler = { NULL, 0, 0, 0, 0, 0, 0 };
	struct mpy_event *event;

	feed(&assembler, new_read(1, who, "/a.py", 5, 8), &event);
	CHECK(feed(&assembler, new_chunk(1, MPY_FIELD_CONTENTS, 4, "1234", 4),
		   &event) == -EBADMSG); /* a hole */
	CHECK(feed(&assembler, new_chunk(1, MPY_FIELD_CONTENTS, 0, "12345678",
					 8),
		   &event) == 0); /* its event is gone */
	feed(&assembler, new_read(2, who, "/a.py", 5, 8), &event);
	CHECK(feed(&assembler, new_chunk(2, MPY_FIELD_CONTENTS, 0, "123456789",
					 9),
		   &event) == -EBADMSG); /* too much */
	feed(&assembler, new_read(3, who, "/a.py", 5, 8), &event);
	CHECK(feed(&assembler, new_chunk(3, MPY_FIELD_ARGV, 0, "x", 1),
		   &event) == -EBADMSG); /* a READ has no argv */
	mpy_assembler_reset(&assembler);
}

static void what_is_newer_is_skipped(void)
{
	struct mpy_assembler assembler = { NULL, 0, 0, 0, 0, 0, 0 };
	struct mpy_event *event;
	struct message *m = new_read(1, who, "/a.py", 5, 0);

	add_text(m, MPY_A_MAX + 7, "of a newer schema");
	CHECK(feed(&assembler, m, &event) == 1);
	mpy_event_free(event);
	m = new_event(2, MPY_KIND_MAX + 1, who);
	add_u64(m, MPY_A_FILE_DEV, 1);
	add_u64(m, MPY_A_FILE_INODE, 1);
	add_u32(m, MPY_A_CONTENTS_SIZE, 0);
	CHECK(feed(&assembler, m, &event) == 0);
	m = calloc(1, sizeof(*m));
	m->cmd = MPY_CMD_MAX + 1;
	CHECK(feed(&assembler, m, &event) == 0);
}

static void classify_needs_an_identity(void)
{
	struct mpy_assembler assembler = { NULL, 0, 0, 0, 0, 0, 0 };
	struct mpy_event *event;
	struct message *m = calloc(1, sizeof(*m));

	m->cmd = MPY_CMD_CLASSIFY;
	add_u64(m, MPY_A_SEQ, 9);
	add_u64(m, MPY_A_EXE_DEV, 1);
	add_u64(m, MPY_A_EXE_INODE, 2);
	CHECK(feed(&assembler, m, &event) == 1);
	CHECK(event->kind == MPY_EVENT_CLASSIFY && event->exe.inode == 2);
	mpy_event_free(event);
	m = calloc(1, sizeof(*m));
	m->cmd = MPY_CMD_CLASSIFY;
	add_u64(m, MPY_A_SEQ, 10);
	CHECK(feed(&assembler, m, &event) == -EBADMSG);
}

int main(void)
{
	RUN(an_exec_in_pieces);
	RUN(an_empty_file_is_complete_at_once);
	RUN(argv_without_its_last_nul);
	RUN(a_half_event_gives_way_to_the_next);
	RUN(wrong_messages_are_refused);
	RUN(wrong_chunks_drop_their_event);
	RUN(what_is_newer_is_skipped);
	RUN(classify_needs_an_identity);
	return DONE();
}
