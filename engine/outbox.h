/* Built frames on their way to the link: a bounded ring of bytes, filled in place, drained in batches as far as the pace
 * allows. What the link does not take stays at the front, so a full link loses nothing. */
#ifndef SONDE_OUTBOX_H
#define SONDE_OUTBOX_H

#include "counters.h"
#include "link.h"
#include "pace.h"

#include <stddef.h>
#include <stdint.h>

struct outbox;

/* Room for `frames` frames (a power of 2) and half as many full-length ones' bytes. NULL when out of memory. */
struct outbox *outbox_create(uint32_t frames);
void outbox_destroy(struct outbox *outbox); /* NULL is fine; frames still inside are lost */

/* FRAME_MAX bytes to build the next frame in, or NULL when the outbox is full; without outbox_commit nothing happened. */
uint8_t *outbox_reserve(struct outbox *outbox);
/* Queues the first `length` bytes of what outbox_reserve gave. */
void outbox_commit(struct outbox *outbox, size_t length);

/* Room for as many frames of `length` bytes as there is, at most `count`: *room says how many. Frame i starts at i * `length`
 * of what is returned, and up to FRAME_MAX bytes from the last one's start may be written to. NULL when the
 * outbox is full; without outbox_commit_many nothing happened. */
uint8_t *outbox_reserve_many(struct outbox *outbox, uint32_t length, uint32_t count, uint32_t *room);
void outbox_commit_many(struct outbox *outbox, uint32_t length, uint32_t count);

uint32_t outbox_count(const struct outbox *outbox); /* frames waiting */
uint32_t outbox_room(const struct outbox *outbox); /* frames that surely fit, whatever their length */

/* Hands frames to the link in order until the outbox is empty, the pace or the link is exhausted, and counts frames_sent
 * and bytes_sent. Returns how many frames left, or the link's error. */
int outbox_drain(struct outbox *outbox, struct link *link, struct pace *pace, uint64_t now_ns, struct counters *counters);

/* Bytes of the frame at the front; 0 when there is none. For pace_next. */
uint32_t outbox_next_length(const struct outbox *outbox);

#endif
