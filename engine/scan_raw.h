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
};

/* Opens the link the options name (default: ring), wrapped by a trace where they want one; finds route and next hop; stops
 * the kernel's RSTs. On failure nothing is left open and `why` says what is missing. */
int raw_setup_open(struct raw_setup **out, const struct raw_setup_config *config, struct error *why);
/* After the transport was destroyed. True with a sentence when the trace could not be written to its end. */
bool raw_setup_close(struct raw_setup *setup, struct error *why);

/* Fills in link, path, source addresses and ports. */
void raw_setup_fill(const struct raw_setup *setup, struct transport_raw_config *config);
/* "ring on veth0", for the person. */
const char *raw_setup_name(const struct raw_setup *setup);
/* What the person should know besides: why it is not the better link. "" where there is nothing to say. */
const char *raw_setup_note(const struct raw_setup *setup);
struct link *raw_setup_link(const struct raw_setup *setup);

#endif
