/* Walks through the targets of one shard in an order that depends on the seed. Stateless but for its position, which may
 * be saved and set again.
 *
 * Shards split the set by address: all ports of an address are in one shard, so that what is learnt of a host stays in
 * one worker. A fixed permutation (its key is a constant) numbers the addresses, and shard i of n has those whose number
 * modulo n is i; single pairs go where their address is, or by a fixed hash of it. Chosen over filtering by a hash because
 * a shard then costs nothing for the targets it does not have; and the key is constant, not the scan's seed, because shards
 * on two machines must be disjoint even if the seeds were not agreed on. The shards are pseudo-random samples, of equal
 * size to one address. Within a shard addresses and ports are permuted together, keyed with the seed.
 *
 * To split shard i of n further among w workers without moving a target to another shard: worker k is shard i + n * k of
 * n * w. */
#ifndef SONDE_TARGETS_ITERATOR_H
#define SONDE_TARGETS_ITERATOR_H

#include "targets.h"

struct targets_order {
	uint64_t seed;
	uint32_t shard, shards; /* shard < shards */
	uint64_t max; /* over all shards together, which divide it in proportion; 0: no limit */
};

struct targets_iterator;

/* `targets` is sealed, borrowed, and outlives the iterator. 0, ERR_INVALID (shard), ERR_NO_MEMORY; with a sentence. */
int targets_iterator_create(struct targets_iterator **out, const struct targets *targets,
			    const struct targets_order *order, struct error *why);
void targets_iterator_destroy(struct targets_iterator *iterator); /* NULL is fine */

/* The next target; false when there is none left. */
bool targets_iterator_next(struct targets_iterator *iterator, struct endpoint *out);
/* How many there are in all, from the start, `max` applied. */
uint64_t targets_iterator_count(const struct targets_iterator *iterator);
uint64_t targets_iterator_position(const struct targets_iterator *iterator); /* how many were taken */
/* Goes on at a position of an iterator made with the same targets and order; past the end it is at the end. */
void targets_iterator_seek(struct targets_iterator *iterator, uint64_t position);

#endif
