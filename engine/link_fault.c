/* Both directions are a lane each: frames go in judged, wait in a heap ordered by when they are due (then by when they came),
 * and go out. All memory is taken at the start. */
#include "link_fault.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 64u

struct held {
	uint8_t data[FRAME_MAX];
	uint32_t length, flags;
	uint64_t time_ns, due_ns, order;
};

struct lane {
	struct link_fault_rates rates;
	struct link_fault_count count;
	uint64_t random, order;
	struct held *held; /* LINK_FAULT_HELD_MAX of them */
	uint16_t unused[LINK_FAULT_HELD_MAX], heap[LINK_FAULT_HELD_MAX];
	uint32_t unused_count, heap_count;
	struct held *back; /* the one frame held back to be reordered, or NULL; its due_ns is when it goes at the latest */
};

struct fault {
	struct link link; /* first */
	struct link *inner;
	struct lane sending, receiving;
	uint16_t lent[LINK_FAULT_HELD_MAX]; /* handed up by the last receive */
	uint32_t lent_count;
	bool ended; /* the inner link said ERR_CLOSED */
};

static struct fault *fault_of(const struct link *link)
{
	return (struct fault *)link;
}

/* SplitMix64 (Steele, Lea, Flood, 2014). */
static uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static bool random_chance(uint64_t *state, double probability)
{
	return (double)(random_next(state) >> 11) * 0x1p-53 < probability;
}

static bool held_before(const struct lane *lane, uint16_t a, uint16_t b)
{
	const struct held *x = &lane->held[a], *y = &lane->held[b];
	return x->due_ns != y->due_ns ? x->due_ns < y->due_ns : x->order < y->order;
}

static void heap_push(struct lane *lane, struct held *held)
{
	uint16_t index = (uint16_t)(held - lane->held);
	uint32_t at = lane->heap_count++;
	for (; at > 0 && held_before(lane, index, lane->heap[(at - 1) / 2]); at = (at - 1) / 2)
		lane->heap[at] = lane->heap[(at - 1) / 2];
	lane->heap[at] = index;
}

/* Takes the first frame that is due, or returns NULL. */
static struct held *heap_pop(struct lane *lane, uint64_t now_ns)
{
	if (lane->heap_count == 0 || lane->held[lane->heap[0]].due_ns > now_ns)
		return NULL;
	uint16_t first = lane->heap[0], last = lane->heap[--lane->heap_count];
	uint32_t at = 0;
	for (uint32_t child = 1; child < lane->heap_count; child = 2 * at + 1) {
		if (child + 1 < lane->heap_count && held_before(lane, lane->heap[child + 1], lane->heap[child]))
			child++;
		if (!held_before(lane, lane->heap[child], last))
			break;
		lane->heap[at] = lane->heap[child];
		at = child;
	}
	lane->heap[at] = last;
	return &lane->held[first];
}

static void lane_push(struct lane *lane, struct held *held, uint64_t due_ns)
{
	held->due_ns = due_ns;
	held->order = lane->order++;
	heap_push(lane, held);
}

static void held_corrupt(struct held *held, uint64_t random)
{
	if (held->length == 0)
		return;
	held->data[random / 8 % held->length] ^= (uint8_t)(1u << random % 8);
	/* The flags spoke of the frame as it was. */
	held->flags &= ~(uint32_t)(FRAME_CHECKSUM_PARTIAL | FRAME_CHECKSUM_VALID);
}

/* One copy on its way. A frame that was held back follows the next one that passes. */
static void lane_copy(struct lane *lane, const struct frame *frame, bool keep, uint64_t now_ns)
{
	const struct link_fault_rates *rates = &lane->rates;
	bool corrupt = random_chance(&lane->random, rates->corrupt), reorder = random_chance(&lane->random, rates->reorder);
	bool delay = random_chance(&lane->random, rates->delay);
	uint64_t where = random_next(&lane->random), later = random_next(&lane->random);
	if (!keep)
		return;
	struct held *held = &lane->held[lane->unused[--lane->unused_count]];
	bool cut = frame->length > FRAME_MAX;
	held->length = cut ? FRAME_MAX : frame->length;
	held->flags = frame->flags | (cut ? FRAME_TRUNCATED : 0);
	held->time_ns = frame->time_ns;
	if (held->length > 0)
		memcpy(held->data, frame->data, held->length);
	if (corrupt)
		held_corrupt(held, where);
	lane->count.corrupted += corrupt;
	lane->count.delayed += delay;
	uint64_t spread_ns = rates->delay_max_ns - rates->delay_min_ns;
	uint64_t due_ns = now_ns + (delay ? rates->delay_min_ns + later % (spread_ns + 1) : 0);
	if (reorder && !lane->back) {
		lane->back = held;
		held->due_ns = due_ns + LINK_FAULT_REORDER_NS;
		lane->count.reordered++;
		return;
	}
	lane_push(lane, held, due_ns);
	if (lane->back) {
		lane_push(lane, lane->back, due_ns);
		lane->back = NULL;
	}
}

/* The caller sees to it that there is room for two copies. */
static void lane_judge(struct lane *lane, const struct frame *frame, uint64_t now_ns)
{
	bool drop = random_chance(&lane->random, lane->rates.drop);
	bool duplicate = random_chance(&lane->random, lane->rates.duplicate) && !drop;
	lane->count.frames++;
	lane->count.dropped += drop;
	lane->count.duplicated += duplicate;
	lane_copy(lane, frame, !drop, now_ns);
	lane_copy(lane, frame, duplicate, now_ns);
}

static void lane_release_back(struct lane *lane, uint64_t now_ns)
{
	if (lane->back && lane->back->due_ns <= now_ns) {
		lane_push(lane, lane->back, lane->back->due_ns);
		lane->back = NULL;
	}
}

static uint64_t lane_next(const struct lane *lane)
{
	uint64_t next_ns = lane->heap_count ? lane->held[lane->heap[0]].due_ns : UINT64_MAX;
	return lane->back && lane->back->due_ns < next_ns ? lane->back->due_ns : next_ns;
}

static void lane_recycle(struct lane *lane, uint16_t index)
{
	lane->unused[lane->unused_count++] = index;
}

/* Sends what is due; what the inner link has no room for goes back into the heap. */
static int fault_flush(struct fault *fault, uint64_t now_ns)
{
	struct lane *lane = &fault->sending;
	lane_release_back(lane, now_ns);
	for (;;) {
		struct held *batch[BATCH];
		struct frame frames[BATCH];
		uint32_t count = 0;
		while (count < BATCH && (batch[count] = heap_pop(lane, now_ns))) {
			frames[count] = (struct frame){ batch[count]->data, batch[count]->length, batch[count]->flags, 0 };
			count++;
		}
		if (count == 0)
			return 0;
		int taken = fault->inner->ops->send(fault->inner, frames, count);
		for (uint32_t i = 0; i < count; i++) {
			if (taken > 0 && i < (uint32_t)taken)
				lane_recycle(lane, (uint16_t)(batch[i] - lane->held));
			else
				heap_push(lane, batch[i]);
		}
		if (taken < (int)count)
			return taken < 0 ? taken : 0;
	}
}

static int fault_send(struct link *link, const struct frame *frames, size_t count)
{
	struct fault *fault = fault_of(link);
	uint64_t now_ns = fault->inner->ops->now(fault->inner);
	size_t taken = 0;
	for (; taken < count && fault->sending.unused_count >= 2; taken++)
		lane_judge(&fault->sending, &frames[taken], now_ns);
	int error = fault_flush(fault, now_ns);
	return error ? error : (int)taken;
}

/* Takes in what the inner link has, as long as there is room for all of it twice. */
static int fault_fill(struct fault *fault, uint64_t now_ns)
{
	struct lane *lane = &fault->receiving;
	while (!fault->ended && lane->unused_count >= 2 * BATCH) {
		struct frame frames[BATCH];
		int got = fault->inner->ops->receive(fault->inner, frames, BATCH);
		if (got == ERR_CLOSED)
			fault->ended = true;
		else if (got < 0)
			return got;
		for (int i = 0; i < got; i++)
			lane_judge(lane, &frames[i], now_ns);
		if (got < (int)BATCH)
			break;
	}
	return 0;
}

static int fault_receive(struct link *link, struct frame *frames, size_t count)
{
	struct fault *fault = fault_of(link);
	struct lane *lane = &fault->receiving;
	uint64_t now_ns = fault->inner->ops->now(fault->inner);
	while (fault->lent_count > 0)
		lane_recycle(lane, fault->lent[--fault->lent_count]);
	fault_flush(fault, now_ns);
	int error = fault_fill(fault, now_ns);
	if (error)
		return error;
	lane_release_back(lane, now_ns);
	size_t taken = 0;
	for (struct held *held; taken < count && (held = heap_pop(lane, now_ns)); taken++) {
		uint64_t time_ns = held->due_ns > held->time_ns ? held->due_ns : held->time_ns;
		frames[taken] = (struct frame){ held->data, held->length, held->flags, time_ns };
		fault->lent[fault->lent_count++] = (uint16_t)(held - lane->held);
	}
	if (taken == 0 && count > 0 && fault->ended && lane_next(lane) == UINT64_MAX)
		return ERR_CLOSED;
	return (int)taken;
}

static int fault_wait(struct link *link, uint64_t until_ns)
{
	struct fault *fault = fault_of(link);
	uint64_t sending_ns = lane_next(&fault->sending), receiving_ns = lane_next(&fault->receiving);
	until_ns = sending_ns < until_ns ? sending_ns : until_ns;
	until_ns = receiving_ns < until_ns ? receiving_ns : until_ns;
	int error = fault->inner->ops->wait(fault->inner, until_ns);
	fault_flush(fault, fault->inner->ops->now(fault->inner));
	return error;
}

static uint64_t fault_now(const struct link *link)
{
	const struct link *inner = fault_of(link)->inner;
	return inner->ops->now(inner);
}

static void fault_count(struct link *link)
{
	struct link *inner = fault_of(link)->inner;
	if (inner->ops->count)
		inner->ops->count(inner);
}

static void fault_close(struct link *link)
{
	struct fault *fault = fault_of(link);
	fault->inner->ops->close(fault->inner);
	free(fault->sending.held);
	free(fault->receiving.held);
	free(fault);
}

static const struct link_ops fault_ops = {
	.name = "fault",
	.send = fault_send,
	.receive = fault_receive,
	.wait = fault_wait,
	.now = fault_now,
	.count = fault_count,
	.close = fault_close,
};

static bool rates_valid(const struct link_fault_rates *rates)
{
	const double all[] = { rates->drop, rates->duplicate, rates->corrupt, rates->reorder, rates->delay };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (!(all[i] >= 0 && all[i] <= 1))
			return false;
	return rates->delay_min_ns <= rates->delay_max_ns && rates->delay_max_ns < UINT64_MAX / 4;
}

static bool lane_init(struct lane *lane, const struct link_fault_rates *rates, uint64_t seed)
{
	lane->rates = *rates;
	lane->random = seed;
	lane->random = random_next(&lane->random);
	lane->held = malloc(LINK_FAULT_HELD_MAX * sizeof *lane->held);
	for (uint32_t i = LINK_FAULT_HELD_MAX; i > 0; i--)
		lane_recycle(lane, (uint16_t)(i - 1));
	return lane->held != NULL;
}

int link_fault_open(struct link **out, struct link *inner, const struct link_fault_config *config, struct error *why)
{
	if (!rates_valid(&config->send) || !rates_valid(&config->receive))
		return error_set(why, ERR_INVALID, "fault rates must be between 0 and 1, and the shortest delay not above the longest");
	struct fault *fault = calloc(1, sizeof *fault);
	/* Distinct lanes from one seed: SplitMix64 streams that start at unrelated places. */
	if (!fault || !lane_init(&fault->sending, &config->send, config->seed) ||
	    !lane_init(&fault->receiving, &config->receive, ~config->seed)) {
		if (fault)
			free(fault->sending.held);
		free(fault);
		return error_set(why, ERR_NO_MEMORY, "cannot make a faulty link: out of memory");
	}
	fault->link = *inner;
	fault->link.ops = &fault_ops;
	fault->inner = inner;
	*out = &fault->link;
	return 0;
}

void link_fault_counts(const struct link *link, struct link_fault_count *sent, struct link_fault_count *received)
{
	*sent = fault_of(link)->sending.count;
	*received = fault_of(link)->receiving.count;
}
