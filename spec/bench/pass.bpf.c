/* Passes everything on, and counts what goes to the hosts of the bench. Linux's veth delivers what its peer sends by XDP_TX only to
 * an interface that has an XDP program: the scanners that bring none of their own get this one. */
#include "frame.bpf.h"

SEC("xdp")
int pass(struct xdp_md *context)
{
	struct headers h;
	struct far_counts *c = counts_find();
	if (!c || !headers_find(context, &h))
		return XDP_PASS;
	c->frames++;
	if (h.tcp->syn)
		counts_syn(c);
	else if (payload_of(&h) > 0)
		counts_data(c);
	return XDP_PASS;
}

char terms[] SEC("license") = "Dual BSD/GPL";
