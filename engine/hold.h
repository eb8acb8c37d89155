/* Bytes that came before those in front of them: kept, bounded, until the gap is filled (RFC 9293 3.10.7.4, "segments with
 * higher beginning sequence numbers SHOULD be held"). Pure, all sequence numbers modulo 2^32. */
#ifndef SONDE_HOLD_H
#define SONDE_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOLD_BYTES 32768u /* reach beyond the next byte expected; a power of 2 */
#define HOLD_RANGES 16 /* separate runs of bytes; more are not kept, and the peer sends them again */

struct hold;

struct hold *hold_create(void); /* NULL when out of memory; about HOLD_BYTES */
void hold_destroy(struct hold *hold); /* NULL is fine */

/* Keeps bytes that start at `sequence`, ahead of `next`, the first byte missing. Bytes held already are merged. 0, or
 * ERR_FULL when they reach too far or there are too many runs: nothing of them is kept then. */
int hold_insert(struct hold *hold, uint32_t next, uint32_t sequence, const uint8_t *bytes, size_t length);

/* Everything before `next` has come: forgets it, and returns how many held bytes follow on `next` without a gap. Those
 * are then handed out by hold_take, and are held no longer. */
uint32_t hold_advance(struct hold *hold, uint32_t next);

/* The next piece of what hold_advance freed, valid until the next hold_insert; false when there is none. */
bool hold_take(struct hold *hold, const uint8_t **bytes, size_t *length);

/* Nothing held and nothing to take: may be destroyed. */
bool hold_empty(const struct hold *hold);

#endif
