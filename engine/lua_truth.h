/* What really is in a simulated world, for experiments that judge verdicts: sonde.core.truth{...}. No scanner sees it. */
#ifndef SONDE_LUA_TRUTH_H
#define SONDE_LUA_TRUTH_H

#include <luajit-2.1/lua.h>

/* Adds to the table on top of the stack:
 *   truth{ root = the Lua tree, world = name or path, seed = text }   the world a scan of the same seed meets, or nil and a
 *                                                                     sentence; its one method
 *   of(address, port)   { behaviour, service, kind, shuns, network }: see struct lua_world_truth */
void lua_truth_open(lua_State *L);

#endif
