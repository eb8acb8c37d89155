/* What the kernel knows of one of its TCP connections (TCP_INFO). */
#ifndef SONDE_SOCKET_FACTS_H
#define SONDE_SOCKET_FACTS_H

#include <stdbool.h>
#include <stdint.h>

struct socket_facts {
	uint64_t rtt_ns; /* smoothed; 0 before the first measurement */
	uint32_t window; /* the peer's, in bytes; 65535 where the kernel (before 5.4) does not tell */
	uint32_t retransmissions;
	bool closed; /* the connection is no more */
};

/* 0, or -1 with errno. Kernels of any age: what they do not fill is left at its default. */
int socket_facts_read(int descriptor, struct socket_facts *out);

/* Before connecting: limits how often a SYN is repeated, lets the port be chosen as late as possible (also with a source
 * address of ours), and has ICMP errors kept for socket_facts_icmp. All of this is comfort: the connect itself tells what
 * matters. */
void socket_facts_prepare(int descriptor, int syn_count);
/* When connected: an ICMP error must not end an open connection (RFC 5927 section 6.1). */
void socket_facts_connected(int descriptor);

/* The ICMP error that ended a connect; false where there was none. */
bool socket_facts_icmp(int descriptor, uint8_t *type, uint8_t *code);

/* Bytes sent and not yet acknowledged, or -1. */
int64_t socket_facts_unacked(int descriptor);

#endif
