/* TLS on a connection: what the transport brings goes through the session, and the session's bytes to the transport. */
#include "cookie.h"
#include "error.h"
#include "lua_conn_internal.h"
#include "lua_tls.h"

#include <luajit-2.1/lauxlib.h>
#include <string.h>

#define HEAD_MAX 4096 /* bytes of the wire that are kept, for signatures */

/* Sends what TLS has to say. The transport takes all of it or fails for good. */
static int flush(struct conn *conn)
{
	size_t length;
	const uint8_t *bytes = tls_output(conn->tls, &length);
	int error = 0;
	if (length > 0) {
		error = conn->stream ? conn->stream->transport->ops->send(conn->stream, bytes, length) : ERR_CLOSED;
		if (error == 0)
			coro_observe(conn->pool, conn->stream, "sent", bytes, length);
		tls_output_consume(conn->tls);
	}
	return error;
}

void conn_tls_receive(struct conn *conn, const uint8_t *bytes, size_t length)
{
	size_t room = HEAD_MAX - buffer_length(&conn->head);
	buffer_append(&conn->head, bytes, length < room ? length : room, HEAD_MAX);
	tls_receive(conn->tls, bytes, length);
	flush(conn);
	size_t inside;
	const uint8_t *plaintext = tls_plaintext(conn->tls, &inside);
	if (inside > 0) {
		coro_observe(conn->pool, conn->stream, "received inside TLS", plaintext, inside);
		conn_append(conn, plaintext, inside);
	}
	tls_plaintext_consume(conn->tls);
	if (conn->outcome)
		return;
	if (tls_state(conn->tls) == TLS_CLOSED)
		conn->outcome = "closed";
	else if (tls_state(conn->tls) == TLS_FAILED)
		conn->outcome = "tls";
}

int conn_tls_send(struct conn *conn, const void *bytes, size_t length)
{
	int error = tls_send(conn->tls, bytes, length);
	return error ? error : flush(conn);
}

void conn_tls_finish(struct conn *conn)
{
	tls_finish(conn->tls);
	flush(conn);
}

int conn_tls_results(struct conn *conn, lua_State *L)
{
	const char *outcome = conn->outcome, *what = NULL;
	if (conn->first_only && buffer_length(&conn->head) > 0) {
		outcome = "answered";
	} else if (tls_was_open(conn->tls)) {
		conn->securing = false;
		lua_pushboolean(L, 1);
		return 1;
	} else if (tls_state(conn->tls) == TLS_FAILED) {
		outcome = "tls";
		what = tls_failure(conn->tls);
	}
	if (!outcome)
		return 0;
	conn->securing = false;
	lua_pushnil(L);
	lua_pushstring(L, outcome);
	lua_pushstring(L, what);
	return 3;
}

/* In a simulation, one for each session of a scan; else 0. */
static uint64_t session_seed(struct conn *conn)
{
	struct cookie_key key = cookie_key_from_seed(coro_pool_seed(conn->pool), 0x73746c73);
	struct {
		struct endpoint local, remote;
	} input;
	memset(&input, 0, sizeof input);
	input.local.port = conn->stream->local.port; /* without the address, which recordings leave out */
	input.remote = conn->stream->remote;
	return coro_pool_simulated(conn->pool) ? cookie_hash(&key, &input, sizeof input) | 1 : 0;
}

/* start_tls(conn, options): suspends until TLS is up: true; or nil, an outcome and what went wrong. What the peer said
 * before and nobody has read would be taken for its first words inside: somebody between may have put it there. */
int conn_start_tls(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	struct error why;
	luaL_checktype(L, 2, LUA_TTABLE);
	if (conn->tls) { /* a server may offer it inside as well */
		lua_pushnil(L);
		lua_pushliteral(L, "tls");
		lua_pushliteral(L, "TLS is there already");
		return 3;
	}
	if (!conn->stream || conn->outcome || conn_unread(conn) > 0) {
		lua_pushnil(L);
		lua_pushstring(L, conn_unread(conn) > 0 ? "tls" : conn->outcome ? conn->outcome : "closed");
		lua_pushstring(L, conn_unread(conn) > 0 ? "plaintext before TLS" : NULL);
		return 3;
	}
	lua_getfield(L, 2, "der");
	conn->der = lua_toboolean(L, -1);
	lua_pop(L, 1);
	conn->tls = lua_tls_create(L, 2, coro_pool_epoch_s(conn->pool), session_seed(conn), &why);
	if (!conn->tls)
		return luaL_error(L, "start_tls: %s", why.text);
	conn->secured = (uint32_t)buffer_length(&conn->received);
	buffer_consume(&conn->said, buffer_length(&conn->said));
	coro_observe(conn->pool, conn->stream, "starting TLS", NULL, 0);
	if (flush(conn)) {
		lua_pushnil(L);
		lua_pushliteral(L, "overflow");
		return 2;
	}
	conn->want_any = false;
	conn->securing = true;
	return conn_await(conn, L);
}

/* tls(conn, host, der): table of what the session says so far (docs/reference/records.md), nil where there is none. */
int conn_tls_facts(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	const char *host = luaL_optstring(L, 2, NULL);
	if (!conn->tls)
		return 0;
	lua_tls_push_facts(L, conn->tls, coro_pool_epoch_s(conn->pool), host, conn->der || lua_toboolean(L, 3));
	if (conn->secured > 0) {
		lua_pushboolean(L, 1);
		lua_setfield(L, -2, "starttls");
	}
	return 1;
}
