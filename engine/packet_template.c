#include "packet_template.h"

#include "error.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

/* Where the open fields are: from the IP header on, and from the TCP header on. */
#define IPV4_BYTES 20u
#define IPV4_CHECKSUM 10u
#define IPV4_DESTINATION 16u
#define IPV6_BYTES 40u
#define IPV6_DESTINATION 24u
#define TCP_SEQ 4u
#define TCP_CHECKSUM 16u
#define TCP_TS_VALUE 28u /* behind MSS (4 bytes), SACK permitted (2) and the option's kind and length */

/* Sums are of the bytes as this machine's words have them: a ones' complement sum does not care for their order as long as it is
 * one order (RFC 1071 section 2 (B)). */
static uint32_t load32(const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, 4);
	return value;
}

static uint16_t load16(const uint8_t *at)
{
	uint16_t value;
	memcpy(&value, at, 2);
	return value;
}

/* To fold a sum in two is to add its halves and what they carry: the upper half of the sum with itself, halves exchanged. */
static void put_checksum(uint8_t *at, uint64_t sum)
{
	sum += sum << 32 | sum >> 32;
	uint32_t half = (uint32_t)(sum >> 32);
	half += half << 16 | half >> 16;
	uint16_t checksum = (uint16_t)~(half >> 16);
	memcpy(at, &checksum, 2);
}

int packet_template_init(struct packet_template *template, const struct packet_path *path, const struct segment *syn)
{
	assert(syn->mss > 0 && syn->sack_permitted && syn->has_timestamps && syn->payload_length == 0);
	struct segment open = *syn;
	open.source.port = 0;
	open.destination = (struct endpoint){ .address.family = syn->source.address.family };
	open.seq = open.ts_value = 0;
	*template = (struct packet_template){ .v6 = syn->source.address.family == ADDRESS_V6 };
	int length = packet_write(template->bytes, sizeof template->bytes, path, &open);
	if (length < 0)
		return length;
	template->length = (uint32_t)length;
	template->ip = path->layer == LINK_ETHERNET ? 14 : path->layer == LINK_NULL ? 4 : 0;
	const uint8_t *ip = template->bytes + template->ip, *tcp = ip + (template->v6 ? IPV6_BYTES : IPV4_BYTES);
	template->tcp_sum = (uint16_t)~load16(tcp + TCP_CHECKSUM);
	template->ip_sum = template->v6 ? 0 : (uint16_t)~load16(ip + IPV4_CHECKSUM);
	return 0;
}

void packet_template_write(const struct packet_template *template, uint8_t *out, uint16_t local_port,
			   const struct endpoint *remote, uint32_t seq, uint32_t ts_value)
{
	memcpy(out, template->bytes, PACKET_TEMPLATE_MAX);
	uint8_t *ip = out + template->ip, *tcp = ip + (template->v6 ? IPV6_BYTES : IPV4_BYTES);
	uint32_t ports = htobe32((uint32_t)local_port << 16 | remote->port);
	uint64_t sum = (uint64_t)template->tcp_sum + ports;
	seq = htobe32(seq);
	ts_value = htobe32(ts_value);
	sum += (uint64_t)seq + ts_value;
	if (template->v6) {
		memcpy(ip + IPV6_DESTINATION, remote->address.bytes, 16);
		for (unsigned i = 0; i < 16; i += 4)
			sum += load32(remote->address.bytes + i);
	} else {
		uint32_t address = load32(remote->address.bytes);
		memcpy(ip + IPV4_DESTINATION, &address, 4);
		put_checksum(ip + IPV4_CHECKSUM, (uint64_t)template->ip_sum + address);
		sum += address;
	}
	memcpy(tcp, &ports, 4);
	memcpy(tcp + TCP_SEQ, &seq, 4);
	memcpy(tcp + TCP_TS_VALUE, &ts_value, 4);
	put_checksum(tcp + TCP_CHECKSUM, sum);
}
