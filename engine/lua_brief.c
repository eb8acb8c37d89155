#include "lua_brief.h"

#include "lua_conn_internal.h"

#include <luajit-2.1/lauxlib.h>
#include <string.h>

#define OVER "this target is over: keep what is wanted of it, not the target"
#define DATA_MAX 4096 /* bytes of an answer that signatures see and a record keeps */

static const char brief_mark; /* its address tells a brief target from any other userdata */
static const char brief_key; /* its address is the registry key of the metatable */

enum brief_stage {
	BRIEF_NEW, /* nothing was asked */
	BRIEF_ASKED, /* a handshake began; has_memo: the userdata's environment is what the try was given, and what was learnt */
	BRIEF_ANSWERED, /* the answer named the service; the environment is what conclude was given */
	BRIEF_WHOLE, /* a whole target has taken over: it is the environment */
};

struct brief {
	const void *mark;
	struct conn *conn; /* kept by the target's coroutine; NULL when that is over, though a script may have kept the target */
	uint64_t began_ns; /* the transport's clock */
	const char *handshake; /* its name, which the table of handshakes keeps; NULL while nothing was asked */
	uint64_t wire_sent; /* when it was answered, as all that follows */
	uint32_t packets_sent;
	uint16_t window;
	bool sent, acked;
	bool has_memo, has_learnt;
	uint8_t stage;
};

static struct brief *check_brief(lua_State *L)
{
	struct brief *brief = lua_touserdata(L, 1);
	if (!brief || lua_objlen(L, 1) != sizeof *brief || brief->mark != &brief_mark)
		luaL_error(L, "call it with a colon: target:try(...)");
	return brief;
}

/* The same of a target whose coroutine still runs. */
static struct brief *check_current(lua_State *L)
{
	struct brief *brief = check_brief(L);
	if (!brief->conn)
		luaL_error(L, OVER);
	return brief;
}

void brief_end(lua_State *L)
{
	struct brief *brief = lua_touserdata(L, -1);
	brief->conn = NULL;
}

static uint64_t now_ns(const struct brief *brief)
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
	brief->began_ns = now_ns(brief);
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

/* What is to be remembered of the try beside its name becomes the environment of the target at index 1: the options, at index 3; or,
 * where the handshake wrote fields, an array of them and the options. It was given one table for all targets to write to (upvalue 3),
 * as most write nothing before they have an answer: `taken`, it is this target's now. */
static void keep_memo(lua_State *L, struct brief *brief, bool taken)
{
	int top = lua_gettop(L);
	lua_pushnil(L);
	brief->has_learnt = taken || lua_next(L, lua_upvalueindex(3)) != 0;
	lua_settop(L, top);
	brief->has_memo = brief->has_learnt || lua_istable(L, 3);
	if (!brief->has_memo)
		return;
	if (brief->has_learnt) {
		lua_createtable(L, 2, 0);
		lua_pushvalue(L, lua_upvalueindex(3));
		lua_rawseti(L, -2, 1);
		lua_pushvalue(L, 3);
		lua_rawseti(L, -2, 2);
		lua_createtable(L, 0, 0);
		lua_replace(L, lua_upvalueindex(3));
	} else {
		lua_pushvalue(L, 3);
	}
	lua_setfenv(L, 1);
}

/* ask(target, name, options): runs the first handshake as far as its first wait. Nothing where that is not for us: the handshake
 * does not exist, or there are options that matter (read_options), or the connection is no longer as it was when it opened;
 * else as context.handshake. Upvalues: the handshakes and the timeouts by name, and what handshakes write to. */
static int brief_ask(lua_State *L)
{
	struct brief *brief = check_current(L);
	struct conn *conn = brief->conn;
	lua_settop(L, 3);
	struct coro *coro = coro_running(conn->pool, L);
	if (brief->stage != BRIEF_NEW || !coro || conn->resource.holder != coro || !conn->stream || conn->outcome ||
	    conn->stream->bytes_received > 0 || conn->stream->transport->ops->begin)
		return 0;
	lua_pushvalue(L, 2);
	lua_rawget(L, lua_upvalueindex(2));
	double seconds = lua_tonumber(L, 4);
	if (lua_isnil(L, 4) || !read_options(L, 3, &seconds))
		return 0;
	lua_settop(L, 3);
	lua_pushvalue(L, 2);
	lua_rawget(L, lua_upvalueindex(1));
	coro_push_kept(coro, L, 0);
	lua_pushvalue(L, lua_upvalueindex(3));
	brief->stage = BRIEF_ASKED;
	brief->handshake = lua_tostring(L, 2);
	conn_begin_handshake(conn, seconds, true);
	int results = conn_handshake(L, conn->pool);
	keep_memo(L, brief, coro_is_nested(coro));
	return results == CORO_WAITS ? lua_yield(L, lua_gettop(L)) : results;
}

/* answer(target): the first bytes that came, those we had sent, and the port. */
static int brief_answer(lua_State *L)
{
	const struct conn *conn = check_current(L)->conn;
	size_t length = buffer_length(&conn->received);
	lua_pushlstring(L, (const char *)buffer_bytes(&conn->received), length < DATA_MAX ? length : DATA_MAX);
	lua_pushlstring(L, (const char *)buffer_bytes(&conn->said), buffer_length(&conn->said));
	lua_pushinteger(L, conn_facts(conn)->remote.port);
	return 3;
}

/* conclude(target, table): the answer named the service, which the table (kept for `stage`) says more of: true, unless there is
 * more to say of the connection than that. */
static int brief_conclude(lua_State *L)
{
	struct brief *brief = check_current(L);
	luaL_checktype(L, 2, LUA_TTABLE);
	const struct stream *stream = conn_facts(brief->conn);
	if (brief->stage != BRIEF_ASKED || brief->has_learnt || stream->synack_repeats > 0 || stream->window_open_us > 0 ||
	    stream->reset_length > 0)
		return 0;
	lua_settop(L, 2);
	lua_setfenv(L, 1);
	brief->stage = BRIEF_ANSWERED;
	brief->wire_sent = stream->wire_sent;
	brief->packets_sent = stream->packets_sent;
	brief->window = stream->window;
	brief->sent = stream->bytes_queued > 0;
	brief->acked = brief->sent && stream->bytes_acked > 0;
	lua_pushboolean(L, 1);
	return 1;
}

/* facts(target): what is known once it is answered: sent, acked, packets, bytes, rtt, window. */
static int brief_facts(lua_State *L)
{
	const struct brief *brief = check_current(L);
	uint64_t rtt_ns = conn_facts(brief->conn)->rtt_ns;
	lua_pushboolean(L, brief->sent);
	lua_pushboolean(L, brief->acked);
	lua_pushnumber(L, brief->packets_sent);
	lua_pushnumber(L, (double)brief->wire_sent);
	if (rtt_ns)
		lua_pushnumber(L, (double)rtt_ns / 1e9);
	else
		lua_pushnil(L);
	lua_pushinteger(L, brief->window);
	return 6;
}

/* stage(target): the name of the handshake that was asked; then what conclude was given, where it is answered; or else nil and the
 * whole target, where there is one; or else twice nil, the options and what the handshake wrote, where there are any. */
static int brief_stage(lua_State *L)
{
	const struct brief *brief = check_brief(L);
	lua_settop(L, 1);
	lua_pushstring(L, brief->handshake);
	lua_settop(L, brief->stage == BRIEF_ANSWERED ? 2 : brief->stage == BRIEF_WHOLE ? 3 : 4);
	if (brief->stage > BRIEF_ASKED || brief->has_memo)
		lua_getfenv(L, 1);
	if (brief->stage == BRIEF_ASKED && brief->has_learnt) {
		lua_rawgeti(L, 5, 2);
		lua_rawgeti(L, 5, 1);
		lua_remove(L, 5);
	}
	return lua_gettop(L) - 1;
}

/* become(target, whole): from now on, the table `whole` stands for it. */
static int brief_become(lua_State *L)
{
	struct brief *brief = check_current(L);
	lua_settop(L, 2);
	lua_setfenv(L, 1);
	brief->stage = BRIEF_WHOLE;
	return 0;
}

/* conn(target): its connection, and how long ago it opened, in ns. */
static int brief_conn(lua_State *L)
{
	const struct brief *brief = check_current(L);
	coro_push_kept(brief->conn->resource.holder, L, 0);
	lua_pushnumber(L, (double)(now_ns(brief) - brief->began_ns));
	return 2;
}

/* known(target): what conclude was given, and the port; nil where it is not answered, or no longer brief. */
static int brief_known(lua_State *L)
{
	const struct brief *brief = check_current(L);
	if (brief->stage != BRIEF_ANSWERED)
		return 0;
	lua_getfenv(L, 1);
	lua_pushinteger(L, conn_facts(brief->conn)->remote.port);
	return 2;
}

struct brief_told brief_told(lua_State *L)
{
	const struct brief *brief = check_current(L);
	return (struct brief_told){
		.stream = conn_facts(brief->conn), .handshake = brief->handshake, .packets = brief->packets_sent,
		.bytes = brief->wire_sent, .acked = brief->acked, .lasted_ns = now_ns(brief) - brief->began_ns,
	};
}

/* __index: address and port, a method (upvalue 1), or what sonde/brief.lua knows (upvalue 2). */
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
	switch (brief->conn || type == LUA_TFUNCTION ? type : LUA_TNIL) {
	case LUA_TFUNCTION:
		return 1;
	case LUA_TNUMBER:
		if (lua_tointeger(L, 3) == 1)
			lua_pushstring(L, address_format(&conn_facts(brief->conn)->remote.address, text));
		else
			lua_pushinteger(L, conn_facts(brief->conn)->remote.port);
		return 1;
	default:
		lua_pushvalue(L, lua_upvalueindex(2));
		lua_insert(L, 1);
		lua_settop(L, 3);
		lua_call(L, 2, 1);
		return 1;
	}
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
		{ "setup", brief_setup },   { "answer", brief_answer }, { "conclude", brief_conclude },
		{ "facts", brief_facts },   { "stage", brief_stage },   { "become", brief_become },
		{ "conn", brief_conn },     { "known", brief_known },   { NULL, NULL },
	};
	lua_createtable(L, 0, 8);
	luaL_register(L, NULL, functions);
}
