#include "transport_replay.h"

#include "replay_queue.h"
#include "timer.h"

#include <stdlib.h>
#include <string.h>

#define STREAMS_MAX 1024u /* open at once: virtual time costs nothing, a target's line costs memory */
#define IDLE_MAX 256u /* targets kept although nothing is open to them: their policies may connect again */
#define SENDS_MAX 16u /* of one handshake, timed each */
#define SYN_OPTIONS 16u /* bytes by which our SYN is longer than our RST */
#define SYN_BYTES_V4 56u
#define SYN_BYTES_V6 76u

struct replay_target {
	struct replay_target *newer, *older; /* among those that nothing is open to */
	struct recorded_target *recorded;
	size_t index; /* in the recording */
	uint32_t connects, streams;
};

enum replay_state { REPLAY_PROBING, REPLAY_OPENING, REPLAY_OPEN, REPLAY_DEAD };

struct replay_stream {
	struct stream stream; /* first */
	struct replay_due due;
	struct replay_stream *next, *previous;
	struct replay_target *target;
	const struct recorded_connection *connection;
	const struct recorded_handshake *handshake; /* NULL: none was begun */
	enum replay_state state;
	uint32_t number; /* of the connection among the target's, from 1 */
	uint64_t sent_ns[SENDS_MAX + 1]; /* when the handshake sent, from 1; 0: when the connection opened */
	uint64_t last_ns; /* of the last event: they keep their order */
	size_t event, data_used;
	uint32_t sends;
	bool closed; /* by its owner, inside a callback of its own */
};

struct replay {
	struct transport transport; /* first */
	struct transport_replay_config config;
	struct replay_queue queue;
	struct replay_target **targets; /* by index in the recording; NULL: not loaded */
	struct replay_target *newest, *oldest; /* of the idle ones */
	struct replay_stream *streams, *current;
	uint32_t stream_count, idle_count;
	uint64_t now_ns, numbers;
	struct error why;
	int failed;
};

static struct replay *replay_of(struct transport *transport)
{
	return (struct replay *)transport;
}

static struct replay_stream *stream_of(struct stream *stream)
{
	return (struct replay_stream *)stream;
}

/* --- targets ------------------------------------------------------------------------------------------------------------ */

static void idle_remove(struct replay *replay, struct replay_target *target)
{
	*(target->newer ? &target->newer->older : &replay->newest) = target->older;
	*(target->older ? &target->older->newer : &replay->oldest) = target->newer;
	target->newer = target->older = NULL;
	replay->idle_count--;
}

static void target_free(struct replay *replay, struct replay_target *target)
{
	replay->targets[target->index] = NULL;
	recorded_target_free(target->recorded);
	free(target);
}

static void idle_add(struct replay *replay, struct replay_target *target)
{
	target->older = replay->newest;
	*(replay->newest ? &replay->newest->newer : &replay->oldest) = target;
	replay->newest = target;
	replay->idle_count++;
	while (replay->idle_count > IDLE_MAX) {
		struct replay_target *oldest = replay->oldest;
		idle_remove(replay, oldest);
		target_free(replay, oldest);
	}
}

static int fail(struct replay *replay, int code)
{
	replay->failed = code;
	return code;
}

/* The target at an endpoint, in use until target_release. */
static int target_take(struct replay *replay, const struct endpoint *remote, struct replay_target **out)
{
	struct recording *recording = replay->config.recording;
	char text[ENDPOINT_TEXT_MAX];
	size_t index;
	if (!recording_find(recording, remote, &index))
		return fail(replay, error_set(&replay->why, ERR_NOT_FOUND, "the recording %s has no %s", recording_path(recording),
					      endpoint_format(remote, text)));
	struct replay_target *target = replay->targets[index];
	if (!target) {
		target = calloc(1, sizeof *target);
		if (!target)
			return fail(replay, error_set(&replay->why, ERR_NO_MEMORY, "out of memory"));
		target->index = index;
		int error = recording_load(recording, index, &target->recorded, &replay->why);
		if (error) {
			free(target);
			return fail(replay, error);
		}
		replay->targets[index] = target;
	} else if (target->streams == 0) {
		idle_remove(replay, target);
	}
	target->streams++;
	*out = target;
	return 0;
}

static void target_release(struct replay *replay, struct replay_target *target)
{
	if (--target->streams == 0)
		idle_add(replay, target);
}

/* --- streams ------------------------------------------------------------------------------------------------------------- */

static void count_sent(struct replay *replay, struct replay_stream *self, uint32_t packets, uint32_t bytes)
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

static void stream_schedule(struct replay *replay, struct replay_stream *self, uint64_t due_ns)
{
	if (due_ns == UINT64_MAX)
		replay_queue_remove(&replay->queue, &self->due);
	else if (replay_queue_set(&replay->queue, &self->due, due_ns))
		fail(replay, error_set(&replay->why, ERR_NO_MEMORY, "out of memory"));
}

/* When the next event of the handshake is due: as long after what it answers as it was in the recording. */
static uint64_t stream_next(const struct replay_stream *self)
{
	if (self->state != REPLAY_OPEN || !self->handshake || self->event >= self->handshake->event_count)
		return UINT64_MAX;
	const struct recorded_event *event = &self->handshake->events[self->event];
	if (event->kind == TRACE_END || event->sends > self->sends || event->sends > SENDS_MAX)
		return UINT64_MAX;
	uint64_t due_ns = self->sent_ns[event->sends] + event->after_ns;
	return due_ns > self->last_ns ? due_ns : self->last_ns;
}

static int stream_create(struct replay *replay, const struct endpoint *remote, enum replay_state state,
			 struct replay_stream **out)
{
	struct replay_target *target = NULL;
	int error = target_take(replay, remote, &target);
	if (error)
		return error;
	struct replay_stream *self = calloc(1, sizeof *self);
	if (!self) {
		target_release(replay, target);
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

static void stream_free(struct replay *replay, struct replay_stream *self)
{
	replay_queue_remove(&replay->queue, &self->due);
	*(self->previous ? &self->previous->next : &replay->streams) = self->next;
	if (self->next)
		self->next->previous = self->previous;
	replay->stream_count--;
	target_release(replay, self->target);
	free(self);
}

/* The connection that follows the target's earlier ones. Beyond those recorded it is as the last of them. */
static void stream_dial(struct replay_stream *self)
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
	count_sent(replay, self, connection->packets, connection->bytes);
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

static void replay_event(struct replay *replay, struct replay_stream *self, const struct recorded_event *event)
{
	count_sent(replay, self, event->packets, event->bytes);
	count_received(replay, self, event->received, event->received_bytes);
	if (event->kind != TRACE_PACKETS) {
		self->stream.bytes_acked = event->acked;
		self->stream.window = event->window;
	}
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
	count_sent(replay, self, syns, syns * bytes);
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
		count_sent(replay, self, self->connection->packets, self->connection->bytes);
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

/* One thing that is due. The owner may close the stream meanwhile: it is freed here, afterwards. */
static void replay_run(struct replay *replay, struct replay_stream *self)
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
		stream_free(replay, self);
	else
		stream_schedule(replay, self, stream_next(self));
}

/* --- ops ---------------------------------------------------------------------------------------------------------------- */

static size_t replay_room(struct transport *transport)
{
	return STREAMS_MAX - replay_of(transport)->stream_count;
}

/* Deadlines are kept to a tick of the clock: the connection opens at the same time within a tick as the recorded one did, so
 * that what follows takes exactly as long. */
static uint64_t in_step(uint64_t time_ns, uint64_t start_ns)
{
	uint64_t off_ns = (start_ns % TIMER_TICK_NS + TIMER_TICK_NS - time_ns % TIMER_TICK_NS) % TIMER_TICK_NS;
	return time_ns + off_ns;
}

static int replay_probe(struct transport *transport, const struct endpoint *remote)
{
	struct replay *replay = replay_of(transport);
	struct replay_stream *self;
	if (replay->stream_count >= STREAMS_MAX)
		return ERR_AGAIN;
	int error = stream_create(replay, remote, REPLAY_PROBING, &self);
	if (error)
		return error;
	const struct recorded_target *recorded = self->target->recorded;
	transport->counters->probes++;
	uint64_t due_ns = replay->now_ns + recorded->rtt_ns;
	if (recorded->answered) {
		stream_dial(self);
		due_ns = in_step(replay->now_ns + self->connection->after_ns, recorded->start_ns);
	}
	stream_schedule(replay, self, due_ns);
	return 0;
}

static int replay_connect(struct transport *transport, const struct endpoint *remote, void *user, struct stream **out)
{
	struct replay *replay = replay_of(transport);
	struct replay_stream *self;
	char text[ENDPOINT_TEXT_MAX];
	int error = stream_create(replay, remote, REPLAY_OPENING, &self);
	if (error)
		return error;
	if (!self->target->recorded->answered) {
		error = fail(replay, error_set(&replay->why, ERR_NOT_FOUND, "in the recording %s, %s did not answer",
					       recording_path(replay->config.recording), endpoint_format(remote, text)));
		stream_free(replay, self);
		return error;
	}
	stream_dial(self);
	self->stream.user = user;
	stream_schedule(replay, self, replay->now_ns + self->connection->after_ns);
	*out = &self->stream;
	return 0;
}

/* The attempt of this name that is likest to the one that begins: on the same connection, or in the same place on one. */
static const struct recorded_handshake *find_handshake(const struct replay_stream *self, const char *name, bool reused)
{
	const struct recorded_target *recorded = self->target->recorded;
	const struct recorded_handshake *best = NULL;
	int best_likeness = -1;
	for (size_t i = 0; i < recorded->handshake_count; i++) {
		const struct recorded_handshake *one = &recorded->handshakes[i];
		if (strcmp(one->name, name) != 0)
			continue;
		int likeness = (one->opened ? 4 : 0) + (one->reused == reused ? 2 : 0) + (one->connection == self->number);
		if (likeness > best_likeness) {
			best = one;
			best_likeness = likeness;
		}
	}
	return best;
}

/* Of what was recorded before the handshake sent anything, the past is over when it begins on a connection that has been open
 * for a while; but what the peer did is not lost. */
static void skip_past(struct replay *replay, struct replay_stream *self)
{
	for (; self->event < self->handshake->event_count; self->event++) {
		const struct recorded_event *event = &self->handshake->events[self->event];
		bool past = event->sends == 0 && self->sent_ns[0] + event->after_ns < replay->now_ns;
		bool seen = event->kind == TRACE_PACKETS || (event->kind == TRACE_DATA && self->stream.bytes_received > 0);
		if (!past || !seen)
			break;
	}
}

static int replay_begin(struct stream *stream, const char *name, bool first_only)
{
	struct replay_stream *self = stream_of(stream);
	struct replay *replay = replay_of(stream->transport);
	bool reused = self->handshake != NULL;
	const struct recorded_handshake *handshake = find_handshake(self, name, reused);
	const char *path = recording_path(replay->config.recording);
	char text[ENDPOINT_TEXT_MAX];
	stream->refusal = REFUSAL_LOCAL;
	if (!first_only)
		return fail(replay, error_set(&replay->why, ERR_UNSUPPORTED,
					      "the recording %s has first answers only: '%s' cannot be run to its end", path, name));
	if (!handshake)
		return fail(replay, error_set(&replay->why, ERR_NOT_FOUND,
					      "the recording %s has no '%s' for %s: record it with a policy that tries it", path,
					      name, endpoint_format(&stream->remote, text)));
	if (!handshake->opened) {
		stream->refusal = handshake->refusal;
		return ERR_CLOSED;
	}
	self->handshake = handshake;
	self->event = self->data_used = 0;
	self->sends = 0;
	self->last_ns = replay->now_ns;
	if (handshake->connection >= 1 && handshake->connection <= self->target->recorded->connection_count)
		stream->local.port = self->target->recorded->connections[handshake->connection - 1].local_port;
	if (reused)
		skip_past(replay, self);
	stream_schedule(replay, self, stream_next(self));
	return 0;
}

static int replay_send(struct stream *stream, const void *bytes, size_t length)
{
	struct replay_stream *self = stream_of(stream);
	struct replay *replay = replay_of(stream->transport);
	(void)bytes;
	if (self->state != REPLAY_OPEN)
		return ERR_CLOSED;
	stream->bytes_queued += length;
	if (self->sends < SENDS_MAX)
		self->sent_ns[++self->sends] = replay->now_ns;
	stream_schedule(replay, self, stream_next(self));
	return 0;
}

static void replay_close(struct stream *stream, enum close_how how)
{
	struct replay_stream *self = stream_of(stream);
	struct replay *replay = replay_of(stream->transport);
	if (self->state == REPLAY_OPEN) { /* RST; or FIN, and the ACK of the peer's */
		uint32_t packets = how == CLOSE_RESET ? 1 : 2;
		uint32_t syn = self->connection->packets ? self->connection->bytes / self->connection->packets : 0;
		count_sent(replay, self, packets, packets * (syn > SYN_OPTIONS ? syn - SYN_OPTIONS : 0));
	}
	self->closed = true;
	if (replay->current != self)
		stream_free(replay, self);
}

static int replay_poll(struct transport *transport, uint64_t until_ns, struct error *why)
{
	struct replay *replay = replay_of(transport);
	struct replay_due *first = replay_queue_first(&replay->queue);
	if (!replay->failed && first && first->due_ns <= until_ns) {
		if (first->due_ns > replay->now_ns)
			replay->now_ns = first->due_ns;
		replay_run(replay, (struct replay_stream *)((char *)first - offsetof(struct replay_stream, due)));
	} else if (!replay->failed && until_ns != UINT64_MAX && until_ns > replay->now_ns) {
		replay->now_ns = until_ns;
	}
	if (replay->failed && why)
		*why = replay->why;
	return replay->failed;
}

static bool replay_idle(const struct transport *transport)
{
	return ((const struct replay *)transport)->stream_count == 0;
}

static uint64_t replay_next(const struct transport *transport)
{
	const struct replay_due *first = replay_queue_first(&((const struct replay *)transport)->queue);
	return first ? first->due_ns : UINT64_MAX;
}

static uint64_t replay_now(const struct transport *transport)
{
	return ((const struct replay *)transport)->now_ns;
}

static void replay_destroy(struct transport *transport)
{
	struct replay *replay = replay_of(transport);
	while (replay->streams)
		stream_free(replay, replay->streams);
	while (replay->newest) {
		struct replay_target *target = replay->newest;
		idle_remove(replay, target);
		target_free(replay, target);
	}
	replay_queue_free(&replay->queue);
	free(replay->targets);
	free(replay);
}

static const struct transport_ops replay_ops = {
	.name = "replay",
	.probe = replay_probe,
	.room = replay_room,
	.connect = replay_connect,
	.begin = replay_begin,
	.send = replay_send,
	.close = replay_close,
	.poll = replay_poll,
	.idle = replay_idle,
	.next = replay_next,
	.now = replay_now,
	.destroy = replay_destroy,
};

int transport_replay_create(struct transport **out, const struct transport_replay_config *config, struct error *why)
{
	struct replay *replay = calloc(1, sizeof *replay);
	if (replay)
		replay->targets = calloc(recording_count(config->recording) + 1, sizeof *replay->targets);
	if (!replay || !replay->targets) {
		free(replay);
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	}
	replay->transport = (struct transport){ .ops = &replay_ops, .counters = config->base.counters };
	replay->config = *config;
	replay->now_ns = TRANSPORT_REPLAY_START_NS;
	*out = &replay->transport;
	return 0;
}
