/* Frames through AF_XDP: what is for our addresses and source ports goes past the kernel's stack, in both directions, and
 * the kernel has nothing to reset. Needs CAP_NET_RAW, CAP_NET_ADMIN and CAP_BPF, and an interface with Ethernet frames. */
#ifndef SONDE_LINK_XDP_H
#define SONDE_LINK_XDP_H

#include "link.h"

extern const struct link_ops link_xdp_ops;

/* How an open xdp link works: "native, zero-copy", "native, copied" or "generic, copied". */
const char *link_xdp_mode(const struct link *link);

#endif
