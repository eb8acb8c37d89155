/* Keyed hashing: the SYN's sequence number proves that an answer is one (as SYN cookies do, RFC 4987 section 3.6, seen
 * from the other side), and tables hash with a secret. SipHash-2-4 (Aumasson and Bernstein, 2012). Pure. */
#ifndef SONDE_COOKIE_H
#define SONDE_COOKIE_H

#include "address.h"

#include <stddef.h>
#include <stdint.h>

struct cookie_key {
	uint64_t k0, k1;
};

/* Two independent words from one seed (SplitMix64); `purpose` keeps the keys of different uses apart. */
struct cookie_key cookie_key_from_seed(uint64_t seed, uint64_t purpose);

/* SipHash-2-4 of length bytes. */
uint64_t cookie_hash(const struct cookie_key *key, const void *bytes, size_t length);

/* The same of `count` messages of `length` bytes each, at most 7: cheaper than one by one. words[i]: the message's bytes, the
 * first one lowest; becomes its hash. */
void cookie_hash_short(const struct cookie_key *key, size_t length, uint64_t *words, size_t count);

/* The initial sequence number of a connection from `local` to `remote`. */
uint32_t cookie_sequence(const struct cookie_key *key, const struct endpoint *local, const struct endpoint *remote);

#endif
