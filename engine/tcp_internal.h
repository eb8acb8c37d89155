/* What tcp.c, tcp_receive.c and tcp_output.c share; nobody else includes this. */
#ifndef SONDE_TCP_INTERNAL_H
#define SONDE_TCP_INTERNAL_H

#include "tcp.h"

#define TCP_NEVER UINT64_MAX

enum tcp_state_flag {
	TCP_ACTIVE = 1, /* we dialled */
	TCP_TIMESTAMPS = 2, /* both sides use them (RFC 7323 3.2) */
	TCP_ACK_DUE = 4,
	TCP_SYN_DUE = 8,
	TCP_RST_DUE = 16,
	TCP_PROBE_DUE = 32, /* one octet into a zero window */
	TCP_PERSIST = 64, /* due_ns is the window probe timer */
	TCP_TIMING = 128, /* a segment's round trip is being measured */
	TCP_GAVE_UP = 256, /* the last retransmission was not acknowledged */
	TCP_FIN_QUEUED = 512, /* we are done sending */
	TCP_FIN_ACKED = 1024,
	TCP_FIN_SEEN = 2048, /* the peer's FIN came, perhaps ahead of a gap */
	TCP_FIN_RECEIVED = 4096, /* and everything before it */
	TCP_LET_GO = 8192, /* the owner has closed */
};

/* a before b, modulo 2^32 (RFC 9293 3.4). */
bool tcp_before(uint32_t a, uint32_t b);
/* Ends the connection without a word. */
void tcp_end(struct tcp *tcp);
/* Ends it with RST. */
void tcp_abort(struct tcp *tcp);
/* Takes over what the peer's SYN says: numbers, MSS, window, timestamps. */
void tcp_learn(struct tcp *tcp, const struct segment *syn);
void tcp_become_open(struct tcp *tcp, uint64_t rtt_ns, struct tcp_arrival *arrival);
/* Payload and FIN of an acceptable segment whose first payload byte is `seq`. */
void tcp_receive_text(struct tcp *tcp, uint32_t seq, const struct segment *segment, struct tcp_arrival *arrival);

#endif
