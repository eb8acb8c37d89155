/* The numbers among a scan's options, read and checked. */
#ifndef SONDE_SCAN_CONFIG_H
#define SONDE_SCAN_CONFIG_H

#include "recording.h"
#include "scan_options.h"
#include "transport.h"

#include <stdbool.h>
#include <stdint.h>

struct scan_config {
	uint64_t seed, results_max, cooldown_ns, grace_ns;
	struct transport_config transport; /* but for the handler and the counters */
	const char *world; /* of --link sim:WORLD, borrowed from the options; NULL: none */
	bool capture_file; /* --link pcap:FILE */
	uint32_t workers; /* as named, or the cores this process may use */
	bool workers_named;
};

/* Fills in all; with --transport replay:FILE also opens the recording, which is the caller's from then on. 0, or an error with a
 * sentence. */
int scan_config_read(struct scan_config *out, const struct scan_options *options, struct recording **recording,
		     struct error *why);

/* In how many parts these options can be divided, for a scan of so many addresses (0: unknown): each needs some of everything. */
uint32_t scan_config_workers(const struct scan_config *config, uint64_t addresses);
/* Connections open at once in part `index` of `count`; 0: the transport's default. */
uint32_t scan_config_streams(const struct scan_config *config, uint32_t index, uint32_t count);
/* How long a target's first answer is waited for: all tries of its SYN. */
uint64_t scan_config_patience_ns(const struct scan_config *config);

#endif
