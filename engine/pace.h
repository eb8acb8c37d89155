/* A token bucket over packets and bytes: how many may be sent now. Pure: time comes in as now_ns. A long pause (SIGSTOP, a
 * slow host) does not save up tokens beyond the burst, so no window of a second runs over the rate by more than the burst.
 * It starts with one packet and one full frame, not with a burst. */
#ifndef SONDE_PACE_H
#define SONDE_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* Embedded in its owner. */
struct pace {
	uint64_t rate_pps, rate_bytes; /* per second; 0: no limit */
	uint64_t last_ns; /* when tokens were added last */
	int64_t packets, bytes; /* tokens, in units of 1/10^9 packet and byte, so that no fraction is lost */
	int64_t packets_max, bytes_max; /* the burst: 10 ms of rate, at least 1 packet and 1 full frame */
};

void pace_init(struct pace *pace, uint64_t rate_pps, uint64_t rate_bytes, uint64_t now_ns);
/* How many packets of about `frame_bytes` may be sent now; UINT32_MAX when unlimited. */
uint32_t pace_room(struct pace *pace, uint64_t now_ns, uint32_t frame_bytes);
/* Takes tokens for what was sent; may go into debt, which later time pays off. */
void pace_take(struct pace *pace, uint32_t packets, uint64_t bytes);
/* When pace_room will be at least 1; now_ns when it is already. */
uint64_t pace_next(const struct pace *pace, uint64_t now_ns, uint32_t frame_bytes);

#endif
