/* The master: runs a prepared scan, in this process or in forked workers, and owns what is written. It never looks at bytes from
 * the network. Everything the command line asks of a scan, it asks here. */
#ifndef SONDE_MASTER_H
#define SONDE_MASTER_H

#include "scan.h"

struct master;

/* Opens everything, and begins. On failure nothing is left and `why` has the sentence. */
int master_create(struct master **out, const struct scan_options *options, struct error *why);

/* Works for about `slice_ns` of real time, or until a signal. 0, or the error that ended the scan. */
int master_step(struct master *master, uint64_t slice_ns, struct error *why);
enum worker_state master_state(const struct master *master);
/* No new targets; what is open gets the grace time of the options. */
void master_stop(struct master *master);
/* Ends what still works, so that everything is known that is going to be; for good. */
void master_finish(struct master *master);

const struct counters *master_counters(struct master *master);
uint32_t master_active(const struct master *master);
uint32_t master_workers(const struct master *master);
struct scan *master_scan(struct master *master); /* what does not depend on who does it */
/* Calls `each` with the tally (JSON text) of each process that had one. */
int master_tally(struct master *master, void (*each)(void *owner, const char *text, size_t length), void *owner,
		 struct error *why);

/* Waits until all records so far are written, or writing has failed: true; false after timeout_ns, as when the reader of a
 * pipe does not read. */
bool master_flush(struct master *master, uint64_t timeout_ns);

/* Ends everything; `abandon`: without waiting for a reader that does not read. NULL is fine. 0, or why records were lost. */
int master_destroy(struct master *master, bool abandon, struct error *why);

#endif
