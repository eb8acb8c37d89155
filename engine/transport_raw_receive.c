#include "transport_raw_internal.h"

#define RAW_RST_BYTES 54u /* for the pace of RSTs, which counts packets only */

/* One segment that passed packet_read, on its way in. */
struct incoming {
	struct segment segment;
	uint64_t time_ns; /* when the link received it */
	uint32_t frame_bytes;
};

static uint64_t *raw_drop_counter(struct counters *counters, enum packet_drop drop)
{
	switch (drop) {
	case PACKET_TRUNCATED: return &counters->dropped_truncated;
	case PACKET_NOT_IP: return &counters->dropped_not_ip;
	case PACKET_FRAGMENT: return &counters->dropped_fragment;
	case PACKET_NOT_TCP: return &counters->dropped_not_tcp;
	case PACKET_CHECKSUM: return &counters->dropped_checksum;
	default: return &counters->dropped_malformed;
	}
}

bool raw_is_ours(const struct raw *raw, const struct endpoint *local)
{
	if (raw->config.listen)
		return true;
	const struct address *source = raw_source(raw, &local->address), *later = raw_later_source(raw, &local->address);
	return source && (address_equal(source, &local->address) || address_equal(later, &local->address)) &&
	       local->port >= raw->config.port_first && local->port <= raw->config.port_last;
}

/* What a closed port answers (RFC 9293 3.10.7.1), so that the peer forgets the connection too; not without limit, and not where
 * our last RST may still be on its way. A SYN-ACK may belong to a newer connection than what was reset. */
static void raw_answer_closed(struct raw *raw, const struct segment *segment)
{
	if (segment->flags & TCP_RST || pace_room(&raw->closed_pace, raw->now_ns, RAW_RST_BYTES) == 0)
		return;
	bool known = seen_add(raw->resets, raw_connection(raw, &segment->destination, &segment->source), raw->now_ns);
	if (known && !(segment->flags & TCP_SYN))
		return;
	struct segment rst = { .source = segment->destination, .destination = segment->source, .window_scale = -1 };
	if (segment->flags & TCP_ACK) {
		rst.seq = segment->ack;
		rst.flags = TCP_RST;
	} else {
		rst.ack = segment->seq + segment->payload_length + !!(segment->flags & TCP_SYN) + !!(segment->flags & TCP_FIN);
		rst.flags = TCP_RST | TCP_ACK;
	}
	pace_take(&raw->closed_pace, 1, RAW_RST_BYTES);
	raw_emit(raw, &rst);
}

static void raw_note_received(struct flow *flow, const struct incoming *in)
{
	flow->stream.packets_received++;
	flow->stream.wire_received += in->frame_bytes;
}

static struct syn_ack raw_syn_ack_facts(const struct segment *segment)
{
	return (struct syn_ack){
		.known = true, .window = segment->window, .mss = segment->mss, .window_scale = segment->window_scale,
		.ttl = segment->ttl, .sack_permitted = segment->sack_permitted, .timestamps = segment->has_timestamps,
		.ip_id = segment->ip_id };
}

void raw_announce(struct raw *raw, struct flow *flow)
{
	flow->announce = false;
	flow->owned = true;
	raw->config.base.handler.opened(raw->config.base.handler.owner, &flow->stream);
}

/* Bytes for the owner, unless it has let go. */
static void raw_hand_over(struct raw *raw, struct flow *flow, const uint8_t *bytes, size_t length)
{
	if (length == 0 || !flow->owned)
		return;
	flow->stream.bytes_received += length;
	raw->config.base.handler.data(raw->config.base.handler.owner, &flow->stream, bytes, length);
}

static void raw_deliver_open(struct raw *raw, struct flow *flow, const struct tcp_arrival *arrival, const struct incoming *in)
{
	flow->stream.rtt_ns = arrival->rtt_ns;
	if (flow->owned) {
		flow->stream.syn_ack = raw_syn_ack_facts(&in->segment);
		raw->transport.counters->connections++;
		raw_event(raw, flow, STREAM_OPENED);
	} else {
		raw_announce(raw, flow);
	}
}

/* From the SYN-ACK to now; never 0, which means "not at all". */
static uint32_t raw_since_open_us(const struct flow *flow, uint64_t now_ns)
{
	uint64_t us = now_ns > flow->stream.opened_ns ? (now_ns - flow->stream.opened_ns) / 1000 : 0;
	return us == 0 ? 1 : us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

/* What the segment shows of the peer, before its owner is told of it. */
static void raw_note_arrival(struct flow *flow, const struct tcp_arrival *arrival, const struct incoming *in)
{
	struct stream *stream = &flow->stream;
	stream->window = flow->tcp.peer_window;
	if (stream->window > 0 && (stream->window_least == 0 || stream->window < stream->window_least))
		stream->window_least = stream->window;
	if (arrival->events & 1u << STREAM_WINDOW && stream->window_open_us == 0)
		stream->window_open_us = raw_since_open_us(flow, in->time_ns);
	if (arrival->repeated) {
		stream->synack_repeats += stream->synack_repeats < UINT8_MAX;
		stream->synack_repeat_us = raw_since_open_us(flow, in->time_ns);
	}
	if (stream->ended == STREAM_END_NONE && arrival->events & (1u << STREAM_FINISHED | 1u << STREAM_RESET))
		stream->ended = stream->bytes_acked > 0 ? STREAM_END_AFTER_ACK :
			      arrival->acked > 0 || arrival->reset_acks ? STREAM_END_WITH_ACK : STREAM_END_BEFORE_ACK;
	stream->bytes_acked += arrival->acked;
}

/* Tells the owner what a segment brought, in the order in which it happened. The owner may close at any of these calls. */
static void raw_deliver(struct raw *raw, struct flow *flow, const struct tcp_arrival *arrival, const struct incoming *in)
{
	struct stream *stream = &flow->stream;
	const uint8_t *bytes;
	size_t length;
	if (arrival->opened)
		flow->stream.opened_ns = in->time_ns;
	raw_note_arrival(flow, arrival, in);
	if (arrival->opened)
		raw_deliver_open(raw, flow, arrival, in);
	if (arrival->events & 1u << STREAM_FAILED) {
		stream->refusal = arrival->refusal;
		raw->transport.counters->connect_failures++;
		raw_event(raw, flow, STREAM_FAILED);
	}
	if (arrival->events & 1u << STREAM_ACKED)
		raw_event(raw, flow, STREAM_ACKED);
	if (arrival->events & 1u << STREAM_WINDOW)
		raw_event(raw, flow, STREAM_WINDOW);
	if (arrival->events & 1u << STREAM_RESET) {
		stream->reset_payload = arrival->bytes;
		stream->reset_length = (uint32_t)arrival->length;
		raw_event(raw, flow, STREAM_RESET);
		return;
	}
	raw_hand_over(raw, flow, arrival->bytes, arrival->length);
	while (tcp_take(&flow->tcp, &bytes, &length))
		raw_hand_over(raw, flow, bytes, length);
	if (arrival->events & 1u << STREAM_FINISHED)
		raw_event(raw, flow, STREAM_FINISHED);
}

static void raw_receive_flow(struct raw *raw, struct flow *flow, const struct incoming *in)
{
	struct counters *counters = raw->transport.counters;
	struct tcp_arrival arrival;
	bool handshake = flow->tcp.state == TCP_STATE_SYN_SENT || flow->tcp.state == TCP_STATE_SYN_RECEIVED;
	enum tcp_verdict verdict = tcp_receive(&flow->tcp, &in->segment, in->time_ns, &arrival);
	raw_note_received(flow, in);
	if (verdict == TCP_USED)
		counters->frames_used++;
	else if (verdict == TCP_BAD_SEQUENCE)
		counters->dropped_sequence++;
	else
		counters->dropped_cookie++;
	/* RFC 9293 3.10.7.3: the peer still has another connection of this 4-tuple; RST clears it for our next SYN. */
	if (verdict == TCP_BAD_ACK && handshake)
		raw_answer_closed(raw, &in->segment);
	counters->out_of_order += arrival.held;
	counters->out_of_order_lost += arrival.hold_full;
	raw_deliver(raw, flow, &arrival, in);
	raw_touch(raw, flow);
}

/* All there is to a target of which only the SYN-ACK is wanted. Its RST comes from the SYN-ACK; where it is lost, the SYN-ACK
 * comes again, and finds a closed port. */
static void raw_receive_answer(struct raw *raw, const struct incoming *in)
{
	const struct transport_handler *handler = &raw->config.base.handler;
	struct segment rst = { .source = in->segment.destination, .destination = in->segment.source, .seq = in->segment.ack,
			       .flags = TCP_RST, .window_scale = -1 };
	struct syn_ack facts = raw_syn_ack_facts(&in->segment);
	raw->transport.counters->frames_used++;
	raw->transport.counters->syn_acks++;
	raw_emit(raw, &rst);
	handler->answered(handler->owner, &in->segment.source, &facts, tcp_echo_rtt_ns(&in->segment, in->time_ns));
}

static void raw_receive_syn_ack(struct raw *raw, const struct incoming *in)
{
	struct counters *counters = raw->transport.counters;
	const struct endpoint *local = &in->segment.destination, *remote = &in->segment.source;
	struct tcp_arrival arrival;
	if (in->segment.ack - 1 != raw_sequence(raw, local, remote)) {
		counters->dropped_cookie++;
		return;
	}
	if (raw_has_seen(raw, remote)) {
		counters->dropped_duplicate++;
		raw_answer_closed(raw, &in->segment);
		return;
	}
	if (raw->config.base.syn_only) {
		raw_remember(raw, remote);
		raw_receive_answer(raw, in);
		return;
	}
	/* When there is no room the peer hears nothing: its SYN-ACK comes again, perhaps at a better time. */
	struct flow *flow = raw_flow_add(raw, local, remote);
	if (!flow) {
		counters->dropped_flow_full++;
		return;
	}
	raw_remember(raw, remote);
	counters->frames_used++;
	counters->syn_acks++;
	counters->connections++;
	tcp_open(&flow->tcp, &raw->options, &in->segment, in->time_ns, &arrival);
	flow->stream.packets_sent = 1; /* how often the SYN was sent nobody has kept */
	flow->stream.wire_sent = raw_syn_template(raw, &remote->address)->length;
	raw_note_received(flow, in);
	flow->stream.syn_ack = raw_syn_ack_facts(&in->segment);
	raw_deliver(raw, flow, &arrival, in);
	raw_touch(raw, flow);
}

static void raw_refuse(struct raw *raw, const struct endpoint *remote, enum refusal refusal, uint8_t icmp_type,
		       uint8_t icmp_code, uint64_t rtt_ns)
{
	const struct transport_handler *handler = &raw->config.base.handler;
	struct counters *counters = raw->transport.counters;
	if (raw_has_seen(raw, remote)) {
		counters->dropped_duplicate++;
		return;
	}
	raw_remember(raw, remote);
	counters->frames_used++;
	if (refusal == REFUSAL_REFUSED)
		counters->refused++;
	else
		counters->unreachable++;
	if (handler->refused)
		handler->refused(handler->owner, remote, refusal, icmp_type, icmp_code, rtt_ns);
}

/* RST for a connection we do not have: the answer to a SYN if it acknowledges exactly that, else a late one. */
static void raw_receive_rst(struct raw *raw, const struct incoming *in)
{
	const struct segment *segment = &in->segment;
	uint32_t first = raw_sequence(raw, &segment->destination, &segment->source) + 1;
	if (segment->flags & TCP_ACK && segment->ack == first)
		raw_refuse(raw, &segment->source, REFUSAL_REFUSED, 0, 0, tcp_echo_rtt_ns(segment, in->time_ns));
	else if (segment->flags & TCP_ACK && segment->ack - first > TCP_QUEUE_MAX)
		raw->transport.counters->dropped_cookie++;
	else
		raw->transport.counters->dropped_no_flow++;
}

static void raw_receive_listen(struct raw *raw, const struct incoming *in)
{
	struct counters *counters = raw->transport.counters;
	const struct endpoint *local = &in->segment.destination, *remote = &in->segment.source;
	struct listen_options options = { 0 };
	enum listen_answer answer = raw->config.listen(raw->config.listen_owner, local, remote, &options);
	if (answer == LISTEN_IGNORE) {
		counters->dropped_not_ours++;
		return;
	}
	if (answer == LISTEN_REFUSE) {
		counters->frames_used++;
		raw_answer_closed(raw, &in->segment);
		return;
	}
	struct flow *flow = raw_flow_add(raw, local, remote);
	if (!flow) {
		counters->dropped_flow_full++;
		return;
	}
	counters->frames_used++;
	flow->ttl = options.ttl;
	tcp_accept(&flow->tcp, &raw->options, raw_sequence(raw, local, remote), &in->segment,
		   options.window ? options.window : TCP_WINDOW, options.mss);
	raw_note_received(flow, in);
	raw_touch(raw, flow);
}

/* RFC 5461 section 2 and RFC 5927 section 4: which errors mean that a SYN will find nobody. "Fragmentation needed" does
 * not, and time exceeded in transit (code 0) is a routing loop. */
static bool raw_is_unreachable(const struct packet *packet)
{
	if (packet->segment.destination.address.family == ADDRESS_V6)
		return packet->icmp_type == 1 || (packet->icmp_type == 3 && packet->icmp_code == 0);
	return (packet->icmp_type == 3 && packet->icmp_code != 4) || (packet->icmp_type == 11 && packet->icmp_code == 0);
}

/* An open connection only takes note (RFC 5927 section 4.2): anybody on the way can send these. */
static void raw_receive_icmp_flow(struct raw *raw, struct flow *flow, const struct packet *packet)
{
	struct counters *counters = raw->transport.counters;
	if (!tcp_in_flight(&flow->tcp, packet->segment.seq)) {
		counters->dropped_sequence++;
		return;
	}
	counters->frames_used++;
	flow->stream.icmp_type = packet->icmp_type;
	flow->stream.icmp_code = packet->icmp_code;
	if (!raw_is_unreachable(packet) || !tcp_give_up(&flow->tcp))
		return;
	flow->stream.refusal = REFUSAL_UNREACHABLE;
	counters->connect_failures++;
	raw_event(raw, flow, STREAM_FAILED);
	raw_touch(raw, flow);
}

/* The quoted packet is ours: its source is our end. */
static void raw_receive_icmp(struct raw *raw, const struct packet *packet)
{
	struct counters *counters = raw->transport.counters;
	const struct endpoint *local = &packet->segment.source, *remote = &packet->segment.destination;
	struct flow *flow = flow_find(raw->flows, local, remote);
	if (flow)
		raw_receive_icmp_flow(raw, flow, packet);
	else if (!raw_is_ours(raw, local))
		counters->dropped_not_ours++;
	else if (packet->segment.seq != raw_sequence(raw, local, remote))
		counters->dropped_cookie++;
	else if (raw_is_unreachable(packet))
		raw_refuse(raw, remote, REFUSAL_UNREACHABLE, packet->icmp_type, packet->icmp_code, 0);
	else
		counters->frames_used++;
}

static void raw_receive_tcp(struct raw *raw, const struct incoming *in)
{
	const struct segment *segment = &in->segment;
	struct counters *counters = raw->transport.counters;
	struct flow *flow = flow_find(raw->flows, &segment->destination, &segment->source);
	if (flow) {
		raw_receive_flow(raw, flow, in);
	} else if (!raw_is_ours(raw, &segment->destination)) {
		counters->dropped_not_ours++;
	} else if (segment->flags & TCP_RST) {
		raw_receive_rst(raw, in);
	} else if ((segment->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK)) {
		raw_receive_syn_ack(raw, in);
	} else if (segment->flags & TCP_SYN) {
		if (raw->config.listen)
			raw_receive_listen(raw, in);
		else
			counters->dropped_no_flow++;
	} else {
		counters->dropped_no_flow++;
		raw_answer_closed(raw, segment);
	}
}

void raw_receive(struct raw *raw, const struct frame *frame)
{
	struct counters *counters = raw->transport.counters;
	struct packet packet;
	counters->frames_received++;
	enum packet_drop drop = packet_read(frame, raw->config.link->layer, &packet);
	if (drop != PACKET_OK) {
		(*raw_drop_counter(counters, drop))++;
	} else if (packet.kind == PACKET_ICMP_ERROR) {
		raw_receive_icmp(raw, &packet);
	} else {
		/* The link's time is nearer to the truth than the batch's, but a clock that disagrees is not believed. */
		bool believed = frame->time_ns > 0 && frame->time_ns <= raw->now_ns;
		struct incoming in = { packet.segment, believed ? frame->time_ns : raw->now_ns, frame->length };
		raw_receive_tcp(raw, &in);
	}
}
