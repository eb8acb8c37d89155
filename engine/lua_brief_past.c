/* What a brief target remembers of questions that came to nothing, and how it goes on after them. */
#include "lua_brief_internal.h"

#include "lua_conn_internal.h"

#include <luajit-2.1/lauxlib.h>
#include <stdlib.h>
#include <string.h>

#define ATTEMPTS_STEP 4
#define ATTEMPTS_MAX 64 /* of a brief target */
#define TINY_WINDOW 64 /* as in sonde/verdict.lua: who offers less than that may be a tarpit */

/* The outcomes that leave a target brief. `opened`: of an attempt that had a connection. */
static const struct {
	const char *text;
	bool opened;
} outcomes[] = {
	{ "timeout", true },   { "closed", true },	 { "reset", true },  { "refused", false },
	{ "filtered", false }, { "unreachable", false }, { "local", false }, { "blocked", false },
};

static const char *outcome_find(const char *text, bool opened)
{
	for (size_t i = 0; text && i < sizeof outcomes / sizeof *outcomes; i++)
		if (outcomes[i].opened == opened && strcmp(outcomes[i].text, text) == 0)
			return outcomes[i].text;
	return NULL;
}

void brief_push_memo(lua_State *L, const struct brief *brief)
{
	if (!brief->has_memo) {
		lua_pushnil(L);
		return;
	}
	lua_getfenv(L, 1);
	if (!brief->past)
		return;
	lua_rawgeti(L, -1, brief->past->count + 1);
	lua_remove(L, -2);
}

void brief_keep(lua_State *L, struct brief *brief)
{
	brief->has_memo = true;
	if (!brief->past) {
		lua_setfenv(L, 1);
		return;
	}
	lua_getfenv(L, 1);
	lua_insert(L, -2);
	lua_rawseti(L, -2, brief->past->count + 1);
	lua_pop(L, 1);
}

/* The next place in the list; NULL when there is none. */
static struct brief_vain *past_add(struct brief *brief)
{
	struct brief_past *past = brief->past;
	uint8_t count = past ? past->count : 0;
	if (!past || count == past->size) {
		uint8_t size = past ? (uint8_t)(2 * past->size) : ATTEMPTS_STEP;
		if (size > ATTEMPTS_MAX || !(past = realloc(past, sizeof *past + size * sizeof past->list[0])))
			return NULL;
		if (!brief->past) {
			memset(past, 0, sizeof *past);
			past->syn_ack = conn_facts(brief->conn)->syn_ack;
			past->opened_ns = past->asked_ns = brief->began_ns;
		}
		past->size = size;
		brief->past = past;
	}
	return &past->list[count];
}

/* Adds an attempt, with the reason at index `why`. False when there is no room; then nothing has changed. */
static bool past_note(lua_State *L, struct brief *brief, const struct brief_vain *vain, int why)
{
	bool first = !brief->past;
	struct brief_vain *place = past_add(brief);
	if (!place)
		return false;
	*place = *vain;
	if (first)
		lua_createtable(L, ATTEMPTS_STEP, 0);
	else
		lua_getfenv(L, 1);
	if (lua_isstring(L, why))
		lua_pushvalue(L, why);
	else
		lua_pushboolean(L, 0);
	brief->past->count++;
	lua_rawseti(L, -2, brief->past->count);
	lua_setfenv(L, 1);
	brief->has_memo = brief->has_learnt = false;
	brief->stage = BRIEF_VAIN;
	return true;
}

/* Whether there is nothing more to say of a connection than a brief target remembers. */
static bool is_plain(const struct brief *brief)
{
	const struct conn *conn = brief->conn;
	const struct stream *stream = conn_facts(conn);
	return !brief->has_learnt && !conn->tls && buffer_length(&conn->received) == 0 && buffer_length(&conn->head) == 0 &&
	       stream->synack_repeats == 0 && stream->window_open_us == 0 && stream->reset_length == 0 &&
	       (stream->window_least == 0 || stream->window_least >= TINY_WINDOW);
}

/* in_vain(target, outcome, why): the handshake that was asked came to nothing: the attempt, as past(); nothing where there is more
 * to say of it than a brief target remembers. */
int brief_in_vain(lua_State *L)
{
	struct brief *brief = brief_check_current(L);
	const char *outcome = outcome_find(lua_tostring(L, 2), true);
	lua_settop(L, 3);
	if (brief->stage != BRIEF_ASKED || !outcome || !is_plain(brief))
		return 0;
	const struct stream *stream = conn_facts(brief->conn);
	const struct brief_past *past = brief->past;
	bool sent = stream->bytes_queued > 0;
	struct brief_vain vain = {
		.handshake = brief->handshake, .outcome = outcome, .rtt_ns = stream->rtt_ns, .window = stream->window, .sent = sent,
		.packets = stream->packets_sent - (past ? past->packets_before : 0), .acked = sent && stream->bytes_acked > 0,
		.bytes = stream->wire_sent - (past ? past->wire_before : 0), .opened = true, .reused = past && past->reused,
		.counted = true,
	};
	if (!past_note(L, brief, &vain, 3))
		return 0;
	lua_settop(L, 1);
	lua_pushinteger(L, brief->past->count);
	return brief_past_attempt(L);
}

/* not_opened(target, why, outcome, packets, bytes): the same where there was no connection to ask on; raises when memory is out. */
int brief_not_opened(lua_State *L)
{
	struct brief *brief = brief_check_current(L);
	const char *outcome = outcome_find(luaL_checkstring(L, 3), false);
	lua_settop(L, 5);
	struct brief_vain vain = {
		.handshake = brief->handshake, .outcome = outcome, .counted = !lua_isnil(L, 4), .packets = (uint32_t)lua_tonumber(L, 4),
		.bytes = (uint32_t)lua_tonumber(L, 5),
	};
	if (brief->stage != BRIEF_CONNECTING || !outcome || !past_note(L, brief, &vain, 2))
		return luaL_error(L, "out of memory");
	lua_settop(L, 1);
	lua_pushinteger(L, brief->past->count);
	return brief_past_attempt(L);
}

static void push_flag(lua_State *L, bool known, bool value)
{
	if (known)
		lua_pushboolean(L, value);
	else
		lua_pushnil(L);
}

static void push_number(lua_State *L, bool known, double value)
{
	if (known)
		lua_pushnumber(L, value);
	else
		lua_pushnil(L);
}

/* past(target, n): what is known of the nth attempt that came to nothing: handshake, opened, reused, outcome, why, sent, acked,
 * packets, bytes, rtt, window. Nothing where there are not so many. */
int brief_past_attempt(lua_State *L)
{
	const struct brief *brief = brief_check_current(L);
	lua_Integer n = luaL_checkinteger(L, 2);
	if (!brief->past || n < 1 || n > brief->past->count)
		return 0;
	const struct brief_vain *vain = &brief->past->list[n - 1];
	lua_settop(L, 1);
	lua_pushstring(L, vain->handshake);
	lua_pushboolean(L, vain->opened);
	push_flag(L, vain->reused, true);
	lua_pushstring(L, vain->outcome);
	lua_getfenv(L, 1);
	lua_rawgeti(L, -1, (int)n);
	lua_remove(L, -2);
	if (!lua_isstring(L, -1)) {
		lua_pop(L, 1);
		lua_pushnil(L);
	}
	push_flag(L, vain->opened, vain->sent);
	push_flag(L, vain->opened, vain->acked);
	push_number(L, vain->counted, vain->packets);
	push_number(L, vain->counted, vain->bytes);
	push_number(L, vain->rtt_ns > 0, (double)vain->rtt_ns / 1e9);
	push_number(L, vain->opened, vain->window);
	return 11;
}

bool brief_has_room(const struct brief *brief)
{
	return !brief->past || brief->past->count < ATTEMPTS_MAX;
}

bool brief_continues(const struct brief *brief)
{
	const struct conn *conn = brief->conn;
	return conn->stream && !conn->outcome && conn->stream->bytes_received == 0 && conn->stream->bytes_queued == 0;
}

void brief_continue(struct brief *brief, bool reused)
{
	struct brief_past *past = brief->past;
	if (!past)
		return;
	past->reused = reused;
	past->asked_ns = brief_now_ns(brief);
	past->packets_before = reused ? brief->conn->stream->packets_sent : 0;
	past->wire_before = reused ? brief->conn->stream->wire_sent : 0;
}

/* connect(target, name, options): opens another connection to ask `name` on, and waits for that: as context.connect. */
int brief_connect(lua_State *L)
{
	struct brief *brief = brief_check_current(L);
	struct conn *conn = brief->conn;
	struct endpoint remote = conn_facts(conn)->remote;
	lua_settop(L, 3);
	if (brief->stage != BRIEF_VAIN)
		return luaL_error(L, "a brief target opens a connection when one was of no use");
	brief->handshake = luaL_checkstring(L, 2);
	if (!lua_isnil(L, 3))
		brief_keep(L, brief);
	brief->stage = BRIEF_CONNECTING;
	conn_close(conn, CLOSE_RESET);
	return conn_connect(conn->pool, L, &remote, -1);
}

/* first(target): its first connection; where it has let go of that, one that is closed and knows what the SYN-ACK said. */
int brief_first(lua_State *L)
{
	const struct brief *brief = brief_check_current(L);
	if (!brief->past) {
		coro_push_kept(brief->conn->resource.holder, L, 0);
		return 1;
	}
	struct conn *conn = conn_new(L, brief->conn->pool);
	conn->outcome = "closed";
	conn->facts = calloc(1, sizeof *conn->facts);
	if (!conn->facts)
		return luaL_error(L, "out of memory");
	conn->facts->remote = conn_facts(brief->conn)->remote;
	conn->facts->syn_ack = brief->past->syn_ack;
	return 1;
}
