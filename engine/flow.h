/* Open connections by their 4-tuple: a hash table of fixed capacity with a secret key (nobody can aim at one chain), over
 * slabs that are allocated as connections come, so that memory follows what answers. */
#ifndef SONDE_FLOW_H
#define SONDE_FLOW_H

#include "cookie.h"
#include "tcp.h"
#include "timer.h"
#include "transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLOW_SLAB 64 /* flows allocated at a time */

/* One connection of transport_raw; 376 bytes (a spec holds it there). Queued bytes, held bytes and what a RST
 * carried are allocated beside it, and only by connections that have them. */
struct flow {
	struct stream stream; /* first: a stream is a flow; remote and local are the key, set by flow_add */
	struct tcp tcp;
	struct timer timer;
	struct flow *chain; /* next in its bucket, or in the free list */
	struct flow *touched; /* next in the transport's list of flows that may have something to send */
	uint8_t ttl; /* of what we send; 0: the default */
	bool owned; /* the handler knows it and has not closed it */
	bool announce; /* handler.opened is due (an adopted SYN-ACK) */
	bool in_touched;
};

struct flow_table;

/* NULL when out of memory. `capacity` is 1 to 2^30. The buckets take 8 bytes per flow of capacity. */
struct flow_table *flow_table_create(uint32_t capacity, const struct cookie_key *key);
/* Frees every flow's memory, buffers included. */
void flow_table_destroy(struct flow_table *table); /* NULL is fine */

struct flow *flow_find(const struct flow_table *table, const struct endpoint *local, const struct endpoint *remote);
/* A zeroed flow with this key, which must not be there yet; NULL when the table is full or memory is. */
struct flow *flow_add(struct flow_table *table, const struct endpoint *local, const struct endpoint *remote);
/* Takes it out and frees its buffers; the flow's timer must be stopped. */
void flow_remove(struct flow_table *table, struct flow *flow);

uint32_t flow_count(const struct flow_table *table);
uint32_t flow_capacity(const struct flow_table *table);
/* Some flow that is in the table; NULL when none is left. *cursor starts at 0 and remembers which buckets are empty: it
 * holds as long as flows are only removed. */
struct flow *flow_any(const struct flow_table *table, uint32_t *cursor);

#endif
