/* Diffie-Hellman in the groups that servers offer: X25519 (RFC 7748), the NIST curves (SEC 1 section 3.3.1, uncompressed points)
 * and groups of numbers (RFC 2409 section 6.2, RFC 3526). For measuring: the private value is the caller's, and guards no secret. */
#ifndef SONDE_KEY_EXCHANGE_H
#define SONDE_KEY_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>

#define KEY_EXCHANGE_VALUE_MAX 512 /* bytes of a public value or a shared secret: the largest group has 4096 bits */
#define KEY_EXCHANGE_PRIVATE_MIN 32
#define KEY_EXCHANGE_PRIVATE_MAX 66

/* group: "x25519", "P-256", "P-384", "P-521", "modp1024", "modp2048" or "modp4096". Any `length` bytes from ..._MIN to ..._MAX
 * are a private value; x25519 takes the first 32. `out` has room for KEY_EXCHANGE_VALUE_MAX bytes. Curves give points and
 * x-coordinates of their full length, groups of numbers give integers without leading zero bytes.
 * 0; ERR_INVALID for an unknown group or length, or a peer's value that is none (or a weak one); ERR_NO_MEMORY. */
int key_exchange_public(const char *group, const uint8_t *secret, size_t length, uint8_t *out, size_t *out_length);
int key_exchange_shared(const char *group, const uint8_t *secret, size_t length, const uint8_t *peer, size_t peer_length,
			uint8_t *out, size_t *out_length);

#endif
