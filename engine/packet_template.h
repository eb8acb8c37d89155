/* A SYN prepared once for each family, so that a probe costs a copy and a few additions: the checksums of what never changes
 * are kept, and those of the fields filled in are added to them (RFC 1624). Pure. */
#ifndef SONDE_PACKET_TEMPLATE_H
#define SONDE_PACKET_TEMPLATE_H

#include "packet.h"

#include <stdbool.h>
#include <stdint.h>

#define PACKET_TEMPLATE_MAX 96 /* link header, IPv6, TCP and 20 bytes of options make 94 */

/* Embedded in its owner; private but for `length`. */
struct packet_template {
	uint8_t bytes[PACKET_TEMPLATE_MAX];
	uint32_t length; /* of the frame; 0: there is none */
	uint32_t ip; /* where the IP header is */
	uint32_t ip_sum, tcp_sum; /* of what stays: ones' complement of words as they lie in memory, not complemented */
	bool v6;
};

/* The frame of `syn`, which must have an MSS, SACK permitted, timestamps, and nothing to carry. Its destination's address,
 * both ports, seq and ts_value are left open. 0, or what packet_write says (then the template is empty). */
int packet_template_init(struct packet_template *template, const struct packet_path *path, const struct segment *syn);

/* The whole frame, template->length bytes, into out[PACKET_TEMPLATE_MAX]. `remote` must be of the template's family. */
void packet_template_write(const struct packet_template *template, uint8_t *out, uint16_t local_port,
			   const struct endpoint *remote, uint32_t seq, uint32_t ts_value);

#endif
