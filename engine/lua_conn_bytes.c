/* Primitives of a conn that do not wait, as listed in sonde/conn.lua: what is sent, what has come, and how it ends. */
#include "lua_conn_internal.h"

#include "error.h"

#include <luajit-2.1/lauxlib.h>
#include <string.h>

#define SEND_ROOM 2048 /* bytes that are put together without a string of Lua's */

/* What was said before the peer's first byte: what is said later cannot be what it echoes there. */
static void conn_note_said(struct conn *conn, const char *bytes, size_t length)
{
	size_t room = SAID_MAX - buffer_length(&conn->said);
	if (buffer_length(&conn->received) == 0)
		buffer_append(&conn->said, bytes, length < room ? length : room, SAID_MAX);
}

/* Queues bytes; NULL, or the outcome that this has. */
static const char *conn_queue(struct conn *conn, const char *bytes, size_t length)
{
	const char *outcome = conn->outcome;
	if (!conn->stream || (outcome && strcmp(outcome, "closed") != 0))
		return outcome ? outcome : "closed";
	int error = conn->tls ? conn_tls_send(conn, bytes, length) :
				conn->stream->transport->ops->send(conn->stream, bytes, length);
	if (error)
		return error == ERR_FULL ? "overflow" : "closed";
	coro_observe(conn->pool, conn->stream, conn->tls ? "sent inside TLS" : "sent", bytes, length);
	conn_note_said(conn, bytes, length);
	conn_trace_note(conn, TRACE_SENT, length);
	return NULL;
}

/* The arguments from the second on as one text, in `room` where they fit; NULL at one that is none: its index is in `length`. */
static const char *joined_arguments(lua_State *L, char room[SEND_ROOM], size_t *length)
{
	int last = lua_gettop(L);
	size_t total = 0, piece;
	for (int i = 2; i <= last; i++) {
		const char *bytes = lua_tolstring(L, i, &piece);
		if (!bytes) {
			*length = (size_t)i;
			return NULL;
		}
		if (piece <= SEND_ROOM - (total < SEND_ROOM ? total : SEND_ROOM) && last > 2)
			memcpy(room + total, bytes, piece);
		total += piece;
	}
	*length = total;
	if (last > 2 && total <= SEND_ROOM)
		return room;
	lua_concat(L, last - 1);
	return lua_tostring(L, -1);
}

/* send(conn, ...): sends strings, in order, in one go: true; nil and an outcome; or twice nil and what kind of argument is none. */
int conn_send(lua_State *L)
{
	char room[SEND_ROOM];
	size_t length;
	struct conn *conn = conn_check(L, 1);
	const char *bytes = joined_arguments(L, room, &length), *outcome = NULL;
	if (bytes)
		outcome = conn_queue(conn, bytes, length);
	if (bytes && !outcome) {
		lua_pushboolean(L, 1);
		return 1;
	}
	lua_pushnil(L);
	lua_pushstring(L, outcome);
	lua_pushstring(L, bytes ? NULL : luaL_typename(L, (int)length));
	return 3;
}

int conn_peek(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	uint32_t skip = lua_isnoneornil(L, 3) ? 0 : conn_check_count(L, 3, conn_unread(conn));
	uint32_t count = conn_check_count(L, 2, conn_unread(conn) - skip);
	lua_pushlstring(L, (const char *)buffer_bytes(&conn->received) + conn->read + skip, count);
	return 1;
}

int conn_take(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	uint32_t count = conn_check_count(L, 2, conn_unread(conn));
	lua_pushlstring(L, (const char *)buffer_bytes(&conn->received) + conn->read, count);
	conn->read += count;
	return 1;
}

int conn_finish(lua_State *L)
{
	conn_close(conn_check(L, 1), CLOSE_FINISH);
	return 0;
}

/* abort(conn): RST. For the engine and for servers of simulated worlds. */
int conn_abort(lua_State *L)
{
	conn_close(conn_check(L, 1), CLOSE_RESET);
	return 0;
}

void conn_begin_handshake(struct conn *conn, double seconds, bool first_only)
{
	struct transport *transport = coro_pool_transport(conn->pool);
	conn->deadline_ns = transport->ops->now(transport) + conn_nanoseconds(seconds);
	conn->first_only = first_only;
	conn->begun = true;
	conn->inside = conn->tls != NULL;
	conn->read = conn->base = conn->secured;
}

/* begin(conn, seconds, first_only, name, traced): a handshake starts on this connection: its deadline, and the first byte is
 * unread again; where TLS is on, the first byte inside. True; or nil and an outcome where there is no connection for it. */
int conn_begin(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	const char *name = luaL_optstring(L, 4, NULL);
	struct transport *transport = coro_pool_transport(conn->pool);
	conn_begin_handshake(conn, luaL_checknumber(L, 2), lua_toboolean(L, 3));
	if (lua_toboolean(L, 5))
		conn_trace_begin(conn);
	if (name && conn->stream && transport->ops->begin && transport->ops->begin(conn->stream, name, conn->first_only)) {
		lua_pushnil(L);
		lua_pushstring(L, conn_refusal_text(conn->stream->refusal));
		return 2;
	}
	lua_pushboolean(L, 1);
	return 1;
}

/* data(conn, n): the first bytes the peer sent to this handshake, at most n, whatever has been taken of them. To a
 * handshake that began TLS these are what came before, or else what came on the wire. */
int conn_data(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	bool outside = conn->tls && !conn->inside, head = outside && conn->secured == 0;
	const struct buffer *from = head ? &conn->head : &conn->received;
	size_t start = head ? 0 : conn->base, end = outside && !head ? conn->secured : buffer_length(from);
	lua_pushlstring(L, (const char *)buffer_bytes(from) + start, conn_check_count(L, 2, (uint32_t)(end - start)));
	return 1;
}

/* said(conn): the first bytes we sent. */
int conn_said(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	lua_pushlstring(L, (const char *)buffer_bytes(&conn->said), buffer_length(&conn->said));
	return 1;
}

/* unread(conn): how many bytes are there to take. */
int conn_count_unread(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)conn_unread(conn_check(L, 1)));
	return 1;
}

/* reset_payload(conn): what the RST carried; nil when it carried nothing or did not come. */
int conn_reset_payload(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	if (!conn->stream || !conn->stream->reset_payload || !conn->stream->reset_length)
		return 0;
	lua_pushlstring(L, (const char *)conn->stream->reset_payload, conn->stream->reset_length);
	return 1;
}

/* state(conn): nil while the connection is good, else its outcome. */
int conn_state(lua_State *L)
{
	lua_pushstring(L, conn_check(L, 1)->outcome);
	return 1;
}

/* endpoints(conn): remote address, remote port, local address, local port. */
int conn_endpoints(lua_State *L)
{
	const struct stream *stream = conn_facts(conn_check(L, 1));
	char text[ADDRESS_TEXT_MAX];
	lua_pushstring(L, address_format(&stream->remote.address, text));
	lua_pushinteger(L, stream->remote.port);
	lua_pushstring(L, address_format(&stream->local.address, text));
	lua_pushinteger(L, stream->local.port);
	return 4;
}
