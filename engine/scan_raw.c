#include "scan_raw.h"

#include "link_pcap.h"
#include "link_ring.h"
#include "link_trace.h"
#include "link_xdp.h"
#include "route.h"
#include "suppress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_FIRST 61000 /* above the kernel's own ephemeral ports (net.ipv4.ip_local_port_range) */
#define PORT_LAST 65535
#define OWN_MAX 4 /* addresses to send from: one for probes and one for further connections, of each family */

struct raw_setup {
	struct link *link;
	struct suppress *suppress;
	struct packet_path path;
	struct address source_v4, source_v6;
	struct address later_v4, later_v6; /* of a target's further connections; ADDRESS_NONE: the same */
	uint16_t port_first, port_last; /* of all workers */
	uint32_t workers, slice; /* `slice`: whose the link is */
	const struct link_ops *ops; /* of a live link */
	char interface[16];
	struct counters *counters;
	bool traced, steered; /* `steered`: the link keeps what is ours from the kernel */
	char name[80];
	struct error note;
};

/* --- options ---------------------------------------------------------------------------------------------------------------- */

static int read_ports(struct raw_setup *setup, const char *text, struct error *why)
{
	unsigned first = PORT_FIRST, last = PORT_LAST;
	char rest;
	if (text && sscanf(text, "%u-%u%c", &first, &last, &rest) != 2)
		return error_set(why, ERR_INVALID, "--source-ports '%s' is not FIRST-LAST", text);
	if (first < 1024 || last > 65535 || first > last)
		return error_set(why, ERR_INVALID, "--source-ports '%s' is not a range within 1024-65535", text);
	setup->port_first = (uint16_t)first;
	setup->port_last = (uint16_t)last;
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

static int read_sources(struct raw_setup *setup, const struct scan_options *options, struct error *why)
{
	for (const char **text = options->source_addresses; text && *text; text++) {
		struct address address;
		if (address_parse(*text, &address))
			return error_set(why, ERR_INVALID, "--source-address '%s' is not an address", *text);
		bool v4 = address.family == ADDRESS_V4;
		struct address *slot = v4 ? &setup->source_v4 : &setup->source_v6;
		if (slot->family != ADDRESS_NONE)
			slot = v4 ? &setup->later_v4 : &setup->later_v6;
		if (slot->family != ADDRESS_NONE)
			return error_set(why, ERR_INVALID, "--source-address is given more than twice for one family");
		*slot = address;
	}
	return 0;
}

/* ZMap's SYNs went out from an address and a port of its own: our ACKs must come from there. Waits for its first line. */
static int follow_stream(struct raw_setup *setup, const struct plan *plan, struct error *why)
{
	struct endpoint local;
	char text[ENDPOINT_TEXT_MAX];
	if (!plan_stream_local(plan, &local))
		return error_set(why, ERR_INVALID, "--input zmap: there is no line with saddr, daddr, sport, dport, seqnum and acknum");
	if (local.port < setup->port_first || local.port > setup->port_last)
		return error_set(why, ERR_INVALID,
				 "ZMap's SYNs came from %s, outside the source ports %u-%u: give both programs the same range "
				 "(--source-ports here, -s there)",
				 endpoint_format(&local, text), setup->port_first, setup->port_last);
	*(local.address.family == ADDRESS_V4 ? &setup->source_v4 : &setup->source_v6) = local.address;
	return 0;
}

/* --- the way out -------------------------------------------------------------------------------------------------------------- */

struct way {
	struct route route;
	bool found;
};

/* Raw frames all go to one next hop. A target on the link itself is its own next hop, so it must be the only one. */
static int check_next_hop(const struct route *route, const struct raw_setup_config *config, const struct address *example,
			  struct error *why)
{
	char text[ADDRESS_TEXT_MAX];
	bool direct = route->gateway.family == ADDRESS_NONE && route->interface.layer == LINK_ETHERNET;
	if (route->local)
		return error_set(why, ERR_UNSUPPORTED, "%s is an address of this machine, which raw scanning cannot reach",
				 address_format(example, text));
	if (!direct || config->options->gateway_mac || plan_total(config->plan) == 1)
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

static int find_way(struct raw_setup *setup, const struct raw_setup_config *config, enum address_family family,
		    struct way *way, struct error *why)
{
	struct address example;
	uint8_t mac[6];
	struct address *source = family == ADDRESS_V4 ? &setup->source_v4 : &setup->source_v6;
	struct route_options options = { .interface = config->options->interface, .source = *source };
	if (!plan_example(config->plan, family, &example))
		return 0;
	if (config->options->gateway_mac) {
		int error = read_mac(config->options->gateway_mac, mac, why);
		if (error)
			return error;
		options.gateway_mac = mac;
	}
	int error = route_find(&way->route, &example, &options, why);
	if (error == 0)
		error = check_next_hop(&way->route, config, &example, why);
	if (error == 0)
		error = check_later(family == ADDRESS_V4 ? &setup->later_v4 : &setup->later_v6, &example, &way->route, &options, why);
	if (error)
		return error;
	way->found = true;
	*source = way->route.source;
	return 0;
}

/* A stream's targets are not known yet, and waiting for the first would let the kernel reset what ZMap has opened by then: so
 * the default route is taken where there is one. Only the routing table is asked, nothing is sent to that address. */
static int find_default_way(struct raw_setup *setup, const struct raw_setup_config *config, struct route *out)
{
	struct address anywhere;
	uint8_t mac[6];
	struct route_options options = { .interface = config->options->interface, .source = setup->source_v4 };
	address_parse("1.1.1.1", &anywhere);
	if (config->options->gateway_mac && read_mac(config->options->gateway_mac, mac, NULL) == 0)
		options.gateway_mac = mac;
	int error = route_find(out, &anywhere, &options, NULL);
	if (error == 0 && out->gateway.family == ADDRESS_NONE && !options.gateway_mac)
		error = ERR_NOT_FOUND;
	if (error == 0)
		setup->source_v4 = out->source;
	return error;
}

/* IPv4 and IPv6 may go different ways; one link and one next hop must serve both. */
static int find_ways(struct raw_setup *setup, const struct raw_setup_config *config, struct route *out, struct error *why)
{
	struct way v4 = { .found = false }, v6 = { .found = false };
	if (plan_is_stream(config->plan) && find_default_way(setup, config, out) == 0)
		return 0;
	int error = plan_is_stream(config->plan) ? follow_stream(setup, config->plan, why) : 0;
	if (error == 0)
		error = find_way(setup, config, ADDRESS_V4, &v4, why);
	if (error == 0)
		error = find_way(setup, config, ADDRESS_V6, &v6, why);
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

/* --- the link --------------------------------------------------------------------------------------------------------------------- */

static int open_capture_file(struct raw_setup *setup, const char *file, const struct raw_setup_config *config,
			     struct error *why)
{
	struct link_config link = { .file = file, .counters = config->counters };
	if (setup->source_v4.family == ADDRESS_NONE && setup->source_v6.family == ADDRESS_NONE)
		return error_set(why, ERR_INVALID, "--link pcap:FILE needs the capture's --source-address, and the scan's --seed");
	snprintf(setup->name, sizeof setup->name, "pcap file %.60s", file);
	return link_pcap_ops.open(&setup->link, &link, why);
}

/* Our own addresses, as far as they are known. */
static size_t own_addresses(const struct raw_setup *setup, struct address out[OWN_MAX])
{
	const struct address *all[OWN_MAX] = { &setup->source_v4, &setup->source_v6, &setup->later_v4, &setup->later_v6 };
	size_t count = 0;
	for (size_t i = 0; i < OWN_MAX; i++)
		if (all[i]->family != ADDRESS_NONE)
			out[count++] = *all[i];
	return count;
}

/* The first port of a worker's slice. */
static uint16_t slice_first(const struct raw_setup *setup, uint32_t index)
{
	uint32_t ports = setup->port_last - setup->port_first + 1u;
	return (uint16_t)(setup->port_first + ports * index / setup->workers);
}

int raw_setup_open_slice(struct raw_setup *setup, uint32_t index, struct error *why)
{
	struct address addresses[OWN_MAX];
	struct link_config link = {
		.interface = setup->interface, .addresses = addresses, .address_count = own_addresses(setup, addresses),
		.port_first = slice_first(setup, index), .port_last = (uint16_t)(slice_first(setup, index + 1) - 1),
		.counters = setup->counters,
	};
	if (setup->link && setup->slice == index)
		return 0;
	raw_setup_close_link(setup);
	setup->slice = index;
	return setup->ops->open(&setup->link, &link, why);
}

static int open_on(struct raw_setup *setup, const struct link_ops *ops, const struct route *route, struct error *why)
{
	setup->ops = ops;
	memcpy(setup->interface, route->interface.name, sizeof setup->interface);
	int error = raw_setup_open_slice(setup, 0, why);
	if (error)
		return error;
	setup->steered = ops == &link_xdp_ops;
	if (setup->steered)
		snprintf(setup->name, sizeof setup->name, "xdp (%s) on %s", link_xdp_mode(setup->link), setup->interface);
	else
		snprintf(setup->name, sizeof setup->name, "%s on %s", ops->name, setup->interface);
	return 0;
}

/* A queue of an interface takes the frames of one AF_XDP socket, whoever they are for; and which queue an answer arrives at is the
 * network's choice, not ours. So an xdp link is for one process. */
static const char *choose_for_workers(struct raw_setup *setup, const struct raw_setup_config *config, const char *name)
{
	uint32_t ports = setup->port_last - setup->port_first + 1u;
	bool xdp = strcmp(name, "xdp") == 0 || strcmp(name, "auto") == 0;
	setup->workers = config->workers < ports ? config->workers : ports;
	if (!xdp || setup->workers == 1)
		return name;
	if (!config->workers_named) {
		setup->workers = 1;
		return name;
	}
	error_set(&setup->note, 0, "using the ring link: an interface's queue takes one AF_XDP socket, so xdp is for one worker");
	return "ring";
}

/* Nobody answers ARP or NDP for an address that is not ours, so no answer could reach us. */
static int check_sources(const struct raw_setup *setup, struct error *why)
{
	struct address sources[OWN_MAX];
	size_t count = own_addresses(setup, sources);
	for (size_t i = 0; i < count; i++) {
		char text[ADDRESS_TEXT_MAX];
		if (!route_is_local(&sources[i]))
			return error_set(why, ERR_INVALID, "--source-address %s is no address of this machine",
					 address_format(&sources[i], text));
	}
	return 0;
}

static int open_live(struct raw_setup *setup, const char *name, const struct link_ops *ops,
		     const struct raw_setup_config *config, struct error *why)
{
	struct route route;
	struct error reason;
	int error = check_sources(setup, why);
	if (error == 0)
		error = find_ways(setup, config, &route, why);
	if (error)
		return error;
	if (strcmp(name, "auto") == 0) {
		error = open_on(setup, &link_xdp_ops, &route, &reason);
		if (error) {
			error_set(&setup->note, 0, "using the ring link: %.250s", reason.text);
			setup->workers = config->workers;
		}
	}
	if (!setup->link)
		error = open_on(setup, ops, &route, why);
	if (error)
		return error;
	memcpy(setup->path.source_mac, route.interface.mac, sizeof setup->path.source_mac);
	memcpy(setup->path.next_hop_mac, route.next_hop_mac, sizeof setup->path.next_hop_mac);
	return 0;
}

static const struct link_ops *find_link(const char *name)
{
	if (strcmp(name, "ring") == 0 || strcmp(name, "auto") == 0)
		return &link_ring_ops;
	if (strcmp(name, "xdp") == 0)
		return &link_xdp_ops;
	return strcmp(name, "pcap") == 0 ? &link_pcap_ops : NULL;
}

static int open_link(struct raw_setup *setup, const struct raw_setup_config *config, bool *live, struct error *why)
{
	const char *name = config->options->link ? config->options->link : "ring";
	if (config->link) {
		setup->link = config->link;
		snprintf(setup->name, sizeof setup->name, "a simulated Internet (%.50s)", name);
		return 0;
	}
	if (strncmp(name, "pcap:", 5) == 0)
		return open_capture_file(setup, name + 5, config, why);
	const struct link_ops *ops = find_link(name);
	if (!ops)
		return error_set(why, ERR_INVALID, "there is no link '%s': auto, ring, xdp, pcap, pcap:FILE or sim:WORLD", name);
	*live = true;
	name = choose_for_workers(setup, config, name);
	return open_live(setup, name, find_link(name), config, why);
}

static int silence_kernel(struct raw_setup *setup, struct error *why)
{
	struct address addresses[OWN_MAX];
	size_t count = own_addresses(setup, addresses);
	int error = suppress_open(&setup->suppress, addresses, count, setup->port_first, setup->port_last, why);
	return error ? error : suppress_check(setup->suppress, why);
}

int raw_setup_open(struct raw_setup **out, const struct raw_setup_config *config, struct error *why)
{
	bool live = false;
	struct raw_setup *setup = calloc(1, sizeof *setup);
	if (!setup)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	setup->workers = 1;
	setup->counters = config->counters;
	int error = read_ports(setup, config->options->source_ports, why);
	if (error == 0)
		error = read_sources(setup, config->options, why);
	if (error == 0)
		error = open_link(setup, config, &live, why);
	if (error == 0)
		setup->path.layer = setup->link->layer;
	if (error == 0 && live && !setup->steered)
		error = silence_kernel(setup, why);
	if (error == 0 && config->options->trace) {
		struct link *traced;
		error = link_trace_open(&traced, setup->link, config->options->trace, why);
		if (error == 0) {
			setup->link = traced;
			setup->traced = true;
		}
	}
	if (error) {
		if (setup->link == config->link)
			setup->link = NULL; /* stays the caller's */
		raw_setup_close(setup, NULL);
		return error;
	}
	*out = setup;
	return 0;
}

bool raw_setup_close(struct raw_setup *setup, struct error *why)
{
	bool cut = setup->traced && link_trace_failed(setup->link, why);
	raw_setup_close_link(setup);
	raw_setup_let_go(setup);
	free(setup);
	return cut;
}

void raw_setup_close_link(struct raw_setup *setup)
{
	if (setup->link)
		setup->link->ops->close(setup->link);
	setup->link = NULL;
}

void raw_setup_let_go(struct raw_setup *setup)
{
	if (setup->suppress)
		suppress_close(setup->suppress);
	setup->suppress = NULL;
}

uint32_t raw_setup_workers(const struct raw_setup *setup)
{
	return setup->workers;
}

void raw_setup_fill(const struct raw_setup *setup, struct transport_raw_config *config)
{
	config->link = setup->link;
	config->path = setup->path;
	config->source_v4 = setup->source_v4;
	config->source_v6 = setup->source_v6;
	config->later_v4 = setup->later_v4;
	config->later_v6 = setup->later_v6;
	config->port_first = slice_first(setup, setup->slice);
	config->port_last = (uint16_t)(slice_first(setup, setup->slice + 1) - 1);
}

const char *raw_setup_name(const struct raw_setup *setup)
{
	return setup->name;
}

const char *raw_setup_note(const struct raw_setup *setup)
{
	return setup->note.text;
}

struct link *raw_setup_link(const struct raw_setup *setup)
{
	return setup->link;
}
