// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A list of blocks; the newest is filled from its start. Large pieces get
 * a block of their own size.
 */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN ((size_t)32 << 10)
#define ALIGN	  alignof(max_align_t)

struct mpy_arena_block {
	struct mpy_arena_block *next;
	size_t size; /* of data */
	size_t used;
	alignas(max_align_t) unsigned char data[];
};

void mpy_arena_init(struct mpy_arena *arena, size_t limit)
{
	arena->blocks = NULL;
	arena->used = 0;
	arena->limit = limit;
	arena->full = false;
	arena->failed = false;
}

void mpy_arena_free(struct mpy_arena *arena)
{
	while (arena->blocks) {
		struct mpy_arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
	arena->used = 0;
}

static struct mpy_arena_block *add_block(struct mpy_arena *arena, size_t size)
{
	struct mpy_arena_block *block;

	if (size < BLOCK_MIN)
		size = BLOCK_MIN;
	if (size > arena->limit || arena->used > arena->limit - size) {
		arena->full = true;
		return NULL;
	}
	block = malloc(sizeof(*block) + size);
	if (!block) {
		arena->failed = true;
		return NULL;
	}
	block->next = arena->blocks;
	block->size = size;
	block->used = 0;
	arena->blocks = block;
	arena->used += size;
	return block;
}

static size_t round_up(size_t size)
{
	return (size + ALIGN - 1) & ~(ALIGN - 1);
}

void *mpy_arena_get(struct mpy_arena *arena, size_t size)
{
	struct mpy_arena_block *block = arena->blocks;
	unsigned char *piece;

	if (size > SIZE_MAX / 2) {
		arena->full = true;
		return NULL;
	}
	size = round_up(size);
	if (!block || block->size - block->used < size) {
		block = add_block(arena, size);
		if (!block)
			return NULL;
	}
	piece = block->data + block->used;
	block->used += size;
	return piece;
}

void *mpy_arena_copy(struct mpy_arena *arena, const void *data, size_t size)
{
	unsigned char *copy;

	if (size == SIZE_MAX)
		return NULL;
	copy = mpy_arena_get(arena, size + 1);
	if (!copy)
		return NULL;
	if (size)
		memcpy(copy, data, size);
	copy[size] = '\0';
	return copy;
}

void mpy_arena_trim(struct mpy_arena *arena, void *piece, size_t old,
		    size_t size)
{
	struct mpy_arena_block *block = arena->blocks;

	if ((unsigned char *)piece + round_up(old) == block->data + block->used)
		block->used -= round_up(old) - round_up(size);
}
