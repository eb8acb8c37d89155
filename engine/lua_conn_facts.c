#include "lua_conn_internal.h"

#include <luajit-2.1/lauxlib.h>

static void set_number(lua_State *L, const char *name, double value)
{
	lua_pushnumber(L, value);
	lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, bool value)
{
	lua_pushboolean(L, value);
	lua_setfield(L, -2, name);
}

const struct syn_ack *conn_syn_ack(lua_State *L, int index)
{
	if (lua_isnil(L, index))
		return NULL;
	const struct conn *conn = conn_check(L, index);
	const struct syn_ack *syn_ack = &conn_facts(conn)->syn_ack;
	return syn_ack->known ? syn_ack : NULL;
}

/* persist(conn, retries): how often what is unanswered is sent again from now on, where the transport decides that. */
int conn_persist(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	lua_Integer retries = luaL_checkinteger(L, 2);
	if (conn->stream && conn->stream->transport->ops->persist && retries >= 0)
		conn->stream->transport->ops->persist(conn->stream, (unsigned)retries);
	return 0;
}

/* syn_ack(conn): table of what the SYN-ACK said, or nil where the transport cannot see it. */
int conn_syn_ack_table(lua_State *L)
{
	const struct syn_ack *syn_ack = conn_syn_ack(L, 1);
	if (!syn_ack)
		return 0;
	lua_createtable(L, 0, 8);
	set_number(L, "window", syn_ack->window);
	if (syn_ack->mss)
		set_number(L, "mss", syn_ack->mss);
	if (syn_ack->window_scale >= 0)
		set_number(L, "window_scale", syn_ack->window_scale);
	set_number(L, "ttl", syn_ack->ttl);
	set_number(L, "ip_id", syn_ack->ip_id);
	set_flag(L, "sack", syn_ack->sack_permitted);
	set_flag(L, "timestamps", syn_ack->timestamps);
	return 1;
}

/* facts(conn): acked, packets sent and received, wire bytes sent and received, rtt in seconds (nil where unknown),
 * bytes queued, bytes received, window now. */
int conn_facts_list(lua_State *L)
{
	const struct stream *stream = conn_facts(conn_check(L, 1));
	lua_pushboolean(L, stream->bytes_acked > 0);
	lua_pushnumber(L, stream->packets_sent);
	lua_pushnumber(L, stream->packets_received);
	lua_pushnumber(L, (double)stream->wire_sent);
	lua_pushnumber(L, (double)stream->wire_received);
	if (stream->rtt_ns)
		lua_pushnumber(L, (double)stream->rtt_ns / 1e9);
	else
		lua_pushnil(L);
	lua_pushnumber(L, (double)stream->bytes_queued);
	lua_pushnumber(L, (double)stream->bytes_received);
	lua_pushnumber(L, stream->window);
	return 9;
}

static const char *end_text(enum stream_end end)
{
	switch (end) {
	case STREAM_END_BEFORE_ACK:
		return "before_ack";
	case STREAM_END_WITH_ACK:
		return "with_ack";
	case STREAM_END_AFTER_ACK:
		return "after_ack";
	case STREAM_END_NONE:
		break;
	}
	return NULL;
}

/* Seconds, or nil for 0. */
static void push_micros(lua_State *L, uint32_t us)
{
	if (us)
		lua_pushnumber(L, us / 1e6);
	else
		lua_pushnil(L);
}

/* behaviour(conn): how often the SYN-ACK came again although acknowledged, and when it last did; when a zero window first
 * opened (nil: it was never zero, or never opened); the smallest window but for zero (nil: it never offered one); and
 * whether the peer's FIN or RST came "before_ack", "with_ack" or "after_ack" (nil: neither came). Times are seconds since
 * the SYN-ACK. All but the first nil with sockets, which cannot see it. */
int conn_behaviour(lua_State *L)
{
	const struct stream *stream = conn_facts(conn_check(L, 1));
	lua_pushnumber(L, stream->synack_repeats);
	push_micros(L, stream->synack_repeat_us);
	push_micros(L, stream->window_open_us);
	if (stream->window_least)
		lua_pushnumber(L, stream->window_least);
	else
		lua_pushnil(L);
	lua_pushstring(L, end_text(stream->ended));
	return 5;
}
