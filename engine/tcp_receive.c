#include "hold.h"
#include "tcp_internal.h"

/* Answers a segment that is not acceptable, but not every one (RFC 5961 sections 3.2, 4, 5, 10; RFC 9293 3.10.7.4). */
static bool tcp_challenge(struct tcp *tcp, uint64_t now_ns)
{
	if (now_ns < tcp->challenge_ns)
		return false;
	tcp->challenge_ns = now_ns + TCP_CHALLENGE_NS;
	tcp->flags |= TCP_ACK_DUE;
	return true;
}

/* RFC 9293 3.10.7.4, first check. */
static bool tcp_acceptable(const struct tcp *tcp, const struct segment *segment)
{
	uint32_t length = segment->payload_length + !!(segment->flags & TCP_FIN), ahead = segment->seq - tcp->rcv_next;
	if (tcp->own_window == 0)
		return length == 0 && ahead == 0;
	return ahead < tcp->own_window || (length > 0 && ahead + length - 1 < tcp->own_window);
}

/* RST only at exactly the number expected (RFC 5961 3.2). */
static enum tcp_verdict tcp_receive_reset(struct tcp *tcp, const struct segment *segment, uint64_t now_ns,
					  struct tcp_arrival *arrival)
{
	if (segment->seq == tcp->rcv_next) {
		arrival->events |= 1u << STREAM_RESET;
		arrival->reset_acks = segment->flags & TCP_ACK && tcp_before(tcp->una, segment->ack) &&
				      !tcp_before(tcp->max, segment->ack);
		tcp_end(tcp);
		/* What was queued has no future; its place takes what the RST says (RFC 9293 3.5.3 allows text in it). */
		buffer_consume(&tcp->queue, buffer_length(&tcp->queue));
		if (buffer_append(&tcp->queue, segment->payload, segment->payload_length, TCP_QUEUE_MAX) == 0) {
			arrival->bytes = buffer_bytes(&tcp->queue);
			arrival->length = segment->payload_length;
		}
		return TCP_USED;
	}
	if (segment->seq - tcp->rcv_next < tcp->own_window)
		tcp_challenge(tcp, now_ns);
	return TCP_BAD_SEQUENCE;
}

/* SYN on an open connection. Our SYN-ACK's ACK was lost: it goes again, with the data it carried. Anything else is
 * challenged (RFC 5961 section 4). */
static enum tcp_verdict tcp_receive_syn(struct tcp *tcp, const struct segment *segment, uint64_t now_ns,
					struct tcp_arrival *arrival)
{
	bool repeated = tcp->flags & TCP_ACTIVE && segment->flags & TCP_ACK && segment->seq == tcp->irs &&
			segment->ack == tcp->iss + 1;
	bool answered = tcp_challenge(tcp, now_ns);
	if (!repeated)
		return TCP_BAD_SEQUENCE;
	arrival->repeated = true;
	if (answered && tcp->una == tcp->iss + 1 && !(tcp->flags & (TCP_PERSIST | TCP_GAVE_UP)))
		tcp->next = tcp->una;
	return TCP_USED;
}

/* The queue's front was acknowledged up to `ack`. */
static void tcp_advance(struct tcp *tcp, uint32_t ack, uint64_t now_ns, struct tcp_arrival *arrival)
{
	uint32_t advanced = ack - tcp->una, queued = (uint32_t)buffer_length(&tcp->queue);
	uint32_t bytes = advanced < queued ? advanced : queued;
	buffer_consume(&tcp->queue, bytes);
	if (buffer_length(&tcp->queue) == 0)
		buffer_free(&tcp->queue); /* most connections wait long after what they sent, and send no more */
	arrival->acked = bytes;
	if (bytes > 0 && bytes == queued)
		arrival->events |= 1u << STREAM_ACKED;
	if (advanced > queued) {
		tcp->flags |= TCP_FIN_ACKED;
		if (tcp->linger_ns != TCP_NEVER && now_ns + TCP_LINGER_FIN_NS < tcp->linger_ns)
			tcp->linger_ns = now_ns + TCP_LINGER_FIN_NS;
	}
	tcp->una = ack;
	if (tcp->flags & TCP_GAVE_UP || tcp_before(tcp->next, ack))
		tcp->next = ack;
	tcp->tries = 0;
	rto_progress(&tcp->rto);
	if (tcp->flags & TCP_TIMING && !tcp_before(ack, tcp->timed_seq)) {
		tcp->flags &= ~TCP_TIMING;
		rto_sample(&tcp->rto, now_ns - tcp->timed_ns);
	}
	/* RFC 5681 (2) and (3) */
	uint32_t growth = tcp->cwnd < tcp->ssthresh ? advanced : (uint32_t)tcp->mss * tcp->mss / tcp->cwnd + 1;
	tcp->cwnd += growth < tcp->mss ? growth : tcp->mss;
	if (tcp->cwnd > TCP_QUEUE_MAX)
		tcp->cwnd = TCP_QUEUE_MAX;
	/* RFC 6298 5.2 and 5.3 */
	tcp->flags &= ~(TCP_GAVE_UP | TCP_PERSIST | TCP_PROBE_DUE);
	tcp->due_ns = tcp->una == tcp->max ? TCP_NEVER : now_ns + rto_wait_ns(&tcp->rto);
}

/* RFC 9293 3.10.7.4: only a segment newer than the one that set the window last may set it. */
static void tcp_update_window(struct tcp *tcp, const struct segment *segment, struct tcp_arrival *arrival)
{
	if (!tcp_before(tcp->wl1, segment->seq) && (tcp->wl1 != segment->seq || tcp_before(segment->ack, tcp->wl2)))
		return;
	bool opens = tcp->peer_window == 0 && segment->window > 0;
	tcp->peer_window = segment->window;
	tcp->wl1 = segment->seq;
	tcp->wl2 = segment->ack;
	if (!opens)
		return;
	arrival->events |= 1u << STREAM_WINDOW;
	/* What was sent into the closed window, probes included, is taken as lost and goes again. */
	tcp->flags &= ~(TCP_PERSIST | TCP_PROBE_DUE | TCP_GAVE_UP);
	tcp->next = tcp->una;
	tcp->tries = 0;
	tcp->due_ns = TCP_NEVER;
	rto_progress(&tcp->rto);
}

/* False: it acknowledges what was never sent, or is far too old (RFC 5961 5.2; 65535 stands for MAX.SND.WND). */
static bool tcp_receive_ack(struct tcp *tcp, const struct segment *segment, uint64_t now_ns, struct tcp_arrival *arrival)
{
	if (tcp_before(tcp->max, segment->ack) || tcp_before(segment->ack, tcp->una - UINT16_MAX)) {
		tcp_challenge(tcp, now_ns);
		return false;
	}
	if (tcp_before(tcp->una, segment->ack))
		tcp_advance(tcp, segment->ack, now_ns, arrival);
	if (!tcp_before(segment->ack, tcp->una))
		tcp_update_window(tcp, segment, arrival);
	return true;
}

/* Bytes ahead of a gap. */
static void tcp_keep(struct tcp *tcp, uint32_t seq, const uint8_t *bytes, uint32_t length, struct tcp_arrival *arrival)
{
	if (!tcp->hold)
		tcp->hold = hold_create();
	if (tcp->hold && hold_insert(tcp->hold, tcp->rcv_next, seq, bytes, length) == 0)
		arrival->held = true;
	else
		arrival->hold_full = true;
}

/* What of [seq, seq + length) is new, in the window and before the FIN; moves *seq past what is old. */
static uint32_t tcp_trim(const struct tcp *tcp, uint32_t *seq, uint32_t length)
{
	if (tcp_before(*seq, tcp->rcv_next)) {
		uint32_t old = tcp->rcv_next - *seq;
		*seq = tcp->rcv_next;
		length = length > old ? length - old : 0;
	}
	uint32_t end = tcp->rcv_next + tcp->own_window;
	if (tcp->flags & TCP_FIN_SEEN && tcp_before(tcp->fin_seq, end))
		end = tcp->fin_seq;
	if (!tcp_before(*seq, end))
		return 0;
	return length < end - *seq ? length : end - *seq;
}

void tcp_receive_text(struct tcp *tcp, uint32_t seq, const struct segment *segment, struct tcp_arrival *arrival)
{
	uint32_t first = seq, end = seq + segment->payload_length;
	bool fin = segment->flags & TCP_FIN;
	if (segment->payload_length == 0 && !fin)
		return;
	tcp->flags |= TCP_ACK_DUE;
	if (tcp->flags & TCP_FIN_RECEIVED)
		return;
	if (fin && !(tcp->flags & TCP_FIN_SEEN) && end - tcp->rcv_next < TCP_WINDOW) {
		tcp->flags |= TCP_FIN_SEEN;
		tcp->fin_seq = end;
	}
	uint32_t length = tcp_trim(tcp, &first, segment->payload_length);
	if (length > 0 && first == tcp->rcv_next) {
		arrival->bytes = segment->payload + (first - seq);
		arrival->length = length;
		tcp->rcv_next += length;
		if (tcp->hold)
			tcp->rcv_next += hold_advance(tcp->hold, tcp->rcv_next);
	} else if (length > 0) {
		tcp_keep(tcp, first, segment->payload + (first - seq), length, arrival);
	}
	/* A peer that contradicts itself can have bytes beyond its FIN in the hold: they were sent, the end comes after. */
	if (tcp->flags & TCP_FIN_SEEN && !tcp_before(tcp->rcv_next, tcp->fin_seq)) {
		tcp->rcv_next += tcp->rcv_next == tcp->fin_seq;
		tcp->flags |= TCP_FIN_RECEIVED;
		arrival->events |= 1u << STREAM_FINISHED;
	}
}

bool tcp_take(struct tcp *tcp, const uint8_t **bytes, size_t *length)
{
	if (!tcp->hold)
		return false;
	if (hold_take(tcp->hold, bytes, length))
		return true;
	if (hold_empty(tcp->hold)) {
		hold_destroy(tcp->hold);
		tcp->hold = NULL;
	}
	return false;
}

/* RFC 9293 3.10.7.3 */
static enum tcp_verdict tcp_receive_syn_sent(struct tcp *tcp, const struct segment *segment, uint64_t now_ns,
					     struct tcp_arrival *arrival)
{
	if (segment->flags & TCP_ACK && segment->ack != tcp->iss + 1)
		return TCP_BAD_ACK;
	if (!(segment->flags & TCP_ACK) || !(segment->flags & (TCP_SYN | TCP_RST)))
		return TCP_BAD_SEQUENCE;
	if (segment->flags & TCP_RST) {
		arrival->events |= 1u << STREAM_FAILED;
		arrival->refusal = REFUSAL_REFUSED;
		tcp_end(tcp);
		return TCP_USED;
	}
	uint64_t rtt_ns = tcp_echo_rtt_ns(segment, now_ns);
	if (rtt_ns == 0 && tcp->tries == 0)
		rtt_ns = now_ns - tcp->timed_ns;
	tcp_learn(tcp, segment);
	tcp_become_open(tcp, rtt_ns, arrival);
	arrival->events |= 1u << STREAM_OPENED;
	tcp->flags |= TCP_ACK_DUE;
	tcp_receive_text(tcp, tcp->rcv_next, segment, arrival);
	return TCP_USED;
}

/* RFC 9293 3.10.7.4 for SYN-RECEIVED; true: the ACK came and the connection is open. */
static bool tcp_receive_syn_received(struct tcp *tcp, const struct segment *segment, uint64_t now_ns,
				     struct tcp_arrival *arrival, enum tcp_verdict *verdict)
{
	*verdict = TCP_BAD_SEQUENCE;
	if (segment->flags & TCP_RST) {
		*verdict = tcp_receive_reset(tcp, segment, now_ns, arrival);
		arrival->events = 0; /* nobody has heard of the connection yet */
	} else if (segment->flags & TCP_SYN && segment->seq == tcp->irs && !(segment->flags & TCP_ACK)) {
		tcp->flags |= TCP_SYN_DUE;
		*verdict = TCP_USED;
	} else if (segment->flags & TCP_SYN || !tcp_acceptable(tcp, segment)) {
		tcp_challenge(tcp, now_ns);
	} else if (segment->flags & TCP_ACK && segment->ack != tcp->iss + 1) {
		*verdict = TCP_BAD_ACK;
	} else if (segment->flags & TCP_ACK) {
		uint64_t rtt_ns = tcp_echo_rtt_ns(segment, now_ns);
		if (rtt_ns == 0 && tcp->tries == 0)
			rtt_ns = now_ns - tcp->timed_ns;
		tcp->flags &= ~TCP_SYN_DUE;
		tcp_become_open(tcp, rtt_ns, arrival);
		return true;
	}
	return false;
}

/* RFC 7323 4.3 (2). PAWS is left out: a connection lasts seconds, no sequence number comes round. */
static void tcp_receive_timestamp(struct tcp *tcp, const struct segment *segment)
{
	if (segment->has_timestamps && !tcp_before(tcp->rcv_next, segment->seq) &&
	    !tcp_before(segment->ts_value, tcp->ts_recent))
		tcp->ts_recent = segment->ts_value;
}

enum tcp_verdict tcp_receive(struct tcp *tcp, const struct segment *segment, uint64_t now_ns, struct tcp_arrival *arrival)
{
	enum tcp_verdict verdict;
	*arrival = (struct tcp_arrival){ 0 };
	if (tcp->state == TCP_STATE_CLOSED)
		return TCP_BAD_SEQUENCE;
	if (tcp->state == TCP_STATE_SYN_SENT)
		return tcp_receive_syn_sent(tcp, segment, now_ns, arrival);
	if (tcp->state == TCP_STATE_SYN_RECEIVED && !tcp_receive_syn_received(tcp, segment, now_ns, arrival, &verdict))
		return verdict;
	if (segment->flags & TCP_RST)
		return tcp_receive_reset(tcp, segment, now_ns, arrival);
	if (segment->flags & TCP_SYN)
		return tcp_receive_syn(tcp, segment, now_ns, arrival);
	if (!tcp_acceptable(tcp, segment)) {
		tcp_challenge(tcp, now_ns);
		return TCP_BAD_SEQUENCE;
	}
	if (!(segment->flags & TCP_ACK))
		return TCP_BAD_SEQUENCE;
	tcp_receive_timestamp(tcp, segment);
	if (!tcp_receive_ack(tcp, segment, now_ns, arrival))
		return TCP_BAD_ACK;
	/* RFC 9293 3.6.1 (as RFC 1122 4.2.2.13): data nobody will read is reset, so that the peer knows. But not before what
	 * we said has arrived: a RST would take it away from the peer's reader. */
	if (tcp->flags & TCP_LET_GO && tcp->flags & TCP_FIN_ACKED && segment->payload_length > 0 &&
	    !(tcp->flags & TCP_FIN_RECEIVED)) {
		tcp_abort(tcp);
		return TCP_USED;
	}
	tcp_receive_text(tcp, segment->seq, segment, arrival);
	return TCP_USED;
}
