#include "outbox.h"

#include <assert.h>
#include <stdlib.h>

#define OUTBOX_BATCH 128 /* frames handed over at once; small, so that byte limits are kept between batches */

struct outbox {
	uint8_t *bytes;
	struct frame *frames; /* ring of `size`, indices counted without end and masked */
	uint32_t size, head, tail; /* frames; tail - head are waiting */
	uint32_t bytes_size, write; /* `write`: where the next frame goes, FRAME_MAX from it are free or there is no room */
};

struct outbox *outbox_create(uint32_t frames)
{
	assert(frames > 0 && (frames & (frames - 1)) == 0);
	struct outbox *outbox = calloc(1, sizeof(*outbox));
	if (!outbox)
		return NULL;
	outbox->size = frames;
	outbox->bytes_size = (frames / 2 + 1) * FRAME_MAX;
	outbox->frames = calloc(frames, sizeof(*outbox->frames));
	outbox->bytes = malloc(outbox->bytes_size);
	if (!outbox->frames || !outbox->bytes) {
		outbox_destroy(outbox);
		return NULL;
	}
	return outbox;
}

void outbox_destroy(struct outbox *outbox)
{
	if (!outbox)
		return;
	free(outbox->frames);
	free(outbox->bytes);
	free(outbox);
}

static const struct frame *outbox_front(const struct outbox *outbox)
{
	return &outbox->frames[outbox->head & (outbox->size - 1)];
}

uint32_t outbox_count(const struct outbox *outbox)
{
	return outbox->tail - outbox->head;
}

/* Free bytes from `write` on without a break, after the jump to the start where the end is too near. The last free byte
 * is never used, so that "full" and "empty" do not look alike. */
static uint32_t outbox_free_bytes(const struct outbox *outbox, uint32_t *where)
{
	if (outbox_count(outbox) == 0) {
		*where = 0;
		return outbox->bytes_size;
	}
	uint32_t read = (uint32_t)(outbox_front(outbox)->data - outbox->bytes);
	*where = outbox->write;
	if (outbox->write <= read)
		return read - outbox->write;
	if (outbox->bytes_size - outbox->write > FRAME_MAX)
		return outbox->bytes_size - outbox->write;
	*where = 0;
	return read;
}

uint8_t *outbox_reserve(struct outbox *outbox)
{
	uint32_t where;
	if (outbox_count(outbox) == outbox->size || outbox_free_bytes(outbox, &where) <= FRAME_MAX)
		return NULL;
	outbox->write = where;
	return outbox->bytes + where;
}

void outbox_commit(struct outbox *outbox, size_t length)
{
	assert(length <= FRAME_MAX);
	outbox->frames[outbox->tail & (outbox->size - 1)] = (struct frame){
		.data = outbox->bytes + outbox->write, .length = (uint32_t)length };
	outbox->tail++;
	outbox->write += (uint32_t)length;
}

uint8_t *outbox_reserve_many(struct outbox *outbox, uint32_t length, uint32_t count, uint32_t *room)
{
	uint32_t slots = outbox->size - outbox_count(outbox), where, bytes = outbox_free_bytes(outbox, &where);
	if (slots == 0 || bytes <= FRAME_MAX)
		return NULL;
	uint32_t fit = (bytes - FRAME_MAX - 1) / length + 1;
	*room = fit < slots ? fit : slots;
	if (*room > count)
		*room = count;
	outbox->write = where;
	return outbox->bytes + where;
}

void outbox_commit_many(struct outbox *outbox, uint32_t length, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++, outbox->tail++, outbox->write += length)
		outbox->frames[outbox->tail & (outbox->size - 1)] = (struct frame){
			.data = outbox->bytes + outbox->write, .length = length };
}

uint32_t outbox_room(const struct outbox *outbox)
{
	uint32_t slots = outbox->size - outbox_count(outbox), where;
	uint32_t runs = outbox_free_bytes(outbox, &where) / FRAME_MAX;
	if (runs > 0)
		runs--;
	return slots < runs ? slots : runs;
}

uint32_t outbox_next_length(const struct outbox *outbox)
{
	return outbox_count(outbox) > 0 ? outbox_front(outbox)->length : 0;
}

/* How many frames may go now in one call: waiting, side by side in the ring, and within the pace. */
static uint32_t outbox_batch(const struct outbox *outbox, struct pace *pace, uint64_t now_ns)
{
	uint32_t count = outbox_count(outbox), side_by_side = outbox->size - (outbox->head & (outbox->size - 1));
	if (count > side_by_side)
		count = side_by_side;
	if (count > OUTBOX_BATCH)
		count = OUTBOX_BATCH;
	uint32_t allowed = count > 0 ? pace_room(pace, now_ns, outbox_next_length(outbox)) : 0;
	return count < allowed ? count : allowed;
}

int outbox_drain(struct outbox *outbox, struct link *link, struct pace *pace, uint64_t now_ns, struct counters *counters)
{
	int left = 0;
	for (;;) {
		uint32_t count = outbox_batch(outbox, pace, now_ns);
		if (count == 0)
			return left;
		int taken = link->ops->send(link, outbox_front(outbox), count);
		if (taken < 0)
			return taken;
		uint64_t bytes = 0;
		for (int i = 0; i < taken; i++, outbox->head++)
			bytes += outbox_front(outbox)->length;
		pace_take(pace, (uint32_t)taken, bytes);
		counters->frames_sent += (uint64_t)taken;
		counters->bytes_sent += bytes;
		left += taken;
		if ((uint32_t)taken < count)
			return left;
	}
}
