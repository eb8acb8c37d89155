/* A target as Lua sees it while it is brief: handshakes, one after the other, of which those that came to nothing left no more than
 * numbers behind, and the first answer says all there is to know. Kept in C, so that it costs neither tables nor a stack of its own
 * while the answer is on its way. Whatever is not so simple is left to sonde/brief.lua, which makes a whole target
 * (sonde/target.lua) of it. */
#ifndef SONDE_LUA_BRIEF_H
#define SONDE_LUA_BRIEF_H

#include "lua_conn.h"

/* Pushes the target whose connection is on top of L's stack: `conn`, which is to be kept by the coroutine that gets it, as the first
 * of what that keeps (coro_start). */
void brief_push(lua_State *L, struct conn *conn);

/* The coroutine of the target on top of L's stack is over, and with it the connection: who still has the target gets errors. */
void brief_end(lua_State *L);

/* An attempt that came to nothing. */
struct brief_vain {
	const char *handshake; /* which the table of handshakes keeps */
	const char *outcome; /* a constant */
	uint64_t rtt_ns; /* 0: unknown */
	uint32_t packets, bytes; /* sent; `counted`: where that is known */
	uint16_t window; /* where it was opened, as `sent` and `acked` */
	bool opened, reused, sent, acked, counted;
};

/* What is known of a target, for its record. */
struct brief_told {
	const struct stream *stream; /* its last connection; only what does not change after the answer is of use in it */
	const struct syn_ack *syn_ack; /* the first */
	const struct brief_vain *vain;
	size_t vain_count;
	const char *handshake; /* the one that was answered, as all that follows; NULL: none was */
	uint64_t bytes; /* of frames sent until the answer */
	uint64_t lasted_ns; /* since the SYN-ACK */
	uint32_t packets;
	bool acked, reused;
};

/* Of the target at index 1. Pushes an array of the reasons for the attempts that came to nothing, false where there was none; nil where
 * there are no such attempts. */
struct brief_told brief_told(lua_State *L);

/* Pushes the table of functions that sonde/brief.lua builds on, and registers the userdata's metatable; once per state. */
void brief_register(lua_State *L);

#endif
