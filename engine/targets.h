/* The set to scan: addresses, CIDR blocks, ranges and names, each with every port of a port set, and single address:port
 * pairs. Filled, sealed once, then read; nothing is in it twice.
 *
 * Canonical order: the addresses, IPv4 first, ascending, each with its ports ascending; then the pairs that are not among
 * those already, in order of address and port. How a scan walks through it is in targets_iterator.h. */
#ifndef SONDE_TARGETS_H
#define SONDE_TARGETS_H

#include "address.h"
#include "blocklist.h"
#include "error.h"
#include "ports.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct targets;

/* Looks a host name up: writes at most `size` addresses, returns how many, or ERR_* with a sentence. */
typedef int (*targets_resolve_fn)(void *owner, const char *name, struct address *out, size_t size, struct error *why);

/* `ports` go with every entry that names none; NULL: each entry must name its own. Borrowed, must outlive the targets.
 * `resolve` NULL: the system's getaddrinfo, which may wait. NULL when out of memory. */
struct targets *targets_create(const struct ports *ports, targets_resolve_fn resolve, void *owner);
void targets_destroy(struct targets *targets); /* NULL is fine */

/* Adds one entry: "198.18.0.1", "198.18.0.0/24", "198.18.0.1-198.18.0.9", the same in IPv6, "198.18.0.1:80",
 * "[2001:db8::1]:80", "name" or "name:80" (all its addresses, both families). 0, or ERR_* with a sentence. A failure
 * leaves the set as it was, or with a part of the entry: it is meant to end the start of a scan. */
int targets_add(struct targets *targets, const char *entry, struct error *why);
/* Adds a file, one entry a line, `#` comments; "-" is standard input, until it ends. The sentence names file and line. */
int targets_add_file(struct targets *targets, const char *path, struct error *why);
/* Sorts, merges and counts; to be called once, after the last addition and before what follows. ERR_INVALID with a
 * sentence when there are 2^63 or more. Zero targets are not an error here. */
int targets_seal(struct targets *targets, struct error *why);

/* The first entry that lies wholly inside a special-purpose range that `list` (sealed) blocks and does not exempt: ERR_BLOCKED
 * with a sentence; 0 when there is none. Of special-purpose entries the first 256 are remembered. */
int targets_first_blocked(const struct targets *targets, const struct blocklist *list, struct error *why);

uint64_t targets_count(const struct targets *targets);

/* The parts, for iterators: addresses that have all ports of the port set, by rank; and pairs, by index. */
/* The address of that rank with the port-th port of the port set. */
void targets_place(const struct targets *targets, uint64_t rank, uint32_t port, struct endpoint *out);
uint64_t targets_address_count(const struct targets *targets);
uint32_t targets_port_count(const struct targets *targets);
struct address targets_address_at(const struct targets *targets, uint64_t rank);
bool targets_address_rank(const struct targets *targets, const struct address *address, uint64_t *rank);
size_t targets_pair_count(const struct targets *targets);
const struct endpoint *targets_pair(const struct targets *targets, size_t index);

#endif
