#include "transport_replay_internal.h"

#include "timer.h"

#include <stdlib.h>
#include <string.h>

#define STREAMS_MAX 1024u /* open at once: virtual time costs nothing, a target's line costs memory */
#define SYN_OPTIONS 16u /* bytes by which our SYN is longer than our RST */

static struct replay *replay_of(struct transport *transport)
{
	return (struct replay *)transport;
}

static struct replay_stream *stream_of(struct stream *stream)
{
	return (struct replay_stream *)stream;
}

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
	int error = replay_stream_create(replay, remote, REPLAY_PROBING, &self);
	if (error)
		return error;
	const struct recorded_target *recorded = self->target->recorded;
	transport->counters->probes++;
	uint64_t due_ns = replay->now_ns + recorded->rtt_ns;
	if (recorded->answered) {
		replay_stream_dial(self);
		due_ns = in_step(replay->now_ns + self->connection->after_ns, recorded->start_ns);
	}
	replay_stream_schedule(replay, self, due_ns);
	return 0;
}

static int replay_connect(struct transport *transport, const struct endpoint *remote, void *user, struct stream **out)
{
	struct replay *replay = replay_of(transport);
	struct replay_stream *self;
	char text[ENDPOINT_TEXT_MAX];
	int error = replay_stream_create(replay, remote, REPLAY_OPENING, &self);
	if (error)
		return error;
	if (!self->target->recorded->answered) {
		error = replay_fail(replay, error_set(&replay->why, ERR_NOT_FOUND, "in the recording %s, %s did not answer",
					       recording_path(replay->config.recording), endpoint_format(remote, text)));
		replay_stream_free(replay, self);
		return error;
	}
	replay_stream_dial(self);
	self->stream.user = user;
	replay_stream_schedule(replay, self, replay->now_ns + self->connection->after_ns);
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
		return replay_fail(replay, error_set(&replay->why, ERR_UNSUPPORTED,
					      "the recording %s has first answers only: '%s' cannot be run to its end", path, name));
	if (!handshake)
		return replay_fail(replay, error_set(&replay->why, ERR_NOT_FOUND,
					      "the recording %s has no '%s' for %s: record it with a policy that tries it", path,
					      name, endpoint_format(&stream->remote, text)));
	if (!handshake->opened) {
		stream->refusal = handshake->refusal;
		return ERR_CLOSED;
	}
	self->handshake = handshake;
	stream->synack_repeats = handshake->synack_repeats;
	stream->window_least = handshake->window_least;
	stream->window_open_us = handshake->window_open_us;
	self->event = self->data_used = 0;
	self->sends = 0;
	self->last_ns = replay->now_ns;
	if (handshake->connection >= 1 && handshake->connection <= self->target->recorded->connection_count)
		stream->local.port = self->target->recorded->connections[handshake->connection - 1].local_port;
	if (reused)
		skip_past(replay, self);
	replay_stream_schedule(replay, self, replay_stream_next(self));
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
	replay_stream_schedule(replay, self, replay_stream_next(self));
	return 0;
}

static void replay_close(struct stream *stream, enum close_how how)
{
	struct replay_stream *self = stream_of(stream);
	struct replay *replay = replay_of(stream->transport);
	if (self->state == REPLAY_OPEN) { /* RST; or FIN, and the ACK of the peer's */
		uint32_t packets = how == CLOSE_RESET ? 1 : 2;
		uint32_t syn = self->connection->packets ? self->connection->bytes / self->connection->packets : 0;
		replay_stream_sent(replay, self, packets, packets * (syn > SYN_OPTIONS ? syn - SYN_OPTIONS : 0));
	}
	self->closed = true;
	if (replay->current != self)
		replay_stream_free(replay, self);
}

static int replay_poll(struct transport *transport, uint64_t until_ns, struct error *why)
{
	struct replay *replay = replay_of(transport);
	struct replay_due *first = replay_queue_first(&replay->queue);
	if (!replay->failed && first && first->due_ns <= until_ns) {
		if (first->due_ns > replay->now_ns)
			replay->now_ns = first->due_ns;
		replay_stream_run(replay, (struct replay_stream *)((char *)first - offsetof(struct replay_stream, due)));
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
		replay_stream_free(replay, replay->streams);
	replay_targets_free(&replay->targets);
	replay_queue_free(&replay->queue);
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
	if (!replay || replay_targets_init(&replay->targets, config->recording)) {
		free(replay);
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	}
	replay->transport = (struct transport){ .ops = &replay_ops, .counters = config->base.counters };
	replay->config = *config;
	replay->now_ns = TRANSPORT_REPLAY_START_NS;
	*out = &replay->transport;
	return 0;
}
