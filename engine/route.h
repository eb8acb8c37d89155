/* The way from this machine to a destination: interface, source address, next hop and its hardware address. */
#ifndef SONDE_ROUTE_H
#define SONDE_ROUTE_H

#include "address.h"
#include "error.h"
#include "interface.h"

/* What the user has said already; all zero: find everything. */
struct route_options {
	const char *interface; /* NULL: the routing table's choice */
	struct address source; /* ADDRESS_NONE: the kernel's choice. Need not be an address of this machine */
	const uint8_t *gateway_mac; /* 6 bytes, or NULL: ask by ARP or NDP */
	uint64_t timeout_ns; /* for the next hop to answer; 0: 1 s */
};

struct route {
	struct interface interface;
	struct address source;
	struct address gateway; /* ADDRESS_NONE: the destination is on the link itself */
	uint8_t next_hop_mac[6]; /* zero where the interface needs none */
	bool local; /* the destination is this machine */
};

/* Finds the way to `destination`, the hardware address of the next hop included. On failure `why` says what is missing. */
int route_find(struct route *out, const struct address *destination, const struct route_options *options, struct error *why);

/* True for this machine's own addresses, loopback included. */
bool route_is_local(const struct address *address);

#endif
