/* A set of addresses, IPv4 and IPv6, as ranges: filled, sealed once (sorted and merged), then looked up by binary
 * search. */
#ifndef SONDE_CIDR_H
#define SONDE_CIDR_H

#include "error.h"
#include "range.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cidr_set;

struct cidr_set *cidr_set_create(void); /* NULL when out of memory */
void cidr_set_destroy(struct cidr_set *set); /* NULL is fine */
/* Adds a range (copied). 0 or ERR_NO_MEMORY. The set must be sealed again before it is asked. */
int cidr_set_add(struct cidr_set *set, const struct address_range *range);
/* Adds a file's entries, one a line, `#` comments; "-" is standard input. ERR_* with a sentence that names file and line. */
int cidr_set_load(struct cidr_set *set, const char *path, struct error *why);
/* Sorts and merges ranges that overlap or touch. */
void cidr_set_seal(struct cidr_set *set);

/* Of a sealed set only. An empty set contains nothing. */
bool cidr_set_contains(const struct cidr_set *set, const struct address *address);
/* True when all of `range` is in the set. */
bool cidr_set_covers(const struct cidr_set *set, const struct address_range *range);
/* The same of IPv4 addresses given as numbers; and whether any of them is in the set. */
bool cidr_set_covers_v4(const struct cidr_set *set, uint32_t first, uint32_t last);
bool cidr_set_touches_v4(const struct cidr_set *set, uint32_t first, uint32_t last);
/* The index (for cidr_set_get) of the range that `address` is in; false when it is in none. */
bool cidr_set_find(const struct cidr_set *set, const struct address *address, size_t *index);
size_t cidr_set_count(const struct cidr_set *set); /* merged ranges; IPv4 first, ascending */
void cidr_set_get(const struct cidr_set *set, size_t index, struct address_range *out);

#endif
