/* A target as Lua sees it while it is brief: one connection and one handshake on it, of which the first answer says all there is
 * to know. Kept in C, so that it costs neither tables nor a stack of its own while the answer is on its way. Whatever is not so
 * simple is left to sonde/brief.lua, which makes a whole target (sonde/target.lua) of it. */
#ifndef SONDE_LUA_BRIEF_H
#define SONDE_LUA_BRIEF_H

#include "lua_conn.h"

/* Pushes the target whose connection is on top of L's stack: `conn`, which is to be kept by the coroutine that gets it, as the first
 * of what that keeps (coro_start). */
void brief_push(lua_State *L, struct conn *conn);

/* The coroutine of the target on top of L's stack is over, and with it the connection: who still has the target gets errors. */
void brief_end(lua_State *L);

/* What is known of an answered target, for its record. */
struct brief_told {
	const struct stream *stream; /* its connection; only what does not change after the answer is of use in it */
	const char *handshake;
	uint64_t bytes; /* of frames sent until the answer */
	uint64_t lasted_ns; /* since the SYN-ACK */
	uint32_t packets;
	bool acked;
};

/* Of the target at index 1. */
struct brief_told brief_told(lua_State *L);

/* Pushes the table of functions that sonde/brief.lua builds on, and registers the userdata's metatable; once per state. */
void brief_register(lua_State *L);

#endif
