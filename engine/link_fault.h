/* A link that loses, repeats, reorders, corrupts and delays what another link sends and receives; the same seed does the
 * same to the same frames. */
#ifndef SONDE_LINK_FAULT_H
#define SONDE_LINK_FAULT_H

#include "error.h"
#include "link.h"

/* Probabilities, 0 to 1. Each frame is judged on its own, and always draws the same number of random words, so that
 * changing one rate does not change whom another one hits. */
struct link_fault_rates {
	double drop;
	double duplicate; /* a second copy, which is corrupted, reordered and delayed on its own */
	double corrupt; /* one bit of it is flipped */
	double reorder; /* held back until after the next frame, at most LINK_FAULT_REORDER_NS */
	double delay; /* comes later by delay_min_ns to delay_max_ns, evenly spread */
	uint64_t delay_min_ns, delay_max_ns;
};

#define LINK_FAULT_REORDER_NS 10000000ull /* 10 ms */
#define LINK_FAULT_HELD_MAX 4096 /* frames held per direction; then send takes no more, and receive leaves them inside */

struct link_fault_config {
	uint64_t seed;
	struct link_fault_rates send, receive;
};

/* What was done to the frames of one direction. */
struct link_fault_count {
	uint64_t frames, dropped, duplicated, corrupted, reordered, delayed;
};

/* Wraps `inner`, which belongs to the fault link from now on (on failure it stays the caller's) and is closed with it.
 * Delayed frames leave when send, receive or wait is called; wait wakes up in time for them. ERR_INVALID, with a
 * sentence, for a rate that is no probability. */
int link_fault_open(struct link **out, struct link *inner, const struct link_fault_config *config, struct error *why);
void link_fault_counts(const struct link *link, struct link_fault_count *sent, struct link_fault_count *received);

#endif
