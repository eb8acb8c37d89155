/* The worker's side of sonde/scan.lua: loads it, and calls the functions it returns. */
#ifndef SONDE_LUA_WORKER_H
#define SONDE_LUA_WORKER_H

#include "coro.h"
#include "error.h"
#include "lua_parked.h"
#include "transport.h"

#include <luajit-2.1/lauxlib.h>
#include <luajit-2.1/lua.h>

/* Registry references to what sonde/scan.lua returned. */
struct worker_functions {
	int new_target, run, fail, refused, killed, expected, tally;
	int make, revive; /* make a target, in C */
	int ended; /* LUA_NOREF: targets are whole from the start, and what `run` runs also writes the record */
	int resume; /* goes on with a target that was parked; LUA_NOREF: none ever is */
	int suspend; /* waits without end, in C */
};

/* Runs sonde/scan.lua with an `engine` table (the given functions, each with `owner` as its upvalue, and what every scan
 * needs) and the options table on top of L's stack, which is popped. 0, or ERR_SCRIPT with the sentence. */
int lua_worker_load(lua_State *L, struct worker_functions *functions, const luaL_Reg *engine, void *owner,
		    struct parking *parking, struct error *why);

/* Makes a target of a stream: a registry reference to it, and its conn's resource; LUA_NOREF when that failed (the stream
 * is then still the caller's). `kept` values are pushed, which its coroutine is to keep. */
int lua_worker_new_target(lua_State *L, const struct worker_functions *functions, struct coro_pool *pool,
			  struct stream *stream, struct coro_resource **resource, int *kept);

/* The same of a target that was parked, and is no longer, unless that failed. */
int lua_worker_revive(lua_State *L, const struct worker_functions *functions, struct parked *parked,
		      struct coro_resource **resource, int *kept);

/* Gives up the reference to a target whose coroutine is over. */
void lua_worker_release(lua_State *L, const struct worker_functions *functions, int target);

/* Whether it is parked, now that its coroutine is over. */
bool lua_worker_is_parked(lua_State *L, const struct worker_functions *functions, int target);

/* Writes the record of a brief target whose policy has ended; `thread`: by an error, which is on top of its stack; else NULL. */
void lua_worker_ended(lua_State *L, const struct worker_functions *functions, int target, lua_State *thread);

/* Writes the record of a target whose coroutine was ended from outside; `stopped`: by the end of the scan, not by its fault. */
void lua_worker_fail(lua_State *L, const struct worker_functions *functions, int target, const char *message, bool stopped);

/* Writes the record of a target for which a worker before this one had to be killed. */
void lua_worker_killed(lua_State *L, const struct worker_functions *functions, const struct endpoint *remote,
		       const char *message);

/* The protocol assigned to a port, into `out`; empty where none is. */
void lua_worker_expected(lua_State *L, const struct worker_functions *functions, uint16_t port, char *out, size_t size);

void lua_worker_refused(lua_State *L, const struct worker_functions *functions, const struct endpoint *remote,
			enum refusal refusal, uint8_t icmp_type, uint8_t icmp_code, uint64_t rtt_ns);

#endif
