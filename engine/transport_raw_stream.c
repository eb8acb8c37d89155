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

const struct packet_template *raw_syn_template(const struct raw *raw, const struct address *remote)
{
	return remote->family == ADDRESS_V6 ? &raw->syn_v6 : &raw->syn_v4;
}

/* All that tells one probe from another is one hash: its low half is the sequence number, its high half chooses the source
 * port. The hash is a pseudorandom function of the target, under a secret key that depends on the source address: who knows
 * one half, or all of other targets', knows nothing of this half. The bytes are few because this is most of what a probe
 * costs; the families cannot collide, for each has its key. */
static uint64_t raw_probe_hash(const struct raw *raw, const struct endpoint *remote)
{
	uint8_t bytes[18];
	bool v6 = remote->address.family == ADDRESS_V6;
	size_t length = v6 ? 16 : 4;
	memcpy(bytes, remote->address.bytes, length);
	memcpy(bytes + length, &remote->port, 2);
	return cookie_hash(v6 ? &raw->probe_key_v6 : &raw->probe_key_v4, bytes, length + 2);
}

static uint16_t raw_probe_port(const struct raw *raw, uint64_t hash)
{
	uint64_t count = raw->config.port_last - raw->config.port_first + 1u;
	return (uint16_t)(raw->config.port_first + ((hash >> 32) * count >> 32));
}

uint32_t raw_sequence(const struct raw *raw, const struct endpoint *local, const struct endpoint *remote)
{
	const struct address *source = raw_source(raw, &remote->address);
	if (source && address_equal(source, &local->address)) {
		uint64_t hash = raw_probe_hash(raw, remote);
		if (local->port == raw_probe_port(raw, hash))
			return (uint32_t)hash;
	}
	return cookie_sequence(&raw->cookie_key, local, remote);
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

static uint64_t raw_fingerprint(const struct raw *raw, const struct endpoint *remote)
{
	return cookie_hash(&raw->seen_key, remote, sizeof(*remote));
}

bool raw_has_seen(const struct raw *raw, const struct endpoint *remote)
{
	return seen_has(raw->seen, raw_fingerprint(raw, remote), raw->now_ns);
}

void raw_remember(struct raw *raw, const struct endpoint *remote)
{
	seen_add(raw->seen, raw_fingerprint(raw, remote), raw->now_ns);
}

/* The whole SYN comes from the target and our keys, so that nothing has to be kept. */
static int raw_send_syn(struct raw *raw, const struct endpoint *remote)
{
	const struct packet_template *template = raw_syn_template(raw, &remote->address);
	if (remote->address.family == ADDRESS_NONE || template->length == 0)
		return ERR_UNSUPPORTED;
	uint8_t *frame;
	int error = raw_reserve(raw, &remote->address, &frame);
	if (error)
		return error;
	uint64_t hash = raw_probe_hash(raw, remote);
	packet_template_write(template, frame, raw_probe_port(raw, hash), remote, (uint32_t)hash, tcp_timestamp(raw->now_ns));
	outbox_commit(raw->outbox, template->length);
	return 0;
}

int raw_probe(struct transport *transport, const struct endpoint *remote)
{
	struct raw *raw = raw_of(transport);
	if (raw->probes_allowed == 0 && transport->ops->room(transport) == 0)
		return ERR_AGAIN;
	int error = raw_send_syn(raw, remote);
	if (error)
		return error == ERR_FULL ? ERR_AGAIN : error;
	raw->probes_allowed--;
	transport->counters->probes++;
	/* Without memory for it the probe is not tracked; it was sent. */
	if (raw->pending)
		pending_add(raw->pending, remote, 0, raw->now_ns);
	return 0;
}

static void raw_report_filtered(struct raw *raw, const struct endpoint *remote)
{
	const struct transport_handler *handler = &raw->config.base.handler;
	raw->transport.counters->filtered++;
	if (!raw->config.base.track_probes || !handler->refused)
		return;
	raw_remember(raw, remote); /* an answer that comes now would be a second result */
	handler->refused(handler->owner, remote, REFUSAL_FILTERED, 0, 0, 0);
}

void raw_run_pending(struct raw *raw)
{
	struct endpoint remote;
	unsigned attempt;
	size_t room = raw_syn_room(raw);
	while (room > 0 && pending_pop_due(raw->pending, raw->now_ns, &remote, &attempt)) {
		raw->happened = true;
		if (raw_has_seen(raw, &remote))
			continue;
		if (attempt >= raw->options.retries) {
			raw_report_filtered(raw, &remote);
			continue;
		}
		room--;
		if (raw_send_syn(raw, &remote) == 0)
			raw->transport.counters->probe_retries++;
		pending_add(raw->pending, &remote, attempt + 1, raw->now_ns);
	}
	raw->retries_wait = room == 0;
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

/* A source port for one more connection: another than the probe's, whose connection the peer may remember, and none that
 * is in use. False when there is none. */
static bool raw_pick_port(struct raw *raw, const struct endpoint *remote, struct endpoint *local)
{
	uint16_t probe_port = raw_probe_port(raw, raw_probe_hash(raw, remote));
	for (int i = 0; i < RAW_PORT_TRIES; i++) {
		local->port = raw_port(raw, remote, ++raw->connects);
		if ((local->port != probe_port || raw->config.port_first == raw->config.port_last) &&
		    !flow_find(raw->flows, local, remote))
			return true;
	}
	return false;
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
	flow->touched = raw->touched;
	raw->touched = flow;
}

static void raw_output(struct raw *raw, struct flow *flow)
{
	struct counters *counters = raw->transport.counters;
	struct segment segment;
	uint16_t resent = flow->tcp.resent;
	while (tcp_output(&flow->tcp, raw->now_ns, &segment)) {
		segment.source = flow->stream.local;
		segment.destination = flow->stream.remote;
		segment.ttl = flow->ttl;
		/* A frame that is blocked or finds no room is one the network lost: it goes again when its time comes. */
		int length = raw_emit(raw, &segment);
		if (length <= 0)
			continue;
		flow->stream.packets_sent++;
		flow->stream.wire_sent += (uint32_t)length;
		flow->stream.sent_ns = raw->now_ns;
		if ((segment.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && flow->tcp.tries > 0)
			counters->probe_retries++;
	}
	resent = flow->tcp.resent - resent;
	counters->retransmissions += resent;
	flow->stream.retransmissions = (uint8_t)(flow->tcp.resent < UINT8_MAX ? flow->tcp.resent : UINT8_MAX);
}

static void raw_flush_flow(struct raw *raw, struct flow *flow)
{
	raw_output(raw, flow);
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
	while ((flow = raw->touched)) {
		raw->touched = flow->touched;
		flow->in_touched = false;
		if (flow->announce)
			raw_announce(raw, flow);
		raw_flush_flow(raw, flow);
	}
}
