#include "lua_conn_internal.h"

#include "error.h"

#include <luajit-2.1/lauxlib.h>
#include <string.h>

#define SECONDS_MAX 1e6
#define SLEEP_MIN_NS 1000000u /* so that time passes in a loop of sleeps */

static const char *refusal_text(enum refusal refusal)
{
	switch (refusal) {
	case REFUSAL_REFUSED:
		return "refused";
	case REFUSAL_FILTERED:
		return "filtered";
	case REFUSAL_UNREACHABLE:
		return "unreachable";
	case REFUSAL_LOCAL:
		break;
	}
	return "local";
}

static uint64_t nanoseconds(double seconds)
{
	return seconds > 0 ? (uint64_t)((seconds < SECONDS_MAX ? seconds : SECONDS_MAX) * 1e9) : 0;
}

uint32_t conn_unread(const struct conn *conn)
{
	return (uint32_t)buffer_length(&conn->received) - conn->read;
}

const struct stream *conn_facts(const struct conn *conn)
{
	return conn->stream ? conn->stream : &conn->facts;
}

static void conn_close(struct conn *conn, enum close_how how)
{
	if (!conn->stream)
		return;
	struct stream *stream = conn->stream;
	if (conn->tls && how == CLOSE_FINISH)
		conn_tls_finish(conn);
	coro_observe(conn->pool, stream, how == CLOSE_RESET ? "aborted" : "ended", NULL, 0);
	conn->facts = *stream;
	conn->facts.reset_payload = NULL;
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
	conn->read = conn->base = conn->secured = 0;
	conn->waiting = NULL;
}

static int conn_collect(lua_State *L)
{
	struct conn *conn = luaL_checkudata(L, 1, CONN_TYPE);
	coro_drop(&conn->resource);
	conn_released(&conn->resource);
	return 0;
}

/* --- waiting ------------------------------------------------------------------------------------------------------ */

/* Why the deadline passed without an answer: because our data was never acknowledged, or because nothing was said. */
static const char *deadline_outcome(const struct conn *conn)
{
	const struct stream *stream = conn_facts(conn);
	if (stream->bytes_acked >= stream->bytes_queued)
		return "timeout";
	return stream->window == 0 && stream->bytes_acked == 0 ? "zero_window" : "no_ack";
}

/* Has the handshake got the first answer, and wants no more? */
static bool is_answered(const struct conn *conn)
{
	return conn->first_only && !conn->want_any && !conn->securing && buffer_length(&conn->received) > conn->base;
}

/* Pushes what a wait for `want` bytes gives, if it is over: its results' number, else 0. */
static int wait_results(struct conn *conn, lua_State *L)
{
	uint32_t unread = conn_unread(conn);
	const char *outcome = NULL;
	if (conn->securing)
		return conn_tls_results(conn, L);
	if (is_answered(conn))
		outcome = "answered";
	else if (unread < conn->want)
		outcome = conn->outcome;
	else {
		lua_pushinteger(L, (lua_Integer)unread);
		return 1;
	}
	if (!outcome)
		return 0;
	lua_pushnil(L);
	lua_pushstring(L, outcome);
	return 2;
}

static int wait_deadline(lua_State *L, void *what)
{
	struct conn *conn = what;
	conn->waiting = NULL;
	conn->securing = false;
	if (conn->want_any) {
		lua_pushinteger(L, (lua_Integer)conn_unread(conn));
		return 1;
	}
	lua_pushnil(L);
	lua_pushstring(L, deadline_outcome(conn));
	return 2;
}

static void conn_wake(struct conn *conn)
{
	if (!conn->waiting || conn->opening)
		return;
	struct coro *coro = conn->waiting;
	if (is_answered(conn)) {
		conn->waiting = NULL;
		if (coro_leave_nest(coro))
			return;
		conn->waiting = coro;
	}
	int results = wait_results(conn, coro_state(coro));
	if (results == 0)
		return;
	conn->waiting = NULL;
	coro_resume(coro, results);
}

static int conn_suspend(struct conn *conn, lua_State *L, uint64_t due_ns)
{
	struct coro *coro = coro_running(conn->pool, L);
	if (!coro)
		return luaL_error(L, CORO_NO_WAIT);
	if (conn->resource.holder != coro)
		return luaL_error(L, "this connection belongs to another target");
	conn->waiting = coro;
	return coro_suspend(coro, L, due_ns, wait_deadline, conn);
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

/* STREAM_OPENED or STREAM_FAILED: the results of conn_connect. */
static void conn_opened(struct conn *conn, bool opened)
{
	struct coro *coro = conn->waiting;
	conn->opening = false;
	conn->waiting = NULL;
	if (!coro)
		return;
	lua_State *L = coro_state(coro);
	lua_rawgeti(L, LUA_REGISTRYINDEX, conn->self);
	luaL_unref(L, LUA_REGISTRYINDEX, conn->self);
	if (opened) {
		coro_resume(coro, 1);
		return;
	}
	lua_pop(L, 1);
	lua_pushnil(L);
	lua_pushstring(L, refusal_text(conn->stream->refusal));
	lua_pushnumber(L, conn->stream->packets_sent);
	lua_pushnumber(L, (double)conn->stream->wire_sent);
	conn_close(conn, CLOSE_RESET);
	coro_resume(coro, 4);
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
		conn->outcome = deadline_outcome(conn);
		break;
	case STREAM_ACKED:
	case STREAM_WINDOW:
		return;
	}
	conn_wake(conn);
}

/* --- primitives, as listed in sonde/conn.lua -------------------------------------------------------------------------- */

static struct conn *check_conn(lua_State *L)
{
	return luaL_checkudata(L, 1, CONN_TYPE);
}

static uint32_t check_count(lua_State *L, int index, uint32_t most)
{
	lua_Number n = luaL_optnumber(L, index, most);
	if (!(n >= 0))
		luaL_argerror(L, index, "a count of bytes is not negative");
	return n < most ? (uint32_t)n : most;
}

/* What was said before the peer's first byte: what is said later cannot be what it echoes there. */
static void conn_note_said(struct conn *conn, const char *bytes, size_t length)
{
	size_t room = SAID_MAX - buffer_length(&conn->said);
	if (buffer_length(&conn->received) == 0)
		buffer_append(&conn->said, bytes, length < room ? length : room, SAID_MAX);
}

static int conn_send(lua_State *L)
{
	struct conn *conn = check_conn(L);
	size_t length;
	const char *bytes = luaL_checklstring(L, 2, &length);
	const char *outcome = conn->outcome;
	if (conn->stream && !(outcome && strcmp(outcome, "closed") != 0)) {
		int error = conn->tls ? conn_tls_send(conn, bytes, length) :
					conn->stream->transport->ops->send(conn->stream, bytes, length);
		if (error == 0) {
			coro_observe(conn->pool, conn->stream, conn->tls ? "sent inside TLS" : "sent", bytes, length);
			conn_note_said(conn, bytes, length);
			conn_trace_note(conn, TRACE_SENT, length);
			lua_pushboolean(L, 1);
			return 1;
		}
		outcome = error == ERR_FULL ? "overflow" : "closed";
	}
	lua_pushnil(L);
	lua_pushstring(L, outcome ? outcome : "closed");
	return 2;
}

int conn_await(struct conn *conn, lua_State *L)
{
	int results = wait_results(conn, L);
	if (results)
		return results;
	struct transport *transport = coro_pool_transport(conn->pool);
	if (transport->ops->now(transport) >= conn->deadline_ns) {
		lua_pushnil(L);
		lua_pushstring(L, deadline_outcome(conn));
		return 2;
	}
	return conn_suspend(conn, L, conn->deadline_ns);
}

static int conn_wait(lua_State *L)
{
	struct conn *conn = check_conn(L);
	conn->want = check_count(L, 2, CONN_RECEIVE_MAX + 1);
	conn->want_any = conn->securing = false;
	return conn_await(conn, L);
}

/* linger(conn, n, seconds): waits at most so long for n unread bytes, whatever the deadline; returns how many are there,
 * or nil and the outcome that ended the connection. For the engine, not for protocols. */
static int conn_linger(lua_State *L)
{
	struct conn *conn = check_conn(L);
	conn->want = check_count(L, 2, CONN_RECEIVE_MAX + 1);
	double seconds = luaL_checknumber(L, 3);
	conn->want_any = true;
	conn->securing = false;
	int results = wait_results(conn, L);
	if (results)
		return results;
	struct transport *transport = coro_pool_transport(conn->pool);
	return conn_suspend(conn, L, transport->ops->now(transport) + nanoseconds(seconds));
}

static int conn_peek(lua_State *L)
{
	struct conn *conn = check_conn(L);
	uint32_t skip = lua_isnoneornil(L, 3) ? 0 : check_count(L, 3, conn_unread(conn));
	uint32_t count = check_count(L, 2, conn_unread(conn) - skip);
	lua_pushlstring(L, (const char *)buffer_bytes(&conn->received) + conn->read + skip, count);
	return 1;
}

static int conn_take(lua_State *L)
{
	struct conn *conn = check_conn(L);
	uint32_t count = check_count(L, 2, conn_unread(conn));
	lua_pushlstring(L, (const char *)buffer_bytes(&conn->received) + conn->read, count);
	conn->read += count;
	return 1;
}

static int conn_finish(lua_State *L)
{
	conn_close(check_conn(L), CLOSE_FINISH);
	return 0;
}

/* abort(conn): RST. For the engine and for servers of simulated worlds. */
static int conn_abort(lua_State *L)
{
	conn_close(check_conn(L), CLOSE_RESET);
	return 0;
}

/* begin(conn, seconds, first_only, name, traced): a handshake starts on this connection: its deadline, and the first byte is
 * unread again; where TLS is on, the first byte inside. True; or nil and an outcome where there is no connection for it. */
static int conn_begin(lua_State *L)
{
	struct conn *conn = check_conn(L);
	double seconds = luaL_checknumber(L, 2);
	const char *name = luaL_optstring(L, 4, NULL);
	struct transport *transport = coro_pool_transport(conn->pool);
	conn->deadline_ns = transport->ops->now(transport) + nanoseconds(seconds);
	conn->first_only = lua_toboolean(L, 3);
	conn->begun = true;
	conn->inside = conn->tls != NULL;
	conn->read = conn->base = conn->secured;
	if (lua_toboolean(L, 5))
		conn_trace_begin(conn);
	if (name && conn->stream && transport->ops->begin && transport->ops->begin(conn->stream, name, conn->first_only)) {
		lua_pushnil(L);
		lua_pushstring(L, refusal_text(conn->stream->refusal));
		return 2;
	}
	lua_pushboolean(L, 1);
	return 1;
}

/* data(conn, n): the first bytes the peer sent to this handshake, at most n, whatever has been taken of them. To a
 * handshake that began TLS these are what came before, or else what came on the wire. */
static int conn_data(lua_State *L)
{
	struct conn *conn = check_conn(L);
	bool outside = conn->tls && !conn->inside, head = outside && conn->secured == 0;
	const struct buffer *from = head ? &conn->head : &conn->received;
	size_t start = head ? 0 : conn->base, end = outside && !head ? conn->secured : buffer_length(from);
	lua_pushlstring(L, (const char *)buffer_bytes(from) + start, check_count(L, 2, (uint32_t)(end - start)));
	return 1;
}

/* said(conn): the first bytes we sent. */
static int conn_said(lua_State *L)
{
	struct conn *conn = check_conn(L);
	lua_pushlstring(L, (const char *)buffer_bytes(&conn->said), buffer_length(&conn->said));
	return 1;
}

static int conn_sleep_over(lua_State *L, void *what)
{
	(void)L;
	(void)what;
	return 0;
}

/* A loop of sleeps must end as well: past the deadline, sleep raises what a wait would. */
static int sleep_timeout(lua_State *L)
{
	lua_createtable(L, 0, 1);
	lua_pushliteral(L, "timeout");
	lua_setfield(L, -2, "outcome");
	return lua_error(L);
}

/* sleep(conn, seconds): suspends the coroutine, not beyond the deadline; the connection goes on receiving. */
static int conn_sleep(lua_State *L)
{
	struct conn *conn = check_conn(L);
	double seconds = luaL_checknumber(L, 2);
	struct coro *coro = coro_running(conn->pool, L);
	if (!coro)
		return luaL_error(L, CORO_NO_WAIT);
	struct transport *transport = coro_pool_transport(conn->pool);
	uint64_t now_ns = transport->ops->now(transport);
	if (now_ns >= conn->deadline_ns)
		return sleep_timeout(L);
	uint64_t pause_ns = nanoseconds(seconds);
	uint64_t due_ns = now_ns + (pause_ns > SLEEP_MIN_NS ? pause_ns : SLEEP_MIN_NS);
	return coro_suspend(coro, L, due_ns < conn->deadline_ns ? due_ns : conn->deadline_ns, conn_sleep_over, NULL);
}

/* unread(conn): how many bytes are there to take. */
static int conn_count_unread(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)conn_unread(check_conn(L)));
	return 1;
}

/* reset_payload(conn): what the RST carried; nil when it carried nothing or did not come. */
static int conn_reset_payload(lua_State *L)
{
	struct conn *conn = check_conn(L);
	if (!conn->stream || !conn->stream->reset_payload || !conn->stream->reset_length)
		return 0;
	lua_pushlstring(L, (const char *)conn->stream->reset_payload, conn->stream->reset_length);
	return 1;
}

/* state(conn): nil while the connection is good, else its outcome. */
static int conn_state(lua_State *L)
{
	lua_pushstring(L, check_conn(L)->outcome);
	return 1;
}

/* endpoints(conn): remote address, remote port, local address, local port. */
static int conn_endpoints(lua_State *L)
{
	const struct stream *stream = conn_facts(check_conn(L));
	char text[ADDRESS_TEXT_MAX];
	lua_pushstring(L, address_format(&stream->remote.address, text));
	lua_pushinteger(L, stream->remote.port);
	lua_pushstring(L, address_format(&stream->local.address, text));
	lua_pushinteger(L, stream->local.port);
	return 4;
}

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
	{ NULL, NULL },
};

/* --- making them ------------------------------------------------------------------------------------------------------ */

static struct conn *conn_new(lua_State *L, struct coro_pool *pool)
{
	struct conn *conn = lua_newuserdata(L, sizeof *conn);
	memset(conn, 0, sizeof *conn);
	conn->resource.release = conn_released;
	conn->pool = pool;
	conn->deadline_ns = UINT64_MAX;
	luaL_getmetatable(L, CONN_TYPE);
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

int conn_connect(struct coro_pool *pool, lua_State *L, const struct endpoint *remote)
{
	struct coro *coro = coro_running(pool, L);
	if (!coro)
		return luaL_error(L, CORO_NO_WAIT);
	struct transport *transport = coro_pool_transport(pool);
	lua_settop(L, 0);
	struct conn *conn = conn_new(L, pool);
	int error = transport->ops->connect(transport, remote, conn, &conn->stream);
	if (error) {
		lua_pushnil(L);
		lua_pushstring(L, error == ERR_BLOCKED ? "blocked" : "local");
		return 2;
	}
	coro_hold(coro, &conn->resource);
	conn->self = luaL_ref(L, LUA_REGISTRYINDEX);
	conn->opening = true;
	conn->waiting = coro;
	return coro_suspend(coro, L, UINT64_MAX, conn_sleep_over, NULL); /* the transport itself ends the wait */
}

/* __index: a method, a field given by conn.set, or what the connection itself knows. */
static int conn_index(lua_State *L)
{
	struct conn *conn = lua_touserdata(L, 1);
	lua_pushvalue(L, 2);
	lua_rawget(L, lua_upvalueindex(1));
	if (!lua_isnil(L, -1))
		return 1;
	if (conn->has_fields) {
		lua_getfenv(L, 1);
		lua_pushvalue(L, 2);
		lua_rawget(L, -2);
		if (!lua_isnil(L, -1))
			return 1;
	}
	const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
	char text[ADDRESS_TEXT_MAX];
	if (strcmp(name, "host") == 0)
		lua_pushstring(L, address_format(&conn_facts(conn)->remote.address, text));
	else if (strcmp(name, "port") == 0)
		lua_pushinteger(L, conn_facts(conn)->remote.port);
	else if (strcmp(name, "full") == 0)
		lua_pushboolean(L, conn->begun && !conn->first_only);
	else
		return 0;
	return 1;
}

/* set(conn, name, value): overrides host or port, or adds a field that scripts may read. For the engine. */
static int conn_set(lua_State *L)
{
	struct conn *conn = check_conn(L);
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
	lua_pushcclosure(L, conn_index, 1);
	lua_setfield(L, -3, "__index");
	/* The primitives themselves stay with the engine: registry[CONN_PRIMITIVES]. */
	lua_setfield(L, LUA_REGISTRYINDEX, CONN_PRIMITIVES);
	lua_pop(L, 1);
}
