/* Keeps this machine's own TCP from resetting our connections: an nftables table that drops what comes in for our addresses
 * and source ports, after the link has seen it. The table is owned by an open netlink socket, so the kernel removes it when
 * the process ends, however it ends. Needs CAP_NET_ADMIN. */
#ifndef SONDE_SUPPRESS_H
#define SONDE_SUPPRESS_H

#include "address.h"
#include "error.h"

#include <stddef.h>
#include <stdint.h>

#define SUPPRESS_ADDRESSES_MAX 64

struct suppress;

/* Makes the table sonde_<pid> for TCP to any of `addresses` and ports port_first to port_last. Children made by fork share
 * it; it goes when the last of them ends. The socket is closed on exec. */
int suppress_open(struct suppress **out, const struct address *addresses, size_t count, uint16_t port_first, uint16_t port_last,
		  struct error *why);

/* Shows that it works: for each address that is this machine's, a SYN sent to it through loopback must be dropped and
 * counted. For the others, the rule must be there. 0, or ERR_UNSUPPORTED or what went wrong with a sentence. */
int suppress_check(struct suppress *suppress, struct error *why);

/* Packets dropped so far, or a negative ERR_*: ERR_PERMISSION once CAP_NET_ADMIN was given up. */
int64_t suppress_count(struct suppress *suppress);

void suppress_close(struct suppress *suppress);

#endif
