// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * train_strict.c - linear scores as they are of what is really new. A fold of
 * a cross-validation leaves out a program and its copies, but not the other
 * programs of its kind: their scores flatter the linear stage, and a second
 * stage that learns from them trusts it too much (stacking under a shift of
 * the domain). Here whole families are left out at once.
 */
#include "train_strict.h"

#include <errno.h>
#include <stdlib.h>

#define PARTS	 4
#define FAMILIES 64

struct family {
	uint32_t name;
	size_t programs;
	unsigned int part;
};

struct families {
	struct family list[FAMILIES];
	size_t n;
};

/* Malware of ours has none: it goes by its group, as harmless programs do. */
static bool has_family(const struct mpy_doc *doc)
{
	return doc->side == MPY_MALWARE && !doc->own;
}

static struct family *find(struct families *all, uint32_t name)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->list[i].name == name)
			return &all->list[i];
	return NULL;
}

static int count(const struct mpy_dataset *set, unsigned int edition,
		 struct families *all)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		const struct mpy_doc *doc = &set->docs[i];
		struct family *family;

		if (doc->edition > edition || !has_family(doc))
			continue;
		family = find(all, doc->family);
		if (!family) {
			if (all->n == FAMILIES)
				return -E2BIG;
			family = &all->list[all->n++];
			*family = (struct family){ .name = doc->family };
		}
		family->programs += doc->owner == i;
	}
	return 0;
}

static int larger_first(const void *a, const void *b)
{
	const struct family *x = a, *y = b;

	if (x->programs != y->programs)
		return x->programs < y->programs ? 1 : -1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* Each family goes to the part that is smallest so far. */
static void share_out(struct families *all)
{
	size_t size[PARTS] = { 0 }, i, k;

	qsort(all->list, all->n, sizeof(*all->list), larger_first);
	for (i = 0; i < all->n; i++) {
		size_t least = 0;

		for (k = 1; k < PARTS; k++)
			if (size[k] < size[least])
				least = k;
		all->list[i].part = (unsigned int)least;
		size[least] += all->list[i].programs;
	}
}

static unsigned int part_of(struct families *all, const struct mpy_doc *doc)
{
	if (has_family(doc))
		return find(all, doc->family)->part;
	return mpy_run_fold(doc) / MPY_RUN_FOLDS % PARTS;
}

/*
 * run->test and run->use for one part. A group of which a program is tested
 * is not trained on at all. groups has room for all units.
 */
static void split(struct mpy_run *run, unsigned int edition,
		  struct families *all, unsigned int part, uint32_t *groups)
{
	size_t i, n = 0;

	for (i = 0; i < run->set.n; i++) {
		const struct mpy_doc *doc = &run->set.docs[i];

		run->test[i] = doc->edition <= edition &&
			       part_of(all, doc) == part;
		if (run->test[i])
			groups[n++] = doc->group;
	}
	qsort(groups, n, sizeof(*groups), mpy_dataset_by_number);
	for (i = 0; i < run->set.n; i++) {
		const struct mpy_doc *doc = &run->set.docs[i];

		run->use[i] = doc->edition <= edition && !run->test[i] &&
			      !doc->doubted &&
			      !bsearch(&doc->group, groups, n, sizeof(*groups),
				       mpy_dataset_by_number);
	}
}

/* Part by part: the linear scores, or with raw what both stages say. */
static int each_part(struct mpy_run *run, unsigned int edition, double *raw)
{
	uint32_t *groups = malloc((run->set.n + 1) * sizeof(*groups));
	struct families all = { .n = 0 };
	unsigned int part;
	int result = groups ? count(&run->set, edition, &all) : -ENOMEM;

	share_out(&all);
	for (part = 0; !result && part < PARTS; part++) {
		split(run, edition, &all, part, groups);
		result = raw ? mpy_run_second(run, run->strict, NULL, raw)
			     : mpy_run_linear(run, run->strict);
	}
	free(groups);
	return result;
}

int mpy_run_strict(struct mpy_run *run, unsigned int edition)
{
	return each_part(run, edition, NULL);
}

int mpy_run_strict_judge(struct mpy_run *run, double *raw)
{
	return each_part(run, 2, raw);
}
