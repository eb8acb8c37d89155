#include "population_internal.h"

#include <stdlib.h>
#include <string.h>

/* What the keys of draws are for. */
enum purpose { PURPOSE_RANK = 1, PURPOSE_CHANCE, PURPOSE_PORT, PURPOSE_RTT, PURPOSE_NUMBER, PURPOSE_DRAW, PURPOSE_EVERY };

struct network {
	struct address prefix; /* first address */
	uint8_t host_bits;
	uint32_t share_first, share_count; /* in population.starts: one more entry, the network's hosts */
	uint64_t key;
	uint64_t rtt_min_ns, rtt_spread_ns, jitter_ns;
	uint32_t loss;
	uint32_t position; /* in the description */
};

/* Where a kind begins among a network's ranked hosts. */
struct start {
	uint64_t rank;
	uint32_t kind;
};

struct population {
	struct network *networks; /* by address */
	struct start *starts;
	struct population_kind *kinds;
	struct population_place *places;
	struct population_ports *ports;
	double *port_weights; /* per place: the sum of its ports' weights */
	size_t network_count, kind_count, place_count, ports_count;
};

/* The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t mix(uint64_t z)
{
	z += 0x9e3779b97f4a7c15ull;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static uint64_t key_for(uint64_t key, enum purpose purpose, uint64_t which)
{
	return mix(key ^ mix((uint64_t)purpose ^ mix(which)));
}

/* One round trip through a keyed permutation of the numbers of `bits` bits: adding, multiplying by an odd number and
 * xoring with its own upper half can each be undone. */
static uint64_t permute_bits(uint64_t x, unsigned bits, uint64_t key)
{
	uint64_t mask = bits < 64 ? (1ull << bits) - 1 : UINT64_MAX;
	unsigned shift = (bits + 1) / 2;
	for (unsigned round = 0; round < 4; round++) {
		key = mix(key);
		x = (x + key) & mask;
		x ^= x >> shift;
		x = x * (key >> 32 | 1) & mask;
		x ^= x >> shift;
	}
	return x;
}

/* A keyed permutation of 0 to count-1: walks on where the next power of two has led outside, twice on average at most. */
static uint64_t permute(uint64_t x, uint64_t count, uint64_t key)
{
	unsigned bits = 1;
	while (bits < 63 && count > 1ull << bits)
		bits++;
	do {
		x = permute_bits(x, bits, key);
	} while (x >= count);
	return x;
}

/* The host's own share of something, of which its kind's hosts have all from 0 to 1, evenly. */
static double draw(const struct population *population, const struct resident *resident, enum purpose purpose,
		   uint64_t which)
{
	uint64_t key = population->networks[resident->network].key;
	uint64_t at = permute(resident->index, resident->count, key_for(key + resident->kind, purpose, which));
	return ((double)at + 0.5) / (double)resident->count;
}

/* Before, within or after the network: <0, 0, >0; *offset is the address's number in it. */
static int network_compare(const struct network *network, const struct address *address, uint64_t *offset)
{
	size_t length = address_length(&network->prefix);
	if (address->family != network->prefix.family)
		return address->family < network->prefix.family ? -1 : 1;
	int order = length > 4 ? memcmp(address->bytes, network->prefix.bytes, length - 4) : 0;
	if (order)
		return order;
	uint32_t theirs = 0, ours = 0;
	for (size_t i = length - 4; i < length; i++) {
		theirs = theirs << 8 | address->bytes[i];
		ours = ours << 8 | network->prefix.bytes[i];
	}
	if (theirs < ours)
		return -1;
	*offset = theirs - ours;
	return *offset >> network->host_bits ? 1 : 0;
}

static const struct network *network_find(const struct population *population, const struct address *address,
					  uint64_t *offset)
{
	size_t low = 0, high = population->network_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = network_compare(&population->networks[middle], address, offset);
		if (order == 0)
			return &population->networks[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

bool population_find(const struct population *population, const struct address *address, struct resident *out)
{
	uint64_t offset;
	const struct network *network = network_find(population, address, &offset);
	if (!network)
		return false;
	const struct start *starts = population->starts + network->share_first;
	uint64_t hosts = starts[network->share_count].rank;
	uint64_t rank = permute(offset, 1ull << network->host_bits, key_for(network->key, PURPOSE_RANK, 0));
	if (rank >= hosts)
		return false;
	uint32_t i = 0;
	while (rank >= starts[i + 1].rank)
		i++;
	out->network = (uint32_t)(network - population->networks);
	out->kind = starts[i].kind;
	out->index = rank - starts[i].rank;
	out->count = starts[i + 1].rank - starts[i].rank;
	return true;
}

/* The port this place is on. */
static uint16_t place_port(const struct population *population, const struct resident *resident, uint32_t which)
{
	const struct population_place *place = &population->places[which];
	const struct population_ports *ports = population->ports + place->ports_first;
	if (place->ports_count == 1 && ports->first == ports->last)
		return ports->first;
	double at = draw(population, resident, PURPOSE_PORT, which) * population->port_weights[which];
	uint32_t i = 0;
	while (i + 1 < place->ports_count && at >= ports[i].weight)
		at -= ports[i++].weight;
	uint32_t width = ports[i].last - ports[i].first + 1u, step = (uint32_t)(at / ports[i].weight * width);
	return (uint16_t)(ports[i].first + (step < width ? step : width - 1));
}

static bool place_taken(const struct population *population, const struct resident *resident, uint32_t which)
{
	double chance = population->places[which].chance;
	return chance >= 1 || draw(population, resident, PURPOSE_CHANCE, which) < chance;
}

/* Which of the place's ports this is, counted through all of its ranges; UINT32_MAX: none of them. */
static uint32_t place_position(const struct population *population, const struct population_place *place, uint16_t port)
{
	uint32_t before = 0;
	for (uint32_t i = 0; i < place->ports_count; i++) {
		const struct population_ports *ports = &population->ports[place->ports_first + i];
		if (ports->first <= port && port <= ports->last)
			return before + port - ports->first;
		before += ports->last - ports->first + 1u;
	}
	return UINT32_MAX;
}

/* A place that is on every port: each port's hosts are a whole number, and those of all ports add up to the chance. */
static bool place_here(const struct population *population, const struct resident *resident, uint32_t which, uint16_t port,
		       uint32_t position)
{
	double per_port = population->places[which].chance * (double)resident->count;
	uint64_t before = (uint64_t)(position * per_port + 0.5), after = (uint64_t)((position + 1) * per_port + 0.5);
	if (after == before)
		return false;
	uint64_t key = population->networks[resident->network].key + resident->kind;
	uint64_t rank = permute(resident->index, resident->count, key_for(key, PURPOSE_EVERY, (uint64_t)which << 16 | port));
	return rank < after - before;
}

static bool place_holds(const struct population *population, const struct resident *resident, uint32_t which, uint16_t port)
{
	const struct population_place *place = &population->places[which];
	uint32_t position = place_position(population, place, port);
	if (position == UINT32_MAX)
		return false;
	if (place->every)
		return place_here(population, resident, which, port, position);
	return place_taken(population, resident, which) && place_port(population, resident, which) == port;
}

struct tenant population_port(const struct population *population, const struct resident *resident, uint16_t port)
{
	const struct population_kind *kind = &population->kinds[resident->kind];
	for (uint32_t which = kind->place_first; which < kind->place_first + kind->place_count; which++) {
		if (place_holds(population, resident, which, port))
			return (struct tenant){ population->places[which].behaviour, which };
	}
	return (struct tenant){ kind->other, UINT32_MAX };
}

enum shun_scope population_shuns(const struct population *population, const struct resident *resident)
{
	return population->kinds[resident->kind].shuns;
}

double population_draw(const struct population *population, const struct resident *resident, uint64_t purpose)
{
	return draw(population, resident, PURPOSE_DRAW, purpose);
}

uint64_t population_number(const struct population *population, const struct resident *resident, uint64_t purpose)
{
	uint64_t key = key_for(population->networks[resident->network].key, PURPOSE_NUMBER, purpose);
	return mix(mix(key + resident->kind) + resident->index);
}

/* From 0 to jitter_ns and back, one step for four of time, so that what is sent later arrives later. */
static uint64_t wander(uint64_t jitter_ns, uint64_t at_ns)
{
	uint64_t half_ns = 4 * jitter_ns, in_period = jitter_ns ? at_ns % (2 * half_ns) : 0;
	return (in_period < half_ns ? in_period : 2 * half_ns - in_period) / 4;
}

struct sim_path population_path(const struct population *population, const struct resident *resident, uint64_t now_ns)
{
	const struct network *network = &population->networks[resident->network];
	uint64_t key = key_for(network->key, PURPOSE_RTT, resident->kind);
	uint64_t number = mix(key + resident->index), u = number >> 48; /* 16 bits; squared, so that most are near */
	uint64_t spread_us = network->rtt_spread_ns / 1000 * (u * u >> 16) >> 16;
	uint64_t jitter_ns = wander(network->jitter_ns, now_ns + (number & 0xffffffffffff));
	return (struct sim_path){ network->rtt_min_ns + spread_us * 1000 + jitter_ns, network->loss };
}

static int network_by_address(const void *a, const void *b)
{
	return address_compare(&((const struct network *)a)->prefix, &((const struct network *)b)->prefix);
}

/* Ranks at which the shares of a network begin: cumulative weights, rounded, so that they add up to all its hosts. */
static void fill_network(struct population *population, struct network *network,
			 const struct population_description *description, struct start **next)
{
	const struct population_network *from = &description->networks[network->position];
	const struct population_share *shares = description->shares + from->share_first;
	double sum = 0, hosts = (double)(uint64_t)(from->density * (double)(1ull << network->host_bits) + 0.5), before = 0;
	for (size_t i = 0; i < from->share_count; i++)
		sum += shares[i].weight;
	network->share_first = (uint32_t)(*next - population->starts);
	network->share_count = from->share_count;
	for (size_t i = 0; i < from->share_count; i++) {
		*(*next)++ = (struct start){ (uint64_t)(before / sum * hosts + 0.5), shares[i].kind };
		before += shares[i].weight;
	}
	*(*next)++ = (struct start){ (uint64_t)hosts, 0 };
}

static int fill_networks(struct population *population, const struct population_description *description, uint64_t seed,
			 struct error *why)
{
	for (size_t i = 0; i < description->network_count; i++) {
		const struct population_network *from = &description->networks[i];
		population->networks[i] = (struct network){
			.prefix = from->prefix,
			.host_bits = (uint8_t)(8 * address_length(&from->prefix) - from->prefix_bits),
			.key = key_for(seed, PURPOSE_NUMBER, i),
			.rtt_min_ns = from->rtt_min_ns,
			.rtt_spread_ns = from->rtt_max_ns - from->rtt_min_ns,
			.jitter_ns = from->jitter_ns,
			.loss = (uint32_t)(from->loss * 4294967296.0),
			.position = (uint32_t)i,
		};
	}
	struct start *next = population->starts;
	qsort(population->networks, population->network_count, sizeof *population->networks, network_by_address);
	for (size_t i = 0; i < population->network_count; i++) {
		uint64_t offset;
		fill_network(population, &population->networks[i], description, &next);
		if (i == 0 || network_compare(&population->networks[i - 1], &population->networks[i].prefix, &offset) != 0)
			continue;
		char text[ADDRESS_TEXT_MAX];
		address_format(&population->networks[i].prefix, text);
		return error_set(why, ERR_INVALID, "network %s lies within another one", text);
	}
	return 0;
}

static void *copy(const void *from, size_t count, size_t size)
{
	void *to = calloc(count ? count : 1, size);
	if (to && from)
		memcpy(to, from, count * size);
	return to;
}

int population_create(struct population **out, const struct population_description *description, uint64_t seed,
		      struct error *why)
{
	int error = population_check(description, why);
	if (error)
		return error;
	struct population *population = calloc(1, sizeof *population);
	if (!population)
		return error_set(why, ERR_NO_MEMORY, "%s", error_text(ERR_NO_MEMORY));
	size_t starts = description->network_count;
	for (size_t i = 0; i < description->network_count; i++)
		starts += description->networks[i].share_count;
	population->network_count = description->network_count;
	population->kind_count = description->kind_count;
	population->place_count = description->place_count;
	population->ports_count = description->ports_count;
	population->networks = copy(NULL, description->network_count, sizeof *population->networks);
	population->starts = copy(NULL, starts, sizeof *population->starts);
	population->kinds = copy(description->kinds, description->kind_count, sizeof *population->kinds);
	population->places = copy(description->places, description->place_count, sizeof *population->places);
	population->ports = copy(description->ports, description->ports_count, sizeof *population->ports);
	population->port_weights = copy(NULL, description->place_count, sizeof *population->port_weights);
	error = error_set(why, ERR_NO_MEMORY, "%s", error_text(ERR_NO_MEMORY));
	if (!population->networks || !population->starts || !population->kinds || !population->places || !population->ports ||
	    !population->port_weights)
		goto cleanup;
	for (size_t i = 0; i < population->place_count; i++)
		for (uint32_t j = 0; j < population->places[i].ports_count; j++)
			population->port_weights[i] += population->ports[population->places[i].ports_first + j].weight;
	error = fill_networks(population, description, seed, why);
	if (error)
		goto cleanup;
	*out = population;
	return 0;
cleanup:
	population_destroy(population);
	return error;
}

void population_destroy(struct population *population)
{
	if (!population)
		return;
	free(population->networks);
	free(population->starts);
	free(population->kinds);
	free(population->places);
	free(population->ports);
	free(population->port_weights);
	free(population);
}
