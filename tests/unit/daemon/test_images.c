// SPDX-License-Identifier: GPL-2.0-or-later
/* test_images.c - who has to find out about an image, and when again. */
#include "daemon/images.h"

#include <string.h>

#include "../test.h"

#define OLD 100000000000ll
static const struct mpy_file_id id = { .present = true, .dev = 1, .inode = 2,
				       .size = 3, .mtime_ns = 4,
				       .ctime_ns = OLD };

static void one_is_asked_and_all_know(void)
{
	struct mpy_images *images = mpy_images_new();
	struct mpy_image_facts facts;
	struct mpy_file_id other = id;

	CHECK(mpy_images_claim(images, &id, OLD + MPY_YOUNG_NS));
	CHECK(!mpy_images_claim(images, &id, OLD + MPY_YOUNG_NS));
	mpy_images_get(images, &id, false, 0, &facts);
	CHECK(facts.class == MPY_IMAGE_UNKNOWN);
	mpy_images_set_class(images, &id, MPY_IMAGE_LAUNCHES);
	mpy_images_get(images, &id, false, 1000, &facts);
	CHECK(facts.class == MPY_IMAGE_LAUNCHES);
	mpy_images_get(images, &id, true, 20, &facts); /* no digest yet */
	CHECK(facts.sha256[0] == '\0');
	mpy_images_set_digest(images, &id, "abc");
	mpy_images_get(images, &id, true, 1000, &facts);
	CHECK_STR(facts.sha256, "abc");
	CHECK(!mpy_images_claim(images, &id, OLD + MPY_YOUNG_NS));
	other.mtime_ns++;
	CHECK(mpy_images_claim(images, &other, OLD + MPY_YOUNG_NS));
	mpy_images_free(images);
}

static void young_files_are_looked_at_again(void)
{
	struct mpy_images *images = mpy_images_new();

	CHECK(mpy_images_claim(images, &id, OLD + MPY_YOUNG_NS - 1));
	CHECK(!mpy_images_claim(images, &id, OLD)); /* on its way */
	mpy_images_set_digest(images, &id, "abc");
	CHECK(mpy_images_claim(images, &id, OLD + MPY_YOUNG_NS));
	mpy_images_set_digest(images, &id, "abc");
	CHECK(!mpy_images_claim(images, &id, OLD + 2 * MPY_YOUNG_NS));
	mpy_images_free(images);
}

static void what_failed_is_tried_again(void)
{
	struct mpy_images *images = mpy_images_new();

	CHECK(mpy_images_claim(images, &id, OLD + MPY_YOUNG_NS));
	mpy_images_set_digest(images, &id, "");
	CHECK(mpy_images_claim(images, &id, OLD + MPY_YOUNG_NS));
	mpy_images_free(images);
}

static void extreme_times_are_no_trouble(void)
{
	struct mpy_images *images = mpy_images_new();
	struct mpy_file_id odd = id;

	odd.ctime_ns = INT64_MAX;
	CHECK(mpy_images_claim(images, &odd, INT64_MIN));
	odd.ctime_ns = INT64_MIN;
	CHECK(mpy_images_claim(images, &odd, INT64_MAX));
	odd.present = false;
	CHECK(!mpy_images_claim(images, &odd, 0));
	mpy_images_free(images);
}

int main(void)
{
	RUN(one_is_asked_and_all_know);
	RUN(young_files_are_looked_at_again);
	RUN(what_failed_is_tried_again);
	RUN(extreme_times_are_no_trouble);
	return DONE();
}
