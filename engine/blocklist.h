/* What may be sent to: not to special-purpose addresses (unless lifted), not to what the user's block list names, and, where
 * there is an allow list, only to what that names. A block list beats an allow list. */
#ifndef SONDE_BLOCKLIST_H
#define SONDE_BLOCKLIST_H

#include "address.h"
#include "error.h"
#include "range.h"

#include <stdbool.h>
#include <stddef.h>

struct blocklist;

/* `special`: with the special-purpose ranges below (the default for real links). NULL when out of memory. */
struct blocklist *blocklist_create(bool special);
void blocklist_destroy(struct blocklist *list); /* NULL is fine */

/* Adds a file of addresses, CIDR blocks and ranges. 0, or ERR_* with a sentence that names file and line. A file without
 * an entry is an error for an allow list (it would stop everything). */
int blocklist_block_file(struct blocklist *list, const char *path, struct error *why);
int blocklist_allow_file(struct blocklist *list, const char *path, struct error *why);
/* Adds a single range to what is blocked. 0 or ERR_NO_MEMORY. */
int blocklist_block(struct blocklist *list, const struct address_range *range);
/* Takes a range out of the special-purpose ones (loopback and one's own addresses, say); the user's lists still count. */
int blocklist_exempt(struct blocklist *list, const struct address_range *range);
/* To be called once, after the last of the above and before the first of the below. */
void blocklist_seal(struct blocklist *list);

/* The check before each send: some nanoseconds. `list` is a const struct blocklist *, so that this is a permit_fn. */
bool blocklist_permits(const void *list, const struct address *address);

#define BLOCKLIST_REASON_MAX 200

/* Why an address is not permitted: "198.18.0.0/15 is reserved for benchmarking (RFC 2544)", or "... is on the block list".
 * An empty text when it is permitted. Returns `out`. */
const char *blocklist_reason(const struct blocklist *list, const struct address *address, char out[BLOCKLIST_REASON_MAX]);

/* For targets a person asked for: ERR_BLOCKED with a sentence when all of `range` is special-purpose and not exempt ("10.0.0.0/8
 * is private (RFC 1918): ..."), else 0. A wider range is not refused; what is blocked in it is skipped. */
int blocklist_check(const struct blocklist *list, const struct address_range *range, struct error *why);

/* The special-purpose ranges: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), multicast, IPv4 class
 * E and the deprecated site-local addresses. */
struct special_range {
	const char *text; /* "198.18.0.0/15" */
	const char *is; /* "is reserved for benchmarking" */
	const char *source; /* "RFC 2544" */
};

/* NULL past the last. */
const struct special_range *blocklist_special(size_t index);
/* The index of the most specific special-purpose range in which all of `range` lies, or -1. */
int blocklist_special_covering(const struct address_range *range);

#endif
