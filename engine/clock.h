/* The system's clocks in nanoseconds. Only links, transports and the master may ask: all others are told what time it is. */
#ifndef SONDE_CLOCK_H
#define SONDE_CLOCK_H

#include <stdint.h>

uint64_t clock_monotonic_ns(void); /* CLOCK_MONOTONIC: the clock of every real link */
uint64_t clock_wall_ns(void); /* since 1970, for people and capture files; may jump */

#endif
