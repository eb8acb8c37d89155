/* A worker's end of the pipe to the master: gathers what is to be told in batches (message.h) and hands them over without ever
 * waiting. What the pipe does not take waits here, within a bound that the worker looks at. */
#ifndef SONDE_COURIER_H
#define SONDE_COURIER_H

#include "error.h"
#include "message.h"

#include <stddef.h>
#include <stdint.h>

struct courier;

/* `descriptor`: the pipe's writing end, made non-blocking; stays the caller's. NULL when out of memory. */
struct courier *courier_create(int descriptor);
void courier_destroy(struct courier *courier); /* NULL is fine; what is left is lost */

/* These add to the batch; 0, ERR_FULL or ERR_NO_MEMORY. A batch that has grown large is finished before the next record. */
int courier_opened(struct courier *courier, const struct endpoint *target);
/* A record's line, newline included. It begins with its target: {"address":"...","port":N, as all of the engine's do. */
int courier_record(struct courier *courier, const char *line, size_t length);
int courier_kept(struct courier *courier, const char *line, size_t length);
int courier_state(struct courier *courier, const struct message_state *state);
int courier_tally(struct courier *courier, const char *text, size_t length);
int courier_failed(struct courier *courier, int code, const char *text);

/* Ends the batch, and writes what the pipe takes: 0, or ERR_CLOSED when nobody reads it any more. */
int courier_push(struct courier *courier);
/* The same, and waits until all is written. */
int courier_flush(struct courier *courier);
size_t courier_pending(const struct courier *courier); /* bytes not written yet */

#endif
