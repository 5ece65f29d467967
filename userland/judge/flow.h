/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow.h - inside of the files of flow: what they have in common. The
 * functions that others call are in eval.h.
 */
#ifndef MPY_JUDGE_FLOW_H
#define MPY_JUDGE_FLOW_H

#include "eval.h"

/* What it means if an argument has one of the marks. */
struct flow_pair {
	uint64_t mark;
	enum mpy_behaviour id;
};

void mpy_flow_pairs(struct mpy_fold *f, const struct flow_pair *pairs,
		    size_t n, uint64_t marks, uint32_t line, uint32_t other);

#define NOTE(f, pairs, marks, line, other)                                  \
	mpy_flow_pairs(f, pairs, sizeof(pairs) / sizeof((pairs)[0]), marks, \
		       line, other)

/* The function or lambda that is being read, or NULL. */
struct code *mpy_flow_code(const struct mpy_fold *f);
/* What happens to a parameter is told to the callers of its function. */
void mpy_flow_keep(struct mpy_fold *f, uint32_t sinks, uint64_t marks);
/* The constant v is run as Python, or left for that: it becomes a layer. */
void mpy_flow_left(struct mpy_fold *f, struct value *v);

/*
 * installer.c: is what is fetched the installer of a well-known project? sinks
 * are those of what fetches, self the object whose method it is or NULL.
 */
bool mpy_flow_is_installer(const struct mpy_fold *f, uint32_t sinks,
			   const struct value *self, const struct args *args);

/* u.origin of a browser's cookies, as long as nothing is made of them. */
#define MPY_FLOW_JAR 0x6a6172u

/* flow_send.c */
/* Something goes out of the machine; sinks tells S_SEND from S_GET. */
void mpy_flow_send(struct mpy_fold *f, uint32_t sinks,
		   const struct value *self, const struct args *args,
		   uint32_t line);
/* What curl sends, and what dig looks up. */
void mpy_flow_tools(struct mpy_fold *f, const struct args *args, uint32_t line);

/* flow_file.c */
/* Places where a file means more than its contents. */
void mpy_flow_place(struct mpy_fold *f, uint64_t marks, uint32_t line);
/* The variable that holds the path of a file with foreign contents, which
 * were fetched or decoded here: T_DROPPED or T_CARRIED. */
void mpy_flow_drop(struct mpy_fold *f, uint64_t key, uint64_t marks,
		   uint32_t line);
bool mpy_flow_is_dropped(const struct mpy_fold *f, const struct value *v);
void mpy_flow_drop_const(struct mpy_fold *f, const struct value *path);
void mpy_flow_write(struct mpy_fold *f, const struct value *self,
		    struct args *args, uint32_t line);
void mpy_flow_open(struct mpy_fold *f, const struct value *path,
		   const struct args *args, unsigned int mode,
		   struct value *out, uint32_t line);
/* The file at path, or one from which path comes, is read. */
void mpy_flow_read(struct mpy_fold *f, const struct value *path, uint32_t line);
/* A command with the marks, or the deletion of path (or NULL), destroys. */
void mpy_flow_harm(struct mpy_fold *f, uint64_t marks,
		   const struct value *path, uint32_t line);
void mpy_flow_delete(struct mpy_fold *f, uint32_t sinks,
		     const struct value *self, const struct args *args,
		     uint32_t line);

/*
 * flow_patch.c. Is what is sent sent to an address that is written in the
 * text: post("https://...", x), get("https://api.telegram.org/..." + x)?
 */
bool mpy_flow_is_addressed(uint32_t sinks, const struct args *args);
/* The function is assigned to the path that begins at the token. */
void mpy_flow_patch(struct mpy_fold *f, uint32_t at, const struct code *code,
		    uint32_t line);

/*
 * flow_message.c: is what is sent written in the text, or a parameter of the
 * function that sends it? The first argument is an address: what is sent by
 * post() stands behind it.
 */
bool mpy_flow_is_message(struct mpy_fold *f, uint32_t sinks,
			 const struct args *args);

#endif
