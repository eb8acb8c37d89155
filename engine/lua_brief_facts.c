/* What a brief target tells of itself: to whoever makes a whole one of it, to policies, and for its record. */
#include "lua_brief_internal.h"

#include "lua_conn_internal.h"

static bool is_reused(const struct brief *brief)
{
	return brief->past && brief->past->reused;
}

/* facts(target): what is known once it is answered: reused, sent, acked, packets, bytes, rtt, window. */
int brief_facts(lua_State *L)
{
	const struct brief *brief = brief_check_current(L);
	uint64_t rtt_ns = conn_facts(brief->conn)->rtt_ns;
	if (is_reused(brief))
		lua_pushboolean(L, 1);
	else
		lua_pushnil(L);
	lua_pushboolean(L, brief->sent);
	lua_pushboolean(L, brief->acked);
	lua_pushnumber(L, brief->packets_sent);
	lua_pushnumber(L, brief->wire_sent);
	if (rtt_ns)
		lua_pushnumber(L, (double)rtt_ns / 1e9);
	else
		lua_pushnil(L);
	lua_pushinteger(L, brief->window);
	return 7;
}

/* begun(target): what became of its last question: "new", "asked", "vain", "connecting" or "answered"; its handshake; where it is
 * asked or has yet to be, its options, and what the handshake wrote; where it is answered, what conclude was given. */
int brief_begun(lua_State *L)
{
	static const char *const names[] = { "new", "asked", "vain", "connecting", "answered" };
	const struct brief *brief = brief_check_current(L);
	lua_settop(L, 1);
	lua_pushstring(L, brief->stage < BRIEF_WHOLE ? names[brief->stage] : NULL);
	lua_pushstring(L, brief->handshake);
	brief_push_memo(L, brief);
	if (brief->stage == BRIEF_ASKED && brief->has_learnt) {
		lua_rawgeti(L, 4, 2);
		lua_rawgeti(L, 4, 1);
		lua_remove(L, 4);
	}
	return lua_gettop(L) - 1;
}

static double seconds_since(const struct brief *brief, uint64_t then_ns)
{
	return (double)(brief_now_ns(brief) - then_ns);
}

/* conn(target): its connection, and how long ago, in ns, the target answered, the connection opened and the question was asked; where
 * that was on an earlier attempt's, what had been sent on it: packets, bytes. */
int brief_conn(lua_State *L)
{
	const struct brief *brief = brief_check_current(L);
	const struct brief_past *past = brief->past;
	coro_push_kept(brief->conn->resource.holder, L, 0);
	lua_pushnumber(L, seconds_since(brief, brief->began_ns));
	lua_pushnumber(L, seconds_since(brief, past ? past->opened_ns : brief->began_ns));
	lua_pushnumber(L, seconds_since(brief, past ? past->asked_ns : brief->began_ns));
	if (!is_reused(brief))
		return 4;
	lua_pushnumber(L, past->packets_before);
	lua_pushnumber(L, past->wire_before);
	return 6;
}

/* syn_ack(target): what the first SYN-ACK said, where that is known: window, ttl, ip_id, sack, timestamps, mss, window_scale. */
int brief_syn_ack(lua_State *L)
{
	const struct brief *brief = brief_check_current(L);
	const struct syn_ack *syn_ack = brief->past ? &brief->past->syn_ack : &conn_facts(brief->conn)->syn_ack;
	if (!syn_ack->known)
		return 0;
	lua_pushinteger(L, syn_ack->window);
	lua_pushinteger(L, syn_ack->ttl);
	lua_pushinteger(L, syn_ack->ip_id);
	lua_pushboolean(L, syn_ack->sack_permitted);
	lua_pushboolean(L, syn_ack->timestamps);
	if (syn_ack->mss)
		lua_pushinteger(L, syn_ack->mss);
	else
		lua_pushnil(L);
	if (syn_ack->window_scale < 0)
		return 6;
	lua_pushinteger(L, syn_ack->window_scale);
	return 7;
}

/* known(target): the port, and what conclude was given; the latter is nil where all was in vain. Nothing where there is anything else
 * to be said. */
int brief_known(lua_State *L)
{
	const struct brief *brief = brief_check_current(L);
	if (brief->stage != BRIEF_ANSWERED && brief->stage != BRIEF_VAIN)
		return 0;
	lua_pushinteger(L, conn_facts(brief->conn)->remote.port);
	brief_push_memo(L, brief);
	return 2;
}

struct brief_told brief_told(lua_State *L)
{
	const struct brief *brief = brief_check_current(L);
	const struct brief_past *past = brief->past;
	const struct stream *stream = conn_facts(brief->conn);
	if (past)
		lua_getfenv(L, 1);
	else
		lua_pushnil(L);
	return (struct brief_told){
		.stream = stream, .syn_ack = past ? &past->syn_ack : &stream->syn_ack,
		.vain = past ? past->list : NULL, .vain_count = past ? past->count : 0,
		.handshake = brief->stage == BRIEF_ANSWERED ? brief->handshake : NULL, .packets = brief->packets_sent,
		.bytes = brief->wire_sent, .acked = brief->acked, .reused = is_reused(brief),
		.lasted_ns = brief_now_ns(brief) - brief->began_ns,
	};
}
