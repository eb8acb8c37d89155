#include "lua_conn_internal.h"

#include "error.h"

#include <luajit-2.1/lauxlib.h>
#include <stdlib.h>
#include <string.h>

static const char conn_mark; /* its address tells a conn from any other userdata */
static const char conn_key; /* its address is the registry key of the metatable */
static const char conn_retired_key; /* the same of the metatable without __gc */

struct conn *conn_check(lua_State *L, int index)
{
	struct conn *conn = lua_touserdata(L, index);
	if (!conn || lua_objlen(L, index) != sizeof *conn || conn->mark != &conn_mark)
		luaL_typerror(L, index, CONN_TYPE);
	return conn;
}

uint32_t conn_check_count(lua_State *L, int index, uint32_t most)
{
	lua_Number n = luaL_optnumber(L, index, most);
	if (!(n >= 0))
		luaL_argerror(L, index, "a count of bytes is not negative");
	return n < most ? (uint32_t)n : most;
}

uint32_t conn_unread(const struct conn *conn)
{
	return (uint32_t)buffer_length(&conn->received) - conn->read;
}

const struct stream *conn_facts(const struct conn *conn)
{
	static const struct stream unknown;
	return conn->stream ? conn->stream : conn->facts ? conn->facts : &unknown;
}

void conn_close(struct conn *conn, enum close_how how)
{
	if (!conn->stream)
		return;
	struct stream *stream = conn->stream;
	if (conn->tls && how == CLOSE_FINISH)
		conn_tls_finish(conn);
	coro_observe(conn->pool, stream, how == CLOSE_RESET ? "aborted" : "ended", NULL, 0);
	conn->facts = malloc(sizeof *conn->facts);
	if (conn->facts) {
		*conn->facts = *stream;
		conn->facts->reset_payload = NULL;
	}
	conn->stream = NULL;
	stream->user = NULL;
	stream->transport->ops->close(stream, how);
	if (!conn->outcome)
		conn->outcome = "closed";
}

static void conn_released(struct coro_resource *resource)
{
	struct conn *conn = (struct conn *)resource;
	if (conn->opening)
		luaL_unref(coro_pool_state(conn->pool), LUA_REGISTRYINDEX, conn->self);
	conn->opening = false;
	conn_close(conn, CLOSE_RESET);
	buffer_free(&conn->received);
	buffer_free(&conn->said);
	buffer_free(&conn->head);
	tls_destroy(conn->tls);
	conn->tls = NULL;
	conn_trace_free(conn);
	free(conn->facts);
	conn->facts = NULL;
	conn->read = conn->base = conn->secured = 0;
	conn->waiting = NULL;
}

static int wait_lost(lua_State *L, void *what)
{
	(void)what;
	lua_pushnil(L);
	lua_pushliteral(L, "closed");
	return 2;
}

/* A script may have let go of it while a coroutine waits there, which a policy that tries another's target can bring about. */
void conn_discard(struct conn *conn)
{
	if (conn->waiting)
		coro_wake_soon(conn->waiting, wait_lost, NULL);
	coro_drop(&conn->resource);
	conn_released(&conn->resource);
}

static int conn_collect(lua_State *L)
{
	conn_discard(conn_check(L, 1));
	return 0;
}

void conn_retire(lua_State *L)
{
	lua_pushlightuserdata(L, (void *)&conn_retired_key);
	lua_rawget(L, LUA_REGISTRYINDEX);
	lua_setmetatable(L, -2);
}

/* --- what the transport tells --------------------------------------------------------------------------------------- */

void conn_append(struct conn *conn, const uint8_t *bytes, size_t length)
{
	if (buffer_append(&conn->received, bytes, length, CONN_RECEIVE_MAX)) {
		conn->outcome = "overflow";
		conn_close(conn, CLOSE_RESET);
	}
}

void conn_on_data(void *owner, struct stream *stream, const uint8_t *bytes, size_t length)
{
	(void)owner;
	struct conn *conn = stream->user;
	if (!conn)
		return;
	coro_observe(conn->pool, stream, "received", bytes, length);
	conn_trace_note(conn, TRACE_DATA, length);
	if (conn->tls)
		conn_tls_receive(conn, bytes, length);
	else
		conn_append(conn, bytes, length);
	conn_wake(conn);
}

static const char *event_text(enum stream_event event)
{
	switch (event) {
	case STREAM_OPENED:
		return "opened";
	case STREAM_ACKED:
		return "acknowledged";
	case STREAM_WINDOW:
		return "window opened";
	case STREAM_UNACKED:
		return "not acknowledged";
	case STREAM_FINISHED:
		return "finished";
	case STREAM_RESET:
		return "reset";
	case STREAM_FAILED:
		break;
	}
	return "failed";
}

void conn_on_event(void *owner, struct stream *stream, enum stream_event event)
{
	(void)owner;
	struct conn *conn = stream->user;
	if (!conn)
		return;
	coro_observe(conn->pool, stream, event_text(event), stream->reset_payload, stream->reset_length);
	conn_trace_event(conn, event);
	switch (event) {
	case STREAM_OPENED:
	case STREAM_FAILED:
		conn_opened(conn, event == STREAM_OPENED);
		return;
	case STREAM_FINISHED:
		conn->outcome = conn->outcome ? conn->outcome : "closed";
		break;
	case STREAM_RESET:
		conn->outcome = "reset";
		break;
	case STREAM_UNACKED:
		conn->outcome = conn_deadline_outcome(conn);
		break;
	case STREAM_ACKED:
	case STREAM_WINDOW:
		return;
	}
	conn_wake(conn);
}

/* --- making them ------------------------------------------------------------------------------------------------------ */

/* As listed in sonde/conn.lua. */
static const luaL_Reg primitives[] = {
	{ "send", conn_send },
	{ "wait", conn_wait },
	{ "linger", conn_linger },
	{ "unread", conn_count_unread },
	{ "peek", conn_peek },
	{ "take", conn_take },
	{ "start_tls", conn_start_tls },
	{ "tls", conn_tls_facts },
	{ "close", conn_finish },
	{ "abort", conn_abort },
	{ "begin", conn_begin },
	{ "trace", conn_trace_take },
	{ "data", conn_data },
	{ "said", conn_said },
	{ "random", conn_random },
	{ "sleep", conn_sleep },
	{ "syn_ack", conn_syn_ack_table },
	{ "facts", conn_facts_list },
	{ "behaviour", conn_behaviour },
	{ "reset_payload", conn_reset_payload },
	{ "state", conn_state },
	{ "endpoints", conn_endpoints },
	{ "persist", conn_persist },
	{ NULL, NULL },
};

struct conn *conn_new(lua_State *L, struct coro_pool *pool)
{
	struct conn *conn = lua_newuserdata(L, sizeof *conn);
	memset(conn, 0, sizeof *conn);
	conn->mark = &conn_mark;
	conn->resource.release = conn_released;
	conn->pool = pool;
	conn->deadline_ns = UINT64_MAX;
	lua_pushlightuserdata(L, (void *)&conn_key);
	lua_rawget(L, LUA_REGISTRYINDEX);
	lua_setmetatable(L, -2);
	return conn;
}

struct conn *conn_push(lua_State *L, struct coro_pool *pool, struct stream *stream)
{
	struct conn *conn = conn_new(L, pool);
	conn->stream = stream;
	stream->user = conn;
	coro_observe(pool, stream, "opened", NULL, 0);
	return conn;
}

struct coro_resource *conn_resource(struct conn *conn)
{
	return &conn->resource;
}

void conn_forget(struct coro_resource *resource)
{
	struct conn *conn = (struct conn *)resource;
	if (conn->stream)
		conn->stream->user = NULL;
	conn->stream = NULL;
}

/* What a conn itself knows, in the table of its methods: numbers, where these are functions. */
enum known { KNOWN_HOST = 1, KNOWN_PORT, KNOWN_FULL };

static int push_known(lua_State *L, const struct conn *conn, enum known known)
{
	char text[ADDRESS_TEXT_MAX];
	if (known == KNOWN_HOST)
		lua_pushstring(L, address_format(&conn_facts(conn)->remote.address, text));
	else if (known == KNOWN_PORT)
		lua_pushinteger(L, conn_facts(conn)->remote.port);
	else
		lua_pushboolean(L, conn->begun && !conn->first_only);
	return 1;
}

/* __index: a method, a field given by conn.set, or what the connection itself knows. */
static int conn_index(lua_State *L)
{
	const struct conn *conn = lua_touserdata(L, 1);
	if (conn->has_fields)
		lua_pushvalue(L, 2);
	lua_rawget(L, lua_upvalueindex(1));
	int type = lua_type(L, -1);
	if (type != LUA_TNUMBER && type != LUA_TNIL)
		return 1;
	if (conn->has_fields) {
		lua_getfenv(L, 1);
		lua_pushvalue(L, 2);
		lua_rawget(L, -2);
		if (!lua_isnil(L, -1))
			return 1;
		lua_pop(L, 2);
	}
	return type == LUA_TNUMBER ? push_known(L, conn, (enum known)lua_tointeger(L, -1)) : 0;
}

/* set(conn, name, value): overrides host or port, or adds a field that scripts may read. For the engine. */
static int conn_set(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	lua_settop(L, 3);
	if (!conn->has_fields) {
		lua_createtable(L, 0, 2);
		lua_setfenv(L, 1);
		conn->has_fields = true;
	}
	lua_getfenv(L, 1);
	lua_insert(L, 2);
	lua_rawset(L, 2);
	return 0;
}

void conn_register(lua_State *L)
{
	static const char *const known[] = { "host", "port", "full" };
	lua_pushlightuserdata(L, (void *)&conn_key);
	luaL_newmetatable(L, CONN_TYPE);
	lua_pushcfunction(L, conn_collect);
	lua_setfield(L, -2, "__gc");
	lua_pushliteral(L, "conn");
	lua_setfield(L, -2, "__metatable");
	lua_createtable(L, 0, sizeof primitives / sizeof *primitives);
	luaL_register(L, NULL, primitives);
	lua_pushcfunction(L, conn_set);
	lua_setfield(L, -2, "set");
	/* The public methods: sonde/conn.lua applied to the primitives. */
	lua_getglobal(L, "require");
	lua_pushliteral(L, "sonde.conn");
	lua_call(L, 1, 1);
	lua_pushvalue(L, -2);
	lua_call(L, 1, 1);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		lua_pushinteger(L, (lua_Integer)i + KNOWN_HOST);
		lua_setfield(L, -2, known[i]);
	}
	lua_pushcclosure(L, conn_index, 1);
	lua_pushlightuserdata(L, (void *)&conn_retired_key);
	lua_createtable(L, 0, 2);
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "__index");
	lua_pushliteral(L, "conn");
	lua_setfield(L, -2, "__metatable");
	lua_rawset(L, LUA_REGISTRYINDEX);
	lua_setfield(L, -3, "__index");
	/* The primitives themselves stay with the engine: registry[CONN_PRIMITIVES]. */
	lua_setfield(L, LUA_REGISTRYINDEX, CONN_PRIMITIVES);
	lua_rawset(L, LUA_REGISTRYINDEX);
}
