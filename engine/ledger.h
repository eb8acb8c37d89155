/* What the master knows of one worker's targets, so that another can go on where it ended: how far it was, which targets had
 * answered and have no record yet, and of which the record came lately. Pure.
 *
 * A worker that ends early is followed by one that takes, in this order, the targets that had answered without a record, then
 * its part of the targets from where the first ones that may still have been waited for lie; targets with a record are left
 * out. Both sets are bounded: beyond LEDGER_OPEN_MAX targets open at once, or LEDGER_RECORDED_MAX records since the place where the
 * next would go on, what is forgotten is done twice, or not finished. */
#ifndef SONDE_LEDGER_H
#define SONDE_LEDGER_H

#include "address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_OPEN_MAX (1u << 20)
#define LEDGER_RECORDED_MAX (1u << 20)
#define LEDGER_KILLED_MAX 16

struct ledger;

/* `patience_ns`: how long after it was taken a target may answer for the first time; `lives`: how many workers may follow each
 * other, the first included. NULL when out of memory. */
struct ledger *ledger_create(uint64_t seed, uint64_t patience_ns, uint32_t lives, uint64_t now_ns);
void ledger_destroy(struct ledger *ledger); /* NULL is fine */

/* A target has answered, and will have a record. */
void ledger_open(struct ledger *ledger, const struct endpoint *target);
/* Its record is here. False when there was one lately: this one is not wanted. */
bool ledger_record(struct ledger *ledger, const struct endpoint *target, uint64_t now_ns);
/* Its script did not let go of it, and cost a worker: it is not tried again, and gets a record that says so. Beyond
 * LEDGER_KILLED_MAX such targets the ledger forgets. */
void ledger_kill(struct ledger *ledger, const struct endpoint *target);
/* The worker had taken so many targets of its part at this time, and all that it told until then is here. Times never go back. */
void ledger_position(struct ledger *ledger, uint64_t position, uint64_t now_ns);

/* Where the targets begin that may still have been waited for at the last ledger_position. */
uint64_t ledger_safe(const struct ledger *ledger);
/* Another worker goes on there from now on. */
void ledger_restart(struct ledger *ledger, uint64_t now_ns);
uint64_t ledger_reached(const struct ledger *ledger); /* the furthest position */
bool ledger_is_recorded(const struct ledger *ledger, const struct endpoint *target, uint64_t now_ns);
bool ledger_is_open(const struct ledger *ledger, const struct endpoint *target);
/* Those that had answered and have no record, in no particular order: `at` begins at 0. False after the last. */
bool ledger_next_open(const struct ledger *ledger, size_t *at, struct endpoint *out);
bool ledger_is_killed(const struct ledger *ledger, const struct endpoint *target);
/* Those that were killed and have had no record since, as ledger_next_open. */
bool ledger_next_killed(const struct ledger *ledger, size_t *at, struct endpoint *out);
size_t ledger_open_count(const struct ledger *ledger);

#endif
