/* The scan loop of one process: takes targets, paces them into a transport, runs the scripts of what answers, and hands
 * finished records to a sink. Knows no concrete link, transport or target source. */
#ifndef SONDE_WORKER_H
#define SONDE_WORKER_H

#include "coro.h"
#include "error.h"
#include "transport.h"

#include <luajit-2.1/lua.h>
#include <stdbool.h>
#include <stdint.h>

struct worker;

/* The next target: 0; ERR_AGAIN when there is none now but may be later; ERR_CLOSED when there are no more; or an error that
 * ends the scan. An adopting source returns WORKER_ADOPTED after calling transport->ops->adopt itself. */
typedef int (*worker_next_fn)(void *source, struct transport *transport, struct endpoint *out, struct error *why);
#define WORKER_ADOPTED 1

/* One line of output, its newline included. 0, or an error that ends the scan. */
typedef int (*worker_sink_fn)(void *sink, const char *line, size_t length, struct error *why);

struct worker_config {
	lua_State *L; /* made by script_open; borrowed */
	struct counters *counters; /* borrowed */
	worker_next_fn next;
	void *source;
	worker_sink_fn sink;
	void *sink_owner;
	worker_sink_fn keep; /* lines of the recording; NULL: there is none */
	void *keep_owner;
	uint64_t results_max; /* 0: no limit; a result is a record with a service */
	uint64_t cooldown_ns; /* how long to listen after the last probe */
	uint64_t seed;
	bool simulated; /* what is drawn by chance must come from the seed, whatever that costs */
	coro_observe_fn observe; /* NULL: nobody watches */
	void *observe_owner;
	/* Told of each target that has answered; false: it is not wanted. NULL: all are. */
	bool (*opened)(void *owner, const struct endpoint *target);
	void *opened_owner;
	bool all; /* records for refused and filtered targets too */
};

enum worker_state {
	WORKER_SENDING, /* targets are left */
	WORKER_WAITING, /* all are sent; answers may still come */
	WORKER_DONE,
};

/* The handler that a transport for this worker is to be made with: its owner is the worker. */
int worker_create(struct worker **out, const struct worker_config *config, struct error *why);
struct transport_handler worker_handler(struct worker *worker);

/* Loads the scripts: a Lua table on top of the worker's L (it is popped) is given to sonde/scan.lua. What is loaded before a
 * fork is there in both processes. 0, or ERR_SCRIPT with the sentence. */
int worker_load(struct worker *worker, struct error *why);
/* Ties the transport, which the worker borrows, and loads the scripts if worker_load has not. */
int worker_start(struct worker *worker, struct transport *transport, struct error *why);

/* wall_offset_ns: added to the transport's clock it gives the time of day, in ns since 1970. `exact`: the transport's idle()
 * means that nothing more can come, so that there is nothing to cool down for. */
void worker_set_clock(struct worker *worker, int64_t wall_offset_ns, bool exact);

/* One turn; sleeps at most sleep_ns when there is nothing to do. 0, or the error that ends the scan. */
int worker_turn(struct worker *worker, uint64_t sleep_ns, struct error *why);
enum worker_state worker_state(const struct worker *worker);

/* No new targets; what is open goes on for at most grace_ns, then is dropped with what is known of it. */
void worker_stop(struct worker *worker, uint64_t grace_ns);

uint32_t worker_active(const struct worker *worker); /* targets whose coroutine runs */
uint64_t worker_results(const struct worker *worker);

/* The record of a target for which a worker before this one had to be killed. */
void worker_report_killed(struct worker *worker, const struct endpoint *remote, const char *message);
/* The target whose script runs now; NULL: none does. May be called from a signal handler. */
const struct endpoint *worker_subject(const struct worker *worker);

/* Pushes the scan's tally as a JSON string onto its L. */
int worker_tally(struct worker *worker, struct error *why);

/* Before the transport is destroyed. */
void worker_destroy(struct worker *worker);

#endif
