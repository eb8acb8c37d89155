#include "transport_raw_internal.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define RAW_PORT_TRIES 16 /* source ports connect() looks at before it gives up */

const struct address *raw_later_source(const struct raw *raw, const struct address *remote)
{
	const struct address *later = remote->family == ADDRESS_V6 ? &raw->config.later_v6 : &raw->config.later_v4;
	return later->family == remote->family && remote->family != ADDRESS_NONE ? later : raw_source(raw, remote);
}

const struct address *raw_source(const struct raw *raw, const struct address *remote)
{
	const struct address *source = remote->family == ADDRESS_V6 ? &raw->config.source_v6 : &raw->config.source_v4;
	return source->family == remote->family && remote->family != ADDRESS_NONE ? source : NULL;
}

/* The source port of a further connection. */
static uint16_t raw_port(const struct raw *raw, const struct endpoint *remote, uint64_t salt)
{
	struct {
		uint64_t salt;
		struct endpoint remote;
		uint32_t zero; /* no padding in what is hashed */
	} key = { salt, *remote, 0 };
	uint32_t count = raw->config.port_last - raw->config.port_first + 1u;
	return (uint16_t)(raw->config.port_first + cookie_hash(&raw->port_key, &key, sizeof(key)) % count);
}

uint64_t raw_connection(const struct raw *raw, const struct endpoint *local, const struct endpoint *remote)
{
	struct endpoint pair[2] = { *local, *remote };
	return cookie_hash(&raw->seen_key, pair, sizeof pair);
}

/* Of the probe's hash, which the target knows a part of; under a key of its own, so that nobody can aim at one place. */
static uint64_t raw_fingerprint(const struct raw *raw, const struct endpoint *remote)
{
	unsigned __int128 product = (unsigned __int128)(raw_probe_hash(raw, remote) ^ raw->seen_key.k0) * (raw->seen_key.k1 | 1);
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

bool raw_has_seen(const struct raw *raw, const struct endpoint *remote)
{
	return seen_has(raw->seen, raw_fingerprint(raw, remote), raw->now_ns);
}

void raw_remember(struct raw *raw, const struct endpoint *remote)
{
	uint64_t forgotten = seen_forgotten(raw->seen);
	seen_add(raw->seen, raw_fingerprint(raw, remote), raw->now_ns);
	raw->transport.counters->seen_forgotten += seen_forgotten(raw->seen) - forgotten;
}

void raw_event(struct raw *raw, struct flow *flow, enum stream_event event)
{
	if (flow->owned)
		raw->config.base.handler.event(raw->config.base.handler.owner, &flow->stream, event);
}

/* The flow's timer. Its owner's callbacks may do what they like to it: raw_flush looks at it afterwards. */
static void raw_fire(struct timer *timer, uint64_t now_ns)
{
	struct flow *flow = (struct flow *)((char *)timer - offsetof(struct flow, timer));
	struct raw *raw = raw_of(flow->stream.transport);
	unsigned events = tcp_expire(&flow->tcp, now_ns);
	raw->happened = true;
	if (events & 1u << STREAM_FAILED) {
		flow->stream.refusal = REFUSAL_FILTERED;
		raw->transport.counters->connect_failures++;
		raw_event(raw, flow, STREAM_FAILED);
	}
	if (events & 1u << STREAM_UNACKED)
		raw_event(raw, flow, STREAM_UNACKED);
	raw_touch(raw, flow);
}

struct flow *raw_flow_add(struct raw *raw, const struct endpoint *local, const struct endpoint *remote)
{
	struct flow *flow = flow_add(raw->flows, local, remote);
	if (!flow)
		return NULL;
	flow->stream.transport = &raw->transport;
	flow->timer.fire = raw_fire;
	return flow;
}

/* A source port for one more connection: another than the probe's and than those of the last minute, which the peer may
 * remember, and none that is in use. Where there are too few ports for that, one that is not in use; false when there is none. */
static bool raw_pick_port(struct raw *raw, const struct endpoint *remote, struct endpoint *local)
{
	uint16_t probe_port = raw_probe_port(raw, raw_probe_hash(raw, remote));
	uint16_t second_best = 0;
	for (int i = 0; i < RAW_PORT_TRIES; i++) {
		local->port = raw_port(raw, remote, ++raw->connects);
		if ((local->port == probe_port && raw->config.port_first != raw->config.port_last) ||
		    flow_find(raw->flows, local, remote))
			continue;
		if (!seen_has(raw->used, raw_connection(raw, local, remote), raw->now_ns))
			return true;
		second_best = local->port;
	}
	local->port = second_best;
	return second_best != 0;
}

int raw_connect(struct transport *transport, const struct endpoint *remote, void *user, struct stream **out)
{
	struct raw *raw = raw_of(transport);
	const struct transport_raw_config *config = &raw->config;
	const struct address *source = raw_later_source(raw, &remote->address);
	if (!source)
		return ERR_UNSUPPORTED;
	if (config->permit && !config->permit(config->permit_owner, &remote->address)) {
		transport->counters->sends_blocked++;
		return ERR_BLOCKED;
	}
	struct endpoint local = { .address = *source };
	struct flow *flow = raw_pick_port(raw, remote, &local) ? raw_flow_add(raw, &local, remote) : NULL;
	if (!flow)
		return ERR_FULL;
	/* An answer that comes after the owner has given up must not look like a new target. */
	raw_remember(raw, remote);
	seen_add(raw->used, raw_connection(raw, &local, remote), raw_clock(raw));
	tcp_connect(&flow->tcp, &raw->options, raw_sequence(raw, &local, remote), remote->address.family);
	flow->owned = true;
	flow->stream.user = user;
	raw_touch(raw, flow);
	*out = &flow->stream;
	return 0;
}

int raw_adopt(struct transport *transport, const struct endpoint *local, const struct endpoint *remote, uint32_t seq,
	      uint32_t ack, uint16_t window)
{
	struct raw *raw = raw_of(transport);
	struct segment syn_ack = { .source = *remote, .destination = *local, .seq = seq, .ack = ack, .window = window,
				   .window_scale = -1, .flags = TCP_SYN | TCP_ACK };
	struct tcp_arrival arrival;
	if (local->address.family != remote->address.family || address_length(&remote->address) == 0)
		return ERR_INVALID;
	if (!raw_is_ours(raw, local)) /* not our address: nobody would answer us there, and nobody asked us to speak for it */
		return ERR_INVALID;
	if (flow_find(raw->flows, local, remote) || raw_has_seen(raw, remote))
		return ERR_INVALID;
	struct flow *flow = raw_flow_add(raw, local, remote);
	if (!flow)
		return ERR_FULL;
	raw_remember(raw, remote);
	tcp_open(&flow->tcp, &raw->options, &syn_ack, raw_clock(raw), &arrival);
	flow->stream.syn_ack = (struct syn_ack){ .known = true, .window = window, .window_scale = -1 };
	flow->stream.window = window;
	flow->stream.opened_ns = raw->now_ns;
	flow->announce = true;
	transport->counters->connections++;
	raw_touch(raw, flow);
	return 0;
}

void raw_persist(struct stream *stream, unsigned retries)
{
	raw_flow_of(stream)->tcp.retries = (uint8_t)(retries < UINT8_MAX ? retries : UINT8_MAX);
}

int raw_send(struct stream *stream, const void *bytes, size_t length)
{
	struct flow *flow = raw_flow_of(stream);
	int error = tcp_send(&flow->tcp, bytes, length);
	if (error)
		return error;
	stream->bytes_queued += length;
	raw_touch(raw_of(stream->transport), flow);
	return 0;
}

void raw_close(struct stream *stream, enum close_how how)
{
	struct flow *flow = raw_flow_of(stream);
	struct raw *raw = raw_of(stream->transport);
	assert(flow->owned);
	flow->owned = false;
	tcp_close(&flow->tcp, how, raw_clock(raw));
	raw_touch(raw, flow);
}

void raw_touch(struct raw *raw, struct flow *flow)
{
	if (flow->in_touched)
		return;
	flow->in_touched = true;
	flow->touched = NULL;
	if (raw->touched)
		raw->touched_last->touched = flow;
	else
		raw->touched = flow;
	raw->touched_last = flow;
}

/* May a frame be built, or would it only wait for the pace, or find no room? As many may be due at once as there are flows. */
static bool raw_may_build(struct raw *raw)
{
	if (outbox_room(raw->outbox) == 0)
		return false;
	if (raw->ending || (raw->pace.packets.rate == 0 && raw->pace.bytes.rate == 0))
		return true;
	return pace_room(&raw->pace, raw->now_ns, RAW_FRAME_BYTES) > outbox_count(raw->outbox);
}

/* False when something has to wait for the pace, or for room in the outbox. */
static bool raw_output(struct raw *raw, struct flow *flow)
{
	struct counters *counters = raw->transport.counters;
	struct segment segment;
	uint16_t resent = flow->tcp.resent;
	bool room = true;
	while (tcp_wants_output(&flow->tcp) && (room = raw_may_build(raw)) && tcp_output(&flow->tcp, raw->now_ns, &segment)) {
		segment.source = flow->stream.local;
		segment.destination = flow->stream.remote;
		segment.ttl = flow->ttl;
		/* A frame that is blocked or finds no room is one the network lost: it goes again when its time comes. */
		int length = raw_emit(raw, &segment);
		if (length <= 0)
			continue;
		raw->happened = true;
		if (segment.flags & TCP_RST)
			seen_add(raw->resets, raw_connection(raw, &segment.source, &segment.destination), raw->now_ns);
		flow->stream.packets_sent++;
		flow->stream.wire_sent += (uint32_t)length;
		flow->stream.sent_ns = raw->now_ns;
		if ((segment.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && flow->tcp.tries > 0)
			counters->probe_retries++;
	}
	resent = flow->tcp.resent - resent;
	counters->retransmissions += resent;
	flow->stream.retransmissions = (uint8_t)(flow->tcp.resent < UINT8_MAX ? flow->tcp.resent : UINT8_MAX);
	return room;
}

/* Sets its timer, or frees it. */
static void raw_settle(struct raw *raw, struct flow *flow)
{
	uint64_t due_ns = tcp_due(&flow->tcp);
	if (!flow->owned && tcp_finished(&flow->tcp)) {
		timer_stop(raw->wheel, &flow->timer);
		flow_remove(raw->flows, flow);
	} else if (due_ns == UINT64_MAX) {
		timer_stop(raw->wheel, &flow->timer);
	} else if (!timer_running(&flow->timer) || flow->timer.due_ns != due_ns) {
		timer_start(raw->wheel, &flow->timer, due_ns);
	}
}

void raw_flush(struct raw *raw)
{
	struct flow *flow;
	raw->held_back = false;
	while ((flow = raw->touched)) {
		if (flow->announce)
			raw_announce(raw, flow);
		if (!raw_output(raw, flow)) {
			raw->held_back = true;
			return;
		}
		raw->happened = true;
		raw->touched = flow->touched;
		flow->in_touched = false;
		raw_settle(raw, flow);
	}
}
