/* Byte streams by the kernel's TCP, through libuv: needs no privileges, sees no SYN-ACKs, speaks IPv4 and IPv6. */
#ifndef SONDE_TRANSPORT_SOCKET_H
#define SONDE_TRANSPORT_SOCKET_H

#include "transport.h"

struct transport_socket_config {
	struct transport_config base; /* timeout_ns and retries bound a connect; the kernel itself repeats the SYNs */
	struct address source_v4, source_v6; /* ADDRESS_NONE: the kernel chooses */
	permit_fn permit; /* NULL: everything may be connected to */
	const void *permit_owner;
};

/* Each transport has its own libuv loop, and raises this process's limit of open files as far as it may. What ends a
 * connect at once (no route, not permitted) is told as REFUSAL_LOCAL in the next poll; a lack of descriptors or ports makes
 * room() 0 for a moment and the connect be tried again. Also then every probe is answered for within some seconds. The
 * process must ignore SIGPIPE (signals.h): libuv writes without MSG_NOSIGNAL. */
int transport_socket_create(struct transport **out, const struct transport_socket_config *config, struct error *why);

#endif
