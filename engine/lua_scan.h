/* Scans for the command line's Lua: sonde.core.scan{...} and sonde.core.dry_run{...}. */
#ifndef SONDE_LUA_SCAN_H
#define SONDE_LUA_SCAN_H

#include <luajit-2.1/lua.h>

/* Adds to the table on top of the stack:
 *   scan(options)   a scan, or nil, a sentence, and the exit status. Options are the members of struct scan_options by
 *                   name (lists as arrays), those of sonde/scan.lua (paths, policy, protocol, full, timeout, host), and
 *                   sink(line), observe(seconds, local port, what, bytes): functions.
 *   dry_run(options, each)   each(endpoint) for every target in order; true, or nil and a sentence.
 * A scan's methods: step(seconds) -> "sending"|"waiting"|"done", or nil and a sentence; stop(); progress(), counters(),
 * notes(), seed(), transport(), world_errors(), tally(); close(abandon) -> true, or nil and a sentence. */
void lua_scan_open(lua_State *L);

#endif
