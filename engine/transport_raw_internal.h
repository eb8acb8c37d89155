/* What transport_raw.c, transport_raw_probe.c, transport_raw_receive.c and transport_raw_stream.c share; nobody else includes this. */
#ifndef SONDE_TRANSPORT_RAW_INTERNAL_H
#define SONDE_TRANSPORT_RAW_INTERNAL_H

#include "flow.h"
#include "outbox.h"
#include "pace.h"
#include "packet_template.h"
#include "pending.h"
#include "seen.h"
#include "timer.h"
#include "transport_raw.h"

#define RAW_STREAMS_DEFAULT 65536u
#define RAW_OUTBOX_ANSWERS 1024u /* room in the outbox that SYNs leave free */
#define RAW_PENDING_MAX (1u << 22) /* probes tracked at once: 96 MiB when all are in flight */
#define RAW_FRAME_BYTES 74u /* of a frame that is not built yet, about; the pace takes what it really has */
#define RAW_ASKED_MAX 128 /* probes collected before their SYNs are built */

struct raw {
	struct transport transport; /* first */
	struct transport_raw_config config;
	struct tcp_options options;
	struct cookie_key cookie_key, port_key, seen_key;
	struct cookie_key probe_key_v4, probe_key_v6; /* of probes, made of the address they come from */
	struct flow_table *flows;
	struct timer_wheel *wheel;
	struct outbox *outbox;
	struct pending *pending; /* NULL: probes are not tracked */
	struct seen *seen; /* targets that have answered or been reported: they are news once only */
	struct pace pace; /* all frames */
	struct pace closed_pace; /* RSTs for connections we do not have */
	struct seen *resets; /* connections reset a moment ago: what the peer sent before it knew is not answered again */
	struct seen *used; /* connections opened lately: their source port is not used again to the same target so soon */
	struct flow *touched, *touched_last; /* flows to be flushed, in this order */
	bool held_back; /* the first of them has something to send, and the pace or the outbox has no room */
	bool ending; /* nothing is held back any more */
	struct endpoint asked[RAW_ASKED_MAX]; /* probes whose SYN is not built yet */
	uint32_t asked_count;
	uint64_t now_ns; /* one clock read per batch */
	uint64_t flown_ns; /* when a frame was last seen to have left, */
	uint32_t given_up; /* and how many of those that have not are not waited for any more */
	uint64_t connects; /* so that each connect() takes another source port */
	size_t probes_allowed; /* what is left of the last room() */
	struct packet_template syn_v4, syn_v6; /* a probe's frame; empty: that family is not configured */
	bool happened; /* since the last poll, or in this one: the caller may have more to do */
	bool starved; /* the last room() was none, because of the pace: somebody waits for it */
	bool behind; /* the link has more frames than we took: answers go before new probes, or they would be lost */
	bool retries_wait; /* SYNs are due again, but the pace or the outbox has no room */
};

struct raw *raw_of(struct transport *transport);
struct flow *raw_flow_of(struct stream *stream);

/* transport_raw.c */

/* The last check before a frame to it is built. */
bool raw_permits(struct raw *raw, const struct address *remote);
/* Builds one in the outbox, after the last check. Its length, ERR_BLOCKED, ERR_FULL or ERR_INVALID. */
int raw_emit(struct raw *raw, const struct segment *segment);
uint64_t raw_clock(struct raw *raw); /* reads the link's clock into now_ns */

/* transport_raw_receive.c */

void raw_receive(struct raw *raw, const struct frame *frame);
/* Calls handler.opened for a flow that is open. */
void raw_announce(struct raw *raw, struct flow *flow);

/* transport_raw_probe.c */

size_t raw_room(struct transport *transport);
void raw_look_in_flight(struct raw *raw); /* tells the pace what has not left yet */
const struct packet_template *raw_syn_template(const struct raw *raw, const struct address *remote);
uint64_t raw_probe_hash(const struct raw *raw, const struct endpoint *remote);
uint16_t raw_probe_port(const struct raw *raw, uint64_t hash);
/* The first sequence number of a connection of ours, whether a probe's or not. */
uint32_t raw_sequence(const struct raw *raw, const struct endpoint *local, const struct endpoint *remote);
int raw_probe(struct transport *transport, const struct endpoint *remote);
/* Builds the SYNs of the probes collected so far. */
void raw_send_asked(struct raw *raw);
/* Sends the SYNs that are due again, and reports the targets that did not answer. */
void raw_run_pending(struct raw *raw);

/* transport_raw_stream.c */

const struct address *raw_later_source(const struct raw *raw, const struct address *remote); /* of further connections */
const struct address *raw_source(const struct raw *raw, const struct address *remote); /* NULL: family not configured */
bool raw_has_seen(const struct raw *raw, const struct endpoint *remote);
void raw_remember(struct raw *raw, const struct endpoint *remote);

int raw_connect(struct transport *transport, const struct endpoint *remote, void *user, struct stream **out);
void raw_persist(struct stream *stream, unsigned retries);
/* Where our SYNs come from, or anywhere when we listen. */
bool raw_is_ours(const struct raw *raw, const struct endpoint *local);
int raw_adopt(struct transport *transport, const struct endpoint *local, const struct endpoint *remote, uint32_t seq,
	      uint32_t ack, uint16_t window);
int raw_send(struct stream *stream, const void *bytes, size_t length);
void raw_close(struct stream *stream, enum close_how how);

/* A new flow whose timer works; NULL when there is no room. */
struct flow *raw_flow_add(struct raw *raw, const struct endpoint *local, const struct endpoint *remote);
/* Calls handler.event, unless the owner has let go. */
void raw_event(struct raw *raw, struct flow *flow, enum stream_event event);
/* The flow may have something to send, or may be over: raw_flush looks. */
void raw_touch(struct raw *raw, struct flow *flow);
/* Sends what touched flows have to send, sets their timers and frees those that are over. Callbacks never free a flow: this
 * does, after them. What would only wait for the pace is not built: it says what is so when it leaves, and the timers that
 * start with it do not run before; the flow stays. */
void raw_flush(struct raw *raw);
/* A connection's fingerprint, for `resets` and `used`. */
uint64_t raw_connection(const struct raw *raw, const struct endpoint *local, const struct endpoint *remote);

#endif
