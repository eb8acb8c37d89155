/* The workers of a scan, seen from the master: starts them, takes what they tell, shares the rate out among them, and puts
 * another process in the place of one that died. */
#ifndef SONDE_CREW_H
#define SONDE_CREW_H

#include "results.h"
#include "scan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crew;

/* Starts scan_workers(scan) processes. `scan` and `results` are borrowed. Who tells nothing for `silence_ns` (0: a minute) is killed,
 * and another takes its place. On failure none is left. */
int crew_create(struct crew **out, struct scan *scan, struct results *results, uint64_t silence_ns, struct error *why);
/* Kills what is left of them. NULL is fine. */
void crew_destroy(struct crew *crew);

/* Listens for about `slice_ns`, or until a signal, or until all is done. 0, or the error that ended the scan. */
int crew_step(struct crew *crew, uint64_t slice_ns, struct error *why);
enum worker_state crew_state(const struct crew *crew);
void crew_stop(struct crew *crew); /* no new targets; what is open gets the grace of the options */
/* Ends the workers that are left, and takes their last words; for a bounded time, after which they are killed. */
void crew_finish(struct crew *crew);

const struct counters *crew_counters(struct crew *crew);
uint32_t crew_active(const struct crew *crew);
/* The tallies of all processes so far, as JSON texts: NULL past the last. */
const char *crew_tally(const struct crew *crew, size_t index);

#endif
