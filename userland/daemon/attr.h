/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attr.h - walks over netlink attributes in a plain buffer. No netlink
 * library: the same code reads a socket's bytes, a recording and a fuzzer's.
 */
#ifndef MPY_DAEMON_ATTR_H
#define MPY_DAEMON_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct mpy_attr_walk {
	const uint8_t *at;
	size_t left;
	bool bad; /* a length did not fit: what follows is not read */
};

struct mpy_attr_view {
	uint16_t type;
	const uint8_t *data; /* points into the buffer, unaligned */
	size_t size;
};

static inline void mpy_attr_start(struct mpy_attr_walk *walk, const void *data,
				  size_t size)
{
	walk->at = data;
	walk->left = size;
	walk->bad = false;
}

/* The next attribute; false at the end or if the rest is bad. */
static inline bool mpy_attr_next(struct mpy_attr_walk *walk,
				 struct mpy_attr_view *view)
{
	uint16_t head[2]; /* length with the head, type: host byte order */
	size_t step;

	if (walk->left == 0 || walk->bad)
		return false;
	if (walk->left < sizeof(head)) {
		walk->bad = true;
		return false;
	}
	memcpy(head, walk->at, sizeof(head));
	if (head[0] < sizeof(head) || head[0] > walk->left) {
		walk->bad = true;
		return false;
	}
	view->type = head[1] & 0x3fff; /* without NLA_F_NESTED and the like */
	view->data = walk->at + sizeof(head);
	view->size = head[0] - sizeof(head);
	step = ((size_t)head[0] + 3) & ~(size_t)3;
	if (step > walk->left)
		step = walk->left; /* the last one may lack its padding */
	walk->at += step;
	walk->left -= step;
	return true;
}

static inline bool mpy_attr_u32(const struct mpy_attr_view *view, uint32_t *out)
{
	if (view->size != sizeof(*out))
		return false;
	memcpy(out, view->data, sizeof(*out));
	return true;
}

static inline bool mpy_attr_u64(const struct mpy_attr_view *view, uint64_t *out)
{
	if (view->size != sizeof(*out))
		return false;
	memcpy(out, view->data, sizeof(*out));
	return true;
}

#endif
