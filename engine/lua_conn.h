/* Connections as Lua sees them: a userdata with the primitives that sonde/conn.lua builds its methods on. */
#ifndef SONDE_LUA_CONN_H
#define SONDE_LUA_CONN_H

#include "coro.h"

#define CONN_RECEIVE_MAX (256u << 10) /* bytes one connection may deliver; more is outcome "overflow" */

#define CONN_PRIMITIVES "sonde.conn.primitives" /* registry: the table of primitives, for the engine's own Lua */

struct conn;

/* handler.data and handler.event of a transport whose streams are conns; `owner` is not used. */
void conn_on_data(void *owner, struct stream *stream, const uint8_t *bytes, size_t length);
void conn_on_event(void *owner, struct stream *stream, enum stream_event event);

/* Makes a conn of a stream that was just opened and pushes it onto L's stack (a userdata with the methods of
 * sonde.conn); it owns the stream and closes it when it is collected or its coroutine ends. Pass conn_resource of it to
 * coro_start with the coroutine that is to have it. Raises a Lua error when out of memory (the stream is then still the
 * caller's). */
struct conn *conn_push(lua_State *L, struct coro_pool *pool, struct stream *stream);
struct coro_resource *conn_resource(struct conn *conn);
/* What the SYN-ACK said, of the conn at `index`; NULL where nobody knows, or there is no conn. Raises where it is something else. */
const struct syn_ack *conn_syn_ack(lua_State *L, int index);
/* Why its wait for the first answer is over, if it is: "answered", what ended the connection, or that nothing came in time. */
const char *conn_first_outcome(const struct coro_resource *resource);
/* Unties the conn from its stream without closing it. */
void conn_forget(struct coro_resource *resource);

/* Opens another connection to `remote` for the running coroutine of `pool` and suspends it: Lua gets the conn, or nil and
 * an outcome ("refused", "filtered", "unreachable", "local"). */
int conn_connect(struct coro_pool *pool, lua_State *L, const struct endpoint *remote, int retries);

/* For C functions called by the running coroutine: runs the handshake with the conn and the table of fields that lie above it on top
 * of L's stack. Returns how many results it pushed: true; or false, what it raised, and its thread as the error left it; or
 * CORO_WAITS: what calls is to `return lua_yield(L, lua_gettop(L))`, and gets these results later, or nil and the outcome of the
 * wait that was the last thing a handshake for the first answer did. */
int conn_handshake(lua_State *L, struct coro_pool *pool);

/* Registers the userdata's metatable, with the methods of sonde/conn.lua; once per state, raises Lua errors. */
void conn_register(lua_State *L);

#endif
