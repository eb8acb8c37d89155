/* Frames through AF_XDP: what is for our addresses and source ports goes past the kernel's stack, in both directions, and
 * the kernel has nothing to reset. Needs CAP_NET_RAW, CAP_NET_ADMIN and CAP_BPF, and an interface with Ethernet frames.
 * With several workers the kernel does see what arrives at the queue of another than whom it is for: it has to be kept still. */
#ifndef SONDE_LINK_XDP_H
#define SONDE_LINK_XDP_H

#include "link.h"
#include "xdp_program.h"

extern const struct link_ops link_xdp_ops;

/* How an open xdp link works: "native, zero-copy", "native, copied" or "generic, copied". */
const char *link_xdp_mode(const struct link *link);

/* Receive queues of the interface in use: 1 where it cannot tell. */
uint32_t link_xdp_queues(const char *interface);
/* Puts the program on the interface with which the links of several workers are to be opened (link_config.program), of at most as many
 * as it has queues: see struct xdp_steering. Of the config: interface, addresses, workers, and the ports of all of them. */
int link_xdp_share(struct xdp_program **out, const struct link_config *config, const uint16_t *slices, struct error *why);

#endif
