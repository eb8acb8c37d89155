/* Coroutines of one Lua state: pooled, started when something answers, resumed when what they wait for is there, and
 * stopped when they loop or eat memory. Each coroutine runs one target (or, in a simulated world, one server connection). */
#ifndef SONDE_CORO_H
#define SONDE_CORO_H

#include "transport.h"

#include <luajit-2.1/lua.h>

struct coro_pool;
struct coro;

/* What a coroutine's end is reported with: `error` is NULL when its function returned, else the message with file and line.
 * `tag` is what coro_start was given. */
typedef void (*coro_done_fn)(void *owner, void *tag, const char *error);

struct coro_config {
	struct transport *transport; /* its clock is the coroutines' clock; borrowed */
	coro_done_fn done;
	void *owner;
};

/* `L` must be a state made by script_open (its allocator does the memory accounting). NULL when out of memory. */
struct coro_pool *coro_pool_create(lua_State *L, const struct coro_config *config);
/* Coroutines that still wait are dropped without being resumed; their conns' streams must be closed before. */
void coro_pool_destroy(struct coro_pool *pool);

/* Starts a coroutine: the function and its `arguments` arguments are on top of L's stack and are popped. It runs at once,
 * until it first waits. 0 or ERR_NO_MEMORY. */
int coro_start(struct coro_pool *pool, int arguments, void *tag);

uint32_t coro_pool_active(const struct coro_pool *pool);
/* Fires what is due (deadlines, sleeps); coro_pool_next says when that will be (UINT64_MAX: never). */
void coro_pool_advance(struct coro_pool *pool, uint64_t now_ns);
uint64_t coro_pool_next(const struct coro_pool *pool);

/* handler.data and handler.event of a transport whose streams are conns; `owner` is not used. */
void conn_on_data(void *owner, struct stream *stream, const uint8_t *bytes, size_t length);
void conn_on_event(void *owner, struct stream *stream, enum stream_event event);

/* Makes a conn of a stream that was just opened and pushes it onto L's stack (a userdata with the methods of
 * sonde.conn); from then on the conn owns the stream and closes it at the latest when its coroutine ends. */
int conn_push(struct coro_pool *pool, struct stream *stream);

#endif
