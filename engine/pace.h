/* A token bucket over packets and bytes: how many may be sent now. Pure: time comes in as now_ns. It keeps every window of a
 * second within 1% of the rate, and the average at the rate:
 * - It saves up 5 ms of rate and no more, so that no pause (SIGSTOP, a full link, a busy core) is followed by a burst.
 * - What was sent and has not left counts as saved up: when the interface takes none for a while, no more than that waits there,
 *   and it leaves in place of what would have been saved up besides.
 * - What a longer pause cost, up to 100 ms of rate, is made up for slowly, by 1/256 more than the rate.
 * It starts with one packet and one full frame. */
#ifndef SONDE_PACE_H
#define SONDE_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* Tokens are in units of 1/10^9 packet or byte, so that no fraction is lost. */
struct pace_bucket {
	uint64_t rate; /* per second; 0: no limit */
	int64_t tokens, tokens_max; /* negative: debt */
	int64_t missed, missed_max; /* what did not fit, and is given back slowly */
};

/* Embedded in its owner. */
struct pace {
	struct pace_bucket packets, bytes;
	uint64_t last_ns; /* when tokens were added last */
	uint32_t in_flight; /* packets sent that have not left, so far as is known */
	uint32_t in_flight_bytes; /* of each of them, about; 0: nobody tells */
};

void pace_init(struct pace *pace, uint64_t rate_pps, uint64_t rate_bytes, uint64_t now_ns);
/* Goes on at other rates. What was saved up is cut to what the new rate would have saved; debt stays. */
void pace_change(struct pace *pace, uint64_t rate_pps, uint64_t rate_bytes, uint64_t now_ns);
/* How many packets of about `frame_bytes` may be sent now; UINT32_MAX when unlimited. */
uint32_t pace_room(struct pace *pace, uint64_t now_ns, uint32_t frame_bytes);
/* Takes tokens for what was sent; may go into debt, which later time pays off. */
void pace_take(struct pace *pace, uint32_t packets, uint64_t bytes);
/* How many of the packets sent, of about `frame_bytes` each, have not left. Those sent after this count as well, until it is said
 * anew; of a pace that is never told all have left. */
void pace_in_flight(struct pace *pace, uint32_t packets, uint32_t frame_bytes);
/* When pace_room will be at least 1, if it is for lack of tokens that it is not; now_ns when it is already. */
uint64_t pace_next(const struct pace *pace, uint64_t now_ns, uint32_t frame_bytes);

#endif
