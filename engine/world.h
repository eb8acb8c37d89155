/* A simulated Internet behind a link: its population decides what each address and port is; middleboxes answer here,
 * servers answer on connections of a transport that listens on the world's server end. */
#ifndef SONDE_WORLD_H
#define SONDE_WORLD_H

#include "counters.h"
#include "link_sim.h"
#include "population.h"

#include <stdbool.h>
#include <stdint.h>

struct world;

/* Who runs the servers. Called when frames wait on the server end, and when `next` is due. */
struct world_servers {
	void *owner;
	void (*run)(void *owner);
	uint64_t (*next)(const void *owner);
};

/* Takes the population, also on failure. */
int world_create(struct world **out, struct population *population, uint64_t seed, struct error *why);
/* After its link was closed and its servers are gone. */
void world_destroy(struct world *world);

/* Without servers, ports where there should be one stay silent. */
void world_set_servers(struct world *world, const struct world_servers *servers);
/* A link of layer LINK_RAW_IP for the transport that listens for all addresses; the world's own. */
struct link *world_server_end(struct world *world);

/* The scanner's link into the world; one per world, since a world's time does not go back. */
int world_open_link(struct link **out, struct world *world, uint64_t seed, struct counters *counters, struct error *why);

/* What really is at an endpoint: for specs, and for the servers themselves; no scanner may ask. */
struct world_truth {
	bool exists; /* a host has this address */
	enum shun_scope shuns;
	struct resident resident; /* where it exists */
	struct tenant tenant; /* BEHAVIOUR_NOBODY where it does not */
};
struct world_truth world_truth(const struct world *world, const struct endpoint *endpoint);
/* What the hosts of a world follow from. */
const struct population *world_population(const struct world *world);
/* The hop limit a host's packets reach us with. */
uint8_t world_ttl(const struct world *world, const struct resident *resident);

#endif
