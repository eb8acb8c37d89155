/* Shared by lua_conn and its parts (lua_conn_*) only. */
#ifndef SONDE_LUA_CONN_INTERNAL_H
#define SONDE_LUA_CONN_INTERNAL_H

#include "buffer.h"
#include "lua_conn.h"
#include "tls.h"
#include "trace.h"

#define CONN_TYPE "sonde.conn"
#define SAID_MAX 256 /* bytes of our own that are kept */

struct conn {
	struct coro_resource resource; /* first: conn_released casts back */
	const void *mark; /* of conn_check */
	struct coro_pool *pool;
	struct coro *waiting; /* suspended in a wait of ours; NULL when none is */
	struct stream *stream; /* NULL before it is open and after it was closed */
	struct stream *facts; /* the stream as it was when closed; owned; NULL before */
	struct buffer received; /* all that came, from the first byte on: never consumed, so that it can be read again */
	struct buffer said; /* the first bytes we sent: an echo of them is no service */
	struct buffer head; /* the first bytes that came while TLS was on, as they were on the wire */
	const char *outcome; /* why no more bytes will come; NULL while they may */
	uint64_t deadline_ns; /* of the handshake that runs now */
	struct tls *tls; /* NULL: in the clear */
	struct conn_trace *trace; /* NULL: this handshake is not recorded */
	uint32_t read; /* how much of `received` the script has taken */
	uint32_t want; /* unread bytes the waiting coroutine wants */
	uint32_t random_drawn; /* 8-byte words drawn so far */
	uint32_t secured; /* how much of `received` came before TLS; what follows came inside */
	uint32_t base; /* where, in `received`, the answers to the handshake that runs now begin */
	int self; /* registry reference that keeps the conn alive while it opens */
	bool inside; /* the handshake that runs now began inside TLS */
	bool securing; /* the wait is start_tls's */
	bool der; /* start_tls was asked for the chain's bytes */
	bool begun; /* a handshake began on it */
	bool first_only; /* the first bytes end the handshake: outcome "answered" */
	bool want_any; /* the wait is conn.linger's: deadline and first_only do not apply */
	bool opening; /* connect() is under way */
	bool has_fields; /* conn.set was called: the userdata's environment is a table of its own */
};

/* The conn at `index`; raises where there is something else. */
struct conn *conn_check(lua_State *L, int index);
/* The argument at `index` as a count of bytes, at most `most`, which is also what it is by default. */
uint32_t conn_check_count(lua_State *L, int index, uint32_t most);

/* Pushes a new one without a stream. */
struct conn *conn_new(lua_State *L, struct coro_pool *pool);
/* Lets go of its stream, if it still has one. */
void conn_close(struct conn *conn, enum close_how how);
/* Of the conn on top of L's stack, whose coroutine is about to end, which lets go of all it has: nothing is left to do when it is
 * collected. */
void conn_retire(lua_State *L);
/* Lets go of all it has, of what it knows, and of its coroutine, which will not ask for it again. */
void conn_discard(struct conn *conn);
uint32_t conn_unread(const struct conn *conn);
/* The stream, or what it was when it was closed. */
const struct stream *conn_facts(const struct conn *conn);
/* Hands bytes that may be read to the script; more than CONN_RECEIVE_MAX end the connection. */
void conn_append(struct conn *conn, const uint8_t *bytes, size_t length);

/* In lua_conn_wait.c. */

/* Waits for what `want`, `want_any` and `securing` say: the results for Lua, or a suspended coroutine. */
int conn_await(struct conn *conn, lua_State *L);
/* Goes on with the coroutine that waits for something on it, if it has come. */
void conn_wake(struct conn *conn);
/* STREAM_OPENED or STREAM_FAILED: goes on with the coroutine in conn_connect. */
void conn_opened(struct conn *conn, bool opened);
/* Why the deadline passed without an answer: because our data was never acknowledged, or because nothing was said. */
const char *conn_deadline_outcome(const struct conn *conn);
const char *conn_refusal_text(enum refusal refusal);
uint64_t conn_nanoseconds(double seconds); /* 0 for less, and at most some days */
/* Primitives. */
int conn_wait(lua_State *L);
int conn_linger(lua_State *L);
int conn_sleep(lua_State *L);

/* In lua_conn_bytes.c. */

/* A handshake starts: its deadline, and the first byte is unread again; where TLS is on, the first byte inside. */
void conn_begin_handshake(struct conn *conn, double seconds, bool first_only);
/* Primitives. */
int conn_send(lua_State *L);
int conn_peek(lua_State *L);
int conn_take(lua_State *L);
int conn_finish(lua_State *L);
int conn_abort(lua_State *L);
int conn_begin(lua_State *L);
int conn_data(lua_State *L);
int conn_said(lua_State *L);
int conn_count_unread(lua_State *L);
int conn_reset_payload(lua_State *L);
int conn_state(lua_State *L);
int conn_endpoints(lua_State *L);

/* In lua_conn_random.c: primitive random(conn, n): n bytes drawn from the scan's seed, both endpoints and how often was drawn
 * before. */
int conn_random(lua_State *L);

/* In lua_conn_facts.c: primitives syn_ack(conn), facts(conn) and behaviour(conn). */
int conn_persist(lua_State *L);
int conn_syn_ack_table(lua_State *L);
int conn_facts_list(lua_State *L);
int conn_behaviour(lua_State *L);

/* In lua_conn_trace.c: what happens during a handshake, and when, for recordings. All are harmless without a trace. */

/* Starts a trace, or starts anew; without memory there is none. */
void conn_trace_begin(struct conn *conn);
/* `length`: bytes sent or received. */
void conn_trace_note(struct conn *conn, enum trace_kind kind, size_t length);
void conn_trace_event(struct conn *conn, enum stream_event event);
void conn_trace_free(struct conn *conn);
/* Primitive trace(conn): ends the trace and gives it as an array of arrays; nil where there is none. */
int conn_trace_take(lua_State *L);

/* In lua_conn_tls.c; all but the last two for a conn with `tls`. */
void conn_tls_receive(struct conn *conn, const uint8_t *bytes, size_t length);
int conn_tls_send(struct conn *conn, const void *bytes, size_t length); /* as transport ops->send */
void conn_tls_finish(struct conn *conn); /* says close_notify, and sends what TLS still has to say */
/* What a wait of start_tls gives, if it is over: as wait_results. */
int conn_tls_results(struct conn *conn, lua_State *L);
/* Primitives: start_tls(conn, options), tls(conn, host). */
int conn_start_tls(lua_State *L);
int conn_tls_facts(lua_State *L);

#endif
