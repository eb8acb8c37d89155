#include "middlebox.h"

#include <string.h>

#define WINDOW_PLAIN 29200
#define WINDOW_TARPIT 3
#define MSS_PLAIN 1460
#define SYN_ACK_AGAIN_NS 1000000000ull /* RFC 6298 section 2: first RTO, doubled afterwards */
#define AFTER_ACK_NS 2000000ull /* between an acknowledgement and the RST or FIN behind it */
#define TICK_NS 62500000ull /* resolution of the time that slow_window hides in its sequence number */
#define DRIP_MAX 65536u

static const char *const behaviour_names[] = {
#define X(name, text) text,
	BEHAVIOUR_LIST(X)
#undef X
};

const char *behaviour_name(enum behaviour behaviour)
{
	return behaviour < BEHAVIOUR_COUNT ? behaviour_names[behaviour] : "unknown";
}

enum behaviour behaviour_by_name(const char *name)
{
	unsigned i = 0;
	while (i < BEHAVIOUR_COUNT && strcmp(behaviour_names[i], name) != 0)
		i++;
	return (enum behaviour)i;
}

/* A conversation of one segment in and a few out. */
struct turn {
	enum behaviour behaviour;
	uint32_t first; /* our initial sequence number */
	uint64_t now_ns;
	const struct segment *in;
	struct middlebox_reply *replies;
	unsigned count;
};

static struct segment *turn_reply(struct turn *turn, uint8_t flags, uint32_t seq, uint32_t ack, uint64_t extra_ns)
{
	struct middlebox_reply *reply = &turn->replies[turn->count++];
	const struct segment *in = turn->in;
	*reply = (struct middlebox_reply){ .extra_ns = extra_ns };
	reply->segment = (struct segment){
		.source = in->destination,
		.destination = in->source,
		.seq = seq,
		.ack = ack,
		.window = flags & TCP_RST ? 0 : WINDOW_PLAIN,
		.flags = flags,
		.window_scale = -1,
		.has_timestamps = in->has_timestamps && !(flags & TCP_RST),
		.ts_value = (uint32_t)((turn->now_ns + extra_ns) / 1000000),
		.ts_echo = in->ts_value,
	};
	return &reply->segment;
}

static void turn_syn_ack(struct turn *turn, uint16_t window, uint64_t extra_ns)
{
	struct segment *reply = turn_reply(turn, TCP_SYN | TCP_ACK, turn->first, turn->in->seq + 1, extra_ns);
	reply->window = window;
	reply->mss = MSS_PLAIN;
	reply->sack_permitted = turn->in->sack_permitted;
}

static void answer_syn(struct turn *turn)
{
	uint32_t acked = turn->in->seq + 1;
	switch (turn->behaviour) {
	case BEHAVIOUR_REFUSE:
		turn_reply(turn, TCP_RST | TCP_ACK, 0, acked + turn->in->payload_length, 0);
		break;
	case BEHAVIOUR_ZERO_WINDOW:
		turn_syn_ack(turn, 0, 0);
		break;
	case BEHAVIOUR_SLOW_WINDOW:
		turn_syn_ack(turn, 0, 0);
		turn_reply(turn, TCP_ACK, turn->first + 1, acked, MIDDLEBOX_WINDOW_OPENS_NS);
		break;
	case BEHAVIOUR_HALF_OPEN:
		turn_syn_ack(turn, WINDOW_PLAIN, 0);
		turn_syn_ack(turn, WINDOW_PLAIN, SYN_ACK_AGAIN_NS);
		turn_syn_ack(turn, WINDOW_PLAIN, 3 * SYN_ACK_AGAIN_NS);
		break;
	case BEHAVIOUR_TARPIT: {
		turn_syn_ack(turn, WINDOW_TARPIT, 0);
		struct segment *drip = turn_reply(turn, TCP_ACK | TCP_PSH, turn->first + 1, acked, MIDDLEBOX_DRIP_NS);
		drip->payload = (const uint8_t *)"x";
		drip->payload_length = 1;
		drip->window = WINDOW_TARPIT;
		break;
	}
	default:
		turn_syn_ack(turn, WINDOW_PLAIN, 0);
	}
}

/* Each byte that was acknowledged calls for the next one, so that the drip needs no memory of the connection. */
static void answer_tarpit(struct turn *turn)
{
	const struct segment *in = turn->in;
	uint32_t taken = in->payload_length < WINDOW_TARPIT ? in->payload_length : WINDOW_TARPIT;
	uint32_t dripped = in->ack - (turn->first + 1);
	if (taken > 0) {
		turn_reply(turn, TCP_ACK, in->ack, in->seq + taken, 0)->window = WINDOW_TARPIT;
	} else if (dripped > 0 && dripped < DRIP_MAX && !(in->flags & TCP_FIN)) {
		struct segment *drip = turn_reply(turn, TCP_ACK | TCP_PSH, in->ack, in->seq, MIDDLEBOX_DRIP_NS);
		drip->payload = (const uint8_t *)"x";
		drip->payload_length = 1;
		drip->window = WINDOW_TARPIT;
	}
}

static void answer_big_ip(struct turn *turn)
{
	static const char text[] = "BIG-IP System: [0x1f35b2c:1187] No local listener";
	struct segment *reset = turn_reply(turn, TCP_RST | TCP_ACK, turn->in->ack, turn->in->seq, 0);
	reset->payload = (const uint8_t *)text;
	reset->payload_length = sizeof text - 1;
}

/* Acknowledges all there is; a FIN is answered with ours, behind the last byte. */
static void answer_taking(struct turn *turn, bool echo)
{
	const struct segment *in = turn->in;
	bool fin = in->flags & TCP_FIN;
	uint8_t flags = TCP_ACK | (fin ? TCP_FIN : 0) | (echo && in->payload_length ? TCP_PSH : 0);
	struct segment *reply = turn_reply(turn, flags, in->ack, in->seq + in->payload_length + fin, 0);
	if (echo) {
		reply->payload = in->payload;
		reply->payload_length = in->payload_length;
	}
}

static void answer_after_ack(struct turn *turn, uint8_t flag)
{
	const struct segment *in = turn->in;
	uint32_t acked = in->seq + in->payload_length;
	turn_reply(turn, TCP_ACK, turn->first + 1, acked, 0);
	turn_reply(turn, flag | TCP_ACK, turn->first + 1, acked, AFTER_ACK_NS);
}

/* Whether slow_window has opened: the time of the SYN is in the upper half of the sequence number it was given. */
static bool window_opened(const struct turn *turn)
{
	uint16_t syn = (uint16_t)(turn->first >> 16), now = (uint16_t)(turn->now_ns / TICK_NS);
	return (uint16_t)(now - syn) >= MIDDLEBOX_WINDOW_OPENS_NS / TICK_NS;
}

/* A segment with data, or FIN, on a connection whose handshake is over. */
static void answer_data(struct turn *turn)
{
	const struct segment *in = turn->in;
	switch (turn->behaviour) {
	case BEHAVIOUR_ZERO_WINDOW:
		turn_reply(turn, TCP_ACK, in->ack, in->seq, 0)->window = 0;
		break;
	case BEHAVIOUR_SLOW_WINDOW:
		if (window_opened(turn))
			answer_taking(turn, false);
		else
			turn_reply(turn, TCP_ACK, in->ack, in->seq, 0)->window = 0;
		break;
	case BEHAVIOUR_RESET_BEFORE_ACK:
		turn_reply(turn, TCP_RST | TCP_ACK, in->ack, in->seq, 0);
		break;
	case BEHAVIOUR_RESET_AFTER_ACK:
		answer_after_ack(turn, TCP_RST);
		break;
	case BEHAVIOUR_CLOSE_BEFORE_ACK:
		turn_reply(turn, TCP_FIN | TCP_ACK, turn->first + 1, in->seq, 0);
		break;
	case BEHAVIOUR_CLOSE_AFTER_ACK:
		answer_after_ack(turn, TCP_FIN);
		break;
	case BEHAVIOUR_SILENT:
		answer_taking(turn, false);
		break;
	case BEHAVIOUR_ECHO:
		answer_taking(turn, true);
		break;
	case BEHAVIOUR_BIG_IP:
		answer_big_ip(turn);
		break;
	default: /* NO_ACK, HALF_OPEN */
		break;
	}
}

/* Those that end the connection themselves: once our FIN is acknowledged, theirs is, and more data is refused. */
static void answer_closed(struct turn *turn)
{
	const struct segment *in = turn->in;
	if (in->flags & TCP_FIN)
		turn_reply(turn, TCP_ACK, in->ack, in->seq + in->payload_length + 1, 0);
	else if (in->payload_length > 0)
		turn_reply(turn, TCP_RST, in->ack, 0, 0);
}

/* The sequence number of the SYN that opened the connection `in` belongs to; false: `in` belongs to none of ours. */
static bool turn_recognise(struct turn *turn, uint32_t secret)
{
	uint32_t said = turn->in->ack - 1; /* what was acknowledged, had we sent nothing but the SYN */
	if (turn->behaviour == BEHAVIOUR_SLOW_WINDOW) {
		turn->first = said;
		return (said & 0xffff) == (secret & 0xffff);
	}
	turn->first = secret;
	return said - secret < 1u << 24;
}

static bool behaviour_ends(enum behaviour behaviour)
{
	return behaviour == BEHAVIOUR_CLOSE_BEFORE_ACK || behaviour == BEHAVIOUR_CLOSE_AFTER_ACK;
}

unsigned middlebox_answer(enum behaviour behaviour, uint32_t secret, uint64_t now_ns, const struct segment *in,
			  struct middlebox_reply replies[MIDDLEBOX_REPLIES_MAX])
{
	struct turn turn = { behaviour, secret, now_ns, in, replies, 0 };
	uint8_t flags = in->flags & (TCP_SYN | TCP_ACK | TCP_RST);
	if (behaviour <= BEHAVIOUR_DROP || behaviour == BEHAVIOUR_SERVE)
		return 0;
	if (flags == TCP_SYN) {
		if (behaviour == BEHAVIOUR_SLOW_WINDOW)
			turn.first = (uint32_t)(now_ns / TICK_NS) << 16 | (secret & 0xffff);
		answer_syn(&turn);
		return turn.count;
	}
	if (flags != TCP_ACK)
		return 0;
	if (behaviour == BEHAVIOUR_REFUSE) {
		turn_reply(&turn, TCP_RST, in->ack, 0, 0); /* RFC 9293 section 3.10.7.1 */
		return turn.count;
	}
	if (!turn_recognise(&turn, secret))
		return 0;
	if (behaviour == BEHAVIOUR_TARPIT)
		answer_tarpit(&turn);
	else if (behaviour_ends(behaviour) && in->ack != turn.first + 1)
		answer_closed(&turn);
	else if (in->payload_length > 0 || in->flags & TCP_FIN)
		answer_data(&turn);
	return turn.count;
}
