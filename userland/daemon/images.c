// SPDX-License-Identifier: GPL-2.0-or-later
/* images.c - a small table of program images, least recently used first out. */
#include "daemon/images.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IMAGES_MAX 128

struct image {
	struct mpy_file_id id; /* present: the entry is in use */
	struct mpy_image_facts facts;
	bool has_class, has_digest, young;
	uint64_t used;
};

struct mpy_images {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* on CLOCK_MONOTONIC */
	uint64_t clock;
	struct image images[IMAGES_MAX];
};

struct mpy_images *mpy_images_new(void)
{
	struct mpy_images *images = calloc(1, sizeof(*images));
	pthread_condattr_t attr;

	if (!images)
		return NULL;
	pthread_mutex_init(&images->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&images->changed, &attr);
	pthread_condattr_destroy(&attr);
	return images;
}

void mpy_images_free(struct mpy_images *images)
{
	if (!images)
		return;
	pthread_cond_destroy(&images->changed);
	pthread_mutex_destroy(&images->lock);
	free(images);
}

static bool same(const struct mpy_file_id *a, const struct mpy_file_id *b)
{
	return mpy_file_id_same(a, b) && a->size == b->size &&
	       a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static struct image *find(struct mpy_images *images,
			  const struct mpy_file_id *id)
{
	size_t i;

	for (i = 0; i < IMAGES_MAX; i++)
		if (same(&images->images[i].id, id)) {
			images->images[i].used = ++images->clock;
			return &images->images[i];
		}
	return NULL;
}

static struct image *replace_oldest(struct mpy_images *images)
{
	struct image *oldest = &images->images[0];
	size_t i;

	for (i = 1; i < IMAGES_MAX; i++)
		if (images->images[i].used < oldest->used)
			oldest = &images->images[i];
	memset(oldest, 0, sizeof(*oldest));
	oldest->used = ++images->clock;
	return oldest;
}

static bool is_young(int64_t ctime_ns, int64_t now_ns)
{
	int64_t edge;

	return __builtin_sub_overflow(now_ns, MPY_YOUNG_NS, &edge) ||
	       ctime_ns > edge;
}

bool mpy_images_claim(struct mpy_images *images, const struct mpy_file_id *id,
		      int64_t now_ns)
{
	struct image *image;
	bool claimed = true;

	if (!id->present)
		return false;
	pthread_mutex_lock(&images->lock);
	image = find(images, id);
	if (!image)
		image = replace_oldest(images);
	else if (!image->young || !image->has_digest)
		claimed = false;
	if (claimed) {
		image->id = *id;
		image->facts = (struct mpy_image_facts){ MPY_IMAGE_UNKNOWN,
							 "" };
		image->has_class = image->has_digest = false;
		image->young = is_young(id->ctime_ns, now_ns);
	}
	pthread_mutex_unlock(&images->lock);
	return claimed;
}

void mpy_images_set_class(struct mpy_images *images,
			  const struct mpy_file_id *id,
			  enum mpy_image_class class)
{
	struct image *image;

	pthread_mutex_lock(&images->lock);
	image = find(images, id);
	if (image) {
		image->facts.class = class;
		image->has_class = true;
		pthread_cond_broadcast(&images->changed);
	}
	pthread_mutex_unlock(&images->lock);
}

void mpy_images_set_digest(struct mpy_images *images,
			   const struct mpy_file_id *id, const char *sha256)
{
	struct image *image;

	pthread_mutex_lock(&images->lock);
	image = find(images, id);
	if (image) {
		size_t size = strnlen(sha256, MPY_SHA256_HEX - 1);

		memcpy(image->facts.sha256, sha256, size);
		image->facts.sha256[size] = '\0';
		image->has_class = image->has_digest = true;
		if (size == 0)
			image->young = true; /* the next one tries again */
		pthread_cond_broadcast(&images->changed);
	}
	pthread_mutex_unlock(&images->lock);
}

static struct timespec in_ms(int ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += (long)(ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

void mpy_images_get(struct mpy_images *images, const struct mpy_file_id *id,
		    bool digest, int timeout_ms, struct mpy_image_facts *out)
{
	struct timespec until = in_ms(timeout_ms);
	struct image *image;
	int r = 0;

	*out = (struct mpy_image_facts){ MPY_IMAGE_UNKNOWN, "" };
	pthread_mutex_lock(&images->lock);
	while ((image = find(images, id)) && r == 0 &&
	       !(digest ? image->has_digest : image->has_class))
		r = pthread_cond_timedwait(&images->changed, &images->lock,
					   &until);
	if (image)
		*out = image->facts;
	pthread_mutex_unlock(&images->lock);
}
