/* Probes: SYNs of which nothing is kept. They are collected and built many at a time, which costs less for each. */
#include "transport_raw_internal.h"

#include <endian.h>
#include <string.h>

/* When nothing has left for so long, the pace does not wait for it any more: some drivers may never say. */
#define RAW_FLIGHT_NS 1000000000ull
/* Where frames are built has gone from the nearest cache since the kernel read it: asked for so many frames in advance. */
#define PREFETCH 8u
#define CACHE_LINE 64u

const struct packet_template *raw_syn_template(const struct raw *raw, const struct address *remote)
{
	return remote->family == ADDRESS_V6 ? &raw->syn_v6 : &raw->syn_v4;
}

/* All that tells one probe from another is one hash: its low half is the sequence number, its high half chooses the source
 * port. The hash is a pseudorandom function of the target, under a secret key that depends on the source address: who knows
 * one half, or all of other targets', knows nothing of this half. The bytes are few because this is most of what a probe
 * costs; the families cannot collide, for each has its key. */
uint64_t raw_probe_hash(const struct raw *raw, const struct endpoint *remote)
{
	uint8_t bytes[18];
	bool v6 = remote->address.family == ADDRESS_V6;
	size_t length = v6 ? 16 : 4;
	memcpy(bytes, remote->address.bytes, length);
	memcpy(bytes + length, &remote->port, 2);
	return cookie_hash(v6 ? &raw->probe_key_v6 : &raw->probe_key_v4, bytes, length + 2);
}

static uint16_t probe_port(const struct raw *raw, uint64_t hash)
{
	uint64_t count = raw->config.port_last - raw->config.port_first + 1u;
	return (uint16_t)(raw->config.port_first + ((hash >> 32) * count >> 32));
}

uint16_t raw_probe_port(const struct raw *raw, uint64_t hash)
{
	return probe_port(raw, hash);
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

void raw_look_in_flight(struct raw *raw)
{
	struct link *link = raw->config.link;
	if (!link->ops->in_flight || (!raw->pace.packets.rate && !raw->pace.bytes.rate))
		return;
	uint32_t flying = link->ops->in_flight(link);
	if (flying < raw->pace.in_flight + raw->given_up || flying == 0)
		raw->flown_ns = raw->now_ns;
	if (raw->now_ns - raw->flown_ns >= RAW_FLIGHT_NS) {
		raw->given_up = flying;
		raw->flown_ns = raw->now_ns;
	}
	if (raw->given_up > flying)
		raw->given_up = flying;
	pace_in_flight(&raw->pace, flying - raw->given_up, RAW_FRAME_BYTES);
}

/* SYNs that the pace and the outbox allow now. Part of the outbox is kept for answers, which must not wait behind SYNs; and SYNs
 * that would only wait there for the pace are not built at all. */
static size_t raw_syn_room(struct raw *raw)
{
	uint32_t waiting = outbox_count(raw->outbox), built = outbox_room(raw->outbox);
	uint32_t paced = pace_room(&raw->pace, raw->now_ns, RAW_FRAME_BYTES);
	size_t room = paced > waiting && !raw->held_back ? paced - waiting : 0;
	built = built > RAW_OUTBOX_ANSWERS ? built - RAW_OUTBOX_ANSWERS : 0;
	return room < built ? room : built;
}

/* Probes that may be started without more answers than there is room for connections: as large a share of those in flight is
 * expected to answer as did of those decided. Only where the table is smaller than usual, and probes are tracked: with the
 * usual one, waiting for what never answers would cost more than the peer's second SYN-ACK does. */
static size_t raw_stream_room(const struct raw *raw)
{
	const struct counters *counters = raw->transport.counters;
	size_t unused = flow_capacity(raw->flows) - flow_count(raw->flows);
	if (!raw->pending || flow_capacity(raw->flows) >= RAW_STREAMS_DEFAULT)
		return unused;
	uint64_t decided = counters->syn_acks + counters->refused + counters->unreachable + counters->filtered;
	uint64_t in_flight = counters->probes > decided ? counters->probes - decided : 0;
	double share = (double)(counters->syn_acks + 1) / (double)(decided + 1);
	double room = (double)unused / (share < 1 ? share : 1) - (double)in_flight;
	return room < 1 ? 0 : room < RAW_PENDING_MAX ? (size_t)room : RAW_PENDING_MAX;
}

size_t raw_room(struct transport *transport)
{
	struct raw *raw = raw_of(transport);
	raw_clock(raw);
	raw_look_in_flight(raw);
	raw_send_asked(raw);
	raw->probes_allowed = 0;
	raw->starved = pace_room(&raw->pace, raw->now_ns, RAW_FRAME_BYTES) == 0;
	if (raw->behind)
		return 0;
	size_t room = raw_syn_room(raw), streams = raw_stream_room(raw);
	if (room > streams)
		room = streams;
	if (raw->pending && room > RAW_PENDING_MAX - pending_count(raw->pending))
		room = RAW_PENDING_MAX - pending_count(raw->pending);
	raw->probes_allowed = room;
	return room;
}

/* raw_probe_hash of each; all are of one family. */
static void raw_probe_hashes(const struct raw *raw, const struct endpoint *remotes, uint32_t count, uint64_t *out)
{
	if (remotes->address.family == ADDRESS_V6) {
		for (uint32_t i = 0; i < count; i++)
			out[i] = raw_probe_hash(raw, &remotes[i]);
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t address;
		memcpy(&address, remotes[i].address.bytes, 4);
		out[i] = le32toh(address) | (uint64_t)le16toh(remotes[i].port) << 32;
	}
	cookie_hash_short(&raw->probe_key_v4, 6, out, count);
}

/* Builds SYNs where the link sends them from, and sends them; returns how many left. For when nothing waits to be sent before
 * them; that the pace has room was asked when the probes were taken. */
static uint32_t raw_send_syns(struct raw *raw, const struct packet_template *template, const struct endpoint *remotes,
			      const uint64_t *hashes, uint32_t count)
{
	struct link *link = raw->config.link;
	struct frame frames[RAW_ASKED_MAX];
	uint32_t ts_value = tcp_timestamp(raw->now_ns);
	count = (uint32_t)link->ops->reserve(link, frames, count);
	for (uint32_t i = 0; i < count; i++) {
		if (i + PREFETCH < count) {
			__builtin_prefetch(frames[i + PREFETCH].data, 1);
			__builtin_prefetch(frames[i + PREFETCH].data + CACHE_LINE, 1);
		}
		packet_template_write(template, frames[i].data, probe_port(raw, hashes[i]), &remotes[i], (uint32_t)hashes[i],
				      ts_value);
		frames[i] = (struct frame){ .data = frames[i].data, .length = template->length };
	}
	int taken = count > 0 ? link->ops->send(link, frames, count) : 0;
	if (taken <= 0)
		return 0;
	pace_take(&raw->pace, (uint32_t)taken, (uint64_t)taken * template->length);
	raw->transport.counters->frames_sent += (uint64_t)taken;
	raw->transport.counters->bytes_sent += (uint64_t)taken * template->length;
	raw->happened = true;
	return (uint32_t)taken;
}

/* The same into the outbox. */
static uint32_t raw_queue_syns(struct raw *raw, const struct packet_template *template, const struct endpoint *remotes,
			       const uint64_t *hashes, uint32_t count)
{
	uint32_t built, ts_value = tcp_timestamp(raw->now_ns);
	uint8_t *frame = outbox_reserve_many(raw->outbox, template->length, count, &built);
	if (!frame) {
		raw->transport.counters->outbox_full++;
		return 0;
	}
	for (uint32_t i = 0; i < built; i++, frame += template->length)
		packet_template_write(template, frame, probe_port(raw, hashes[i]), &remotes[i], (uint32_t)hashes[i], ts_value);
	outbox_commit_many(raw->outbox, template->length, built);
	return built;
}

/* SYNs to the first of `remotes`, as far as they are of one family and there is room; returns how many. The whole SYN comes from
 * the target and our keys, so that nothing has to be kept. */
static uint32_t raw_build_syns(struct raw *raw, const struct endpoint *remotes, uint32_t count)
{
	const struct packet_template *template = raw_syn_template(raw, &remotes->address);
	uint64_t hashes[RAW_ASKED_MAX];
	uint32_t same = 1, sent = 0;
	while (same < count && remotes[same].address.family == remotes->address.family)
		same++;
	raw_probe_hashes(raw, remotes, same, hashes);
	if (raw->config.link->ops->reserve && outbox_count(raw->outbox) == 0)
		sent = raw_send_syns(raw, template, remotes, hashes, same);
	return sent > 0 ? sent : raw_queue_syns(raw, template, remotes, hashes, same);
}

void raw_send_asked(struct raw *raw)
{
	uint32_t done = 0, built = 1;
	while (done < raw->asked_count && built > 0) {
		built = raw_build_syns(raw, raw->asked + done, raw->asked_count - done);
		/* Without memory for it the probe is not tracked; it was sent. */
		for (uint32_t i = 0; raw->pending && i < built; i++)
			pending_add(raw->pending, &raw->asked[done + i], 0, raw->now_ns);
		done += built;
	}
	raw->asked_count -= done;
	memmove(raw->asked, raw->asked + done, raw->asked_count * sizeof *raw->asked);
}

static int raw_check_target(struct raw *raw, const struct endpoint *remote)
{
	if (remote->address.family == ADDRESS_NONE || raw_syn_template(raw, &remote->address)->length == 0)
		return ERR_UNSUPPORTED;
	return raw_permits(raw, &remote->address) ? 0 : ERR_BLOCKED;
}

int raw_probe(struct transport *transport, const struct endpoint *remote)
{
	struct raw *raw = raw_of(transport);
	if (raw->probes_allowed == 0 && transport->ops->room(transport) == 0)
		return ERR_AGAIN;
	int error = raw_check_target(raw, remote);
	if (error)
		return error;
	if (raw->asked_count == RAW_ASKED_MAX)
		raw_send_asked(raw);
	if (raw->asked_count == RAW_ASKED_MAX)
		return ERR_AGAIN;
	raw->asked[raw->asked_count++] = *remote;
	raw->probes_allowed--;
	transport->counters->probes++;
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
		bool allowed = raw_check_target(raw, &remote) == 0, sent = allowed && raw_build_syns(raw, &remote, 1) == 1;
		raw->transport.counters->probe_retries += sent;
		/* One that found no room is no try. */
		pending_add(raw->pending, &remote, attempt + (sent || !allowed), raw->now_ns);
	}
	raw->retries_wait = room == 0;
}
