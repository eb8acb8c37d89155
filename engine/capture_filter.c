#include "capture_filter.h"

#include <pcap/pcap.h>
#include <stdio.h>

const char *capture_filter_text(char out[CAPTURE_FILTER_TEXT_MAX], uint16_t port_first, uint16_t port_last)
{
	snprintf(out, CAPTURE_FILTER_TEXT_MAX,
		 "(tcp dst portrange %u-%u)"
		 " or (icmp and (icmp[0] = 3 or icmp[0] = 11 or icmp[0] = 12) and icmp[28:2] >= %u and icmp[28:2] <= %u)"
		 " or (ip6 and ip6[6] = 58 and (ip6[40] = 1 or ip6[40] = 3 or ip6[40] = 4) and ip6[88:2] >= %u and ip6[88:2] <= %u)"
		 " or (ip6 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 60))",
		 port_first, port_last, port_first, port_last, port_first, port_last);
	return out;
}

int capture_filter_compile(struct capture_filter *out, enum link_layer layer, uint16_t port_first, uint16_t port_last,
			   uint32_t accept, struct error *why)
{
	char text[CAPTURE_FILTER_TEXT_MAX];
	struct bpf_program program = { 0 };
	pcap_t *compiler = pcap_open_dead(layer == LINK_ETHERNET ? DLT_EN10MB : DLT_RAW, (int)accept);
	if (!compiler)
		return error_set(why, ERR_NO_MEMORY, "cannot compile the packet filter: out of memory");
	int error = 0;
	capture_filter_text(text, port_first, port_last);
	if (pcap_compile(compiler, &program, text, 1, PCAP_NETMASK_UNKNOWN) < 0)
		error = error_set(why, ERR_INVALID, "cannot compile the packet filter: %s", pcap_geterr(compiler));
	else if (program.bf_len > CAPTURE_FILTER_STEPS_MAX)
		error = error_set(why, ERR_FULL, "the packet filter is too long (%u steps)", program.bf_len);
	for (unsigned i = 0; !error && i < program.bf_len; i++) {
		const struct bpf_insn *from = &program.bf_insns[i];
		out->steps[i] = (struct capture_filter_step){ from->code, from->jt, from->jf, from->k };
	}
	out->count = error ? 0 : (uint16_t)program.bf_len;
	pcap_freecode(&program);
	pcap_close(compiler);
	return error;
}
