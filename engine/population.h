/* Who lives at the addresses of a simulated Internet: everything about a host follows from a seed and its address, so that
 * a world of 2^32 addresses takes no memory. Within a network every share is exact, not drawn: hosts are ranked by a keyed
 * permutation of the network's addresses, and shares are ranges of ranks. Pure. */
#ifndef SONDE_POPULATION_H
#define SONDE_POPULATION_H

#include "address.h"
#include "error.h"
#include "link_sim.h"
#include "middlebox.h"
#include "shun.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POPULATION_HOST_BITS_MAX 32 /* so an IPv6 network is a /96 or longer */

/* The description: flat arrays, in which the owner's `first` and `count` name a run of another array. */

struct population_network {
	struct address prefix; /* bits after prefix_bits are zero */
	uint8_t prefix_bits;
	double density; /* share of addresses with a host, 0 to 1 */
	uint64_t rtt_min_ns, rtt_max_ns; /* drawn per host, short ones more often */
	uint64_t jitter_ns; /* a host's delay wanders by up to this much, so slowly that no frame overtakes another */
	double loss; /* of each frame, each way */
	uint32_t share_first, share_count;
};

struct population_share {
	uint32_t kind;
	double weight; /* among the shares of one network */
};

struct population_kind {
	uint32_t place_first, place_count; /* where two are on one port, the earlier one has it */
	enum behaviour other; /* of all ports where no place is */
	enum shun_scope shuns; /* after the first connection that was answered */
};

/* Something on one port of a host. */
struct population_place {
	double chance; /* share of the kind's hosts that have it */
	bool every; /* on every one of its ports, each with that chance, instead of on one of them */
	enum behaviour behaviour;
	uint32_t ports_first, ports_count;
};

struct population_ports {
	uint16_t first, last;
	double weight; /* of the whole range, among the ranges of one place */
};

struct population_description {
	const struct population_network *networks; /* prefixes must not overlap */
	const struct population_share *shares;
	const struct population_kind *kinds;
	const struct population_place *places;
	const struct population_ports *ports;
	size_t network_count, share_count, kind_count, place_count, ports_count;
};

struct population;

/* A host, as far as its address says. */
struct resident {
	uint32_t network, kind;
	uint64_t index, count; /* its place among the network's `count` hosts of this kind */
};

/* What is on one port. */
struct tenant {
	enum behaviour behaviour;
	uint32_t place; /* number in the description; UINT32_MAX: none, it is the kind's `other` */
};

/* Copies the description, and checks that it holds together: ERR_INVALID with a sentence where it does not. */
int population_create(struct population **out, const struct population_description *description, uint64_t seed,
		      struct error *why);
void population_destroy(struct population *population);

/* False: nobody lives there. */
bool population_find(const struct population *population, const struct address *address, struct resident *out);
struct tenant population_port(const struct population *population, const struct resident *resident, uint16_t port);
enum shun_scope population_shuns(const struct population *population, const struct resident *resident);
/* The way to and from a host at a moment. */
struct sim_path population_path(const struct population *population, const struct resident *resident, uint64_t now_ns);
/* A share from 0 to 1, another one for each purpose; exact as all shares are: among n hosts of one kind in one network,
 * each of (0.5, 1.5 ... n-0.5) / n is one host's. */
double population_draw(const struct population *population, const struct resident *resident, uint64_t purpose);
/* A number that is this host's own, another one for each purpose. */
uint64_t population_number(const struct population *population, const struct resident *resident, uint64_t purpose);

#endif
