#include "arena.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define GRAIN 16 /* bytes between two size classes, and their alignment */
#define CLASSES (ARENA_SMALL_MAX / GRAIN)
#define CHUNK_SIZE (2u << 20) /* and their alignment: a huge page, so that what is spread over much memory is found quickly */

/* What a free block holds. Free memory is poisoned for AddressSanitizer, which otherwise would not see a use after it. */
struct free_block {
	struct free_block *next;
};

/* At the beginning of each chunk. */
union chunk {
	union chunk *next;
	char alignment[GRAIN];
};

struct arena {
	struct free_block *free[CLASSES];
	char *next, *end; /* of the newest chunk: what no block has been cut from */
	union chunk *chunks;
};

static size_t class_of(size_t size)
{
	return (size - 1) / GRAIN;
}

struct arena *arena_create(void)
{
	return calloc(1, sizeof(struct arena));
}

void arena_destroy(struct arena *arena)
{
	if (!arena)
		return;
	while (arena->chunks) {
		union chunk *chunk = arena->chunks;
		arena->chunks = chunk->next;
		ASAN_UNPOISON_MEMORY_REGION(chunk, CHUNK_SIZE);
		free(chunk);
	}
	free(arena);
}

static void *cut(struct arena *arena, size_t class)
{
	size_t size = (class + 1) * GRAIN;
	if ((size_t)(arena->end - arena->next) < size) {
		union chunk *chunk = aligned_alloc(CHUNK_SIZE, CHUNK_SIZE);
		if (!chunk)
			return NULL;
		madvise(chunk, CHUNK_SIZE, MADV_HUGEPAGE);
		chunk->next = arena->chunks;
		arena->chunks = chunk;
		arena->next = (char *)(chunk + 1);
		arena->end = (char *)chunk + CHUNK_SIZE;
		ASAN_POISON_MEMORY_REGION(arena->next, CHUNK_SIZE - sizeof *chunk);
	}
	void *block = arena->next;
	arena->next += size;
	return block;
}

void *arena_allocate(struct arena *arena, size_t size)
{
	if (size > ARENA_SMALL_MAX)
		return malloc(size);
	size_t class = class_of(size);
	struct free_block *block = arena->free[class];
	if (block) {
		ASAN_UNPOISON_MEMORY_REGION(block, size);
		arena->free[class] = block->next;
		return block;
	}
	block = cut(arena, class);
	if (block)
		ASAN_UNPOISON_MEMORY_REGION(block, size);
	return block;
}

void arena_free(struct arena *arena, void *pointer, size_t size)
{
	if (size > ARENA_SMALL_MAX) {
		free(pointer);
		return;
	}
	struct free_block *block = pointer;
	ASAN_UNPOISON_MEMORY_REGION(block, sizeof *block);
	block->next = arena->free[class_of(size)];
	arena->free[class_of(size)] = block;
	ASAN_POISON_MEMORY_REGION(block, (class_of(size) + 1) * GRAIN);
}

void *arena_resize(struct arena *arena, void *block, size_t old_size, size_t new_size)
{
	if (old_size > ARENA_SMALL_MAX && new_size > ARENA_SMALL_MAX)
		return realloc(block, new_size);
	if (old_size <= ARENA_SMALL_MAX && new_size <= ARENA_SMALL_MAX && class_of(old_size) == class_of(new_size)) {
		ASAN_UNPOISON_MEMORY_REGION(block, new_size);
		return block;
	}
	void *moved = arena_allocate(arena, new_size);
	if (!moved)
		return NULL;
	memcpy(moved, block, old_size < new_size ? old_size : new_size);
	arena_free(arena, block, old_size);
	return moved;
}
