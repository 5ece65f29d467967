// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flow_send.c - what leaves the machine: secrets, facts about it, files, what
 * is typed or shown, by a library or by a program that is started.
 */
#include "command.h"
#include "flow.h"

static const struct flow_pair leaks[] = {
	{ T_SECRET, MPY_BEH_SECRET_SEND },
	{ T_ENV, MPY_BEH_ENV_SEND },
};

/*
 * What is known of this host goes away. A program that has asked for nothing
 * but its address tells where it is, as those do that keep a name up to date.
 */
static void host_sent(struct mpy_fold *f, uint32_t line, uint32_t other)
{
	mpy_flow_note(f, f->behaviours.seen[MPY_BEH_HOST_FACTS].count ?
			 MPY_BEH_HOST_SEND : MPY_BEH_ADDRESS_SEND, line, other);
}

/*
 * Marks of what goes along with a question: urlopen(url, data). Its address is
 * no message, nor are headers and the like.
 */
static uint64_t asked_with(const struct args *args)
{
	static const char *const words[] = { "data", "json", "files", "params",
					     "body", "content", NULL };
	uint64_t marks = 0;

	for (unsigned int i = 0; i < args->n; i++)
		if ((i && !args->word[i]) || mpy_args_called(args, i, words))
			marks |= args->v[i].marks;
	return marks;
}

/* A text that is known holds no fact: it names who is asked for one. */
static bool only_named(const struct args *args)
{
	bool named = false;

	for (unsigned int i = 0; i < args->n; i++) {
		if (!(args->v[i].marks & T_HOST))
			continue;
		if (!mpy_value_is_text(&args->v[i]))
			return false;
		named = true;
	}
	return named;
}

/*
 * The secrets that go away. A browser's jar of cookies gives each to whom it is
 * from; not so what is written out as names and values.
 */
static uint64_t marks_sent(const struct args *args)
{
	static const char *const words[] = { "cookies", "cookiejar", NULL };
	uint64_t others = 0;
	bool cookies = false;

	for (unsigned int i = 0; i < args->n; i++)
		if (args->v[i].kind == V_UNKNOWN &&
		    args->v[i].u.origin == MPY_FLOW_JAR &&
		    mpy_args_called(args, i, words))
			cookies = true;
		else
			others |= args->v[i].marks;
	return cookies ? args->marks & (others | ~T_SECRET) : args->marks;
}

void mpy_flow_send(struct mpy_fold *f, uint32_t sinks,
		   const struct value *self, const struct args *args,
		   uint32_t line)
{
	static const struct flow_pair sends[] = {
		{ T_FILE, MPY_BEH_FILE_SEND },
		{ T_SHOT, MPY_BEH_SCREENSHOT_SEND },
		{ T_KEYS, MPY_BEH_KEYLOG_SEND },
		{ T_CLIP, MPY_BEH_CLIPBOARD_SEND },
		{ T_PROC, MPY_BEH_OUTPUT_SEND },
		{ T_ARCHIVE, MPY_BEH_ARCHIVE_SEND },
		{ M_WEBHOOK, MPY_BEH_WEBHOOK_SEND },
	};
	/* of this machine and its users; the rest is said to be news */
	static const uint64_t here = T_FILE | T_INPUT | T_SECRET | T_ENV |
				     T_HOST | T_PROC | T_SHOT | T_KEYS |
				     T_CLIP | T_ARCHIVE;
	uint64_t m = marks_sent(args);

	if (self)
		m |= self->marks & (M_WEBHOOK | M_CHAT_API);
	if (mpy_flow_is_message(f, sinks, args))
		m &= ~M_WEBHOOK;
	if ((m & M_WEBHOOK) && (m & T_NET) && !(m & here)) {
		mpy_flow_note(f, MPY_BEH_WEBHOOK_NEWS, line, args->line);
		m &= ~M_WEBHOOK;
	}
	NOTE(f, leaks, m, line, args->line);
	if ((m & T_HOST) && !only_named(args))
		host_sent(f, line, args->line);
	NOTE(f, sends, sinks & S_SEND ? m : asked_with(args), line, args->line);
	if ((sinks & S_SEND) && (m & T_RANDOM) && f->seen.while_true &&
	    line - f->seen.while_true < 16)
		mpy_flow_note(f, MPY_BEH_FLOOD, line, f->seen.while_true);
}

void mpy_flow_tools(struct mpy_fold *f, const struct args *args, uint32_t line)
{
	uint64_t sent = mpy_command_sent(f, args);

	if (sent & M_SHELL_GET) {
		NOTE(f, leaks, sent, line, args->line);
		if (sent & T_HOST)
			host_sent(f, line, args->line);
	}
	if ((sent & M_RESOLVE) && (sent & (T_ENV | T_SECRET | T_HOST)))
		mpy_flow_note(f, MPY_BEH_DNS_SEND, line, args->line);
}
