#include "scan_route.h"

#include <stdio.h>
#include <string.h>

#define PORT_FIRST 61000 /* above the kernel's own ephemeral ports (net.ipv4.ip_local_port_range) */
#define PORT_LAST 65535

/* --- options ---------------------------------------------------------------------------------------------------------------- */

static int read_ports(struct scan_route *self, const char *text, struct error *why)
{
	unsigned first = PORT_FIRST, last = PORT_LAST;
	char rest;
	if (text && sscanf(text, "%u-%u%c", &first, &last, &rest) != 2)
		return error_set(why, ERR_INVALID, "--source-ports '%s' is not FIRST-LAST", text);
	if (first < 1024 || last > 65535 || first > last)
		return error_set(why, ERR_INVALID, "--source-ports '%s' is not a range within 1024-65535", text);
	self->port_first = (uint16_t)first;
	self->port_last = (uint16_t)last;
	return 0;
}

static int read_mac(const char *text, uint8_t mac[6], struct error *why)
{
	char rest;
	if (sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5],
		   &rest) != 6)
		return error_set(why, ERR_INVALID, "--gateway-mac '%s' is not a hardware address such as 02:00:00:00:00:01", text);
	return 0;
}

static int read_sources(struct scan_route *self, const struct scan_options *given, struct error *why)
{
	for (const char **text = given->source_addresses; text && *text; text++) {
		struct address address;
		if (address_parse(*text, &address))
			return error_set(why, ERR_INVALID, "--source-address '%s' is not an address", *text);
		bool v4 = address.family == ADDRESS_V4;
		struct address *slot = v4 ? &self->source_v4 : &self->source_v6;
		if (slot->family != ADDRESS_NONE)
			slot = v4 ? &self->later_v4 : &self->later_v6;
		if (slot->family != ADDRESS_NONE)
			return error_set(why, ERR_INVALID, "--source-address is given more than twice for one family");
		*slot = address;
	}
	return 0;
}

/* ZMap's SYNs went out from an address and a port of its own: our ACKs must come from there. Waits for its first line. */
static int follow_stream(struct scan_route *self, const struct plan *plan, struct error *why)
{
	struct endpoint local;
	char text[ENDPOINT_TEXT_MAX];
	if (!plan_stream_local(plan, &local))
		return error_set(why, ERR_INVALID, "--input zmap: there is no line with saddr, daddr, sport, dport, seqnum and acknum");
	if (local.port < self->port_first || local.port > self->port_last)
		return error_set(why, ERR_INVALID,
				 "ZMap's SYNs came from %s, outside the source ports %u-%u: give both programs the same range "
				 "(--source-ports here, -s there)",
				 endpoint_format(&local, text), self->port_first, self->port_last);
	*(local.address.family == ADDRESS_V4 ? &self->source_v4 : &self->source_v6) = local.address;
	return 0;
}

/* --- the way out -------------------------------------------------------------------------------------------------------------- */

struct way {
	struct route route;
	bool found;
};

/* Raw frames all go to one next hop. A target on the link itself is its own next hop, so it must be the only one. */
static int check_next_hop(const struct route *route, const struct scan_options *given, const struct plan *plan,
			  const struct address *example, struct error *why)
{
	char text[ADDRESS_TEXT_MAX];
	bool direct = route->gateway.family == ADDRESS_NONE && route->interface.layer == LINK_ETHERNET;
	if (route->local)
		return error_set(why, ERR_UNSUPPORTED, "%s is an address of this machine, which raw scanning cannot reach",
				 address_format(example, text));
	if (!direct || given->gateway_mac || plan_total(plan) == 1)
		return 0;
	return error_set(why, ERR_UNSUPPORTED,
			 "%s is on %s itself, and raw scanning sends everything to one next hop: name it with --gateway-mac, or "
			 "use --transport socket",
			 address_format(example, text), route->interface.name);
}

/* A further source address must leave by the same way: there is one link and one next hop. */
static int check_later(const struct address *later, const struct address *example, const struct route *way,
		       const struct route_options *given, struct error *why)
{
	struct route route;
	char text[ADDRESS_TEXT_MAX];
	struct route_options options = *given;
	if (later->family == ADDRESS_NONE)
		return 0;
	options.source = *later;
	int error = route_find(&route, example, &options, why);
	if (error)
		return error;
	if (strcmp(route.interface.name, way->interface.name) != 0 ||
	    memcmp(route.next_hop_mac, way->next_hop_mac, sizeof route.next_hop_mac) != 0)
		return error_set(why, ERR_UNSUPPORTED, "--source-address %s leaves by another way than the first",
				 address_format(later, text));
	return 0;
}

static int find_way(struct scan_route *self, const struct scan_options *given, const struct plan *plan,
		    enum address_family family, struct way *way, struct error *why)
{
	struct address example;
	uint8_t mac[6];
	struct address *source = family == ADDRESS_V4 ? &self->source_v4 : &self->source_v6;
	struct route_options options = { .interface = given->interface, .source = *source };
	if (!plan_example(plan, family, &example))
		return 0;
	if (given->gateway_mac) {
		int error = read_mac(given->gateway_mac, mac, why);
		if (error)
			return error;
		options.gateway_mac = mac;
	}
	int error = route_find(&way->route, &example, &options, why);
	if (error == 0)
		error = check_next_hop(&way->route, given, plan, &example, why);
	if (error == 0)
		error = check_later(family == ADDRESS_V4 ? &self->later_v4 : &self->later_v6, &example, &way->route, &options, why);
	if (error)
		return error;
	way->found = true;
	*source = way->route.source;
	return 0;
}

/* A stream's targets are not known yet, and waiting for the first would let the kernel reset what ZMap has opened by then: so
 * the default route is taken where there is one. Only the routing table is asked, nothing is sent to that address. */
static int find_default_way(struct scan_route *self, const struct scan_options *given, struct route *out)
{
	struct address anywhere;
	uint8_t mac[6];
	struct route_options options = { .interface = given->interface, .source = self->source_v4 };
	address_parse("1.1.1.1", &anywhere);
	if (given->gateway_mac && read_mac(given->gateway_mac, mac, NULL) == 0)
		options.gateway_mac = mac;
	int error = route_find(out, &anywhere, &options, NULL);
	if (error == 0 && out->gateway.family == ADDRESS_NONE && !options.gateway_mac)
		error = ERR_NOT_FOUND;
	if (error == 0)
		self->source_v4 = out->source;
	return error;
}

/* IPv4 and IPv6 may go different ways; one link and one next hop must serve both. */
static int find_ways(struct scan_route *self, const struct scan_options *given, const struct plan *plan,
		     struct route *out, struct error *why)
{
	struct way v4 = { .found = false }, v6 = { .found = false };
	if (plan_is_stream(plan) && find_default_way(self, given, out) == 0)
		return 0;
	int error = plan_is_stream(plan) ? follow_stream(self, plan, why) : 0;
	if (error == 0)
		error = find_way(self, given, plan, ADDRESS_V4, &v4, why);
	if (error == 0)
		error = find_way(self, given, plan, ADDRESS_V6, &v6, why);
	if (error)
		return error;
	if (!v4.found && !v6.found)
		return error_set(why, ERR_INVALID, "none of the targets may be sent to");
	if (v4.found && v6.found &&
	    (strcmp(v4.route.interface.name, v6.route.interface.name) != 0 ||
	     memcmp(v4.route.next_hop_mac, v6.route.next_hop_mac, sizeof v4.route.next_hop_mac) != 0))
		return error_set(why, ERR_UNSUPPORTED, "IPv4 and IPv6 targets have different next hops (%s and %s): scan them apart",
				 v4.route.interface.name, v6.route.interface.name);
	*out = v4.found ? v4.route : v6.route;
	return 0;
}

size_t scan_route_own(const struct scan_route *self, struct address out[SCAN_ROUTE_OWN_MAX])
{
	const struct address *all[SCAN_ROUTE_OWN_MAX] = { &self->source_v4, &self->source_v6, &self->later_v4, &self->later_v6 };
	size_t count = 0;
	for (size_t i = 0; i < SCAN_ROUTE_OWN_MAX; i++)
		if (all[i]->family != ADDRESS_NONE)
			out[count++] = *all[i];
	return count;
}

/* Nobody answers ARP or NDP for an address that is not ours, so no answer could reach us. */
static int check_sources(const struct scan_route *self, struct error *why)
{
	struct address sources[SCAN_ROUTE_OWN_MAX];
	size_t count = scan_route_own(self, sources);
	for (size_t i = 0; i < count; i++) {
		char text[ADDRESS_TEXT_MAX];
		if (!route_is_local(&sources[i]))
			return error_set(why, ERR_INVALID, "--source-address %s is no address of this machine",
					 address_format(&sources[i], text));
	}
	return 0;
}

int scan_route_read(struct scan_route *out, const struct scan_options *options, struct error *why)
{
	*out = (struct scan_route){ 0 };
	int error = read_ports(out, options->source_ports, why);
	return error ? error : read_sources(out, options, why);
}

int scan_route_find(struct scan_route *self, const struct scan_options *options, const struct plan *plan, struct route *out,
		    struct error *why)
{
	int error = check_sources(self, why);
	return error ? error : find_ways(self, options, plan, out, why);
}
