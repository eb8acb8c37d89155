#include "transport_replay_internal.h"

#include <stdlib.h>

#define SYN_BYTES_V4 56u
#define SYN_BYTES_V6 76u

int replay_fail(struct replay *replay, int code)
{
	replay->failed = code;
	return code;
}

void replay_stream_sent(struct replay *replay, struct replay_stream *self, uint32_t packets, uint32_t bytes)
{
	self->stream.packets_sent += packets;
	self->stream.wire_sent += bytes;
	replay->transport.counters->frames_sent += packets;
	replay->transport.counters->bytes_sent += bytes;
}

static void count_received(struct replay *replay, struct replay_stream *self, uint32_t packets, uint32_t bytes)
{
	self->stream.packets_received += packets;
	self->stream.wire_received += bytes;
	replay->transport.counters->frames_received += packets;
	replay->transport.counters->frames_used += packets;
}

void replay_stream_schedule(struct replay *replay, struct replay_stream *self, uint64_t due_ns)
{
	if (due_ns == UINT64_MAX)
		replay_queue_remove(&replay->queue, &self->due);
	else if (replay_queue_set(&replay->queue, &self->due, due_ns))
		replay_fail(replay, error_set(&replay->why, ERR_NO_MEMORY, "out of memory"));
}

uint64_t replay_stream_next(const struct replay_stream *self)
{
	if (self->state != REPLAY_OPEN || !self->handshake || self->event >= self->handshake->event_count)
		return UINT64_MAX;
	const struct recorded_event *event = &self->handshake->events[self->event];
	if (event->kind == TRACE_END || event->sends > self->sends || event->sends > SENDS_MAX)
		return UINT64_MAX;
	uint64_t due_ns = self->sent_ns[event->sends] + event->after_ns;
	return due_ns > self->last_ns ? due_ns : self->last_ns;
}

int replay_stream_create(struct replay *replay, const struct endpoint *remote, enum replay_state state,
			 struct replay_stream **out)
{
	struct replay_target *target = NULL;
	int error = replay_targets_take(&replay->targets, remote, &target, &replay->why);
	if (error)
		return replay_fail(replay, error);
	struct replay_stream *self = calloc(1, sizeof *self);
	if (!self) {
		replay_targets_release(&replay->targets, target);
		return ERR_NO_MEMORY;
	}
	self->stream.transport = &replay->transport;
	self->stream.remote = *remote;
	self->stream.local.address.family = remote->address.family;
	self->target = target;
	self->state = state;
	self->due.number = ++replay->numbers;
	self->next = replay->streams;
	if (replay->streams)
		replay->streams->previous = self;
	replay->streams = self;
	replay->stream_count++;
	*out = self;
	return 0;
}

void replay_stream_free(struct replay *replay, struct replay_stream *self)
{
	replay_queue_remove(&replay->queue, &self->due);
	*(self->previous ? &self->previous->next : &replay->streams) = self->next;
	if (self->next)
		self->next->previous = self->previous;
	replay->stream_count--;
	replay_targets_release(&replay->targets, self->target);
	free(self);
}

void replay_stream_dial(struct replay_stream *self)
{
	const struct recorded_target *recorded = self->target->recorded;
	self->number = ++self->target->connects;
	size_t last = recorded->connection_count;
	self->connection = &recorded->connections[(self->number < last ? self->number : last) - 1];
}

static void stream_open(struct replay *replay, struct replay_stream *self)
{
	const struct recorded_connection *connection = self->connection;
	struct stream *stream = &self->stream;
	self->state = REPLAY_OPEN;
	self->sent_ns[0] = self->last_ns = stream->opened_ns = replay->now_ns;
	stream->rtt_ns = connection->rtt_ns;
	stream->syn_ack = self->target->recorded->syn_ack;
	stream->window = connection->window;
	stream->local.port = connection->local_port;
	replay_stream_sent(replay, self, connection->packets, connection->bytes);
	count_received(replay, self, connection->received, connection->received_bytes);
	replay->transport.counters->connections++;
}

/* --- what comes --------------------------------------------------------------------------------------------------------- */

static void give_event(struct replay *replay, struct replay_stream *self, enum stream_event event)
{
	const struct transport_handler *handler = &replay->config.base.handler;
	if (!self->closed)
		handler->event(handler->owner, &self->stream, event);
}

static void give_data(struct replay *replay, struct replay_stream *self, uint32_t length)
{
	const struct transport_handler *handler = &replay->config.base.handler;
	size_t left = self->handshake->data_length - self->data_used;
	const uint8_t *bytes = self->handshake->data + self->data_used;
	if (length > left)
		length = (uint32_t)left; /* a recording keeps the beginning of what came */
	self->data_used += length;
	self->stream.bytes_received += length;
	if (length > 0 && !self->closed)
		handler->data(handler->owner, &self->stream, bytes, length);
}

/* What was acknowledged of data, but not of all of it, made no event: it is known at the end, and counted with the last
 * frames before it. */
static uint32_t acked_by(const struct replay_stream *self, const struct recorded_event *event)
{
	const struct recorded_event *next = event + 1, *end = self->handshake->events + self->handshake->event_count;
	return event->kind == TRACE_PACKETS && next < end && next->kind == TRACE_END ? next->acked : event->acked;
}

static void replay_event(struct replay *replay, struct replay_stream *self, const struct recorded_event *event)
{
	replay_stream_sent(replay, self, event->packets, event->bytes);
	count_received(replay, self, event->received, event->received_bytes);
	if (event->kind != TRACE_PACKETS || acked_by(self, event) > 0)
		self->stream.bytes_acked = acked_by(self, event);
	if (event->kind != TRACE_PACKETS)
		self->stream.window = event->window;
	switch (event->kind) {
	case TRACE_ACKED:
		give_event(replay, self, STREAM_ACKED);
		break;
	case TRACE_WINDOW:
		give_event(replay, self, STREAM_WINDOW);
		break;
	case TRACE_UNACKED:
		give_event(replay, self, STREAM_UNACKED);
		break;
	case TRACE_FINISHED:
		give_event(replay, self, STREAM_FINISHED);
		break;
	case TRACE_RESET:
		self->state = REPLAY_DEAD;
		self->stream.reset_payload = self->handshake->reset_payload;
		self->stream.reset_length = (uint32_t)self->handshake->reset_length;
		give_event(replay, self, STREAM_RESET);
		break;
	case TRACE_DATA:
		give_data(replay, self, event->length);
		break;
	case TRACE_SENT:
	case TRACE_PACKETS:
	case TRACE_END:
		break;
	}
}

/* The SYN of a target that did not open a connection. */
static void replay_refusal(struct replay *replay, struct replay_stream *self)
{
	const struct transport_handler *handler = &replay->config.base.handler;
	const struct recorded_target *recorded = self->target->recorded;
	struct counters *counters = replay->transport.counters;
	uint32_t syns = recorded->refusal == REFUSAL_FILTERED ? 1 + replay->config.base.retries : 1;
	uint32_t bytes = self->stream.remote.address.family == ADDRESS_V6 ? SYN_BYTES_V6 : SYN_BYTES_V4;
	replay_stream_sent(replay, self, syns, syns * bytes);
	if (recorded->refusal == REFUSAL_REFUSED)
		counters->refused++;
	else if (recorded->refusal == REFUSAL_UNREACHABLE)
		counters->unreachable++;
	else
		counters->filtered++;
	if (handler->refused)
		handler->refused(handler->owner, &self->stream.remote, recorded->refusal, recorded->icmp_type,
				 recorded->icmp_code, recorded->rtt_ns);
	self->closed = true;
}

static void replay_opening(struct replay *replay, struct replay_stream *self)
{
	const struct transport_handler *handler = &replay->config.base.handler;
	bool probing = self->state == REPLAY_PROBING;
	if (probing && !self->target->recorded->answered) {
		replay_refusal(replay, self);
		return;
	}
	if (!self->connection->opened) {
		self->state = REPLAY_DEAD;
		self->stream.refusal = self->connection->refusal;
		replay_stream_sent(replay, self, self->connection->packets, self->connection->bytes);
		replay->transport.counters->connect_failures++;
		give_event(replay, self, STREAM_FAILED);
		return;
	}
	stream_open(replay, self);
	replay->transport.counters->syn_acks += probing;
	if (probing)
		handler->opened(handler->owner, &self->stream);
	else
		give_event(replay, self, STREAM_OPENED);
}

void replay_stream_run(struct replay *replay, struct replay_stream *self)
{
	replay->current = self;
	replay_queue_remove(&replay->queue, &self->due);
	if (self->state == REPLAY_OPEN) {
		const struct recorded_event *event = &self->handshake->events[self->event++];
		self->last_ns = replay->now_ns;
		replay_event(replay, self, event);
	} else {
		replay_opening(replay, self);
	}
	replay->current = NULL;
	if (self->closed)
		replay_stream_free(replay, self);
	else
		replay_stream_schedule(replay, self, replay_stream_next(self));
}
