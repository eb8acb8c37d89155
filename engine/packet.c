/* The reader, and the checksum: a length is followed only after it was compared with what is there. The writer is in
 * packet_write.c. */
#include "packet.h"

#include <string.h>

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define ETHERTYPE_VLAN 0x8100

#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP 6
#define PROTOCOL_ICMPV6 58
#define IPV6_HOP_BY_HOP 0
#define IPV6_ROUTING 43
#define IPV6_FRAGMENT 44
#define IPV6_DESTINATION 60

#define IPV4_MORE_OR_OFFSET 0x3fff

enum tcp_option { OPTION_END = 0, OPTION_NOP = 1, OPTION_MSS = 2, OPTION_SCALE = 3, OPTION_SACK = 4, OPTION_TIMESTAMPS = 8 };
#define WINDOW_SCALE_MAX 14 /* RFC 7323 section 2.3: larger values are taken as 14 */

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Native words, with the carries counted where they are lost; the last 7 bytes piece by piece. */
static uint64_t checksum_words(const uint8_t *bytes, size_t length)
{
	uint64_t total = 0;
	for (; length >= 8; bytes += 8, length -= 8) {
		uint64_t word;
		memcpy(&word, bytes, 8);
		total += word;
		total += total < word;
	}
	total = (total & 0xffffffff) + (total >> 32);
	if (length & 4) {
		uint32_t word;
		memcpy(&word, bytes, 4);
		total += word;
		bytes += 4;
	}
	if (length & 2) {
		uint16_t word;
		memcpy(&word, bytes, 2);
		total += word;
		bytes += 2;
	}
	if (length & 1) {
		uint16_t word = 0;
		memcpy(&word, bytes, 1);
		total += word;
	}
	return total;
}

/* The sum is the same in either byte order but for a swap at the end (RFC 1071 section 2 (B)). Only the last run of bytes
 * that is added may have an odd length. */
uint32_t packet_checksum_add(uint32_t sum, const uint8_t *bytes, size_t length)
{
	uint8_t folded[2];
	uint64_t total = checksum_words(bytes, length);
	total = (total & 0xffff) + (total >> 16 & 0xffff) + (total >> 32);
	total = (total & 0xffff) + (total >> 16);
	total = (total & 0xffff) + (total >> 16);
	uint16_t native = (uint16_t)total;
	memcpy(folded, &native, 2);
	return sum + get16(folded);
}

uint16_t packet_checksum_finish(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum += sum >> 16;
	return (uint16_t)~sum;
}

/* Bytes to be read: `length` is what the headers before promise, `there` (at most `length`) is what the frame holds. */
struct span {
	const uint8_t *at;
	uint32_t length, there;
};

static enum packet_drop span_need(const struct span *span, uint32_t length)
{
	if (length > span->length)
		return PACKET_MALFORMED;
	return length > span->there ? PACKET_TRUNCATED : PACKET_OK;
}

/* The caller has asked span_need for as much. */
static void span_skip(struct span *span, uint32_t length)
{
	span->at += length;
	span->length -= length;
	span->there -= length;
}

/* What an IP header says, and what follows it. */
struct ip {
	struct address source, destination;
	uint8_t protocol, ttl;
	uint16_t id;
	uint32_t address_sum; /* of both addresses, for the pseudo header */
	struct span body;
};

/* Cuts the body to the length the header gives. A packet quoted in an ICMP error is nearly always cut short, and routers
 * are known to alter its length field, so there only what is there counts. */
static enum packet_drop ip_bound(struct span *body, uint32_t length, bool quoted, bool cut)
{
	if (quoted) {
		body->length = body->there;
		return PACKET_OK;
	}
	if (length > body->there && !cut)
		return PACKET_TRUNCATED;
	body->length = length;
	if (body->there > length)
		body->there = length;
	return PACKET_OK;
}

static enum packet_drop ipv4_read(struct span span, bool quoted, bool cut, struct ip *ip)
{
	const uint8_t *at = span.at;
	if (span.there < 20)
		return PACKET_TRUNCATED;
	uint32_t header = (at[0] & 15u) * 4, total = get16(at + 2);
	if (header < 20 || (total < header && !quoted))
		return PACKET_MALFORMED;
	enum packet_drop drop = ip_bound(&span, total, quoted, cut);
	if (drop)
		return drop;
	if (header > span.there)
		return PACKET_TRUNCATED;
	if (!quoted && packet_checksum_finish(packet_checksum_add(0, at, header)) != 0)
		return PACKET_CHECKSUM;
	/* The first fragment of a quoted packet has all that is asked of it. */
	if (get16(at + 6) & (quoted ? 0x1fff : IPV4_MORE_OR_OFFSET))
		return PACKET_FRAGMENT;
	ip->source.family = ip->destination.family = ADDRESS_V4;
	memcpy(ip->source.bytes, at + 12, 4);
	memcpy(ip->destination.bytes, at + 16, 4);
	ip->address_sum = packet_checksum_add(0, at + 12, 8);
	ip->id = get16(at + 4);
	ip->ttl = at[8];
	ip->protocol = at[9];
	span_skip(&span, header);
	ip->body = span;
	return PACKET_OK;
}

/* Skips the extension headers that may stand before TCP (RFC 8200 section 4); their options are not looked at. */
static enum packet_drop ipv6_skip_extensions(struct ip *ip)
{
	for (bool first = true;; first = false) {
		if (ip->protocol == IPV6_FRAGMENT)
			return PACKET_FRAGMENT;
		if (ip->protocol != IPV6_ROUTING && ip->protocol != IPV6_DESTINATION && ip->protocol != IPV6_HOP_BY_HOP)
			return PACKET_OK;
		if (ip->protocol == IPV6_HOP_BY_HOP && !first) /* section 4.1: only as the first */
			return PACKET_MALFORMED;
		enum packet_drop drop = span_need(&ip->body, 8);
		if (drop)
			return drop;
		uint32_t length = (ip->body.at[1] + 1u) * 8;
		drop = span_need(&ip->body, length);
		if (drop)
			return drop;
		ip->protocol = ip->body.at[0];
		span_skip(&ip->body, length);
	}
}

static enum packet_drop ipv6_read(struct span span, bool quoted, bool cut, struct ip *ip)
{
	const uint8_t *at = span.at;
	if (span.there < 40)
		return PACKET_TRUNCATED;
	ip->source.family = ip->destination.family = ADDRESS_V6;
	memcpy(ip->source.bytes, at + 8, 16);
	memcpy(ip->destination.bytes, at + 24, 16);
	ip->address_sum = packet_checksum_add(0, at + 8, 32);
	ip->protocol = at[6];
	ip->ttl = at[7];
	uint32_t payload = get16(at + 4);
	span_skip(&span, 40);
	enum packet_drop drop = ip_bound(&span, payload, quoted, cut);
	ip->body = span;
	return drop ? drop : ipv6_skip_extensions(ip);
}

static enum packet_drop ip_read(struct span span, bool quoted, bool cut, struct ip *ip)
{
	if (span.there < 1)
		return PACKET_TRUNCATED;
	switch (span.at[0] >> 4) {
	case 4:
		return ipv4_read(span, quoted, cut, ip);
	case 6:
		return ipv6_read(span, quoted, cut, ip);
	default:
		return PACKET_NOT_IP;
	}
}

/* Verifies the checksum of TCP or ICMPv6, over the pseudo header (RFC 9293 section 3.1, RFC 8200 section 8.1), or of
 * ICMP, which has none. */
static enum packet_drop checksum_verify(const struct ip *ip, uint32_t flags)
{
	const struct span *body = &ip->body;
	if (flags & (FRAME_CHECKSUM_PARTIAL | FRAME_CHECKSUM_VALID))
		return PACKET_OK;
	if (body->there < body->length)
		return PACKET_TRUNCATED;
	uint32_t sum = ip->protocol == PROTOCOL_ICMP ? 0 : ip->address_sum + ip->protocol + body->length;
	uint16_t partial = ~packet_checksum_finish(sum);
	if (packet_checksum_finish(packet_checksum_add(sum, body->at, body->length)) == 0)
		return PACKET_OK;
	/* A kernel that leaves the checksum to the card has put the pseudo header's sum in its place. */
	if (flags & FRAME_CHECKSUM_UNKNOWN && ip->protocol == PROTOCOL_TCP && get16(body->at + 16) == partial)
		return PACKET_OK;
	return PACKET_CHECKSUM;
}

/* One option of `length` bytes, kind and length included; those whose length is wrong are ignored. */
static void option_read(const uint8_t *at, uint32_t length, struct segment *segment)
{
	if (at[0] == OPTION_MSS && length == 4) {
		segment->mss = get16(at + 2);
	} else if (at[0] == OPTION_SCALE && length == 3) {
		segment->window_scale = (int8_t)(at[2] > WINDOW_SCALE_MAX ? WINDOW_SCALE_MAX : at[2]);
	} else if (at[0] == OPTION_SACK && length == 2) {
		segment->sack_permitted = true;
	} else if (at[0] == OPTION_TIMESTAMPS && length == 10) {
		segment->has_timestamps = true;
		segment->ts_value = get32(at + 2);
		segment->ts_echo = get32(at + 6);
	}
}

/* A list that runs over its end is read up to there, as the stacks do that such hosts are talking to otherwise. */
static void options_read(const uint8_t *at, uint32_t length, struct segment *segment)
{
	while (length > 0 && at[0] != OPTION_END) {
		uint32_t step = 1;
		if (at[0] != OPTION_NOP) {
			if (length < 2 || at[1] < 2 || at[1] > length)
				return;
			step = at[1];
			option_read(at, step, segment);
		}
		at += step;
		length -= step;
	}
}

static enum packet_drop tcp_read(const struct ip *ip, uint32_t flags, struct segment *segment)
{
	const uint8_t *at = ip->body.at;
	enum packet_drop drop = span_need(&ip->body, 20);
	if (drop)
		return drop;
	uint32_t header = (at[12] >> 4) * 4u;
	if (header < 20)
		return PACKET_MALFORMED;
	drop = span_need(&ip->body, header);
	if (!drop)
		drop = checksum_verify(ip, flags);
	if (drop)
		return drop;
	segment->source.address = ip->source;
	segment->destination.address = ip->destination;
	segment->source.port = get16(at);
	segment->destination.port = get16(at + 2);
	segment->seq = get32(at + 4);
	segment->ack = get32(at + 8);
	segment->flags = at[13];
	segment->window = get16(at + 14);
	segment->ttl = ip->ttl;
	segment->ip_id = ip->id;
	segment->payload = at + header;
	segment->payload_length = ip->body.there - header;
	if (header > 20)
		options_read(at + 20, header - 20, segment);
	return PACKET_OK;
}

/* Errors that mean that a packet of ours did not arrive (RFC 792, RFC 4443 section 3). Packet Too Big does not. */
static bool icmp_is_error(const struct ip *ip, uint8_t type)
{
	if (ip->protocol == PROTOCOL_ICMP)
		return type == 3 || type == 11 || type == 12;
	return type == 1 || type == 3 || type == 4;
}

/* Of the quoted TCP header only the first 8 bytes are sure to be there (RFC 792): ports and sequence number. */
static enum packet_drop icmp_read(const struct ip *ip, uint32_t flags, struct packet *out)
{
	enum packet_drop drop = span_need(&ip->body, 8);
	if (drop)
		return drop;
	out->icmp_type = ip->body.at[0];
	out->icmp_code = ip->body.at[1];
	if (!icmp_is_error(ip, out->icmp_type))
		return PACKET_NOT_TCP;
	drop = checksum_verify(ip, flags);
	if (drop)
		return drop;
	struct span quote = ip->body;
	struct ip quoted = { 0 };
	span_skip(&quote, 8);
	drop = ip_read(quote, true, true, &quoted);
	if (drop)
		return drop;
	if (quoted.source.family != ip->source.family)
		return PACKET_MALFORMED;
	if (quoted.protocol != PROTOCOL_TCP)
		return PACKET_NOT_TCP;
	if (quoted.body.there < 8)
		return PACKET_TRUNCATED;
	out->kind = PACKET_ICMP_ERROR;
	out->reporter = ip->source;
	out->segment.source.address = quoted.source;
	out->segment.destination.address = quoted.destination;
	out->segment.source.port = get16(quoted.body.at);
	out->segment.destination.port = get16(quoted.body.at + 2);
	out->segment.seq = get32(quoted.body.at + 4);
	return PACKET_OK;
}

/* Skips the link header. The IP version says which of the two it is, but where there is an Ethertype it must agree. */
static enum packet_drop layer_read(enum link_layer layer, struct span *span)
{
	static const uint8_t lengths[] = { [LINK_ETHERNET] = 14, [LINK_RAW_IP] = 0, [LINK_NULL] = 4, [LINK_COOKED] = 16 };
	uint32_t length = lengths[layer];
	if (span->there <= length)
		return PACKET_TRUNCATED;
	if (layer == LINK_ETHERNET && get16(span->at + 12) == ETHERTYPE_VLAN) {
		length += 4;
		if (span->there <= length)
			return PACKET_TRUNCATED;
	}
	if (layer == LINK_ETHERNET || layer == LINK_COOKED) {
		uint16_t type = get16(span->at + length - 2);
		if (type != ETHERTYPE_IPV4 && type != ETHERTYPE_IPV6)
			return PACKET_NOT_IP;
		if (span->at[length] >> 4 != (type == ETHERTYPE_IPV4 ? 4 : 6))
			return PACKET_MALFORMED;
	}
	span_skip(span, length);
	return PACKET_OK;
}

enum packet_drop packet_read(const struct frame *frame, enum link_layer layer, struct packet *out)
{
	struct span span = { frame->data, frame->length, frame->length };
	struct ip ip = { 0 };
	enum packet_drop drop = layer_read(layer, &span);
	if (!drop)
		drop = ip_read(span, false, frame->flags & FRAME_TRUNCATED, &ip);
	if (drop)
		return drop;
	*out = (struct packet){ .kind = PACKET_TCP, .segment.window_scale = -1 };
	if (ip.protocol == PROTOCOL_TCP)
		return tcp_read(&ip, frame->flags, &out->segment);
	if (ip.protocol == (ip.source.family == ADDRESS_V4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6))
		return icmp_read(&ip, frame->flags, out);
	return PACKET_NOT_TCP;
}
