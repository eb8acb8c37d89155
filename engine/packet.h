/* Reads and writes frames: link header, IPv4 (RFC 791) or IPv6 (RFC 8200), TCP (RFC 9293), ICMP errors (RFC 792, 4443).
 * Pure: bytes in, facts out. Every length is checked against the bytes that are there before it is followed. */
#ifndef SONDE_PACKET_H
#define SONDE_PACKET_H

#include "address.h"
#include "link.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tcp_flag { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32, TCP_ECE = 64, TCP_CWR = 128 };

/* A TCP segment, read or to be written. `payload` points into the frame it was read from. Host order throughout. */
struct segment {
	struct endpoint source, destination;
	uint32_t seq, ack;
	uint16_t window; /* as on the wire, not scaled */
	uint16_t mss; /* 0: option absent (RFC 9293 3.7.1) */
	uint8_t flags; /* enum tcp_flag */
	uint8_t ttl; /* hop limit; when writing, 0 means 64 */
	int8_t window_scale; /* -1: option absent (RFC 7323) */
	bool sack_permitted;
	bool has_timestamps; /* RFC 7323: ts_value, ts_echo */
	uint32_t ts_value, ts_echo;
	uint16_t ip_id; /* IPv4 identification; 0 in IPv6 */
	const uint8_t *payload;
	uint32_t payload_length;
};

enum packet_kind {
	PACKET_TCP, /* `segment` is what was received */
	PACKET_ICMP_ERROR, /* `segment` holds source, destination and seq of the quoted packet, which we sent */
};

struct packet {
	enum packet_kind kind;
	struct segment segment;
	struct address reporter; /* ICMP: who sent the error */
	uint8_t icmp_type, icmp_code;
};

/* Why a frame was not a packet for us; each has its counter. */
enum packet_drop {
	PACKET_OK = 0,
	PACKET_TRUNCATED,
	PACKET_NOT_IP,
	PACKET_FRAGMENT,
	PACKET_NOT_TCP,
	PACKET_MALFORMED,
	PACKET_CHECKSUM,
};

/* Reads one frame; on PACKET_OK fills *out, otherwise *out is unspecified. Padding after the IP packet is ignored. */
enum packet_drop packet_read(const struct frame *frame, enum link_layer layer, struct packet *out);

/* The link header our frames start with. */
struct packet_path {
	enum link_layer layer;
	uint8_t source_mac[6], next_hop_mac[6]; /* LINK_ETHERNET only */
};

#define PACKET_HEADERS_MAX (18 + 40 + 60) /* bytes before the payload, at most */

/* Writes a whole frame with correct checksums into out[size]. Options are written in a fixed order (MSS, SACK
 * permitted, timestamps, window scale), each only where `segment` has it. Returns its length, or ERR_FULL when it does
 * not fit, or ERR_INVALID when the two addresses are not of one family. */
int packet_write(uint8_t *out, size_t size, const struct packet_path *path, const struct segment *segment);

/* RFC 1071 sum over bytes, to be folded and complemented by packet_checksum_finish; for specs and incremental use. */
uint32_t packet_checksum_add(uint32_t sum, const uint8_t *bytes, size_t length);
uint16_t packet_checksum_finish(uint32_t sum);

#endif
