/* OpenSSL's randomness, in simulations only: taken from a seed, so that a run repeats byte for byte. */
#ifndef SONDE_TLS_CHANCE_H
#define SONDE_TLS_CHANCE_H

#include <stdint.h>

struct tls_chance {
	uint64_t seed; /* 0: the system's randomness, and the two functions do nothing */
	uint64_t drawn; /* 8-byte words so far */
};

/* Between the two, on this thread, whatever OpenSSL draws comes from `chance`. Not nested. */
void tls_chance_begin(struct tls_chance *chance);
void tls_chance_end(struct tls_chance *chance);

#endif
