/* One AF_XDP socket on one receive queue of an interface, with frame memory (UMEM) of its own that it shares with the
 * kernel. Frames received are read in place. Needs CAP_NET_RAW. */
#ifndef SONDE_XDP_SOCKET_H
#define SONDE_XDP_SOCKET_H

#include "error.h"
#include "interface.h"
#include "link.h"

struct xdp_socket;

struct xdp_socket_config {
	const struct interface *interface;
	uint32_t queue;
	uint32_t receive_frames, send_frames; /* powers of 2: depth of the rings, and frames of memory for each */
	uint32_t frame_bytes; /* 2048 or 4096 */
	bool zero_copy; /* try: the card writes into our memory; where the driver cannot, the kernel copies */
	bool inherited; /* by a child that is to use it */
	bool multi_buffer; /* where it copies, frames longer than one piece of memory come in several (Linux 6.6) */
};

/* Where frames in several pieces are put together. */
struct xdp_arena {
	uint8_t *bytes;
	uint32_t size, used;
};

#define XDP_FRAME_MAX 66000u /* longest frame that is put together */

/* Whether this kernel knows frames in several pieces. */
bool xdp_multi_buffer_supported(void);

int xdp_socket_create(struct xdp_socket **out, const struct xdp_socket_config *config, struct error *why);
void xdp_socket_destroy(struct xdp_socket *socket); /* NULL is fine */
int xdp_socket_handle(const struct xdp_socket *socket);
bool xdp_socket_zero_copy(const struct xdp_socket *socket);

/* Takes up to `count` frames; they stay valid until xdp_socket_release gives them back to the kernel. */
size_t xdp_socket_receive(struct xdp_socket *socket, struct frame *frames, size_t count, uint64_t now_ns,
			  struct xdp_arena *arena);
void xdp_socket_release(struct xdp_socket *socket);

/* Sets `data` of up to `count` frames to where xdp_socket_put would copy them next; returns how many. */
size_t xdp_socket_reserve(struct xdp_socket *socket, struct frame *frames, size_t count);
/* Puts frames of at most `frame_bytes` on the send ring, as far as there is room; returns how many. */
size_t xdp_socket_put(struct xdp_socket *socket, const struct frame *frames, size_t count);
/* Makes the kernel send what is on the send ring. 0; ERR_AGAIN when some of it has to wait, and nothing is lost; or
 * ERR_CLOSED. */
int xdp_socket_push(struct xdp_socket *socket);
/* Frames that the kernel took and the interface refused: they are lost. Since the socket was made. */
uint64_t xdp_socket_refused(const struct xdp_socket *socket);
/* Frames that the kernel has not taken from the send ring. */
uint32_t xdp_socket_waiting(const struct xdp_socket *socket);
/* Those, and the ones that the kernel took and that have not left yet. */
uint32_t xdp_socket_unfinished(struct xdp_socket *socket);

/* Frames for us that were dropped since the socket was made: rings full, or too long. */
uint64_t xdp_socket_dropped(const struct xdp_socket *socket);

#endif
