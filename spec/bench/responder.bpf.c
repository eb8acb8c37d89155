/* A host at every address of 198.18.0.0/15, every port open, without any state: each answer follows from the frame it
 * answers. What a host speaks follows from its address, by settings that the loader makes. */
#include "frame.bpf.h"

/* In the order of the settings; what is left speaks HTTP. A greeting server speaks first: on the ACK that opens the connection.
 * A silent host acknowledges data, and says no more. The others are middleboxes: they complete the handshake for nobody. */
enum speech { SPEAK_GREETING, SPEAK_TLS, SPEAK_SILENT, SPEAK_NO_ACK, SPEAK_ZERO_WINDOW, SPEAK_RESET, SPEAK_HTTP };

volatile const struct far_settings settings SEC(".rodata.settings");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FAR_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} slots SEC(".maps");

/* A multiple of 4 bytes each, for the checksum's sake; what TLS has less than that is behind the end of the packet. */
#define MSS "\x02\x04\x05\xb4" /* 1460, the option of a SYN-ACK */
#define HTTP "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 3\r\n\r\nok\n"
#define SSH "SSH-2.0-OpenSSH_10.0p2\r\n"
#define FTP "220 (vsFTPd 3.0.3)\r\n"
#define SMTP "220 mx.example.org ESMTP Postfix\r\n\r\n"
#define TLS_ALERT "\x15\x03\x03\0\x02\x02\x28" /* handshake_failure */
#define TLS_HELLO /* ServerHello: TLS 1.2, random, no session, ECDHE-RSA-AES128-GCM-SHA256 */                    \
	"\x16\x03\x03\0\x2a\x02\0\0\x26\x03\x03" "0123456789abcdef0123456789abcdef" "\0\xc0\x2f\0"

static __always_inline __u32 mix(__u32 x)
{
	x ^= x >> 16;
	x *= 0x7feb352d;
	x ^= x >> 15;
	x *= 0x846ca68b;
	return x ^ x >> 16;
}

static __always_inline enum speech speech_of(__u32 hash)
{
	__u32 at = hash % 100;
	const volatile __u32 *shares = &settings.greeting;
	for (int speech = 0; speech < SPEAK_HTTP; speech++) {
		if (at < shares[speech])
			return speech;
		at -= shares[speech];
	}
	return SPEAK_HTTP;
}

static __always_inline void count_slot(void)
{
	__u32 slot = (__u32)(bpf_ktime_get_ns() / FAR_SLOT_NS % FAR_SLOTS);
	__u64 *count = bpf_map_lookup_elem(&slots, &slot);
	if (count)
		__sync_fetch_and_add(count, 1);
}

struct answer {
	__u32 seq, ack; /* network order */
	__u16 flags;
	__u16 window;
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
	word[3] = bpf_htonl(header / 4 << 28 | (__u32)answer->flags << 16 | answer->window);
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

#define SPEAK(bytes, padding) reply(context, answer, bytes, sizeof(bytes) - 1 + (padding), padding, c)

/* What a host says to data or, if it is one that speaks first, to the ACK that opens the connection. */
static __always_inline int speak(struct xdp_md *context, struct answer *answer, __u32 hash, struct far_counts *c)
{
	__u32 variant = hash >> 16;
	answer->flags = PSH | ACK;
	switch (speech_of(hash)) {
	case SPEAK_HTTP:
		return SPEAK(HTTP, 0);
	case SPEAK_GREETING:
		if (variant % 3 == 0)
			return SPEAK(SSH, 0);
		return variant % 3 == 1 ? SPEAK(FTP, 0) : SPEAK(SMTP, 0);
	case SPEAK_TLS:
		return variant % 2 == 0 ? SPEAK(TLS_ALERT, 1) : SPEAK(TLS_HELLO, 1);
	case SPEAK_RESET:
		answer->flags = RST | ACK;
		return SPEAK("", 0);
	case SPEAK_SILENT:
		answer->flags = ACK;
		return SPEAK("", 0);
	default:
		return XDP_DROP;
	}
}

static __always_inline int answer_syn(struct xdp_md *context, struct answer *answer, __u32 first, int closed, struct far_counts *c)
{
	answer->seq = bpf_htonl(first);
	answer->flags = SYN | ACK;
	answer->synack = 1;
	answer->window = closed ? 0 : 65535;
	return reply(context, answer, MSS, 4, 0, c);
}

SEC("xdp")
int responder(struct xdp_md *context)
{
	struct headers h;
	struct far_counts *c = counts_find();
	if (!c || !headers_find(context, &h))
		return XDP_PASS;
	c->frames++;
	if (settings.slots)
		count_slot();
	__u32 hash = mix(h.ip->daddr), first = mix(h.ip->daddr ^ h.ip->saddr * 31 ^ *(__u32 *)h.tcp); /* our sequence number */
	__u32 payload = payload_of(&h);
	enum speech speech = speech_of(hash);
	struct answer answer = { .seq = h.tcp->ack_seq, .window = 65535 };
	answer.ack = bpf_htonl(bpf_ntohl(h.tcp->seq) + payload + h.tcp->syn + h.tcp->fin);
	if (h.tcp->rst) {
		c->resets++;
		return XDP_DROP;
	}
	if (h.tcp->syn) {
		counts_syn(c);
		return answer_syn(context, &answer, first, speech == SPEAK_ZERO_WINDOW, c);
	}
	int opening = bpf_ntohl(h.tcp->ack_seq) == first + 1;
	if (h.tcp->fin)
		c->fins++;
	else if (payload > 0)
		counts_data(c);
	else
		c->acks++, c->opens += opening;
	if (speech == SPEAK_NO_ACK || speech == SPEAK_ZERO_WINDOW)
		return XDP_DROP;
	if (h.tcp->fin) {
		answer.flags = FIN | ACK;
		return reply(context, &answer, MSS, 0, 0, c);
	}
	/* A host that speaks first has spoken when the data came with the opening ACK too. */
	if (payload > 0 || (opening && speech == SPEAK_GREETING))
		return speak(context, &answer, hash, c);
	return XDP_DROP;
}

char terms[] SEC("license") = "Dual BSD/GPL";
