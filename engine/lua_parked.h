/* Brief targets whose first question waits for its answer, and whose policy asks that question apart (`first` in sonde/loader.lua):
 * neither a coroutine nor an object of Lua is kept for them meanwhile. */
#ifndef SONDE_LUA_PARKED_H
#define SONDE_LUA_PARKED_H

#include "lua_conn.h"

struct parked; /* one of them */
struct parking; /* all of a worker's */

/* It waits no longer, because its time is up. To be ended by parked_revive or parked_drop. */
typedef void (*parked_due_fn)(void *owner, struct parked *parked);

struct parking *parking_create(parked_due_fn due, void *owner); /* NULL when out of memory */
/* Closes what is still parked. Before the pool's end. */
void parking_destroy(struct parking *parking); /* NULL is fine */
/* The coroutines' pool, whose clock and timers they have; before the first is parked. */
void parking_use(struct parking *parking, struct coro_pool *pool);
uint32_t parking_count(const struct parking *parking);
struct parked *parking_newest(const struct parking *parking); /* NULL: there is none */

const struct stream *parked_stream(const struct parked *parked);
/* The one that a stream belongs to; NULL where it belongs to a conn, or nobody. */
struct parked *parked_of(const struct stream *stream);

/* Whether the brief target on top of L's stack, whose coroutine is over, is parked. */
bool parked_is(lua_State *L);
/* Makes objects of it again: pushes its conn, and the target as it was; it is no more. Raises when memory is out, with all as it was. */
struct coro_resource *parked_revive(lua_State *L, struct parked *parked);
/* Closes its connection, and forgets it. */
void parked_drop(struct parked *parked);

/* Adds to the table on top of L's stack, for sonde/brief.lua: parking(handshakes, timeouts), which makes park(target, name, options):
 * the same as ask (lua_brief), but where it may it parks the target, which then is over for Lua, and returns nil and "parked". */
void parking_register(lua_State *L, struct parking *parking);

#endif
