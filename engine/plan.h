/* What a scan is to send to: targets, their order and shard, block lists and limits, read from the options and checked
 * before anything is opened. */
#ifndef SONDE_PLAN_H
#define SONDE_PLAN_H

#include "counters.h"
#include "recording.h"
#include "scan_options.h"
#include "transport.h"

struct plan;

/* `special`: special-purpose ranges are blocked (real links); one's own addresses and loopback never are. `names`: targets and
 * ports to use where the options name none (a world's own); either may be NULL. */
struct plan_defaults {
	bool special;
	const char *targets, *ports;
	const struct recording *recording; /* its targets, in its order, instead of any others; borrowed; NULL: none */
};

int plan_create(struct plan **out, const struct scan_options *options, const struct plan_defaults *defaults,
		uint64_t seed, struct counters *counters, struct error *why);
void plan_destroy(struct plan *plan); /* NULL is fine */

/* A worker_next_fn; `source` is the plan. */
int plan_next(void *source, struct transport *transport, struct endpoint *out, struct error *why);
uint64_t plan_total(const struct plan *plan); /* 0: unknown (a stream) */

/* Keeps part `index` of `count` only, split by address, from `position` of it on. Parts are disjoint, and together complete; with
 * --shard they are parts of the shard. Not for streams and recordings, which have one part. */
int plan_divide(struct plan *plan, uint32_t index, uint32_t count, uint64_t position, struct error *why);
uint64_t plan_position(const struct plan *plan); /* targets taken of that part, blocked ones included */
uint64_t plan_address_count(const struct plan *plan); /* at most so many different addresses; 0: unknown */
bool plan_is_one_port(const struct plan *plan); /* true: no address has a second target; false: some may have */
bool plan_is_stream(const struct plan *plan);
const struct blocklist *plan_blocklist(const struct plan *plan);

/* Some target to find a route for; false when there is none known yet. `family`: ADDRESS_V4 or ADDRESS_V6. */
bool plan_example(const struct plan *plan, enum address_family family, struct address *out);
/* Where the SYNs that a stream goes on from were sent from; false when it is no stream, or empty. Waits for its first line. */
bool plan_stream_local(const struct plan *plan, struct endpoint *out);
/* True when an address of this machine is among the targets (of a large set, the first addresses are looked at). */
bool plan_has_own_address(const struct plan *plan);

#endif
