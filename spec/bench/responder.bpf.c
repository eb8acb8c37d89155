/* A host at every address of 198.18.0.0/15, every port open, without any state: each answer follows from the frame it
 * answers. What a host speaks follows from its address, by shares that the loader sets. */
#include "frame.bpf.h"

enum speech { SPEAK_HTTP, SPEAK_SSH, SPEAK_TLS, SPEAK_SILENT, SPEAK_MIDDLEBOX };

/* Percent of the addresses; what is left speaks HTTP. A silent host acknowledges data; a middlebox answers the SYN only. */
volatile const __u32 shares[4] SEC(".rodata.shares"); /* ssh, tls, silent, middlebox */

/* A multiple of 4 bytes each, for the checksum's sake; the alert's 8th byte is behind the end of the packet. */
#define HTTP "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Length: 3\r\n\r\nok\n"
#define MSS "\x02\x04\x05\xb4" /* 1460, the option of a SYN-ACK */
#define SSH "SSH-2.0-OpenSSH_10.0p2\r\n"
#define TLS "\x15\x03\x03\x00\x02\x02\x28" /* alert: handshake_failure */

static __always_inline __u32 mix(__u32 x)
{
	x ^= x >> 16;
	x *= 0x7feb352d;
	x ^= x >> 15;
	x *= 0x846ca68b;
	return x ^ x >> 16;
}

static __always_inline enum speech speech_of(__u32 address)
{
	__u32 at = mix(address) % 100;
	if (at < shares[0])
		return SPEAK_SSH;
	at -= shares[0];
	if (at < shares[1])
		return SPEAK_TLS;
	at -= shares[1];
	if (at < shares[2])
		return SPEAK_SILENT;
	at -= shares[2];
	return at < shares[3] ? SPEAK_MIDDLEBOX : SPEAK_HTTP;
}

struct answer {
	__u32 seq, ack; /* network order */
	__u16 flags; /* as the low byte of the TCP header's 7th word */
	enum speech speech;
	__u8 synack;
};

static __always_inline __u16 fold(__u64 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)~sum;
}

static __always_inline void turn_around(struct headers *h)
{
	__u8 mac[6];
	__u32 address = h->ip->saddr;
	__u16 port = h->tcp->source;
	__builtin_memcpy(mac, h->ethernet->h_dest, 6);
	__builtin_memcpy(h->ethernet->h_dest, h->ethernet->h_source, 6);
	__builtin_memcpy(h->ethernet->h_source, mac, 6);
	h->ip->saddr = h->ip->daddr;
	h->ip->daddr = address;
	h->tcp->source = h->tcp->dest;
	h->tcp->dest = port;
}

static __always_inline void put_ip(struct headers *h, __u32 tcp_length)
{
	h->ip->tot_len = bpf_htons((__u16)(sizeof *h->ip + tcp_length));
	h->ip->frag_off = bpf_htons(0x4000);
	h->ip->ttl = 64;
	h->ip->check = 0;
	h->ip->check = fold((__u32)bpf_csum_diff(0, 0, (__be32 *)h->ip, sizeof *h->ip, 0));
}

/* Makes the frame one with `extra` bytes behind the TCP header's 20, the last `padding` of them zero and no part of the
 * packet, and sends it back. Both are constants. */
static __always_inline int reply(struct xdp_md *context, const struct answer *answer, const char *bytes, const __u32 extra,
				 const __u32 padding, struct far_counts *c)
{
	struct headers h;
	int length = (int)(context->data_end - context->data);
	if (bpf_xdp_adjust_tail(context, (int)(sizeof *h.ethernet + sizeof *h.ip + sizeof *h.tcp + extra) - length))
		return XDP_DROP;
	if (!headers_find(context, &h) || (__u8 *)(h.tcp + 1) + extra > h.end)
		return XDP_DROP;
	turn_around(&h);
	put_ip(&h, sizeof *h.tcp + extra - padding);
	__u32 *word = (__u32 *)h.tcp;
	__u32 header = answer->synack ? 24 : 20;
	word[1] = answer->seq;
	word[2] = answer->ack;
	word[3] = bpf_htonl(header / 4 << 28 | (__u32)answer->flags << 16 | 65535);
	word[4] = 0;
	if (extra > 0)
		__builtin_memcpy(h.tcp + 1, bytes, extra);
	__u64 sum = (__u32)bpf_csum_diff(0, 0, (__be32 *)h.tcp, sizeof *h.tcp + extra, 0);
	sum += (h.ip->saddr & 0xffff) + (h.ip->saddr >> 16) + (h.ip->daddr & 0xffff) + (h.ip->daddr >> 16);
	sum += bpf_htons(IPPROTO_TCP) + bpf_htons((__u16)(sizeof *h.tcp + extra - padding));
	h.tcp->check = fold(sum);
	c->sent++;
	return XDP_TX;
}

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

/* What a host says to data or, if it is one that speaks first, to the ACK that opens the connection. */
static __always_inline int speak(struct xdp_md *context, struct answer *answer, struct far_counts *c)
{
	answer->flags = PSH | ACK;
	switch (answer->speech) {
	case SPEAK_HTTP:
		return reply(context, answer, HTTP, 56, 0, c);
	case SPEAK_SSH:
		return reply(context, answer, SSH, 24, 0, c);
	case SPEAK_TLS:
		return reply(context, answer, TLS, 8, 1, c);
	case SPEAK_SILENT:
		answer->flags = ACK;
		return reply(context, answer, HTTP, 0, 0, c);
	default:
		return XDP_DROP;
	}
}

SEC("xdp")
int responder(struct xdp_md *context)
{
	struct headers h;
	struct far_counts *c = counts_find();
	if (!c || !headers_find(context, &h))
		return XDP_PASS;
	c->frames++;
	__u32 first = mix(h.ip->daddr ^ h.ip->saddr * 31 ^ *(__u32 *)h.tcp); /* our first sequence number */
	__u32 payload = bpf_ntohs(h.ip->tot_len) - sizeof *h.ip - h.tcp->doff * 4u;
	struct answer answer = { .speech = speech_of(h.ip->daddr), .seq = h.tcp->ack_seq };
	if (h.tcp->rst) {
		c->resets++;
		return XDP_DROP;
	}
	if (h.tcp->syn) {
		counts_syn(c);
		answer.seq = bpf_htonl(first);
		answer.ack = bpf_htonl(bpf_ntohl(h.tcp->seq) + 1);
		answer.flags = SYN | ACK;
		answer.synack = 1;
		return reply(context, &answer, MSS, 4, 0, c);
	}
	answer.ack = bpf_htonl(bpf_ntohl(h.tcp->seq) + payload);
	if (h.tcp->fin) {
		c->fins++;
		answer.ack = bpf_htonl(bpf_ntohl(h.tcp->seq) + payload + 1);
		answer.flags = FIN | ACK;
		return reply(context, &answer, MSS, 0, 0, c);
	}
	int opening = bpf_ntohl(h.tcp->ack_seq) == first + 1;
	if (payload > 0) {
		c->data++;
		/* A host that speaks first has spoken when the data came with the opening ACK too. */
		return speak(context, &answer, c);
	}
	c->acks++;
	return opening && answer.speech == SPEAK_SSH ? speak(context, &answer, c) : XDP_DROP;
}

char terms[] SEC("license") = "Dual BSD/GPL";
