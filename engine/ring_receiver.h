/* Frames in from an AF_PACKET socket: a ring shared with the kernel (TPACKET_V3), filtered by our source ports. Needs CAP_NET_RAW
 * to be made, not to be used. */
#ifndef SONDE_RING_RECEIVER_H
#define SONDE_RING_RECEIVER_H

#include "error.h"
#include "interface.h"
#include "link.h"

struct ring_receiver;

/* Of the config: ports, ring_bytes, workers, keep_all and promiscuous. */
int ring_receiver_create(struct ring_receiver **out, const struct interface *interface, const struct link_config *config,
			 struct error *why);
void ring_receiver_destroy(struct ring_receiver *receiver); /* NULL is fine */

/* Takes up to `count` frames; they stay valid until ring_receiver_release gives them back to the kernel. */
size_t ring_receiver_take(struct ring_receiver *receiver, struct frame *frames, size_t count);
void ring_receiver_release(struct ring_receiver *receiver);
/* Readable when a frame may be there: also while there is something to release. */
int ring_receiver_handle(const struct ring_receiver *receiver);
/* After poll() said that there is an error: whether it is that the interface is down or gone. */
bool ring_receiver_is_closed(const struct ring_receiver *receiver);
/* Frames for us that found no room since this was asked last. */
uint64_t ring_receiver_dropped(struct ring_receiver *receiver);

#endif
