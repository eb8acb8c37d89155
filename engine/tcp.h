/* One TCP connection (RFC 9293) as a pure state machine: segments, bytes and the time go in; segments, bytes and events
 * come out. The side that dials is here from a valid SYN-ACK on (or from SYN-SENT), the side that listens from the SYN on.
 *
 * Whoever drives it calls tcp_output until it returns false after every other call, keeps a timer for tcp_due, and hands
 * over, after tcp_receive: the events of the arrival, its bytes, what tcp_take gives, and then STREAM_FINISHED. */
#ifndef SONDE_TCP_H
#define SONDE_TCP_H

#include "buffer.h"
#include "packet.h"
#include "rto.h"
#include "transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The window we advertise, always. Nothing we receive waits in this layer but the hold, which bounds itself: bytes in
 * order go to their owner at once, and an owner who has enough closes. So the window never shrinks, and without the window
 * scale option (RFC 7323 section 2) 65535 is the largest. */
#define TCP_WINDOW 65535u
#define TCP_QUEUE_MAX 65536u /* bytes sent and unacknowledged, or waiting to be sent */
/* What a peer that names no MSS takes (RFC 9293 3.7.1), and the least we cut segments to. A host must take 576 bytes of
 * IPv4 packet, 1280 of IPv6, whatever it announces; an MSS below 64 only makes us send one packet per few bytes. */
#define TCP_MSS_DEFAULT_V4 536u
#define TCP_MSS_DEFAULT_V6 1220u
#define TCP_MSS_MIN 64u
/* After tcp_close(CLOSE_FINISH): how long the whole farewell may take, and how long we wait for the peer's FIN once ours
 * is acknowledged. Then RST. */
#define TCP_LINGER_NS 15000000000ull
#define TCP_LINGER_FIN_NS 3000000000ull
/* At most one answer per this time to segments that are not acceptable (RFC 5961 section 10). */
#define TCP_CHALLENGE_NS 20000000ull

enum tcp_state {
	TCP_STATE_CLOSED,
	TCP_STATE_SYN_SENT,
	TCP_STATE_SYN_RECEIVED,
	TCP_STATE_OPEN, /* ESTABLISHED and all after it; which side has said FIN is in `flags` */
};

/* What holds for all connections of a transport; outlives them. */
struct tcp_options {
	unsigned retries; /* times a segment is sent again */
	uint64_t timeout_ns; /* first wait for an answer to a SYN or SYN-ACK; 0: RTO_INITIAL_NS */
	uint16_t mss_v4, mss_v6; /* the largest segments our link carries, both ways */
	bool push; /* PSH on the first transmission already */
};

/* Embedded in its owner. Private to tcp*.c but for reading. Sequence numbers as in RFC 9293 3.3.1. */
struct tcp {
	const struct tcp_options *options;
	struct hold *hold; /* NULL unless something came out of order */
	struct buffer queue; /* what is not acknowledged; its first byte has the number `una` */
	uint64_t due_ns; /* the one timer: SYN, retransmission, window probe; UINT64_MAX: off */
	uint64_t linger_ns; /* when the farewell must be over; UINT64_MAX: there is none */
	uint64_t challenge_ns; /* no answer to unacceptable segments before */
	uint64_t timed_ns; /* when timed_seq - 1 was sent (flag TIMING) */
	struct rto rto;
	uint32_t iss, una, next, max; /* ISS, SND.UNA, what to send next, and the highest number sent so far */
	uint32_t irs, rcv_next; /* IRS, RCV.NXT */
	uint32_t wl1, wl2; /* SND.WL1, SND.WL2: when the peer's window was last taken over */
	uint32_t timed_seq;
	uint32_t fin_seq; /* number of the peer's FIN (flag FIN_SEEN) */
	uint32_t ts_recent; /* TS.Recent (RFC 7323 4.3) */
	uint32_t cwnd, ssthresh; /* RFC 5681 */
	uint16_t mss; /* payload bytes per segment we send, options deducted */
	uint16_t own_mss, own_window; /* announced */
	uint16_t peer_window;
	uint16_t flags; /* enum tcp_state_flag */
	uint16_t resent; /* segments with data or FIN sent again; saturates */
	uint8_t state; /* enum tcp_state */
	uint8_t tries; /* times what is at `una` was sent again */
	uint8_t retries; /* and how often it may be; the options' at first */
};

enum tcp_verdict { TCP_USED, TCP_BAD_SEQUENCE, TCP_BAD_ACK };

/* What a segment brought. */
struct tcp_arrival {
	unsigned events; /* 1u << enum stream_event */
	enum refusal refusal; /* with STREAM_FAILED */
	const uint8_t *bytes; /* in-order payload, inside the segment; with STREAM_RESET the RST's, valid until tcp_free */
	size_t length;
	uint32_t acked; /* payload bytes of ours acknowledged for the first time */
	uint64_t rtt_ns; /* of the handshake, when the connection became open just now; 0: unknown */
	bool opened; /* became open just now */
	bool repeated; /* a SYN-ACK that we had answered before */
	bool reset_acks; /* with STREAM_RESET: the RST acknowledges something for the first time (`acked` does not count it) */
	bool held, hold_full; /* ahead of a gap: kept, or dropped */
};

/* Starts in SYN-SENT; the SYN is the first output. */
void tcp_connect(struct tcp *tcp, const struct tcp_options *options, uint32_t iss, enum address_family family);
/* Starts open, from a SYN-ACK that answers a SYN nobody kept. Its payload and FIN are in *arrival. */
void tcp_open(struct tcp *tcp, const struct tcp_options *options, const struct segment *syn_ack, uint64_t now_ns,
	      struct tcp_arrival *arrival);
/* Starts in SYN-RECEIVED; the SYN-ACK is the first output. `window` and `mss` are announced, mss 0: the options'. */
void tcp_accept(struct tcp *tcp, const struct tcp_options *options, uint32_t iss, const struct segment *syn, uint16_t window,
		uint16_t mss);
/* Frees what it holds; nothing is sent. */
void tcp_free(struct tcp *tcp);

enum tcp_verdict tcp_receive(struct tcp *tcp, const struct segment *segment, uint64_t now_ns, struct tcp_arrival *arrival);
/* Held bytes that the last arrival freed, in order, piece by piece; false when there are no more. */
bool tcp_take(struct tcp *tcp, const uint8_t **bytes, size_t *length);

/* Queues bytes, all or nothing: ERR_FULL, ERR_NO_MEMORY, ERR_CLOSED. */
int tcp_send(struct tcp *tcp, const void *bytes, size_t length);
/* The owner lets go: what still arrives is not handed over. */
void tcp_close(struct tcp *tcp, enum close_how how, uint64_t now_ns);
/* Closed, and nothing more to send: the memory may go. */
bool tcp_finished(const struct tcp *tcp);
/* Is `seq` that of a segment which is on its way (RFC 5927 section 4.1, for ICMP errors)? */
bool tcp_in_flight(const struct tcp *tcp, uint32_t seq);

/* The network says that the SYN finds nobody: ends a connection in SYN-SENT, and says whether it was one. */
bool tcp_give_up(struct tcp *tcp);

/* When tcp_expire is to be called; UINT64_MAX: never. */
uint64_t tcp_due(const struct tcp *tcp);
/* Runs what is due at now_ns; returns events as 1u << enum stream_event (STREAM_UNACKED, STREAM_FAILED). */
unsigned tcp_expire(struct tcp *tcp, uint64_t now_ns);

/* False when tcp_output has nothing to give; true when it probably has. */
bool tcp_wants_output(const struct tcp *tcp);
/* The next segment to send, without its endpoints; false when there is none. Its payload is valid until the next call. */
bool tcp_output(struct tcp *tcp, uint64_t now_ns, struct segment *out);

/* The SYN of a connection; `mss` is announced. Its timestamp carries the time, so that the answer tells the round trip
 * without anything kept (RFC 7323 section 4.1). */
void tcp_syn(struct segment *out, uint32_t iss, uint16_t mss, uint64_t now_ns);
/* What a timestamp says at now_ns (RFC 7323 section 4.1): microseconds. */
uint32_t tcp_timestamp(uint64_t now_ns);
/* The round trip an answer's timestamp echo tells; 0 when it has none that can be true. */
uint64_t tcp_echo_rtt_ns(const struct segment *segment, uint64_t now_ns);

#endif
