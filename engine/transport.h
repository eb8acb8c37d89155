/* The upper seam: a transport gives byte streams to targets. Implementations: transport_raw (our TCP over a link),
 * transport_socket (the kernel's TCP through libuv). Above it nothing knows packets, and nobody reads a clock but now(). */
#ifndef SONDE_TRANSPORT_H
#define SONDE_TRANSPORT_H

#include "address.h"
#include "counters.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transport;
struct stream;

/* What a peer's SYN-ACK said, as far as the transport can see it (the socket transport sees little). */
struct syn_ack {
	bool known; /* false: the transport cannot see SYN-ACKs */
	uint16_t window; /* unscaled; 0 is a zero window */
	uint16_t mss; /* 0: no option */
	int8_t window_scale; /* -1: no option */
	uint8_t ttl; /* hop limit of the packet received */
	bool sack_permitted, timestamps;
	uint16_t ip_id;
};

/* A probe or a connect came to nothing. */
enum refusal {
	REFUSAL_REFUSED, /* RST (ECONNREFUSED) */
	REFUSAL_FILTERED, /* no answer to the SYN and its retries */
	REFUSAL_UNREACHABLE, /* an ICMP error */
	REFUSAL_LOCAL, /* this machine could not even try: no route, no descriptor, blocked */
};

enum stream_event {
	STREAM_OPENED, /* a stream made by connect() is open now; `syn_ack` is filled in */
	STREAM_ACKED, /* everything sent so far has been acknowledged */
	STREAM_WINDOW, /* the peer's window opened after having been zero */
	STREAM_UNACKED, /* our data was sent and sent again, and never acknowledged; the stream is still there */
	STREAM_FINISHED, /* FIN: all the peer's data has been handed over before this event */
	STREAM_RESET, /* RST at the expected sequence number; its payload is in reset_payload; the stream is dead */
	STREAM_FAILED, /* connect() came to nothing: `refusal` says why; the stream is dead */
};

/* How the peer's FIN or RST, whichever came first, stands to what it acknowledged of our data. */
enum stream_end {
	STREAM_END_NONE, /* neither has come, or the transport cannot see it (sockets) */
	STREAM_END_BEFORE_ACK, /* it had acknowledged nothing by then, or there was nothing to acknowledge */
	STREAM_END_WITH_ACK, /* the same segment was the first to acknowledge some */
	STREAM_END_AFTER_ACK,
};

/* One connection. The transport fills it in; the owner reads it, sets `user`, and must end it with ops->close, also when
 * the stream is dead. It is the first member of the transport's own struct. */
struct stream {
	struct transport *transport;
	void *user; /* the owner's; NULL in a stream born from a probe until the owner sets it */
	struct endpoint remote, local;
	struct syn_ack syn_ack;
	uint64_t opened_ns; /* when the SYN-ACK came, now()'s clock */
	uint64_t rtt_ns; /* SYN to SYN-ACK, 0 where unknown */
	uint64_t sent_ns; /* when the last of those sent was sent, now()'s clock; 0: unknown */
	uint32_t bytes_acked; /* payload bytes of ours the peer has acknowledged */
	uint32_t bytes_queued; /* payload bytes handed to send() so far */
	uint32_t bytes_received; /* payload bytes handed to the owner so far */
	uint32_t packets_sent, packets_received; /* frames of this connection, the SYN included; 0: unknown (socket) */
	uint32_t wire_sent, wire_received; /* their bytes, link header included, modulo 2^32; 0: unknown */
	uint32_t window_open_us; /* from opened_ns to when a zero window first opened; 0: it was never zero, or never opened */
	uint32_t synack_repeat_us; /* from opened_ns to the last of synack_repeats; saturates */
	uint32_t reset_length;
	uint16_t window; /* the peer's last window, unscaled */
	uint16_t window_least; /* the smallest it offered but for zero, unscaled; 0: none */
	uint8_t retransmissions; /* saturates at 255 */
	uint8_t synack_repeats; /* SYN-ACKs seen again although we acknowledged; saturates */
	uint8_t ended; /* enum stream_end */
	bool is_parked; /* the owner's, too: what kind of thing `user` is */
	uint8_t icmp_type, icmp_code; /* with REFUSAL_UNREACHABLE */
	enum refusal refusal; /* after STREAM_FAILED */
	const uint8_t *reset_payload; /* data carried by the RST (some middleboxes explain themselves); the transport's */
};

/* How the owner is told. Called from inside ops->poll only (never from connect, send or close), so that a callback may
 * call any op. The transport flushes after each callback: what it queued leaves in the same batch, and data sent from
 * `opened` rides on the ACK that completes the handshake. */
struct transport_handler {
	void *owner;
	/* A probe was answered with SYN-ACK: a new stream, open, whose owner is the callee from now on. A callee that wants
	 * none of it closes it at once. */
	void (*opened)(void *owner, struct stream *stream);
	/* With config.syn_only, in place of `opened`: a probe was answered with SYN-ACK, which has been reset; there is no
	 * stream. rtt_ns 0: unknown. */
	void (*answered)(void *owner, const struct endpoint *remote, const struct syn_ack *syn_ack, uint64_t rtt_ns);
	/* A probe came to nothing. REFUSAL_FILTERED only where config.track_probes is set. */
	void (*refused)(void *owner, const struct endpoint *remote, enum refusal refusal, uint8_t icmp_type, uint8_t icmp_code,
			uint64_t rtt_ns);
	/* In-order bytes; valid during the call only. */
	void (*data)(void *owner, struct stream *stream, const uint8_t *bytes, size_t length);
	void (*event)(void *owner, struct stream *stream, enum stream_event event);
};

/* The last check before a frame leaves: false stops it (counter sends_blocked). */
typedef bool (*permit_fn)(const void *owner, const struct address *remote);

enum close_how {
	CLOSE_RESET, /* RST, at once */
	CLOSE_FINISH, /* FIN after what is queued; the transport sees it through (bounded) after the owner has let go */
};

struct transport_config {
	struct transport_handler handler;
	struct counters *counters; /* outlives the transport */
	uint64_t seed; /* keys of the cookie, source ports; the caller draws it from the system where it may not repeat */
	uint64_t rate_pps; /* over all packets sent; 0: no limit */
	uint64_t rate_bytes; /* bytes of frames per second; 0: no limit */
	uint32_t streams_max; /* connections open at once; 0: the transport's default */
	unsigned retries; /* times a SYN, and a data segment, is sent again */
	uint64_t timeout_ns; /* how long to wait for the answer to a SYN, each time; 0: 1 s, growing by doubling */
	bool track_probes; /* report REFUSAL_FILTERED: costs memory per probe in flight (retries > 0 tracks anyway) */
	bool syn_only; /* a probe ends with its SYN-ACK: handler.answered; raw only */
	bool push; /* PSH on the first transmission of data already */
};

struct transport_ops {
	const char *name;
	/* Sends a first SYN to `remote` and keeps no stream: the answer arrives as handler.opened or handler.refused.
	 * 0, ERR_AGAIN when room() is 0, or an error that concerns this target only. */
	int (*probe)(struct transport *transport, const struct endpoint *remote);
	/* How many probes may be started now without going over the rate, the streams or the outbox. */
	size_t (*room)(struct transport *transport);
	/* Opens one more connection to a target, with the given `user`: STREAM_OPENED or STREAM_FAILED follows. */
	int (*connect)(struct transport *transport, const struct endpoint *remote, void *user, struct stream **out);
	/* The handshake `name` starts on an open stream, perhaps after another that sent nothing; `first_only`: it ends with the
	 * first answer. NULL where the transport does not care: replay does, whose answers are those of the handshake. An error:
	 * there is no connection for it (`refusal` says why), and the stream is dead. */
	int (*begin)(struct stream *stream, const char *name, bool first_only);
	/* From now on what is unanswered on this stream is sent again so many times, instead of config.retries. NULL where the
	 * transport does not decide that (sockets, replay). */
	void (*persist)(struct stream *stream, unsigned retries);
	/* Queues bytes (copied); all or nothing. ERR_FULL over 64 KiB unacknowledged, ERR_CLOSED on a dead stream. */
	int (*send)(struct stream *stream, const void *bytes, size_t length);
	/* Lets go of a stream; it must not be touched afterwards. Safe inside callbacks. */
	void (*close)(struct stream *stream, enum close_how how);
	/* One turn: receives, runs timers, sends, calls the handler. If there was nothing to do it first sleeps, at most until
	 * until_ns. Returns 0, or an error that ends the scan (link gone). */
	int (*poll)(struct transport *transport, uint64_t until_ns, struct error *why);
	/* True when no probe is being waited for, no stream is open and nothing is left to send. */
	bool (*idle)(const struct transport *transport);
	/* When the next thing this transport knows of is due; UINT64_MAX: nothing is. */
	uint64_t (*next)(const struct transport *transport);
	uint64_t (*now)(const struct transport *transport);
	/* Goes on from a SYN-ACK that another program's SYN provoked (ZMap's output); raw only, else NULL. handler.opened
	 * follows in the next poll. rtt_ns is unknown (0). */
	int (*adopt)(struct transport *transport, const struct endpoint *local, const struct endpoint *remote, uint32_t seq,
		     uint32_t ack, uint16_t window);
	/* Goes on at other rates, as in transport_config. NULL where there is never a reason to. */
	void (*limit)(struct transport *transport, uint64_t rate_pps, uint64_t rate_bytes);
	/* Resets every open stream, sends what is queued, frees everything. The handler is not called any more. */
	void (*destroy)(struct transport *transport);
};

/* First member of every transport's own struct. */
struct transport {
	const struct transport_ops *ops;
	struct counters *counters;
};

#endif
