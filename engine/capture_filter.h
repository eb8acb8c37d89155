/* Which frames the kernel hands to a link: segments for our ports, and ICMP errors that quote segments from there (we send no IP
 * options, so the quoted port has its place); everything else costs nothing. */
#ifndef SONDE_CAPTURE_FILTER_H
#define SONDE_CAPTURE_FILTER_H

#include "error.h"
#include "link.h"

#define CAPTURE_FILTER_TEXT_MAX 512
#define CAPTURE_FILTER_STEPS_MAX 128

/* One instruction of classic BPF, laid out as struct sock_filter. */
struct capture_filter_step {
	uint16_t code;
	uint8_t jump_true, jump_false;
	uint32_t value;
};

struct capture_filter {
	struct capture_filter_step steps[CAPTURE_FILTER_STEPS_MAX];
	uint16_t count;
};

/* The filter in the language of pcap-filter(7). IPv6 packets with extension headers pass whatever is behind them: there
 * are few, and the reader looks closely. */
const char *capture_filter_text(char out[CAPTURE_FILTER_TEXT_MAX], uint16_t port_first, uint16_t port_last);

/* The same as a program for frames of `layer` (LINK_ETHERNET or LINK_RAW_IP) that accepts `accept` bytes of each. */
int capture_filter_compile(struct capture_filter *out, enum link_layer layer, uint16_t port_first, uint16_t port_last,
			   uint32_t accept, struct error *why);

#endif
