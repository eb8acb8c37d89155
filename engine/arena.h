/* Memory for many small blocks whose sizes their owner knows: size classes with free lists, cut from chunks. A block costs what it
 * holds, and taking or giving one back costs a few instructions. Memory given back is used again; the system gets it at the end. */
#ifndef SONDE_ARENA_H
#define SONDE_ARENA_H

#include <stddef.h>

struct arena;

/* NULL when out of memory. */
struct arena *arena_create(void);
/* Frees small blocks with it; those larger than ARENA_SMALL_MAX must have been freed. */
void arena_destroy(struct arena *arena);

#define ARENA_SMALL_MAX 1024 /* bytes; larger blocks come from malloc */

/* A block of `size` bytes, more than 0, aligned for anything of 16 bytes; NULL when out of memory. */
void *arena_allocate(struct arena *arena, size_t size);
void arena_free(struct arena *arena, void *block, size_t size);
/* Both sizes are more than 0. NULL when out of memory: the block is then as it was. Never fails to shrink a block in place of its
 * class. */
void *arena_resize(struct arena *arena, void *block, size_t old_size, size_t new_size);

#endif
