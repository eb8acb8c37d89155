#include "link_sim.h"

#include <stdlib.h>
#include <string.h>

#define FRAMES_MAX_DEFAULT 65536u
#define SLOT_SMALL 128u /* most frames carry no data */
#define CHUNK_SLOTS 256u /* slots are allocated so many at a time, and kept */

/* Where a frame in flight is kept. */
struct slot {
	struct slot *next; /* in a free list, or among those handed up */
	uint32_t length;
	uint32_t size; /* SLOT_SMALL or FRAME_MAX */
	uint8_t bytes[];
};

struct chunk {
	struct chunk *next;
	uint8_t slots[];
};

struct flight {
	uint64_t due_ns;
	uint64_t number; /* frames of one instant arrive in the order they were sent */
	struct slot *slot;
};

struct link_sim {
	struct link base;
	struct sim_peer *peer;
	struct counters *counters;
	uint64_t now_ns;
	uint64_t random; /* state of SplitMix64 */
	uint64_t number;
	struct flight *heap; /* the earliest is first */
	uint32_t heap_count, heap_size, frames_max;
	struct slot *free_small, *free_large;
	struct slot *handed; /* frames of the last receive */
	struct chunk *chunks;
};

/* SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t sim_random(struct link_sim *sim)
{
	uint64_t z = sim->random += 0x9e3779b97f4a7c15ull;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static bool flight_before(const struct flight *a, const struct flight *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->number < b->number;
}

static int heap_push(struct link_sim *sim, struct flight flight)
{
	if (sim->heap_count == sim->heap_size) {
		uint32_t size = sim->heap_size ? 2 * sim->heap_size : CHUNK_SLOTS;
		struct flight *heap = realloc(sim->heap, size * sizeof *heap);
		if (!heap)
			return ERR_NO_MEMORY;
		sim->heap = heap;
		sim->heap_size = size;
	}
	uint32_t at = sim->heap_count++;
	while (at > 0 && flight_before(&flight, &sim->heap[(at - 1) / 2])) {
		sim->heap[at] = sim->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	sim->heap[at] = flight;
	return 0;
}

static struct flight heap_pop(struct link_sim *sim)
{
	struct flight top = sim->heap[0], last = sim->heap[--sim->heap_count];
	uint32_t at = 0;
	for (;;) {
		uint32_t child = 2 * at + 1;
		if (child >= sim->heap_count)
			break;
		if (child + 1 < sim->heap_count && flight_before(&sim->heap[child + 1], &sim->heap[child]))
			child++;
		if (!flight_before(&sim->heap[child], &last))
			break;
		sim->heap[at] = sim->heap[child];
		at = child;
	}
	sim->heap[at] = last;
	return top;
}

static void slot_free(struct link_sim *sim, struct slot *slot)
{
	struct slot **list = slot->size == SLOT_SMALL ? &sim->free_small : &sim->free_large;
	slot->next = *list;
	*list = slot;
}

static int slots_grow(struct link_sim *sim, uint32_t size)
{
	size_t stride = sizeof(struct slot) + size;
	struct chunk *chunk = malloc(sizeof *chunk + CHUNK_SLOTS * stride);
	if (!chunk)
		return ERR_NO_MEMORY;
	chunk->next = sim->chunks;
	sim->chunks = chunk;
	for (uint32_t i = 0; i < CHUNK_SLOTS; i++) {
		struct slot *slot = (struct slot *)(chunk->slots + i * stride);
		slot->size = size;
		slot_free(sim, slot);
	}
	return 0;
}

static struct slot *slot_take(struct link_sim *sim, size_t length)
{
	uint32_t size = length <= SLOT_SMALL ? SLOT_SMALL : FRAME_MAX;
	struct slot **list = size == SLOT_SMALL ? &sim->free_small : &sim->free_large;
	if (!*list && slots_grow(sim, size))
		return NULL;
	struct slot *slot = *list;
	*list = slot->next;
	return slot;
}

bool link_sim_lost(struct link *link, uint32_t loss)
{
	return loss && (uint32_t)(sim_random((struct link_sim *)link) >> 32) < loss;
}

void link_sim_emit(struct link *link, const uint8_t *bytes, size_t length, const struct sim_path *path)
{
	struct link_sim *sim = (struct link_sim *)link;
	if (length > FRAME_MAX || link_sim_lost(link, path->loss))
		return;
	struct slot *slot = sim->heap_count < sim->frames_max ? slot_take(sim, length) : NULL;
	if (!slot) {
		sim->counters->dropped_kernel++;
		return;
	}
	memcpy(slot->bytes, bytes, length);
	slot->length = (uint32_t)length;
	struct flight flight = { sim->now_ns + path->delay_ns, sim->number++, slot };
	if (heap_push(sim, flight)) {
		slot_free(sim, slot);
		sim->counters->dropped_kernel++;
	}
}

static int sim_send(struct link *link, const struct frame *frames, size_t count)
{
	struct link_sim *sim = (struct link_sim *)link;
	uint32_t room = sim->frames_max - sim->frames_max / 4;
	if (sim->heap_count >= room)
		return 0;
	if (count > room - sim->heap_count)
		count = room - sim->heap_count;
	sim->peer->ops->deliver(sim->peer, link, frames, count);
	return (int)count;
}

static int sim_receive(struct link *link, struct frame *frames, size_t count)
{
	struct link_sim *sim = (struct link_sim *)link;
	while (sim->handed) {
		struct slot *slot = sim->handed;
		sim->handed = slot->next;
		slot_free(sim, slot);
	}
	size_t taken = 0;
	while (taken < count && sim->heap_count > 0 && sim->heap[0].due_ns <= sim->now_ns) {
		struct flight flight = heap_pop(sim);
		struct slot *slot = flight.slot;
		frames[taken++] = (struct frame){ .data = slot->bytes, .length = slot->length, .time_ns = flight.due_ns };
		slot->next = sim->handed;
		sim->handed = slot;
	}
	return (int)taken;
}

/* Moves the clock to the next thing that happens, on either side; the far side's timers run at their exact time. */
static int sim_wait(struct link *link, uint64_t until_ns)
{
	struct link_sim *sim = (struct link_sim *)link;
	uint64_t peer_ns = sim->peer->ops->next(sim->peer), due_ns = until_ns;
	if (sim->heap_count > 0 && sim->heap[0].due_ns < due_ns)
		due_ns = sim->heap[0].due_ns;
	if (peer_ns < due_ns)
		due_ns = peer_ns;
	if (due_ns == UINT64_MAX)
		return ERR_CLOSED;
	if (due_ns > sim->now_ns)
		sim->now_ns = due_ns;
	if (peer_ns <= sim->now_ns)
		sim->peer->ops->run(sim->peer, link);
	return 0;
}

static uint64_t sim_now(const struct link *link)
{
	return ((const struct link_sim *)link)->now_ns;
}

static void sim_close(struct link *link)
{
	struct link_sim *sim = (struct link_sim *)link;
	while (sim->chunks) {
		struct chunk *chunk = sim->chunks;
		sim->chunks = chunk->next;
		free(chunk);
	}
	free(sim->heap);
	free(sim);
}

/* No `open`: the far side is not to be had from a link_config. */
static const struct link_ops sim_ops = {
	.name = "sim",
	.send = sim_send,
	.receive = sim_receive,
	.wait = sim_wait,
	.now = sim_now,
	.close = sim_close,
};

int link_sim_create(struct link **out, const struct link_sim_config *config, struct error *why)
{
	struct link_sim *sim = calloc(1, sizeof *sim);
	if (!sim)
		return error_set(why, ERR_NO_MEMORY, "%s", error_text(ERR_NO_MEMORY));
	sim->base = (struct link){ .ops = &sim_ops, .layer = LINK_RAW_IP, .mtu = 1500 };
	sim->peer = config->peer;
	sim->counters = config->counters;
	sim->now_ns = LINK_SIM_START_NS;
	sim->random = config->seed;
	sim->frames_max = config->frames_max ? config->frames_max : FRAMES_MAX_DEFAULT;
	*out = &sim->base;
	return 0;
}
