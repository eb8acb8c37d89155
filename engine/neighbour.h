/* The hardware address of a neighbour on an Ethernet, found by the kernel: ARP (RFC 826) or NDP (RFC 4861). */
#ifndef SONDE_NEIGHBOUR_H
#define SONDE_NEIGHBOUR_H

#include "address.h"
#include "error.h"
#include "interface.h"

/* Looks into the kernel's neighbour table; when it is not there, makes the kernel ask and waits at most timeout_ns.
 * `role` ("gateway" or "target") is for the sentence. ERR_TIMEOUT when nobody answers. */
int neighbour_resolve(const struct interface *interface, const struct address *address, const char *role, uint64_t timeout_ns,
		      uint8_t mac[6], struct error *why);

#endif
