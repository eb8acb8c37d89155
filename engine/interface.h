/* A network interface of this machine: what a link or a route has to know of it. */
#ifndef SONDE_INTERFACE_H
#define SONDE_INTERFACE_H

#include "error.h"
#include "link.h"

#define INTERFACE_NAME_MAX 16 /* IFNAMSIZ, with the final zero */

struct interface {
	char name[INTERFACE_NAME_MAX];
	int index;
	enum link_layer layer; /* LINK_ETHERNET (Ethernet, loopback) or LINK_RAW_IP (tun, tunnels, PPP) */
	bool loopback;
	uint8_t mac[6]; /* zero where the layer has none */
	uint32_t mtu;
};

/* 0 when the interface exists, is up and is of a kind that frames can be sent on; else an error with a sentence. */
int interface_read(const char *name, struct interface *out, struct error *why);

#endif
