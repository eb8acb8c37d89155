/* One scan, wired together: reads the options, chooses link and transport, and owns everything until the end. This and
 * main are the only places that name a concrete link or transport. */
#ifndef SONDE_SCAN_H
#define SONDE_SCAN_H

#include "counters.h"
#include "error.h"
#include "scan_options.h"
#include "worker.h"

#include <luajit-2.1/lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan;

/* Opens everything, and sends nothing yet. On failure nothing is left and `why` has the sentence. */
int scan_create(struct scan **out, const struct scan_options *options, struct error *why);

/* Prints nothing and sends nothing: calls `each` for every target in scan order until it returns false. */
int scan_dry_run(const struct scan_options *options, bool (*each)(void *owner, const char *endpoint), void *owner,
		 struct error *why);

/* Works for about `slice_ns` of real time, or until a signal. 0, or the error that ended the scan. */
int scan_step(struct scan *scan, uint64_t slice_ns, struct error *why);
enum worker_state scan_state(const struct scan *scan);
/* No new targets; what is open gets the grace time of the options. */
void scan_stop(struct scan *scan);

const struct counters *scan_counters(struct scan *scan);
uint64_t scan_total(const struct scan *scan); /* targets to scan; 0: unknown */
uint32_t scan_active(const struct scan *scan);
uint64_t scan_seed(const struct scan *scan);
const char *scan_transport(const struct scan *scan); /* "raw over ring", "socket", ... */
/* Connections to a simulated world's servers that ended in an error of its scripts, and the first one's message. */
uint32_t scan_world_errors(const struct scan *scan, const char **first);
size_t scan_note_count(const struct scan *scan); /* sentences for the person: what was chosen, and why */
const char *scan_note(const struct scan *scan, size_t index);
/* Pushes the tally (JSON text) onto L, which may be another state than the scripts'. */
int scan_tally(struct scan *scan, lua_State *L, struct error *why);

/* Waits until all records so far are written, or writing has failed: true; false after timeout_ns, as when the reader of a
 * pipe does not read. */
bool scan_flush(struct scan *scan, uint64_t timeout_ns);

/* Ends everything; `abandon`: without waiting for a reader that does not read. 0, or why records were lost. */
int scan_destroy(struct scan *scan, bool abandon, struct error *why);

#endif
