/* A range of addresses, IPv4 or IPv6, as a value: what a CIDR block, "first-last" or a single address means. Pure. */
#ifndef SONDE_RANGE_H
#define SONDE_RANGE_H

#include "address.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both ends belong to it, are of one family, and first <= last. */
struct address_range {
	struct address first, last;
};

#define RANGE_TEXT_MAX 96 /* two addresses, a hyphen, the final zero */

/* "198.18.0.0/15", "2001:db8::/32", "198.18.0.1-198.18.0.9" or a single address; bits behind a prefix length are
 * ignored (10.1.2.3/8 is 10.0.0.0/8). 0 or ERR_INVALID. */
int range_parse(const char *text, struct address_range *out);
/* As an address, a CIDR block where it is one, else first-last; returns `out`. */
const char *range_format(const struct address_range *range, char out[RANGE_TEXT_MAX]);
bool range_contains(const struct address_range *range, const struct address *address);
/* True when all of `inner` is in `outer`. */
bool range_covers(const struct address_range *outer, const struct address_range *inner);
/* How many addresses; UINT64_MAX when 2^64 - 1 or more. */
uint64_t range_count(const struct address_range *range);
/* The address `offset` addresses behind the first; offset < range_count. */
struct address range_at(const struct address_range *range, uint64_t offset);
/* The inverse: how far `address`, which is in `range`, is behind its first; offsets of 2^64 and more are cut. */
uint64_t range_offset(const struct address_range *range, const struct address *address);
/* True when `next`, which does not start before `range` does, overlaps it or follows it without a gap. */
bool range_touches(const struct address_range *range, const struct address_range *next);

#endif
