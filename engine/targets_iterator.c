#include "targets_iterator.h"

#include "cookie.h"
#include "permute.h"

#include <stdlib.h>

#define AHEAD_MAX 64 /* targets worked out at a time */
#define HOSTS_SEED 1 /* of the numbering of addresses: a constant, see the header */
#define PURPOSE_PAIRS 0x7061697273
#define PURPOSE_ORDER 0x6f72646572

struct targets_iterator {
	const struct targets *targets;
	uint32_t shard, shards, ports;
	uint64_t ports_reciprocal; /* to divide by multiplying */
	uint64_t with_ports; /* targets of this shard that are an address and a port of the port set; pairs follow */
	uint64_t position, count; /* count: `max` applied */
	struct permute hosts; /* numbers the addresses */
	struct permute order; /* of everything in this shard */
	uint64_t ahead_first; /* position of ahead[0] */
	uint32_t ahead_count;
	struct endpoint ahead[AHEAD_MAX];
	struct cookie_key key; /* spreads the addresses that occur in pairs only */
	size_t pair_count;
	size_t pairs[]; /* indexes of this shard's pairs */
};

/* How many of `total` numbers are, modulo `shards`, less than `shard`. */
static uint64_t below(uint64_t total, uint32_t shard, uint32_t shards)
{
	uint64_t rest = total % shards;
	return total / shards * shard + (rest < shard ? rest : shard);
}

static uint32_t shard_of_pair(const struct targets_iterator *iterator, const struct endpoint *pair)
{
	uint64_t rank;
	if (iterator->shards == 1)
		return 0;
	if (targets_address_rank(iterator->targets, &pair->address, &rank))
		return (uint32_t)(permute_position(&iterator->hosts, rank) % iterator->shards);
	return (uint32_t)(cookie_hash(&iterator->key, &pair->address, sizeof pair->address) % iterator->shards);
}

/* Takes the pairs of this shard; returns how many are in the shards before it. */
static size_t take_pairs(struct targets_iterator *iterator)
{
	size_t before = 0;
	for (size_t i = 0; i < targets_pair_count(iterator->targets); i++) {
		uint32_t shard = shard_of_pair(iterator, targets_pair(iterator->targets, i));
		before += shard < iterator->shard;
		if (shard == iterator->shard)
			iterator->pairs[iterator->pair_count++] = i;
	}
	return before;
}

/* This shard's part of `max`: parts add up to it, and none is larger than its shard. */
static uint64_t part_of_max(uint64_t max, uint64_t before, uint64_t count, uint64_t total)
{
	if (max == 0 || max >= total)
		return count;
	return (uint64_t)((unsigned __int128)max * (before + count) / total) -
	       (uint64_t)((unsigned __int128)max * before / total);
}

int targets_iterator_create(struct targets_iterator **out, const struct targets *targets,
			    const struct targets_order *order, struct error *why)
{
	if (order->shards == 0 || order->shard >= order->shards)
		return error_set(why, ERR_INVALID, "there is no shard %u of %u: shards count from 0", order->shard, order->shards);
	struct targets_iterator *iterator =
		calloc(1, sizeof *iterator + targets_pair_count(targets) * sizeof iterator->pairs[0]);
	if (!iterator)
		return error_set(why, ERR_NO_MEMORY, "out of memory for the order of the targets");
	uint64_t addresses = targets_address_count(targets);
	iterator->targets = targets;
	iterator->shard = order->shard;
	iterator->shards = order->shards;
	iterator->ports = targets_port_count(targets);
	iterator->ports_reciprocal = iterator->ports ? UINT64_MAX / iterator->ports : 0;
	iterator->key = cookie_key_from_seed(HOSTS_SEED, PURPOSE_PAIRS);
	if (addresses)
		permute_init(&iterator->hosts, addresses, HOSTS_SEED);
	uint64_t before = below(addresses, order->shard, order->shards) * iterator->ports;
	iterator->with_ports = below(addresses, order->shard + 1, order->shards) * iterator->ports - before;
	before += take_pairs(iterator);
	uint64_t count = iterator->with_ports + iterator->pair_count;
	iterator->count = part_of_max(order->max, before, count, targets_count(targets));
	if (count)
		permute_init(&iterator->order, count, cookie_key_from_seed(order->seed, PURPOSE_ORDER).k0);
	*out = iterator;
	return 0;
}

void targets_iterator_destroy(struct targets_iterator *iterator)
{
	free(iterator);
}

static void place(const struct targets_iterator *iterator, uint64_t index, struct endpoint *out)
{
	if (index >= iterator->with_ports) {
		*out = *targets_pair(iterator->targets, iterator->pairs[index - iterator->with_ports]);
		return;
	}
	uint64_t rank = index, port = 0;
	if (iterator->ports > 1) {
		rank = (uint64_t)((unsigned __int128)index * iterator->ports_reciprocal >> 64);
		port = index - rank * iterator->ports;
		if (port >= iterator->ports) { /* the reciprocal is rounded down, so the quotient may be one too low, never more */
			rank++;
			port -= iterator->ports;
		}
	}
	if (iterator->shards > 1)
		rank = permute_at(&iterator->hosts, iterator->shard + rank * iterator->shards);
	targets_place(iterator->targets, rank, (uint32_t)port, out);
}

static void look_ahead(struct targets_iterator *iterator)
{
	uint64_t indexes[AHEAD_MAX], left = iterator->count - iterator->position;
	iterator->ahead_first = iterator->position;
	iterator->ahead_count = left < AHEAD_MAX ? (uint32_t)left : AHEAD_MAX;
	permute_run(&iterator->order, iterator->position, indexes, iterator->ahead_count);
	for (uint32_t i = 0; i < iterator->ahead_count; i++)
		place(iterator, indexes[i], &iterator->ahead[i]);
}

bool targets_iterator_next(struct targets_iterator *iterator, struct endpoint *out)
{
	if (iterator->position >= iterator->count)
		return false;
	if (iterator->position - iterator->ahead_first >= iterator->ahead_count)
		look_ahead(iterator);
	*out = iterator->ahead[iterator->position++ - iterator->ahead_first];
	return true;
}

uint64_t targets_iterator_count(const struct targets_iterator *iterator)
{
	return iterator->count;
}

uint64_t targets_iterator_position(const struct targets_iterator *iterator)
{
	return iterator->position;
}

void targets_iterator_seek(struct targets_iterator *iterator, uint64_t position)
{
	iterator->position = position < iterator->count ? position : iterator->count;
}
