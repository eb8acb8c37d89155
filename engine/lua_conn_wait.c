/* Waiting on a connection: for bytes, for its opening, for time to pass, and for what comes of a handshake. */
#include "lua_conn_internal.h"

#include "error.h"

#include <luajit-2.1/lauxlib.h>

#define SECONDS_MAX 1e6
#define SLEEP_MIN_NS 1000000u /* so that time passes in a loop of sleeps */

uint64_t conn_nanoseconds(double seconds)
{
	return seconds > 0 ? (uint64_t)((seconds < SECONDS_MAX ? seconds : SECONDS_MAX) * 1e9) : 0;
}

const char *conn_refusal_text(enum refusal refusal)
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

const char *conn_deadline_outcome(const struct conn *conn)
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

const char *conn_first_outcome(const struct coro_resource *resource)
{
	const struct conn *conn = (const struct conn *)resource;
	return is_answered(conn) ? "answered" : conn->outcome ? conn->outcome : conn_deadline_outcome(conn);
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
	lua_pushstring(L, conn_deadline_outcome(conn));
	return 2;
}

void conn_wake(struct conn *conn)
{
	if (!conn->waiting || conn->opening)
		return;
	struct coro *coro = conn->waiting;
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

int conn_await(struct conn *conn, lua_State *L)
{
	int results = wait_results(conn, L);
	if (results)
		return results;
	struct transport *transport = coro_pool_transport(conn->pool);
	if (transport->ops->now(transport) >= conn->deadline_ns) {
		lua_pushnil(L);
		lua_pushstring(L, conn_deadline_outcome(conn));
		return 2;
	}
	return conn_suspend(conn, L, conn->deadline_ns);
}

int conn_wait(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	conn->want = conn_check_count(L, 2, CONN_RECEIVE_MAX + 1);
	conn->want_any = conn->securing = false;
	return conn_await(conn, L);
}

/* linger(conn, n, seconds): waits at most so long for n unread bytes, whatever the deadline; returns how many are there,
 * or nil and the outcome that ended the connection. For the engine, not for protocols. */
int conn_linger(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	conn->want = conn_check_count(L, 2, CONN_RECEIVE_MAX + 1);
	double seconds = luaL_checknumber(L, 3);
	conn->want_any = true;
	conn->securing = false;
	int results = wait_results(conn, L);
	if (results)
		return results;
	struct transport *transport = coro_pool_transport(conn->pool);
	return conn_suspend(conn, L, transport->ops->now(transport) + conn_nanoseconds(seconds));
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
int conn_sleep(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	double seconds = luaL_checknumber(L, 2);
	struct coro *coro = coro_running(conn->pool, L);
	if (!coro)
		return luaL_error(L, CORO_NO_WAIT);
	struct transport *transport = coro_pool_transport(conn->pool);
	uint64_t now_ns = transport->ops->now(transport);
	if (now_ns >= conn->deadline_ns)
		return sleep_timeout(L);
	uint64_t pause_ns = conn_nanoseconds(seconds);
	uint64_t due_ns = now_ns + (pause_ns > SLEEP_MIN_NS ? pause_ns : SLEEP_MIN_NS);
	return coro_suspend(coro, L, due_ns < conn->deadline_ns ? due_ns : conn->deadline_ns, conn_sleep_over, NULL);
}

/* A handshake for the first answer only ends with its first wait: whatever comes of that, nothing the handshake could do then
 * would change what is known. So it is left there, and nothing is kept of it while the answer is on its way. */
int conn_handshake(lua_State *L, struct coro_pool *pool)
{
	struct coro *coro = coro_running(pool, L);
	const struct conn *conn = conn_check(L, -2);
	if (!coro || coro_is_nested(coro))
		return luaL_error(L, CORO_NO_WAIT);
	int results = coro_nest(coro, L, 2);
	if (results == CORO_WAITS && conn->waiting && conn->first_only && !conn->want_any && !conn->securing) {
		coro_leave_nest(coro);
		lua_pop(L, 1); /* the thread */
	}
	return results;
}

int conn_connect(struct coro_pool *pool, lua_State *L, const struct endpoint *remote, int retries)
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
	if (retries >= 0 && transport->ops->persist)
		transport->ops->persist(conn->stream, (unsigned)retries);
	coro_hold(coro, &conn->resource);
	conn->self = luaL_ref(L, LUA_REGISTRYINDEX);
	conn->opening = true;
	conn->waiting = coro;
	return coro_suspend(coro, L, UINT64_MAX, conn_sleep_over, NULL); /* the transport itself ends the wait */
}

void conn_opened(struct conn *conn, bool opened)
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
	lua_pushstring(L, conn_refusal_text(conn->stream->refusal));
	lua_pushnumber(L, conn->stream->packets_sent);
	lua_pushnumber(L, (double)conn->stream->wire_sent);
	conn_close(conn, CLOSE_RESET);
	coro_resume(coro, 4);
}
