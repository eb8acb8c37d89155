#include "tcp_internal.h"

/* A segment of an open connection; it acknowledges what there is. */
static void tcp_fill(struct tcp *tcp, uint32_t seq, uint8_t flags, uint64_t now_ns, struct segment *out)
{
	*out = (struct segment){ .seq = seq, .ack = tcp->rcv_next, .flags = flags | TCP_ACK, .window = tcp->own_window,
				 .window_scale = -1 };
	if (tcp->flags & TCP_TIMESTAMPS && !(flags & TCP_RST)) {
		out->has_timestamps = true;
		out->ts_value = tcp_timestamp(now_ns);
		out->ts_echo = tcp->ts_recent;
	}
	tcp->flags &= ~TCP_ACK_DUE;
}

/* Gives the segment its payload and books what it occupies: timer (RFC 6298 5.1), timing and Karn's rule (section 3). */
static void tcp_fill_text(struct tcp *tcp, uint32_t seq, uint32_t length, bool fin, uint64_t now_ns, struct segment *out)
{
	uint32_t end = seq + length + fin;
	out->payload = buffer_bytes(&tcp->queue) + (seq - tcp->una);
	out->payload_length = length;
	if (fin)
		out->flags |= TCP_FIN;
	if (tcp_before(seq, tcp->max)) {
		tcp->flags &= ~TCP_TIMING;
		tcp->resent += tcp->resent < UINT16_MAX;
		if (length > 0)
			out->flags |= TCP_PSH;
	} else if (!(tcp->flags & TCP_TIMING)) {
		tcp->flags |= TCP_TIMING;
		tcp->timed_seq = end;
		tcp->timed_ns = now_ns;
	}
	if (tcp_before(tcp->max, end))
		tcp->max = end;
	bool last = tcp->tries >= tcp->retries && !(tcp->flags & TCP_PERSIST);
	if (tcp->due_ns == TCP_NEVER)
		tcp->due_ns = now_ns + (last ? rto_last_wait_ns(&tcp->rto) : rto_wait_ns(&tcp->rto));
}

static bool tcp_output_syn(struct tcp *tcp, uint64_t now_ns, struct segment *out)
{
	if (!(tcp->flags & TCP_SYN_DUE))
		return false;
	tcp->flags &= ~TCP_SYN_DUE;
	if (tcp->tries == 0)
		tcp->timed_ns = now_ns;
	tcp_syn(out, tcp->iss, tcp->own_mss, now_ns);
	if (tcp->state == TCP_STATE_SYN_RECEIVED) {
		out->flags |= TCP_ACK;
		out->ack = tcp->rcv_next;
		out->window = tcp->own_window;
		out->has_timestamps = tcp->flags & TCP_TIMESTAMPS;
		out->ts_echo = tcp->ts_recent;
	}
	tcp->next = tcp->max = tcp->iss + 1;
	if (tcp->due_ns == TCP_NEVER)
		tcp->due_ns = now_ns + rto_wait_ns(&tcp->rto);
	return true;
}

static bool tcp_fin_unsent(const struct tcp *tcp)
{
	return tcp->flags & TCP_FIN_QUEUED && !(tcp->flags & TCP_FIN_ACKED) &&
	       tcp->next - tcp->una <= buffer_length(&tcp->queue);
}

/* One octet, or the FIN, into a zero window (RFC 9293 3.8.6.1). It goes again with what follows when the window opens. */
static bool tcp_output_probe(struct tcp *tcp, uint64_t now_ns, struct segment *out)
{
	bool text = buffer_length(&tcp->queue) > 0, fin = !text && tcp_fin_unsent(tcp);
	if (!(tcp->flags & TCP_PROBE_DUE))
		return false;
	tcp->flags &= ~TCP_PROBE_DUE;
	if (!text && !fin)
		return false;
	tcp_fill(tcp, tcp->una, 0, now_ns, out);
	tcp_fill_text(tcp, tcp->una, text, fin, now_ns, out);
	return true;
}

/* Data waits for the window and nothing is on its way whose ACK could open it: the persist timer asks. */
static void tcp_persist(struct tcp *tcp, uint64_t now_ns)
{
	if (tcp->due_ns != TCP_NEVER || tcp->next != tcp->una)
		return;
	tcp->flags |= TCP_PERSIST;
	tcp->due_ns = now_ns + rto_wait_ns(&tcp->rto);
}

/* As much new or repeated data as the windows allow. A segment cut short by the window waits while something is on its way
 * (sender's silly window avoidance, RFC 9293 3.8.6.2.1: the ACK to come widens it); with nothing on its way it goes. */
static bool tcp_output_text(struct tcp *tcp, uint64_t now_ns, struct segment *out)
{
	uint32_t offset = tcp->next - tcp->una, queued = (uint32_t)buffer_length(&tcp->queue);
	bool fin = tcp_fin_unsent(tcp);
	if (tcp->flags & (TCP_GAVE_UP | TCP_PERSIST) || offset > queued || (offset == queued && !fin))
		return false;
	uint32_t limit = tcp->peer_window < tcp->cwnd ? tcp->peer_window : tcp->cwnd;
	uint32_t room = limit > offset ? limit - offset : 0, length = queued - offset;
	if (length > tcp->mss)
		length = tcp->mss;
	if (length > room) {
		if (room == 0 || offset > 0) {
			tcp_persist(tcp, now_ns);
			return false;
		}
		length = room;
	}
	fin = fin && offset + length == queued && room > length;
	if (length == 0 && !fin) {
		tcp_persist(tcp, now_ns);
		return false;
	}
	bool push = tcp->options->push && length > 0 && offset + length == queued;
	tcp_fill(tcp, tcp->next, push ? TCP_PSH : 0, now_ns, out);
	tcp_fill_text(tcp, tcp->next, length, fin, now_ns, out);
	tcp->next += length + fin;
	return true;
}

bool tcp_wants_output(const struct tcp *tcp)
{
	if (tcp->flags & (TCP_RST_DUE | TCP_ACK_DUE | TCP_SYN_DUE | TCP_PROBE_DUE))
		return true;
	if (tcp->state != TCP_STATE_OPEN || tcp->flags & (TCP_GAVE_UP | TCP_PERSIST))
		return false;
	return tcp->next - tcp->una < buffer_length(&tcp->queue) || tcp_fin_unsent(tcp);
}

bool tcp_output(struct tcp *tcp, uint64_t now_ns, struct segment *out)
{
	if (tcp->flags & TCP_RST_DUE) {
		/* RFC 9293 3.10.5. A peer that acknowledged none of it expects `una`, and takes nothing else for a RST. */
		tcp_fill(tcp, tcp->flags & TCP_GAVE_UP ? tcp->una : tcp->max, TCP_RST, now_ns, out);
		tcp->flags &= ~TCP_RST_DUE;
		return true;
	}
	if (tcp->state == TCP_STATE_CLOSED)
		return false;
	if (tcp->state == TCP_STATE_OPEN) {
		if (tcp_output_probe(tcp, now_ns, out) || tcp_output_text(tcp, now_ns, out))
			return true;
	} else if (tcp_output_syn(tcp, now_ns, out)) {
		return true;
	}
	if (!(tcp->flags & TCP_ACK_DUE))
		return false;
	/* A bare ACK bears SND.NXT, not the number of data that goes again later; but a peer whose window has closed before it
	 * accepts only what lies at the window's edge. */
	uint32_t flight = tcp->max - tcp->una;
	tcp_fill(tcp, flight > tcp->peer_window ? tcp->una + tcp->peer_window : tcp->max, 0, now_ns, out);
	return true;
}
