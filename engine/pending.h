/* Probes in flight, to be tried again or reported when nothing came back. A queue for each try, in which the delay is constant,
 * so that what was added first is due first. It knows no answers: whoever takes a probe out looks whether one came.
 * 24 bytes for each probe, in chunks. Pure. */
#ifndef SONDE_PENDING_H
#define SONDE_PENDING_H

#include "address.h"

#include <stdint.h>

#define PENDING_TRIES_MAX 16

struct pending;

/* delays_ns[i]: how long the i-th try (from 0) is waited for; 1 to PENDING_TRIES_MAX of them. At most `cap` probes are held.
 * NULL when out of memory or `tries` is out of range. */
struct pending *pending_create(const uint64_t *delays_ns, unsigned tries, uint32_t cap);
void pending_destroy(struct pending *pending); /* NULL is fine */

/* A probe was sent, for the attempt-th time (from 0). 0, ERR_FULL at the cap, ERR_NO_MEMORY, ERR_INVALID (attempt). */
int pending_add(struct pending *pending, const struct endpoint *remote, unsigned attempt, uint64_t now_ns);
/* Takes out a probe whose delay is over, the one due first: its `attempt` is set and 1 returned; 0 when none is due. Never
 * early; late by at most a microsecond. */
int pending_pop_due(struct pending *pending, uint64_t now_ns, struct endpoint *remote, unsigned *attempt);
/* When the next probe is due; UINT64_MAX when none is held. */
uint64_t pending_next(const struct pending *pending);
uint32_t pending_count(const struct pending *pending);

#endif
