/* A scan, wired together: reads the options, chooses the transport, and owns everything until the end. It is prepared once; then
 * the process that prepared it does all of it, or forked ones do a part each (master.h). */
#ifndef SONDE_SCAN_H
#define SONDE_SCAN_H

#include "counters.h"
#include "error.h"
#include "notes.h"
#include "scan_options.h"
#include "worker.h"

#include <luajit-2.1/lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan;

/* What this process does of it. All callbacks get `owner`. */
struct scan_part {
	uint32_t index, count; /* part `index` of `count`; 0 of 1 is all */
	void *owner;
	worker_sink_fn record, keep; /* where lines go; `keep` is called only with --record */
	bool (*held_up)(void *owner); /* take no target now; asked once a turn */
	/* The rest is for part of several; NULL and 0 otherwise. */
	bool (*opened)(void *owner, const struct endpoint *target); /* a target has answered; true: a record will follow */
	uint64_t rate_pps, rate_bytes; /* its share */
	uint32_t life; /* how many processes had this part before: connections of theirs may still be open at the peers */
	uint64_t position; /* where to begin */
	uint64_t repeated; /* targets before this position were taken before, by a worker that has ended */
	bool (*again)(void *owner, struct endpoint *out); /* targets to take before all others; false: no more */
	bool (*skip)(void *owner, const struct endpoint *target); /* what is done already */
};

/* Reads and checks everything, loads the scripts, opens what takes privileges; sends nothing. On failure nothing is left and
 * `why` has the sentence. */
int scan_prepare(struct scan **out, const struct scan_options *options, struct error *why);
/* In how many parts it is to be done: what --workers says, or less where that cannot be, which a note explains. */
uint32_t scan_workers(const struct scan *scan);
/* For one of several parts, in the process that prepared the scan: opens its link, so that the next fork inherits it; lets go. */
int scan_open_slice(struct scan *scan, uint32_t index, struct error *why);
void scan_close_slice(struct scan *scan);
/* Begins in this process: 0, or an error with a sentence. `part` is copied. */
int scan_begin(struct scan *scan, const struct scan_part *part, struct error *why);

/* Calls `each` for every target in scan order until it returns false; sends nothing. */
int scan_dry_run(const struct scan_options *options, bool (*each)(void *owner, const char *endpoint), void *owner,
		 struct error *why);

/* Works for about `slice_ns` of real time, or until a signal. 0, or the error that ended the scan. */
int scan_step(struct scan *scan, uint64_t slice_ns, struct error *why);
enum worker_state scan_state(const struct scan *scan);
/* No new targets; what is open goes on. */
void scan_exhaust(struct scan *scan);
/* No new targets; what is open gets the grace time of the options. */
void scan_stop(struct scan *scan);
void scan_limit(struct scan *scan, uint64_t rate_pps, uint64_t rate_bytes);
/* Drops what is open, and resets its connections. The tally is to be asked for before. */
void scan_end(struct scan *scan);
/* The record of a target for which a worker before this one had to be killed. */
void scan_report_killed(struct scan *scan, const struct endpoint *target, const char *message);
/* The target whose script runs now; NULL: none does. May be called from a signal handler. */
const struct endpoint *scan_subject(const struct scan *scan);

const struct counters *scan_counters(struct scan *scan);
uint64_t scan_total(const struct scan *scan); /* targets to scan; 0: unknown */
uint64_t scan_position(const struct scan *scan); /* targets taken of the part */
uint64_t scan_now_ns(void); /* of a clock that all processes of a scan have together */
uint32_t scan_active(const struct scan *scan);
uint64_t scan_seed(const struct scan *scan);
void scan_rate(const struct scan *scan, uint64_t *rate_pps, uint64_t *rate_bytes); /* of all parts; 0: no limit */
uint64_t scan_results_max(const struct scan *scan); /* 0: no limit */
uint64_t scan_patience_ns(const struct scan *scan); /* how long a target's first answer is waited for */
const char *scan_transport_text(const struct scan *scan); /* "raw over ring on eth0", "socket", ... */
bool scan_is_live(const struct scan *scan); /* opening its link took privileges */
/* Connections to a simulated world's servers that ended in an error of its scripts, and the first one's message. */
uint32_t scan_world_errors(const struct scan *scan, const char **first);
struct notes *scan_notes(struct scan *scan); /* what was chosen, and why */
/* The tally so far, as JSON text that lasts until the next call; NULL with a sentence. */
const char *scan_tally(struct scan *scan, size_t *length, struct error *why);

/* Frees everything. NULL is fine. 0, or why the trace is cut. */
int scan_destroy(struct scan *scan, struct error *why);

#endif
