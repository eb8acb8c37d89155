/* Where raw frames of a scan come from and which way they take: source addresses and ports, interface and next hop, as the options
 * say and the routing table knows. */
#ifndef SONDE_SCAN_ROUTE_H
#define SONDE_SCAN_ROUTE_H

#include "plan.h"
#include "route.h"
#include "scan_options.h"

struct scan_route {
	struct address source_v4, source_v6; /* ADDRESS_NONE: not known (yet) */
	struct address later_v4, later_v6; /* what a target's further connections come from; ADDRESS_NONE: the same */
	uint16_t port_first, port_last;
};

#define SCAN_ROUTE_OWN_MAX 4 /* addresses to send from: one for probes and one for further connections, of each family */

/* What the options say. */
int scan_route_read(struct scan_route *out, const struct scan_options *options, struct error *why);
/* The way of all frames: one next hop. Fills in the source addresses that were left open. */
int scan_route_find(struct scan_route *self, const struct scan_options *options, const struct plan *plan, struct route *out,
		    struct error *why);
/* Our own addresses, as far as they are known; returns how many. */
size_t scan_route_own(const struct scan_route *self, struct address out[SCAN_ROUTE_OWN_MAX]);

#endif
