#include "lua_parked.h"

#include "arena.h"
#include "lua_brief_internal.h"
#include "lua_conn_internal.h"
#include "timer.h"

#include <luajit-2.1/lauxlib.h>
#include <stdlib.h>

/* What cannot be had from the stream. All else of a conn is, before its first answer, as it was made. */
struct parked {
	struct timer timer; /* first: timer_fired casts back */
	struct parking *parking;
	struct parked *next, *previous; /* newer ones come first */
	struct stream *stream;
	struct buffer said;
	const char *handshake;
	uint64_t began_ns;
	uint32_t random_drawn;
	int memo; /* registry reference; LUA_NOREF: there is none */
	bool has_learnt;
};

struct parking {
	struct coro_pool *pool;
	struct arena *arena;
	struct parked *newest;
	uint32_t count;
	parked_due_fn due;
	void *owner;
};

struct parking *parking_create(parked_due_fn due, void *owner)
{
	struct parking *parking = calloc(1, sizeof *parking);
	if (!parking)
		return NULL;
	parking->due = due;
	parking->owner = owner;
	parking->arena = arena_create();
	if (!parking->arena) {
		free(parking);
		return NULL;
	}
	return parking;
}

void parking_destroy(struct parking *parking)
{
	if (!parking)
		return;
	while (parking->newest)
		parked_drop(parking->newest);
	arena_destroy(parking->arena);
	free(parking);
}

void parking_use(struct parking *parking, struct coro_pool *pool)
{
	parking->pool = pool;
}

uint32_t parking_count(const struct parking *parking)
{
	return parking->count;
}

struct parked *parking_newest(const struct parking *parking)
{
	return parking->newest;
}

struct parked *parked_of(const struct stream *stream)
{
	return stream->is_parked ? stream->user : NULL;
}

const struct stream *parked_stream(const struct parked *parked)
{
	return parked->stream;
}

static void timer_fired(struct timer *timer, uint64_t now_ns)
{
	(void)now_ns;
	struct parked *parked = (struct parked *)timer;
	parked->parking->due(parked->parking->owner, parked);
}

static void link_newest(struct parking *parking, struct parked *parked)
{
	parked->parking = parking;
	parked->previous = NULL;
	parked->next = parking->newest;
	if (parking->newest)
		parking->newest->previous = parked;
	parking->newest = parked;
	parking->count++;
}

/* The stream is somebody else's from now on, as what was said and the memo. */
static void forget(struct parked *parked)
{
	struct parking *parking = parked->parking;
	timer_stop(coro_pool_wheel(parking->pool), &parked->timer);
	if (parked->previous)
		parked->previous->next = parked->next;
	else
		parking->newest = parked->next;
	if (parked->next)
		parked->next->previous = parked->previous;
	parking->count--;
	arena_free(parking->arena, parked, sizeof *parked);
}

/* Takes over the target, whose handshake waits for its first answer. False where that cannot be done; then, and where something is
 * raised, all is as it was. */
static bool take(struct parking *parking, lua_State *L, struct brief *brief)
{
	struct conn *conn = brief->conn;
	if (brief->past || conn->tls || conn->trace || conn->has_fields || conn->outcome)
		return false;
	int memo = LUA_NOREF;
	if (brief->has_memo) {
		brief_push_memo(L, brief);
		memo = luaL_ref(L, LUA_REGISTRYINDEX);
	}
	struct parked *parked = arena_allocate(parking->arena, sizeof *parked);
	if (!parked) {
		luaL_unref(L, LUA_REGISTRYINDEX, memo);
		return false;
	}
	*parked = (struct parked){ .timer.fire = timer_fired, .stream = conn->stream, .said = conn->said,
				   .handshake = brief->handshake, .began_ns = brief->began_ns, .random_drawn = conn->random_drawn,
				   .memo = memo, .has_learnt = brief->has_learnt };
	conn->said = (struct buffer){ 0 };
	link_newest(parking, parked);
	timer_start(coro_pool_wheel(parking->pool), &parked->timer, conn->deadline_ns);
	conn_forget(&conn->resource);
	conn->waiting = NULL;
	conn->outcome = "closed";
	parked->stream->user = parked;
	parked->stream->is_parked = true;
	brief->stage = BRIEF_PARKED;
	brief->conn = NULL;
	return true;
}

int brief_wait(lua_State *L, struct brief *brief, struct coro *coro)
{
	struct parking *parking = lua_touserdata(L, lua_upvalueindex(4));
	if (!parking || coro_is_nested(coro) || !take(parking, L, brief))
		return lua_yield(L, lua_gettop(L));
	coro_push_kept(coro, L, 0);
	conn_retire(L);
	lua_pushnil(L);
	lua_pushliteral(L, "parked");
	return 2;
}

static int make_park(lua_State *L)
{
	lua_settop(L, 2);
	lua_createtable(L, 0, 0);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_pushcclosure(L, brief_ask, 4);
	return 1;
}

void parking_register(lua_State *L, struct parking *parking)
{
	lua_pushlightuserdata(L, parking);
	lua_pushcclosure(L, make_park, 1);
	lua_setfield(L, -2, "parking");
}

bool parked_is(lua_State *L)
{
	const struct brief *brief = lua_touserdata(L, -1);
	return brief->stage == BRIEF_PARKED;
}

struct coro_resource *parked_revive(lua_State *L, struct parked *parked)
{
	struct conn *conn = conn_new(L, parked->parking->pool);
	brief_push(L, conn);
	struct brief *brief = lua_touserdata(L, -1);
	brief->stage = BRIEF_ASKED;
	brief->handshake = parked->handshake;
	brief->began_ns = parked->began_ns;
	brief->has_learnt = parked->has_learnt;
	if (parked->memo != LUA_NOREF) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, parked->memo);
		lua_setfenv(L, -2);
		brief->has_memo = true;
		luaL_unref(L, LUA_REGISTRYINDEX, parked->memo);
	}
	conn->stream = parked->stream;
	conn->said = parked->said;
	conn->random_drawn = parked->random_drawn;
	conn->deadline_ns = parked->timer.due_ns;
	conn->begun = conn->first_only = true;
	conn->stream->user = conn;
	conn->stream->is_parked = false;
	forget(parked);
	return &conn->resource;
}

void parked_drop(struct parked *parked)
{
	struct stream *stream = parked->stream;
	luaL_unref(coro_pool_state(parked->parking->pool), LUA_REGISTRYINDEX, parked->memo);
	buffer_free(&parked->said);
	stream->user = NULL;
	stream->is_parked = false;
	stream->transport->ops->close(stream, CLOSE_RESET);
	forget(parked);
}
