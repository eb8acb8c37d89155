/* What raw scanning needs besides TCP: a link, source addresses and a next hop, and a kernel that keeps still. */
#ifndef SONDE_SCAN_RAW_H
#define SONDE_SCAN_RAW_H

#include "plan.h"
#include "scan_options.h"
#include "transport_raw.h"

struct raw_setup;

struct raw_setup_config {
	const struct scan_options *options;
	const struct plan *plan;
	struct counters *counters;
	struct link *link; /* a link that is open already (a simulated one), or NULL; taken over on success */
	uint32_t workers; /* how many processes are to share the source ports, at least 1 */
	bool workers_named; /* somebody asked for so many: xdp gives way to ring where the interface has fewer queues */
};

/* Opens the link the options name (default: ring), wrapped by a trace where they want one; finds route and next hop; stops
 * the kernel's RSTs for all source ports. With several workers the link is the first one's: it hears its slice of the ports.
 * On failure nothing is left open and `why` says what is missing. */
int raw_setup_open(struct raw_setup **out, const struct raw_setup_config *config, struct error *why);
/* After the transport was destroyed. True with a sentence when the trace could not be written to its end. */
bool raw_setup_close(struct raw_setup *setup, struct error *why);

/* How many processes can share the source ports: what the config says, or less. */
uint32_t raw_setup_workers(const struct raw_setup *setup);
/* Whether they are one because several could not be, of which raw_setup_note tells. */
bool raw_setup_is_alone(const struct raw_setup *setup);
/* Opens the link of one of several workers, unless it is open. Each is to be forked with its own, which we close afterwards. */
int raw_setup_open_slice(struct raw_setup *setup, uint32_t index, struct error *why);
void raw_setup_close_link(struct raw_setup *setup);
/* In a worker: leaves the keeping of the kernel's RSTs, and of the XDP program, to the master. */
void raw_setup_let_go(struct raw_setup *setup);

/* Fills in link, path, source addresses and ports. */
void raw_setup_fill(const struct raw_setup *setup, struct transport_raw_config *config);
/* "ring on veth0", for the person. */
const char *raw_setup_name(const struct raw_setup *setup);
/* What the person should know besides: why it is not the better link. "" where there is nothing to say. */
const char *raw_setup_note(const struct raw_setup *setup);
struct link *raw_setup_link(const struct raw_setup *setup);

#endif
