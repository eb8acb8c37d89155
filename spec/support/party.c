#include "party.h"

#include "link_pipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOG_MAX 16384
#define BYTES_MAX 65536

struct progress;

/* The party's link, wrapped to see how often it is waited on. */
struct watch {
	struct link link; /* first */
	struct link *under;
	uint64_t waits, until_ns;
};

struct party {
	struct transport *transport;
	struct watch watch;
	struct progress *open; /* all open streams */
	struct counters counters;
	struct party_config config;
	struct party_tally tally;
	struct stream *last;
	enum stream_end ended;
	char log[LOG_MAX], told[LOG_MAX];
	char bytes[BYTES_MAX];
	size_t log_length, bytes_length;
};

/* What hangs on stream->user. */
struct progress {
	struct progress *next, **link;
	struct stream *stream;
	uint64_t sent, received;
	bool broken, ended;
};

/* The pattern, other for either direction and for each connection. */
static uint8_t pattern(uint64_t offset, uint16_t port)
{
	uint64_t x = (offset + 1) * 0x9e3779b97f4a7c15u + port * 0x100000001b3u;
	return (uint8_t)(x >> 56);
}

static void note(struct party *party, const char *text, long number)
{
	char line[400];
	int length = number < 0 ? snprintf(line, sizeof(line), "%s", text) : snprintf(line, sizeof(line), "%s %ld", text, number);
	if (party->log_length + (size_t)length + 3 > LOG_MAX)
		return;
	if (party->log_length > 0) {
		memcpy(party->log + party->log_length, ", ", 2);
		party->log_length += 2;
	}
	memcpy(party->log + party->log_length, line, (size_t)length + 1);
	party->log_length += (size_t)length;
}

static void end(struct party *party, struct stream *stream, enum close_how how)
{
	if (party->last == stream)
		party->last = NULL;
	struct progress *progress = stream->user;
	if (progress) {
		*progress->link = progress->next;
		if (progress->next)
			progress->next->link = progress->link;
		free(progress);
	}
	stream->transport->ops->close(stream, how);
}

static bool sends_pattern(const struct party *party)
{
	return party->config.manner == PARTY_SERVE || party->config.manner == PARTY_FETCH;
}

static void push(struct party *party, struct stream *stream)
{
	struct progress *progress = stream->user;
	uint8_t chunk[1000];
	while (sends_pattern(party) && progress->sent < party->config.volume) {
		size_t length = party->config.volume - progress->sent;
		length = length < sizeof(chunk) ? length : sizeof(chunk);
		for (size_t i = 0; i < length; i++)
			chunk[i] = pattern(progress->sent + i, stream->local.port);
		if (stream->transport->ops->send(stream, chunk, length) != 0)
			return;
		progress->sent += length;
	}
}

static void opened(struct party *party, struct stream *stream)
{
	struct progress *progress = calloc(1, sizeof(*progress));
	*progress = (struct progress){ .next = party->open, .link = &party->open, .stream = stream };
	if (party->open)
		party->open->link = &progress->next;
	party->open = progress;
	stream->user = progress;
	party->last = stream;
	party->tally.opened++;
	if (party->config.say)
		stream->transport->ops->send(stream, party->config.say, strlen(party->config.say));
	push(party, stream);
	if (party->config.connect_when_opened) {
		struct stream *second;
		party->config.connect_when_opened = false;
		if (stream->transport->ops->connect(stream->transport, &stream->remote, NULL, &second) != 0)
			note(party, "no second connection", -1);
	}
	if (party->config.close_when_opened)
		end(party, stream, CLOSE_RESET);
	else if (party->config.finish_when_opened)
		end(party, stream, CLOSE_FINISH);
}

static void on_opened(void *owner, struct stream *stream)
{
	note(owner, "opened", -1);
	opened(owner, stream);
}

static void on_answered(void *owner, const struct endpoint *remote, const struct syn_ack *syn_ack, uint64_t rtt_ns)
{
	char line[200], text[ENDPOINT_TEXT_MAX];
	snprintf(line, sizeof line, "%s answered, window %u, mss %u, ttl %u, %llu ns", endpoint_format(remote, text), syn_ack->window,
		 syn_ack->mss, syn_ack->ttl, (unsigned long long)rtt_ns);
	note(owner, line, -1);
}

static void on_refused(void *owner, const struct endpoint *remote, enum refusal refusal, uint8_t type, uint8_t code, uint64_t rtt_ns)
{
	static const char *const names[] = { "refused", "filtered", "unreachable", "local" };
	struct party *party = owner;
	(void)remote, (void)type, (void)rtt_ns;
	party->tally.refused++;
	note(party, names[refusal], refusal == REFUSAL_UNREACHABLE ? code : -1);
}

/* The server of the pattern ends when both volumes have gone over. */
static bool is_served(const struct party *party, const struct stream *stream)
{
	const struct progress *progress = stream->user;
	return party->config.manner == PARTY_SERVE && stream->bytes_acked == party->config.volume &&
	       progress->received == party->config.volume;
}

static void on_data(void *owner, struct stream *stream, const uint8_t *bytes, size_t length)
{
	struct party *party = owner;
	struct progress *progress = stream->user;
	note(party, "data", (long)length);
	for (size_t i = 0; i < length && sends_pattern(party); i++)
		progress->broken |= bytes[i] != pattern(progress->received + i, stream->remote.port);
	progress->received += length;
	if (party->bytes_length + length <= BYTES_MAX) {
		memcpy(party->bytes + party->bytes_length, bytes, length);
		party->bytes_length += length;
	}
	if (party->config.manner == PARTY_ECHO)
		stream->transport->ops->send(stream, bytes, length);
	if (party->config.close_at_data)
		end(party, stream, CLOSE_RESET);
	else if (is_served(party, stream))
		end(party, stream, CLOSE_FINISH);
}

/* The pattern came whole, and from a peer with as much to say. */
static void tally_finish(struct party *party, struct progress *progress)
{
	party->tally.finished++;
	progress->ended = true;
	party->tally.mismatches += progress->broken;
	party->tally.complete += !progress->broken && progress->received == party->config.volume;
}

static void on_event(void *owner, struct stream *stream, enum stream_event event)
{
	static const char *const names[] = { "opened", "acked", "window", "unacked", "finished", "reset", "failed" };
	struct party *party = owner;
	long detail = event == STREAM_FAILED ? (long)stream->refusal :
		      event == STREAM_RESET && stream->reset_length > 0 ? (long)stream->reset_length : -1;
	note(party, event == STREAM_OPENED ? "connected" : names[event], detail);
	party->ended = stream->ended;
	if (event == STREAM_OPENED) {
		opened(party, stream);
		return;
	}
	party->tally.reset += event == STREAM_RESET;
	party->tally.failed += event == STREAM_FAILED;
	party->tally.unacked += event == STREAM_UNACKED;
	if (event == STREAM_FINISHED)
		tally_finish(party, stream->user);
	if (event == STREAM_ACKED)
		push(party, stream);
	bool served = event == STREAM_ACKED && is_served(party, stream);
	bool over = party->config.manner != PARTY_QUIET && event == STREAM_FINISHED;
	if (party->config.close_at_event || event == STREAM_RESET || event == STREAM_FAILED)
		end(party, stream, CLOSE_RESET);
	else if (served || over)
		end(party, stream, CLOSE_FINISH);
}

static enum listen_answer on_syn(void *owner, const struct endpoint *local, const struct endpoint *remote, struct listen_options *options)
{
	struct party *party = owner;
	(void)local, (void)remote;
	*options = party->config.accept;
	return party->config.answer;
}

static bool permit(const void *owner, const struct address *remote)
{
	const struct party *party = owner;
	return !address_equal(remote, &party->config.blocked);
}

static struct watch *watch_of(const struct link *link)
{
	return (struct watch *)link;
}

static int watch_send(struct link *link, const struct frame *frames, size_t count)
{
	struct link *under = watch_of(link)->under;
	return under->ops->send(under, frames, count);
}

static size_t watch_reserve(struct link *link, struct frame *frames, size_t count)
{
	struct link *under = watch_of(link)->under;
	return under->ops->reserve ? under->ops->reserve(under, frames, count) : 0;
}

static uint32_t watch_in_flight(struct link *link)
{
	struct link *under = watch_of(link)->under;
	return under->ops->in_flight ? under->ops->in_flight(under) : 0;
}

static int watch_receive(struct link *link, struct frame *frames, size_t count)
{
	struct link *under = watch_of(link)->under;
	return under->ops->receive(under, frames, count);
}

static int watch_wait(struct link *link, uint64_t until_ns)
{
	struct link *under = watch_of(link)->under;
	watch_of(link)->waits++;
	watch_of(link)->until_ns = until_ns;
	return under->ops->wait(under, until_ns);
}

static uint64_t watch_now(const struct link *link)
{
	const struct link *under = watch_of(link)->under;
	return under->ops->now(under);
}

static const struct link_ops watch_ops = { .name = "watch", .send = watch_send, .reserve = watch_reserve,
					   .in_flight = watch_in_flight, .receive = watch_receive, .wait = watch_wait,
					   .now = watch_now };

struct party *party_create(const struct party_config *config, struct error *why)
{
	struct party *party = calloc(1, sizeof(*party));
	party->config = *config;
	struct transport_raw_config raw = config->raw;
	party->watch = (struct watch){ .link = *raw.link, .under = raw.link };
	party->watch.link.ops = &watch_ops;
	raw.link = &party->watch.link;
	raw.base.handler = (struct transport_handler){ party, on_opened, on_answered, on_refused, on_data, on_event };
	raw.base.counters = &party->counters;
	raw.permit = permit;
	raw.permit_owner = party;
	raw.listen = config->listens ? on_syn : NULL;
	raw.listen_owner = party;
	if (transport_raw_create(&party->transport, &raw, why) == 0)
		return party;
	free(party);
	return NULL;
}

void party_end(struct party *party)
{
	party_close_all(party, CLOSE_RESET);
	if (party->transport)
		party->transport->ops->destroy(party->transport);
	party->transport = NULL;
}

void party_destroy(struct party *party)
{
	party_end(party);
	free(party);
}

struct transport *party_transport(struct party *party)
{
	return party->transport;
}

struct counters *party_counters(struct party *party)
{
	return &party->counters;
}

uint64_t party_waits(const struct party *party)
{
	return party->watch.waits;
}

uint64_t party_waited_until(const struct party *party)
{
	return party->watch.until_ns;
}

enum stream_end party_ended(const struct party *party)
{
	return party->ended;
}

struct stream *party_stream(struct party *party)
{
	return party->last;
}

const char *party_log(struct party *party)
{
	memcpy(party->told, party->log, party->log_length);
	party->told[party->log_length] = 0;
	party->log_length = 0;
	return party->told;
}

const char *party_bytes(struct party *party, size_t *length)
{
	*length = party->bytes_length;
	party->bytes_length = 0;
	return party->bytes;
}

struct party_tally party_tally(const struct party *party)
{
	return party->tally;
}

int party_send(struct party *party, const char *bytes, size_t length)
{
	return party->transport->ops->send(party->last, bytes, length);
}

void party_close(struct party *party, enum close_how how)
{
	end(party, party->last, how);
}

void party_close_all(struct party *party, enum close_how how)
{
	while (party->open)
		end(party, party->open->stream, how);
}

static uint64_t traffic(const struct party *party)
{
	return party ? party->counters.frames_received + party->counters.frames_sent : 0;
}

static bool poll_once(struct party *party, uint64_t now_ns)
{
	struct error why;
	if (!party || party->transport->ops->poll(party->transport, now_ns, &why) == 0)
		return true;
	note(party, why.text, -1);
	return false;
}

bool party_run(struct party *a, struct party *b, struct link *end_of_pipe, uint64_t until_ns, uint64_t step_ns)
{
	for (;;) {
		uint64_t now_ns = end_of_pipe->ops->now(end_of_pipe), before = traffic(a) + traffic(b);
		if (!poll_once(a, now_ns) || !poll_once(b, now_ns))
			return false;
		if (traffic(a) + traffic(b) != before)
			continue;
		if (now_ns >= until_ns)
			return true;
		uint64_t next_ns = now_ns + step_ns < until_ns ? now_ns + step_ns : until_ns;
		uint64_t a_ns = a->transport->ops->next(a->transport), b_ns = b ? b->transport->ops->next(b->transport) : UINT64_MAX;
		next_ns = a_ns < next_ns ? a_ns : next_ns;
		next_ns = b_ns < next_ns ? b_ns : next_ns;
		link_pipe_advance(end_of_pipe, next_ns > now_ns ? next_ns : now_ns + 1000);
	}
}

int64_t party_unaccounted(const struct party *party)
{
	const struct counters *c = &party->counters;
	return (int64_t)(c->frames_received - c->frames_used - c->dropped_truncated - c->dropped_not_ip - c->dropped_fragment -
			 c->dropped_not_tcp - c->dropped_malformed - c->dropped_checksum - c->dropped_not_ours -
			 c->dropped_cookie - c->dropped_no_flow - c->dropped_duplicate - c->dropped_flow_full -
			 c->dropped_sequence);
}

static uint64_t draw(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* A segment which a peer that has just heard `heard` might send, or might not. */
static struct segment mutate(const struct segment *heard, uint64_t *state)
{
	static const uint8_t odd[] = { TCP_SYN | TCP_ACK, TCP_SYN, TCP_RST, TCP_RST | TCP_ACK, TCP_FIN | TCP_ACK, TCP_FIN, 0, 255,
				       TCP_SYN | TCP_FIN | TCP_ACK };
	uint64_t dice = draw(state);
	struct segment out = { .source = heard->destination, .destination = heard->source, .window_scale = -1,
			       .window = (uint16_t)draw(state), .flags = (dice >> 32) % 8 ? TCP_ACK : odd[dice % sizeof(odd)] };
	out.ack = heard->seq + heard->payload_length + !!(heard->flags & (TCP_SYN | TCP_FIN));
	out.seq = heard->flags & TCP_ACK ? heard->ack : (uint32_t)draw(state);
	if (heard->flags & TCP_SYN && dice >> 8 & 3)
		out.flags = TCP_SYN | TCP_ACK;
	if (dice >> 16 & 1)
		out.seq += (uint32_t)(draw(state) % 200) - 100;
	if ((dice >> 17 & 7) == 0)
		out.seq = (uint32_t)draw(state);
	if ((dice >> 20 & 7) == 0)
		out.ack += (uint32_t)(draw(state) % 64) - 32;
	if ((dice >> 22 & 3) == 0)
		out.window = dice >> 24 & 3;
	out.mss = dice >> 26 & 1 ? (uint16_t)draw(state) : 0;
	out.has_timestamps = dice >> 27 & 1;
	out.ts_value = (uint32_t)draw(state);
	out.ts_echo = dice >> 28 & 1 ? heard->ts_value : (uint32_t)draw(state);
	return out;
}

/* Answers what the party sent, takes over the last thing each remote heard. */
static void listen_to(struct link *link, const struct endpoint *remotes, size_t count, struct segment *heard)
{
	struct frame frames[64];
	struct packet packet;
	int got;
	while ((got = link->ops->receive(link, frames, 64)) > 0)
		for (int i = 0; i < got; i++)
			if (packet_read(&frames[i], link->layer, &packet) == PACKET_OK)
				for (size_t j = 0; j < count; j++)
					if (endpoint_equal(&packet.segment.destination, &remotes[j]) &&
					    !(packet.segment.flags & TCP_RST))
						heard[j] = packet.segment;
}

/* Starts a connection, by either way, to a port nobody has tried yet. */
static void dial(struct party *party, struct endpoint *remote, uint64_t *state)
{
	struct stream *stream;
	remote->port++;
	if (draw(state) % 4)
		party->transport->ops->probe(party->transport, remote);
	else
		party->transport->ops->connect(party->transport, remote, NULL, &stream);
}

bool party_bombard(struct party *party, struct link *far_end, uint64_t count, uint64_t seed)
{
	enum { remote_count = 8 };
	struct segment heard[remote_count] = { 0 };
	struct endpoint remotes[remote_count];
	struct packet_path path = { .layer = far_end->layer };
	uint8_t payload[1400], bytes[FRAME_MAX];
	uint64_t state = seed;
	bool sound = true;
	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)draw(&state);
	for (uint32_t i = 0; i < remote_count; i++)
		remotes[i] = (struct endpoint){ .address = address_v4(0xc6120001u + i) };
	for (uint64_t i = 0; i < count && sound; i++) {
		size_t which = draw(&state) % remote_count;
		if (heard[which].source.port == 0)
			dial(party, &remotes[which], &state);
		else {
			struct segment segment = mutate(&heard[which], &state);
			segment.payload = payload;
			segment.payload_length = draw(&state) % 3 ? (uint32_t)(draw(&state) % 40) : (uint32_t)(draw(&state) % 1400);
			int length = packet_write(bytes, sizeof(bytes), &path, &segment);
			if (length > 0 && draw(&state) % 100 == 0)
				bytes[draw(&state) % (uint64_t)length] ^= (uint8_t)draw(&state);
			struct frame frame = { .data = bytes, .length = (uint32_t)(length > 0 ? length : 0) };
			if (length > 0)
				far_end->ops->send(far_end, &frame, 1);
		}
		if (party->last && draw(&state) % 8 == 0)
			party_send(party, (const char *)payload, draw(&state) % 100);
		if (party->last && draw(&state) % 64 == 0)
			party_close(party, draw(&state) % 2 ? CLOSE_RESET : CLOSE_FINISH);
		if (draw(&state) % 50 == 0)
			link_pipe_advance(far_end, far_end->ops->now(far_end) + draw(&state) % 300000000);
		sound = poll_once(party, 0);
		listen_to(far_end, remotes, remote_count, heard);
		if (draw(&state) % 200 == 0)
			heard[which].source.port = 0; /* it forgets, so that there is a next connection */
	}
	return sound;
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Turns the SYNs waiting at the far end into SYN-ACKs, which wait there until they are sent. */
static int answer_syns(struct link *link, uint8_t (*out)[128], struct frame *frames_out)
{
	struct frame frames[512];
	struct packet packet;
	struct packet_path path = { .layer = link->layer };
	int got = link->ops->receive(link, frames, 512);
	for (int i = 0; i < got; i++) {
		packet_read(&frames[i], link->layer, &packet);
		struct segment answer = { .source = packet.segment.destination, .destination = packet.segment.source, .seq = 7,
					  .ack = packet.segment.seq + 1, .flags = TCP_SYN | TCP_ACK, .window = 65535, .mss = 1460,
					  .window_scale = -1, .has_timestamps = true, .ts_value = 1,
					  .ts_echo = packet.segment.ts_value };
		frames_out[i] = (struct frame){ .data = out[i], .length = (uint32_t)packet_write(out[i], 128, &path, &answer) };
	}
	return got;
}

bool party_measure(struct party *party, struct link *far_end, uint32_t count, double *probe_ns, double *open_ns)
{
	static uint8_t bytes[512][128];
	struct frame frames[512], drained[512];
	double probing = 0, opening = 0;
	uint32_t done = 0;
	for (; done < count; done += 512) {
		double start = seconds();
		for (uint32_t i = 0; i < 512; i++) {
			struct endpoint remote = { .address = address_v4(0xc6120000u + done + i), .port = 80 };
			if (party->transport->ops->probe(party->transport, &remote) != 0)
				return false;
		}
		probing += seconds() - start;
		poll_once(party, 0);
		int got = answer_syns(far_end, bytes, frames);
		if (got != 512 || far_end->ops->send(far_end, frames, 512) != 512)
			return false;
		start = seconds();
		for (int i = 0; i < 9; i++) /* batches of 64, and one that finds nothing more */
			poll_once(party, 0);
		opening += seconds() - start;
		while (far_end->ops->receive(far_end, drained, 512) > 0)
			continue;
	}
	*probe_ns = probing / done;
	*open_ns = opening / done;
	return party->counters.syn_acks == done;
}
