/* Frames out through an AF_XDP socket: what the interface has no room for waits, what it drops is counted, and one that takes
 * nothing at all is tried ever more seldom. */
#ifndef SONDE_XDP_SENDER_H
#define SONDE_XDP_SENDER_H

#include "counters.h"
#include "link.h"
#include "xdp_socket.h"

struct xdp_sender;

/* Socket and counters are borrowed. `frames`: the socket's send_frames; `frame_max`: bytes of the longest that the interface takes.
 * NULL: out of memory. */
struct xdp_sender *xdp_sender_create(struct xdp_socket *socket, uint32_t frames, uint32_t frame_max, struct counters *counters);
void xdp_sender_destroy(struct xdp_sender *sender); /* NULL is fine */

/* As ring_sender has them: */
int xdp_sender_send(struct xdp_sender *sender, const struct frame *frames, size_t count);
size_t xdp_sender_reserve(struct xdp_sender *sender, struct frame *frames, size_t count);
int xdp_sender_push(struct xdp_sender *sender);
void xdp_sender_count(struct xdp_sender *sender);
void xdp_sender_finish(struct xdp_sender *sender);
bool xdp_sender_is_closed(const struct xdp_sender *sender); /* the interface is gone, or down */
/* How long to wait before the interface is tried again, once a push has said ERR_AGAIN. */
uint64_t xdp_sender_retry_ns(const struct xdp_sender *sender);

#endif
