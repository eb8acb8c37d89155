/* Numbers as people write them on a command line: "10k", "1.5M", "500ms". Decimal units (k is 1000), exact: what is not a
 * whole number of the result's unit is an error, as is a sign, an overflow or anything after the unit. */
#ifndef SONDE_UNITS_H
#define SONDE_UNITS_H

#include "error.h"

#include <stdint.h>

/* A plain number, with k, M or G (or K, m, g): "10k" is 10000. Each returns 0, or ERR_INVALID with a sentence. */
int units_number(const char *text, uint64_t *out, struct error *why);
/* Bits per second in, bytes per second out: "10M" is 1250000. Rounded down, but never to 0 unless it is 0. */
int units_bandwidth(const char *text, uint64_t *bytes_per_second, struct error *why);
/* ns, us, ms, s, m, h or d; the unit must be there: "500ms" is 500000000. */
int units_duration(const char *text, uint64_t *out_ns, struct error *why);

#endif
