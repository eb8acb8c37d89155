#include "scan_raw.h"

#include "link_pcap.h"
#include "link_ring.h"
#include "link_trace.h"
#include "link_xdp.h"
#include "scan_route.h"
#include "suppress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct raw_setup {
	struct link *link;
	struct suppress *suppress;
	struct packet_path path;
	struct scan_route from; /* the ports are those of all workers */
	uint32_t workers, slice; /* `slice`: whose the link is */
	const struct link_ops *ops; /* of a live link */
	struct xdp_program *program; /* what several workers' xdp links share; NULL: they are none, or it is one */
	char interface[16];
	struct counters *counters;
	bool traced, steered; /* `steered`: the link keeps what is ours from the kernel */
	bool alone; /* there would have been work for more */
	char name[80];
	struct error note;
};

/* --- the link --------------------------------------------------------------------------------------------------------------------- */

static int open_capture_file(struct raw_setup *setup, const char *file, const struct raw_setup_config *config,
			     struct error *why)
{
	struct link_config link = { .file = file, .counters = config->counters };
	if (setup->from.source_v4.family == ADDRESS_NONE && setup->from.source_v6.family == ADDRESS_NONE)
		return error_set(why, ERR_INVALID, "--link pcap:FILE needs the capture's --source-address, and the scan's --seed");
	snprintf(setup->name, sizeof setup->name, "pcap file %.60s", file);
	return link_pcap_ops.open(&setup->link, &link, why);
}

/* The first port of a worker's slice. */
static uint16_t slice_first(const struct raw_setup *setup, uint32_t index)
{
	uint32_t ports = setup->from.port_last - setup->from.port_first + 1u;
	return (uint16_t)(setup->from.port_first + ports * index / setup->workers);
}

int raw_setup_open_slice(struct raw_setup *setup, uint32_t index, struct error *why)
{
	struct address addresses[SCAN_ROUTE_OWN_MAX];
	struct link_config link = {
		.interface = setup->interface, .addresses = addresses, .address_count = scan_route_own(&setup->from, addresses),
		.port_first = slice_first(setup, index), .port_last = (uint16_t)(slice_first(setup, index + 1) - 1),
		.counters = setup->counters, .worker = index, .workers = setup->workers,
		.program = setup->program,
	};
	if (setup->link && setup->slice == index)
		return 0;
	raw_setup_close_link(setup);
	setup->slice = index;
	return setup->ops->open(&setup->link, &link, why);
}

static int open_on(struct raw_setup *setup, const struct link_ops *ops, struct error *why)
{
	setup->ops = ops;
	int error = raw_setup_open_slice(setup, 0, why);
	if (error)
		return error;
	setup->steered = ops == &link_xdp_ops && !setup->program;
	if (ops == &link_xdp_ops)
		snprintf(setup->name, sizeof setup->name, "xdp (%s%s) on %s", link_xdp_mode(setup->link),
			 setup->program ? ", queues shared out" : "", setup->interface);
	else
		snprintf(setup->name, sizeof setup->name, "%s on %s", ops->name, setup->interface);
	return 0;
}

/* As many as there are source ports for: each needs one of its own. */
static uint32_t workers_with_ports(const struct raw_setup *setup, const struct raw_setup_config *config)
{
	uint32_t ports = setup->from.port_last - setup->from.port_first + 1u;
	return config->workers < ports ? config->workers : ports;
}

/* The program of several workers' xdp links, which is one for all. */
static int share_xdp(struct raw_setup *setup, struct error *why)
{
	struct address addresses[SCAN_ROUTE_OWN_MAX];
	struct link_config all = {
		.interface = setup->interface, .addresses = addresses, .address_count = scan_route_own(&setup->from, addresses),
		.port_first = setup->from.port_first, .port_last = setup->from.port_last, .workers = setup->workers,
	};
	uint16_t slices[setup->workers];
	for (uint32_t i = 0; i < setup->workers; i++)
		slices[i] = slice_first(setup, i);
	return link_xdp_share(&setup->program, &all, slices, why);
}

/* An AF_XDP socket has a queue of the interface to itself: where there are fewer queues than workers, whoever asked for so many
 * goes before the better link, and otherwise there are fewer workers. */
static int open_xdp(struct raw_setup *setup, const struct raw_setup_config *config, struct error *why)
{
	uint32_t queues = link_xdp_queues(setup->interface);
	if (setup->workers > queues && config->workers_named)
		return error_set(why, ERR_AGAIN, "%s has %u queue%s, and each of %u workers would need one for its AF_XDP socket",
				 setup->interface, queues, queues == 1 ? "" : "s", setup->workers);
	if (setup->workers > queues)
		setup->workers = queues;
	int error = setup->workers > 1 ? share_xdp(setup, why) : 0;
	if (error == 0)
		error = open_on(setup, &link_xdp_ops, why);
	if (error) {
		xdp_program_destroy(setup->program);
		setup->program = NULL;
	}
	return error;
}

static int open_live(struct raw_setup *setup, const char *name, const struct link_ops *ops,
		     const struct raw_setup_config *config, struct error *why)
{
	struct route route;
	struct error reason;
	int error = scan_route_find(&setup->from, config->options, config->plan, &route, why);
	if (error)
		return error;
	memcpy(setup->interface, route.interface.name, sizeof setup->interface);
	memcpy(setup->path.source_mac, route.interface.mac, sizeof setup->path.source_mac);
	memcpy(setup->path.next_hop_mac, route.next_hop_mac, sizeof setup->path.next_hop_mac);
	setup->workers = workers_with_ports(setup, config);
	bool automatic = strcmp(name, "auto") == 0;
	if (!automatic && ops != &link_xdp_ops)
		return open_on(setup, ops, why);
	error = open_xdp(setup, config, &reason);
	if (error == 0)
		return 0;
	if (!automatic && error != ERR_AGAIN) {
		*why = reason;
		return error;
	}
	error_set(&setup->note, 0, "using the ring link: %.250s", reason.text);
	setup->workers = workers_with_ports(setup, config);
	return open_on(setup, &link_ring_ops, why);
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
	return open_live(setup, name, ops, config, why);
}

static int silence_kernel(struct raw_setup *setup, struct error *why)
{
	struct address addresses[SCAN_ROUTE_OWN_MAX];
	size_t count = scan_route_own(&setup->from, addresses);
	int error = suppress_open(&setup->suppress, addresses, count, setup->from.port_first, setup->from.port_last, why);
	if (error == 0)
		error = suppress_check(setup->suppress, why);
	if (error == 0 || !setup->program)
		return error;
	/* One xdp link sees all that is for us before the kernel does. */
	error_set(&setup->note, 0, "one worker: %.250s", why->text);
	raw_setup_close_link(setup);
	raw_setup_let_go(setup);
	setup->workers = 1;
	setup->alone = true;
	return open_on(setup, &link_xdp_ops, why);
}

int raw_setup_open(struct raw_setup **out, const struct raw_setup_config *config, struct error *why)
{
	bool live = false;
	struct raw_setup *setup = calloc(1, sizeof *setup);
	if (!setup)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	setup->workers = 1;
	setup->counters = config->counters;
	int error = scan_route_read(&setup->from, config->options, why);
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
	xdp_program_destroy(setup->program);
	setup->program = NULL;
}

bool raw_setup_is_alone(const struct raw_setup *setup)
{
	return setup->alone;
}

uint32_t raw_setup_workers(const struct raw_setup *setup)
{
	return setup->workers;
}

void raw_setup_fill(const struct raw_setup *setup, struct transport_raw_config *config)
{
	config->link = setup->link;
	config->path = setup->path;
	config->source_v4 = setup->from.source_v4;
	config->source_v6 = setup->from.source_v6;
	config->later_v4 = setup->from.later_v4;
	config->later_v6 = setup->from.later_v6;
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
