#include "pending.h"

#include "error.h"

#include <stdlib.h>

#define CHUNK_ENTRIES 1024
#define UNIT_NS 1000 /* of the due times kept in entries */

struct entry {
	struct endpoint remote;
	uint32_t due; /* in UNIT_NS after the chunk's base */
};

struct chunk {
	struct chunk *next;
	uint64_t base_ns;
	uint32_t start, end; /* entries held: [start, end) */
	struct entry entries[CHUNK_ENTRIES];
};

struct queue {
	struct chunk *first, *last; /* no chunk is empty */
	uint64_t delay_ns, last_due_ns;
};

struct pending {
	unsigned tries;
	uint32_t count, cap;
	struct chunk *spare; /* one emptied chunk, so that a steady state allocates nothing */
	struct queue queues[PENDING_TRIES_MAX];
};

struct pending *pending_create(const uint64_t *delays_ns, unsigned tries, uint32_t cap)
{
	if (tries < 1 || tries > PENDING_TRIES_MAX)
		return NULL;
	struct pending *pending = calloc(1, sizeof *pending);
	if (!pending)
		return NULL;
	pending->tries = tries;
	pending->cap = cap;
	for (unsigned i = 0; i < tries; i++)
		pending->queues[i].delay_ns = delays_ns[i];
	return pending;
}

void pending_destroy(struct pending *pending)
{
	if (!pending)
		return;
	for (unsigned i = 0; i < pending->tries; i++)
		while (pending->queues[i].first) {
			struct chunk *chunk = pending->queues[i].first;
			pending->queues[i].first = chunk->next;
			free(chunk);
		}
	free(pending->spare);
	free(pending);
}

static struct chunk *append_chunk(struct pending *pending, struct queue *queue, uint64_t base_ns)
{
	struct chunk *chunk = pending->spare ? pending->spare : malloc(sizeof *chunk);
	if (!chunk)
		return NULL;
	pending->spare = NULL;
	chunk->next = NULL;
	chunk->base_ns = base_ns;
	chunk->start = chunk->end = 0;
	if (queue->last)
		queue->last->next = chunk;
	else
		queue->first = chunk;
	queue->last = chunk;
	return chunk;
}

int pending_add(struct pending *pending, const struct endpoint *remote, unsigned attempt, uint64_t now_ns)
{
	if (attempt >= pending->tries)
		return ERR_INVALID;
	if (pending->count >= pending->cap)
		return ERR_FULL;
	struct queue *queue = &pending->queues[attempt];
	uint64_t due_ns;
	if (__builtin_add_overflow(now_ns, queue->delay_ns, &due_ns))
		due_ns = UINT64_MAX;
	if (due_ns < queue->last_due_ns)
		due_ns = queue->last_due_ns; /* the clock stepped back: the order stays */
	struct chunk *chunk = queue->last;
	if (!chunk || chunk->end == CHUNK_ENTRIES || due_ns - chunk->base_ns > (uint64_t)(UINT32_MAX - 1) * UNIT_NS)
		chunk = append_chunk(pending, queue, due_ns);
	if (!chunk)
		return ERR_NO_MEMORY;
	uint64_t after_ns = due_ns - chunk->base_ns;
	chunk->entries[chunk->end].remote = *remote;
	chunk->entries[chunk->end++].due = (uint32_t)(after_ns / UNIT_NS + (after_ns % UNIT_NS != 0));
	queue->last_due_ns = due_ns;
	pending->count++;
	return 0;
}

/* When the head of a queue is due; UINT64_MAX when it is empty. */
static uint64_t head_due(const struct queue *queue)
{
	uint64_t due_ns;
	if (!queue->first)
		return UINT64_MAX;
	uint64_t after_ns = (uint64_t)queue->first->entries[queue->first->start].due * UNIT_NS;
	return __builtin_add_overflow(queue->first->base_ns, after_ns, &due_ns) ? UINT64_MAX : due_ns;
}

static unsigned earliest(const struct pending *pending, uint64_t *due_ns)
{
	unsigned best = 0;
	*due_ns = UINT64_MAX;
	for (unsigned i = 0; i < pending->tries; i++)
		if (head_due(&pending->queues[i]) < *due_ns) {
			*due_ns = head_due(&pending->queues[i]);
			best = i;
		}
	return best;
}

static void drop_head(struct pending *pending, struct queue *queue)
{
	struct chunk *chunk = queue->first;
	pending->count--;
	if (++chunk->start < chunk->end)
		return;
	queue->first = chunk->next;
	if (!queue->first)
		queue->last = NULL;
	free(pending->spare);
	pending->spare = chunk;
}

int pending_pop_due(struct pending *pending, uint64_t now_ns, struct endpoint *remote, unsigned *attempt)
{
	uint64_t due_ns;
	unsigned index = earliest(pending, &due_ns);
	if (due_ns == UINT64_MAX || due_ns > now_ns)
		return 0;
	struct queue *queue = &pending->queues[index];
	*remote = queue->first->entries[queue->first->start].remote;
	*attempt = index;
	drop_head(pending, queue);
	return 1;
}

uint64_t pending_next(const struct pending *pending)
{
	uint64_t due_ns;
	earliest(pending, &due_ns);
	return due_ns;
}

uint32_t pending_count(const struct pending *pending)
{
	return pending->count;
}
