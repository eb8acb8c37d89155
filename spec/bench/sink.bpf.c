/* Counts every IPv4 TCP frame to 198.18.0.0/15 and drops it; what is left (ARP) goes on to the kernel. */
#include "frame.bpf.h"

SEC("xdp")
int sink(struct xdp_md *context)
{
	struct headers h;
	struct far_counts *c = counts_find();
	if (!c || !headers_find(context, &h))
		return XDP_PASS;
	c->frames++;
	if (h.tcp->syn)
		counts_syn(c);
	else
		c->other++;
	return XDP_DROP;
}

char terms[] SEC("license") = "Dual BSD/GPL";
