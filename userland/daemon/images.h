/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * images.h - what is known about program images, by identity (dev, inode,
 * size, mtime, ctime). An entry is trusted again only if its file's ctime
 * was two seconds old when it was sampled: younger files may still change
 * without a trace. Thread-safe.
 */
#ifndef MPY_DAEMON_IMAGES_H
#define MPY_DAEMON_IMAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/event.h"
#include "daemon/facts.h"

#define MPY_YOUNG_NS 2000000000ll

struct mpy_images;

struct mpy_images *mpy_images_new(void);
void mpy_images_free(struct mpy_images *images);

/*
 * Shall the caller find out about this image? True for the first one to ask
 * (it then owes both facts), false if they are known or on their way. now_ns:
 * CLOCK_REALTIME at which the kernel sampled the identity.
 */
bool mpy_images_claim(struct mpy_images *images, const struct mpy_file_id *id,
		      int64_t now_ns);
void mpy_images_set_class(struct mpy_images *images,
			  const struct mpy_file_id *id,
			  enum mpy_image_class class);
/* sha256 may be empty: it could not be had. */
void mpy_images_set_digest(struct mpy_images *images,
			   const struct mpy_file_id *id, const char *sha256);

/* What is known; waits up to timeout_ms for the class, or with digest for
 * both. Unknown parts stay UNKNOWN and empty. */
void mpy_images_get(struct mpy_images *images, const struct mpy_file_id *id,
		    bool digest, int timeout_ms, struct mpy_image_facts *out);

#endif
