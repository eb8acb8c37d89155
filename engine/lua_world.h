/* Worlds written in Lua (scripts/world): the description is read into a population, and each connection to a server of it
 * runs as a coroutine in the world's own Lua state, on our own TCP behind the world's server end. */
#ifndef SONDE_LUA_WORLD_H
#define SONDE_LUA_WORLD_H

#include "world.h"

struct lua_world;

struct lua_world_config {
	const char *name; /* scripts/world/NAME.lua of the tree, or a path (with a slash or ending in .lua) */
	const char *lua_dir; /* the tree that holds engine/lua and scripts */
	bool jit; /* compile the servers: only for worlds whose scripts are trusted to end */
	uint64_t seed; /* of everything in it */
	uint32_t streams_max; /* server connections open at once; 0: the transport's default */
};

/* Loads a world with all its servers; nothing is left on failure, and `why` says what is wrong and where. */
int lua_world_load(struct lua_world **out, const struct lua_world_config *config, struct error *why);
/* After the link into it was closed. */
void lua_world_destroy(struct lua_world *world);

/* The scanner's link into it: one per loaded world. `counters` are the scanner's. */
int lua_world_open_link(struct lua_world *world, struct link **out, struct counters *counters, struct error *why);

/* What its author would scan: targets separated by spaces, and a list of ports; "" where the world names none. */
const char *lua_world_targets(const struct lua_world *world);
const char *lua_world_ports(const struct lua_world *world);

/* How many server connections ended in a script error, and the first one's message ("" while there is none). */
uint32_t lua_world_errors(const struct lua_world *world);
const char *lua_world_first_error(const struct lua_world *world);
/* Server connections that are open now. */
uint32_t lua_world_connections(const struct lua_world *world);

/* For specs, never for a scanner: what really is at an endpoint ("behaviour", or the server's name where it is "serve"). */
struct lua_world_truth {
	const char *behaviour; /* behaviour_name of it */
	const char *service; /* NULL where it is no server */
	const char *kind; /* NULL where nobody lives */
	const char *shuns; /* shun_name of whom; NULL: nobody */
	uint32_t network; /* number of its network in the description, from 0 */
};
struct lua_world_truth lua_world_truth(const struct lua_world *world, const struct endpoint *endpoint);

#endif
