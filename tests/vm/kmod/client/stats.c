// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module's books as lines (SIGHT, STATS), and SYNC, which waits until all
 * that was caused has come.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

static const char *const lost_names[] = { "no_memory", "queue", "overrun",
					  "fault", "task_gone", "closed",
					  "nmissed" };

static void print_sight(const struct nlattr *nest)
{
	const struct nlattr *attrs[MPY_A_MAX + 1], *lost[MPY_A_MAX + 1], *attr;
	struct message message = { 0 };
	char line[1024] = "SIGHT";
	uint64_t delivered, caused, all_lost = 0, count;
	size_t left = len_of(nest), step;
	uint32_t cause;

	parse_attrs(data_of(nest), left, attrs);
	memcpy(message.attrs, attrs, sizeof(attrs));
	put_number(line, sizeof(line), &message, "id", MPY_A_SIGHT_ID);
	put_number(line, sizeof(line), &message, "state", MPY_A_SIGHT_STATE);
	put_number(line, sizeof(line), &message, "caused", MPY_A_CAUSED);
	put_number(line, sizeof(line), &message, "delivered", MPY_A_DELIVERED);
	for (attr = data_of(nest); left >= NLA_HDRLEN;
	     attr = (const void *)((const char *)attr + step), left -= step) {
		step = NLA_ALIGN(attr->nla_len);
		if (step > left)
			break;
		if ((attr->nla_type & NLA_TYPE_MASK) != MPY_A_LOST)
			continue;
		parse_attrs(data_of(attr), len_of(attr), lost);
		memcpy(&cause, data_of(lost[MPY_A_LOST_CAUSE]), sizeof(cause));
		memcpy(&count, data_of(lost[MPY_A_LOST_COUNT]), sizeof(count));
		all_lost += count;
		put(line, sizeof(line), " lost_%s=%" PRIu64,
		    cause < MPY_LOST_COUNT ? lost_names[cause] : "?", count);
	}
	caused = number(&message, MPY_A_CAUSED);
	delivered = number(&message, MPY_A_DELIVERED);
	if (message.attrs[MPY_A_CAUSED])
		put(line, sizeof(line), " open=%" PRId64,
		    (int64_t)(caused - delivered - all_lost));
	put_bytes(line, sizeof(line), &message, "why", MPY_A_SIGHT_WHY);
	puts(line);
}

void print_sights(const struct message *answer)
{
	const struct nlattr *attr =
		(const void *)((const char *)answer->genl + GENL_HDRLEN);
	size_t left = answer->head->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), step;

	for (; left >= NLA_HDRLEN;
	     attr = (const void *)((const char *)attr + step), left -= step) {
		step = NLA_ALIGN(attr->nla_len);
		if (step > left || attr->nla_len < NLA_HDRLEN)
			break;
		if ((attr->nla_type & NLA_TYPE_MASK) == MPY_A_SIGHT)
			print_sight(attr);
	}
}

static int ask_stats(bool sync, struct message *answer)
{
	struct request request;

	begin(&request, family, MPY_CMD_STATS);
	if (sync)
		add_u8(&request, MPY_A_SYNC, 1);
	return transact(requests, &request, "STATS", answer);
}

int print_stats(void)
{
	struct message answer;
	char line[1024] = "STATS";
	int err = ask_stats(false, &answer);

	if (err)
		return 1;
	print_sights(&answer);
	put_number(line, sizeof(line), &answer, "depth", MPY_A_QUEUE_DEPTH);
	put_number(line, sizeof(line), &answer, "max", MPY_A_QUEUE_MAX);
	put_number(line, sizeof(line), &answer, "bytes", MPY_A_QUEUE_BYTES);
	put_number(line, sizeof(line), &answer, "unclassified",
		   MPY_A_STAT_UNCLASSIFIED);
	put_number(line, sizeof(line), &answer, "seq", MPY_A_SEQ);
	put_number(line, sizeof(line), &answer, "pending", MPY_A_SYNC_PENDING);
	puts(line);
	fflush(stdout);
	return 0;
}

void synchronise(const struct options *options)
{
	struct message answer;
	bool started = false;
	uint64_t seq;

	for (;;) {
		while (receive(options))
			;
		if (ask_stats(!started, &answer))
			return;
		if (answer.attrs[MPY_A_SYNC_STARTED])
			started = true;
		if (started && !number(&answer, MPY_A_SYNC_PENDING))
			break;
		usleep(1000);
	}
	seq = number(&answer, MPY_A_SEQ);
	while (receive(options))
		;
	printf("SYNCED seq=%" PRIu64 " last=%" PRIu64 "\n", seq, last_seq);
}
