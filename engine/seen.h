/* Which endpoints have answered lately: a set of 64-bit fingerprints in two generations, bounded in memory. What is added is
 * remembered for one to two generations, less only when a generation is full before its time. Pure. */
#ifndef SONDE_SEEN_H
#define SONDE_SEEN_H

#include <stdbool.h>
#include <stdint.h>

struct seen;

/* `capacity`: fingerprints in one generation, brought into 16 to 2^30. Memory: two tables that grow with what is remembered, up
 * to 8 bytes times the power of two that leaves a quarter of the places free. They grow, and are emptied, a small part at a
 * time. NULL when out of memory. */
struct seen *seen_create(uint32_t capacity, uint64_t generation_ns, uint64_t now_ns);
void seen_destroy(struct seen *seen); /* NULL is fine */

/* Adds a fingerprint (a keyed hash: cookie_hash of the endpoint); true when it was there already, which makes it be
 * remembered anew. */
bool seen_add(struct seen *seen, uint64_t fingerprint, uint64_t now_ns);
bool seen_has(const struct seen *seen, uint64_t fingerprint, uint64_t now_ns);
/* Fingerprints forgotten because a generation was full before its time, or memory was out; at most so many. */
uint64_t seen_forgotten(const struct seen *seen);

#endif
