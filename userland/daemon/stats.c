// SPDX-License-Identifier: GPL-2.0-or-later
/* stats.c - the kernel's answers to HELLO and STATS. */
#include "daemon/stats.h"

#include <errno.h>
#include <string.h>

#include "daemon/attr.h"

static const char *const sight_names[MPY_SIGHT_COUNT] = {
	[MPY_SIGHT_EXEC] = "exec",
	[MPY_SIGHT_READ] = "read",
};

static const char *const lost_names[MPY_LOST_COUNT] = {
	[MPY_LOST_NO_MEMORY] = "no_memory", [MPY_LOST_QUEUE] = "queue",
	[MPY_LOST_OVERRUN] = "overrun",	    [MPY_LOST_FAULT] = "fault",
	[MPY_LOST_TASK_GONE] = "task_gone", [MPY_LOST_CLOSED] = "closed",
	[MPY_LOST_NMISSED] = "nmissed",
};

const char *mpy_sight_name(unsigned int sight)
{
	return sight < MPY_SIGHT_COUNT ? sight_names[sight] : "unknown";
}

const char *mpy_lost_name(unsigned int cause)
{
	return cause < MPY_LOST_COUNT ? lost_names[cause] : "unknown";
}

/* Kernel text for people: what is not printable ASCII becomes "?". */
static bool read_text(const struct mpy_attr_view *view, char *out, size_t room)
{
	size_t i, size = view->size;

	if (size > 0 && view->data[size - 1] == '\0')
		size--;
	if (size >= room)
		size = room - 1;
	for (i = 0; i < size; i++)
		out[i] = view->data[i] >= ' ' && view->data[i] < 127 ?
				 (char)view->data[i] :
				 '?';
	out[size] = '\0';
	return true;
}

static bool read_lost(const struct mpy_attr_view *outer,
		      struct mpy_sight_stats *sight)
{
	uint32_t cause = UINT32_MAX;
	uint64_t count = 0;
	struct mpy_attr_walk walk;
	struct mpy_attr_view view;
	bool good = true;

	mpy_attr_start(&walk, outer->data, outer->size);
	while (good && mpy_attr_next(&walk, &view)) {
		if (view.type == MPY_A_LOST_CAUSE)
			good = mpy_attr_u32(&view, &cause);
		else if (view.type == MPY_A_LOST_COUNT)
			good = mpy_attr_u64(&view, &count);
	}
	if (cause < MPY_LOST_COUNT)
		sight->lost[cause] += count;
	return good && !walk.bad;
}

static bool read_sight_part(const struct mpy_attr_view *view, uint32_t *id,
			    struct mpy_sight_stats *sight)
{
	switch (view->type) {
	case MPY_A_SIGHT_ID:
		return mpy_attr_u32(view, id);
	case MPY_A_SIGHT_STATE:
		return mpy_attr_u32(view, &sight->state);
	case MPY_A_SIGHT_WHY:
		return read_text(view, sight->why, sizeof(sight->why));
	case MPY_A_CAUSED:
		return mpy_attr_u64(view, &sight->caused);
	case MPY_A_DELIVERED:
		return mpy_attr_u64(view, &sight->delivered);
	case MPY_A_LOST:
		return read_lost(view, sight);
	}
	return true;
}

static bool read_sight(const struct mpy_attr_view *outer, struct mpy_stats *out)
{
	struct mpy_sight_stats sight = { .present = true };
	struct mpy_attr_walk walk;
	struct mpy_attr_view view;
	uint32_t id = UINT32_MAX;
	bool good = true;

	mpy_attr_start(&walk, outer->data, outer->size);
	while (good && mpy_attr_next(&walk, &view))
		good = read_sight_part(&view, &id, &sight);
	if (id < MPY_SIGHT_COUNT)
		out->sights[id] = sight;
	return good && !walk.bad;
}

static bool read_part(const struct mpy_attr_view *view, struct mpy_stats *out)
{
	switch (view->type) {
	case MPY_A_SIGHT:
		return read_sight(view, out);
	case MPY_A_ABI:
		return mpy_attr_u32(view, &out->abi);
	case MPY_A_SCHEMA:
		return mpy_attr_u32(view, &out->schema);
	case MPY_A_MODULE_VERSION:
		return read_text(view, out->module_version,
				 sizeof(out->module_version));
	case MPY_A_QUEUE_DEPTH:
		return mpy_attr_u32(view, &out->depth);
	case MPY_A_QUEUE_MAX:
		return mpy_attr_u32(view, &out->most);
	case MPY_A_QUEUE_BYTES:
		return mpy_attr_u32(view, &out->limit);
	case MPY_A_STAT_UNCLASSIFIED:
		return mpy_attr_u64(view, &out->unclassified);
	case MPY_A_SEQ:
		return mpy_attr_u64(view, &out->last_seq);
	case MPY_A_SYNC_PENDING:
		return mpy_attr_u64(view, &out->sync_pending);
	case MPY_A_SYNC_STARTED:
		out->sync_started = true;
		return view->size == 0;
	}
	return true;
}

int mpy_stats_read(const void *attrs, size_t size, struct mpy_stats *out)
{
	struct mpy_attr_walk walk;
	struct mpy_attr_view view;

	memset(out, 0, sizeof(*out));
	mpy_attr_start(&walk, attrs, size);
	while (mpy_attr_next(&walk, &view))
		if (!read_part(&view, out))
			return -EBADMSG;
	return walk.bad ? -EBADMSG : 0;
}
