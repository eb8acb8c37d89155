#include "hold.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

/* [start, end), sequence numbers. */
struct range {
	uint32_t start, end;
};

/* A byte with sequence number s lives at bytes[s % HOLD_BYTES]: within reach of `next` no two share a place. */
struct hold {
	struct range ranges[HOLD_RANGES]; /* in order, with gaps between them */
	unsigned count;
	struct range ready; /* freed by hold_advance, not yet taken */
	uint8_t bytes[HOLD_BYTES];
};

struct hold *hold_create(void)
{
	struct hold *hold = malloc(sizeof(*hold));
	if (!hold)
		return NULL;
	hold->count = 0;
	hold->ready = (struct range){ 0, 0 };
	return hold;
}

void hold_destroy(struct hold *hold)
{
	free(hold);
}

static void hold_remove(struct hold *hold, unsigned first, unsigned count)
{
	hold->count -= count;
	memmove(hold->ranges + first, hold->ranges + first + count, (hold->count - first) * sizeof(hold->ranges[0]));
}

/* Adds a range, merged with those it touches. Distances are counted from `next`, so that they order modulo 2^32. */
static int hold_add_range(struct hold *hold, uint32_t next, struct range added)
{
	unsigned first = 0, last;
	while (first < hold->count && hold->ranges[first].end - next < added.start - next)
		first++;
	for (last = first; last < hold->count && hold->ranges[last].start - next <= added.end - next; last++) {
		if (hold->ranges[last].start - next < added.start - next)
			added.start = hold->ranges[last].start;
		if (hold->ranges[last].end - next > added.end - next)
			added.end = hold->ranges[last].end;
	}
	if (last > first) {
		hold->ranges[first] = added;
		hold_remove(hold, first + 1, last - first - 1);
		return 0;
	}
	if (hold->count == HOLD_RANGES)
		return ERR_FULL;
	memmove(hold->ranges + first + 1, hold->ranges + first, (hold->count - first) * sizeof(hold->ranges[0]));
	hold->ranges[first] = added;
	hold->count++;
	return 0;
}

int hold_insert(struct hold *hold, uint32_t next, uint32_t sequence, const uint8_t *bytes, size_t length)
{
	uint32_t distance = sequence - next;
	if (length == 0)
		return 0;
	if (distance >= HOLD_BYTES || length > HOLD_BYTES - distance)
		return ERR_FULL;
	int error = hold_add_range(hold, next, (struct range){ sequence, sequence + (uint32_t)length });
	if (error)
		return error;
	size_t place = sequence % HOLD_BYTES, before_end = HOLD_BYTES - place;
	if (before_end > length)
		before_end = length;
	memcpy(hold->bytes + place, bytes, before_end);
	memcpy(hold->bytes, bytes + before_end, length - before_end);
	return 0;
}

uint32_t hold_advance(struct hold *hold, uint32_t next)
{
	unsigned passed = 0;
	/* Nothing held is further than HOLD_BYTES ahead; what is "further" lies behind. */
	while (passed < hold->count && hold->ranges[passed].end - next - 1 >= HOLD_BYTES)
		passed++;
	hold_remove(hold, 0, passed);
	hold->ready = (struct range){ next, next };
	if (hold->count > 0 && (hold->ranges[0].start == next || hold->ranges[0].start - next >= HOLD_BYTES)) {
		hold->ready.end = hold->ranges[0].end;
		hold_remove(hold, 0, 1);
	}
	return hold->ready.end - hold->ready.start;
}

bool hold_take(struct hold *hold, const uint8_t **bytes, size_t *length)
{
	uint32_t ready = hold->ready.end - hold->ready.start;
	if (ready == 0)
		return false;
	uint32_t place = hold->ready.start % HOLD_BYTES;
	uint32_t piece = ready < HOLD_BYTES - place ? ready : HOLD_BYTES - place;
	*bytes = hold->bytes + place;
	*length = piece;
	hold->ready.start += piece;
	return true;
}

bool hold_empty(const struct hold *hold)
{
	return hold->count == 0 && hold->ready.start == hold->ready.end;
}
