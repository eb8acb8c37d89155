/* What is due next among the streams of a replay: a binary heap, exact to the nanosecond, in which each entry knows its place. */
#ifndef SONDE_REPLAY_QUEUE_H
#define SONDE_REPLAY_QUEUE_H

#include <stddef.h>
#include <stdint.h>

/* Embedded in its owner. Of two that are due at once the one with the lower number comes first. */
struct replay_due {
	uint64_t due_ns, number;
	size_t place; /* in the heap, from 1; 0: not in it */
};

struct replay_queue {
	struct replay_due **heap;
	size_t count, size;
};

/* Moves it to due_ns, or puts it in. 0 or ERR_NO_MEMORY. */
int replay_queue_set(struct replay_queue *queue, struct replay_due *due, uint64_t due_ns);
void replay_queue_remove(struct replay_queue *queue, struct replay_due *due);
struct replay_due *replay_queue_first(const struct replay_queue *queue); /* NULL: empty */
void replay_queue_free(struct replay_queue *queue);

#endif
