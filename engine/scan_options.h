/* What the command line says about a scan. */
#ifndef SONDE_SCAN_OPTIONS_H
#define SONDE_SCAN_OPTIONS_H

#include "worker.h"

#include <luajit-2.1/lua.h>
#include <stdbool.h>
#include <stdint.h>

/* The command line's words, not yet looked at; NULL or 0 where not given. Strings are borrowed during the call. Lists end
 * with NULL. */
struct scan_options {
	const char *root; /* the Lua tree */
	const char **targets, **lists, **blocklists, **allowlists, **source_addresses;
	const char *ports, *input, *rate, *bandwidth, *link, *transport, *interface, *source_ports, *gateway_mac;
	const char *output, *seed, *shard, *max_targets, *max_results, *max_open, *retries, *cooldown, *grace;
	const char *trace, *record, *policy, *workers;
	uint64_t silence_ns; /* after which a worker that tells nothing is killed; 0: a minute. No word of the command line sets it */
	bool no_default_blocklist, syn_only, all, push, jit;
	coro_observe_fn observe;
	void *observe_owner;
	worker_sink_fn sink; /* NULL: records go to `output` */
	void *sink_owner;
	/* Pushes the options of sonde/scan.lua onto a fresh script state. `seed` and the rest are the scan's own business. */
	void (*push_script_options)(lua_State *L, void *owner);
	void *script_options_owner;
};

#define SCAN_USAGE 2 /* exit status of a failure that is the options' fault */

#endif
