#include "packet_template.h"

#include "error.h"

#include <assert.h>
#include <string.h>

/* Where the open fields are: from the IP header on, and from the TCP header on. */
#define IPV4_BYTES 20u
#define IPV4_CHECKSUM 10u
#define IPV4_DESTINATION 16u
#define IPV6_BYTES 40u
#define IPV6_DESTINATION 24u
#define TCP_DESTINATION_PORT 2u
#define TCP_SEQ 4u
#define TCP_CHECKSUM 16u
#define TCP_TS_VALUE 28u /* behind MSS (4 bytes), SACK permitted (2) and the option's kind and length */

static uint32_t get16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

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

static uint32_t halves(uint32_t value)
{
	return (value >> 16) + (value & 0xffff);
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
	template->tcp_sum = ~get16(tcp + TCP_CHECKSUM) & 0xffff;
	template->ip_sum = template->v6 ? 0 : ~get16(ip + IPV4_CHECKSUM) & 0xffff;
	return 0;
}

void packet_template_write(const struct packet_template *template, uint8_t *out, uint16_t local_port,
			   const struct endpoint *remote, uint32_t seq, uint32_t ts_value)
{
	memcpy(out, template->bytes, PACKET_TEMPLATE_MAX);
	uint8_t *ip = out + template->ip, *tcp = ip + (template->v6 ? IPV6_BYTES : IPV4_BYTES);
	uint32_t sum = 0;
	if (template->v6) {
		memcpy(ip + IPV6_DESTINATION, remote->address.bytes, 16);
		for (unsigned i = 0; i < 16; i += 2)
			sum += get16(remote->address.bytes + i);
	} else {
		memcpy(ip + IPV4_DESTINATION, remote->address.bytes, 4);
		sum = get16(remote->address.bytes) + get16(remote->address.bytes + 2);
		put16(ip + IPV4_CHECKSUM, packet_checksum_finish(template->ip_sum + sum));
	}
	put16(tcp, local_port);
	put16(tcp + TCP_DESTINATION_PORT, remote->port);
	put32(tcp + TCP_SEQ, seq);
	put32(tcp + TCP_TS_VALUE, ts_value);
	sum += template->tcp_sum + local_port + remote->port + halves(seq) + halves(ts_value);
	put16(tcp + TCP_CHECKSUM, packet_checksum_finish(sum));
}
