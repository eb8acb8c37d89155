/* Frames out through an AF_PACKET socket that receives nothing: by a ring shared with the kernel on Ethernet, by sendmmsg where
 * the kernel has to write a link header itself. Needs CAP_NET_RAW to be made, not to be used. */
#ifndef SONDE_RING_SENDER_H
#define SONDE_RING_SENDER_H

#include "counters.h"
#include "error.h"
#include "interface.h"
#include "link.h"

struct ring_sender;

int ring_sender_create(struct ring_sender **out, const struct interface *interface, struct counters *counters,
		       struct error *why);
/* Does what ring_sender_finish does. NULL is fine. */
void ring_sender_destroy(struct ring_sender *sender);

/* Takes frames, from the first on, as far as there is room; returns how many. A frame that is refused for good, such as one
 * longer than the MTU, counts as taken so that it cannot hold up the others. ERR_CLOSED when the interface is down. */
int ring_sender_send(struct ring_sender *sender, const struct frame *frames, size_t count);
/* Sets `data` of up to `count` frames to where ring_sender_send would copy them next; returns how many. */
size_t ring_sender_reserve(struct ring_sender *sender, struct frame *frames, size_t count);
/* Goes on with frames that the interface had no room for. 0, ERR_AGAIN when some still have to wait, or ERR_CLOSED. */
int ring_sender_push(struct ring_sender *sender);
/* Frames that wait here or in the interface; 0 where they go by sendmmsg, for nobody knows. */
uint32_t ring_sender_in_flight(struct ring_sender *sender);
/* Frames that the interface has taken; grows without end. */
uint32_t ring_sender_left(const struct ring_sender *sender);
/* Counts the frames that wait now as send_unfinished, in place of those that did the last time. */
void ring_sender_count(struct ring_sender *sender);
/* The same after a moment in which they may leave. */
void ring_sender_finish(struct ring_sender *sender);

#endif
