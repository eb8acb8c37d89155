/* A keyed, stateless permutation of [0, n): visits every element once in an order that depends on the seed, and can say
 * which element is at a position and at which position an element is. Pure.
 *
 * A generalised Feistel network (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002) over [0, a) x [0, b) with
 * a about the square root of n and a * b hardly larger than n, so that cycle walking is rare for every n, unlike a
 * network over whole bits, which wastes up to three steps of four. It spreads a scan; it is no cipher. */
#ifndef SONDE_PERMUTE_H
#define SONDE_PERMUTE_H

#include <stddef.h>
#include <stdint.h>

#define PERMUTE_ROUNDS 6

/* Embedded in its owner, may be copied. */
struct permute {
	uint64_t n;
	uint64_t a, b; /* n <= a * b < n + a; both less than 2^32 */
	uint64_t reciprocal; /* of b, to divide by multiplying */
	uint64_t keys[PERMUTE_ROUNDS], factors[PERMUTE_ROUNDS]; /* of 32 bits */
};

/* 0, or ERR_INVALID unless 1 <= n < 2^63. */
int permute_init(struct permute *permute, uint64_t n, uint64_t seed);
/* The element at `position`; both are less than n. */
uint64_t permute_at(const struct permute *permute, uint64_t position);
/* The elements at the `count` positions from `first` on; first + count <= n. Cheaper than one by one: the processor works on
 * several at a time. */
void permute_run(const struct permute *permute, uint64_t first, uint64_t *out, size_t count);
/* The position of `element`: the inverse of permute_at. */
uint64_t permute_position(const struct permute *permute, uint64_t element);

#endif
