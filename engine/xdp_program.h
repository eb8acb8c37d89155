/* The XDP program of link_xdp: sends to our AF_XDP sockets what is for our addresses and source ports, TCP and the ICMP
 * errors that quote us, and leaves everything else to the kernel. So the kernel never sees what it would reset. It is
 * held by a bpf_link: the kernel takes it off the interface when the process ends, however it ends. Needs CAP_BPF and
 * CAP_NET_ADMIN. */
#ifndef SONDE_XDP_PROGRAM_H
#define SONDE_XDP_PROGRAM_H

#include "address.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XDP_ADDRESSES_MAX 64

struct xdp_program;

struct xdp_steering {
	uint16_t port_first, port_last; /* our source ports */
	const struct address *addresses; /* ours; none: any address */
	size_t address_count;
	/* Several workers have a slice of the ports each, from slices[worker] on, and the queues in turn: queue q is worker
	 * q % workers's. What arrives for another one's ports there stays the kernel's. 0: all of it is for one. */
	const uint16_t *slices;
	uint32_t workers;
};

/* Makes the program, for frames with an Ethernet header, and its table of `queues` sockets. `multi_buffer`: the sockets take
 * frames in several pieces (XDP_USE_SG). */
int xdp_program_create(struct xdp_program **out, const struct xdp_steering *steering, uint32_t queues, bool multi_buffer,
		       struct error *why);
/* What is for us on this receive queue goes to this AF_XDP socket. */
int xdp_program_add(struct xdp_program *program, uint32_t queue, int socket, struct error *why);
/* Puts it on the interface: in the driver (native) or behind it (generic). ERR_UNSUPPORTED where the driver cannot. */
int xdp_program_attach(struct xdp_program *program, int interface, bool native, struct error *why);
bool xdp_program_is_native(const struct xdp_program *program); /* of one that was put on an interface */
int xdp_program_handle(const struct xdp_program *program); /* its file descriptor, for test runs */
void xdp_program_destroy(struct xdp_program *program); /* NULL is fine; takes it off the interface */

#endif
