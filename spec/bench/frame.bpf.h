/* What the far side's XDP programs share: a count per CPU, and where the headers of an IPv4 TCP segment are. */
#ifndef SONDE_BENCH_FRAME_H
#define SONDE_BENCH_FRAME_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "far.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct far_counts);
} counts SEC(".maps");

struct headers {
	struct ethhdr *ethernet;
	struct iphdr *ip;
	struct tcphdr *tcp;
	__u8 *end;
};

/* True for an IPv4 TCP segment to 198.18.0.0/15 without IP options. */
static __always_inline int headers_find(struct xdp_md *context, struct headers *h)
{
	h->ethernet = (void *)(long)context->data;
	h->end = (void *)(long)context->data_end;
	h->ip = (void *)(h->ethernet + 1);
	h->tcp = (void *)(h->ip + 1);
	if ((__u8 *)(h->tcp + 1) > h->end)
		return 0;
	return h->ethernet->h_proto == bpf_htons(ETH_P_IP) && h->ip->version == 4 && h->ip->ihl == 5 &&
	       h->ip->protocol == IPPROTO_TCP && (h->ip->daddr & bpf_htonl(0xfffe0000)) == bpf_htonl(0xc6120000);
}

static __always_inline struct far_counts *counts_find(void)
{
	__u32 zero = 0;
	return bpf_map_lookup_elem(&counts, &zero);
}

static __always_inline __u32 payload_of(const struct headers *h)
{
	return bpf_ntohs(h->ip->tot_len) - sizeof *h->ip - h->tcp->doff * 4u;
}

static __always_inline void counts_data(struct far_counts *c)
{
	c->last_ns = bpf_ktime_get_ns();
	c->data++;
}

static __always_inline void counts_syn(struct far_counts *c)
{
	__u64 now_ns = bpf_ktime_get_ns();
	if (c->first_ns == 0)
		c->first_ns = now_ns;
	c->last_syn_ns = c->last_ns = now_ns;
	c->syns++;
}

#endif
