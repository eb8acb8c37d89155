/* Frames through AF_PACKET: a receive ring shared with the kernel, batches of frames out. Needs CAP_NET_RAW. */
#ifndef SONDE_LINK_RING_H
#define SONDE_LINK_RING_H

#include "link.h"

extern const struct link_ops link_ring_ops;

#endif
