/* Divides a rate among workers so that it is used, and never exceeded: who has no use for its share gives it to the others.
 * A share grows only by what is free, and what a worker loses is free no sooner than it has said that it obeys. Pure. */
#ifndef SONDE_SHARES_H
#define SONDE_SHARES_H

#include <stdbool.h>
#include <stdint.h>

struct share {
	uint64_t ordered; /* what the worker was told */
	uint64_t granted; /* what it may still be using: never less than `ordered` */
	uint64_t used; /* what it used lately, per second; set to what is granted when that grows */
	bool ended; /* it is not there (any more) */
	bool resting; /* it has no targets left: only what is open still sends */
};

/* The first worker gets nearly all, because the others start after it; shares_balance makes the shares equal. None is 0 as long
 * as `total` >= `count`. */
void shares_begin(struct share *shares, uint32_t count, uint64_t total);
/* Changes `ordered` as far as that can be done now; to be called again when something was granted or acknowledged. `total` 0:
 * no limit, and nothing is changed. */
void shares_balance(struct share *shares, uint32_t count, uint64_t total);
/* The worker obeys its last order. */
void share_acknowledge(struct share *share);
/* It keeps no more than this, of its own accord. */
void share_give_back(struct share *share, uint64_t kept);
/* It is gone, and with it what it used. */
void share_end(struct share *share);

#endif
