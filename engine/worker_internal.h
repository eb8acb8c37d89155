/* Shared by worker.c and worker_calls.c only. */
#ifndef SONDE_WORKER_INTERNAL_H
#define SONDE_WORKER_INTERNAL_H

#include "json.h"
#include "lua_worker.h"
#include "record.h"
#include "worker.h"

#include <luajit-2.1/lauxlib.h>

/* Verdicts of records that need no script. */
enum plain { PLAIN_OPEN, PLAIN_REFUSED, PLAIN_FILTERED, PLAIN_COUNT };

/* The protocol assigned to a port. */
struct assigned {
	bool known;
	char name[31]; /* empty: none is */
};

struct worker {
	struct worker_config config;
	struct transport *transport;
	struct coro_pool *pool;
	struct parking *parking;
	struct worker_functions functions; /* of sonde/scan.lua */
	struct json json;
	struct error failure; /* of the sink, found out while a script ran */
	int failed; /* its code, 0 while all is well */
	uint64_t results;
	uint64_t last_probe_ns;
	uint64_t received; /* frames, up to the turn before */
	uint64_t began_ns; /* when the scripts were loaded: the transport's clock */
	int64_t wall_offset_ns;
	struct record_clock clock;
	struct assigned *assigned; /* by port, as far as they were asked for; NULL: none was */
	uint64_t plain[PLAIN_COUNT]; /* records written here, by verdict */
	struct endpoint *subjects; /* of the coroutines' tags */
	uint32_t subjects_size;
	bool loaded;
	uint64_t stop_ns; /* when to drop what is still open; UINT64_MAX: not stopping */
	bool exhausted; /* the source has no more */
	bool stopped; /* the grace of worker_stop is over */
};

uint64_t worker_epoch_ns(const struct worker *worker); /* the time of day */

/* Which target a tag (a registry reference: a small number) stands for. Without memory for it nobody will know. */
void worker_note_subject(struct worker *worker, int ref, const struct endpoint *remote);

/* In worker_parked.c: conn_on_data and conn_on_event also for what is parked; its time is up (owner: the worker); and all of it is
 * ended as coroutines are, one at a time, for there may be many. */
void worker_on_data(void *owner, struct stream *stream, const uint8_t *bytes, size_t length);
void worker_on_event(void *owner, struct stream *stream, enum stream_event event);
void worker_parked_due(void *owner, struct parked *parked);
void worker_cancel_parked(struct worker *worker, const char *message);

/* In worker_calls.c: what sonde/scan.lua calls of a worker, the first upvalue of each. */
extern const luaL_Reg worker_calls[];

#endif
