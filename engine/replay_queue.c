#include "replay_queue.h"

#include "error.h"

#include <stdbool.h>
#include <stdlib.h>

static bool before(const struct replay_due *a, const struct replay_due *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->number < b->number;
}

static void put(struct replay_queue *queue, struct replay_due *due, size_t place)
{
	queue->heap[place - 1] = due;
	due->place = place;
}

static void rise(struct replay_queue *queue, struct replay_due *due)
{
	size_t place = due->place;
	while (place > 1 && before(due, queue->heap[place / 2 - 1])) {
		put(queue, queue->heap[place / 2 - 1], place);
		place /= 2;
	}
	put(queue, due, place);
}

static void sink(struct replay_queue *queue, struct replay_due *due)
{
	size_t place = due->place;
	for (;;) {
		size_t child = place * 2;
		if (child < queue->count && before(queue->heap[child], queue->heap[child - 1]))
			child++;
		if (child > queue->count || !before(queue->heap[child - 1], due))
			break;
		put(queue, queue->heap[child - 1], place);
		place = child;
	}
	put(queue, due, place);
}

int replay_queue_set(struct replay_queue *queue, struct replay_due *due, uint64_t due_ns)
{
	if (due->place == 0 && queue->count == queue->size) {
		size_t size = queue->size ? queue->size * 2 : 64;
		struct replay_due **heap = realloc(queue->heap, size * sizeof *heap);
		if (!heap)
			return ERR_NO_MEMORY;
		queue->heap = heap;
		queue->size = size;
	}
	due->due_ns = due_ns;
	if (due->place == 0)
		put(queue, due, ++queue->count);
	rise(queue, due);
	sink(queue, due);
	return 0;
}

void replay_queue_remove(struct replay_queue *queue, struct replay_due *due)
{
	if (due->place == 0)
		return;
	struct replay_due *last = queue->heap[--queue->count];
	if (last != due) {
		put(queue, last, due->place);
		rise(queue, last);
		sink(queue, last);
	}
	due->place = 0;
}

struct replay_due *replay_queue_first(const struct replay_queue *queue)
{
	return queue->count ? queue->heap[0] : NULL;
}

void replay_queue_free(struct replay_queue *queue)
{
	free(queue->heap);
	*queue = (struct replay_queue){ 0 };
}
