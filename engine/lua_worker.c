#include "lua_worker.h"

#include "lua_brief.h"
#include "lua_conn.h"
#include "lua_json.h"
#include "lua_list.h"
#include "script.h"

#include <stdio.h>

/* LUA_NOREF where there is none. */
static int take_function(lua_State *L, const char *name)
{
	lua_getfield(L, -1, name);
	if (lua_isnil(L, -1)) {
		lua_pop(L, 1);
		return LUA_NOREF;
	}
	return luaL_ref(L, LUA_REGISTRYINDEX);
}

static void push_engine(lua_State *L, const luaL_Reg *engine, void *owner, struct parking *parking)
{
	lua_createtable(L, 0, 8);
	for (; engine->name; engine++) {
		lua_pushlightuserdata(L, owner);
		lua_pushcclosure(L, engine->func, 1);
		lua_setfield(L, -2, engine->name);
	}
	conn_register(L);
	lua_getfield(L, LUA_REGISTRYINDEX, CONN_PRIMITIVES);
	lua_setfield(L, -2, "primitives");
	brief_register(L);
	parking_register(L, parking);
	lua_setfield(L, -2, "brief");
	lua_json_open(L);
	lua_setfield(L, -2, "json");
	lua_pushcfunction(L, lua_list_directory);
	lua_setfield(L, -2, "list");
}

struct birth {
	const struct worker_functions *functions;
	struct coro_pool *pool;
	struct stream *stream;
	struct parked *parked; /* in place of the stream */
	struct coro_resource *resource;
	int ref;
};

/* Returns the conn of a brief target; that of a whole one is the target's. */
static int make_target(lua_State *L)
{
	struct birth *birth = lua_touserdata(L, 1);
	bool brief = birth->functions->ended != LUA_NOREF;
	if (!brief)
		lua_rawgeti(L, LUA_REGISTRYINDEX, birth->functions->new_target);
	struct conn *conn = conn_push(L, birth->pool, birth->stream);
	birth->resource = conn_resource(conn);
	if (brief)
		brief_push(L, conn);
	else
		lua_call(L, 1, 1);
	birth->ref = luaL_ref(L, LUA_REGISTRYINDEX);
	return lua_gettop(L) - 1;
}

/* The same for one that was parked. */
static int revive_target(lua_State *L)
{
	struct birth *birth = lua_touserdata(L, 1);
	lua_pushboolean(L, 0);
	birth->ref = luaL_ref(L, LUA_REGISTRYINDEX); /* first: nothing can be raised once it is revived */
	birth->resource = parked_revive(L, birth->parked);
	lua_rawseti(L, LUA_REGISTRYINDEX, birth->ref);
	return 1;
}

struct load {
	struct worker_functions *functions;
	const luaL_Reg *engine;
	void *owner;
	struct parking *parking;
};

/* suspend(pool): until the coroutine is ended from outside. */
static int suspend(lua_State *L)
{
	struct coro *coro = coro_running(lua_touserdata(L, 1), L);
	return coro ? coro_suspend(coro, L, UINT64_MAX, NULL, NULL) : luaL_error(L, CORO_NO_WAIT);
}

/* Arguments: the load, the options. Raises on failure. */
static int load_scan(lua_State *L)
{
	struct load *load = lua_touserdata(L, 1);
	lua_getglobal(L, "require");
	lua_pushliteral(L, "sonde.scan");
	lua_call(L, 1, 1);
	push_engine(L, load->engine, load->owner, load->parking);
	lua_pushvalue(L, 2);
	lua_call(L, 2, 2);
	if (lua_isnil(L, -2)) {
		lua_tostring(L, -1);
		return lua_error(L);
	}
	lua_pop(L, 1);
	load->functions->new_target = take_function(L, "new_target");
	load->functions->run = take_function(L, "run");
	load->functions->fail = take_function(L, "fail");
	load->functions->refused = take_function(L, "refused");
	load->functions->killed = take_function(L, "killed");
	load->functions->expected = take_function(L, "expected");
	load->functions->tally = take_function(L, "tally");
	load->functions->ended = take_function(L, "ended");
	load->functions->resume = take_function(L, "resume");
	lua_pushcfunction(L, suspend);
	load->functions->suspend = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_pushcfunction(L, revive_target);
	load->functions->revive = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_pushcfunction(L, make_target);
	load->functions->make = luaL_ref(L, LUA_REGISTRYINDEX);
	return 0;
}

int lua_worker_load(lua_State *L, struct worker_functions *functions, const luaL_Reg *engine, void *owner,
		    struct parking *parking, struct error *why)
{
	struct load load = { functions, engine, owner, parking };
	lua_pushcfunction(L, load_scan);
	lua_insert(L, -2);
	lua_pushlightuserdata(L, &load);
	lua_insert(L, -2);
	script_enter_loading(L);
	int status = lua_pcall(L, 2, 0, 0);
	script_leave(L);
	if (status == 0)
		return 0;
	const char *text = script_stopped() ? script_stopped() : lua_tostring(L, -1);
	error_set(why, ERR_SCRIPT, "%s", text ? text : "the scripts could not be loaded");
	lua_pop(L, 1);
	return ERR_SCRIPT;
}

int lua_worker_new_target(lua_State *L, const struct worker_functions *functions, struct coro_pool *pool,
			  struct stream *stream, struct coro_resource **resource, int *kept)
{
	struct birth birth = { functions, pool, stream, NULL, NULL, LUA_NOREF };
	int top = lua_gettop(L);
	lua_rawgeti(L, LUA_REGISTRYINDEX, functions->make);
	lua_pushlightuserdata(L, &birth);
	if (lua_pcall(L, 1, LUA_MULTRET, 0)) {
		lua_settop(L, top);
		if (birth.resource)
			conn_forget(birth.resource);
		return LUA_NOREF;
	}
	*resource = birth.resource;
	*kept = lua_gettop(L) - top;
	return birth.ref;
}

int lua_worker_revive(lua_State *L, const struct worker_functions *functions, struct parked *parked,
		      struct coro_resource **resource, int *kept)
{
	struct birth birth = { .parked = parked, .ref = LUA_NOREF };
	int top = lua_gettop(L);
	lua_rawgeti(L, LUA_REGISTRYINDEX, functions->revive);
	lua_pushlightuserdata(L, &birth);
	if (lua_pcall(L, 1, 1, 0)) {
		luaL_unref(L, LUA_REGISTRYINDEX, birth.ref);
		lua_settop(L, top);
		return LUA_NOREF;
	}
	*resource = birth.resource;
	*kept = 1;
	return birth.ref;
}

bool lua_worker_is_parked(lua_State *L, const struct worker_functions *functions, int target)
{
	if (functions->resume == LUA_NOREF)
		return false;
	lua_rawgeti(L, LUA_REGISTRYINDEX, target);
	bool is_parked = parked_is(L);
	lua_pop(L, 1);
	return is_parked;
}

void lua_worker_release(lua_State *L, const struct worker_functions *functions, int target)
{
	if (functions->ended != LUA_NOREF) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, target);
		brief_end(L);
		lua_pop(L, 1);
	}
	luaL_unref(L, LUA_REGISTRYINDEX, target);
}

void lua_worker_ended(lua_State *L, const struct worker_functions *functions, int target, lua_State *thread)
{
	int arguments = 1;
	lua_rawgeti(L, LUA_REGISTRYINDEX, functions->ended);
	lua_rawgeti(L, LUA_REGISTRYINDEX, target);
	if (thread) {
		lua_xmove(thread, L, 1);
		lua_pushthread(thread);
		lua_xmove(thread, L, 1);
		arguments = 3;
	}
	script_call(L, arguments, 0, NULL);
}

void lua_worker_fail(lua_State *L, const struct worker_functions *functions, int target, const char *message, bool stopped)
{
	lua_rawgeti(L, LUA_REGISTRYINDEX, functions->fail);
	lua_rawgeti(L, LUA_REGISTRYINDEX, target);
	lua_pushstring(L, message);
	lua_pushboolean(L, stopped);
	script_call(L, 3, 0, NULL);
}

void lua_worker_killed(lua_State *L, const struct worker_functions *functions, const struct endpoint *remote,
		       const char *message)
{
	char text[ADDRESS_TEXT_MAX];
	lua_rawgeti(L, LUA_REGISTRYINDEX, functions->killed);
	lua_pushstring(L, address_format(&remote->address, text));
	lua_pushinteger(L, remote->port);
	lua_pushstring(L, message);
	script_call(L, 3, 0, NULL);
}

void lua_worker_expected(lua_State *L, const struct worker_functions *functions, uint16_t port, char *out, size_t size)
{
	lua_rawgeti(L, LUA_REGISTRYINDEX, functions->expected);
	lua_pushinteger(L, port);
	out[0] = 0;
	if (script_call(L, 1, 1, NULL))
		return;
	const char *text = lua_tostring(L, -1);
	snprintf(out, size, "%s", text ? text : "");
	lua_pop(L, 1);
}

void lua_worker_refused(lua_State *L, const struct worker_functions *functions, const struct endpoint *remote,
			enum refusal refusal, uint8_t icmp_type, uint8_t icmp_code, uint64_t rtt_ns)
{
	char text[ADDRESS_TEXT_MAX];
	lua_rawgeti(L, LUA_REGISTRYINDEX, functions->refused);
	lua_pushstring(L, address_format(&remote->address, text));
	lua_pushinteger(L, remote->port);
	lua_pushstring(L, refusal == REFUSAL_REFUSED ? "refused" : "filtered");
	lua_pushboolean(L, refusal == REFUSAL_LOCAL);
	if (rtt_ns)
		lua_pushnumber(L, (double)rtt_ns / 1e9);
	else
		lua_pushnil(L);
	if (refusal == REFUSAL_UNREACHABLE) {
		lua_createtable(L, 0, 2);
		lua_pushinteger(L, icmp_type);
		lua_setfield(L, -2, "type");
		lua_pushinteger(L, icmp_code);
		lua_setfield(L, -2, "code");
	} else {
		lua_pushnil(L);
	}
	script_call(L, 6, 0, NULL);
}
