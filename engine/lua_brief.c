#include "lua_brief.h"

#include "lua_brief_internal.h"
#include "lua_conn_internal.h"

#include <luajit-2.1/lauxlib.h>
#include <stdlib.h>
#include <string.h>

#define OVER "this target is over: keep what is wanted of it, not the target"
#define DATA_MAX 4096 /* bytes of an answer that signatures see and a record keeps */

static const char brief_mark; /* its address tells a brief target from any other userdata */
static const char brief_key; /* its address is the registry key of the metatable */

static struct brief *check_brief(lua_State *L)
{
	struct brief *brief = lua_touserdata(L, 1);
	if (!brief || lua_objlen(L, 1) != sizeof *brief || brief->mark != &brief_mark)
		luaL_error(L, "call it with a colon: target:try(...)");
	return brief;
}

struct brief *brief_check_current(lua_State *L)
{
	struct brief *brief = check_brief(L);
	if (!brief->conn)
		luaL_error(L, OVER);
	return brief;
}

void brief_end(lua_State *L)
{
	struct brief *brief = lua_touserdata(L, -1);
	struct coro *coro = brief->conn->resource.holder;
	if (coro && brief->stage != BRIEF_WHOLE) {
		coro_push_kept(coro, L, 0);
		conn_retire(L);
		lua_pop(L, 1);
	}
	brief->conn = NULL;
	free(brief->past);
	brief->past = NULL;
}

uint64_t brief_now_ns(const struct brief *brief)
{
	struct transport *transport = coro_pool_transport(brief->conn->pool);
	return transport->ops->now(transport);
}

void brief_push(lua_State *L, struct conn *conn)
{
	struct brief *brief = lua_newuserdata(L, sizeof *brief);
	memset(brief, 0, sizeof *brief);
	brief->mark = &brief_mark;
	brief->conn = conn;
	brief->began_ns = brief_now_ns(brief);
	lua_pushlightuserdata(L, (void *)&brief_key);
	lua_rawget(L, LUA_REGISTRYINDEX);
	lua_setmetatable(L, -2);
}

/* Those beside the timeout are of use only after a first answer that did not name the service. */
static bool is_number(const char *key)
{
	return strcmp(key, "timeout") == 0 || strcmp(key, "settle") == 0 || strcmp(key, "syn_ack_again") == 0;
}

static bool is_flag(const char *key)
{
	return strcmp(key, "fresh") == 0 || strcmp(key, "full") == 0 || strcmp(key, "keep") == 0;
}

/* Whether the options of a try are such as an answer at once makes no difference to, and then its timeout. */
static bool read_options(lua_State *L, int index, double *seconds)
{
	if (lua_isnil(L, index))
		return *seconds > 0;
	if (!lua_istable(L, index))
		return false;
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
		const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
		int type = lua_type(L, -1);
		bool fits = type == LUA_TSTRING ? strcmp(key, "why") == 0 :
			    type == LUA_TBOOLEAN ? !lua_toboolean(L, -1) && is_flag(key) :
			    type == LUA_TNUMBER && lua_tonumber(L, -1) >= 0 && is_number(key);
		if (!fits)
			return false;
		if (strcmp(key, "timeout") == 0)
			*seconds = lua_tonumber(L, -1);
	}
	return *seconds > 0;
}

/* What is to be remembered of the try beside its name: the options, at index 3; or, where the handshake wrote fields, an array of them
 * and the options. It was given one table for all targets to write to (upvalue 3), as most write nothing before they have an answer:
 * `taken`, it is this target's now. */
static void keep_memo(lua_State *L, struct brief *brief, bool taken)
{
	int top = lua_gettop(L);
	lua_pushnil(L);
	brief->has_learnt = taken || lua_next(L, lua_upvalueindex(3)) != 0;
	lua_settop(L, top);
	brief->has_memo = false;
	if (brief->has_learnt) {
		lua_createtable(L, 2, 0);
		lua_pushvalue(L, lua_upvalueindex(3));
		lua_rawseti(L, -2, 1);
		lua_pushvalue(L, 3);
		lua_rawseti(L, -2, 2);
		lua_createtable(L, 0, 0);
		lua_replace(L, lua_upvalueindex(3));
	} else if (lua_istable(L, 3)) {
		lua_pushvalue(L, 3);
	} else {
		return;
	}
	brief_keep(L, brief);
}

/* The connection at index 4, which was opened for the question, becomes the target's. */
static void adopt(lua_State *L, struct brief *brief, struct coro *coro)
{
	struct conn *before = brief->conn;
	brief->conn = conn_check(L, 4);
	conn_discard(before);
	coro_keep(coro, L, 0);
	brief_continue(brief, false);
	brief->past->opened_ns = brief->past->asked_ns;
}

/* Whether there is a connection to ask on: the first while nothing was said on it, or the one at index 4. */
static bool has_connection(lua_State *L, struct brief *brief, struct coro *coro)
{
	if (brief->stage == BRIEF_CONNECTING) {
		adopt(L, brief, coro);
		return true;
	}
	if (!brief_continues(brief))
		return false;
	brief_continue(brief, true);
	return true;
}

/* ask(target, name, options, conn): runs a handshake as far as its first wait; conn: the connection that was opened for it, where one
 * was asked for. Nothing where that is not for us: the handshake does not exist, or there are options that matter (read_options), or
 * the first connection is no longer as it was when it opened; nil and "connect" where another is wanted; else as context.handshake.
 * Upvalues: the handshakes and the timeouts by name, and what handshakes write to; and where targets are parked (brief_wait). */
int brief_ask(lua_State *L)
{
	struct brief *brief = brief_check_current(L);
	lua_settop(L, 4);
	struct coro *coro = coro_running(brief->conn->pool, L);
	bool first = brief->stage == BRIEF_NEW, later = brief->stage == BRIEF_VAIN || brief->stage == BRIEF_CONNECTING;
	/* Of a target that another's coroutine asks, the coroutine that keeps the connection would be the wrong one. */
	if (!coro || brief->conn->resource.holder != coro || coro_pool_transport(brief->conn->pool)->ops->begin ||
	    !((later && brief_has_room(brief)) || (first && brief_continues(brief))))
		return 0;
	lua_pushvalue(L, 2);
	lua_rawget(L, lua_upvalueindex(2));
	double seconds = lua_tonumber(L, 5);
	if (lua_isnil(L, 5) || !read_options(L, 3, &seconds))
		return 0;
	lua_settop(L, 4);
	if (!has_connection(L, brief, coro)) {
		lua_pushnil(L);
		lua_pushliteral(L, "connect");
		return 2;
	}
	lua_settop(L, 3);
	lua_pushvalue(L, 2);
	lua_rawget(L, lua_upvalueindex(1));
	coro_push_kept(coro, L, 0);
	lua_pushvalue(L, lua_upvalueindex(3));
	brief->stage = BRIEF_ASKED;
	brief->handshake = lua_tostring(L, 2);
	conn_begin_handshake(brief->conn, seconds, true);
	int results = conn_handshake(L, brief->conn->pool);
	keep_memo(L, brief, coro_is_nested(coro));
	return results == CORO_WAITS ? brief_wait(L, brief, coro) : results;
}

/* answer(target): the first bytes that came, those we had sent (none where these begin otherwise, and so are no echo), and the port. */
static int brief_answer(lua_State *L)
{
	const struct conn *conn = brief_check_current(L)->conn;
	const char *bytes = (const char *)buffer_bytes(&conn->received), *said = (const char *)buffer_bytes(&conn->said);
	size_t length = buffer_length(&conn->received), said_length = buffer_length(&conn->said);
	lua_pushlstring(L, bytes, length < DATA_MAX ? length : DATA_MAX);
	lua_pushlstring(L, said, length > 0 && said_length > 0 && *bytes == *said ? said_length : 0);
	lua_pushinteger(L, conn_facts(conn)->remote.port);
	return 3;
}

/* conclude(target, table): the answer named the service, which the table (kept for `begun`) says more of: true, unless there is
 * more to say of the connection than that. */
static int brief_conclude(lua_State *L)
{
	struct brief *brief = brief_check_current(L);
	luaL_checktype(L, 2, LUA_TTABLE);
	const struct stream *stream = conn_facts(brief->conn);
	if (brief->stage != BRIEF_ASKED || brief->has_learnt || brief->conn->tls || stream->synack_repeats > 0 ||
	    stream->window_open_us > 0 || stream->reset_length > 0)
		return 0;
	lua_settop(L, 2);
	brief_keep(L, brief);
	brief->stage = BRIEF_ANSWERED;
	brief->wire_sent = stream->wire_sent - (brief->past ? brief->past->wire_before : 0);
	brief->packets_sent = stream->packets_sent - (brief->past ? brief->past->packets_before : 0);
	brief->window = stream->window;
	brief->sent = stream->bytes_queued > 0;
	brief->acked = brief->sent && stream->bytes_acked > 0;
	lua_pushboolean(L, 1);
	return 1;
}

/* there(target): the whole target that has taken over, where one has. */
static int brief_there(lua_State *L)
{
	const struct brief *brief = check_brief(L);
	if (brief->stage != BRIEF_WHOLE)
		return 0;
	lua_getfenv(L, 1);
	return 1;
}

/* become(target, whole): from now on, the table `whole` stands for it. */
static int brief_become(lua_State *L)
{
	struct brief *brief = brief_check_current(L);
	lua_settop(L, 2);
	lua_setfenv(L, 1);
	brief->stage = BRIEF_WHOLE;
	return 0;
}

/* __index: address and port, a method (upvalue 1), what a whole target has, or what sonde/brief.lua knows (upvalue 2, which is given the
 * port as well). */
static int brief_index(lua_State *L)
{
	const struct brief *brief = check_brief(L);
	char text[ADDRESS_TEXT_MAX];
	lua_settop(L, 2);
	lua_pushvalue(L, 2);
	lua_rawget(L, lua_upvalueindex(1));
	int type = lua_type(L, 3);
	if (!brief->conn && brief->stage != BRIEF_WHOLE)
		luaL_error(L, OVER);
	if (type == LUA_TFUNCTION)
		return 1;
	if (brief->conn && type == LUA_TNUMBER) {
		if (lua_tointeger(L, 3) == 1)
			lua_pushstring(L, address_format(&conn_facts(brief->conn)->remote.address, text));
		else
			lua_pushinteger(L, conn_facts(brief->conn)->remote.port);
		return 1;
	}
	if (brief->stage == BRIEF_WHOLE) {
		lua_getfenv(L, 1);
		lua_pushvalue(L, 2);
		lua_gettable(L, -2);
		return 1;
	}
	lua_pop(L, 1);
	lua_pushvalue(L, lua_upvalueindex(2));
	lua_insert(L, 1);
	lua_pushinteger(L, conn_facts(brief->conn)->remote.port);
	lua_call(L, 3, 1);
	return 1;
}

/* setup(methods, index, newindex, handshakes, timeouts): what the targets of this state share. Returns ask. */
static int brief_setup(lua_State *L)
{
	lua_settop(L, 5);
	lua_pushlightuserdata(L, (void *)&brief_key);
	lua_createtable(L, 0, 4);
	lua_pushliteral(L, "target");
	lua_setfield(L, -2, "__metatable");
	lua_pushinteger(L, 1);
	lua_setfield(L, 1, "address");
	lua_pushinteger(L, 2);
	lua_setfield(L, 1, "port");
	lua_pushvalue(L, 1);
	lua_pushvalue(L, 2);
	lua_pushcclosure(L, brief_index, 2);
	lua_setfield(L, -2, "__index");
	lua_pushvalue(L, 3);
	lua_setfield(L, -2, "__newindex");
	lua_rawset(L, LUA_REGISTRYINDEX);
	lua_createtable(L, 0, 0);
	lua_pushcclosure(L, brief_ask, 3);
	return 1;
}

void brief_register(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "setup", brief_setup },	{ "answer", brief_answer },	{ "conclude", brief_conclude },
		{ "facts", brief_facts },	{ "there", brief_there },	{ "begun", brief_begun },
		{ "become", brief_become },	{ "conn", brief_conn },		{ "known", brief_known },
		{ "syn_ack", brief_syn_ack },	{ "in_vain", brief_in_vain },	{ "not_opened", brief_not_opened },
		{ "past", brief_past_attempt }, { "connect", brief_connect },	{ "first", brief_first },
		{ NULL, NULL },
	};
	lua_createtable(L, 0, 16);
	luaL_register(L, NULL, functions);
}
