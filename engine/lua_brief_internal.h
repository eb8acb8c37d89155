/* Shared by lua_brief and its parts only. */
#ifndef SONDE_LUA_BRIEF_INTERNAL_H
#define SONDE_LUA_BRIEF_INTERNAL_H

#include "lua_brief.h"

#include <luajit-2.1/lua.h>

enum brief_stage {
	BRIEF_NEW, /* nothing was asked */
	BRIEF_ASKED, /* a handshake began; has_memo: there is a memo of what the try was given, and what was learnt */
	BRIEF_VAIN, /* all that was asked came to nothing */
	BRIEF_CONNECTING, /* the same, and the next question waits for its connection */
	BRIEF_ANSWERED, /* the answer named the service; the memo is what conclude was given */
	BRIEF_WHOLE, /* a whole target has taken over: it is the environment */
	BRIEF_PARKED, /* it is no object of Lua's any more (lua_parked) */
};

/* The environment of the userdata is the memo, until an attempt comes to nothing: then it is an array of these attempts' reasons (false:
 * none was given), which the memo follows. */
struct brief {
	const void *mark;
	struct conn *conn; /* kept by the target's coroutine; NULL when that is over, though a script may have kept the target */
	uint64_t began_ns; /* the transport's clock */
	const char *handshake; /* its name, which the table of handshakes keeps; NULL while nothing was asked */
	struct brief_past *past; /* owned; NULL while nothing came to nothing */
	uint32_t wire_sent, packets_sent; /* when it was answered, as all that follows */
	uint16_t window;
	bool sent, acked;
	bool has_memo, has_learnt;
	uint8_t stage;
};

/* Attempts that came to nothing, and what the present one began with. */
struct brief_past {
	struct syn_ack syn_ack; /* the first */
	uint64_t opened_ns, asked_ns; /* when the connection opened, and when the present question was asked */
	uint32_t packets_before, wire_before; /* what had been sent on the connection by then */
	bool reused; /* the connection was an earlier attempt's */
	uint8_t count, size;
	struct brief_vain list[];
};

/* Of the userdata at index 1: makes what is on top of L's stack the memo, and pops it; pushes it. */
void brief_keep(lua_State *L, struct brief *brief);
void brief_push_memo(lua_State *L, const struct brief *brief);

/* In lua_brief_past.c: functions of sonde/brief.lua, for targets that have asked something in vain; see there. */
int brief_in_vain(lua_State *L);
int brief_not_opened(lua_State *L);
int brief_past_attempt(lua_State *L);
int brief_first(lua_State *L);
int brief_connect(lua_State *L);
/* Whether another attempt that comes to nothing could be remembered. */
bool brief_has_room(const struct brief *brief);
/* Whether the connection will do for another question (as target:continues does it), and what is noted when it does. */
bool brief_continues(const struct brief *brief);
void brief_continue(struct brief *brief, bool reused);

/* In lua_brief_facts.c, as well. */
int brief_facts(lua_State *L);
int brief_begun(lua_State *L);
int brief_conn(lua_State *L);
int brief_syn_ack(lua_State *L);
int brief_known(lua_State *L);

/* In lua_parked.c: what ask returns where the handshake waits; with a fourth upvalue, a parking, perhaps that the target is parked. */
int brief_wait(lua_State *L, struct brief *brief, struct coro *coro);

/* In lua_brief.c. */
int brief_ask(lua_State *L);
/* The target at index 1, whose coroutine still runs; raises otherwise. */
struct brief *brief_check_current(lua_State *L);
uint64_t brief_now_ns(const struct brief *brief);

#endif
