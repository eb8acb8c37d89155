/* The writer of packet.h: whole frames, checksums included. It runs once per probe, so it writes each field once and sums
 * the TCP segment in one pass. */
#include "packet.h"

#include <string.h>
#include <sys/socket.h>

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define PROTOCOL_TCP 6
#define IPV4_DONT_FRAGMENT 0x4000
#define TTL_DEFAULT 64

enum tcp_option { OPTION_NOP = 1, OPTION_MSS = 2, OPTION_SCALE = 3, OPTION_SACK = 4, OPTION_TIMESTAMPS = 8 };

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

static uint8_t *layer_write(uint8_t *out, const struct packet_path *path, bool v6)
{
	if (path->layer == LINK_ETHERNET) {
		memcpy(out, path->next_hop_mac, 6);
		memcpy(out + 6, path->source_mac, 6);
		put16(out + 12, v6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
		return out + 14;
	}
	if (path->layer == LINK_NULL) {
		uint32_t family = v6 ? AF_INET6 : AF_INET;
		memcpy(out, &family, 4);
		return out + 4;
	}
	return out;
}

/* Writes the IP header and returns the sum of both addresses. DF is set, as RFC 6864 wants of packets whose
 * identification need not be unique. */
static uint32_t ip_write(uint8_t *at, const struct segment *segment, uint32_t tcp_length)
{
	uint8_t ttl = segment->ttl ? segment->ttl : TTL_DEFAULT;
	if (segment->source.address.family == ADDRESS_V6) {
		put32(at, 0x60000000);
		put16(at + 4, tcp_length);
		at[6] = PROTOCOL_TCP;
		at[7] = ttl;
		memcpy(at + 8, segment->source.address.bytes, 16);
		memcpy(at + 24, segment->destination.address.bytes, 16);
		return packet_checksum_add(0, at + 8, 32);
	}
	put16(at, 0x4500);
	put16(at + 2, 20 + tcp_length);
	put16(at + 4, segment->ip_id);
	put16(at + 6, IPV4_DONT_FRAGMENT);
	at[8] = ttl;
	at[9] = PROTOCOL_TCP;
	memcpy(at + 12, segment->source.address.bytes, 4);
	memcpy(at + 16, segment->destination.address.bytes, 4);
	uint32_t sum = packet_checksum_add(0, at + 12, 8);
	put16(at + 10, packet_checksum_finish(packet_checksum_add(sum, at, 10)));
	return sum;
}

/* Every option is padded with NOPs to a multiple of 4, SACK permitted and timestamps together where both are there. */
static uint32_t options_write(uint8_t *at, const struct segment *segment)
{
	uint8_t *start = at;
	if (segment->mss) {
		put32(at, (uint32_t)OPTION_MSS << 24 | 4u << 16 | segment->mss);
		at += 4;
	}
	if (segment->sack_permitted || segment->has_timestamps) {
		put16(at, segment->sack_permitted ? OPTION_SACK << 8 | 2 : OPTION_NOP << 8 | OPTION_NOP);
		put16(at + 2, segment->has_timestamps ? OPTION_TIMESTAMPS << 8 | 10 : OPTION_NOP << 8 | OPTION_NOP);
		at += 4;
	}
	if (segment->has_timestamps) {
		put32(at, segment->ts_value);
		put32(at + 4, segment->ts_echo);
		at += 8;
	}
	if (segment->window_scale >= 0) {
		put32(at, (uint32_t)OPTION_NOP << 24 | OPTION_SCALE << 16 | 3u << 8 | (uint8_t)segment->window_scale);
		at += 4;
	}
	return (uint32_t)(at - start);
}

static uint32_t options_length(const struct segment *segment)
{
	return (segment->mss ? 4 : 0) + (segment->has_timestamps ? 12 : segment->sack_permitted ? 4 : 0) +
	       (segment->window_scale >= 0 ? 4 : 0);
}

static void tcp_write(uint8_t *at, const struct segment *segment, uint32_t header, uint32_t address_sum)
{
	uint32_t length = header + segment->payload_length;
	put16(at, segment->source.port);
	put16(at + 2, segment->destination.port);
	put32(at + 4, segment->seq);
	put32(at + 8, segment->ack);
	put16(at + 12, header / 4 << 12 | segment->flags);
	put16(at + 14, segment->window);
	put32(at + 16, 0);
	options_write(at + 20, segment);
	if (segment->payload_length > 0)
		memcpy(at + header, segment->payload, segment->payload_length);
	put16(at + 16, packet_checksum_finish(packet_checksum_add(address_sum + PROTOCOL_TCP + length, at, length)));
}

int packet_write(uint8_t *out, size_t size, const struct packet_path *path, const struct segment *segment)
{
	uint8_t family = segment->source.address.family;
	bool v6 = family == ADDRESS_V6;
	if (family != segment->destination.address.family || (!v6 && family != ADDRESS_V4) || path->layer == LINK_COOKED)
		return ERR_INVALID;
	uint32_t before = (path->layer == LINK_ETHERNET ? 14 : path->layer == LINK_NULL ? 4 : 0) + (v6 ? 40 : 20);
	uint32_t header = 20 + options_length(segment);
	if (segment->payload_length > 65535 - 20 - header || before + header + segment->payload_length > size)
		return ERR_FULL;
	uint8_t *at = layer_write(out, path, v6);
	uint32_t sum = ip_write(at, segment, header + segment->payload_length);
	tcp_write(at + (v6 ? 40 : 20), segment, header, sum);
	return (int)(before + header + segment->payload_length);
}
