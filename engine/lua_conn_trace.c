#include "lua_conn_internal.h"

#include <luajit-2.1/lauxlib.h>
#include <stdlib.h>

#define EVENTS_MAX 512 /* of one handshake; what comes later is not recorded */

struct trace_event {
	uint64_t after_ns; /* since the `sends`th send, or since the connection opened */
	uint32_t sends;
	uint32_t packets, bytes; /* of TRACE_PACKETS: sent by us since the event before */
	uint32_t received, received_bytes; /* packets of the peer since the event before, this one included */
	uint32_t acked; /* payload bytes of ours acknowledged so far */
	uint32_t length;
	uint16_t window;
	uint8_t kind;
};

struct conn_trace {
	uint64_t base_ns; /* of the last send, or when the connection opened */
	uint64_t last_ns; /* of the last event */
	uint64_t bytes, received_bytes; /* counted so far */
	uint32_t packets, received, sends;
	uint32_t count, size;
	struct trace_event *events;
};

static const char *const kind_names[] = {
#define X(name, text) text,
	TRACE_LIST(X)
#undef X
};

static uint64_t trace_now(const struct conn *conn)
{
	struct transport *transport = coro_pool_transport(conn->pool);
	return transport->ops->now(transport);
}

void conn_trace_begin(struct conn *conn)
{
	const struct stream *stream = conn->stream;
	struct conn_trace *trace = conn->trace;
	if (!stream)
		return;
	if (!trace)
		trace = calloc(1, sizeof *trace);
	if (!trace)
		return;
	conn->trace = trace;
	trace->count = trace->sends = 0;
	trace->base_ns = stream->opened_ns;
	trace->last_ns = trace_now(conn);
	trace->packets = stream->packets_sent;
	trace->bytes = stream->wire_sent;
	trace->received = stream->packets_received;
	trace->received_bytes = stream->wire_received;
}

void conn_trace_free(struct conn *conn)
{
	if (conn->trace)
		free(conn->trace->events);
	free(conn->trace);
	conn->trace = NULL;
}

/* NULL when there is no room. */
static struct trace_event *trace_add(struct conn_trace *trace, enum trace_kind kind, uint64_t now_ns)
{
	if (trace->count == trace->size) {
		uint32_t size = trace->size ? trace->size * 2 : 16;
		struct trace_event *events = size <= EVENTS_MAX ? realloc(trace->events, size * sizeof *events) : NULL;
		if (!events)
			return NULL;
		trace->events = events;
		trace->size = size;
	}
	struct trace_event *event = &trace->events[trace->count++];
	*event = (struct trace_event){ .kind = kind, .sends = trace->sends,
				       .after_ns = now_ns > trace->base_ns ? now_ns - trace->base_ns : 0 };
	return event;
}

/* Packets that left since the last event: the last of them when the stream says, the others right after that event, when it
 * was answered. Equal in size where there are several, because then one repeats the other. */
static void trace_packets(struct conn_trace *trace, const struct stream *stream)
{
	uint32_t packets = stream->packets_sent - trace->packets;
	uint64_t bytes = stream->wire_sent - trace->bytes;
	if (packets == 0)
		return;
	bool later = stream->sent_ns > trace->last_ns;
	uint32_t at_once = later ? packets - 1 : packets;
	uint32_t at_once_bytes = (uint32_t)(bytes * at_once / packets);
	struct trace_event *event = at_once ? trace_add(trace, TRACE_PACKETS, trace->last_ns) : NULL;
	if (event) {
		event->packets = at_once;
		event->bytes = at_once_bytes;
	}
	event = later ? trace_add(trace, TRACE_PACKETS, stream->sent_ns) : NULL;
	if (event) {
		event->packets = 1;
		event->bytes = (uint32_t)bytes - at_once_bytes;
	}
	trace->packets = stream->packets_sent;
	trace->bytes = stream->wire_sent;
}

void conn_trace_note(struct conn *conn, enum trace_kind kind, size_t length)
{
	struct conn_trace *trace = conn->trace;
	const struct stream *stream = conn->stream;
	if (!trace || !stream)
		return;
	uint64_t now_ns = trace_now(conn);
	trace_packets(trace, stream);
	if (kind == TRACE_SENT) {
		trace->sends++;
		trace->base_ns = now_ns;
	}
	trace->last_ns = now_ns;
	struct trace_event *event = trace_add(trace, kind, now_ns);
	if (!event)
		return;
	event->length = (uint32_t)length;
	event->received = stream->packets_received - trace->received;
	event->received_bytes = (uint32_t)(stream->wire_received - trace->received_bytes);
	event->acked = (uint32_t)stream->bytes_acked;
	event->window = stream->window;
	trace->received = stream->packets_received;
	trace->received_bytes = stream->wire_received;
}

void conn_trace_event(struct conn *conn, enum stream_event event)
{
	static const uint8_t kinds[] = {
		[STREAM_ACKED] = TRACE_ACKED, [STREAM_WINDOW] = TRACE_WINDOW, [STREAM_UNACKED] = TRACE_UNACKED,
		[STREAM_FINISHED] = TRACE_FINISHED, [STREAM_RESET] = TRACE_RESET,
	};
	if (event != STREAM_OPENED && event != STREAM_FAILED)
		conn_trace_note(conn, kinds[event], 0);
}

static void push_event(lua_State *L, const struct trace_event *event)
{
	const uint64_t numbers[] = {
		event->sends, event->after_ns, event->packets, event->bytes, event->received, event->received_bytes,
		event->acked, event->window, event->length,
	};
	const int count = sizeof numbers / sizeof *numbers;
	lua_createtable(L, count + 1, 0);
	lua_pushstring(L, kind_names[event->kind]);
	lua_rawseti(L, -2, 1);
	for (int i = 0; i < count; i++) {
		lua_pushnumber(L, (double)numbers[i]);
		lua_rawseti(L, -2, i + 2);
	}
}

int conn_trace_take(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	if (!conn->trace)
		return 0;
	conn_trace_note(conn, TRACE_END, 0);
	lua_createtable(L, (int)conn->trace->count, 0);
	for (uint32_t i = 0; i < conn->trace->count; i++) {
		push_event(L, &conn->trace->events[i]);
		lua_rawseti(L, -2, (int)i + 1);
	}
	return 1;
}
