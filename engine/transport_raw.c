#include "transport_raw.h"

#include "transport_raw_internal.h"

#include <stdlib.h>

#define RAW_OUTBOX_FRAMES 4096u
/* Of a worker, in RAW_SEEN_NS: 65,000 answers a second, twice as many where nothing else comes of them. Memory grows with what
 * is remembered: at these bounds 256 MiB and 512 MiB. */
#define RAW_SEEN_MAX (1u << 23)
#define RAW_SEEN_SYN_ONLY_MAX (1u << 24)
/* Longer than a Linux peer repeats its SYN-ACK (63 s), and than a probe's tries last. */
#define RAW_SEEN_NS 128000000000ull
/* Longer than what a peer sent before our RST reached it is on its way, shorter than any peer waits before it sends again. */
#define RAW_RESETS_NS 100000000ull
#define RAW_RESETS_MAX (1u << 14)
/* RFC 9293 3.6.1: a peer that closed first remembers a connection for 2 MSL; Linux, for one, for 60 s. */
#define RAW_USED_NS 60000000000ull
#define RAW_USED_MAX (1u << 17)
#define RAW_BATCH 64 /* frames taken from the link at once */
#define RAW_LINK_FULL_NS 500000ull /* how long to wait for a full link, and the least to sleep for the pace */
#define RAW_LAST_NS 1000000000ull /* how long ending waits for the pace and the link to take the last frames */
#define RAW_LAST_ROUNDS 100000 /* the same for a clock that stands still */
#define RAW_CLOSED_PPS 1000u /* RSTs for connections we do not have, per second */

enum raw_key { RAW_KEY_COOKIE = 1, RAW_KEY_PORT, RAW_KEY_FLOWS, RAW_KEY_SEEN, RAW_KEY_PROBE };

struct raw *raw_of(struct transport *transport)
{
	return (struct raw *)transport;
}

struct flow *raw_flow_of(struct stream *stream)
{
	return (struct flow *)stream;
}

size_t transport_raw_flow_bytes(void)
{
	return sizeof(struct flow);
}

uint64_t raw_clock(struct raw *raw)
{
	raw->now_ns = raw->config.link->ops->now(raw->config.link);
	return raw->now_ns;
}

bool raw_permits(struct raw *raw, const struct address *remote)
{
	const struct transport_raw_config *config = &raw->config;
	if (!config->permit || config->permit(config->permit_owner, remote))
		return true;
	raw->transport.counters->sends_blocked++;
	return false;
}

/* Where to build a frame to `remote` in the outbox. 0, ERR_BLOCKED or ERR_FULL. */
static int raw_reserve(struct raw *raw, const struct address *remote, uint8_t **out)
{
	if (!raw_permits(raw, remote))
		return ERR_BLOCKED;
	*out = outbox_reserve(raw->outbox);
	if (*out)
		return 0;
	raw->transport.counters->outbox_full++;
	return ERR_FULL;
}

int raw_emit(struct raw *raw, const struct segment *segment)
{
	uint8_t *frame;
	int error = raw_reserve(raw, &segment->destination.address, &frame);
	if (error)
		return error;
	int length = packet_write(frame, FRAME_MAX, &raw->config.path, segment);
	if (length > 0)
		outbox_commit(raw->outbox, (size_t)length);
	return length;
}

static uint64_t raw_now(const struct transport *transport)
{
	const struct raw *raw = (const struct raw *)transport;
	return raw->config.link->ops->now(raw->config.link);
}

static bool raw_idle(const struct transport *transport)
{
	const struct raw *raw = (const struct raw *)transport;
	return flow_count(raw->flows) == 0 && raw->asked_count == 0 && outbox_count(raw->outbox) == 0 &&
	       (!raw->pending || pending_count(raw->pending) == 0);
}

/* When the outbox can go on, whether the pace or a full link holds it; UINT64_MAX when it is empty. */
static uint64_t raw_drain_next(const struct raw *raw)
{
	uint32_t length = outbox_next_length(raw->outbox);
	if (length == 0)
		return UINT64_MAX;
	uint64_t paced_ns = pace_next(&raw->pace, raw->now_ns, length), full_ns = raw->now_ns + RAW_LINK_FULL_NS;
	return paced_ns > raw->now_ns ? paced_ns : full_ns;
}

/* When a SYN may go: not worth waking for one at a time. */
static uint64_t raw_syn_next(const struct raw *raw)
{
	uint64_t paced_ns = pace_next(&raw->pace, raw->now_ns, RAW_FRAME_BYTES), least_ns = raw->now_ns + RAW_LINK_FULL_NS;
	return paced_ns > least_ns ? paced_ns : least_ns;
}

/* When the next SYN is due again. */
static uint64_t raw_retry_next(const struct raw *raw)
{
	if (!raw->pending)
		return UINT64_MAX;
	return raw->retries_wait ? raw_syn_next(raw) : pending_next(raw->pending);
}

static uint64_t raw_next(const struct transport *transport)
{
	const struct raw *raw = (const struct raw *)transport;
	if (raw->asked_count > 0 || (raw->touched && !raw->held_back))
		return raw->now_ns;
	uint64_t next_ns = timer_wheel_next(raw->wheel), drain_ns = raw_drain_next(raw), retry_ns = raw_retry_next(raw);
	if (raw->held_back && raw_syn_next(raw) < next_ns)
		next_ns = raw_syn_next(raw);
	if (drain_ns < next_ns)
		next_ns = drain_ns;
	return retry_ns < next_ns ? retry_ns : next_ns;
}

/* When to wake: as raw_next, and also when the pace lets the caller start probes again. */
static uint64_t raw_wake(const struct raw *raw)
{
	uint64_t wake_ns = raw_next(&raw->transport);
	/* It may have room by now, and not have had any when the caller asked. */
	if (!raw->starved && pace_next(&raw->pace, raw->now_ns, RAW_FRAME_BYTES) <= raw->now_ns)
		return wake_ns;
	uint64_t syn_ns = raw_syn_next(raw);
	return syn_ns < wake_ns ? syn_ns : wake_ns;
}

static int raw_receive_batch(struct raw *raw)
{
	struct frame frames[RAW_BATCH];
	struct link *link = raw->config.link;
	int count = link->ops->receive(link, frames, RAW_BATCH);
	for (int i = 0; i < count; i++) {
		raw_receive(raw, &frames[i]);
		raw_flush(raw);
	}
	raw->happened |= count > 0 || raw->behind; /* caught up: the caller may probe again */
	raw->behind = count == RAW_BATCH;
	return count < 0 ? count : 0;
}

static int raw_turn(struct raw *raw, struct error *why)
{
	struct link *link = raw->config.link;
	raw_clock(raw);
	raw_look_in_flight(raw);
	raw->probes_allowed = 0;
	raw_send_asked(raw);
	raw_flush(raw);
	int error = raw_receive_batch(raw);
	if (error)
		return error_set(why, error, "receiving on the %s link: %s", link->ops->name, error_text(error));
	timer_wheel_advance(raw->wheel, raw->now_ns);
	if (raw->pending)
		raw_run_pending(raw);
	raw_flush(raw);
	int sent = outbox_drain(raw->outbox, link, &raw->pace, raw->now_ns, raw->transport.counters);
	if (sent < 0)
		return error_set(why, sent, "sending on the %s link: %s", link->ops->name, error_text(sent));
	raw->transport.counters->outbox_unsent = outbox_count(raw->outbox) + raw->asked_count;
	raw->happened |= sent > 0; /* there is room again: the caller may have more to send */
	return 0;
}

static int raw_poll(struct transport *transport, uint64_t until_ns, struct error *why)
{
	struct raw *raw = raw_of(transport);
	struct link *link = raw->config.link;
	int error = raw_turn(raw, why);
	bool happened = raw->happened; /* also what was sent since the last poll */
	raw->happened = false;
	if (error || happened)
		return error;
	uint64_t wake_ns = raw_wake(raw);
	if (wake_ns > until_ns)
		wake_ns = until_ns;
	if (wake_ns <= raw->now_ns)
		return 0;
	error = link->ops->wait(link, wake_ns);
	if (error)
		return error_set(why, error, "waiting on the %s link: %s", link->ops->name, error_text(error));
	error = raw_turn(raw, why);
	raw->happened = false;
	return error;
}

/* Sends until `most` frames wait, at the pace. False when that takes too long. */
static bool raw_send_down_to(struct raw *raw, uint32_t most, uint64_t end_ns)
{
	struct link *link = raw->config.link;
	for (int round = 0; round < RAW_LAST_ROUNDS; round++) {
		raw_clock(raw);
		raw_look_in_flight(raw);
		if (outbox_drain(raw->outbox, link, &raw->pace, raw->now_ns, raw->transport.counters) < 0)
			return false;
		if (outbox_count(raw->outbox) <= most)
			return true;
		uint64_t next_ns = raw_drain_next(raw);
		if (raw->now_ns >= end_ns || link->ops->wait(link, next_ns < end_ns ? next_ns : end_ns))
			return false;
	}
	return false;
}

/* What is still open is reset. These are the last frames, but the pace holds for them, too: what does not get out within
 * RAW_LAST_NS stays unsent, and the peers find out by themselves. */
static void raw_reset_all(struct raw *raw)
{
	struct flow *flow;
	uint32_t cursor = 0;
	uint64_t end_ns = raw_clock(raw) + RAW_LAST_NS;
	raw->ending = true;
	for (flow = raw->touched; flow; flow = flow->touched)
		flow->announce = false;
	while ((flow = flow_any(raw->flows, &cursor)) && raw_send_down_to(raw, RAW_OUTBOX_ANSWERS, end_ns)) {
		flow->owned = false;
		tcp_close(&flow->tcp, CLOSE_RESET, raw->now_ns);
		raw_touch(raw, flow);
		raw_flush(raw);
	}
	raw_send_down_to(raw, 0, end_ns);
}

static void raw_free(struct raw *raw)
{
	flow_table_destroy(raw->flows);
	if (raw->wheel)
		timer_wheel_destroy(raw->wheel);
	outbox_destroy(raw->outbox);
	pending_destroy(raw->pending);
	seen_destroy(raw->seen);
	seen_destroy(raw->resets);
	seen_destroy(raw->used);
	free(raw);
}

static void raw_limit(struct transport *transport, uint64_t rate_pps, uint64_t rate_bytes)
{
	struct raw *raw = raw_of(transport);
	pace_change(&raw->pace, rate_pps, rate_bytes, raw_clock(raw));
}

static void raw_destroy(struct transport *transport)
{
	struct raw *raw = raw_of(transport);
	struct link *link = raw->config.link;
	raw_reset_all(raw);
	transport->counters->outbox_unsent = outbox_count(raw->outbox) + raw->asked_count;
	if (link->ops->finish)
		link->ops->finish(link);
	raw_free(raw);
}

static const struct transport_ops raw_ops = {
	.name = "raw",
	.probe = raw_probe,
	.room = raw_room,
	.connect = raw_connect,
	.persist = raw_persist,
	.send = raw_send,
	.close = raw_close,
	.poll = raw_poll,
	.idle = raw_idle,
	.next = raw_next,
	.now = raw_now,
	.adopt = raw_adopt,
	.limit = raw_limit,
	.destroy = raw_destroy,
};

static int raw_check(const struct transport_raw_config *config, struct error *why)
{
	if (!config->link || !config->base.counters)
		return error_set(why, ERR_INVALID, "the raw transport needs a link and counters");
	if (config->path.layer != config->link->layer)
		return error_set(why, ERR_INVALID, "the path's layer is not the link's");
	if (config->port_first > config->port_last || (config->port_first == 0 && !config->listen))
		return error_set(why, ERR_INVALID, "source ports %u to %u are no range", config->port_first, config->port_last);
	if (config->base.streams_max > 1u << 30)
		return error_set(why, ERR_INVALID, "too many streams: %u", config->base.streams_max);
	if (config->base.retries >= PENDING_TRIES_MAX)
		return error_set(why, ERR_INVALID, "too many retries: %u, at most %u", config->base.retries,
				 PENDING_TRIES_MAX - 1);
	if (!config->base.handler.opened || !config->base.handler.data || !config->base.handler.event ||
	    (!config->base.handler.refused && !config->listen))
		return error_set(why, ERR_INVALID, "the raw transport needs a complete handler");
	if (config->base.syn_only && !config->base.handler.answered)
		return error_set(why, ERR_INVALID, "a scan for SYN-ACKs alone needs somebody to tell of them");
	return 0;
}

static void raw_set_options(struct raw *raw)
{
	const struct transport_config *base = &raw->config.base;
	uint32_t mtu = raw->config.link->mtu;
	/* Ethernet's MTU is the most a path over the Internet carries; less than RFC 8200 section 5 asks for is no link. */
	if (mtu == 0 || mtu > 1500)
		mtu = 1500;
	if (mtu < 576)
		mtu = 576;
	raw->options = (struct tcp_options){ .retries = base->retries, .timeout_ns = base->timeout_ns, .push = base->push,
					     .mss_v4 = (uint16_t)(mtu - 40), .mss_v6 = (uint16_t)(mtu - 60) };
}

/* Tracks probes where that is wanted: each try is waited for twice as long as the one before. */
static int raw_create_pending(struct raw *raw)
{
	uint64_t delays_ns[PENDING_TRIES_MAX], delay_ns = raw->options.timeout_ns ? raw->options.timeout_ns : RTO_INITIAL_NS;
	unsigned tries = raw->options.retries + 1;
	if (raw->options.retries == 0 && !raw->config.base.track_probes)
		return 0;
	for (unsigned i = 0; i < tries; i++, delay_ns *= 2)
		delays_ns[i] = delay_ns = delay_ns < RTO_CAP_NS ? delay_ns : RTO_CAP_NS;
	raw->pending = pending_create(delays_ns, tries, RAW_PENDING_MAX);
	return raw->pending ? 0 : ERR_NO_MEMORY;
}

static struct cookie_key raw_probe_key(const struct raw *raw, const struct address *source)
{
	struct cookie_key key = cookie_key_from_seed(raw->config.base.seed, RAW_KEY_PROBE);
	return cookie_key_from_seed(cookie_hash(&key, source, sizeof *source), key.k1);
}

/* A layer that cannot be sent on leaves the template empty. */
static void raw_prepare_syn(struct raw *raw, struct packet_template *template, const struct address *source, uint16_t mss)
{
	struct segment syn;
	tcp_syn(&syn, 0, mss, 0);
	syn.source.address = *source;
	if (source->family != ADDRESS_NONE)
		packet_template_init(template, &raw->config.path, &syn);
}

static int raw_create_parts(struct raw *raw, uint32_t streams)
{
	uint64_t seed = raw->config.base.seed;
	uint32_t seen_max = raw->config.base.syn_only ? RAW_SEEN_SYN_ONLY_MAX : RAW_SEEN_MAX;
	struct cookie_key flows_key = cookie_key_from_seed(seed, RAW_KEY_FLOWS);
	raw->cookie_key = cookie_key_from_seed(seed, RAW_KEY_COOKIE);
	raw->port_key = cookie_key_from_seed(seed, RAW_KEY_PORT);
	raw->seen_key = cookie_key_from_seed(seed, RAW_KEY_SEEN);
	raw->probe_key_v4 = raw_probe_key(raw, &raw->config.source_v4);
	raw->probe_key_v6 = raw_probe_key(raw, &raw->config.source_v6);
	raw_prepare_syn(raw, &raw->syn_v4, &raw->config.source_v4, raw->options.mss_v4);
	raw_prepare_syn(raw, &raw->syn_v6, &raw->config.source_v6, raw->options.mss_v6);
	raw_clock(raw);
	pace_init(&raw->pace, raw->config.base.rate_pps, raw->config.base.rate_bytes, raw->now_ns);
	pace_init(&raw->closed_pace, RAW_CLOSED_PPS, 0, raw->now_ns);
	raw->flows = flow_table_create(streams, &flows_key);
	raw->wheel = timer_wheel_create(raw->now_ns);
	raw->outbox = outbox_create(RAW_OUTBOX_FRAMES);
	raw->seen = seen_create(raw->config.seen_max ? raw->config.seen_max : seen_max, RAW_SEEN_NS, raw->now_ns);
	raw->resets = seen_create(RAW_RESETS_MAX, RAW_RESETS_NS, raw->now_ns);
	raw->used = seen_create(RAW_USED_MAX, RAW_USED_NS, raw->now_ns);
	if (!raw->flows || !raw->wheel || !raw->outbox || !raw->seen || !raw->resets || !raw->used)
		return ERR_NO_MEMORY;
	return raw_create_pending(raw);
}

int transport_raw_create(struct transport **out, const struct transport_raw_config *config, struct error *why)
{
	int error = raw_check(config, why);
	if (error)
		return error;
	struct raw *raw = calloc(1, sizeof(*raw));
	if (!raw)
		return error_set(why, ERR_NO_MEMORY, "out of memory for the raw transport");
	const struct transport_config *base = &config->base;
	uint32_t streams = base->streams_max ? base->streams_max : RAW_STREAMS_DEFAULT;
	raw->transport = (struct transport){ .ops = &raw_ops, .counters = base->counters };
	raw->config = *config;
	raw_set_options(raw);
	error = raw_create_parts(raw, streams);
	if (error) {
		raw_free(raw);
		return error_set(why, error, "no memory for %u streams", streams);
	}
	*out = &raw->transport;
	return 0;
}
