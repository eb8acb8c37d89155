#include "tcp.h"

#include "error.h"
#include "hold.h"
#include "tcp_internal.h"

/* A SYN-ACK is sent again this often at least, however few retries the transport allows its probes. */
#define TCP_SYN_ACK_RETRIES 3u
#define TCP_TIMESTAMP_OPTION 12 /* bytes, padding included (RFC 7323 appendix A) */
#define TCP_ECHO_MAX_US 60000000u /* an echo older than this is not one of ours */

bool tcp_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static void tcp_start(struct tcp *tcp, const struct tcp_options *options, uint32_t iss)
{
	*tcp = (struct tcp){ .options = options, .iss = iss, .una = iss, .next = iss, .max = iss, .own_window = TCP_WINDOW,
			     .due_ns = TCP_NEVER, .linger_ns = TCP_NEVER,
			     .retries = (uint8_t)(options->retries < UINT8_MAX ? options->retries : UINT8_MAX) };
}

void tcp_connect(struct tcp *tcp, const struct tcp_options *options, uint32_t iss, enum address_family family)
{
	tcp_start(tcp, options, iss);
	rto_init(&tcp->rto, options->timeout_ns);
	tcp->state = TCP_STATE_SYN_SENT;
	tcp->flags = TCP_ACTIVE | TCP_SYN_DUE;
	tcp->own_mss = family == ADDRESS_V6 ? options->mss_v6 : options->mss_v4;
}

void tcp_open(struct tcp *tcp, const struct tcp_options *options, const struct segment *syn_ack, uint64_t now_ns,
	      struct tcp_arrival *arrival)
{
	tcp_start(tcp, options, syn_ack->ack - 1);
	tcp->flags = TCP_ACTIVE | TCP_ACK_DUE;
	*arrival = (struct tcp_arrival){ 0 };
	tcp_learn(tcp, syn_ack);
	tcp_become_open(tcp, tcp_echo_rtt_ns(syn_ack, now_ns), arrival);
	tcp_receive_text(tcp, tcp->rcv_next, syn_ack, arrival);
}

void tcp_accept(struct tcp *tcp, const struct tcp_options *options, uint32_t iss, const struct segment *syn, uint16_t window,
		uint16_t mss)
{
	tcp_start(tcp, options, iss);
	rto_init(&tcp->rto, options->timeout_ns);
	tcp->state = TCP_STATE_SYN_RECEIVED;
	tcp->flags = TCP_SYN_DUE;
	tcp->own_window = window;
	tcp_learn(tcp, syn);
	if (mss)
		tcp->own_mss = mss;
}

void tcp_free(struct tcp *tcp)
{
	buffer_free(&tcp->queue);
	hold_destroy(tcp->hold);
	tcp->hold = NULL;
}

void tcp_learn(struct tcp *tcp, const struct segment *syn)
{
	bool v6 = syn->source.address.family == ADDRESS_V6;
	uint16_t mss = syn->mss ? syn->mss : v6 ? TCP_MSS_DEFAULT_V6 : TCP_MSS_DEFAULT_V4;
	tcp->own_mss = v6 ? tcp->options->mss_v6 : tcp->options->mss_v4;
	if (mss < TCP_MSS_MIN)
		mss = TCP_MSS_MIN;
	if (mss > tcp->own_mss)
		mss = tcp->own_mss;
	if (syn->has_timestamps) {
		tcp->flags |= TCP_TIMESTAMPS;
		tcp->ts_recent = syn->ts_value;
		mss -= TCP_TIMESTAMP_OPTION; /* RFC 9293 3.7.1: options count */
	}
	tcp->mss = mss;
	tcp->irs = syn->seq;
	tcp->rcv_next = syn->seq + 1;
	tcp->peer_window = syn->window;
	tcp->wl1 = syn->seq;
	tcp->wl2 = syn->ack;
	/* RFC 6928 section 2 */
	uint32_t two = 2u * mss, ten = 10u * mss, most = two > 14600 ? two : 14600;
	tcp->cwnd = ten < most ? ten : most;
	tcp->ssthresh = UINT32_MAX;
}

void tcp_become_open(struct tcp *tcp, uint64_t rtt_ns, struct tcp_arrival *arrival)
{
	tcp->state = TCP_STATE_OPEN;
	tcp->una = tcp->next = tcp->max = tcp->iss + 1;
	tcp->due_ns = TCP_NEVER;
	tcp->tries = 0;
	rto_init(&tcp->rto, 0);
	if (rtt_ns)
		rto_sample(&tcp->rto, rtt_ns);
	arrival->opened = true;
	arrival->rtt_ns = rtt_ns;
}

void tcp_end(struct tcp *tcp)
{
	tcp->state = TCP_STATE_CLOSED;
	tcp->flags &= TCP_LET_GO;
	tcp->due_ns = tcp->linger_ns = TCP_NEVER;
}

void tcp_abort(struct tcp *tcp)
{
	uint16_t gave_up = tcp->flags & TCP_GAVE_UP;
	tcp_end(tcp);
	tcp->flags |= TCP_RST_DUE | gave_up;
}

int tcp_send(struct tcp *tcp, const void *bytes, size_t length)
{
	if (tcp->state != TCP_STATE_OPEN && tcp->state != TCP_STATE_SYN_SENT)
		return ERR_CLOSED;
	if (tcp->flags & (TCP_FIN_QUEUED | TCP_LET_GO))
		return ERR_CLOSED;
	return buffer_append(&tcp->queue, bytes, length, TCP_QUEUE_MAX);
}

void tcp_close(struct tcp *tcp, enum close_how how, uint64_t now_ns)
{
	tcp->flags |= TCP_LET_GO;
	if (tcp->state == TCP_STATE_SYN_SENT)
		tcp_end(tcp); /* RFC 9293 3.10.4: the SYN-ACK that may still come meets a closed connection */
	if (tcp->state == TCP_STATE_CLOSED)
		return;
	if (how == CLOSE_RESET || tcp->state != TCP_STATE_OPEN || tcp->flags & TCP_GAVE_UP) {
		tcp_abort(tcp);
		return;
	}
	tcp->flags |= TCP_FIN_QUEUED;
	tcp->linger_ns = now_ns + TCP_LINGER_NS;
}

bool tcp_finished(const struct tcp *tcp)
{
	const unsigned both = TCP_LET_GO | TCP_FIN_ACKED | TCP_FIN_RECEIVED;
	if (tcp->state == TCP_STATE_CLOSED)
		return !(tcp->flags & TCP_RST_DUE);
	/* There is no TIME-WAIT: its purpose, answering a FIN that comes again, is served by the RST a closed connection
	 * answers with, and our next connection to the same peer has another port. */
	return (tcp->flags & both) == both && !(tcp->flags & TCP_ACK_DUE);
}

bool tcp_in_flight(const struct tcp *tcp, uint32_t seq)
{
	return tcp->state != TCP_STATE_CLOSED && !tcp_before(seq, tcp->una) && tcp_before(seq, tcp->max);
}

bool tcp_give_up(struct tcp *tcp)
{
	if (tcp->state != TCP_STATE_SYN_SENT)
		return false;
	tcp_end(tcp);
	return true;
}

uint64_t tcp_due(const struct tcp *tcp)
{
	return tcp->due_ns < tcp->linger_ns ? tcp->due_ns : tcp->linger_ns;
}

/* The handshake's timer: the SYN or SYN-ACK goes again, or it was the last. */
static unsigned tcp_expire_handshake(struct tcp *tcp)
{
	unsigned retries = tcp->retries;
	bool dialled = tcp->state == TCP_STATE_SYN_SENT;
	if (!dialled && retries < TCP_SYN_ACK_RETRIES)
		retries = TCP_SYN_ACK_RETRIES;
	if (tcp->tries >= retries) {
		tcp_end(tcp);
		return dialled ? 1u << STREAM_FAILED : 0;
	}
	tcp->tries++;
	tcp->flags |= TCP_SYN_DUE;
	return 0;
}

/* Nothing came back for what was sent (RFC 6298 5.4 to 5.6). */
static unsigned tcp_expire_retransmission(struct tcp *tcp)
{
	uint32_t flight = tcp->max - tcp->una;
	if (tcp->tries >= tcp->retries) {
		tcp->flags |= TCP_GAVE_UP;
		if (tcp->flags & TCP_LET_GO)
			tcp_abort(tcp);
		return 1u << STREAM_UNACKED;
	}
	tcp->tries++;
	tcp->next = tcp->una;
	tcp->flags &= ~TCP_TIMING;
	tcp->ssthresh = flight / 2 > 2u * tcp->mss ? flight / 2 : 2u * tcp->mss; /* RFC 5681 (4) */
	tcp->cwnd = tcp->mss;
	return 0;
}

unsigned tcp_expire(struct tcp *tcp, uint64_t now_ns)
{
	if (now_ns >= tcp->linger_ns) {
		tcp_abort(tcp);
		return 0;
	}
	if (now_ns < tcp->due_ns)
		return 0;
	tcp->due_ns = TCP_NEVER;
	rto_back_off(&tcp->rto);
	if (tcp->state == TCP_STATE_SYN_SENT || tcp->state == TCP_STATE_SYN_RECEIVED)
		return tcp_expire_handshake(tcp);
	if (tcp->flags & TCP_PERSIST || tcp->peer_window == 0) {
		/* Probing has no end of its own (RFC 9293 3.8.6.1): the owner's deadline or the farewell's ends it. */
		tcp->flags |= TCP_PERSIST | TCP_PROBE_DUE;
		tcp->next = tcp->una;
		return 0;
	}
	return tcp_expire_retransmission(tcp);
}

uint32_t tcp_timestamp(uint64_t now_ns)
{
	return (uint32_t)(now_ns / 1000);
}

void tcp_syn(struct segment *out, uint32_t iss, uint16_t mss, uint64_t now_ns)
{
	*out = (struct segment){ .seq = iss, .flags = TCP_SYN, .window = TCP_WINDOW, .mss = mss, .window_scale = -1,
				 .sack_permitted = true, .has_timestamps = true, .ts_value = tcp_timestamp(now_ns) };
}

uint64_t tcp_echo_rtt_ns(const struct segment *segment, uint64_t now_ns)
{
	if (!segment->has_timestamps || segment->ts_echo == 0)
		return 0;
	uint32_t elapsed_us = tcp_timestamp(now_ns) - segment->ts_echo;
	if (elapsed_us > TCP_ECHO_MAX_US)
		return 0;
	return elapsed_us ? elapsed_us * 1000ull : 1000;
}
