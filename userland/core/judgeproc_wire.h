/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judgeproc_wire.h - what judgeproc.c and mpy-judge say to each other, over a
 * pair of SOCK_SEQPACKET sockets on one machine (so: host byte order, structs
 * as they are). Both are of one build; the version is checked all the same.
 *
 * Parent: one struct mpy_wire_request per program, with its bytes behind it;
 *         several such in one message if they fit. Of larger programs a sealed
 *         memfd comes with the request, one a message.
 * Child:  one message READY or FAILED after its start; then for each request
 *         frames: LAYER and its DATA for each layer, VERDICT, its REASONs, its
 *         INDICATORs, END. A frame never crosses a message; the answers to the
 *         programs of one message may share messages, in the same order.
 * The child reads hostile bytes and may be taken over by them: the parent
 * checks every number and every byte that it gets.
 */
#ifndef MPY_CORE_JUDGEPROC_WIRE_H
#define MPY_CORE_JUDGEPROC_WIRE_H

#include <stdint.h>

#define MPY_WIRE_VERSION 4
#define MPY_WIRE_SOCKET	 3 /* the child's end */
#define MPY_WIRE_BUNDLE	 4 /* a sealed memfd with the bundle */
#define MPY_WIRE_MESSAGE (60u << 10) /* longest message of frames, bytes */
#define MPY_WIRE_TEXT	 4096u	     /* longest text in a frame */

/* Longest message with programs in it: a memfd, mapped and closed, costs more
 * than copying this. A socket takes it even if memory is in pieces: 16 kB and
 * 17 pages. */
#define MPY_WIRE_ASK (80u << 10)

/* Largest program handed over, and bytes of it that are not a hole: what is
 * mapped counts as the child's memory. See mpy_judgeproc_judge(). */
#define MPY_WIRE_PROGRAM (64u << 20)
#define MPY_WIRE_FILLED	 (24u << 20)

struct mpy_wire_request {
	uint32_t version;
	uint32_t detail; /* enum mpy_detail */
	uint64_t size;	 /* of the program */
};

/* Longest program that comes behind its request. */
#define MPY_WIRE_SMALL (MPY_WIRE_ASK - sizeof(struct mpy_wire_request))

enum mpy_wire_type {
	MPY_WIRE_READY = 1, /* no payload */
	MPY_WIRE_FAILED,    /* text: why it cannot start */
	MPY_WIRE_LAYER,	    /* struct mpy_wire_layer */
	MPY_WIRE_DATA,	    /* next bytes of the layer that was named last */
	MPY_WIRE_VERDICT,   /* struct mpy_wire_verdict, text: why unreadable */
	MPY_WIRE_REASON,    /* struct mpy_wire_reason, text */
	MPY_WIRE_INDICATOR, /* struct mpy_wire_indicator, text: its value */
	MPY_WIRE_END	    /* struct mpy_wire_end */
};

struct mpy_wire_frame {
	uint32_t type;
	uint32_t size; /* of the payload that follows */
};

struct mpy_wire_layer {
	uint32_t index, parent;
	uint64_t size;
	char kind[64];
};

struct mpy_wire_verdict {
	double probability, raw, threshold;
	uint32_t label, decider, bounds;
	uint32_t n_layers, n_reasons, n_indicators;
};

struct mpy_wire_reason {
	double contribution;
	uint32_t line, layer;
};

struct mpy_wire_indicator {
	uint32_t type, layer;
};

struct mpy_wire_end {
	int32_t status; /* what mpy_judge() returned */
	uint32_t zero;
};

#endif
